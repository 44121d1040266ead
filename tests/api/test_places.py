"""One place over HTTP: its Feature, its names in time, what became of it, and what stays hidden."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from api import installation
from foundation.coordinates import grid
from foundation.dates import parse
from foundation.settings import settings
from placenames.register.schemas import PlaceFeature, PlaceProperties
from processes.edge import finish
from tests.makers import make_name, make_place
from tests.placenames.edits import rename, set_secrecy
from tests.placenames.test_search import ask


@pytest.fixture(autouse=True)
def _installation_is_read_anew() -> Iterator[None]:
    """What is known of the installation is forgotten: a reader of another test may have had the same address."""
    installation._known.clear()
    yield
    installation._known.clear()


def read(client: TestClient, place: object, **asked: str) -> PlaceFeature:
    """A place in the shape that the interface documents."""
    answer = client.get(f"/api/places/{place}", params=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/geo+json"
    return PlaceFeature.model_validate_json(answer.content, strict=True, extra="forbid")


def named(client: TestClient, name: str, **asked: str) -> PlaceProperties:
    """What is told of the place that a name finds first."""
    return read(client, ask(client, name).items[0].id, **asked).properties


def id_of(client: TestClient, name: str, **asked: str) -> str:
    """The id of the place that a name finds first."""
    return ask(client, name, **asked).items[0].id


def test_a_place_is_a_feature_with_its_names_in_time(client: TestClient) -> None:
    feature = read(client, id_of(client, "如皋市"))
    told = feature.properties
    assert feature.id == told.id
    assert (told.name, told.roman, told.status, told.kind) == ("如皋市", "Rúgāo Shì", "standard", "standard")
    assert told.class_ == {"code": "21400", "label": "县级行政区"}
    assert told.division == {"code": "320682", "path": ["江苏省", "南通市", "如皋市"]}
    assert told.own_division == {"code": "320682", "level": "county", "type": "县级市"}
    assert [(n.text, n.kind, n.status) for n in told.names] == [
        ("如皋市", "standard", "standard"),
        ("如皋县", "former", "historic"),
    ]
    assert told.names[0].valid_from == told.names[1].valid_to
    assert all(name.source for name in told.names)
    assert told.secrecy == "公开"


@pytest.mark.parametrize(
    ("lon", "lat", "zone", "east", "north"),
    [
        (120.86, 32.01, 40, 581256.628, 3543284.566),
        (117.18, 34.26, 39, 516578.436, 3792516.534),
        (121.66, 31.81, 41, 373113.596, 3521566.446),
    ],
)
def test_a_place_is_told_in_its_three_degree_zone_as_published_check_values_have_it(
    session: Session, client_of_session: TestClient, lon: float, lat: float, zone: int, east: float, north: float
) -> None:
    place = make_place(session, lon=lon, lat=lat)
    finish(session)
    told = read(client_of_session, place).properties.grid
    assert told is not None
    assert (told.zone, told.meridian) == (zone, 3 * zone)
    assert told.x == pytest.approx(north, abs=0.002)
    assert told.y == pytest.approx(zone * 1_000_000 + east, abs=0.002)


def test_the_metres_of_a_place_are_those_of_its_public_position_and_no_finer(
    session: Session, client_of_session: TestClient
) -> None:
    place = make_place(session, lon=120.560004321, lat=32.390004321)
    finish(session)
    told = read(client_of_session, place).properties
    assert (told.lon, told.lat) == (120.56, 32.39)
    assert told.grid == grid(120.56, 32.39)


def test_a_place_without_a_position_has_none_in_a_zone_either(session: Session, client_of_session: TestClient) -> None:
    place = make_place(session, lon=None, lat=None)
    finish(session)
    assert read(client_of_session, place).properties.grid is None


def test_the_geometry_of_a_division_is_its_area_and_lies_in_its_box(client: TestClient) -> None:
    feature = read(client, id_of(client, "如皋市"))
    assert feature.geometry
    assert feature.geometry["type"] == "MultiPolygon"
    assert "crs" not in feature.geometry
    assert feature.properties.bbox
    west, south, east, north = feature.properties.bbox
    for polygon in feature.geometry["coordinates"]:
        for ring in polygon:
            assert ring[0] == ring[-1]
            assert all(west - 1e-5 <= x <= east + 1e-5 and south - 1e-5 <= y <= north + 1e-5 for x, y in ring)


def test_every_place_of_a_hundred_has_the_documented_shape(client: TestClient, session: Session) -> None:
    ids = session.scalars(text("SELECT id FROM placenames.place ORDER BY md5(id::text) LIMIT 100")).all()
    public = set(session.scalars(text("SELECT place_id FROM published.search_place")))
    for place in ids:
        if place in public:
            assert read(client, place).id == str(place)
        else:
            assert client.get(f"/api/places/{place}").status_code == 404


def test_an_abolished_division_tells_what_it_became_and_since_when(client: TestClient) -> None:
    old = read(client, id_of(client, "平江区", as_of="2005")).properties
    assert (old.name, old.status) == ("平江区", "historic")
    (heir,) = old.becomes
    assert (heir.name, heir.relation, str(heir.date), heir.precision) == ("姑苏区", "merged", "2012-12-31", "year")
    new = read(client, heir.id).properties
    assert {kin.name for kin in new.came_from} == {"平江区", "沧浪区", "金阊区"}


def test_as_of_a_year_a_place_has_the_name_and_divisions_of_then(client: TestClient) -> None:
    then = named(client, "通州区", as_of="2005")
    assert (then.name, then.division) == ("通州市", {"code": "320683", "path": ["江苏省", "南通市", "通州市"]})
    assert named(client, "通州区", as_of="2005-12-31") == then
    assert named(client, "通州区").name == "通州区"


def test_as_of_a_year_search_and_place_tell_the_same_status(client: TestClient) -> None:
    (found,) = ask(client, "通州市", as_of="2005").items
    assert read(client, found.id, as_of="2005").properties.status == found.status


def test_a_division_that_came_later_is_told_for_no_day_before(client: TestClient) -> None:
    """宿城区 is of 1996; the imported settlement 宿迁市 lies in it today and has no beginning of its own."""
    settlement = next(item for item in ask(client, "宿迁市").items if item.status == "recorded")
    assert settlement.division.path == ["江苏省", "宿迁市", "宿城区"]
    found = next(item for item in ask(client, "宿迁市", as_of="1990").items if item.id == settlement.id)
    told = read(client, settlement.id, as_of="1990").properties
    assert told.division == {"code": found.division.code, "path": found.division.path} == {"code": None, "path": []}


def test_a_division_that_is_no_more_lies_where_it_did_at_its_end(client: TestClient) -> None:
    """宿迁市 ended in 1996 under 淮阴市, which is called 淮安市 since 2000 only."""
    then = next(item for item in ask(client, "宿迁市", as_of="1992").items if item.class_.label == "县级行政区")
    last = {"code": "320881", "path": ["江苏省", "淮阴市", "宿迁市"]}
    for narrowing in ({}, {"as_of": "1992"}, {"as_of": "1996-07-18"}, {"as_of": "1996-07-19"}, {"as_of": "2005"}):
        assert read(client, then.id, **narrowing).properties.division == last, narrowing
    assert read(client, then.id, as_of="1988").properties.division["path"] == ["江苏省", "宿迁市"]


def test_search_and_place_tell_the_same_divisions_of_every_past_day(client: TestClient) -> None:
    for year in ("1983", "1990", "1996", "2003", "2012"):
        for item in ask(client, "市", as_of=year, limit=40).items:
            told = read(client, item.id, as_of=year).properties
            assert told.division == {"code": item.division.code, "path": item.division.path}, (year, item.name)


def test_a_place_from_the_outside_list_says_its_source_and_datum(client: TestClient) -> None:
    told = read(client, id_of(client, "如城")).properties
    assert (told.status, told.kind, told.source, told.datum) == ("recorded", "map", "GeoNames", "WGS84")
    assert told.own_division is None
    assert told.approval is None
    assert told.division["path"] == ["江苏省", "南通市", "如皋市"]


@pytest.mark.parametrize(
    "written",
    [
        "999999999", "0", "-1", "1.5", "abc", "如皋市", "1e3", "٣", "²", "+1", " 1", "1 ", "0x1",
        "9223372036854775807", "9223372036854775808", "9" * 30, "9" * 5000, "%00", "1%00", "1'--",
    ],
)  # fmt: skip
@pytest.mark.parametrize("address", ["/api/places/", "/places/"])
def test_what_is_no_place_is_not_found(client: TestClient, address: str, written: str) -> None:
    answer = client.get(f"{address}{written}")
    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:diming:error:not-found"


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
def test_what_is_not_public_is_not_found_by_api_nor_page(
    session: Session, client_of_session: TestClient, secrecy: str, status: str, published: bool
) -> None:
    name = make_name("机密大街", status=status, published=published)
    place = make_place(session, names=(name,), secrecy=secrecy)
    finish(session)
    for address in (f"/api/places/{place}", f"/places/{place}", f"/api/places/{place}?as_of=2005"):
        answer = client_of_session.get(address)
        assert answer.status_code == 404
        assert "机密" not in answer.text


def test_restricting_a_place_closes_it_at_once(session: Session, client_of_session: TestClient) -> None:
    place = make_place(session)
    finish(session)
    assert client_of_session.get(f"/api/places/{place}").status_code == 200
    set_secrecy(session, place, "内部")
    finish(session)
    assert client_of_session.get(f"/api/places/{place}").status_code == 404


def test_an_unannounced_name_is_not_among_the_names(session: Session, client_of_session: TestClient) -> None:
    place = make_place(session, "公开大街")
    rename(session, place, "机密大街", published=False)
    finish(session)
    answer = client_of_session.get(f"/api/places/{place}")
    assert "机密大街" not in answer.text
    assert answer.json()["properties"]["name"] == "公开大街"
    assert "机密大街" not in client_of_session.get(f"/places/{place}").text


def test_a_restricted_kin_is_not_told(session: Session, client_of_session: TestClient) -> None:
    from datetime import date

    from placenames.register.actions import note_lineage

    old, new = make_place(session, "公开大街"), make_place(session, "机密大街", secrecy="内部")
    note_lineage(session, [(old, new, date(2020, 1, 1), "day", "merged", "")])
    finish(session)
    assert "机密大街" not in client_of_session.get(f"/api/places/{old}").text


def test_a_position_is_told_no_more_precisely_than_the_public_may_know(
    session: Session, client_of_session: TestClient
) -> None:
    place = make_place(session, lon=120.561234567, lat=32.391234567)
    finish(session)
    feature = read(client_of_session, place)
    assert feature.geometry == {"type": "Point", "coordinates": [120.56123, 32.39123]}
    assert (feature.properties.lon, feature.properties.lat) == (120.56123, 32.39123)


def test_a_place_without_position_has_no_geometry(session: Session, client_of_session: TestClient) -> None:
    place = make_place(session, lon=None, lat=None)
    finish(session)
    feature = read(client_of_session, place)
    assert (feature.geometry, feature.properties.lon, feature.properties.bbox) == (None, None, None)


def test_approval_is_told_with_its_document_where_there_is_one(client: TestClient, session: Session) -> None:
    row = session.execute(text(
        "SELECT place_id, instrument FROM placenames.place_name WHERE kind = 'standard' AND instrument <> '' LIMIT 1"
    )).one()  # fmt: skip
    approval = read(client, row.place_id).properties.approval
    assert approval
    assert approval["instrument"] == row.instrument


def boundary_of(client: TestClient) -> dict[str, Any]:
    """The geometry of 如皋市."""
    found = read(client, id_of(client, "如皋市")).geometry
    assert found
    return found


def test_without_approval_only_the_demonstration_gives_the_boundary(
    session: Session, client_of_session: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert boundary_of(client_of_session)["type"] == "MultiPolygon"
    session.execute(text("DELETE FROM foundation.policy WHERE name = 'dataset'"))
    installation._known.clear()
    assert boundary_of(client_of_session)["type"] == "Point"
    page = client_of_session.get(f"/places/{id_of(client_of_session, '如皋市')}").text
    assert "<path" not in page
    assert "演示数据" not in page
    monkeypatch.setenv("DIMING_MAP_APPROVAL", "苏S(2026)001号")
    settings.cache_clear()
    assert boundary_of(client_of_session)["type"] == "MultiPolygon"


def test_a_page_says_what_the_interface_says(client: TestClient) -> None:
    for name in ("如皋市", "通州区", "姑苏区", "如城"):
        place = id_of(client, name)
        told, page = read(client, place).properties, client.get(f"/places/{place}")
        assert page.headers["content-type"].startswith("text/html")
        for word in (told.name, told.roman, *(n.text for n in told.names), *(k.name for k in told.came_from)):
            assert word in page.text


def test_a_bad_day_is_refused(client: TestClient) -> None:
    answer = client.get("/api/places/1", params={"as_of": "1999-02-29"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == "as_of"


def test_the_name_of_a_later_day_is_told_from_that_day_on(session: Session, client_of_session: TestClient) -> None:
    place = make_place(session, names=(make_name("东大街", valid_from=parse("1990-05-01")),))
    rename(session, place, "西大街", on=parse("2020-05-01").effective)
    finish(session)
    assert read(client_of_session, place, as_of="2020-04-30").properties.name == "东大街"
    assert read(client_of_session, place, as_of="2020-05-01").properties.name == "西大街"


def test_a_place_is_not_there_before_it_came_up(client: TestClient) -> None:
    found = client.get("/api/search", params={"q": "姑苏区"}).json()["items"][0]
    before = client.get(f"/api/places/{found['id']}", params={"as_of": "1990"})
    assert before.status_code == 404
    assert "还没有出现" in before.json()["detail"]


def test_an_approval_is_told_no_more_exactly_than_it_is_known(client: TestClient) -> None:
    found = client.get("/api/search", params={"q": "海安市"}).json()["items"][0]
    approval = client.get(f"/api/places/{found['id']}").json()["properties"]["approval"]
    assert approval["precision"] == "year"
    page = client.get(f"/places/{found['id']}").text
    assert f"{approval['instrument']},2018年</dd>" in page


def test_a_ceded_part_is_not_called_what_the_place_is_today(client: TestClient) -> None:
    ended = client.get("/api/search", params={"q": "新浦区", "as_of": "2010"}).json()["items"][0]
    page = client.get(f"/places/{ended['id']}").text
    chip = page.split("chip-historic")[1].split("</span>")[0]
    assert "海州区" in chip
    assert "连云区" not in chip


def test_neighbours_of_a_past_day_are_told_by_the_names_they_had(client: TestClient) -> None:
    found = client.get("/api/search", params={"q": "连云港市"}).json()["items"][0]
    kin = client.get(f"/api/places/{found['id']}").json()["properties"]["came_from"]
    assert {"淮阴地区", "淮阴市"} <= {other["name"] for other in kin}
    assert not any(other["origin"] for other in kin), "it was a city before it took them in"


def test_a_code_that_began_in_1983_does_not_make_the_name_begin_then(client: TestClient) -> None:
    found = client.get("/api/search", params={"q": "玄武区"}).json()["items"][0]
    name = client.get(f"/api/places/{found['id']}").json()["properties"]["names"][0]
    assert (name["valid_from"], name["from_precision"]) == ("1983-12-31", "before")
