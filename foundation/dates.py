"""Dates with precision: what is known only by its year or month, and the periods made of them.

A change known only by its year takes effect on 31 December, by its month on the month's last day
(the published code lists state the situation at the end of the year). Periods are `[valid_from, valid_to)`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from foundation.errors import FieldError, Malformed


class Precision(StrEnum):
    """How exactly a date is known; `before` means: on that date at the latest, the true start is not recorded."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    BEFORE = "before"


PRECISIONS = tuple(Precision)
_WRITTEN = re.compile(r"(?P<before>\.\.)?(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?)?")


@dataclass(frozen=True, order=True)
class KnownDate:
    """A date as it takes effect, with how exactly it is known."""

    effective: date
    precision: Precision

    def words(self) -> str:
        """The date as people read it, no more exact than it is known."""
        day = self.effective
        return {
            Precision.DAY: f"{day.year}年{day.month}月{day.day}日",
            Precision.MONTH: f"{day.year}年{day.month}月",
            Precision.YEAR: f"{day.year}年",
            Precision.BEFORE: f"{day.year}年底前",
        }[self.precision]


def parse(text: str, *, loc: str = "date") -> KnownDate:
    """Read `YYYY`, `YYYY-MM`, `YYYY-MM-DD` or `..YYYY` (in that year or before).

    Raises `Malformed` with the remedy for anything else, a day that does not exist included.
    """
    match = _WRITTEN.fullmatch(text.strip())
    try:
        if match is None or (match["before"] and match["month"]):
            raise ValueError(text)
        year, month, day = int(match["year"]), int(match["month"] or 12), match["day"]
        effective = date(year, month, int(day) if day else monthrange(year, month)[1])
    except ValueError:
        raise Malformed([FieldError(loc, f"看不懂日期“{text[:20]}”", "请写成 2009、2009-03 或 2009-03-17")]) from None
    if match["before"]:
        return KnownDate(effective, Precision.BEFORE)
    known = Precision.DAY if day else Precision.MONTH if match["month"] else Precision.YEAR
    return KnownDate(effective, known)


def as_of(text: str | None, default: date, *, loc: str = "as_of") -> date:
    """The day an `as_of` asks for: a date, or a year alone (its 31 December)."""
    if text is None or text == "":
        return default
    known = parse(text, loc=loc)
    if known.precision not in {Precision.DAY, Precision.YEAR}:
        raise Malformed([FieldError(loc, f"看不懂日期“{text[:20]}”", "请写成年份 2009 或日期 2009-03-17")])
    return known.effective
