"""What is here (“这里是哪里”): the county of a point and its ten nearest places, over the country, beside the peers."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from itertools import cycle

from benchmarks.country import register
from benchmarks.frame import Asked, Fact, Measured, Report, Side, compared, keep_plan, ratio, repeated
from benchmarks.ground import Ground
from benchmarks.serving import Client, Server, ours, pygeoapi, serving, tipg
from benchmarks.walks import Point, near_places
from boundaries.divisions import queries as divisions
from deploy.setup import steps
from foundation import clock, sqlfiles
from foundation.database import public_reader
from placenames.search import queries as places

TARGET_MS = 3.0
POINTS = 5_000
BOX = 0.005  # degrees to each side: about what holds the ten nearest in a town
COLD = 200


def run(ground: Ground, asked: Asked) -> Report:
    """Measure warm, and after a restart of the server where it may be restarted."""
    register.ready(ground, asked.rows)
    points = near_places(asked.rows, POINTS)
    lon, lat = points[0]
    today = clock.today()
    for name, path, values in (
        ("nearest", places.SQL / "nearest.sql", {"lon": lon, "lat": lat, "as_of": today}),
        ("containing", divisions.SQL / "lookup.sql", {"lon": lon, "lat": lat}),
    ):
        keep_plan("lookup", asked.rows, name, sqlfiles.load(path), values)
    sql, http, items, more = _warm(ground, asked, points)
    facts = [
        Fact("SQL 中位", statistics.median(sql.took), "毫秒", at_most=TARGET_MS),
        Fact("HTTP 速度与 SQL 之比", ratio(http, sql)),
        Fact("HTTP 速度与 tipg 按范围取 10 个点之比", ratio(http, items)),
        Fact("HTTP 速度与 pygeoapi 按范围取 10 个点之比", ratio(http, more)),
        *_cold(ground, asked, points),
    ]
    return Report(f"这里是哪里:{asked.rows:,} 条地名", (sql, http, items, more), facts)


def _warm(ground: Ground, asked: Asked, points: Sequence[Point]) -> list[Measured]:
    log = steps.home() / "log" / "bench-serving.log"
    folder = steps.home() / "bench" / "pygeoapi-settings"
    with serving() as begun:
        servers = [begun(ours(log)), begun(tipg(log, ground.say)), begun(pygeoapi(log, folder, ground.say))]
        sides = [Side("Diming:SQL", repeated(_ask, cycle(points)))]
        for server, path in zip(servers, (_lookup, _tipg, _pygeoapi), strict=True):
            sides.append(Side(f"{server.name}:HTTP", repeated(_getting(server, path), cycle(points))))
        return compared(sides, rounds=asked.rounds, seconds=asked.seconds, say=ground.say)


def _cold(ground: Ground, asked: Asked, points: Sequence[Point]) -> list[Fact]:
    """The first questions after a restart of the server, in SQL."""
    if ground.restart(register.database(asked.rows)) is None:
        return []
    took = []
    for point in points[:COLD]:
        began = time.perf_counter()
        _ask(point)
        took.append(1000 * (time.perf_counter() - began))
    return [
        Fact(f"数据库重启后最初 {COLD} 次,SQL 中位", statistics.median(took), "毫秒"),
        Fact(f"数据库重启后最初 {COLD} 次,SQL 最慢", max(took), "毫秒"),
    ]


def _ask(point: Point) -> object:
    reader = public_reader()
    return divisions.containing(reader, *point, None), places.nearest(reader, *point, clock.today())


def _getting(server: Server, path: Callable[[Point], str]) -> Callable[[Point], object]:
    client = Client(server.port)
    return lambda point: client.get(path(point))


def _lookup(point: Point) -> str:
    return f"/api/lookup?lon={point[0]:.6f}&lat={point[1]:.6f}"


def _box(point: Point) -> str:
    lon, lat = point
    return f"{lon - BOX:.6f},{lat - BOX:.6f},{lon + BOX:.6f},{lat + BOX:.6f}"


def _tipg(point: Point) -> str:
    return f"/collections/placenames.map_point/items?limit=10&f=geojson&bbox={_box(point)}"


def _pygeoapi(point: Point) -> str:
    return f"/collections/points/items?f=json&limit=10&bbox={_box(point)}"
