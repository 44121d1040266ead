"""Asks Tianditu for base map tiles: few kinds, one host, short waits, a small memory, and a rest after failures.

The key goes into the request to Tianditu and nowhere else: no answer, no message and no log line holds the address.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import IO, Any
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

import anyio
from fastapi.concurrency import run_in_threadpool

from foundation.errors import Unavailable
from foundation.settings import settings

log = logging.getLogger("diming.basemap")

# vec and img are the maps, cva and cia their names.
LAYERS = ("vec", "cva", "img", "cia")
ZOOMS = range(1, 19)
LARGEST = 512 << 10
MEMORY = 32 << 20
KEPT_SECONDS = 24 * 3600.0
FAILURES = 5
REST_SECONDS = 30.0
# So many threads wait for Tianditu at once; the others answer for the register. Who waits for a turn holds no thread:
# a page asks for dozens of tiles, and one that is told "away" where the queue was only full shows no base map any more.
AT_ONCE = 4
QUEUED = 100
QUEUE_SECONDS = 5.0
# By their first bytes: what a server says its content is proves nothing.
IMAGES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
TYPES = frozenset({*IMAGES.values(), "image/jpg"})
AWAY = "底图暂时没有取到。"
# Layer, zoom, column, row.
TileName = tuple[str, int, int, int]


@dataclass(frozen=True)
class Tile:
    """A picture with its type and the hash of its bytes."""

    content: bytes
    media_type: str
    etag: str


class _NoRedirects(HTTPRedirectHandler):
    """Whoever is asked answers itself: the key is not carried to another host."""

    def redirect_request(self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str) -> None:
        """Refuse to follow."""


class Basemap:
    """Tiles from Tianditu, remembered for a day; after some failures in a row it is left alone for a while."""

    def __init__(self, address: str, key: str, seconds: float) -> None:
        self._address, self._key, self._seconds = address, key, seconds
        self._opener: OpenerDirector = build_opener(_NoRedirects)
        self._lock = threading.Lock()
        self._places = anyio.Semaphore(AT_ONCE)
        self._kept: OrderedDict[TileName, tuple[float, Tile]] = OrderedDict()
        self._bytes = 0
        self._failures = 0
        self._resting_until = 0.0

    async def tile(self, name: TileName, gone: Callable[[], Awaitable[bool]]) -> Tile:
        """One tile; raises `Unavailable` where Tianditu does not give it in time or gives something else.

        `gone` tells whether who asked has given up waiting: then it is not asked for.
        """
        if kept := self._remembered(name):
            return kept
        async with self._turn():
            # Whoever waited may find that another one fetched it, or that Tianditu was given up meanwhile.
            if kept := self._remembered(name):
                return kept
            if await gone():
                raise Unavailable(AWAY)
            return await run_in_threadpool(self._asked, name)

    def _remembered(self, name: TileName) -> Tile | None:
        """The tile where it is kept; raises `Unavailable` where it is not and Tianditu is left alone."""
        now = time.monotonic()
        with self._lock:
            at, kept = self._kept.get(name, (0.0, None))
            if kept is not None and now - at < KEPT_SECONDS:
                self._kept.move_to_end(name)
                return kept
            if now < self._resting_until:
                raise Unavailable(AWAY)
        return None

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """One of the few places, waited for without a thread; raises `Unavailable` where the queue is too long."""
        if self._places.statistics().tasks_waiting >= QUEUED:
            raise Unavailable(AWAY)
        with anyio.move_on_after(QUEUE_SECONDS) as waiting:
            await self._places.acquire()
        if waiting.cancelled_caught:
            raise Unavailable(AWAY)
        try:
            yield
        finally:
            self._places.release()

    def _asked(self, name: TileName) -> Tile:
        """The tile from Tianditu, kept; raises `Unavailable` and counts where it does not come."""
        tile = self._fetched(*name)
        with self._lock:
            if tile is None:
                self._failed()
                raise Unavailable(AWAY)
            self._failures = 0
            self._keep(name, tile)
        return tile

    def _fetched(self, layer: str, zoom: int, column: int, row: int) -> Tile | None:
        """The tile as Tianditu gives it now, or None with a line in the log that names only the kind of failure."""
        asked = {
            "SERVICE": "WMTS", "REQUEST": "GetTile", "VERSION": "1.0.0", "LAYER": layer, "STYLE": "default",
            "TILEMATRIXSET": "w", "FORMAT": "tiles", "TILEMATRIX": zoom, "TILEROW": row, "TILECOL": column,
            "tk": self._key,
        }  # fmt: skip
        address = f"{self._address}/{layer}_w/wmts?{urlencode(asked)}"
        try:
            content = self._read(address)
        except Exception as error:  # whatever fails, its message may hold the address with the key
            log.info("tianditu %s: %s", layer, f"{type(error).__name__} {getattr(error, 'code', '')}".strip())
            return None
        media_type = next((kind for first, kind in IMAGES.items() if content.startswith(first)), "")
        if not media_type or len(content) > LARGEST:
            log.info("tianditu %s: no picture of a tile's size", layer)
            return None
        return Tile(content, media_type, f'"{blake2b(content, digest_size=12).hexdigest()}"')

    def _read(self, address: str) -> bytes:
        """What an address answers, as far as it is a picture and comes in time; one byte more than allowed tells."""
        until = time.monotonic() + self._seconds
        content = b""
        # The address is one of the few that the setting takes.
        with self._opener.open(Request(address), timeout=self._seconds) as answer:  # noqa: S310
            if answer.headers.get_content_type() not in TYPES:
                return b""
            while len(content) <= LARGEST and (part := answer.read1(LARGEST + 1 - len(content))):
                content += part
                # A server that gives a byte now and then would hold this thread for ever.
                if time.monotonic() > until:
                    raise TimeoutError
        return content

    def _failed(self) -> None:
        self._failures += 1
        if self._failures >= FAILURES:
            self._failures = 0
            self._resting_until = time.monotonic() + REST_SECONDS
            log.warning("天地图连续 %d 次没有取到,%d 秒内不再询问。", FAILURES, REST_SECONDS)

    def _keep(self, name: TileName, tile: Tile) -> None:
        old = self._kept.pop(name, None)
        self._bytes += len(tile.content) - (len(old[1].content) if old else 0)
        self._kept[name] = (time.monotonic(), tile)
        while self._bytes > MEMORY:
            _, (_, oldest) = self._kept.popitem(last=False)
            self._bytes -= len(oldest.content)


def basemap() -> Basemap | None:
    """The base map of this installation; None where no key is set."""
    key = settings().tianditu_key
    if key is None or not key.get_secret_value():
        return None
    return _basemap(settings().tianditu_address, key.get_secret_value(), settings().tianditu_seconds)


_basemap = lru_cache(maxsize=1)(Basemap)
