"""Shapes of divisions that cross the wire (they are made in SQL; these models document them)."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

Level = Literal["province", "prefecture", "county", "township"]


class CodeName(BaseModel):
    """A division by the code and name it had."""

    code: str
    name: str


class Listed(CodeName):
    """A division in a list; `place` is the id of the named place that it is."""

    id: str
    level: Level
    type: str
    valid_from: date
    from_precision: str
    valid_to: date | None
    place: str | None


class DivisionList(BaseModel):
    """The divisions below one, by code."""

    items: list[Listed]
    next: str | None


class Division(Listed):
    """One division on a day; `bbox` is west, south, east, north in EPSG:4490, null where the area is not known."""

    code_system: str
    roman: str | None
    parent: CodeName | None
    path: list[str]
    to_precision: str | None
    bbox: list[float] | None
    source: str
    note: str


class ChangesOfYear(BaseModel):
    """How many changes a year brought."""

    year: int
    changes: int


class Times(BaseModel):
    """The days that the register can tell of: from the first known to today; null where it holds no division yet."""

    first: date | None
    today: date
    years: list[ChangesOfYear]


class Strand(BaseModel):
    """One strand of a change: continued 沿续, merged 并入, split 析出, part 部分划入."""

    from_: CodeName = Field(alias="from")
    to: CodeName
    relation: Literal["continued", "merged", "split", "part"]


class Change(BaseModel):
    """One change with its day, kind, document and source."""

    date: date
    precision: Literal["day", "month", "year"]
    kind: str
    instrument: str
    source: str
    note: str
    strands: list[Strand]


class LineageList(BaseModel):
    """Every change in the line of a code, oldest first."""

    code: str
    items: list[Change]
    next: None


class Translated(CodeName):
    """What a code became: the relation is the least direct step on the way."""

    relation: Literal["same", "continued", "merged", "split", "part"]


class Translation(BaseModel):
    """A code of one day on another; results are empty where nothing is recorded for that day."""

    code: str
    from_: str = Field(alias="from")
    to: str
    results: list[Translated]
