"""Many clients at once meet every answer, count what they were told, and raise what is not right."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from benchmarks.pressing import press, pressing


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = b"." * 100_000
        self.send_response(503 if self.path == "/busy" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a server of which one address is always busy."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_every_client_asks_all_of_the_list_and_statuses_are_counted(port: int) -> None:
    pressed = press(port, ["/", "/busy"], clients=4, seconds=0.3)
    assert set(pressed.statuses) == {200, 503}
    assert len(pressed.took) == pressed.statuses.total() >= 8
    assert abs(pressed.statuses[200] - pressed.statuses[503]) <= 4


def test_a_side_is_not_measured_by_answers_that_are_not_right(port: int) -> None:
    assert pressing(port, ["/"], clients=2)(0.1)
    with pytest.raises(RuntimeError, match="503"):
        pressing(port, ["/busy"], clients=2)(0.1)


def test_a_server_that_is_not_there_is_told(port: int) -> None:
    with pytest.raises(ConnectionRefusedError):
        press(1, ["/"], clients=2, seconds=0.1)
