"""What the map draws of places: the layer of a tile, and the names within a box.

Points lie in z-order, so a tile is a range of keys, and what lies around it a few more.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from foundation.database import Reader
from foundation.sqlfiles import SqlFile
from placenames.search.forms import statement

ZKEY_ZOOM = 18
"""The zoom whose cells the keys number."""
ALL_DRAWN = 14
"""From this zoom on every point is drawn; below it the best of each cell, an eighth of a tile's side."""
# The best of a cell as large as the tile have this step less than its zoom, and there is one of them in a tile.
WHOLE = 4
# From this zoom on places are drawn as dots, which reach over the edge of their tile.
DOTS_FROM = 9
# From this zoom on few points of a tile are not drawn, and the spatial index finds them all sooner.
NEAR_FROM = 12
# Names are chosen among the points of so many tiles at most: what a screen shows, one zoom wider.
LABEL_TILES = 8
BOX_CELLS = 32
LABEL = ("id", "name", "kind", "rank", "lon", "lat")
Range = tuple[int, int]


@lru_cache(maxsize=4096)
def tile(zoom: int, x: int, y: int) -> tuple[SqlFile, Mapping[str, object]]:
    """The question for the layer `places` of a tile (one value: its bytes or null), and what it asks but the day."""
    where = {"zoom": zoom, "x": x, "y": y}
    if zoom >= NEAR_FROM:
        return statement("tile_near"), where | {"deepest": deepest(zoom)}
    return statement("tile"), where | _reach(zoom, x, y)


def deepest(zoom: int) -> int:
    """The last step that is drawn at a zoom."""
    return ALL_DRAWN if zoom >= ALL_DRAWN else max(0, zoom - 1)


def _reach(zoom: int, x: int, y: int) -> dict[str, object]:
    """The steps of which a tile has one point at most, the others, and the ranges in which to look for both.

    Of the points that are the best of a whole tile there is one in each: nine tiles are few, also the sixteen of the
    four twice as large around them. Of the others a strip of a quarter of a tile is enough, more than a dot reaches.
    """
    few = list(range(zoom - WHOLE + 1))
    many = list(range(len(few), deepest(zoom) + 1))
    by = 1 if zoom >= DOTS_FROM else 0
    around = (range((at - by) // 2, (at + by) // 2 + 1) for at in (x, y))
    tiles = _covering(zoom - 1, *around) if few else []
    strip = _covering(zoom + 2, *(range(4 * at - by, 4 * at + 4 + by) for at in (x, y))) if many else []
    return {
        "few": few, "many": many, "firsts": [first for first, _ in (*tiles, *strip)],
        "lasts": [last for _, last in (*tiles, *strip)], "wide": [True] * len(tiles) + [False] * len(strip),
    }  # fmt: skip


def _covering(zoom: int, columns: Iterable[int], lines: Iterable[int]) -> list[Range]:
    """The ranges of keys of a block of cells of a zoom, those that follow each other as one; the map has an edge."""
    end, finer = 1 << zoom, max(0, zoom - ZKEY_ZOOM)
    shift = 2 * max(0, ZKEY_ZOOM - zoom)
    across = {_spread(x >> finer) for x in columns if 0 <= x < end}
    down = {_spread(y >> finer) << 1 for y in lines if 0 <= y < end}
    found: list[Range] = []
    for key in sorted([x | y for x in across for y in down]):
        first, last = key << shift, (key + 1 << shift) - 1
        if found and found[-1][1] + 1 == first:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def _spread(number: int) -> int:
    """The bits of a number with a gap after each."""
    number = (number | number << 16) & 0x0000FFFF0000FFFF
    number = (number | number << 8) & 0x00FF00FF00FF00FF
    number = (number | number << 4) & 0x0F0F0F0F0F0F0F0F
    number = (number | number << 2) & 0x3333333333333333
    return (number | number << 1) & 0x5555555555555555


def labels(
    reader: Reader, box: tuple[float, float, float, float], zoom: int, as_of: date, count: int
) -> list[dict[str, Any]]:
    """Places to label in a box (west, south, east, north), best first."""
    west, east = sorted((box[0], box[2]))
    south, north = sorted((box[1], box[3]))
    left, right, top, bottom = _across(west), _across(east), _down(north), _down(south)
    last = _last_step(zoom, (right - left) * (bottom - top))
    ranges = _box_ranges(left, right, top, bottom)
    parameters: dict[str, object] = {
        "west": west, "south": south, "east": east, "north": north, "as_of": as_of, "count": count,
        "firsts": [first for first, _ in ranges], "lasts": [last for _, last in ranges],
        "steps": list(range(last + 1)),
    }  # fmt: skip
    return [dict(zip(LABEL, row, strict=True)) for row in reader.rows(statement("labels"), parameters)]


def _last_step(zoom: int, share: float) -> int:
    """The last step to choose names from, by the share of the world that the box covers.

    It hangs on the size of the box alone, not on where it lies: what is named stays while the map is moved.
    """
    last = deepest(zoom)
    while last > 0 and share * 4**last > LABEL_TILES:
        last -= 1
    return last


def _box_ranges(left: float, right: float, top: float, bottom: float) -> list[Range]:
    """The keys that cover a box (shares of the world from the north-west), by the finest cells that are few."""
    for zoom in range(ZKEY_ZOOM, -1, -1):
        first, last, end = int(left * 2**zoom), int(right * 2**zoom), 1 << zoom
        columns = range(max(0, first), min(end, last + 1))
        lines = range(max(0, int(top * end)), min(end, int(bottom * end) + 1))
        if len(columns) * len(lines) <= BOX_CELLS:
            return _covering(zoom, columns, lines)
    return []


def _across(lon: float) -> float:
    return min(1.0, max(0.0, lon / 360 + 0.5))


def _down(lat: float) -> float:
    lat = min(85.05, max(-85.05, lat))
    return 0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)
