"""A small server that stands in for Tianditu: gives pictures, is slow, fails, or gives something else."""

from __future__ import annotations

import struct
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

KEY = "a-secret-key-0123456789"


def picture(red: int = 200, green: int = 220, blue: int = 240) -> bytes:
    """A PNG of 256 × 256 pixels of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    line = b"\x00" + bytes((red, green, blue)) * 256
    head = struct.pack(">IIBBBBB", 256, 256, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(line * 256)) + chunk(b"IEND", b"")


class FakeTianditu:
    """What it does (`mood`) and what it was asked."""

    def __init__(self) -> None:
        self.mood = "fine"
        self.asked: list[dict[str, str]] = []
        self.hosts: list[str] = []
        self.address = ""
        self._open = threading.Event()
        self._open.set()

    def hold(self) -> None:
        """Answer nobody until `go_on`."""
        self._open.clear()

    def go_on(self) -> None:
        """Answer again, those too who wait."""
        self._open.set()

    def wait(self) -> None:
        """Wait as long as it is held, with an end for tests that fail."""
        self._open.wait(60)


PNG = "image/png"


def _answer(mood: str, path: str) -> tuple[int, str, bytes]:
    """Status, type and content in a mood; what fails repeats the address that it was asked with."""
    told = path.encode()
    return {
        "broken": (500, "text/plain", told),
        "refused": (403, "application/json", told),
        "words": (200, "application/json", told),
        "disguised": (200, PNG, b"<script>" + told),
        "mislabelled": (200, "text/html", picture()),
        "huge": (200, PNG, picture() + bytes(1 << 20)),
        "elsewhere": (302, "text/plain", b""),
    }.get(mood, (200, PNG, picture()))


def _handler(fake: FakeTianditu) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer as the mood is."""
            parts = urlsplit(self.path)
            fake.asked.append({"path": parts.path} | {k: v[0] for k, v in parse_qs(parts.query).items()})
            status, kind, content = _answer(fake.mood, self.path)
            fake.wait()
            if fake.mood == "slow":
                time.sleep(1.5)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            if status == 302:
                self.send_header("Location", f"{fake.address}/other?{parts.query}")
            self.end_headers()
            with suppress(OSError):  # whoever asked may not have waited
                self.give(content)

        def give(self, content: bytes) -> None:
            """Write it, all at once or a byte now and then."""
            if fake.mood != "dripping":
                self.wfile.write(content)
                return
            for byte in content[:40]:
                self.wfile.write(bytes((byte,)))
                time.sleep(0.1)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def fake_tianditu() -> Iterator[FakeTianditu]:
    """The server, as long as it is needed."""
    fake = FakeTianditu()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(fake))
    server.daemon_threads = True
    fake.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
