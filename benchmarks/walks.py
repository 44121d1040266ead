"""Where people look: windows of map tiles that are moved about, beginning near places all over the country; seeded."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence

import psycopg2

from foundation.database import libpq_address, owner_address

Tile = tuple[int, int, int]
"""Zoom, column, row."""
Point = tuple[float, float]
"""Lon, lat."""

ZOOMS = range(6, 15)
SEED = 17
MOVES = 6
AROUND = (2, 1)  # tiles on each side of the middle one: a window of 1280 × 800


def near_places(rows: int, count: int) -> list[Point]:
    """Positions near places, drawn from all over the country; the same each time."""
    question = """
        SELECT ST_X(at) + 0.003 * sin(place_id), ST_Y(at) + 0.003 * cos(place_id)
        FROM (SELECT place_id, ST_Transform(geom, 4490) AS at FROM placenames.map_point
              TABLESAMPLE BERNOULLI (%s) REPEATABLE (7) ORDER BY hashint8(place_id) LIMIT %s) sampled
    """
    with psycopg2.connect(libpq_address(owner_address())) as connection, connection.cursor() as cursor:
        cursor.execute(question, (min(100.0, 300.0 * count / rows), count))
        found = [(float(lon), float(lat)) for lon, lat in cursor.fetchall()]
    connection.close()
    return found


def tiles(zoom: int, starts: Sequence[Point], count: int) -> list[Tile]:
    """So many tiles of a zoom in the order in which people who move the map about ask for them."""
    lots = random.Random(SEED + zoom)  # noqa: S311 (where one looks is no secret)
    found: list[Tile] = []
    while len(found) < count:
        found += _walk(zoom, lots.choice(starts), lots)
    return found[:count]


def _walk(zoom: int, start: Point, lots: random.Random) -> Iterator[Tile]:
    """The tiles of one walk, each once: the browser keeps what it has."""
    column, row = tile_at(zoom, start)
    seen = set()
    for _ in range(MOVES):
        for x in range(column - AROUND[0], column + AROUND[0] + 1):
            for y in range(row - AROUND[1], row + AROUND[1] + 1):
                if (x, y) not in seen and 0 <= x < 1 << zoom and 0 <= y < 1 << zoom:
                    seen.add((x, y))
                    yield zoom, x, y
        column, row = column + lots.randint(-2, 2), row + lots.randint(-1, 1)


def tile_at(zoom: int, point: Point) -> tuple[int, int]:
    """Column and row of the tile that holds a position."""
    lon, lat = point
    down = 0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)
    return int((lon / 360 + 0.5) * 2**zoom), int(down * 2**zoom)
