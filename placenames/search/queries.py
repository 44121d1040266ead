"""The questions asked of search and map, tier by tier, each one `.sql` file beside this module.

A better tier is asked first and fills the page; a place found by it is left out of the others, so that
paging with the cursor meets every place once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from foundation import clock, sqlfiles
from foundation.database import Reader
from foundation.errors import FieldError, Malformed
from placenames.search.question import COUNTED, Cursor, Question
from placenames.search.tokens import PAIRS_FROM, query_grams

SQL = sqlfiles.folder(__file__)
ZKEY_BITS = 36
# From this zoom on places are drawn as dots, which reach over the edge of their tile.
DOTS_FROM = 9
TIER_NAMES = {"pinyin_prefix": "pinyin"}


@dataclass(frozen=True)
class Hit:
    """One place found, in the order of its tier."""

    place: int
    rank: int
    distance: float
    shown: str
    kind: str
    tier: str


def _statement(name: str) -> sqlfiles.SqlFile:
    return sqlfiles.load(SQL / f"{name}.sql")


def search(reader: Reader, question: Question) -> str:
    """Answer a question as CONTRACT §2 says (JSON text): items, the total, and where the next page begins."""
    parameters = _parameters(reader, question)
    at = question.cursor or Cursor()
    # The first page also counts, and what it counts begins with what it shows: one walk serves both.
    reach = question.limit if question.cursor else max(question.limit, COUNTED)
    hits = _collect(reader, question, parameters, at, reach + 1)
    if question.cursor:
        total, exact = at.total, at.exact
    else:
        total, exact = min(len(hits), COUNTED), len(hits) <= COUNTED
    more = len(hits) > question.limit
    hits = hits[: question.limit]
    following = None
    if more:
        last = hits[-1]
        tier = question.tiers.index(last.tier)
        following = Cursor(tier, last.rank, last.distance, last.place, total, exact).written()
    head = {
        "query": question.asked,
        "total": {"value": total, "is": "exact" if exact else "at_least"},
        "next": following,
    }
    # The items come from SQL as text and stay text.
    items = _cards(reader, question, hits) if hits else "[]"
    return f'{json.dumps(head, ensure_ascii=False)[:-1]}, "items": {items}}}'


def _parameters(reader: Reader, question: Question) -> dict[str, object]:
    west, south, east, north = question.bbox or (None, None, None, None)
    lon, lat = question.near or (None, None)
    codes, division = query_grams(question.text), _division(reader, question)
    return {
        "q": question.text,
        "grams": list(codes),
        "division": division,
        "terms": None if division is None else [-division, *(code for code in codes if code >= PAIRS_FROM)],
        "classes": _classes(reader, question.class_),
        "west": west, "south": south, "east": east, "north": north, "lon": lon, "lat": lat,
        "as_of": question.as_of,
    }  # fmt: skip


def _division(reader: Reader, question: Question) -> int | None:
    if question.division is None:
        return None
    day = question.as_of or clock.today()
    found = reader.one(_statement("division_id"), {"code": question.division, "as_of": day})
    if found is None:
        why = f"代码“{question.division[:20]}”在 {day} 没有对应的行政区划"
        remedy = "请核对六位区划代码;停用的旧代码可用 /api/divisions/translate 换算"
        raise Malformed([FieldError("division", why, remedy)])
    return int(found[0])


def _classes(reader: Reader, asked: str | None) -> list[str] | None:
    if asked is None:
        return None
    labels = [row[0] for row in reader.rows(_statement("class_labels"), {"asked": asked})]
    if not labels:
        raise Malformed([FieldError("class", f"没有“{asked[:20]}”这个类别", "请用五位类别代码或类别名称,例如 街路巷")])
    return labels


def _collect(reader: Reader, question: Question, parameters: dict[str, object], at: Cursor, count: int) -> list[Hit]:
    """Hits from the cursor on, tier after tier, until `count` are found."""
    hits: list[Hit] = []
    for number in range(at.tier, len(question.tiers)):
        tier = question.tiers[number]
        start = at if number == at.tier else Cursor()
        hits += _tier(reader, question, tier, parameters, start, count - len(hits))
        if len(hits) >= count:
            break
    return hits


def _tier(
    reader: Reader, question: Question, tier: str, parameters: dict[str, object], at: Cursor, count: int
) -> Iterator[Hit]:
    statement = _statement(f"past_{tier}" if question.as_of else tier)
    asked = parameters | {
        "after_rank": at.rank, "after_distance": at.distance, "after_place": at.place, "count": count,
    }  # fmt: skip
    declared = {name for name, _ in statement.parameters}
    for row in reader.rows(statement, {name: value for name, value in asked.items() if name in declared}):
        place, rank, distance, shown, kind = row
        yield Hit(place, rank, distance, shown, kind, tier)


def _cards(reader: Reader, question: Question, hits: Sequence[Hit]) -> str:
    parameters: dict[str, object] = {
        "places": [hit.place for hit in hits],
        "shown": [hit.shown for hit in hits],
        "kinds": [hit.kind for hit in hits],
        "tiers": [TIER_NAMES.get(hit.tier, hit.tier) for hit in hits],
        "distances": [hit.distance if question.near else None for hit in hits],
    }
    if question.as_of:
        row = reader.one(_statement("past_cards"), parameters | {"as_of": question.as_of})
    else:
        row = reader.one(_statement("cards"), parameters)
    return str(row[0]) if row else "[]"


def tile(reader: Reader, zoom: int, x: int, y: int, as_of: date) -> bytes:
    """The layer `places` of a tile, empty when it has none."""
    reach = 1 if zoom >= DOTS_FROM else 0
    ranges = sorted({
        zkey_range(zoom, column, line)
        for column in range(max(0, x - reach), min(x + reach, (1 << zoom) - 1) + 1)
        for line in range(max(0, y - reach), min(y + reach, (1 << zoom) - 1) + 1)
    })  # fmt: skip
    parameters = {
        "zoom": zoom, "x": x, "y": y, "as_of": as_of,
        "firsts": [first for first, _ in ranges], "lasts": [last for _, last in ranges],
    }  # fmt: skip
    row = reader.one(_statement("tile"), parameters)
    return bytes(row[0]) if row and row[0] is not None else b""


def zkey_range(zoom: int, x: int, y: int) -> tuple[int, int]:
    """The z-order keys that a tile covers (cells of zoom 18); below zoom 18 one cell holds several tiles."""
    shift = max(0, ZKEY_BITS - 2 * zoom)
    if zoom > ZKEY_BITS // 2:
        x, y, zoom = x >> (zoom - ZKEY_BITS // 2), y >> (zoom - ZKEY_BITS // 2), ZKEY_BITS // 2
    key = sum((x >> bit & 1) << 2 * bit | (y >> bit & 1) << 2 * bit + 1 for bit in range(zoom))
    return key << shift, ((key + 1) << shift) - 1


def labels(
    reader: Reader, box: tuple[float, float, float, float], zoom: int, as_of: date, count: int
) -> list[dict[str, Any]]:
    """Places to label in a box (west, south, east, north), best first."""
    west, south, east, north = box
    parameters = {
        "west": west, "south": south, "east": east, "north": north, "zoom": zoom, "as_of": as_of, "count": count,
    }  # fmt: skip
    return [dict(zip(LABEL, row, strict=True)) for row in reader.rows(_statement("labels"), parameters)]


LABEL = ("id", "name", "kind", "rank", "lon", "lat")


def nearest(reader: Reader, lon: float, lat: float, as_of: date) -> list[dict[str, Any]]:
    """The ten nearest places that are not divisions, with metres."""
    row = reader.one(_statement("nearest"), {"lon": lon, "lat": lat, "as_of": as_of})
    found: list[dict[str, Any]] = json.loads(row[0]) if row else []
    return found
