"""Tiles of the map over the country, zoom by zoom: in SQL, over HTTP, and beside `tipg` on the same points."""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle
from urllib.parse import quote

from benchmarks.country import register
from benchmarks.frame import Asked, Fact, Measured, Report, Side, compared, keep_plan, percentile, ratio, repeated
from benchmarks.ground import Ground
from benchmarks.serving import Client, Server, ours, serving, tipg
from benchmarks.walks import SEED, ZOOMS, Tile, near_places, tiles
from boundaries.divisions import queries as divisions
from deploy.setup import steps
from foundation import clock
from foundation.database import public_reader
from foundation.settings import settings
from placenames.search import tiles as places
from processes import schema
from processes import tiles as drawn

OF_EACH = 300
STARTS = 2_000
MEDIAN_MS, P99_MS, LARGEST_KB = 2.0, 10.0, 150.0
TIPG_TIMES, OF_SQL = 6.0, 0.7
BESIDE_TIPG = (10, 12, 14)
COLD = 200
SMALLER = 1_000_000
WARM = (
    "每块瓦片先问一遍再计时;一块瓦片的 SQL 是一次查询(政区和地名),含 psycopg2 往返。混合题循环重复。"
    "与 tipg 比较时,它读同一张表的同样的点(min_zoom<=最深一档),不含政区。"
)


def run(ground: Ground, asked: Asked) -> Report:
    """Each zoom in SQL, then all mixed over HTTP beside what bounds them, then after a restart where that may be."""
    register.ready(ground, asked.rows)
    starts = near_places(asked.rows, STARTS)
    walks = {zoom: tiles(zoom, starts, OF_EACH) for zoom in ZOOMS}
    mixed = [tile for walk in walks.values() for tile in walk]
    random.Random(SEED).shuffle(mixed)  # noqa: S311 (an order is no secret)
    _keep_plans(asked.rows, walks)
    facts: list[Fact] = []
    for zoom, walk in walks.items():
        took, sizes = _measured(walk)
        ground.say(f"z{zoom}:中位 {statistics.median(took):.2f} ms,最大 {max(sizes) / 1000:.0f} kB")
        facts += [
            Fact(f"z{zoom} SQL 中位", statistics.median(took), "毫秒", at_most=MEDIAN_MS),
            Fact(f"z{zoom} SQL 99%", percentile(took, 99), "毫秒", at_most=P99_MS),
            Fact(f"z{zoom} 瓦片大小 中位", statistics.median(sizes) / 1000, "kB"),
            Fact(f"z{zoom} 瓦片大小 最大", max(sizes) / 1000, "kB", at_most=LARGEST_KB),
        ]
    with approved():
        sides, beside = _served(ground, asked, walks, mixed)
    facts += [Fact("HTTP 速度与不经 HTTP 的 SQL 之比", ratio(sides[1], sides[0]), at_least=OF_SQL), *beside]
    facts += _growth(ground, asked, mixed)
    facts += _cold(ground, asked, mixed)
    return Report(f"地图瓦片:{asked.rows:,} 条地名", sides, facts, [WARM])


@contextmanager
def approved() -> Iterator[None]:
    """Boundaries are drawn, as where there is a map approval number: this register is no demonstration."""
    before = os.environ.get("DIMING_MAP_APPROVAL")
    os.environ["DIMING_MAP_APPROVAL"] = before or "性能测试"
    settings.cache_clear()
    try:
        yield
    finally:
        if before is None:
            del os.environ["DIMING_MAP_APPROVAL"]
        settings.cache_clear()


def _ask(tile: Tile) -> bytes:
    reader, day = public_reader(), clock.today()
    return drawn.tile(reader, *tile, day, boundaries=True)


def _measured(walk: Sequence[Tile]) -> tuple[list[float], list[int]]:
    """Milliseconds and bytes of each tile, asked twice: the second time it is warm."""
    took, sizes = [], []
    for tile in walk:
        _ask(tile)
        began = time.perf_counter()
        content = _ask(tile)
        took.append(1000 * (time.perf_counter() - began))
        sizes.append(len(content))
    return took, sizes


