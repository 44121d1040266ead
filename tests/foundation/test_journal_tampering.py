"""Whoever changes, drops, swaps or inserts a line of the journal is found, a thousand times out of a thousand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import chain as chained
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from foundation import journal
from tests.conftest import Databases
from tests.foundation.test_journal import line

# Two batches of the walk.
LINES = 10_000
TAMPERINGS = 250
Chain = list[SimpleNamespace]


@pytest.fixture(scope="module")
def tampered(databases: Databases, empty_template: str) -> Iterator[Engine]:
    """A register with a chain of ten thousand lines, written by the journal itself."""
    from foundation.database import make_engine

    engine = make_engine(databases.clone(empty_template, "tampered"))
    with Session(engine) as session:
        for number in range(LINES):
            about = {"name": f"东大街{number}", "rank": number % 7}
            person = None if number % 5 == 0 else number % 11
            reason = "" if number % 3 else f"理由 {number}"
            journal.collect(
                session,
                line(number, person=person, reason=reason, after=about, before=None if number % 2 else about),
            )
        journal.write(session)
        session.commit()
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def chain(tampered: Engine) -> Chain:
    """The lines of the chain as the walk reads them."""
    with tampered.connect() as connection:
        rows = [SimpleNamespace(**row._mapping) for row in journal._every_line(connection)]
    for row in rows:
        row.previous, row.hash = bytes(row.previous), bytes(row.hash)
    return rows


def own_hash(row: SimpleNamespace) -> bytes:
    """The hash that fits the row's content, as a clever forger would write it."""
    fields = (
        row.person, row.organ, row.verb, row.subject_kind, row.subject_id, row.reason, row.before, row.after,
    )  # fmt: skip
    return journal.digest(row.previous, row.seq, row.at, fields)


CHANGES: dict[str, Callable[[Any], Any]] = {
    "seq": lambda value: value + 1,
    "at": lambda value: value + timedelta(microseconds=1),
    "person": lambda value: 0 if value is None else None if value % 2 else value + 1,
    "organ": lambda value: 1,
    "verb": lambda value: value + " ",
    "subject_kind": lambda value: value[:-1],
    "subject_id": lambda value: -value - 1,
    "reason": lambda value: value + "。" if value else "\n",
    "before": lambda value: "null" if value is None else value.replace(":", ": ", 1),
    "after": lambda value: value.replace("东", "西"),
    "previous": lambda value: bytes([value[0] ^ 1]) + value[1:],
    "hash": lambda value: value[:-1] + bytes([value[-1] ^ 128]),
}


def copied(row: SimpleNamespace, **changes: object) -> SimpleNamespace:
    """A line as a forger writes it anew; the chain itself stays as it was."""
    return SimpleNamespace(**vars(row) | changes)


def renumbered(rows: Chain, first: int) -> Iterator[SimpleNamespace]:
    """Lines with the numbers from `first` closed up; made as they are read, for the walk stops at the first fault."""
    return (copied(row, seq=number) for number, row in enumerate(rows, start=first))


def change(rows: Chain, at: int, random: Random) -> Iterator[SimpleNamespace]:
    """Change one field of one line, now and then with a hash that fits the forged line."""
    field = random.choice(sorted(CHANGES))
    forged = copied(rows[at], **{field: CHANGES[field](getattr(rows[at], field))})
    if field != "hash" and random.random() < 0.4:
        forged.hash = own_hash(forged)
    return iter([*rows[:at], forged, *rows[at + 1 :]])


def drop(rows: Chain, at: int, random: Random) -> Iterator[SimpleNamespace]:
    """Drop a line, now and then with the numbers after it closed up."""
    after = rows[at + 1 :]
    return chained(rows[:at], renumbered(after, at + 1) if random.random() < 0.5 else after)


def swap(rows: Chain, at: int, random: Random) -> Iterator[SimpleNamespace]:
    """Swap two lines, now and then together with their numbers."""
    other = random.choice([index for index in range(len(rows)) if index != at])
    swapped = rows.copy()
    swapped[at], swapped[other] = rows[other], rows[at]
    if random.random() < 0.5:
        swapped[at], swapped[other] = copied(rows[other], seq=at + 1), copied(rows[at], seq=other + 1)
    return iter(swapped)


