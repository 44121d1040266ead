"""The one source of instants and legal dates: Asia/Shanghai, and settable for tests and drills."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from zoneinfo import ZoneInfo

from foundation.settings import settings

ZONE = ZoneInfo("Asia/Shanghai")

_held: list[datetime] = []


def now() -> datetime:
    """This instant in Asia/Shanghai; the held one where the clock is set."""
    if _held:
        return _held[-1]
    if text := settings().clock:
        instant = datetime.fromisoformat(text)
        return instant.astimezone(ZONE) if instant.tzinfo else instant.replace(tzinfo=ZONE)
    return datetime.now(ZONE)


def today() -> date:
    """The legal date in Asia/Shanghai."""
    return now().date()


@contextmanager
def held(at: datetime) -> Iterator[None]:
    """Hold the clock of this whole process at an instant (requests run in other threads and must see it too)."""
    _held.append(at.astimezone(ZONE) if at.tzinfo else at.replace(tzinfo=ZONE))
    try:
        yield
    finally:
        _held.pop()