def _served(
    ground: Ground, asked: Asked, walks: Mapping[int, Sequence[Tile]], mixed: Sequence[Tile]
) -> tuple[list[Measured], list[Fact]]:
    """All zooms mixed, with and without HTTP; and some zooms beside `tipg`."""
    log = steps.home() / "log" / "bench-serving.log"
    with serving() as begun:
        service, peer = begun(ours(log)), begun(tipg(log, ground.say))
        sides = [
            Side("Diming:SQL", repeated(_ask, cycle(mixed))),
            Side("Diming:HTTP", repeated(_getting(service, _path), cycle(mixed))),
            Side("Diming:HTTP,gzip", repeated(_getting(service, _path, {"Accept-Encoding": "gzip"}), cycle(mixed))),
        ]
        for zoom in BESIDE_TIPG:
            sides.append(Side(f"Diming:HTTP,z{zoom}", repeated(_getting(service, _path), cycle(walks[zoom]))))
            sides.append(Side(f"tipg:HTTP,z{zoom}", repeated(_getting(peer, _tipg), cycle(walks[zoom]))))
        found = compared(sides, rounds=asked.rounds, seconds=asked.seconds, say=ground.say)
    pairs = zip(BESIDE_TIPG, found[3::2], found[4::2], strict=True)
    return found, [
        Fact(f"HTTP 速度与 tipg 同样的点之比,z{zoom}", ratio(one, other), at_least=TIPG_TIMES)
        for zoom, one, other in pairs
    ]


def _getting(
    server: Server, path: Callable[[Tile], str], headers: Mapping[str, str] | None = None
) -> Callable[[Tile], object]:
    client = Client(server.port, headers)
    return lambda tile: client.get(path(tile))


def _path(tile: Tile) -> str:
    return "/tiles/map/{}/{}/{}.mvt".format(*tile)


def _tipg(tile: Tile) -> str:
    zoom, x, y = tile
    only = quote(f"min_zoom<={places.deepest(zoom)}")
    asked = f"filter={only}&filter-lang=cql2-text&properties=place_id,name,rank,class_code,status"
    return f"/collections/placenames.map_point/tiles/WebMercatorQuad/{zoom}/{x}/{y}?{asked}"


def _growth(ground: Ground, asked: Asked, mixed: Sequence[Tile]) -> list[Fact]:
    """What the same tiles cost in the register of a million, where there is one beside a larger one."""
    smaller = register.database(SMALLER)
    question = "SELECT version_num FROM public.alembic_version"
    if asked.rows <= SMALLER or not ground.has(smaller) or ground.ask(question, database=smaller) != schema.head():
        return []
    some = mixed[: 2 * OF_EACH]
    large, _ = _measured(some)
    try:
        ground.use(smaller)
        small, _ = _measured(some)
    finally:
        ground.use(register.database(asked.rows))
    return [
        Fact("从 100 万条到这么多,SQL 中位之比", statistics.median(large) / statistics.median(small), "倍"),
        Fact("从 100 万条到这么多,SQL 99% 之比", percentile(large, 99) / percentile(small, 99), "倍"),
    ]


def _cold(ground: Ground, asked: Asked, mixed: Sequence[Tile]) -> list[Fact]:
    """The first tiles after a restart of the server, in SQL."""
    if ground.restart(register.database(asked.rows)) is None:
        return []
    took = []
    for tile in mixed[:COLD]:
        began = time.perf_counter()
        _ask(tile)
        took.append(1000 * (time.perf_counter() - began))
    return [
        Fact(f"数据库重启后最初 {COLD} 块,SQL 中位", statistics.median(took), "毫秒"),
        Fact(f"数据库重启后最初 {COLD} 块,SQL 最慢", max(took), "毫秒"),
    ]


def _keep_plans(rows: int, walks: Mapping[int, Sequence[Tile]]) -> None:
    day = clock.today()
    for zoom in (8, 11, 14):
        for layer, (question, where) in {
            "divisions": divisions.tile(*walks[zoom][0]), "places": places.tile(*walks[zoom][0]),
        }.items():  # fmt: skip
            keep_plan("tiles", rows, f"{layer}-z{zoom}", question, {**where, "as_of": day})
