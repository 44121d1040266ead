"""From written facts to history: code records become permanent units, versions, changes and strands.

Pure functions over the records of a lineage table (`data/jiangsu-lineage.csv`). A unit goes on
(`continued`) where its code does; else where its specific name does (盐都县 → 盐都区); else where it is the
only one that went whole into its only successor (南通县 → 通州市). In all other cases units end and begin.
Source of the kinds: DOMAIN §3.2 (MCA Order 65 Art. 2).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TextIO

from foundation.dates import KnownDate, Precision, parse
from foundation.errors import FieldError, Malformed

CESSION = "区划调整"


@dataclass(frozen=True)
class CodeRecord:
    """One code as long as it meant one thing; `row` is its line in the table, for messages."""

    code: str
    name: str
    level: str
    type: str
    parent: str
    valid_from: KnownDate
    valid_to: KnownDate | None
    became: tuple[str, ...]
    ceded: tuple[tuple[str, KnownDate], ...]
    kind: str
    instrument: str
    source: str
    note: str
    row: int = field(default=0, compare=False)

    def covers(self, day: date) -> bool:
        """Whether the code meant this on that day."""
        return self.valid_from.effective <= day and (self.valid_to is None or day < self.valid_to.effective)


@dataclass(frozen=True)
class Strand:
    """One record went over into another (indexes into the plan's records), and how."""

    source: int
    target: int
    relation: str
    change: int


@dataclass(frozen=True)
class Change:
    """One change in the world, with every strand that hangs on it."""

    date: KnownDate
    kind: str
    instrument: str
    source: str
    note: str


@dataclass(frozen=True)
class Plan:
    """History worked out: `unit[i]` numbers the permanent unit of `records[i]`, `parent[i]` that of its superior."""

    records: tuple[CodeRecord, ...]
    unit: tuple[int, ...]
    parent: tuple[int | None, ...]
    changes: tuple[Change, ...]
    strands: tuple[Strand, ...]


COLUMNS = (
    "code", "name", "level", "type", "parent", "valid_from", "valid_to", "became", "ceded", "kind", "instrument",
    "source", "note",
)  # fmt: skip


def read(table: TextIO) -> list[CodeRecord]:
    """Read a lineage table; raises `Malformed` with row, column and remedy for every bad cell at once."""
    rows = csv.DictReader(table)
    missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
    if missing:
        remedy = "请对照 data/jiangsu-lineage.csv 的表头"
        raise Malformed([FieldError(column, "缺少这一列", remedy) for column in missing])
    records, errors = [], []
    for number, row in enumerate(rows, start=2):
        short = [column for column in COLUMNS if row[column] is None]
        if short:
            errors.append(FieldError(f"第{number}行 {short[0]}", "这一行的列数不够", "请补齐逗号和内容"))
            continue
        record, bad = _record(row, number)
        records.append(record)
        errors += [FieldError(f"第{number}行 {one.loc}", one.msg, one.remedy) for one in bad]
    if errors:
        raise Malformed(errors)
    return records


def _record(row: dict[str, str], number: int) -> tuple[CodeRecord, list[FieldError]]:
    """One row, with what is wrong in it; a date that cannot be read stands as day one until the table is refused."""
    errors: list[FieldError] = []

    def day(written: str, column: str) -> KnownDate:
        try:
            return parse(written, loc=column)
        except Malformed as error:
            errors.extend(error.errors)
            return KnownDate(date.min, Precision.DAY)

    cessions = [item.partition("@") for item in row["ceded"].split(";") if item]
    record = CodeRecord(
        code=row["code"],
        name=row["name"],
        level=row["level"],
        type=row["type"],
        parent=row["parent"],
        valid_from=day(row["valid_from"], "valid_from"),
        valid_to=day(row["valid_to"], "valid_to") if row["valid_to"] else None,
        became=tuple(filter(None, row["became"].split(";"))),
        ceded=tuple((code, day(when, "ceded")) for code, _, when in cessions),
        kind=row["kind"],
        instrument=row["instrument"],
        source=row["source"],
        note=row["note"],
        row=number,
    )
    return record, errors


def plan(records: Sequence[CodeRecord]) -> Plan:
    """Work out units, superiors, changes and strands; raises `Malformed` where a successor or superior is missing."""
    finder = _Finder(records)
    changes: dict[Change, int] = {}
    strands: list[Strand] = []
    ends = {i: [finder.at(r, code, r.valid_to) for code in r.became] for i, r in enumerate(records) if r.valid_to}
    if finder.errors:
        raise Malformed(finder.errors)
    goes_on_in = _continuations(records, ends)
    for index, targets in ends.items():
        record = records[index]
        change = _number(changes, Change(_end(record), record.kind, record.instrument, record.source, record.note))
        for target in targets:
            relation = _relation(records, index, target, targets, goes_on_in.get(index))
            strands.append(Strand(index, target, relation, change))
    for index, record in enumerate(records):
        for code, when in record.ceded:
            if not finder.within(code):
                continue
            change = _number(changes, Change(when, CESSION, "", record.source, ""))
            strands.append(Strand(index, finder.at(record, code, when), "part", change))
    if finder.errors:
        raise Malformed(finder.errors)
    parents = [finder.at(r, r.parent, r.valid_from) if r.parent else None for r in records]
    if finder.errors:
        raise Malformed(finder.errors)
    unit = _units(len(records), strands)
    return Plan(
        tuple(records),
        tuple(unit),
        tuple(None if p is None else unit[p] for p in parents),
        tuple(changes),
        tuple(strands),
    )


def _end(record: CodeRecord) -> KnownDate:
    if record.valid_to is None:
        raise ValueError(f"{record.code} is in use")
    return record.valid_to


def _number(changes: dict[Change, int], change: Change) -> int:
    # Strands of one change share day, kind and document; without a document only the same words make it one.
    return changes.setdefault(change, len(changes))


def _continuations(records: Sequence[CodeRecord], ends: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """In which record each ended one goes on: at most one goes on in a record, the strongest claim wins."""
    claims: dict[int, list[tuple[int, int]]] = {}
    for index, targets in ends.items():
        strongest = min(
            ((_claim(records[index], records[t], len(targets)), t) for t in targets), default=(NO_CLAIM, -1)
        )
        if strongest[0] < NO_CLAIM:
            claims.setdefault(strongest[1], []).append((strongest[0], index))
    chosen = {}
    for target, rivals in claims.items():
        best = min(rivals)[0]
        winners = [index for claim, index in rivals if claim == best]
        if len(winners) == 1:
            chosen[winners[0]] = target
    return chosen


NO_CLAIM = 3
_UNNAMED = {"城", "郊", "矿"}


def _claim(old: CodeRecord, new: CodeRecord, successors: int) -> int:
    """How strongly a record goes on in another: 0 same code, 1 same specific name, 2 sole successor, 3 not at all."""
    if new.valid_from.effective != _end(old).effective:
        return NO_CLAIM
    if new.code == old.code:
        return 0
    if new.level == old.level and _stem(new) == _stem(old) not in _UNNAMED:
        return 1
    return 2 if successors == 1 else NO_CLAIM


def _stem(record: CodeRecord) -> str:
    for generic in ("地区", "省", "市", "县", "区"):
        if record.name.endswith(generic):
            return record.name.removesuffix(generic)
    return record.name


def _relation(
    records: Sequence[CodeRecord], index: int, target: int, targets: Sequence[int], goes_on_in: int | None
) -> str:
    if goes_on_in is not None:
        return "continued" if target == goes_on_in else "part"
    if len(targets) == 1:
        return "merged"
    # A 地区 that was dissolved handed counties to cities that were there: only its main heir, told first, is that.
    old = records[index]
    was_there = records[target].valid_from.effective < _end(old).effective
    if old.level == "prefecture" and was_there:
        return "merged" if target == targets[0] else "part"
    return "split"


def _units(count: int, strands: Iterable[Strand]) -> list[int]:
    chief = list(range(count))

    def find(index: int) -> int:
        while chief[index] != index:
            index = chief[index]
        return index

    for strand in strands:
        if strand.relation == "continued":
            chief[find(strand.target)] = find(strand.source)
    numbers: dict[int, int] = {}
    return [numbers.setdefault(find(index), len(numbers)) for index in range(count)]


class _Finder:
    """Finds the record that a code means on a day, and keeps an error for each that is not there."""

    def __init__(self, records: Sequence[CodeRecord]) -> None:
        self.records = records
        self.errors: list[FieldError] = []
        self.by_code: dict[str, list[int]] = {}
        for index, record in enumerate(records):
            self.by_code.setdefault(record.code, []).append(index)

    def within(self, code: str) -> bool:
        """Whether the table speaks of this province at all; a part that went to a neighbour's is told in the note."""
        return any(known[:2] == code[:2] for known in self.by_code)

    def at(self, asking: CodeRecord, code: str, when: KnownDate | None) -> int:
        day = when.effective if when else asking.valid_from.effective
        for index in self.by_code.get(code, []):
            if self.records[index].covers(day):
                return index
        self.errors.append(
            FieldError(f"第{asking.row}行 {asking.code}", f"代码 {code} 在 {day} 没有记录", "请补上这条代码记录")
        )
        return -1
