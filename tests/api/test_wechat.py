"""WeChat's own browser keeps no files: a download opened there is answered with how to open it in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.testclient import TestClient

from api.app import create_app

WECHAT = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/116 Mobile MicroMessenger/8.0.44 NetType/WIFI"
BROWSER = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/116 Mobile"
PAGE = "text/html,application/xhtml+xml,*/*;q=0.8"


@pytest.fixture
def downloads(tmp_path: Path) -> Iterator[TestClient]:
    """The application with a download of every kind that it may come to have."""
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"%PDF-1.4 paper " * 500)
    app: FastAPI = create_app()

    def download() -> FileResponse:
        return FileResponse(paper, filename="台账.pdf")

    def page() -> HTMLResponse:
        return HTMLResponse("<p>a page</p>")

    app.get("/export")(download)
    app.get("/page")(page)
    with TestClient(app) as client:
        yield client


def test_a_download_opened_in_wechat_says_how_to_open_it_in_a_browser(downloads: TestClient) -> None:
    answer = downloads.get("/export", headers={"User-Agent": WECHAT, "Accept": PAGE})

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "请用浏览器打开" in answer.text
    assert "在浏览器打开" in answer.text
    assert "content-disposition" not in answer.headers
    assert b"PDF" not in answer.content
    assert "script-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("agent", "accept"), [(BROWSER, PAGE), (WECHAT, "*/*"), ("curl/8", "*/*")], ids=["browser", "script", "program"]
)
def test_everybody_else_gets_the_file(downloads: TestClient, agent: str, accept: str) -> None:
    answer = downloads.get("/export", headers={"User-Agent": agent, "Accept": accept})

    assert answer.content.startswith(b"%PDF")
    assert answer.headers["content-disposition"].startswith("attachment")


def test_pages_open_in_wechat_as_anywhere(downloads: TestClient) -> None:
    assert downloads.get("/page", headers={"User-Agent": WECHAT, "Accept": PAGE}).text == "<p>a page</p>"
    assert downloads.get("/none", headers={"User-Agent": WECHAT, "Accept": PAGE}).status_code == 404