def insert(rows: Chain, at: int, random: Random) -> Iterator[SimpleNamespace]:
    """Insert a line that follows its forerunner perfectly; the rest moves up or not."""
    forged = copied(rows[at], reason="forged", previous=rows[at - 1].hash if at else journal.GENESIS)
    forged.hash = own_hash(forged)
    after = rows[at:]
    return chained(rows[:at], [forged], renumbered(after, at + 2) if random.random() < 0.5 else after)


@pytest.fixture
def remembered(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    """The digest keeps its answers for lines that are untouched, so that a thousand walks cost as much as a few."""
    exact = journal.digest
    answers: dict[bytes, tuple[tuple[object, ...], bytes]] = {}

    def digest(previous: bytes, seq: int, at: datetime, fields: tuple[object, ...]) -> bytes:
        asked = (seq, at, fields)
        known = answers.get(previous)
        if known is None or known[0] != asked:
            known = asked, exact(previous, seq, at, fields)
            # What a forger wrote never takes the place of what was there before.
            answers.setdefault(previous, known)
        return known[1]

    monkeypatch.setattr(journal, "digest", digest)


@pytest.mark.slow
@pytest.mark.parametrize("tamper", [change, drop, swap, insert], ids=lambda tamper: str(tamper.__name__))
def test_each_of_a_thousand_random_tamperings_of_ten_thousand_lines_is_found(
    chain: Chain,
    tamper: Callable[[Chain, int, Random], Iterator[SimpleNamespace]],
    remembered: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    random = Random(tamper.__name__)
    walked: Iterator[SimpleNamespace] = iter(chain)
    monkeypatch.setattr(journal, "_every_line", lambda connection: walked)
    connection: Any = None
    assert journal.verify(connection) == (LINES, None)
    for _ in range(TAMPERINGS):
        # The newest line is left alone: a chain cut off or rewritten at its end is found from outside only.
        at = random.randrange(LINES - 1)
        walked = tamper(chain, at, random)
        count, problem = journal.verify(connection)
        assert problem is not None, f"{tamper.__name__} at {at + 1} was not found"
        assert problem.why
        assert count <= at + 1


def test_content_cannot_flow_from_one_field_into_the_next(chain: Chain) -> None:
    row = SimpleNamespace(**vars(chain[3]))
    row.verb, row.subject_kind = row.verb + row.subject_kind[0], row.subject_kind[1:]
    assert own_hash(row) != chain[3].hash
    for one, other in ((None, ""), (None, "0"), ("", "\x00\x00")):
        row.organ = one
        without = own_hash(row)
        row.organ = other
        assert own_hash(row) != without


def tampering(connection: Connection, statement: str) -> journal.Problem:
    """What the walk finds after a forger with all rights changed the table."""
    connection.execute(text("ALTER TABLE foundation.journal DISABLE TRIGGER journal_is_append_only"))
    connection.execute(text(statement))
    _, problem = journal.verify(connection)
    connection.rollback()
    assert problem is not None
    return problem


def test_a_changed_journal_line_is_found(tampered: Engine) -> None:
    with tampered.connect() as connection:
        problem = tampering(connection, "UPDATE foundation.journal SET reason = '改' WHERE seq = 4711")
    assert problem.seq == 4711
    assert "已被改动" in problem.why


def test_a_json_value_that_is_only_written_differently_is_found(tampered: Engine) -> None:
    with tampered.connect() as connection:
        changed = "UPDATE foundation.journal SET after = after::jsonb::json WHERE seq = 5100"
        assert tampering(connection, changed).seq == 5100


def test_a_missing_journal_line_is_found(tampered: Engine) -> None:
    with tampered.connect() as connection:
        problem = tampering(connection, "DELETE FROM foundation.journal WHERE seq = 17")
    assert problem.seq == 18
    assert "缺行" in problem.why


def test_a_missing_first_line_is_found(tampered: Engine) -> None:
    with tampered.connect() as connection:
        assert tampering(connection, "DELETE FROM foundation.journal WHERE seq = 1").seq == 2


def test_a_line_put_before_the_first_is_found(tampered: Engine) -> None:
    forged = (
        "INSERT INTO foundation.journal SELECT 0, at, person, organ, verb, subject_kind, subject_id, reason, before,"
        " after, previous, hash FROM foundation.journal WHERE seq = 1"
    )
    with tampered.connect() as connection:
        assert tampering(connection, forged).seq == 0


def test_the_whole_untouched_chain_holds(tampered: Engine) -> None:
    with tampered.connect() as connection:
        assert journal.verify(connection) == (LINES, None)
