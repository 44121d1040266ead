"""The golden set of questions over real Jiangsu: what must come first, group by group (the national part: `bench`)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache

import pytest
from fastapi.testclient import TestClient

from foundation.settings import PROJECT

GOLD = PROJECT / "tests" / "placenames" / "gold" / "search.csv"
NATIONAL = "national-"


@cache
def gold() -> tuple[Mapping[str, str], ...]:
    """Every row: what is typed, the place that must come first, where it lies, and how it is found."""
    with GOLD.open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def groups() -> list[str]:
    """The groups that are asked of the demonstration."""
    return sorted({row["group"] for row in gold() if not row["group"].startswith(NATIONAL)})


def test_the_golden_set_holds_at_least_three_hundred_questions_each_once() -> None:
    asked = [(row["q"], row["group"].startswith(NATIONAL)) for row in gold()]
    assert len(asked) >= 300
    assert len(set(asked)) == len(asked)
    assert all(row[column] for row in gold() for column in ("q", "name", "within", "how", "source"))


@pytest.mark.parametrize("group", groups())
def test_what_people_type_finds_the_right_place_first(client: TestClient, group: str) -> None:
    wrong = []
    for row in gold():
        if row["group"] == group:
            items = client.get("/api/search", params={"q": row["q"]}).json()["items"]
            first = items[0] if items else None
            found = first and (first["name"], first["division"]["code"] or "", first["matched"]["tier"])
            if not (
                found and found[0] == row["name"] and found[1].startswith(row["within"]) and found[2] == row["how"]
            ):
                wrong.append((row["q"], row["name"], row["within"], row["how"], found))
    assert not wrong
