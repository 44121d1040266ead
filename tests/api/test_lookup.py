"""What is here: the divisions that contain a point, the places near it, and how a wrong point is told."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from fastapi.testclient import TestClient
from pyproj import Geod
from sqlalchemy import text
from sqlalchemy.orm import Session

from foundation.coordinates import grid
from placenames.search.schemas import LookupAnswer
from processes.edge import finish
from tests.makers import make_name, make_place

ELLIPSOID = Geod(ellps="GRS80")
LEVELS = ["province", "prefecture", "county", "township"]


def look(client: TestClient, lon: float, lat: float, **asked: str) -> LookupAnswer:
    """The answer for a point, in the shape that the interface documents."""
    answer = client.get("/api/lookup", params={"lon": lon, "lat": lat, **asked})
    assert answer.status_code == 200, answer.text
    return LookupAnswer.model_validate_json(answer.content, strict=True, extra="forbid")


@pytest.mark.parametrize(
    ("lon", "lat", "names"),
    [
        (120.56, 32.39, ["江苏省", "南通市", "如皋市"]),
        (120.62, 31.31, ["江苏省", "苏州市", "姑苏区"]),
        (118.79, 32.06, ["江苏省", "南京市", "玄武区"]),
    ],
)
def test_a_point_lies_in_its_divisions_from_the_province_down(
    client: TestClient, lon: float, lat: float, names: list[str]
) -> None:
    found = look(client, lon, lat)
    assert [division.name for division in found.divisions] == names
    assert [division.level for division in found.divisions] == LEVELS[:3]
    assert (found.candidates, found.boundary) == (None, None)
    assert (found.lon, found.lat) == (lon, lat)


def test_the_nearest_places_are_told_with_metres_on_the_ellipsoid(client: TestClient, session: Session) -> None:
    places = session.execute(text(
        "SELECT place_id, ST_X(point) AS lon, ST_Y(point) AS lat FROM published.search_place"
        " WHERE own_division_id IS NULL AND point IS NOT NULL"
    )).all()  # fmt: skip
    random = Random(7)
    for _ in range(12):
        lon, lat = random.uniform(117.5, 121), random.uniform(31.2, 34.8)
        found = look(client, lon, lat).places
        assert len(found) == 10
        for near in found:
            metres = ELLIPSOID.inv(lon, lat, near.lon, near.lat)[2]
            assert near.metres == pytest.approx(metres, rel=0.005, abs=1)
        assert all(one.metres <= other.metres for one, other in pairwise(found))
        true = sorted(places, key=lambda row: ELLIPSOID.inv(lon, lat, row.lon, row.lat)[2])[:10]
        assert {near.id for near in found} == {str(row.place_id) for row in true}


@pytest.mark.parametrize(("lon", "zone"), [(120.86, 40), (118.49999, 39), (118.5, 40), (121.66, 41)])
def test_a_point_is_told_in_its_three_degree_zone(client: TestClient, lon: float, zone: int) -> None:
    told = look(client, lon, 32.01).grid
    assert told is not None
    assert (told.zone, told.meridian) == (zone, 3 * zone)
    assert told == grid(lon, 32.01)


def test_where_china_has_no_zone_a_point_is_told_without(client: TestClient) -> None:
    assert look(client, 73.2, 39.5).grid is None


def test_divisions_are_not_among_the_nearest_places(client: TestClient) -> None:
    (town, *_) = look(client, 120.55528, 32.38833).places
    assert (town.name, town.metres, town.status) == ("如城", 0, "recorded")
    assert all(not near.class_.label.endswith("行政区") for near in look(client, 120.56, 32.39).places)


def test_what_is_not_public_is_not_near(session: Session, client_of_session: TestClient) -> None:
    hidden = [
        make_place(session, "机密大街", secrecy="内部"),
        make_place(session, "机密大街", published=False),
        make_place(session, names=(make_name("机密大街", status="planned"),)),
    ]
    shown = make_place(session, "公开大街")
    finish(session)
    found = {near.id for near in look(client_of_session, 120.56, 32.39).places}
    assert str(shown) in found
    assert not {str(place) for place in hidden} & found


def test_on_a_shared_edge_every_level_answers_once(client: TestClient, session: Session) -> None:
    vertices = session.execute(
        text("""
        WITH county AS (SELECT code, geom FROM boundaries.division_version WHERE valid_to IS NULL AND level = 'county'),
        point AS (SELECT code, (ST_DumpPoints(geom)).geom AS at FROM county
                  WHERE code IN ('320682', '320508', '320102'))
        SELECT ST_X(at) AS lon, ST_Y(at) AS lat, min(other.code) AS first, count(DISTINCT other.code) AS sides
        FROM point JOIN county other ON ST_Covers(other.geom, at) GROUP BY at
        HAVING count(DISTINCT other.code) > 1 ORDER BY count(DISTINCT other.code) DESC LIMIT 40
    """)
    ).all()
    assert len(vertices) == 40
    assert vertices[0].sides >= 3
    for vertex in vertices:
        found = look(client, vertex.lon, vertex.lat).divisions
        assert [division.level for division in found] == LEVELS[:3]
        assert found[-1].code == vertex.first
        assert found[1].code[:4] == found[2].code[:4], "the levels belong together"


def test_on_an_earlier_day_a_division_is_told_as_what_it_was(client: TestClient) -> None:
    found = look(client, 120.56, 32.39, as_of="1985")
    assert [(d.code, d.name) for d in found.divisions][1:] == [("320600", "南通市"), ("320622", "如皋县")]
    assert (found.candidates, found.boundary) == ([], "today")


def test_on_a_day_before_a_merger_the_divisions_of_then_are_candidates(client: TestClient) -> None:
    found = look(client, 120.62, 31.31, as_of="2005")
    assert [division.name for division in found.divisions] == ["江苏省", "苏州市"]
    assert found.candidates is not None
    assert {division.name for division in found.candidates} == {"平江区", "沧浪区", "金阊区"}
    assert found.boundary == "today"


def test_a_district_that_took_another_in_is_not_told_as_certain_for_before(client: TestClient) -> None:
    found = look(client, 118.795, 32.02, as_of="2010")
    assert [division.name for division in found.divisions] == ["江苏省", "南京市"]
    assert {"秦淮区", "白下区"} <= {division.name for division in found.candidates or []}


def test_land_that_came_from_several_neighbours_has_them_all_as_candidates(client: TestClient) -> None:
    found = look(client, 120.37, 31.52, as_of="2014")
    assert {"锡山区", "滨湖区"} <= {division.name for division in found.candidates or []}


def test_as_of_today_the_present_is_told(client: TestClient) -> None:
    assert look(client, 120.62, 31.31, as_of="2099") == look(client, 120.62, 31.31)


def test_a_place_that_came_up_later_is_not_near_on_an_earlier_day(
    session: Session, client_of_session: TestClient
) -> None:
    from foundation.dates import parse

    place = make_place(session, names=(make_name("东大街", valid_from=parse("2020-05-01")),))
    finish(session)
    assert str(place) in {near.id for near in look(client_of_session, 120.56, 32.39, as_of="2020-05-01").places}
    assert str(place) not in {near.id for near in look(client_of_session, 120.56, 32.39, as_of="2020-04-30").places}


def test_a_point_in_china_outside_jiangsu_lies_in_no_division(client: TestClient) -> None:
    assert look(client, 116.4, 39.9).divisions == []
    assert look(client, 123.5, 32.0).divisions == []


def test_swapped_axes_are_told_with_the_right_order(client: TestClient) -> None:
    answer = client.get("/api/lookup", params={"lon": 32.39, "lat": 120.56})
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert fault == {"loc": "lon", "msg": "经度和纬度写反了", "remedy": "请改为 lon=120.56&lat=32.39"}


@pytest.mark.parametrize(
    ("lon", "lat"),
    [("0", "0"), ("-120", "32"), ("200", "32"), ("120", "90"), ("nan", "32"), ("inf", "32"), ("1e400", "3")],
)
def test_a_point_outside_china_is_refused(client: TestClient, lon: str, lat: str) -> None:
    answer = client.get("/api/lookup", params={"lon": lon, "lat": lat})
    assert answer.status_code == 422
    assert "我国范围" in answer.json()["errors"][0]["msg"]


@pytest.mark.parametrize(
    ("asked", "locs"),
    [
        ({}, {"lon", "lat"}),
        ({"lon": "120.5"}, {"lat"}),
        ({"lon": "x", "lat": "32"}, {"lon"}),
        ({"lon": "120.5", "lat": "32", "as_of": "bald"}, {"as_of"}),
    ],
)
def test_a_point_that_cannot_be_read_is_refused(client: TestClient, asked: dict[str, str], locs: set[str]) -> None:
    answer = client.get("/api/lookup", params=asked)
    assert answer.status_code == 422
    assert {fault["loc"] for fault in answer.json()["errors"]} == locs
    assert all(fault["msg"] and fault["remedy"] for fault in answer.json()["errors"])
