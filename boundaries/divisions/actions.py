"""Verbs of the register of divisions: history is written down with its changes, and the map's areas are derived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import Insert, insert
from sqlalchemy.orm import Session

from boundaries.divisions.models import Division, DivisionChange, DivisionLineage, DivisionVersion
from boundaries.divisions.rules import Change, CodeRecord, Plan
from foundation import coordinates, journal
from foundation.dates import Precision

CODE_SYSTEM = "GB/T 2260"


@dataclass(frozen=True)
class Written:
    """The ids that the register gave: of each unit, and of each record's version, in the plan's order."""

    unit_ids: tuple[int, ...]
    version_ids: tuple[int, ...]


def record_history(session: Session, plan: Plan, areas: Mapping[str, shapely.Geometry], *, reason: str) -> Written:
    """Write the history into the register; `areas` are the present areas by code (EPSG:4490).

    An area belongs to the version in use now and to no earlier one: a past boundary is not known from a
    present one. One journal line for each version.
    """
    units = _ids(session, insert(Division), [{} for _ in range(max(plan.unit, default=-1) + 1)])
    rows = [_version(plan, units, index, areas) for index in range(len(plan.records))]
    versions = _ids(session, insert(DivisionVersion), rows)
    changes = _ids(session, insert(DivisionChange), [_change(change) for change in plan.changes])
    strands = [
        {"from_version_id": versions[s.source], "to_version_id": versions[s.target],
         "change_id": changes[s.change], "relation": s.relation}
        for s in plan.strands
    ]  # fmt: skip
    if strands:
        session.execute(insert(DivisionLineage), strands)
    for index, record in enumerate(plan.records):
        journal.collect(session, _line(record, units[plan.unit[index]], areas.get(record.code), reason))
    return Written(tuple(units), tuple(versions))


def _ids(session: Session, statement: Insert, rows: Sequence[Mapping[str, object]]) -> list[int]:
    if not rows:
        return []
    table = statement.table
    wanted = statement.returning(table.c.id, sort_by_parameter_order=True)
    return list(session.scalars(wanted, [dict(row) for row in rows]))


def _version(plan: Plan, units: Sequence[int], index: int, areas: Mapping[str, shapely.Geometry]) -> dict[str, object]:
    record, parent = plan.records[index], plan.parent[index]
    area = areas.get(record.code) if record.valid_to is None else None
    return {
        "division_id": units[plan.unit[index]],
        "code": record.code,
        "code_system": CODE_SYSTEM,
        "name": record.name,
        "level": record.level,
        "type": record.type,
        "parent_id": None if parent is None else units[parent],
        "valid_from": record.valid_from.effective,
        "from_precision": record.valid_from.precision.value,
        "valid_to": record.valid_to.effective if record.valid_to else None,
        "to_precision": record.valid_to.precision.value if record.valid_to else None,
        "geom": None if area is None else from_shape(as_multipolygon(area), srid=coordinates.CGCS2000),
        "source": record.source,
        "note": record.note,
    }


def as_multipolygon(area: shapely.Geometry) -> shapely.MultiPolygon:
    """The area as the register keeps it: every area is a multipolygon."""
    return area if isinstance(area, shapely.MultiPolygon) else shapely.MultiPolygon([area])


def _change(change: Change) -> dict[str, object]:
    known = change.date
    precision = Precision.YEAR if known.precision is Precision.BEFORE else known.precision
    return {
        "date": known.effective,
        "date_precision": precision.value,
        "kind": change.kind,
        "instrument": change.instrument,
        "source": change.source,
        "note": change.note,
    }


def _line(record: CodeRecord, unit: int, area: shapely.Geometry | None, reason: str) -> journal.Line:
    def day(value: date | None) -> str | None:
        return value.isoformat() if value else None

    after: dict[str, object] = {
        "code": record.code,
        "name": record.name,
        "level": record.level,
        "type": record.type,
        "valid_from": day(record.valid_from.effective),
        "valid_to": day(record.valid_to.effective if record.valid_to else None),
        "source": record.source,
    }
    if area is not None and record.valid_to is None:
        after["area_bbox"] = [round(value, 6) for value in area.bounds]
    return journal.Line("record", "division", unit, reason, after=after)
