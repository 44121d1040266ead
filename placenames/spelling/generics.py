"""The table of generic terms (通名): which endings of a name can be told apart, for which kinds, and how they read."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from foundation.settings import PROJECT

TABLE = PROJECT / "data" / "generics.csv"

Kind = Literal["division", "settlement", "street", "natural", "building", "other"]
Role = Literal[
    "division", "settlement", "street", "natural", "building", "other",
    "whole",  # a division that has no name of its own (郊区): written as one word
    "ethnic",  # the name of a people, written apart (菱塘/回族/乡)
    "word",  # a word that stands apart before the generic of a building or unit (武汉/长江/大桥)
    "specific",  # a specific that ends in a numeral of its own (东四/12/条)
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Generic:
    """A term of the table with its confirmed reading, one toned syllable for each character."""

    text: str
    reading: tuple[str, ...]


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Mapping[str, Generic]]:
    by_role: dict[str, dict[str, Generic]] = {}
    with TABLE.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            generic = Generic(row["generic"], tuple(row["reading"].split()))
            for role in row["kinds"].split():
                by_role.setdefault(role, {})[generic.text] = generic
    return by_role


@lru_cache(maxsize=16)
def terms(role: Role) -> Mapping[str, Generic]:
    """Every term of the table that may play this role, by its text."""
    return _table().get(role, {})


@lru_cache(maxsize=16)
def _longest(role: Role) -> int:
    return max((len(text) for text in terms(role)), default=0)


def ending(text: str, role: Role, *, leaving: int = 1, long_leaving: int | None = None) -> Generic | None:
    """Find the longest term that ends `text` and leaves at least `leaving` characters before it.

    Terms of two or more characters leave at least `long_leaving` where that is given (立新区 is 立新/区, not 立/新区).
    """
    known = terms(role)
    for length in range(min(_longest(role), len(text)), 0, -1):
        least = long_leaving if long_leaving is not None and length > 1 else leaving
        if len(text) - length >= least and (found := known.get(text[-length:])):
            return found
    return None
