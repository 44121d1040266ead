"""The browser's files: exact, from this server only, with licences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deploy.setup import assets
from foundation.errors import Refused

USED_BY_PAGES = (
    "geographiclib-geodesic/geographiclib-geodesic.min.js",
    "leaflet/leaflet.js",
    "leaflet/leaflet.css",
    "leaflet/images/layers.png",
    "leaflet.vectorgrid/Leaflet.VectorGrid.bundled.min.js",
    "swagger-ui-dist/swagger-ui-bundle.js",
    "swagger-ui-dist/swagger-ui.css",
    "@geoman-io/leaflet-geoman-free/leaflet-geoman.min.js",
    "@geoman-io/leaflet-geoman-free/leaflet-geoman.css",
)


def sheet(folder: Path, text: str) -> Path:
    path = folder / "package" / "style.css"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    [
        "a{background:url(https://cdn.example/x.png)}",
        "a{background:url('//cdn.example/x.png')}",
        '@import "http://cdn.example/x.css";',
        "@import url( https://cdn.example/x.css );",
        "a{background:url(missing.png)}",
    ],
)
def test_a_style_sheet_that_reaches_outside_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refused):
        assets.check_references(sheet(tmp_path, text), tmp_path)


def test_a_style_sheet_that_stays_at_home_passes(tmp_path: Path) -> None:
    text = "a{background:url(data:image/png;base64,AA)} b{behavior:url(#default#VML)} c{background:url('own.png?v=1')}"
    path = sheet(tmp_path, text)
    (path.parent / "own.png").touch()
    assets.check_references(path, tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("a.js", "var a;\n//# sourceMappingURL=a.js.map\n", "var a;\n"),
        ("a.css", "a{}\n\n/*# sourceMappingURL=a.css.map*/", "a{}\n"),
        ("a.txt", "//# sourceMappingURL=a.js.map", "//# sourceMappingURL=a.js.map"),
        ("b.js", "var mapped = '//# sourceMappingURL=';", "var mapped = '//# sourceMappingURL=';"),
    ],
)
def test_source_map_comments_are_left_out(tmp_path: Path, name: str, content: str, kept: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert assets.cleaned(tmp_path / name).decode().rstrip() == kept.rstrip()


def test_a_licence_follows_every_package_that_is_shipped() -> None:
    packages = json.loads(assets.LOCK.read_text(encoding="utf-8"))["packages"]
    shipped = {name for package in assets.WANTED for name in assets.bundled(package, packages)}
    assert {"leaflet", "leaflet.vectorgrid", "pbf", "swagger-ui-dist"} <= shipped
    assert "@scarf/scarf" not in shipped


def test_the_lock_names_no_address_and_every_hash() -> None:
    packages = json.loads(assets.LOCK.read_text(encoding="utf-8"))["packages"]
    for name, entry in packages.items():
        assert "resolved" not in entry
        assert not name or entry["integrity"].startswith("sha512-")


def test_a_half_made_folder_is_not_taken_for_a_whole_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "VENDOR", tmp_path)
    assert not assets.current()
    (tmp_path / "manifest.json").write_text('{"made_from": "another lock", "files": []}', encoding="utf-8")
    assert not assets.current()
    (tmp_path / "manifest.json").write_text('{"made_fr', encoding="utf-8")
    assert not assets.current()


def test_replacing_survives_the_leftovers_of_a_kill(tmp_path: Path) -> None:
    for folder in ("work/.vendor-old", "work/.vendor-new", "static/vendor"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "from").write_text(folder, encoding="utf-8")
    assets.replace(tmp_path / "work/.vendor-new", tmp_path / "static/vendor")
    assert (tmp_path / "static/vendor/from").read_text(encoding="utf-8") == "work/.vendor-new"


@pytest.mark.skipif(not assets.current(), reason="前端文件尚未取得(./diming test 会取得)")
def test_what_is_in_place_is_what_the_manifest_tells() -> None:
    assert assets.damaged() == []
    told = json.loads((assets.VENDOR / assets.MANIFEST).read_text(encoding="utf-8"))["files"]
    assert all(entry["licence"] and entry["version"] and entry["size"] for entry in told)
    listed = {entry["path"] for entry in told}
    assert set(USED_BY_PAGES) <= listed
    for package in assets.WANTED:
        kept = {path.name for path in (assets.VENDOR / package).iterdir()}
        assert kept & {"LICENSE", "LICENSE.txt", "README.md"}
