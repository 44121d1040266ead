"""Divisions over HTTP: what there is on a day, what became of a code, and its translation between days."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from boundaries.divisions.schemas import Change, Division, DivisionList, LineageList, Listed, Translated, Translation

TODAY = {"prefectures": 13, "counties": 95}


def children(client: TestClient, **asked: object) -> DivisionList:
    """One page of the divisions below one."""
    answer = client.get("/api/divisions", params={key: str(value) for key, value in asked.items()})
    assert answer.status_code == 200, answer.text
    return DivisionList.model_validate_json(answer.content, strict=True, extra="forbid")


def every(client: TestClient, **asked: object) -> Iterator[Listed]:
    """All children, page after page."""
    cursor = ""
    while True:
        page = children(client, cursor=cursor, **asked)
        yield from page.items
        if page.next is None:
            return
        cursor = page.next


def division(client: TestClient, code: str, **asked: str) -> Division:
    """One division on a day."""
    answer = client.get(f"/api/divisions/{code}", params=asked)
    assert answer.status_code == 200, answer.text
    return Division.model_validate_json(answer.content, strict=True, extra="forbid")


def refused(client: TestClient, address: str, status: int, **asked: str) -> dict[str, Any]:
    """The problem that an address answers."""
    answer = client.get(address, params=asked)
    assert answer.status_code == status, answer.text
    problem: dict[str, Any] = answer.json()
    return problem


def translated(client: TestClient, code: str, from_: str, to: str) -> list[tuple[str, str, str]]:
    """The results of a translation as (code, name, relation)."""
    answer = client.get("/api/divisions/translate", params={"code": code, "from": from_, "to": to})
    assert answer.status_code == 200, answer.text
    found = Translation.model_validate_json(answer.content, strict=True, extra="forbid")
    assert (found.code, found.from_, found.to) == (code, from_, to)
    return [(result.code, result.name, result.relation) for result in found.results]


def test_the_highest_division_is_the_province(client: TestClient) -> None:
    page = children(client)
    assert [(item.code, item.name, item.level) for item in page.items] == [("320000", "江苏省", "province")]
    assert page.next is None


def test_the_cities_and_counties_of_today_are_all_there(client: TestClient) -> None:
    cities = list(every(client, parent="320000"))
    assert len(cities) == TODAY["prefectures"]
    counties = [county for city in cities for county in every(client, parent=city.code)]
    assert len(counties) == TODAY["counties"]
    assert all(county.place for county in counties)
    assert "如皋市" in {county.name for county in counties}


@pytest.mark.parametrize(("parent", "as_of"), [("320000", ""), ("320100", ""), ("320500", "2005"), ("320000", "1982")])
@pytest.mark.parametrize("limit", [1, 3, 200])
def test_turning_pages_meets_every_child_once_by_code(client: TestClient, parent: str, as_of: str, limit: int) -> None:
    whole = children(client, parent=parent, as_of=as_of, limit=200)
    assert whole.next is None
    paged = list(every(client, parent=parent, as_of=as_of, limit=limit))
    assert paged == whole.items
    codes = [item.code for item in paged]
    assert codes == sorted(set(codes))


def test_a_last_page_that_is_full_has_no_next(client: TestClient) -> None:
    count = len(children(client, parent="320600", limit=200).items)
    page = children(client, parent="320600", limit=count)
    assert (len(page.items), page.next) == (count, None)


@pytest.mark.parametrize(
    ("as_of", "there", "gone"),
    [
        ("1982", {"322500": "南通地区", "320600": "南通市"}, {"321200"}),
        ("1990", {"320600": "南通市", "320800": "淮阴市"}, {"322500", "321200"}),
        ("2005", {"320800": "淮安市", "321200": "泰州市", "321300": "宿迁市"}, {"322500"}),
        ("", {"320800": "淮安市", "321300": "宿迁市"}, {"322500"}),
    ],
)
def test_the_children_are_those_of_the_day(
    client: TestClient, as_of: str, there: dict[str, str], gone: set[str]
) -> None:
    found = {item.code: item.name for item in every(client, parent="320000", as_of=as_of)}
    assert there.items() <= found.items()
    assert not gone & set(found)


def test_the_counties_of_a_city_are_those_of_the_day(client: TestClient) -> None:
    assert {i.name for i in every(client, parent="320500", as_of="2005")} >= {"平江区", "沧浪区", "金阊区", "吴江市"}
    assert {i.name for i in every(client, parent="320500")} >= {"姑苏区", "吴江区"}
    assert {i.code for i in every(client, parent="322500", as_of="1982")} >= {"322524"}


def test_a_year_alone_means_its_last_day(client: TestClient) -> None:
    assert division(client, "320612", as_of="2009").name == "通州区"
    assert division(client, "320612", as_of="2009") == division(client, "320612", as_of="2009-12-31")
    assert refused(client, "/api/divisions/320612", 404, as_of="2008")["status"] == 404
    assert refused(client, "/api/divisions/320612", 404, as_of="2009-03-30")["status"] == 404
    assert division(client, "320612", as_of="2009-03-31").name == "通州区"


def test_a_division_says_what_it_is(client: TestClient) -> None:
    found = division(client, "320682")
    assert (found.name, found.roman, found.level, found.type) == ("如皋市", "Rúgāo Shì", "county", "县级市")
    assert found.code_system == "GB/T 2260"
    assert found.path == ["江苏省", "南通市", "如皋市"]
    assert found.parent
    assert found.parent.code == "320600"
    assert found.valid_to is None
    assert found.source
    assert found.bbox
    west, south, east, north = found.bbox
    assert 120.2 < west < east < 121
    assert 32 < south < north < 32.6


def test_the_place_of_a_division_is_there_to_follow(client: TestClient) -> None:
    place = division(client, "320682").place
    assert client.get(f"/api/places/{place}").json()["properties"]["own_division"]["code"] == "320682"


@pytest.mark.parametrize(
    ("code", "as_of", "name", "path"),
    [
        ("320683", "2005", "通州市", ["江苏省", "南通市", "通州市"]),
        ("322524", "1982", "南通县", ["江苏省", "南通地区", "南通县"]),
        ("320503", "2005", "平江区", ["江苏省", "苏州市", "平江区"]),
        ("320800", "1990", "淮阴市", ["江苏省", "淮阴市"]),
        ("329001", "1988", "泰州市", ["江苏省", "泰州市"]),
    ],
)
def test_a_division_of_the_past_is_told_with_its_superiors_of_then(
    client: TestClient, code: str, as_of: str, name: str, path: list[str]
) -> None:
    found = division(client, code, as_of=as_of)
    assert (found.name, found.path) == (name, path)
    assert found.bbox is None or found.valid_to is None, "no boundary of the past is known"


@pytest.mark.parametrize("code", ["329999", "999999", "abc", "如皋市", "320682 ", "3206821", "%"])
@pytest.mark.parametrize("rest", ["", "/lineage"])
def test_a_code_that_was_never_in_use_is_not_found(client: TestClient, code: str, rest: str) -> None:
    problem = refused(client, f"/api/divisions/{code.replace('%', '%25')}{rest}", 404)
    assert "从未使用" in problem["detail"]
    assert "successors" not in problem


def test_a_code_no_longer_in_use_names_its_successors_and_their_dates(client: TestClient) -> None:
    problem = refused(client, "/api/divisions/320683", 404)
    (heir,) = problem["successors"]
    assert heir == {
        "code": "320612", "name": "通州区", "relation": "continued", "date": "2009-03-31", "precision": "month",
    }  # fmt: skip
    assert "通州区" in problem["detail"]
    assert [period["name"] for period in problem["periods"]] == ["通州市"]


def test_a_code_that_was_divided_names_every_successor(client: TestClient) -> None:
    heirs = refused(client, "/api/divisions/320702", 404, as_of="1990")["successors"]
    assert [(heir["name"], heir["relation"]) for heir in heirs] == [("新浦区", "split"), ("海州区", "split")]


def test_a_code_not_yet_in_use_says_from_when(client: TestClient) -> None:
    problem = refused(client, "/api/divisions/320508", 404, as_of="2005")
    assert "尚未启用" in problem["detail"]
    assert problem["periods"][0]["valid_from"] == "2012-12-31"
    assert problem["successors"] == []


def test_children_of_a_code_not_in_use_name_its_successors(client: TestClient) -> None:
    problem = refused(client, "/api/divisions", 404, parent="322500")
    assert {heir["code"] for heir in problem["successors"]} == {"320600"}
    assert "从未使用" in refused(client, "/api/divisions", 404, parent="999999")["detail"]


def lineage(client: TestClient, code: str) -> list[Change]:
    """Every change in the line of a code."""
    answer = client.get(f"/api/divisions/{code}/lineage")
    assert answer.status_code == 200, answer.text
    found = LineageList.model_validate_json(answer.content, strict=True, extra="forbid")
    assert (found.code, found.next) == (code, None)
    return found.items


def told(changes: list[Change]) -> set[tuple[str, str, str, str, str]]:
    """The strands of changes as (date, code before, name before, relation, code after)."""
    return {(str(c.date), s.from_.code, s.from_.name, s.relation, s.to.code) for c in changes for s in c.strands}


def test_the_lineage_tells_every_change_in_order(client: TestClient) -> None:
    changes = lineage(client, "320612")
    assert told(changes) == {
        ("1983-01-18", "322524", "南通县", "continued", "320624"),
        ("1993-02-28", "320624", "南通县", "continued", "320683"),
        ("2009-03-31", "320683", "通州市", "continued", "320612"),
    }
    assert [change.date for change in changes] == sorted(change.date for change in changes)
    assert [change.precision for change in changes] == ["day", "month", "month"]
    assert all(change.kind and change.source for change in changes)


def test_the_lineage_of_an_old_code_tells_the_same_line(client: TestClient) -> None:
    assert told(lineage(client, "320683")) == told(lineage(client, "320612"))


def test_the_lineage_tells_mergers_and_cessions(client: TestClient) -> None:
    assert {
        ("2012-12-31", "320502", "沧浪区", "merged", "320508"),
        ("2012-12-31", "320503", "平江区", "merged", "320508"),
        ("2012-12-31", "320504", "金阊区", "merged", "320508"),
    } <= told(lineage(client, "320508"))
    assert ("2005-12-31", "320723", "灌云县", "part", "320705") in told(lineage(client, "320723"))


@pytest.mark.parametrize(
    ("code", "from_", "to", "results"),
    [
        ("320683", "2005", "2020", [("320612", "通州区", "continued")]),
        ("320612", "2020", "2005", [("320683", "通州市", "continued")]),
        ("320612", "2020", "1982", [("322524", "南通县", "continued")]),
        ("320682", "2005", "2005", [("320682", "如皋市", "same")]),
        ("320682", "2000", "2020", [("320682", "如皋市", "same")]),
        ("320503", "2005", "2015", [("320508", "姑苏区", "merged")]),
        (
            "320508", "2015", "2005",
            [("320502", "沧浪区", "merged"), ("320503", "平江区", "merged"), ("320504", "金阊区", "merged")],
        ),
        ("320702", "1985", "1990", [("320705", "新浦区", "split"), ("320706", "海州区", "split")]),
        ("320705", "1990", "1985", [("320702", "新海区", "split")]),
        ("321204", "2018", "2019", [("321204", "姜堰区", "same"), ("321202", "海陵区", "part")]),
        ("321202", "2019", "2018", [("321202", "海陵区", "same"), ("321204", "姜堰区", "part")]),
        ("329001", "1988", "1992", [("321082", "泰州市", "continued")]),
        ("321020", "1985", "1988", [("329001", "泰州市", "continued")]),
        ("329002", "1986", "1985", [("321029", "仪征县", "continued")]),
        ("320683", "2009-03-30", "2009-03-31", [("320612", "通州区", "continued")]),
        ("320612", "2009-03-31", "2009-03-30", [("320683", "通州市", "continued")]),
    ],
)  # fmt: skip
def test_a_code_of_one_day_is_told_as_it_is_on_another(
    client: TestClient, code: str, from_: str, to: str, results: list[tuple[str, str, str]]
) -> None:
    assert translated(client, code, from_, to) == results


def test_a_translation_to_before_anything_is_recorded_is_empty(client: TestClient) -> None:
    assert translated(client, "320682", "2005", "1950") == []


def test_translating_a_code_not_in_use_that_day_names_its_successors(client: TestClient) -> None:
    problem = refused(client, "/api/divisions/translate", 404, code="320683", **{"from": "2015", "to": "2020"})
    assert problem["successors"][0]["code"] == "320612"
    assert "从未使用" in refused(
        client, "/api/divisions/translate", 404, code="999999", **{"from": "2015", "to": "2020"}
    )["detail"]  # fmt: skip


@pytest.mark.parametrize(
    ("address", "asked", "loc"),
    [
        ("/api/divisions", {"limit": "0"}, "limit"),
        ("/api/divisions", {"limit": "201"}, "limit"),
        ("/api/divisions", {"as_of": "2005-2-30"}, "as_of"),
        ("/api/divisions/320682", {"as_of": "x"}, "as_of"),
        ("/api/divisions/translate", {"from": "2005", "to": "2010"}, "code"),
        ("/api/divisions/translate", {"code": "320682", "to": "2010"}, "from"),
        ("/api/divisions/translate", {"code": "320682", "from": "2005"}, "to"),
        ("/api/divisions/translate", {"code": "320682", "from": "", "to": "2010"}, "from"),
        ("/api/divisions/translate", {"code": "320682", "from": "2005", "to": "bald"}, "to"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_remedy(
    client: TestClient, address: str, asked: dict[str, str], loc: str
) -> None:
    (fault,) = refused(client, address, 422, **asked)["errors"]
    assert fault["loc"] == loc
    assert fault["remedy"]


@pytest.mark.parametrize(
    "address",
    [
        "/api/divisions/%00",
        "/api/divisions/%00/lineage",
        "/api/divisions?parent=%00",
        "/api/divisions?cursor=%00",
        "/api/divisions/translate?code=%00&from=2005&to=2010",
        "/api/search?q=a&division=%00",
        "/api/search?q=a&class=%00",
    ],
)
def test_a_nul_is_no_reason_to_break(client: TestClient, address: str) -> None:
    assert client.get(address).status_code in {200, 404, 422}


def test_the_least_direct_step_names_the_relation(client: TestClient) -> None:
    found = {code: relation for code, _, relation in translated(client, "320611", "2000", "2024")}
    assert found["320613"] == "merged"
    assert Translated.model_fields["relation"].annotation is not None
