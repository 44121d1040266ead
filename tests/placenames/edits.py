"""Edits of recorded places as later verbs will make them, for tests: the rows change and the edge is told."""

from __future__ import annotations

from datetime import date

import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from foundation import clock, coordinates
from foundation.dates import KnownDate, Precision
from placenames.register.actions import changed
from placenames.register.models import Place, PlaceName
from placenames.spelling.rules import spell


def rename(session: Session, place: int, name: str, *, published: bool = True, on: date | None = None) -> None:
    """End the names in use and give the place a new standard name, announced unless told otherwise."""
    day = KnownDate(on or clock.today(), Precision.DAY)
    session.execute(
        update(PlaceName)
        .where(PlaceName.place_id == place, PlaceName.valid_to.is_(None))
        .values(valid_to=day.effective, to_precision="day", kind="former", status="historic")
    )
    spelling = spell(name, "street", division="320682")
    session.execute(
        text(
            "INSERT INTO placenames.place_name (place_id, text, specific, generic, readings, readings_certain, roman,"
            " plain, kind, status, valid_from, from_precision, source, instrument, published_at) VALUES (:place, :text,"
            " :specific, :generic, :readings, true, :roman, :plain, 'standard', 'standard', :day, 'day', '测试', '',"
            " :at)"
        ),
        {
            "place": place, "text": spelling.text, "specific": spelling.specific, "generic": spelling.generic,
            "readings": [reading.reading for reading in spelling.readings], "roman": spelling.roman,
            "plain": spelling.plain, "day": day.effective, "at": clock.now() if published else None,
        },
    )  # fmt: skip
    changed(session, [place])


def move(session: Session, place: int, position: tuple[float, float] | None, division: int | None) -> None:
    """Put the place elsewhere, or take its position away (待采集)."""
    point = None if position is None else from_shape(shapely.Point(position), srid=coordinates.CGCS2000)
    session.execute(update(Place).where(Place.id == place).values(point=point, division_id=division))
    changed(session, [place])


def set_rank(session: Session, place: int, rank: int) -> None:
    """Give the place another rank."""
    session.execute(update(Place).where(Place.id == place).values(rank=rank))
    changed(session, [place])


def set_secrecy(session: Session, place: int, secrecy: str) -> None:
    """Restrict the place, or open it."""
    session.execute(update(Place).where(Place.id == place).values(secrecy=secrecy))
    changed(session, [place])


def set_announced(session: Session, place: int, announced: bool) -> None:
    """Announce every name of the place, or take the announcement back."""
    at = clock.now() if announced else None
    session.execute(update(PlaceName).where(PlaceName.place_id == place).values(published_at=at))
    changed(session, [place])
