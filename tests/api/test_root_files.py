"""Verification files at the web root: one folder, small files of a strict name, nothing else of the machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.routes.root_files import LARGEST
from foundation.settings import settings


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder, with a file in it, and a secret beside it."""
    folder = tmp_path / "root"
    folder.mkdir()
    (folder / "MP_verify_Ab1-x.txt").write_text("Ab1-x", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    monkeypatch.setenv("DIMING_HOME", str(tmp_path))
    settings.cache_clear()
    return folder


def test_a_verification_file_is_found_at_the_web_root(client: TestClient, root: Path) -> None:
    (root / "google1.html").write_text("<p>google1</p>", encoding="utf-8")
    answer = client.get("/MP_verify_Ab1-x.txt")

    assert (answer.status_code, answer.text) == (200, "Ab1-x")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    page = client.get("/google1.html")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self'" in page.headers["content-security-policy"]


def test_the_folder_can_be_named(client: TestClient, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = root.parent / "other"
    other.mkdir()
    (other / "x.txt").write_text("other", encoding="utf-8")
    monkeypatch.setenv("DIMING_ROOT_FILES", str(other))
    settings.cache_clear()

    assert client.get("/x.txt").text == "other"
    assert client.get("/MP_verify_Ab1-x.txt").status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "none.txt", "../secret.txt", "%2e%2e/secret.txt", "..%2fsecret.txt", "%2e%2e%2fsecret.txt", "..%5csecret.txt",
        "root/MP_verify_Ab1-x.txt", "a.b.txt", "é.txt", "a b.txt", "x.json", "x.js", ".txt", f"{'a' * 101}.txt",
        "linked.txt", "folder.txt", "large.txt", "hidden%00.txt", "MP_verify_Ab1-x.TXT",
    ],
)  # fmt: skip
def test_everything_else_is_absent(client: TestClient, root: Path, name: str) -> None:
    (root / "linked.txt").symlink_to(root.parent / "secret.txt")
    (root / "folder.txt").mkdir()
    (root / "large.txt").write_text("x" * (LARGEST + 1), encoding="utf-8")
    for other in ("a.b.txt", "é.txt", "a b.txt", "x.json", "x.js", ".txt", f"{'a' * 101}.txt"):
        (root / other).write_text("there, and not to be had", encoding="utf-8")
    answer = client.get(f"/{name}")

    assert answer.status_code == 404
    assert "secret" not in answer.text.replace(name, "").replace("secret.txt", "")


def test_there_is_no_listing(client: TestClient, root: Path) -> None:
    for address in ("/root", "/root/", "/.txt", "/*.txt"):
        assert "MP_verify" not in client.get(address).text


def test_no_file_takes_the_place_of_a_page(client: TestClient, root: Path) -> None:
    for name in ("docs", "search", "favicon.ico", "openapi.json"):
        (root / name).write_text("instead", encoding="utf-8")
    for address in ("/", "/docs", "/search", "/favicon.ico", "/openapi.json"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert b"instead" not in answer.content


def test_without_the_folder_nothing_is_there(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIMING_HOME", str(tmp_path / "nowhere"))
    settings.cache_clear()
    assert client.get("/MP_verify_Ab1-x.txt").status_code == 404


def test_a_public_instance_has_them_too(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIMING_ROLE", "public")
    settings.cache_clear()
    with TestClient(create_app(), raise_server_exceptions=False) as public:
        assert public.get("/MP_verify_Ab1-x.txt").text == "Ab1-x"
