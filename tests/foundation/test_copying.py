"""COPY writes what it is given, whatever characters stand in it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from foundation.copying import copy_rows

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20) | st.sampled_from(
    ["", "\\N", "\\", "\t", "a\nb", "\r\n", "\\t", "如皋", "{1,2}"]
)
ROWS = st.lists(st.tuples(st.none() | TEXTS, st.none() | st.integers(-9, 9), st.none() | TEXTS), max_size=8)


@given(rows=ROWS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_are_read_back_as_they_were_written(
    session: Session, rows: list[tuple[str | None, int | None, str | None]]
) -> None:
    session.execute(text("CREATE TEMP TABLE IF NOT EXISTS copied (id serial, a text, b integer, c text)"))
    session.execute(text("DELETE FROM copied"))
    assert copy_rows(session, "copied", ("a", "b", "c"), rows) == len(rows)
    found = session.execute(text("SELECT a, b, c FROM copied ORDER BY id"))
    assert [tuple(row) for row in found] == rows


def test_tuples_and_lists_become_arrays(session: Session) -> None:
    session.execute(text("CREATE TEMP TABLE arrays (a integer[], b text[])"))
    copy_rows(session, "arrays", ("a", "b"), [((1, -2), ["lù", "hé"]), ((), [])])
    assert [tuple(row) for row in session.execute(text("SELECT a, b FROM arrays"))] == [
        ([1, -2], ["lù", "hé"]), ([], []),
    ]  # fmt: skip


@given(members=st.lists(TEXTS | st.sampled_from(["NULL", "null", ",", '"', "{}", "a b", ""]), max_size=6))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_texts_in_an_array_are_read_back_as_they_were_written(session: Session, members: list[str]) -> None:
    session.execute(text("CREATE TEMP TABLE IF NOT EXISTS texts (a text[])"))
    session.execute(text("DELETE FROM texts"))
    copy_rows(session, "texts", ("a",), [(members,)])
    assert session.execute(text("SELECT a FROM texts")).scalar_one() == members


@pytest.mark.parametrize("beside", ["如皋", None, "\t"])
def test_a_character_that_postgresql_cannot_hold_is_refused_and_never_dropped(
    session: Session, beside: str | None
) -> None:
    session.execute(text("CREATE TEMP TABLE refused (a text, b text)"))
    with pytest.raises((DBAPIError, ValueError, Exception), match="0x00"), session.begin_nested():
        copy_rows(session, "refused", ("a", "b"), [("nul \0 byte", beside)])
    with pytest.raises((DBAPIError, ValueError, Exception), match="0x00"), session.begin_nested():
        copy_rows(session, "refused", ("a", "b"), [("\0", beside)])
