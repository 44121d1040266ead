"""Tiles by their numbers: which of them are in the grid, and what is answered to those who have one already."""

from __future__ import annotations

from fastapi import Request, Response


def address(numbers: tuple[str, str, str], zooms: range, *, digits: int) -> tuple[int, int, int] | None:
    """Zoom, column and row as an address writes them, in so many digits at most; None off the grid."""
    if all(part.isascii() and part.isdigit() and len(part) <= digits for part in numbers):
        zoom, column, row = map(int, numbers)
        if zoom in zooms and column < 1 << zoom and row < 1 << zoom:
            return zoom, column, row
    return None


def answer(request: Request, content: bytes, media_type: str, *, etag: str, cache: str) -> Response:
    """A tile, or 304 without one to who has the same bytes (RFC 9110 §13.1.2)."""
    headers = {"ETag": etag, "Cache-Control": cache}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)
