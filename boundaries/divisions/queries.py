"""Questions about divisions; each is one `.sql` file beside this module."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from boundaries.divisions.bands import band
from foundation import sqlfiles
from foundation.database import Reader
from foundation.dates import KnownDate, Precision
from foundation.errors import NotFound
from foundation.sqlfiles import SqlFile

SQL = sqlfiles.folder(__file__)


def counties_of(session: Session, positions: Sequence[tuple[float, float]]) -> list[int | None]:
    """The permanent id of the county that contains each position (lon, lat in EPSG:4490), or None."""
    statement = sqlfiles.load(SQL / "counties_of.sql")
    parameters = {"lons": [lon for lon, _ in positions], "lats": [lat for _, lat in positions]}
    rows = session.connection().exec_driver_sql(statement.driver_text, parameters)
    return [row[0] for row in rows]


def _rows(reader: Reader, name: str, **parameters: object) -> Sequence[tuple[Any, ...]]:
    return reader.rows(sqlfiles.load(SQL / f"{name}.sql"), parameters)


def children(reader: Reader, parent: str | None, as_of: date, after: str, limit: int) -> tuple[str, str | None]:
    """The divisions directly below one, or the highest, as a JSON array; and the code after which the next page begins.

    Raises `NotFound` where the parent was not in use on that day.
    """
    asked: dict[str, object] = {"as_of": as_of}
    if parent is not None:
        division(reader, parent, as_of)
        asked["parent"] = parent
    question = "roots" if parent is None else "children"
    items, last, count = _rows(reader, question, **asked, after_code=after, count=limit)[0]
    more = count == limit and bool(_rows(reader, question, **asked, after_code=last, count=1)[0][2])
    return str(items), str(last) if more else None


def division(reader: Reader, code: str, as_of: date) -> str:
    """The division of a code on a day (JSON object).

    Raises `NotFound`: for a code that was never in use plainly, for one not in use on that day with what
    followed it and when.
    """
    found = _rows(reader, "division", code=code, as_of=as_of)
    if found:
        return str(found[0][0])
    raise _not_in_use(reader, code, as_of)


def _not_in_use(reader: Reader, code: str, as_of: date) -> NotFound:
    periods = [json.loads(row[0]) for row in _rows(reader, "periods", code=code)]
    if not periods:
        return NotFound(f"代码“{code[:20]}”从未使用过。", remedy="请核对六位区划代码。")
    ended = [period for period in periods if period["valid_to"] and period["valid_to"] <= as_of.isoformat()]
    successors = ended[-1]["successors"] if ended else []
    if not ended:
        first = periods[0]
        since = _words(first["valid_from"], first["from_precision"])
        message = (
            f"代码 {code}({first['name']})的资料始于 {first['valid_from'][:4]} 年底,{as_of} 的情形没有记录。"
            if first["from_precision"] == "before"
            else f"代码 {code} 在 {as_of} 尚未启用({first['name']},{since}起)。"
        )
    else:
        last = ended[-1]
        heirs = "、".join(
            f"{heir['name']}({heir['code']},{_words(heir['date'], heir['precision'])}起)" for heir in successors
        )
        until = _words(last["valid_to"], last["to_precision"])
        message = f"代码 {code}({last['name']})已于{until}停用,后继:{heirs or '无记录'}。"
    told = {"code": code, "as_of": as_of.isoformat(), "periods": periods, "successors": successors}
    return NotFound(message, extra=told)


def _words(day: str, precision: str) -> str:
    return KnownDate(date.fromisoformat(day), Precision(precision)).words()


def lineage(reader: Reader, code: str) -> list[dict[str, Any]]:
    """Every change in the line of a code, oldest first; raises `NotFound` for a code never in use."""
    if not _rows(reader, "periods", code=code):
        raise NotFound(f"代码“{code[:20]}”从未使用过。", remedy="请核对六位区划代码。")
    return [json.loads(row[0]) for row in _rows(reader, "lineage", code=code)]


def translate(reader: Reader, code: str, from_day: date, to_day: date) -> list[dict[str, str]]:
    """What a code of one day is on another (code, name, relation), best first; works backward too.

    Raises `NotFound` where the code was not in use on `from_day`.
    """
    division(reader, code, from_day)
    rows = _rows(reader, "translate", code=code, from_day=from_day, to_day=to_day)
    return [dict(zip(("code", "name", "relation"), row, strict=True)) for row in rows]


CONTAINING = ("id", "code", "name", "level", "place")


def containing(reader: Reader, lon: float, lat: float, as_of: date | None) -> dict[str, Any]:
    """The divisions that contain a point, from the highest down; for an earlier day by way of their lineage.

    Past boundaries are not known from present ones: where a present division has one forebear on that day it
    is told as such, where it has several they are candidates, and `boundary` says that the line is today's.
    """
    present = [dict(zip(CONTAINING, row, strict=True)) for row in _rows(reader, "lookup", lon=lon, lat=lat)]
    if as_of is None:
        return {"divisions": [_told(found) for found in present]}
    divisions, candidates = [], []
    for found in present:
        rows = _rows(reader, "forebears", division=found["id"], as_of=as_of)
        then = [_told(dict(zip(CONTAINING, row, strict=True))) for row in rows]
        if len(then) == 1:
            divisions.append(then[0])
        else:
            candidates += then
    return {"divisions": divisions, "candidates": candidates, "boundary": "today"}


def _told(found: dict[str, Any]) -> dict[str, Any]:
    return found | {"id": str(found["id"])}


def tile(zoom: int, x: int, y: int) -> tuple[SqlFile, dict[str, object]]:
    """The question for the layer `divisions` of a tile (one value: its bytes or null), and what it asks but the day."""
    return sqlfiles.load(SQL / "tile.sql"), {"zoom": zoom, "x": x, "y": y, "band": band(zoom)}


def times(reader: Reader, today: date) -> str:
    """From which day the divisions are known, and how many changes each year brought up to today (JSON object)."""
    return str(_rows(reader, "times", as_of=today)[0][0])


LABEL = ("id", "name", "kind", "rank", "lon", "lat")


def labels(
    reader: Reader, box: tuple[float, float, float, float], zoom: int, as_of: date, count: int
) -> list[dict[str, Any]]:
    """Divisions to label in a box (west, south, east, north), best first."""
    west, south, east, north = box
    rows = _rows(
        reader, "labels", west=west, south=south, east=east, north=north, zoom=zoom, as_of=as_of, count=count
    )  # fmt: skip
    return [dict(zip(LABEL, row, strict=True)) for row in rows]


def extent(reader: Reader, code: str) -> tuple[float, float, float, float, str, int] | None:
    """The box around a division in use (west, south, east, north), its name and id; None where it has no area."""
    rows = _rows(reader, "extent", code=code)
    return rows[0] if rows else None
