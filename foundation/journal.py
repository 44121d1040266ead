"""The journal: append-only lines, each chained to the one before by SHA-256.

A verb collects its line in the session; the edge gives sequence numbers and hashes to the transaction's
lines under one advisory lock as its last statements before COMMIT. So numbers are gapless, in commit
order, and cheap: the lock is held for the length of a commit, not of a transaction.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session, SessionTransaction

from foundation import clock
from foundation.copying import copy_text, line

COLLECTED = "journal"
GENESIS = bytes(32)
CHAIN_LOCK = 0x64696D696E67  # "diming": the advisory lock of the chain's head
_length = struct.Struct(">Q").pack
_COLUMNS = (
    "seq", "at", "person", "organ", "verb", "subject_kind", "subject_id", "reason", "before", "after", "previous",
    "hash",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """An act that is not yet numbered. `before` and `after` are JSON objects, or None."""

    verb: str
    subject_kind: str
    subject_id: int
    reason: str = ""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    person: int | None = None
    organ: int | None = None
    at: datetime = field(default_factory=clock.now)


@dataclass(frozen=True)
class Problem:
    """The first line at which the chain does not hold, and why."""

    seq: int
    why: str


def collect(session: Session, line: Line) -> None:
    """Keep the line of an act; the edge writes it with the act, or neither (a savepoint rolled back included)."""
    within = session.get_nested_transaction() or session.get_transaction()
    session.info.setdefault(COLLECTED, []).append((within, line))


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, ended: SessionTransaction) -> None:
    """An act that was rolled back leaves no line."""
    kept = [(within, line) for within, line in session.info.get(COLLECTED, ()) if not _inside(within, ended)]
    if COLLECTED in session.info:
        session.info[COLLECTED] = kept


def _inside(within: SessionTransaction | None, ended: SessionTransaction) -> bool:
    while within is not None:
        if within is ended:
            return True
        within = within.parent
    return False


def collected(session: Session, subject_kind: str, subject_id: int) -> list[Line]:
    """The lines of a subject that this transaction will write with its commit."""
    lines = (line for _, line in session.info.get(COLLECTED, ()))
    return [line for line in lines if (line.subject_kind, line.subject_id) == (subject_kind, subject_id)]


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical(value: Mapping[str, Any] | None) -> str | None:
    """The one JSON text of a value that is stored and hashed."""
    if value is None:
        return None
    return _ENCODER.encode(value)


def digest(previous: bytes, seq: int, at: datetime, fields: Iterable[object]) -> bytes:
    """SHA-256 over the previous hash and every stored field, each with its length so that none can flow over."""
    return _mark(previous, seq, _instant(at), _content(fields))


def _mark(previous: bytes, seq: int, instant: bytes, content: bytes) -> bytes:
    number = str(seq).encode()
    return hashlib.sha256(previous + len(number).to_bytes(8, "big") + number + instant + content).digest()


def _instant(at: datetime) -> bytes:
    return _content([at.astimezone(UTC).isoformat(timespec="microseconds")])


def _content(fields: Iterable[object]) -> bytes:
    parts = [b"\x00" if value is None else str(value).encode() for value in fields]
    return b"".join([_length(len(part)) + part for part in parts])


Prepared = tuple[bytes, str]
"""A line before it has its number: what is hashed of it, and its columns from `person` to `after` for COPY."""


def prepare(it: Line) -> Prepared:
    """Everything of a line that does not need the head of the chain; another process may do it."""
    before, after = canonical(it.before), canonical(it.after)
    fields = (it.person, it.organ, it.verb, it.subject_kind, it.subject_id, it.reason, before, after)
    texts = [value if value is None or value.__class__ is str else str(value) for value in fields]
    return _content(texts), line(texts)[:-1]


def write(session: Session) -> int:
    """Number, chain and insert the collected lines; called once, by the edge, just before COMMIT.

    Returns the number of lines. Uses COPY, so that a bulk act of a million lines costs as little per line
    as it can.
    """
    lines: list[Line] = [line for _, line in session.info.pop(COLLECTED, [])]
    # Everything that does not need the head is done before the lock, which every other writer waits for.
    return append(session, [(it.at, prepare(it)) for it in lines])


def append(session: Session, lines: Iterable[tuple[datetime, Prepared]]) -> int:
    """Number, chain and insert prepared lines at the head, which is held until COMMIT; returns how many."""
    waiting = list(lines)
    if not waiting:
        return 0
    connection = session.connection()
    head = connection.execute(text("SELECT seq, hash FROM foundation.journal_head(:key)"), {"key": CHAIN_LOCK}).one()
    seq, previous = (head.seq, bytes(head.hash)) if head.seq else (0, GENESIS)
    rows = "".join(_chained(waiting, seq, previous))
    copy_text(session, "foundation.journal", _COLUMNS, rows.encode())
    return len(waiting)


def _chained(lines: Iterable[tuple[datetime, Prepared]], seq: int, previous: bytes) -> Iterator[str]:
    last: datetime | None = None
    for at, (content, written) in lines:
        if at is not last:  # the lines of a bulk act share one instant
            last, shown, instant = at, at.isoformat(), _instant(at)
        seq += 1
        mark = _mark(previous, seq, instant, content)
        yield f"{seq}\t{shown}\t{written}\t\\\\x{previous.hex()}\t\\\\x{mark.hex()}\n"
        previous = mark


def last_of(session: Session, subject_kind: str, subject_id: int) -> tuple[datetime, str, str] | None:
    """The last line about a subject: when, who (by name; 系统 where nobody), which verb; None where there is none."""
    question = text(
        "SELECT j.at, coalesce(p.name, '系统') AS name, j.verb FROM foundation.journal j"
        " LEFT JOIN foundation.person p ON p.id = j.person"
        " WHERE j.subject_kind = :kind AND j.subject_id = :id ORDER BY j.seq DESC LIMIT 1"
    )
    row = session.execute(question, {"kind": subject_kind, "id": subject_id}).first()
    return (row.at, row.name, row.verb) if row else None


def verify(connection: Connection) -> tuple[int, Problem | None]:
    """Walk the whole chain: how many lines hold, and the first that does not.

    Finds a changed, removed, inserted or reordered line. A chain that was cut off at its end is found by
    whoever kept an older head (a backup, a replica), not from inside.
    """
    previous, expected = GENESIS, 1
    for row in _every_line(connection):
        fields = (
            row.person, row.organ, row.verb, row.subject_kind, row.subject_id, row.reason, row.before, row.after,
        )  # fmt: skip
        if row.seq != expected:
            return expected - 1, Problem(row.seq, f"序号应为 {expected},实为 {row.seq}:中间缺行或被插入")
        if bytes(row.previous) != previous:
            return expected - 1, Problem(row.seq, "与上一行的校验值不相连")
        if digest(previous, row.seq, row.at, fields) != bytes(row.hash):
            return expected - 1, Problem(row.seq, "内容与校验值不符,已被改动")
        previous, expected = bytes(row.hash), expected + 1
    return expected - 1, None


def _every_line(connection: Connection) -> Iterator[Any]:
    # The options belong to the statement: on the connection they would stay, and break its savepoints.
    question = text(
        "SELECT seq, at, person, organ, verb, subject_kind, subject_id, reason,"
        " before::text AS before, after::text AS after, previous, hash FROM foundation.journal ORDER BY seq"
    )
    yield from connection.execute(question.execution_options(stream_results=True, yield_per=5000))
