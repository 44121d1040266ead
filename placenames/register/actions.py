"""Verbs of the register of places: places are recorded with their names, and lineage is noted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import Table, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from foundation import clock, coordinates, journal
from placenames.register.drafts import PlaceDraft
from placenames.register.models import Place, PlaceClass, PlaceLineage, PlaceName

CHANGED = "changed_places"


@dataclass(frozen=True)
class By:
    """Who the journal names for an act on the register: the person, and the organ of the post."""

    person: int | None = None
    organ: int | None = None


NOBODY = By()
"""The system itself: loaders, schedules."""


def changed(session: Session, place_ids: Iterable[int]) -> None:
    """Tell the edge which places' derived data must be written anew with this transaction."""
    session.info.setdefault(CHANGED, set()).update(place_ids)


def record_places(session: Session, drafts: Sequence[PlaceDraft], *, reason: str, by: By = NOBODY) -> list[int]:
    """Write places with their names; returns their ids in order. One journal line for each place."""
    if not drafts:
        return []
    statement = insert(Place).returning(Place.id, sort_by_parameter_order=True)
    ids = list(session.scalars(statement, [_place(draft) for draft in drafts]))
    names = [
        {"place_id": place_id, **name.fields()}
        for place_id, draft in zip(ids, drafts, strict=True)
        for name in draft.names
    ]
    session.execute(insert(PlaceName), names)
    for place_id, draft in zip(ids, drafts, strict=True):
        journal.collect(session, recorded(draft, place_id, reason, by))
    changed(session, ids)
    return ids


def recorded(draft: PlaceDraft, place_id: int, reason: str, by: By = NOBODY) -> journal.Line:
    """What the journal says when a place is written into the register."""
    after = draft.journal_fields()
    return journal.Line("record", "place", place_id, reason, after=after, person=by.person, organ=by.organ)


def _place(draft: PlaceDraft) -> dict[str, object]:
    return {**draft.fields(), "geom": _stored(draft.geom), "point": _stored(draft.point)}


def _stored(geometry: shapely.Geometry | None) -> object:
    return None if geometry is None else from_shape(geometry, srid=coordinates.CGCS2000)


def standard_name(session: Session, place_id: int) -> int:
    """The id of a place's current standard name."""
    question = select(PlaceName.id).where(
        PlaceName.place_id == place_id, PlaceName.kind == "standard", PlaceName.valid_to.is_(None)
    )
    return session.scalars(question).one()


def publish(session: Session, name_id: int, *, reason: str, by: By) -> None:
    """Open a name to the public from now on: it has been announced (Order 753 Art. 14)."""
    name = session.get_one(PlaceName, name_id, with_for_update=True)
    name.published_at = clock.now()
    told = {"name": name.text}
    line = journal.Line("publish", "place", name.place_id, reason, after=told, person=by.person, organ=by.organ)
    journal.collect(session, line)
    session.flush()
    changed(session, [name.place_id])


def note_lineage(session: Session, strands: Sequence[tuple[int, int, date, str, str, str]]) -> None:
    """Write what became of places: (from, to, day, precision, relation, instrument); both ends are refreshed."""
    if not strands:
        return
    columns = ("from_place_id", "to_place_id", "date", "date_precision", "relation", "instrument")
    rows = [dict(zip(columns, strand, strict=True)) for strand in strands]
    table: Table = PlaceLineage.__table__  # type: ignore[assignment]
    session.execute(upsert(table).on_conflict_do_nothing(), rows)
    changed(session, {place for source, target, *_ in strands for place in (source, target)})


def write_classes(session: Session, rows: Sequence[dict[str, str]]) -> None:
    """Ship the class table: rows that the bureau changed keep their changes, new ones are added."""
    if rows:
        session.execute(upsert(PlaceClass).on_conflict_do_nothing(), list(rows))
