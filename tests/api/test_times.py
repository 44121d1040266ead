"""The days that the map can look back to: from the first known to today, with the years in which divisions changed."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from boundaries.divisions.schemas import Times
from foundation import clock


def told(client: TestClient) -> Times:
    """The answer, in the shape that the interface documents."""
    answer = client.get("/api/map/times")
    assert answer.status_code == 200, answer.text
    return Times.model_validate_json(answer.content, strict=True, extra="forbid")


def test_the_days_run_from_the_first_that_the_register_knows_to_today(client: TestClient) -> None:
    times = told(client)
    assert times.first == date(1981, 12, 31)
    assert times.today == clock.today()
    # On the first day there are divisions; on the day before there is nothing to look at.
    assert client.get("/api/divisions", params={"as_of": "1981-12-31"}).json()["items"]
    assert not client.get("/api/divisions", params={"as_of": "1981-12-30"}).json()["items"]


def test_the_years_in_which_divisions_changed_are_told_with_how_many(client: TestClient, session: Session) -> None:
    years = {year.year: year.changes for year in told(client).years}
    assert list(years) == sorted(years)
    assert {1983, 2009, 2020} <= set(years)
    assert not {1999, 2008} & set(years)
    assert sum(years.values()) == session.execute(text("SELECT count(*) FROM boundaries.division_change")).scalar()


@pytest.mark.parametrize(("day", "last"), [("2008-06-01", 2005), ("2009-12-31", 2009)])
def test_a_change_that_lies_ahead_is_not_told(client: TestClient, day: str, last: int) -> None:
    with clock.held(datetime.fromisoformat(day)):
        times = told(client)
    assert times.today == date.fromisoformat(day)
    assert times.years[-1].year == last


def test_a_register_without_divisions_has_no_first_day(session: Session, client_of_session: TestClient) -> None:
    session.execute(text("TRUNCATE boundaries.division, boundaries.division_change CASCADE"))
    times = told(client_of_session)
    assert (times.first, times.years) == (None, [])
