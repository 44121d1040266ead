"""The journal is gapless, in commit order, and no change of it goes unseen."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.orm import Session

from foundation import clock, journal
from foundation.journal import Line

AT = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=clock.ZONE)


def line(number: int = 1, **changes: Any) -> Line:
    """A line of an act on the place of that number."""
    fields: dict[str, Any] = {"verb": "record", "subject_kind": "place", "subject_id": number, "at": AT}
    return Line(**fields | changes)


def act(engine: Engine, *lines: Line) -> int:
    """Commit an act with its lines; returns how many were written."""
    with Session(engine) as session:
        for each in lines:
            journal.collect(session, each)
        count = journal.write(session)
        session.commit()
    return count


def newest(engine: Engine, count: int) -> list[Any]:
    """The newest lines, oldest first."""
    with engine.connect() as connection:
        question = text("SELECT * FROM foundation.journal ORDER BY seq DESC LIMIT :count")
        return list(connection.execute(question, {"count": count}))[::-1]


def head(engine: Engine) -> int:
    """The newest number, 0 where there is none."""
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT coalesce(max(seq), 0) FROM foundation.journal")) or 0)


def holds(engine: Engine) -> int:
    """How many lines there are; fails where the chain does not hold or has a gap."""
    with engine.connect() as connection:
        count, problem = journal.verify(connection)
    assert problem is None
    assert count == head(engine)
    return count


def test_an_act_without_lines_writes_nothing(journal_engine: Engine) -> None:
    before = head(journal_engine)
    assert act(journal_engine) == 0
    assert head(journal_engine) == before


def test_lines_of_one_act_follow_each_other_in_their_order(journal_engine: Engine) -> None:
    before = head(journal_engine)
    assert act(journal_engine, *(line(number) for number in (7, 5, 6))) == 3
    written = newest(journal_engine, 3)
    assert [row.seq for row in written] == [before + 1, before + 2, before + 3]
    assert [row.subject_id for row in written] == [7, 5, 6]
    assert bytes(written[1].previous) == bytes(written[0].hash)
    assert holds(journal_engine) == before + 3


def test_the_first_line_ever_is_chained_to_nothing(own_address: str) -> None:
    from foundation.database import engine

    assert act(engine(), line()) == 1
    (first,) = newest(engine(), 1)
    assert (first.seq, bytes(first.previous)) == (1, bytes(32))


def test_numbers_follow_the_order_of_commits_and_not_of_the_acts(journal_engine: Engine) -> None:
    with Session(journal_engine) as slow, Session(journal_engine) as quick:
        journal.collect(slow, line(verb="slow"))
        slow.execute(text("SELECT 1"))
        journal.collect(quick, line(verb="quick"))
        for session in (quick, slow):
            journal.write(session)
            session.commit()
    assert [row.verb for row in newest(journal_engine, 2)] == ["quick", "slow"]
    holds(journal_engine)


def test_an_act_that_is_rolled_back_leaves_no_line_and_no_gap(journal_engine: Engine) -> None:
    before = holds(journal_engine)
    with Session(journal_engine) as session:
        journal.collect(session, line(verb="undone"))
        assert journal.write(session) == 1
        session.rollback()
    assert head(journal_engine) == before
    act(journal_engine, line(verb="done"))
    assert holds(journal_engine) == before + 1


def test_a_line_is_written_once_even_when_the_edge_is_asked_twice(journal_engine: Engine) -> None:
    with Session(journal_engine) as session:
        journal.collect(session, line())
        assert (journal.write(session), journal.write(session)) == (1, 0)
        session.commit()
    holds(journal_engine)


@pytest.mark.parametrize("ends", ["commit", "rollback"])
def test_a_second_writer_waits_for_the_end_of_the_first(journal_engine: Engine, ends: str) -> None:
    before = holds(journal_engine)
    written = threading.Event()

    def second() -> None:
        act(journal_engine, line(verb="second"))
        written.set()

    with Session(journal_engine) as first:
        journal.collect(first, line(verb="first"))
        journal.write(first)
        thread = threading.Thread(target=second)
        thread.start()
        assert not written.wait(0.3), "the second writer did not wait for the lock of the chain"
        getattr(first, ends)()
    thread.join(10)
    assert written.is_set()
    verbs = ["first", "second"] if ends == "commit" else ["second"]
    assert [row.verb for row in newest(journal_engine, len(verbs))] == verbs
    assert holds(journal_engine) == before + len(verbs)


def test_many_writers_at_once_make_one_gapless_chain(journal_engine: Engine) -> None:
    before = holds(journal_engine)
    start = threading.Barrier(6)

    def writer(number: int) -> None:
        start.wait()
        for turn in range(15):
            act(journal_engine, *(line(number * 1000 + turn) for _ in range(1 + turn % 3)))

    threads = [threading.Thread(target=writer, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert holds(journal_engine) == before + 6 * 30


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE foundation.journal SET reason = 'x' WHERE seq = 1",
        "UPDATE foundation.journal SET seq = seq WHERE false",
        "DELETE FROM foundation.journal WHERE seq = 1",
        "TRUNCATE foundation.journal",
        "INSERT INTO foundation.journal SELECT * FROM foundation.journal LIMIT 1"
        " ON CONFLICT (seq) DO UPDATE SET reason = 'x'",
    ],
)
def test_the_database_refuses_to_change_a_line_even_to_the_owner(journal_engine: Engine, statement: str) -> None:
    act(journal_engine, line())
    with journal_engine.connect() as connection, pytest.raises(ProgrammingError, match="append-only"):
        connection.execute(text(statement))
    holds(journal_engine)


HARD = [
    "tab\there", "line\nfeed", "carriage\rreturn\r\n", "back\\slash \\n \\N \\t \\\\", "\\N", "\\.", "", " blank ",
    "quote ' \" `", "百分号 % %s %(x)s :name $1", "𠮷野家 🏮👩‍👩‍👧", "\x01\x7f\x85\u2028\ufeff", "{a,b}", "null",
]  # fmt: skip


@pytest.mark.parametrize("words", HARD, ids=ascii)
def test_every_character_of_a_reason_survives(journal_engine: Engine, words: str) -> None:
    act(journal_engine, line(reason=words, verb=words or "record", after={"text": words, words: [words]}))
    (row,) = newest(journal_engine, 1)
    assert (row.reason, row.after) == (words, {"text": words, words: [words]})
    holds(journal_engine)


@pytest.mark.parametrize(
    "value",
    [0, -1, 10**30, 0.1, -0.0, 1e22, 5e-324, 1.7976931348623157e308, 120.123456789012345, True, None, [], {}, [[{}]],
     "\x00", {"b": 1, "a": {"z": None}}],
    ids=ascii,
)  # fmt: skip
def test_every_json_value_survives_and_is_hashed_as_it_is_stored(journal_engine: Engine, value: object) -> None:
    act(journal_engine, line(before={"value": value}, after=None), line(before=None, after={}))
    first, second = newest(journal_engine, 2)
    assert first.before == {"value": value}
    assert repr(first.before["value"]) == repr(value) or isinstance(value, dict)
    assert (first.after, second.before, second.after) == (None, None, {})
    holds(journal_engine)


def test_an_act_with_a_character_that_the_database_cannot_keep_is_refused_whole(journal_engine: Engine) -> None:
    before = head(journal_engine)
    with pytest.raises((DBAPIError, ValueError, Exception), match=r"0x00|NUL"):
        act(journal_engine, line(), line(reason="nul \x00 byte"))
    assert head(journal_engine) == before
    holds(journal_engine)


def test_an_instant_is_hashed_as_itself_whatever_zone_it_was_told_in(journal_engine: Engine) -> None:
    from datetime import UTC

    act(journal_engine, line(at=AT.astimezone(UTC)), line(at=AT + timedelta(microseconds=1)))
    rows = newest(journal_engine, 2)
    assert [row.at for row in rows] == [AT, AT + timedelta(microseconds=1)]
    holds(journal_engine)
