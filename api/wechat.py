"""WeChat's own browser keeps no files: where one would be downloaded, it is told to use a browser (DOMAIN §14.25)."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.pages.render import render_browser

WECHAT = "micromessenger"


class OpenInBrowser:
    """Answers a person in WeChat who opens a download with a page that says how to get it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is no download, or is not opened as a page in WeChat."""
        if scope["type"] != "http" or not _opens_a_page_in_wechat(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        instead = False

        async def explained(message: Message) -> None:
            nonlocal instead
            if message["type"] == "http.response.start" and _is_a_download(message):
                instead = True
                await _explain(send)
            elif not instead:
                await send(message)

        await self.app(scope, receive, explained)


def _opens_a_page_in_wechat(headers: Headers) -> bool:
    return WECHAT in headers.get("user-agent", "").lower() and "text/html" in headers.get("accept", "")


def _is_a_download(message: Message) -> bool:
    disposition = Headers(raw=message["headers"]).get("content-disposition", "")
    return message["status"] == 200 and disposition.startswith("attachment")


async def _explain(send: Send) -> None:
    page = render_browser().encode()
    raw = [
        (b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(page)).encode()),
        (b"cache-control", b"no-store"),
    ]  # fmt: skip
    await send({"type": "http.response.start", "status": 200, "headers": raw})
    await send({"type": "http.response.body", "body": page})
