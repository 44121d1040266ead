"""Questions about single places of the register."""

from __future__ import annotations

from datetime import date

from foundation import sqlfiles
from foundation.database import Reader
from foundation.errors import NotFound
from foundation.texts import row_id

SQL = sqlfiles.folder(__file__)


def classes(reader: Reader) -> list[dict[str, str]]:
    """The table of classes, by code."""
    names = ("code", "label", "approval_category", "spelling_kind", "verified")
    return [dict(zip(names, row, strict=True)) for row in reader.rows(sqlfiles.load(SQL / "classes.sql"), {})]


def place(reader: Reader, place_id: str, as_of: date, *, areas: bool = True) -> str:
    """A place as a GeoJSON Feature (text); raises `NotFound` when absent or not visible.

    Without `areas` a division answers with its label point instead of its boundary.
    """
    row, number = None, row_id(place_id)
    if number is not None:
        statement = sqlfiles.load(SQL / "place.sql")
        row = reader.one(statement, {"place": number, "as_of": as_of, "areas": areas})
    if row is None:
        raise NotFound("没有这个地名。", remedy="请核对网址,或回首页重新搜索。")
    if not row[1]:
        raise NotFound(f"这个地名在 {as_of} 还没有出现。", remedy="请换一个较晚的日期。")
    return str(row[0])
