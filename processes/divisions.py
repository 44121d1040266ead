"""Writes divisions together with the places they are: the history, the names in time, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import shapely
from sqlalchemy.orm import Session

from boundaries.divisions import areas as drawing
from boundaries.divisions.actions import Written, record_history
from boundaries.divisions.rules import CodeRecord, Plan
from foundation import clock
from foundation.dates import KnownDate, Precision
from placenames.register.actions import note_lineage, record_places
from placenames.register.drafts import NameDraft, PlaceDraft
from placenames.spelling.rules import spell

CLASS_OF_LEVEL = {
    "province": "省级行政区",
    "prefecture": "地级行政区",
    "county": "县级行政区",
    "township": "乡级行政区",
}
RANK_OF_LEVEL = {"province": 100_000, "prefecture": 90_000, "county": 80_000, "township": 60_000}
# Behind every living division of its level, on a day when it was in use before all settlements.
LESS_IF_ABOLISHED = 500


def establish(session: Session, plan: Plan, areas: Mapping[str, shapely.Geometry], *, reason: str) -> Written:
    """Record a history of divisions and a named place for each unit; the map's areas are derived as well.

    Names of divisions are standard names by law (Order 753 Art. 12(2), Order 704); names of earlier versions
    stay as former names with their periods. A unit that ended keeps a place that says what became of it.
    """
    written = record_history(session, plan, areas, reason=reason)
    histories: list[list[int]] = [[] for _ in written.unit_ids]
    for index in sorted(range(len(plan.records)), key=lambda i: plan.records[i].valid_from.effective):
        histories[plan.unit[index]].append(index)
    now = clock.now()
    arrived = {strand.target for strand in plan.strands}
    drafts = [
        _place([plan.records[i] for i in history], written.unit_ids[unit], areas, now, begun=history[0] in arrived)
        for unit, history in enumerate(histories)
    ]
    place_ids = record_places(session, drafts, reason=reason)
    _note_lineage(session, plan, place_ids)
    drawing.rebuild(session)
    return written


def _place(
    history: Sequence[CodeRecord],
    division_id: int,
    areas: Mapping[str, shapely.Geometry],
    now: datetime,
    *,
    begun: bool,
) -> PlaceDraft:
    last = history[-1]
    alive = last.valid_to is None
    area = areas.get(last.code) if alive else None
    return PlaceDraft(
        class_label=CLASS_OF_LEVEL[last.level],
        names=tuple(_names(history, now, begun=begun)),
        source=last.source,
        source_key=f"division:{division_id}",
        rank=RANK_OF_LEVEL[last.level] - (0 if alive else LESS_IF_ABOLISHED),
        division_id=division_id,
        own_division_id=division_id,
        point=None if area is None else drawing.label_point(area),
    )


def _names(history: Sequence[CodeRecord], now: datetime, *, begun: bool) -> list[NameDraft]:
    """One name for each stretch of time in which the unit was called the same, whatever its code.

    Where no change brought the first record about (not `begun`), the code began then and the name earlier.
    """
    stretches: list[tuple[CodeRecord, KnownDate | None]] = []
    for record in history:
        if stretches and stretches[-1][0].name == record.name:
            stretches[-1] = (stretches[-1][0], record.valid_to)
        else:
            stretches.append((record, record.valid_to))
    drafts = []
    for number, (record, ends) in enumerate(stretches, start=1):
        kind = "standard" if ends is None else "historic" if number == len(stretches) else "former"
        drafts.append(
            NameDraft(
                spelling=spell(record.name, "division", division=record.code),
                kind=kind,
                status="standard" if ends is None else "historic",
                source=record.source,
                valid_from=record.valid_from if begun or number > 1 else _at_the_latest(record.valid_from),
                valid_to=ends,
                instrument=_founding(record, history),
                published_at=now,
            )
        )
    return drafts


def _at_the_latest(known: KnownDate) -> KnownDate:
    return KnownDate(known.effective, Precision.BEFORE)


def _founding(record: CodeRecord, history: Sequence[CodeRecord]) -> str:
    """The document by which the name began: that of the change which ended the version before."""
    before = [r for r in history if r.valid_to is not None and r.valid_to == record.valid_from]
    return before[0].instrument if before else ""


def _note_lineage(session: Session, plan: Plan, place_ids: Sequence[int]) -> None:
    strands = {}
    for strand in plan.strands:
        change = plan.changes[strand.change]
        source, target = (place_ids[plan.unit[i]] for i in (strand.source, strand.target))
        if strand.relation != "continued" and source != target:
            key = (source, target, change.date.effective)
            strands[key] = (*key, change.date.precision.value, strand.relation, change.instrument)
    note_lineage(session, list(strands.values()))
