"""Questions about single places of the register."""

from __future__ import annotations

from datetime import date

from foundation import sqlfiles
from foundation.database import Reader
from foundation.errors import NotFound

SQL = sqlfiles.folder(__file__)
LARGEST_ID = 2**63 - 1


def classes(reader: Reader) -> list[dict[str, str]]:
    """The table of classes, by code."""
    names = ("code", "label", "approval_category", "spelling_kind", "verified")
    return [dict(zip(names, row, strict=True)) for row in reader.rows(sqlfiles.load(SQL / "classes.sql"), {})]


def place(reader: Reader, place_id: str, as_of: date, *, areas: bool = True) -> str:
    """A place as a GeoJSON Feature (text); raises `NotFound` when absent or not visible.

    Without `areas` a division answers with its label point instead of its boundary.
    """
    row = None
    if len(place_id) < 20 and place_id.isascii() and place_id.isdigit() and int(place_id) <= LARGEST_ID:
        statement = sqlfiles.load(SQL / "place.sql")
        row = reader.one(statement, {"place": int(place_id), "as_of": as_of, "areas": areas})
    if row is None:
        raise NotFound("没有这个地名。", remedy="请核对网址,或回首页重新搜索。")
    if not row[1]:
        raise NotFound(f"这个地名在 {as_of} 还没有出现。", remedy="请换一个较晚的日期。")
    return str(row[0])
