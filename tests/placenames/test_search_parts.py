"""Searching within a division or a box: what one statement finds there is what walking the whole register finds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from foundation.dates import parse
from placenames.search.forms import Forms, Part
from processes.edge import finish
from tests.makers import RUGAO, make_name, make_place

QUESTIONS = (
    "县", "城", "东", "南通", "通州市", "平江区", "江", "如gao", "城x", "x", "xi", "rg", "nantong", "dongda", "320",
)  # fmt: skip
PARTS = (
    {"division": RUGAO}, {"division": "320508"}, {"division": "320600"}, {"division": "320000"},
    {"bbox": "120.3,32.1,120.9,32.6"}, {"bbox": "119.5,31.5,120.9,33.0"}, {"bbox": "117.0,31.0,121.9,34.9"},
    {"division": RUGAO, "bbox": "120.3,32.1,120.6,32.6"}, {"division": RUGAO, "bbox": "117.0,31.0,121.9,34.9"},
)  # fmt: skip
FURTHER = 2  # pages of each question are turned


def turned(client: TestClient, **asked: str) -> Iterator[str]:
    """The pages of a question, as they were written."""
    cursor: str | None = ""
    while cursor is not None:
        answer = client.get("/api/search", params=asked | {"cursor": cursor})
        assert answer.status_code == 200, (asked, answer.text)
        yield answer.text
        cursor = answer.json()["next"]


def answers(client: TestClient, also: dict[str, str]) -> list[str]:
    """The first pages of all questions in all parts, small ones and large ones."""
    return [
        text
        for q in (QUESTIONS[::3] if also else QUESTIONS)
        for part in PARTS
        for limit in ("3", "200")
        for text in islice(turned(client, q=q, limit=limit, **part, **also), FURTHER)
    ]


def compare(client: TestClient, monkeypatch: pytest.MonkeyPatch, also: dict[str, str]) -> None:
    """Ask everything twice: as the search does, and with every question walked form by form."""
    used: list[Part | None] = []
    inside = Forms.inside

    def noted(forms: Forms, tier: str) -> Part | None:
        used.append(inside(forms, tier))
        return used[-1]

    monkeypatch.setattr(Forms, "inside", noted)
    at_once = answers(client, also)
    assert 0 < sum(part is None for part in used) < len(used), "some are walked, and some are not"
    monkeypatch.setattr(Forms, "inside", lambda forms, tier: None)
    for one, other in zip(at_once, answers(client, also), strict=True):
        assert one == other


@pytest.mark.parametrize(
    "also", [{}, {"near": "120.55,32.38"}, {"class": "县级行政区"}], ids=["plain", "near", "class"]
)
def test_a_part_of_the_register_holds_what_the_walk_of_the_whole_finds_in_it(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, also: dict[str, str]
) -> None:
    compare(client, monkeypatch, also)


def test_within_a_part_too_the_own_places_of_a_bureau_come_first(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, bureau_of_rugao: None
) -> None:
    compare(client, monkeypatch, {})


def test_a_place_with_several_names_is_told_once_in_a_part_by_the_best_of_them(
    session: Session, client_of_session: TestClient
) -> None:
    former = make_name("揽月", kind="former", status="historic", valid_from=parse("1990"), valid_to=parse("2000"))
    both = make_place(session, names=(make_name("揽月新街"), former))
    twice = make_place(session, names=(make_name("东揽月路"), make_name("揽月东路", kind="alias")))
    finish(session)
    found = [
        (item["id"], item["matched"]["tier"], item["matched"]["text"])
        for page in turned(client_of_session, q="揽月", division=RUGAO, limit="1")
        for item in json.loads(page)["items"]
    ]
    assert found == [(str(both), "exact", "揽月"), (str(twice), "prefix", "揽月东路")]


def test_the_rest_of_an_address_begins_a_name_and_is_not_somewhere_inside(
    session: Session, client_of_session: TestClient
) -> None:
    make_place(session, "揽月大街")
    begins = make_place(session, "月大街西段")
    finish(session)
    found = client_of_session.get("/api/search", params={"q": "如皋市月大街"}).json()["items"]
    assert [item["id"] for item in found] == [str(begins)]
