"""Headers of every answer: a strict content policy, no sniffing, no referrer, no frames."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from foundation.settings import settings

# What is told to one person is kept by nobody else.
FOR_STAFF = ("/desk", "/api/session", "/api/proposals", "/api/handovers", "/api/journal", "/api/routes")
LARGEST_JSON = 2 << 20
TOO_LARGE = {
    True: "文件超过 {most} MB。请压缩图片或降低扫描分辨率后再上传。",
    False: "提交的内容超过 {most} MB,没有保存。图形的节点太多时,请化简后再提交。",
}

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class HeadAsGet:
    """Answers HEAD as GET without its body, for uptime checks and link previews (RFC 9110 §9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask for the same with GET and keep back what it says."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET"}, receive, without_body)


class BodyLimit:
    """Refuses a body that is larger than what is taken, while it comes in: 413, with what to do."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the bytes on their way in."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        files = headers.get("content-type", "").startswith("multipart/")
        most = (settings().largest_file_mb + 1) << 20 if files else LARGEST_JSON
        announced = headers.get("content-length", "")
        taken = int(announced) if announced.isdigit() and int(announced) > most else 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive() if taken <= most else {"type": "http.request"}
            taken += len(message.get("body", b""))
            if taken > most:
                # FastAPI passes this one kind on from within its reading of a body.
                told = settings().largest_file_mb if files else most >> 20
                raise HTTPException(413, TOO_LARGE[files].format(most=told))
            return message

        await self.app(scope, counted, send)


class SecurityHeaders:
    """Adds the headers to every answer, errors and files included."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and put the headers on the way back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/static/"):
                    # Asked for again after each upgrade, else old and new modules would mix; the ETag keeps it cheap.
                    headers.setdefault("Cache-Control", "no-cache")
                elif scope["path"].startswith(FOR_STAFF):
                    headers.setdefault("Cache-Control", "private, no-store")
            await send(message)

        await self.app(scope, receive, with_headers)
