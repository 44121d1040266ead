"""Dates are no more exact than they are known: a year means its 31 December, a month its last day."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.dates import KnownDate, Precision, as_of, parse
from foundation.errors import Malformed

TODAY = date(2026, 11, 22)
DAYS = st.dates(min_value=date(1000, 1, 1))


def written(known: KnownDate) -> str:
    """The date as a loader's file writes it, no more exact than it is known."""
    day = known.effective
    return {
        Precision.DAY: f"{day:%Y-%m-%d}",
        Precision.MONTH: f"{day:%Y-%m}",
        Precision.YEAR: f"{day.year}",
        Precision.BEFORE: f"..{day.year}",
    }[known.precision]


@st.composite
def known_dates(draw: st.DrawFn) -> KnownDate:
    """A date as it may be known: the day, the last day of a month, or 31 December."""
    day, precision = draw(DAYS), draw(st.sampled_from(Precision))
    if precision is Precision.MONTH:
        day = day.replace(day=monthrange(day.year, day.month)[1])
    elif precision is not Precision.DAY:
        day = day.replace(month=12, day=31)
    return KnownDate(day, precision)


@pytest.mark.parametrize(
    ("text", "effective", "precision"),
    [
        ("2009-03-17", date(2009, 3, 17), Precision.DAY),
        ("2009-3-7", date(2009, 3, 7), Precision.DAY),
        ("2009-03", date(2009, 3, 31), Precision.MONTH),
        ("2008-02", date(2008, 2, 29), Precision.MONTH),
        ("2009", date(2009, 12, 31), Precision.YEAR),
        ("..1981", date(1981, 12, 31), Precision.BEFORE),
        (" 2009 ", date(2009, 12, 31), Precision.YEAR),
    ],
)
def test_a_written_date_takes_effect_at_the_end_of_what_is_known(
    text: str, effective: date, precision: Precision
) -> None:
    assert parse(text) == KnownDate(effective, precision)


@given(known_dates())
def test_a_date_comes_back_from_its_writing_with_its_precision(known: KnownDate) -> None:
    assert parse(written(known)) == known


@given(DAYS, DAYS)
def test_days_are_ordered_as_they_follow_each_other(one: date, other: date) -> None:
    first, second = parse(one.isoformat()), parse(other.isoformat())
    assert (first < second) == (one < other)
    assert (first == second) == (one == other)


@given(DAYS)
def test_a_date_known_less_exactly_never_takes_effect_earlier(day: date) -> None:
    exact, month, year = parse(f"{day:%Y-%m-%d}"), parse(f"{day:%Y-%m}"), parse(f"{day.year}")
    assert exact.effective <= month.effective <= year.effective == date(day.year, 12, 31)


@pytest.mark.parametrize(
    "text",
    ["", "九年", "09", "2009-13", "2009-02-30", "2009-00", "0000", "20090317", "2009/03/17", "2009-03-17T00:00",
     "-2009", "..", "...1981", "2009-", "2009-03-", "1981..", "2009\n2010"],
)  # fmt: skip
def test_a_date_that_cannot_be_read_names_the_field_and_the_remedy(text: str) -> None:
    with pytest.raises(Malformed) as refusal:
        parse(text, loc="valid_from")
    (error,) = refusal.value.errors
    assert error.loc == "valid_from"
    assert error.remedy == "请写成 2009、2009-03 或 2009-03-17"


@given(st.text(max_size=80))
def test_no_text_brings_down_the_reader_of_dates(text: str) -> None:
    told = "" if re.fullmatch(r"(\.\.)?\d{4}(-\d{1,2}){0,2}", text.strip()) else "看不懂日期"
    known, refusal = None, None
    try:
        known = parse(text)
    except Malformed as error:
        refusal = error
    assert (known is None) != (refusal is None)
    if told:
        assert refusal is not None
        assert told in refusal.message
        assert len(refusal.message) < 60


@pytest.mark.parametrize(
    ("text", "words"),
    [("2009-03-17", "2009年3月17日"), ("2009-03", "2009年3月"), ("2009", "2009年"), ("..1981", "1981年底前")],
)
def test_a_date_is_told_no_more_exactly_than_it_is_known(text: str, words: str) -> None:
    assert parse(text).words() == words


@pytest.mark.parametrize(("asked", "day"), [("2009", date(2009, 12, 31)), ("2009-03-17", date(2009, 3, 17))])
def test_as_of_takes_a_day_or_a_year(asked: str, day: date) -> None:
    assert as_of(asked, TODAY) == day


@pytest.mark.parametrize("nothing", [None, ""])
def test_as_of_nothing_means_the_default(nothing: str | None) -> None:
    assert as_of(nothing, TODAY) == TODAY


@pytest.mark.parametrize("asked", ["2009-03", "..1981", "last year"])
def test_as_of_refuses_what_is_neither_day_nor_year(asked: str) -> None:
    with pytest.raises(Malformed) as refusal:
        as_of(asked, TODAY, loc="from")
    assert refusal.value.errors[0].loc == "from"
    assert refusal.value.errors[0].remedy
