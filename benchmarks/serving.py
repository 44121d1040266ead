"""Programs that answer over HTTP on this machine: our own service and the peers, one worker each, and their client."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from benchmarks.bringing import peer
from benchmarks.ground import Say
from foundation.database import libpq_address, owner_address
from foundation.errors import Unavailable
from foundation.settings import PROJECT

LONGEST_START = 180.0
RIGHT = (200, 204)


class Server:
    """A started program, and how long it took until its first right answer."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        environment: Mapping[str, str],
        port: int,
        ready: tuple[str, bytes],
        log: Path,
    ) -> None:
        self.name, self.port = name, port
        log.parent.mkdir(parents=True, exist_ok=True)
        began = time.perf_counter()
        with log.open("ab") as sink:
            self.process = subprocess.Popen(
                [str(word) for word in command], cwd=PROJECT, env={**os.environ, **environment},
                stdout=sink, stderr=sink, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        while not self._answers(*ready):
            if self.process.poll() is not None or time.perf_counter() - began > LONGEST_START:
                self.process.kill()
                raise Unavailable(f"{name} 没有启动起来。", remedy=f"详情见 {log}。")
            time.sleep(0.01)
        self.seconds = time.perf_counter() - began

    def _answers(self, path: str, expected: bytes) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONGEST_START)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status == 200 and expected in answer.read()
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Client:
    """One connection that is kept; every answer must be right."""

    def __init__(self, port: int, headers: Mapping[str, str] | None = None) -> None:
        self.headers = dict(headers or {})
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str) -> bytes:
        """The body of an answer; a connection that lay idle for long is opened again."""
        try:
            self.connection.request("GET", path, headers=self.headers)
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self.connection.close()
            self.connection.request("GET", path, headers=self.headers)
            answer = self.connection.getresponse()
        body = answer.read()
        if answer.status not in RIGHT:
            raise Unavailable(f"{path} 答复 {answer.status}:{body[:200]!r}")
        return body


def free_port() -> int:
    """A port of the loopback that nobody uses now."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


UVICORN = ("-m", "uvicorn", "--host", "127.0.0.1", "--log-level", "warning", "--no-access-log")


def ours(log: Path) -> Server:
    """The public service on this process's register."""
    port = free_port()
    command = (sys.executable, *UVICORN, "--port", str(port), "--factory", "api.app:create_app")
    return Server(
        "Diming", command, {"DIMING_ROLE": "public"}, port, ("/api/lookup?lon=120.56&lat=32.39", "如皋市".encode()), log
    )


def empty(log: Path, size: int) -> Server:
    """A route that does nothing but answer so many bytes: what HTTP itself costs here."""
    port = free_port()
    command = (sys.executable, *UVICORN, "--port", str(port), "benchmarks.empty:app")
    return Server("空路由", command, {"DIMING_BENCH_SIZE": str(size)}, port, ("/", b"."), log)


def tipg(log: Path, say: Say) -> Server:
    """`tipg` on the same database, reading the table of the map's points."""
    python, port = peer("tipg", say), free_port()
    environment = {"DATABASE_URL": libpq_address(owner_address()), "TIPG_DB_SCHEMAS": '["placenames"]'}
    ready = "/collections/placenames.map_point/items?limit=1&bbox=120.3,32.1,120.8,32.6"
    command = (python, *UVICORN, "--port", str(port), "tipg.main:app")
    return Server("tipg", command, environment, port, (ready, b'"Feature"'), log)


def pygeoapi(log: Path, folder: Path, say: Say) -> Server:
    """`pygeoapi` on the same database, reading the table of the map's points."""
    python, port = peer("pygeoapi", say), free_port()
    folder.mkdir(parents=True, exist_ok=True)
    address = make_url(owner_address())
    settings = folder / "pygeoapi.yml"
    settings.write_text(
        PYGEOAPI.format(
            port=port, host=address.host, at=address.port, database=address.database, user=address.username,
            password=address.password,
        ),
        encoding="utf-8",
    )  # fmt: skip
    settings.chmod(0o600)
    openapi = folder / "openapi.yml"
    environment = {"PYGEOAPI_CONFIG": str(settings), "PYGEOAPI_OPENAPI": str(openapi)}
    made = subprocess.run(
        (python.parent / "pygeoapi", "openapi", "generate", settings, "--output-file", openapi),
        cwd=PROJECT, env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode:
        raise Unavailable("pygeoapi 没有启动起来。", remedy=made.stderr.strip()[-300:])
    ready = "/collections/points/items?f=json&limit=1&bbox=120.3,32.1,120.8,32.6"
    command = (python, *UVICORN, "--port", str(port), "pygeoapi.starlette_app:APP")
    return Server("pygeoapi", command, environment, port, (ready, b'"Feature"'), log)


PYGEOAPI = """
server:
  bind: {{host: 127.0.0.1, port: {port}}}
  url: http://127.0.0.1:{port}
  mimetype: application/json; charset=UTF-8
  encoding: utf-8
  languages: [en-US]
  limits: {{default_items: 10, max_items: 1000}}
  map: {{url: "", attribution: ""}}
logging: {{level: ERROR}}
metadata:
  identification:
    {{title: bench, description: bench, keywords: [bench], keywords_type: theme, terms_of_service: "", url: ""}}
  license: {{name: bench, url: ""}}
  provider: {{name: bench, url: ""}}
  contact: {{name: bench}}
resources:
  points:
    type: collection
    title: points
    description: points
    keywords: [points]
    extents: {{spatial: {{bbox: [-180, -90, 180, 90], crs: http://www.opengis.net/def/crs/OGC/1.3/CRS84}}}}
    providers:
      - type: feature
        name: PostgreSQL
        data:
          host: "{host}"
          port: {at}
          dbname: "{database}"
          user: "{user}"
          password: "{password}"
          search_path: [placenames, public]
        id_field: place_id
        table: map_point
        geom_field: geom
        storage_crs: http://www.opengis.net/def/crs/EPSG/0/3857
        crs: [http://www.opengis.net/def/crs/OGC/1.3/CRS84]
"""


@contextmanager
def serving() -> Iterator[Callable[[Server], Server]]:
    """Servers end with the block, also where a later one does not start."""
    begun: list[Server] = []

    def begin(server: Server) -> Server:
        begun.append(server)
        return server

    try:
        yield begin
    finally:
        for server in begun:
            server.stop()
