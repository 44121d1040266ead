"""Shapes of a place that cross the wire (they are made in SQL; these models document them)."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, Field

from foundation.coordinates import Grid


class NameInTime(BaseModel):
    """One name of a place with its period; `*_precision` tells how exactly a day is known."""

    text: str
    roman: str
    kind: str
    status: str
    specific: str
    generic: str
    valid_from: date | None
    from_precision: Literal["day", "month", "year", "before"] | None
    valid_to: date | None
    to_precision: Literal["day", "month", "year"] | None
    source: str
    instrument: str


class Kin(BaseModel):
    """A place that this one went into, or came from: merged 并入, split 析出, part 部分划入.

    `origin` tells of one it came from whether it began thus, or was there already and took it in.
    """

    id: str
    name: str
    relation: Literal["merged", "split", "part"]
    date: date
    precision: str
    origin: bool | None = None


class PlaceProperties(BaseModel):
    """What is known of a place and public."""

    id: str
    name: str
    roman: str
    status: str
    kind: str
    class_: dict[str, str] = Field(alias="class")
    division: dict[str, Any]
    own_division: dict[str, str] | None
    names: list[NameInTime]
    location: str
    source: str
    datum: str
    secrecy: str
    lon: float | None
    lat: float | None
    grid: Grid | None
    bbox: list[float] | None
    becomes: list[Kin]
    came_from: list[Kin]
    approval: dict[str, Any] | None
    heritage: bool


class PlaceFeature(BaseModel):
    """A place as a GeoJSON Feature in EPSG:4490 (lon, lat); geometry null means 待采集."""

    type: Literal["Feature"]
    id: str
    geometry: dict[str, Any] | None
    properties: PlaceProperties
