"""Searching over real Jiangsu: every tier, its order, filters, paging, days in the past, and what nobody may find."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import islice
from random import Random
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pyproj import Geod
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from foundation.database import Reader
from foundation.dates import parse
from foundation.settings import PROJECT
from foundation.sqlfiles import SqlFile
from placenames.search import forms as found_forms
from placenames.search import hot, index, queries
from placenames.search.question import COUNTED, Question, read_question
from placenames.search.schemas import Item, SearchAnswer
from placenames.spelling.readings import search_keys
from processes.edge import finish
from tests.makers import RUGAO, make_name, make_place
from tests.placenames.edits import rename, set_announced, set_secrecy

TIERS = ("code", "exact", "prefix", "substring", "pinyin", "pinyin_prefix", "initials", "homophone", "fuzzy")
ELLIPSOID = Geod(ellps="GRS80")

GOLD = PROJECT / "tests" / "placenames" / "gold" / "search.csv"


def ask(client: TestClient, q: str, **narrowing: object) -> SearchAnswer:
    """The answer to a question, in the shape that the contract promises."""
    answer = client.get("/api/search", params={"q": q} | {key.rstrip("_"): str(v) for key, v in narrowing.items()})
    assert answer.status_code == 200, answer.text
    return SearchAnswer.model_validate_json(answer.content, strict=True, extra="forbid")


def pages(client: TestClient, q: str, **narrowing: object) -> Iterator[Item]:
    """Every item of every page."""
    cursor = ""
    while True:
        found = ask(client, q, cursor=cursor, **narrowing)
        yield from found.items
        if found.next is None:
            return
        assert found.items, "a page with a next one is never empty"
        cursor = found.next


def names(answer: SearchAnswer) -> list[str]:
    """The present names found."""
    return [item.name for item in answer.items]


@dataclass(frozen=True)
class Form:
    """One form under which the public finds a place today, with one of its readings."""

    place: int
    rank: int
    former: bool
    id: int
    text: str
    pinyin: str
    initials: str


@pytest.fixture(scope="module")
def forms(demo_address: str) -> list[Form]:
    engine = create_engine(demo_address)
    with engine.connect() as connection:
        rows = connection.execute(text(
            "SELECT t.place_id, t.rank, t.valid_to IS NOT NULL OR t.inherited, f.id, f.text, s.pinyin, s.initials"
            " FROM placenames.search_token t"
            " JOIN placenames.search_form f ON f.id = t.form_id LEFT JOIN placenames.search_sound s ON s.form_id = f.id"
            " WHERE t.public AND t.current"
        )).all()  # fmt: skip
    engine.dispose()
    return [Form(*row) for row in rows]


def differ_by_one(one: str, other: str) -> bool:
    """One character wrong, missing, extra, or two neighbours swapped: every way is tried."""
    shorter = {one[:at] + one[at + 1 :] for at in range(len(one))}
    swapped = {one[:at] + one[at + 1] + one[at] + one[at + 2 :] for at in range(len(one) - 1)}
    extra = {other[:at] + other[at + 1 :] for at in range(len(other))}
    wrong = len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1
    return one != other and (other in shorter | swapped or one in extra or wrong)


def expected(forms: list[Form], q: str) -> list[tuple[int, str]]:
    """Every place with its best tier, in order, by the plain words of the contract."""
    typed = read_question(q).text
    latin = typed.isascii() and typed.isalpha()
    han = all("\u4e00" <= char <= "\u9fff" for char in typed)
    keys = {found.pinyin for found in search_keys(typed)} if han and len(typed) > 1 else set()

    def tier(form: Form) -> str | None:
        if latin:
            whole = "pinyin" if form.pinyin == typed else "pinyin_prefix"
            return whole if form.pinyin.startswith(typed) else "initials" if form.initials == typed else None
        if form.text == typed:
            return "exact"
        if typed in form.text:
            return "prefix" if form.text.startswith(typed) else "substring"
        if form.pinyin in keys:
            return "homophone"
        return "fuzzy" if keys and differ_by_one(typed, form.text) and max(len(typed), len(form.text)) > 2 else None

    best: dict[int, tuple[Any, ...]] = {}
    for form in forms:
        found = tier(form)
        if found:
            order = TIERS.index(found), form.former, -form.rank, form.id, form.place, found
            best[form.place] = min(best.get(form.place, order), order)
    found_ = sorted(best.values())
    strict = [it for it in found_ if it[-1] not in ("homophone", "fuzzy")]
    few = len(strict) < 10 and not any(it[-1] == "exact" for it in strict)
    return [(it[-2], it[-1]) for it in (found_ if few else strict)]


@cache
def fifty(address: str) -> tuple[str, ...]:
    """Fifty questions taken out of real names: whole, parts, pinyin, initials."""
    engine = create_engine(address)
    with engine.connect() as connection:
        rows = connection.execute(text(
            "SELECT f.text, s.pinyin, s.initials FROM placenames.search_form f"
            " JOIN placenames.search_sound s ON s.form_id = f.id WHERE f.rank IS NOT NULL ORDER BY f.id, s.pinyin"
        )).all()  # fmt: skip
    engine.dispose()
    random, asked = Random(2), []
    for number, row in enumerate(random.sample(rows, 50)):
        start = random.randrange(len(row.text))
        part = row.text[start : start + random.randint(1, 3)]
        asked.append((row.text, part, row.pinyin, row.pinyin[:3], row.initials)[number % 5])
    return tuple(q for q in asked if q)


@pytest.mark.parametrize(
    ("q", "name", "matched", "kind", "tier"),
    [
        ("如皋市", "如皋市", "如皋市", "standard", "exact"),
        ("如皋", "如皋市", "如皋市", "standard", "exact"),
        (" 如　皋 ", "如皋市", "如皋市", "standard", "exact"),
        ("盱", "盱眙县", "盱眙县", "standard", "prefix"),
        ("皋", "如皋市", "如皋市", "standard", "substring"),
        ("皋市", "如皋市", "如皋市", "standard", "substring"),
        ("如皋县", "如皋市", "如皋县", "former", "exact"),
        ("rugao", "如皋市", "如皋市", "standard", "pinyin"),
        ("RUGAO", "如皋市", "如皋市", "standard", "pinyin"),
        ("Rúgāo Shì", "如皋市", "如皋市", "standard", "pinyin"),
        ("ruga", "如皋市", "如皋市", "standard", "pinyin"),
        ("rg", "如皋市", "如皋市", "standard", "initials"),
        ("rgs", "如皋市", "如皋市", "standard", "initials"),
        ("320682", "如皋市", "320682", "standard", "code"),
        ("３２０６８２", "如皋市", "320682", "standard", "code"),
        ("320622", "如皋市", "320622", "former", "code"),
        ("320683", "通州区", "320683", "former", "code"),
        ("通州市", "通州区", "通州市", "former", "exact"),
        ("tongzhoushi", "通州区", "通州市", "former", "pinyin"),
        ("南通县", "通州区", "南通县", "former", "exact"),
        ("平江区", "姑苏区", "平江区", "former", "exact"),
        ("沧浪", "姑苏区", "沧浪区", "former", "exact"),
        ("320503", "姑苏区", "320503", "former", "code"),
        ("六合", "六合区", "六合区", "standard", "exact"),
        ("luhe", "六合区", "六合区", "standard", "pinyin"),
    ],
)
def test_what_people_type_finds_the_present_place_and_says_by_which_name(
    client: TestClient, q: str, name: str, matched: str, kind: str, tier: str
) -> None:
    first = ask(client, q).items[0]
    assert (first.name, first.matched.text, first.matched.kind, first.matched.tier) == (name, matched, kind, tier)


@pytest.mark.parametrize("code", ["320503"])
def test_a_code_of_an_abolished_division_says_its_present_heir(client: TestClient, code: str) -> None:
    (found,) = ask(client, code).items
    assert (found.name, found.status, found.division.code) == ("姑苏区", "standard", "320508")


def test_an_item_says_where_the_place_lies_and_what_it_is(client: TestClient) -> None:
    (found,) = ask(client, "如皋市").items
    assert found.division.path == ["江苏省", "南通市", "如皋市"]
    assert (found.class_.code, found.class_.label) == ("21400", "县级行政区")
    assert (found.roman, found.status, found.heritage, found.distance_m) == ("Rúgāo Shì", "standard", False, None)
    assert found.lon is not None
    assert found.lat is not None
    assert 120.2 < found.lon < 120.9
    assert 32.0 < found.lat < 32.6


@pytest.mark.parametrize("q", ["lüsi", "lvsi", "LÜSI", "lǚsì", "lu\u0308si"])
def test_a_u_with_dots_can_be_typed_in_every_way(session: Session, client_of_session: TestClient, q: str) -> None:
    make_place(session, names=(make_name("吕四", spelled_as="settlement"),), class_label="区片")
    finish(session)
    assert "吕四" in names(ask(client_of_session, q))


@pytest.mark.parametrize("q", ["不存在的地名", "zzzzzz", "999999", "%", "_", "\\", "100%", "😀", "如%市", "如_市", "'"])
def test_what_nobody_is_called_finds_nothing_and_wild_cards_are_plain_characters(client: TestClient, q: str) -> None:
    if q == "'":
        assert client.get("/api/search", params={"q": q}).status_code == 422
        return
    found = ask(client, q)
    assert (found.items, found.next, found.total.value, found.total.is_) == ([], None, 0, "exact")


def test_a_wild_card_finds_the_place_that_is_really_called_so(session: Session, client_of_session: TestClient) -> None:
    make_place(session, "百%大街", class_label="街路巷")
    finish(session)
    assert names(ask(client_of_session, "%")) == ["百%大街"]
    assert names(ask(client_of_session, "百%")) == ["百%大街"]


def test_fifty_questions_are_answered_by_the_plain_words_of_the_contract(
    client: TestClient, demo_address: str, forms: list[Form]
) -> None:
    for q in fifty(demo_address):
        found = [(int(item.id), item.matched.tier) for item in pages(client, q, limit=200)]
        assert found == [(place, tier.removesuffix("_prefix")) if "pinyin" in tier else (place, tier)
                         for place, tier in expected(forms, q)], q  # fmt: skip


@pytest.mark.parametrize("limit", [1, 7])
@pytest.mark.parametrize(
    ("q", "narrowing"),
    [
        ("城", {}),
        ("xin", {}),
        ("x", {}),
        ("新", {}),
        ("3206", {}),
        ("县", {"near": "120.5,32.3"}),
        ("城", {"near": "120.5,32.3"}),
        ("县", {"as_of": "1990"}),
        ("区", {"division": "320100"}),
        ("3206", {"as_of": "1990"}),
        ("jiang", {"as_of": "2000"}),
    ],
)
def test_turning_pages_meets_every_place_once_in_the_order_of_one_big_page(
    client: TestClient, q: str, narrowing: dict[str, Any], limit: int
) -> None:
    big = ask(client, q, limit=200, **narrowing)
    assert big.next is None
    assert len(big.items) > 7
    paged = list(pages(client, q, limit=limit, **narrowing))
    assert [item.id for item in paged] == [item.id for item in big.items]
    assert paged == big.items


def test_every_page_tells_the_same_total(client: TestClient) -> None:
    first = ask(client, "城", limit=2)
    assert first.next
    second = ask(client, "城", limit=2, cursor=first.next)
    assert first.total == second.total
    assert (first.total.value, first.total.is_) == (20, "at_least")
    whole = ask(client, "城", limit=200)
    assert (whole.total.value, whole.total.is_) == (len(whole.items), "exact")


def test_a_total_beyond_the_first_page_is_at_least(session: Session, client_of_session: TestClient) -> None:
    for _ in range(COUNTED):
        make_place(session, "重名大街")
    finish(session)
    whole = ask(client_of_session, "重名大街", limit=5)
    assert (whole.total.value, whole.total.is_) == (20, "exact")
    make_place(session, "重名大街")
    finish(session)
    more = ask(client_of_session, "重名大街", limit=5)
    assert (more.total.value, more.total.is_, len(more.items)) == (20, "at_least", 5)
    assert len({item.id for item in pages(client_of_session, "重名大街", limit=6)}) == 21


def test_a_page_longer_than_the_count_tells_how_many_it_holds(session: Session, client_of_session: TestClient) -> None:
    for _ in range(120):
        make_place(session, "重名大街")
    finish(session)
    found = ask(client_of_session, "重名大街", limit=200)
    assert (found.total.value, found.total.is_, len(found.items)) == (120, "exact", 120)


@pytest.mark.parametrize("q", ["县", "城", "镇", "xin", "x", "rg", "城x", "如gao", "320"])
def test_a_division_narrows_to_what_lies_within_it(client: TestClient, q: str) -> None:
    everything = list(pages(client, q, limit=200))
    assert everything
    for code, name in (("320000", "江苏省"), ("320600", "南通市"), ("320682", "如皋市"), ("320100", "南京市")):
        wanted = [item.id for item in everything if name in item.division.path]
        assert [item.id for item in pages(client, q, limit=200, division=code)] == wanted
        assert [item.id for item in islice(pages(client, q, limit=7, division=code), 30)] == wanted[:30]


@pytest.mark.parametrize("q", ["城", "xin"])
@pytest.mark.parametrize(
    ("asked", "label"), [("21400", "县级行政区"), ("县级行政区", "县级行政区"), ("农村居民点", "农村居民点")]
)
def test_a_class_narrows_by_code_and_by_label(client: TestClient, q: str, asked: str, label: str) -> None:
    wanted = [item.id for item in pages(client, q, limit=200) if item.class_.label == label]
    assert wanted
    assert [item.id for item in pages(client, q, limit=200, class_=asked)] == wanted


def test_a_code_that_several_labels_share_means_all_of_them(session: Session, client_of_session: TestClient) -> None:
    for label in ("城镇居民点", "住宅区", "街路巷"):
        make_place(session, "共码大街", class_label=label)
    finish(session)
    found = ask(client_of_session, "共码大街", class_="22100")
    assert {item.class_.label for item in found.items} == {"城镇居民点", "住宅区"}


@pytest.mark.parametrize(
    ("q", "box"),
    [
        # Boxes of all sizes: of few cells, of many, of more than are looked up one by one.
        *((q, (119.5, 31.5, 120.9, 33.0)) for q in ("城", "xin", "县", "海安")),
        *((q, (120.3, 32.1, 120.9, 32.6)) for q in ("皋", "bai", "b", "白", "如皋", "如gao", "rugao", "rg")),
        *((q, (117.0, 30.9, 121.9, 34.9)) for q in ("城", "通州")),
    ],
)
def test_a_box_narrows_to_the_positions_inside_it(
    client: TestClient, q: str, box: tuple[float, float, float, float]
) -> None:
    west, south, east, north = box
    wanted = [
        item.id
        for item in pages(client, q, limit=200)
        if item.lon is not None and item.lat is not None and west <= item.lon <= east and south <= item.lat <= north
    ]
    assert wanted
    assert [item.id for item in pages(client, q, limit=200, bbox=f"{west},{south},{east},{north}")] == wanted


def test_near_orders_equal_ranks_by_distance_and_tells_metres(session: Session, client_of_session: TestClient) -> None:
    far, near = make_place(session, "同名大街", lon=121.0), make_place(session, "同名大街", lon=120.6)
    finish(session)
    assert [item.id for item in ask(client_of_session, "同名大街").items] == [str(far), str(near)]
    found = ask(client_of_session, "同名大街", near="120.5,32.39").items
    assert [item.id for item in found] == [str(near), str(far)]
    for item, lon in zip(found, (120.6, 121.0), strict=True):
        metres = ELLIPSOID.inv(120.5, 32.39, lon, 32.39)[2]
        assert item.distance_m == pytest.approx(metres, rel=0.005, abs=1)


def test_rank_goes_before_distance(session: Session, client_of_session: TestClient) -> None:
    big = make_place(session, "同名大街", lon=121.0, rank=20_000)
    small = make_place(session, "同名大街", lon=120.6, rank=10_000)
    finish(session)
    assert [i.id for i in ask(client_of_session, "同名大街", near="120.5,32.39").items] == [str(big), str(small)]


def test_a_code_found_with_a_position_tells_its_true_distance(client: TestClient) -> None:
    (found,) = ask(client, "320682", near="118,34").items
    assert found.distance_m is None or found.distance_m > 100_000


def test_a_place_without_position_has_no_distance(session: Session, client_of_session: TestClient) -> None:
    nowhere = make_place(session, "同名大街", lon=None, lat=None)
    here = make_place(session, "同名大街")
    finish(session)
    found = ask(client_of_session, "同名大街", near="120.5,32.39").items
    assert [item.id for item in found] == [str(here), str(nowhere)]
    assert found[1].distance_m is None


def test_as_of_a_year_the_names_and_divisions_are_those_of_its_last_day(client: TestClient) -> None:
    (then,) = ask(client, "通州市", as_of="2005").items
    assert (then.name, then.matched.kind, then.status) == ("通州市", "standard", "standard")
    assert then.division.code == "320683"
    assert then.division.path == ["江苏省", "南通市", "通州市"]
    assert ask(client, "通州市", as_of="2005-12-31").items == [then]
    (before,) = ask(client, "如皋", as_of="1985").items
    assert (before.name, before.division.code) == ("如皋县", "320622")
    assert {item.matched.tier for item in ask(client, "通州区", as_of="2005").items} == {"fuzzy"}
    assert names(ask(client, "南通县", as_of="2005")) == ["通州市"], "a former name of then finds the name of then"


def test_as_of_a_day_an_abolished_division_is_itself(client: TestClient) -> None:
    (then,) = ask(client, "平江区", as_of="2005").items
    assert (then.name, then.status, then.division.code) == ("平江区", "standard", "320503")
    assert ask(client, "姑苏区", as_of="2005").items == []
    assert names(ask(client, "320503", as_of="2005")) == ["平江区"]
    assert ask(client, "320508", as_of="2005").items == []


@pytest.mark.parametrize(("q", "year", "code"), [("宿迁市", "1990", "320881"), ("无锡县", "1990", "320222")])
def test_as_of_a_day_a_division_that_is_no_more_comes_before_a_settlement_of_its_name(
    client: TestClient, q: str, year: str, code: str
) -> None:
    first = ask(client, q, as_of=year).items[0]
    assert (first.name, first.status, first.division.code) == (q, "standard", code)


@pytest.mark.parametrize("tier", ["q=pingjiangqu", "q=pingj", "q=pjq", "q=平江", "q=平", "q=江区"])
def test_every_tier_answers_for_a_day_in_the_past(client: TestClient, tier: str) -> None:
    found = list(pages(client, tier.removeprefix("q="), as_of="2005", limit=200))
    assert "平江区" in {item.name for item in found}
    assert len({item.id for item in found}) == len(found)


def test_the_day_of_a_change_belongs_to_the_new_name(client: TestClient) -> None:
    assert names(ask(client, "320683", as_of="2009-03-30")) == ["通州市"]
    assert names(ask(client, "320683", as_of="2009-03-31")) == []
    assert names(ask(client, "320612", as_of="2009-03-31")) == ["通州区"]


def test_as_of_a_day_a_division_narrows_to_what_lay_within_it_then(client: TestClient) -> None:
    (then,) = ask(client, "沭阳县", as_of="1990").items
    assert then.division.path == ["江苏省", "淮阴市", "沭阳县"]
    assert [item.id for item in ask(client, "沭阳县", as_of="1990", division="320800").items] == [then.id]


def test_a_total_counts_what_is_shown(session: Session, client_of_session: TestClient) -> None:
    make_place(
        session,
        names=(
            make_name("前街", kind="former", status="historic", valid_from=parse("1990"), valid_to=parse("2000")),
            make_name("后街", valid_from=parse("2000"), published=False),
        ),
    )
    finish(session)
    found = ask(client_of_session, "前街", as_of="2005")
    assert found.total.value == len(found.items)


@pytest.mark.parametrize(
    ("asked", "loc"),
    [
        ({}, "q"),
        ({"q": ""}, "q"),
        ({"q": " 　"}, "q"),
        ({"q": "皋" * 101}, "q"),
        ({"q": "皋", "limit": "0"}, "limit"),
        ({"q": "皋", "limit": "201"}, "limit"),
        ({"q": "皋", "limit": "-1"}, "limit"),
        ({"q": "皋", "limit": "x"}, "limit"),
        ({"q": "皋", "division": "999999"}, "division"),
        ({"q": "皋", "division": "如皋市"}, "division"),
        ({"q": "皋", "division": "320508", "as_of": "2005"}, "division"),
        ({"q": "皋", "class": "99999"}, "class"),
        ({"q": "皋", "class": "宇宙"}, "class"),
        ({"q": "皋", "bbox": "1,2,3"}, "bbox"),
        ({"q": "皋", "bbox": "a,b,c,d"}, "bbox"),
        ({"q": "皋", "near": "120"}, "near"),
        ({"q": "皋", "near": "nan,32"}, "near"),
        ({"q": "皋", "as_of": "2005-13-01"}, "as_of"),
        ({"q": "皋", "as_of": "2005-02"}, "as_of"),
        ({"q": "皋", "as_of": "heute"}, "as_of"),
        ({"q": "皋", "cursor": "hand-made"}, "cursor"),
        ({"q": "皋", "cursor": "如皋"}, "cursor"),
    ],
)
def test_a_question_asked_badly_is_refused_with_the_remedy(client: TestClient, asked: dict[str, str], loc: str) -> None:
    answer = client.get("/api/search", params=asked)
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert fault["loc"] == loc
    assert fault["msg"]
    assert fault["remedy"]


def test_limits_of_one_and_two_hundred_are_kept(client: TestClient) -> None:
    assert len(ask(client, "城", limit=1).items) == 1
    assert len(ask(client, "县", limit=200).items) > 20
    assert len(ask(client, "县").items) == 20


@pytest.mark.parametrize(
    ("secrecy", "status", "published"),
    [
        ("内部", "standard", True),
        ("秘密", "standard", True),
        ("公开", "standard", False),
        ("公开", "planned", True),
        ("公开", "reserved", True),
    ],
)
def test_what_is_not_public_is_found_by_no_tier_and_on_no_day(
    session: Session, client_of_session: TestClient, secrecy: str, status: str, published: bool
) -> None:
    name = make_name("隐秘大街", status=status, published=published, valid_from=parse("1990"))
    place = make_place(session, names=(name,), secrecy=secrecy)
    finish(session)
    for q in ("隐秘大街", "隐秘", "秘大", "yinmidajie", "yinmi", "ymdj", "密"):
        for day in ({}, {"as_of": "2000"}, {"as_of": "1990"}):
            assert str(place) not in {item.id for item in pages(client_of_session, q, limit=200, **day)}


@pytest.mark.parametrize("status", ["deemed", "recorded", "historic", "cancelled"])
def test_every_other_announced_status_is_found_and_told(
    session: Session, client_of_session: TestClient, status: str
) -> None:
    kind = "standard" if status == "deemed" else "alias"
    make_place(session, names=(make_name("显见大街", status=status, kind=kind),))
    finish(session)
    (found,) = ask(client_of_session, "显见大街").items
    assert found.status == status


def test_an_unannounced_name_of_a_public_place_finds_nothing_and_is_not_told(
    session: Session, client_of_session: TestClient
) -> None:
    place = make_place(session, "公开大街")
    rename(session, place, "机密大街", published=False)
    finish(session)
    assert ask(client_of_session, "机密大街").items == []
    (found,) = ask(client_of_session, "公开大街").items
    assert found.name == "公开大街"


def test_a_name_inherited_from_a_restricted_place_finds_nothing(
    session: Session, client_of_session: TestClient
) -> None:
    from datetime import date

    from placenames.register.actions import note_lineage

    old, new = make_place(session, "旧密大街", secrecy="内部"), make_place(session, "新大街")
    note_lineage(session, [(old, new, date(2020, 1, 1), "day", "merged", "")])
    finish(session)
    assert ask(client_of_session, "旧密大街").items == []
    assert ask(client_of_session, "旧密大街", as_of="2010").items == []
    set_secrecy(session, old, "公开")
    finish(session)
    assert str(new) in {item.id for item in ask(client_of_session, "旧密大街").items}


def test_an_edit_is_found_by_the_very_next_search(session: Session, client_of_session: TestClient) -> None:
    assert ask(client_of_session, "崭新大街").items == []
    place = make_place(session, "崭新大街")
    finish(session)
    assert [item.id for item in ask(client_of_session, "崭新大街").items] == [str(place)]
    rename(session, place, "更新大街")
    finish(session)
    (by_new,), (by_old,) = ask(client_of_session, "更新大街").items, ask(client_of_session, "崭新大街").items
    assert (by_new.id, by_new.matched.kind) == (str(place), "standard")
    assert (by_old.id, by_old.name, by_old.matched.kind) == (str(place), "更新大街", "former")
    set_announced(session, place, False)
    finish(session)
    assert ask(client_of_session, "更新大街").items == []
    assert ask(client_of_session, "崭新大街").items == []


def test_a_new_place_lies_in_its_division(session: Session, client_of_session: TestClient) -> None:
    make_place(session, "崭新大街", code=RUGAO)
    finish(session)
    (found,) = ask(client_of_session, "崭新大街", division="320600").items
    assert found.division.path == ["江苏省", "南通市", "如皋市"]
    assert ask(client_of_session, "崭新大街", division="320100").items == []


def test_as_of_a_day_the_name_in_use_goes_before_one_that_had_ended(client: TestClient) -> None:
    found = client.get("/api/search", params={"q": "通州", "as_of": "2020"}).json()["items"][0]
    assert found["matched"] == {"text": "通州区", "kind": "standard", "tier": "exact"}


def test_a_code_is_found_within_its_class_and_box(client: TestClient) -> None:
    asked = {"q": "320682", "class": "县级行政区", "bbox": "120,32,121,33"}
    assert [item["name"] for item in client.get("/api/search", params=asked).json()["items"]] == ["如皋市"]
    assert client.get("/api/search", params=asked | {"class": "街路巷"}).json()["items"] == []


@pytest.mark.parametrize(
    ("q", "name", "tier"),
    [
        ("如gao", "如皋市", "pinyin"),
        ("ru皋市", "如皋市", "pinyin"),
        ("如皋s", "如皋市", "pinyin"),
        ("儒高市", "如皋市", "homophone"),
        ("如糕市", "如皋市", "homophone"),
        ("如阜市", "如皋市", "fuzzy"),
        ("盱眼县", "盱眙县", "fuzzy"),
        ("连云港港市", "连云港市", "fuzzy"),
        ("连港云市", "连云港市", "fuzzy"),
        ("連雲港市", "连云港市", "exact"),
        ("如皋市在哪里?", "如皋市", "exact"),
        ("通州市现在叫什么", "通州区", "exact"),
        ("江苏省南通市如皋市", "如皋市", "exact"),
        ("江苏如皋", "如皋市", "exact"),
        ("南通通州市", "通州区", "exact"),
    ],
)
def test_what_people_type_otherwise_finds_the_place_too(client: TestClient, q: str, name: str, tier: str) -> None:
    first = ask(client, q).items[0]
    assert (first.name, first.matched.tier) == (name, tier)


def test_a_whole_address_asks_for_the_road_within_its_division(session: Session, client_of_session: TestClient) -> None:
    here = make_place(session, "揽月大街", class_label="街路巷", code="320682")
    there = make_place(session, "揽月大街", class_label="街路巷", code="320102", rank=90_000)
    finish(session)
    found = ask(client_of_session, "江苏省南通市如皋市揽月大街")
    assert ([item.id for item in found.items], found.note) == ([str(here)], None)
    assert [item.id for item in ask(client_of_session, "如皋揽月大街").items] == [str(here)]
    assert [item.id for item in ask(client_of_session, "揽月大街").items] == [str(there), str(here)]
    assert ask(client_of_session, "如皋揽月大街", division="320102").items == []


def test_a_township_that_nobody_recorded_is_passed_over_and_said_to_be_unknown(
    session: Session, client_of_session: TestClient
) -> None:
    road = make_place(session, "揽月大街", class_label="街路巷", code=RUGAO)
    make_place(session, "揽月大街", class_label="街路巷", code="320102", rank=90_000)
    finish(session)
    told = "如城街道的范围未收录,已按如皋市查找。"
    for q, note in (
        ("江苏省如皋市如城街道揽月大街", told),
        ("如皋市如城街道揽月", told),
        ("江苏省南通市如皋市如城街道揽月大街100号", f"{told}门牌未收录,以下是所在的路名或地名。"),
        ("如皋白蒲满族乡揽月大街", "白蒲满族乡的范围未收录,已按如皋查找。"),
        ("如皋市经济技术开发区城南街道揽月大街", "经济技术开发区城南街道的范围未收录,已按如皋市查找。"),
    ):
        found = ask(client_of_session, q)
        assert ([item.id for item in found.items], found.note) == ([str(road)], note), q
    assert ask(client_of_session, "如皋市如城街道揽月大街", division="320102").items == []
    assert ask(client_of_session, "如皋市如城街道摘星大街").items == []


def test_a_township_that_nobody_recorded_asks_for_its_division(client: TestClient) -> None:
    for q in ("如皋市如城街道", "江苏省南通市如皋市如城街道", "如皋市如城街道12号"):
        found = ask(client, q)
        assert names(found) == ["如皋市"], q
        assert (found.note or "").startswith("如城街道的范围未收录,已按如皋市查找。"), q
    assert ask(client, "如皋市如城街道", class_="街路巷").items == []


def test_no_name_with_the_ending_of_a_township_in_it_is_lost(session: Session, client_of_session: TestClient) -> None:
    """What is recorded is found as it is called; nothing is passed over in it."""
    street = make_place(session, "揽月镇江大街", class_label="街路巷")
    town = make_place(session, "揽月乡", class_label="农村居民点")
    make_place(session, "江大街", class_label="街路巷", rank=90_000)
    finish(session)
    for q, wanted in (("如皋市揽月镇江大街", street), ("如皋市揽月镇江", street), ("如皋市揽月乡", town)):
        found = ask(client_of_session, q)
        assert ([item.id for item in found.items], found.note) == ([str(wanted)], None), q


def test_turning_the_pages_of_an_address_with_an_unknown_township_meets_every_place_once(
    session: Session, client_of_session: TestClient
) -> None:
    here = [str(make_place(session, "揽月大街")) for _ in range(5)]
    finish(session)
    assert [item.id for item in pages(client_of_session, "如皋市如城街道揽月大街", limit=2)] == here


def test_an_address_can_be_typed_from_the_road_to_the_division(session: Session, client_of_session: TestClient) -> None:
    here = make_place(session, "揽月大街", class_label="街路巷", code=RUGAO)
    make_place(session, "揽月大街", class_label="街路巷", code="320102", rank=90_000)
    finish(session)
    for q in ("揽月大街 如皋", "揽月大街,如皋市,南通市", "江苏省,如皋市,揽月大街", "揽月大街 如皋市如城街道"):
        assert [item.id for item in ask(client_of_session, q).items] == [str(here)], q


def test_a_name_known_only_in_traditional_characters_is_found_unless_a_greater_place_has_it_in_simplified_ones(
    session: Session, client_of_session: TestClient
) -> None:
    own = make_place(session, "攬月亭", rank=50)
    finish(session)
    assert [item.id for item in ask(client_of_session, "攬月亭").items] == [str(own)]
    make_place(session, "揽月亭", rank=40)
    finish(session)
    assert [item.id for item in ask(client_of_session, "攬月亭").items] == [str(own)]
    greater = make_place(session, "揽月亭", rank=60)
    finish(session)
    assert ask(client_of_session, "攬月亭").items[0].id == str(greater)


def test_turning_the_pages_of_traditional_characters_stays_with_one_reading(client: TestClient) -> None:
    for q in ("蘇州", "鹽城", "鎮江"):
        found = list(pages(client, q, limit=1))
        assert found == ask(client, q, limit=200).items
        assert len({item.id for item in found}) == len(found) > 1


def test_a_house_number_is_split_off_and_said_to_be_unknown(session: Session, client_of_session: TestClient) -> None:
    road = make_place(session, "揽月大街", class_label="街路巷", code="320682")
    named = make_place(session, "揽月大街8号院", class_label="住宅区", code="320682")
    finish(session)
    make_place(session, "揽月大道一号桥", class_label="桥梁", code="320682")
    finish(session)
    assert ask(client_of_session, "揽月大道一号桥").note is None
    for q in ("揽月大街12号", "揽月大街十二号", "揽月大街12-3号2单元501室", "如皋市揽月大街12号", "揽月大街 12"):
        found = ask(client_of_session, q)
        assert (found.items[0].id, found.note) == (str(road), "门牌未收录,以下是所在的路名或地名。"), q
    found = ask(client_of_session, "揽月大街8号院")
    assert ([item.id for item in found.items], found.note) == ([str(named)], None)


def test_turning_the_pages_of_an_address_stays_with_its_division(
    session: Session, client_of_session: TestClient
) -> None:
    here = {str(make_place(session, "揽月大街", class_label="街路巷", code="320682")) for _ in range(5)}
    make_place(session, "揽月大街", class_label="街路巷", code="320102")
    finish(session)
    found = list(pages(client_of_session, "如皋揽月大街3号", limit=2))
    assert len(found) == 5
    assert {item.id for item in found} == here


def test_names_of_other_characters_come_last_and_only_where_few_have_those_typed(
    session: Session, client_of_session: TestClient
) -> None:
    alike = make_place(session, "兰悦大街", class_label="街路巷", rank=99_000)
    own = [make_place(session, "揽月大街南段", class_label="街路巷", rank=1000) for _ in range(9)]
    finish(session)
    assert [item.id for item in ask(client_of_session, "揽月大街").items] == [*map(str, own), str(alike)]
    own.append(make_place(session, "揽月大街南段", class_label="街路巷", rank=1000))
    finish(session)
    assert [item.id for item in ask(client_of_session, "揽月大街").items] == [*map(str, own)]


def test_who_types_a_name_as_it_is_written_is_told_no_others_that_sound_like_it(
    session: Session, client_of_session: TestClient
) -> None:
    make_place(session, "兰悦大街", class_label="街路巷", rank=99_000)
    own = make_place(session, "揽月大街", class_label="街路巷", rank=1000)
    finish(session)
    assert [item.id for item in ask(client_of_session, "揽月大街").items] == [str(own)]


def test_the_lists_of_hot_codes_change_how_fast_an_answer_is_and_not_what_it_is(
    session: Session, client_of_session: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("市", "县", "城", "新", "n", "nan", "s", "山", "江", "区", "港", "镇", "州市", "安县")
    index.rebuild(session)
    before = {q: list(pages(client_of_session, q, limit=200)) for q in asked}
    monkeypatch.setattr(hot, "MANY_FORMS", 5)
    monkeypatch.setattr(hot, "LISTED", 4)
    index.rebuild(session)
    monkeypatch.setattr(found_forms, "FIRST_FORMS", 2)
    assert session.scalar(text("SELECT count(*) FROM placenames.search_hot")) > 100
    for q in asked:
        for limit in (3, 200):
            found = list(pages(client_of_session, q, limit=limit))
            assert [item.id for item in found] == [item.id for item in before[q]], q


def test_former_names_and_names_in_use_of_many_forms_are_all_told_whatever_their_ranks(
    session: Session, client_of_session: TestClient
) -> None:
    in_use = [
        make_place(session, f"揽月{number:02}街", names=(make_name(f"揽月{number:02}街"),), rank=70 + number)
        for number in range(22)
    ]
    renamed = []
    for number in range(8):
        place = make_place(session, f"揽月旧{number}街", rank=100 + number)
        rename(session, place, f"新街{number}", published=True, on=date(2020, 1, 1))
        renamed.append(place)
    finish(session)
    wanted = [str(place) for place in (*reversed(in_use), *reversed(renamed))]
    for limit in (7, 20, 200):
        assert [item.id for item in pages(client_of_session, "揽月", limit=limit)] == wanted, limit


def test_a_filter_that_leaves_few_of_many_forms_loses_none(session: Session, client_of_session: TestClient) -> None:
    inside = {98, 80, 78, 76}
    ids = {
        rank: make_place(session, f"揽月{rank}街", lon=120.5 if rank in inside else 118.0, rank=rank)
        for rank in range(75, 100)
    }
    behind = make_place(session, "大揽月街", lon=120.5, rank=99_000)
    finish(session)
    wanted = [str(ids[rank]) for rank in sorted(inside, reverse=True)] + [str(behind)]
    for limit in (2, 20):
        found = [item.id for item in pages(client_of_session, "揽月", limit=limit, bbox="120,32,121,33")]
        assert found == wanted, limit


def test_within_a_county_or_a_box_other_characters_are_found_too(
    session: Session, client_of_session: TestClient
) -> None:
    here, there = (
        make_place(session, "揽月石桥", lon=lon, code=code) for lon, code in ((120.5, RUGAO), (118.0, "320102"))
    )
    finish(session)
    for narrowing, wanted in (
        ({}, [here, there]),
        ({"division": RUGAO}, [here]),
        ({"bbox": "120.3,32.1,120.9,32.6"}, [here]),
        ({"bbox": "119,32,121,33", "division": "320600"}, [here]),
        ({"division": RUGAO, "bbox": "117.9,31,118.1,33"}, []),
        ({"division": RUGAO, "class": "县级行政区"}, []),
    ):
        for q, tier in (("览月石桥", "homophone"), ("揽月古桥", "fuzzy")):
            items = ask(client_of_session, q, **narrowing).items
            assert {(item.id, item.matched.tier) for item in items} == {(str(place), tier) for place in wanted}, (
                narrowing
            )


def test_capital_letters_beside_characters_stay_what_they_are(session: Session, client_of_session: TestClient) -> None:
    make_place(session, "创业园A座", class_label="楼宇")
    finish(session)
    for q, tier in (("创业园A座", "exact"), ("A座", "substring")):
        assert [(item.name, item.matched.tier) for item in ask(client_of_session, q).items] == [("创业园A座", tier)]


def test_an_address_whose_division_is_in_several_cities_finds_the_road_in_each(
    session: Session, client_of_session: TestClient
) -> None:
    """鼓楼区 is in Nanjing (320106) and in Xuzhou (320302)."""
    here = make_place(session, "揽月大街", class_label="街路巷", code="320302")
    finish(session)
    for narrowing in ({}, {"division": "320300"}):
        assert [item.id for item in ask(client_of_session, "鼓楼区揽月大街", **narrowing).items] == [str(here)]
    there = make_place(session, "揽月大街", class_label="街路巷", code="320106")
    finish(session)
    assert [item.id for item in ask(client_of_session, "南京鼓楼区揽月大街").items] == [str(there)]


def test_a_page_made_at_one_go_is_the_page_that_walking_the_tiers_makes(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with GOLD.open(encoding="utf-8", newline="") as lines:
        names = [row["name"] for row in csv.DictReader(lines)][::5]
    parts = dict.fromkeys(name[at : at + length] for name in names for at in (0, 1) for length in (1, 2, 9))
    keys = [key for name in names for key in search_keys(name)[:1]]
    spoken = dict.fromkeys(part for key in keys for part in (key.pinyin, key.initials, key.pinyin[:3], key.pinyin[:6]))
    asked = [(q, limit) for q in (*parts, *spoken) if q for limit in (3, 20)]

    def answers() -> list[str]:
        return [client.get("/api/search", params={"q": q, "limit": limit}).text for q, limit in asked]

    made: list[tuple[str | None, bool]] = []
    at_one_go = queries._at_one_go

    def kept(reader: Reader, question: Question) -> tuple[str | None, bool]:
        made.append(at_one_go(reader, question))
        return made[-1]

    monkeypatch.setattr(queries, "_at_one_go", kept)
    quick = answers()
    monkeypatch.setattr(queries, "_at_one_go", lambda reader, question: (None, False))
    assert quick == answers()
    assert 100 < sum(answer is not None for answer, _ in made) < len(asked)
    assert any(nothing for _, nothing in made)


def test_a_whole_name_that_no_other_holds_is_decided_by_the_small_statement(
    session: Session, client_of_session: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def noted(name: str) -> SqlFile:
        asked.append(name)
        return found_forms.statement(name)

    monkeypatch.setattr(queries, "statement", noted)
    place = make_place(session, "揽月独桥")
    finish(session)
    assert [item.id for item in ask(client_of_session, "揽月独桥").items] == [str(place)]
    assert asked == ["named"]
    longer = make_place(session, "揽月独桥村")
    finish(session)
    assert [item.id for item in ask(client_of_session, "揽月独桥").items] == [str(place), str(longer)]
    assert asked == ["named", "named", "strict"]


def test_a_town_that_outranks_a_county_of_its_name_does_not_hide_it_in_an_address(
    session: Session, client_of_session: TestClient
) -> None:
    for _ in range(19):
        make_place(session, "如皋", class_label="农村居民点", rank=95_000)
    road = make_place(session, "揽月大街")
    finish(session)
    assert [item.id for item in ask(client_of_session, "如皋揽月大街").items] == [str(road)]


def test_of_places_of_one_name_and_rank_those_of_the_own_bureau_come_first(
    session: Session, client_of_session: TestClient, bureau_of_rugao: None
) -> None:
    names = ("揽月大街", "揽月大街东段")
    abroad = [make_place(session, name, code="321283", rank=50) for name in names for _ in range(3)]
    own = [make_place(session, name, rank=50) for name in names for _ in range(3)]
    higher = make_place(session, names[0], code="320685", rank=60)
    finish(session)
    wanted = [higher, *own[:3], *abroad[:3], *own[3:], *abroad[3:]]
    asked = (
        {"q": names[0]},
        {"q": "lanyuedajie"},
        {"q": names[0], "as_of": "2026-01-01"},
        {"q": names[0], "class": "街路巷"},
    )
    for narrowing in asked:
        for limit in (1, 4, 20):
            found = [item.id for item in pages(client_of_session, limit=limit, **narrowing)]
            assert found == [str(place) for place in wanted], (narrowing, limit)


def test_a_bureau_of_the_whole_register_prefers_no_part_of_it(session: Session, client_of_session: TestClient) -> None:
    first, second = (make_place(session, "揽月大街", code=code, rank=50) for code in ("321283", RUGAO))
    finish(session)
    assert [item.id for item in pages(client_of_session, "揽月大街")] == [str(first), str(second)]


def test_a_page_made_at_one_go_loses_nothing_where_places_bear_a_name_twice(
    session: Session, client_of_session: TestClient
) -> None:
    # Twenty places of one sound, one of them by two names, fill the rows and not the page.
    alike = [
        make_place(session, "揽月路", names=(make_name("揽月路"), make_name("览月路", kind="alias"))[: 1 if at else 2])
        for at in range(20)
    ]
    longer = make_place(session, "揽月路口")
    renamed = make_place(session, "揽月路")
    rename(session, renamed, "新街", published=True, on=date(2020, 1, 1))
    # Thirty former places, three of which bore the name twice, and others of a form that comes after it.
    twice = []
    for at in range(30):
        place = make_place(session, "摘星路")
        for other, year in (("中间路", 2000), ("摘星路", 2005), ("末尾路", 2010))[0 if at < 3 else 2 :]:
            rename(session, place, f"{other}{at}" if other != "摘星路" else other, published=True, on=date(year, 1, 1))
        twice.append(place)
    after = []
    for at in range(10):
        after.append(make_place(session, "摘星街"))
        rename(session, after[-1], f"新街{at}号", published=True, on=date(2015, 1, 1))
    finish(session)
    everyone = {str(place) for place in (*alike, longer, renamed)}
    for limit in (20, 50):
        found = [item.id for item in pages(client_of_session, "lanyuelu", limit=limit)]
        assert (set(found), len(found)) == (everyone, len(everyone))
        found = [item.id for item in pages(client_of_session, "摘星", limit=limit)]
        assert (set(found), len(found)) == ({str(place) for place in (*twice, *after)}, 40)


def test_the_form_that_comes_right_below_a_list_is_found(
    session: Session, client_of_session: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = ["街路巷" if at % 3 else "桥梁" for at in range(40)]
    places = [
        make_place(session, f"揽月{chr(0x4E10 + at)}路", rank=1000 - at, class_label=kind)
        for at, kind in enumerate(kinds)
    ]
    monkeypatch.setattr(hot, "MANY_FORMS", 5)
    monkeypatch.setattr(hot, "LISTED", 4)
    index.rebuild(session)
    finish(session)
    assert session.scalar(text("SELECT count(*) FROM placenames.search_hot WHERE code = '^揽月'")) == 1
    for narrowing, wanted in (
        ({}, {"街路巷", "桥梁"}),
        ({"class": "街路巷"}, {"街路巷"}),
        ({"class": "桥梁"}, {"桥梁"}),
    ):
        found = [item.id for item in pages(client_of_session, "揽月", limit=7, **narrowing)]
        assert found == [str(place) for place, kind in zip(places, kinds, strict=True) if kind in wanted]
