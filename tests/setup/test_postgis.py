"""Finding PostgreSQL with PostGIS, and unpacking it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deploy.setup import debian, postgis
from foundation.cluster import Programs
from foundation.errors import Unavailable


def fake_server(root: Path, *, version: str = "15.18", gis: str | None = "3.3.2", layout: str = "debian") -> Path:
    """Programs that do nothing but tell a version, in the layout of a system; returns their folder."""
    bin_dir = root / {"debian": "usr/lib/postgresql/15/bin", "plain": "usr/local/pgsql/bin",
                      "homebrew": "opt/homebrew/opt/postgresql@17/bin"}[layout]  # fmt: skip
    share = root / {"debian": "usr/share/postgresql/15", "plain": "usr/local/pgsql/share",
                    "homebrew": "opt/homebrew/share/postgresql@17"}[layout]  # fmt: skip
    bin_dir.mkdir(parents=True)
    (share / "extension").mkdir(parents=True)
    for name in postgis.NEEDED_PROGRAMS:
        (bin_dir / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n", encoding="utf-8")
        (bin_dir / name).chmod(0o755)
    (share / "extension" / "btree_gist.control").touch()
    if gis:
        (share / "extension" / "postgis.control").write_text(f"default_version = '{gis}'\n", encoding="utf-8")
    return bin_dir


@pytest.mark.parametrize("layout", ["debian", "plain", "homebrew"])
def test_a_fitting_server_in_every_layout(tmp_path: Path, layout: str) -> None:
    assert postgis.fits(Programs(fake_server(tmp_path, layout=layout)), None)


@pytest.mark.parametrize(("version", "gis"), [("14.9", "3.3.2"), ("15.1", "3.2.0"), ("15.1", None), ("15.1", "2.5.9")])
def test_one_that_is_too_old_or_lacks_postgis_is_passed_by(tmp_path: Path, version: str, gis: str | None) -> None:
    assert not postgis.fits(Programs(fake_server(tmp_path, version=version, gis=gis)), None)


def test_one_without_contrib_is_passed_by(tmp_path: Path) -> None:
    programs = Programs(fake_server(tmp_path))
    (tmp_path / "usr/share/postgresql/15/extension/btree_gist.control").unlink()
    assert not postgis.fits(programs, None)


def test_data_of_one_version_ask_for_programs_of_that_version(tmp_path: Path) -> None:
    programs = Programs(fake_server(tmp_path, version="17.2"))
    assert postgis.fits(programs, 17)
    assert not postgis.fits(programs, 15)


def test_a_half_set_of_programs_is_passed_by(tmp_path: Path) -> None:
    bin_dir = fake_server(tmp_path)
    (bin_dir / "pg_dump").unlink()
    assert not postgis.fits(Programs(bin_dir), None)


def test_unpacked_programs_get_their_libraries_and_links(tmp_path: Path) -> None:
    extensions = tmp_path / "usr/share/postgresql/15/extension"
    extensions.mkdir(parents=True)
    (extensions / "postgis-3.control").write_text("default_version = '3.3.2'\n", encoding="utf-8")
    for folder in ("blas", "lapack"):
        (tmp_path / "usr/lib/x86_64-linux-gnu" / folder).mkdir(parents=True)
    postgis.link_alternatives(tmp_path)
    postgis.link_alternatives(tmp_path)
    assert (extensions / "postgis.control").read_text(encoding="utf-8").startswith("default_version")
    told = postgis.unpacked_environment(tmp_path)
    assert [Path(folder).name for folder in told["LD_LIBRARY_PATH"].split(":")] == [
        "x86_64-linux-gnu",
        "blas",
        "lapack",
    ]
    assert told["PROJ_DATA"].startswith(str(tmp_path))


def test_what_is_left_out_is_no_library_that_postgis_needs() -> None:
    assert postgis.LEFT_OUT.match("libllvm14=1:14.0.6-12")
    assert postgis.LEFT_OUT.match("perl-modules-5.36=5.36.0-7")
    for needed in (
        "libproj25=9.1.1-1",
        "libgeos-c1v5=3.11.1-1",
        "libpq5=15.18-0",
        "postgresql-15=15.18-0",
        "libicu72=72.1-3",
    ):
        assert not postgis.LEFT_OUT.match(needed)


def test_the_list_of_packages_is_read_from_apt() -> None:
    line = "'http://example.invalid/pool/x.deb' postgis_1%3a3.3.2+dfsg-1_amd64.deb 42 SHA256:00\n"
    assert debian.packages_in(line) == ["postgis=1:3.3.2+dfsg-1"]


def test_no_way_at_all_is_one_line_with_a_remedy(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIMING_HOME", str(home))
    monkeypatch.setattr(postgis, "find", lambda *_: None)
    monkeypatch.setattr(postgis, "ways", lambda *_: [])
    with pytest.raises(Unavailable) as caught:
        postgis.find_or_bring(lambda _: None, 15)
    assert "\n" not in caught.value.line()
    assert "DATABASE_URL" in caught.value.line()


def test_a_killed_unpacking_is_swept_away(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(*_: object) -> None:
        raise Unavailable("连不上网络。")

    half = home / "postgis.new-dead"
    (half / "root/usr/lib/postgresql/15/bin").mkdir(parents=True)
    monkeypatch.setattr(debian.PrivateApt, "update", offline)
    with pytest.raises(Unavailable):
        postgis.bring(home / "unpacked", None, home / "log" / "setup.log", os.open(home, os.O_RDONLY), lambda _: None)
    assert not list(home.glob("postgis.new-*"))
    assert not (home / "unpacked").exists()
