"""Codes of one day on another: held against a walk written down independently, and against the national list."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from boundaries.divisions import actions, queries
from boundaries.divisions.rules import Plan, plan
from foundation import sqlfiles
from foundation.database import ReadPool
from foundation.errors import NotFound
from processes import jiangsu
from tests.boundaries.test_rules import record
from tests.data.test_jiangsu_lineage import read_check_list

HISTORY = jiangsu.history()
YEARS = range(1981, 2027)
CODES = sorted({found.code for found in HISTORY.records})


def year_end(year: int) -> date:
    """What a year alone means."""
    return date(year, 12, 31)


def walk(history: Plan, code: str, from_day: date, to_day: date) -> set[tuple[str, str]]:
    """Code and name of every record that can be reached in the order of time, forward or backward.

    What arrived as a part is not handed on as a part on the same day: nobody said so.
    """
    forward = from_day <= to_day
    start = [i for i, r in enumerate(history.records) if r.code == code and r.covers(from_day)]
    reached = {(index, from_day, False) for index in start}
    waiting = list(reached)
    while waiting:
        index, since, as_part = waiting.pop()
        for strand in history.strands:
            here, there = (strand.source, strand.target) if forward else (strand.target, strand.source)
            day, part = history.changes[strand.change].date.effective, strand.relation == "part"
            in_order = since <= day <= to_day if forward else to_day < day <= since
            if here != index or not in_order or (forward and day <= from_day) or (as_part and part and day == since):
                continue
            if (there, day, part) not in reached:
                reached.add((there, day, part))
                waiting.append((there, day, part))
    found = {history.records[index] for index, *_ in reached if history.records[index].covers(to_day)}
    return {(r.code, r.name) for r in found}


def translated(pool: ReadPool, code: str, from_day: date, to_day: date) -> dict[str, str] | None:
    """The relation of each code that the product names, or None where the code was not in use."""
    try:
        results = queries.translate(pool, code, from_day, to_day)
    except NotFound:
        return None
    return {result["code"]: result["relation"] for result in results}


@pytest.mark.parametrize("to_year", [1982, 1990, 2000, 2010, 2026])
def test_every_code_leads_where_a_walk_in_the_order_of_time_leads(demo_pool: ReadPool, to_year: int) -> None:
    differing = {}
    for found in HISTORY.records:
        from_day = max(found.valid_from.effective, year_end(1981))
        ours = {(r["code"], r["name"]) for r in queries.translate(demo_pool, found.code, from_day, year_end(to_year))}
        reference = walk(HISTORY, found.code, from_day, year_end(to_year))
        if ours != reference:
            differing[f"{found.code} {found.name} {from_day}"] = (ours - reference, reference - ours)
    assert differing == {}


def test_every_row_of_the_national_list_that_ended_leads_to_its_successors_and_back(demo_pool: ReadPool) -> None:
    missing = []
    for row in read_check_list():
        if row.change is None or not row.successors:
            continue
        before, after = year_end(row.change - 1), year_end(row.change)
        forward = translated(demo_pool, row.code, before, after) or {}
        missing += [(row.code, row.name, "→", code) for code in row.successors - set(forward)]
        for code in row.successors:
            backward = translated(demo_pool, code, after, before) or {}
            if row.code not in backward:
                missing.append((row.code, row.name, "←", code))
    assert missing == []


def test_every_cession_of_the_national_list_leads_to_the_receiver(demo_pool: ReadPool) -> None:
    missing = []
    for row in read_check_list():
        for code, year in row.ceded:
            if code.startswith("32"):
                forward = translated(demo_pool, row.code, year_end(year - 1), year_end(year)) or {}
                if code not in forward:
                    missing.append((row.code, row.name, code, year))
    assert missing == []


@settings(max_examples=150, deadline=None)
@given(code=st.sampled_from(CODES), year=st.sampled_from(YEARS))
def test_a_code_on_its_own_day_is_the_same(demo_pool: ReadPool, code: str, year: int) -> None:
    found = translated(demo_pool, code, year_end(year), year_end(year))
    assert found is None or found == {code: "same"}


@settings(max_examples=150, deadline=None)
@given(code=st.sampled_from(CODES), one=st.sampled_from(YEARS), other=st.sampled_from(YEARS))
def test_going_there_and_back_meets_where_one_started(demo_pool: ReadPool, code: str, one: int, other: int) -> None:
    there = translated(demo_pool, code, year_end(one), year_end(other))
    for reached in there or {}:
        assert code in (translated(demo_pool, reached, year_end(other), year_end(one)) or {})


def test_what_was_ceded_before_the_part_came_is_not_told(session: Session) -> None:
    history = plan(
        [
            record("990101", "甲县", "1983", ceded=(("990102", "2000"),)),
            record("990102", "乙县", "1983", ceded=(("990103", "1995"),)),
            record("990103", "丙县", "1983"),
        ]
    )
    actions.record_history(session, history, {}, reason="测试")
    question = sqlfiles.load(queries.SQL / "translate.sql")
    parameters = {"code": "990101", "from_day": year_end(1990), "to_day": year_end(2010)}
    rows = session.connection().exec_driver_sql(question.driver_text, parameters).all()
    assert [tuple(row) for row in rows] == [("990101", "甲县", "same"), ("990102", "乙县", "part")]


def test_a_neighbour_can_receive_a_part_twice(session: Session) -> None:
    history = plan(
        [
            record("990101", "甲县", "1983", ceded=(("990102", "2000"), ("990102", "2005"))),
            record("990102", "乙县", "1983"),
        ]
    )
    actions.record_history(session, history, {}, reason="测试")
    strands = session.scalar(text(
        "SELECT count(*) FROM boundaries.division_lineage l"
        " JOIN boundaries.division_version v ON v.id = l.from_version_id WHERE v.code = '990101'"
    ))  # fmt: skip
    assert strands == 2
