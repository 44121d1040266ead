"""The clock tells Asia/Shanghai, can be held for a test or a drill, and is seen by every thread."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from foundation import clock
from foundation.settings import settings

NEW_YEAR = datetime(2025, 12, 31, 16, 30, tzinfo=UTC)


def test_the_clock_tells_this_instant_in_shanghai() -> None:
    now = clock.now()
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)
    assert now.utcoffset() == timedelta(hours=8)


def test_the_legal_date_changes_at_midnight_in_shanghai_and_not_in_greenwich() -> None:
    with clock.held(NEW_YEAR):
        assert clock.today() == date(2026, 1, 1)
    with clock.held(NEW_YEAR - timedelta(minutes=31)):
        assert clock.now().astimezone(clock.ZONE).date() == date(2025, 12, 31)


def test_the_legal_date_is_that_of_shanghai_whatever_zone_the_setting_is_written_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DIMING_CLOCK", "2025-12-31T16:30+00:00")
    settings.cache_clear()
    assert clock.now() == NEW_YEAR
    assert clock.today() == date(2026, 1, 1)


def test_a_held_clock_without_a_zone_means_shanghai() -> None:
    with clock.held(datetime(2026, 3, 2, 9, 0)):
        assert clock.now() == datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def test_a_held_clock_stands_still_and_goes_on_afterwards() -> None:
    with clock.held(NEW_YEAR):
        first = clock.now()
        with clock.held(NEW_YEAR + timedelta(days=1)):
            assert clock.now() == NEW_YEAR + timedelta(days=1)
        assert clock.now() == first
    assert clock.now() > NEW_YEAR + timedelta(days=1)


def test_the_clock_goes_on_after_an_error_under_a_held_clock() -> None:
    with pytest.raises(LookupError), clock.held(NEW_YEAR):
        raise LookupError
    assert clock.now() != NEW_YEAR


def test_a_held_clock_is_seen_by_the_threads_that_answer_requests() -> None:
    seen: list[datetime] = []
    with clock.held(NEW_YEAR):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
    assert seen == [NEW_YEAR]


@pytest.mark.parametrize("written", ["2026-03-02T09:00", "2026-03-02T09:00+08:00", "2026-03-02T01:00+00:00"])
def test_the_setting_holds_the_clock_for_a_drill(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("DIMING_CLOCK", written)
    settings.cache_clear()
    assert clock.now() == datetime(2026, 3, 2, 9, 0, tzinfo=clock.ZONE)


def test_a_clock_held_by_a_test_goes_before_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIMING_CLOCK", "2026-03-02T09:00")
    settings.cache_clear()
    with clock.held(NEW_YEAR):
        assert clock.now() == NEW_YEAR
