"""Shapes of search answers that cross the wire (they are made in SQL; these models document them)."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from foundation.coordinates import Grid


class Matched(BaseModel):
    """The name that matched, its kind, and how it matched."""

    text: str
    kind: Literal["standard", "short", "alias", "former", "historic", "map", "minority"]
    tier: Literal["exact", "prefix", "substring", "pinyin", "initials", "homophone", "fuzzy", "code"]


class ClassRef(BaseModel):
    """A class by code and label."""

    code: str
    label: str


class DivisionRef(BaseModel):
    """The division a place lies in, with the names from the highest down."""

    code: str | None
    path: list[str]


class Item(BaseModel):
    """One place found."""

    id: str
    name: str
    roman: str
    matched: Matched
    class_: ClassRef = Field(alias="class")
    division: DivisionRef
    status: Literal["standard", "deemed", "recorded", "planned", "reserved", "historic", "cancelled"]
    heritage: bool
    lon: float | None
    lat: float | None
    distance_m: int | None


class Total(BaseModel):
    """How many were found; counting stops at 20, or at the end of a longer page."""

    value: int
    is_: Literal["exact", "at_least"] = Field(alias="is")


class SearchAnswer(BaseModel):
    """An answer of `/api/search`; `next` is the cursor of the following page, `note` is there where one is needed."""

    query: str
    total: Total
    next: str | None
    note: str | None = None
    items: list[Item]


class Containing(BaseModel):
    """A division that contains a point."""

    id: str
    code: str
    name: str
    level: Literal["province", "prefecture", "county", "township"]
    place: str | None


class Near(BaseModel):
    """A place near a point, with metres on the ellipsoid."""

    id: str
    name: str
    status: str
    class_: ClassRef = Field(alias="class")
    metres: int
    lon: float
    lat: float


class LookupAnswer(BaseModel):
    """An answer of `/api/lookup`.

    For an earlier day the boundary is today's: `candidates` are divisions of then of which it is not known
    which one held the point.
    """

    lon: float
    lat: float
    divisions: list[Containing]
    places: list[Near]
    grid: Grid | None = None
    candidates: list[Containing] | None = None
    boundary: Literal["today"] | None = None
