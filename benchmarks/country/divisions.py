"""The divisions of the benchmark register: today's provinces, prefectures and counties, and the towns without areas."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from benchmarks.country import gazetteer
from boundaries.divisions.rules import CodeRecord, Plan
from foundation.dates import KnownDate, Precision
from processes.divisions import establish

REASON = "性能测试"
SINCE = KnownDate(date(1983, 1, 1), Precision.BEFORE)


def plan() -> Plan:
    """Every division as a unit of its own that began before the record and never changed."""
    records: list[CodeRecord] = []
    parents: list[int | None] = []
    place: dict[str, int] = {}
    for unit in gazetteer.units():
        place[unit.code] = len(records)
        parents.append(place.get(unit.parent))
        records.append(_record(unit.code, unit.name, unit.level, unit.parent))
    for code, towns in gazetteer.towns().items():
        if code in place:
            for number, town in enumerate(towns, start=1):
                parents.append(place[code])
                records.append(_record(f"{code}{number:03d}", town.name, "township", code))
    return Plan(tuple(records), tuple(range(len(records))), tuple(parents), (), ())


def _record(code: str, name: str, level: str, parent: str) -> CodeRecord:
    return CodeRecord(
        code=code, name=name, level=level, type="", parent=parent, valid_from=SINCE, valid_to=None, became=(), ceded=(),
        kind="", instrument="", source="性能测试", note="",
    )  # fmt: skip


def bring(session: Session) -> int:
    """Write the divisions with the places they are; returns how many."""
    history = plan()
    establish(session, history, gazetteer.areas(), reason=REASON)
    return len(history.records)
