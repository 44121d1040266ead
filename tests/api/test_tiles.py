"""Tiles and labels of the map: what they carry, what they never carry, and how they are cached."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from pyproj import Transformer
from sqlalchemy import text
from sqlalchemy.orm import Session

from api import installation
from foundation.dates import parse
from foundation.settings import settings
from processes.edge import finish
from tests.api.mvt import Layer, decode
from tests.makers import make_name, make_place

RUGAO = (120.56, 32.39)
EDGE = 20037508.342789244
TO_MERCATOR = Transformer.from_crs(4490, 3857, always_xy=True)
ON_AREAS = {"id", "place", "code", "name", "level", "tint"}
ON_LINES = {"level"}
LINE, AREA = 2, 3
ON_PLACES = {"id", "name", "rank", "class", "status"}


@pytest.fixture(autouse=True)
def _installation_is_read_anew() -> Iterator[None]:
    """What is known of the installation is forgotten: a reader of another test may have had the same address."""
    installation._known.clear()
    yield
    installation._known.clear()


def tile_of(zoom: int, lon: float = RUGAO[0], lat: float = RUGAO[1]) -> str:
    """The address of the tile that holds a position."""
    x, y = TO_MERCATOR.transform(lon, lat)
    size = 2 * EDGE / 2**zoom
    return f"/tiles/map/{zoom}/{int((x + EDGE) // size)}/{int((EDGE - y) // size)}.mvt"


def layers(answer: Response) -> dict[str, Layer]:
    """The layers of an answer, none where it is empty."""
    assert answer.status_code in {200, 204}, answer.text
    return decode(answer.content)


def ids(answer: Response, layer: str = "places") -> set[str]:
    """The ids in a layer."""
    found = layers(answer).get(layer)
    return {str(feature.properties["id"]) for feature in found.features} if found else set()


def test_a_tile_holds_divisions_and_places_and_says_so(client: TestClient) -> None:
    answer = client.get(tile_of(9))
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    found = layers(answer)
    assert set(found) == {"divisions", "places"}
    assert {layer.version for layer in found.values()} == {2}
    assert {layer.extent for layer in found.values()} == {4096}
    assert {feature.kind for feature in found["divisions"].features} == {LINE, AREA}
    for feature in found["divisions"].features:
        assert set(feature.properties) == (ON_AREAS if feature.kind == AREA else ON_LINES)
    assert all(set(feature.properties) == ON_PLACES for feature in found["places"].features)
    assert {feature.kind for feature in found["places"].features} == {1}


JIANGSU = (119.4, 33.0)


def drawn(answer: Response, kind: int) -> list[dict[str, object]]:
    """What stands on the areas (or lines) of the divisions in a tile."""
    found = layers(answer).get("divisions")
    return [dict(feature.properties) for feature in found.features if feature.kind == kind] if found else []


@pytest.mark.parametrize(
    ("zoom", "coloured", "lined"),
    [
        (4, "province", {"province"}),
        (5, "prefecture", {"province", "prefecture"}),
        (6, "prefecture", {"province", "prefecture"}),
        (7, "prefecture", {"province", "prefecture", "county"}),
        (8, "prefecture", {"prefecture", "county"}),
        (9, "county", {"prefecture", "county"}),
    ],
)
def test_lower_levels_appear_as_one_comes_nearer(client: TestClient, zoom: int, coloured: str, lined: set[str]) -> None:
    answer = client.get(tile_of(zoom, *JIANGSU))
    assert {area["level"] for area in drawn(answer, AREA)} == {coloured}
    borders = [line["level"] for line in drawn(answer, LINE)]
    assert set(borders) - {"province"} == lined - {"province"}
    assert len(borders) == len(set(borders)), "all borders of a level are one feature"


@pytest.mark.parametrize("zoom", [9, 11, 13, 16, 22])
def test_close_to_every_spot_is_coloured_by_its_county(client: TestClient, zoom: int) -> None:
    assert {"320682"} <= {area["code"] for area in drawn(client.get(tile_of(zoom)), AREA)}
    if zoom > 13:
        (only,) = drawn(client.get(tile_of(zoom)), AREA)
        assert (only["code"], only["name"], only["level"]) == ("320682", "如皋市", "county")


def test_every_unit_is_one_area_in_a_tile(client: TestClient) -> None:
    for zoom in (4, 6, 8, 10, 12):
        codes = [area["code"] for area in drawn(client.get(tile_of(zoom)), AREA)]
        assert codes
        assert len(codes) == len(set(codes))


def test_the_whole_of_jiangsu_is_in_the_tiles(client: TestClient) -> None:
    for zoom, count in ((4, 1), (7, 13), (9, 95)):
        wider = 9 - zoom
        tiles = product(range(421 >> wider, (430 >> wider) + 1), range(201 >> wider, (211 >> wider) + 1))
        codes = {
            area["code"] for x, y in tiles for area in drawn(client.get(f"/tiles/map/{zoom}/{x}/{y}.mvt"), AREA)
        }  # fmt: skip
        assert len(codes) == count


def test_every_place_that_is_a_point_is_drawn_in_the_deepest_zooms(client: TestClient, session: Session) -> None:
    rows = session.execute(text(
        "SELECT place_id, ST_X(point) AS lon, ST_Y(point) AS lat FROM published.search_place"
        " WHERE place_id IN (SELECT place_id FROM published.map_point) ORDER BY place_id % 97 LIMIT 25"
    )).all()  # fmt: skip
    assert len(rows) == 25
    for row, zoom in product(rows, (14, 17, 18, 20, 22)):
        assert str(row.place_id) in ids(client.get(tile_of(zoom, row.lon, row.lat))), (row, zoom)


@pytest.mark.parametrize("zoom", [0, 5, 8, 10, 12, 14, 18, 20, 22])
def test_the_points_of_a_tile_lie_on_it(client: TestClient, zoom: int) -> None:
    found = layers(client.get(tile_of(zoom, 120.55528, 32.38833))).get("places")
    assert found
    assert all(-64 <= value <= 4096 + 64 for feature in found.features for v in feature.vertices for value in v)


@pytest.mark.parametrize("zoom", [5, 6, 8, 10])
def test_a_tile_is_thinned_to_one_point_a_cell(client: TestClient, zoom: int) -> None:
    points = layers(client.get(tile_of(zoom)))["places"].features
    found = [feature for feature in points if all(0 <= value < 4096 for value in feature.vertices[0])]
    cells = [(feature.vertices[0][0] // 256, feature.vertices[0][1] // 256) for feature in found]
    assert 0 < len(cells) <= 256
    assert len(set(cells)) >= 0.95 * len(cells), "a point on the edge of a cell may round over it"


def test_a_tile_where_nothing_is_has_no_content(client: TestClient) -> None:
    answer = client.get("/tiles/map/10/0/0.mvt")
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["cache-control"] == "no-cache"


def test_a_tile_that_did_not_change_is_not_sent_again(client: TestClient) -> None:
    first = client.get(tile_of(8))
    assert first.headers["cache-control"] == "no-cache"
    tag = first.headers["etag"]
    for given in (tag, f"W/{tag}", f'"other", {tag}'):
        again = client.get(tile_of(8), headers={"If-None-Match": given})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    other = client.get(tile_of(8), headers={"If-None-Match": '"other"'})
    assert (other.status_code, other.content) == (200, first.content)


@pytest.mark.parametrize("zoom", [0, 4, 6, 9, 11, 13, 15])
def test_the_same_tile_is_the_same_bytes(client: TestClient, zoom: int) -> None:
    answers = [client.get(tile_of(zoom)) for _ in range(4)]
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["etag"] for answer in answers}) == 1


def test_another_tile_has_another_tag(client: TestClient) -> None:
    assert client.get(tile_of(8)).headers["etag"] != client.get(tile_of(9)).headers["etag"]


@pytest.mark.parametrize(
    "address",
    [
        "99/0/0", "23/0/0", "3/8/0", "3/0/8", "0/1/0", "-1/0/0", "3/-1/0", "3/0/-1", "a/0/0", "3/b/0", "3/0/c",
        "3/1e9/0", "1e9/0/0", "3/1000000000/0", "8/1.5/3", "3/+1/0", "3/ 1/0", "٣/0/0", "3//0",
        "3/99999999999999999999/0", "%00/0/0",
    ],
)  # fmt: skip
def test_a_tile_outside_the_grid_is_not_found(client: TestClient, address: str) -> None:
    answer = client.get(f"/tiles/map/{address}.mvt")
    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:diming:error:not-found"


def test_a_day_that_cannot_be_read_is_refused(client: TestClient) -> None:
    answer = client.get(tile_of(8), params={"as_of": "gestern"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == "as_of"


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
def test_what_is_not_public_is_in_no_layer_of_no_tile(
    session: Session, client_of_session: TestClient, secrecy: str, status: str, published: bool
) -> None:
    name = make_name("机密大街", status=status, published=published)
    hidden = make_place(session, names=(name,), secrecy=secrecy, rank=99_999)
    shown = make_place(session, "公开大街", rank=99_998)
    finish(session)
    for zoom in (0, 4, 7, 9, 12, 14, 16, 20):
        answer = client_of_session.get(tile_of(zoom))
        assert str(shown) in ids(answer), "what stands below it is shown in its stead"
        assert str(hidden) not in ids(answer)
        assert "机密大街".encode() not in answer.content
    labels = client_of_session.get("/api/map/labels", params={"bbox": "120.5,32.3,120.6,32.4", "zoom": 16}).json()
    assert str(shown) in {item["id"] for item in labels["items"]}
    assert "机密大街" not in {item["name"] for item in labels["items"]}


def test_an_unannounced_name_of_a_public_place_is_not_drawn(session: Session, client_of_session: TestClient) -> None:
    names = (make_name("公开大街", kind="alias"), make_name("机密大街", published=False))
    place = make_place(session, names=names, rank=99_999)
    finish(session)
    found = layers(client_of_session.get(tile_of(10)))["places"].features
    assert [f.properties["name"] for f in found if f.properties["id"] == str(place)] == ["公开大街"]


def test_a_place_is_drawn_from_the_day_of_its_name_on(session: Session, client_of_session: TestClient) -> None:
    place = make_place(session, names=(make_name("东大街", valid_from=parse("2020-05-01")),), rank=99_999)
    finish(session)
    assert str(place) not in ids(client_of_session.get(tile_of(12), params={"as_of": "2020-04-30"}))
    assert str(place) in ids(client_of_session.get(tile_of(12), params={"as_of": "2020-05-01"}))
    assert str(place) in ids(client_of_session.get(tile_of(12), params={"as_of": "2020"}))


def test_a_division_is_drawn_from_the_day_it_came_up(client: TestClient) -> None:
    def codes(**asked: str) -> set[object]:
        return {area.get("code") for area in drawn(client.get(tile_of(10, 120.60091, 31.31279), params=asked), AREA)}

    assert "320508" in codes()
    assert "320508" not in codes(as_of="2005")


def test_a_past_day_is_drawn_with_the_names_of_then_on_the_lines_of_today(client: TestClient) -> None:
    found = drawn(client.get(tile_of(10, 121.0585, 32.1105), params={"as_of": "2005"}), AREA)
    assert "通州市" in {area.get("name") for area in found}
    assert "通州区" not in {area.get("name") for area in found}


@pytest.mark.parametrize("zoom", [7, 10, 14])
def test_the_area_of_a_unit_that_came_later_is_coloured_and_says_nothing(client: TestClient, zoom: int) -> None:
    """In 1990 there was neither the prefecture of 宿迁 nor 宿城区; the area was no hole in Jiangsu."""

    def areas(**asked: str) -> list[dict[str, object]]:
        return drawn(client.get(tile_of(zoom, 118.28, 33.95), params=asked), AREA)

    today, then = areas(), areas(as_of="1990")
    unnamed = [area for area in then if "id" not in area]
    assert unnamed
    assert all(set(area) == {"level", "tint"} for area in unnamed)
    assert sorted(str(area["tint"]) for area in then) == sorted(str(area["tint"]) for area in today)
    assert {area["id"] for area in then if "id" in area} < {area["id"] for area in today}


def test_before_history_nothing_is_drawn_but_what_has_no_beginning(client: TestClient) -> None:
    for zoom in (0, 5, 8, 11, 14, 19):
        answer = client.get(tile_of(zoom), params={"as_of": "0001"})
        assert answer.status_code in {200, 204}
        assert "divisions" not in layers(answer)


def test_a_border_stays_while_one_of_its_sides_is_in_use(client: TestClient, session: Session) -> None:
    answer = client.get(tile_of(10, 120.60091, 31.31279), params={"as_of": "2005"})
    assert {"county"} <= {line["level"] for line in drawn(answer, LINE)}


def test_a_division_whose_place_is_not_public_is_drawn_but_leads_to_no_card(
    session: Session, client_of_session: TestClient
) -> None:
    session.execute(text(
        "UPDATE placenames.place SET secrecy = '内部' WHERE own_division_id ="
        " (SELECT division_id FROM boundaries.division_version WHERE code = '320682' AND valid_to IS NULL)"
    ))  # fmt: skip
    (found,) = (a for a in drawn(client_of_session.get(tile_of(12)), AREA) if a["code"] == "320682")
    assert set(found) == ON_AREAS - {"place"}


@pytest.mark.parametrize("zoom", range(13))
def test_what_is_drawn_at_a_zoom_is_drawn_at_the_next_one_too(client: TestClient, zoom: int) -> None:
    x, y = (int(part) for part in tile_of(zoom).removesuffix(".mvt").split("/")[-2:])
    here = layers(client.get(f"/tiles/map/{zoom}/{x}/{y}.mvt"))["places"].features
    inside = {str(f.properties["id"]) for f in here if all(0 < value < 4096 for value in f.vertices[0])}
    quarters = product((2 * x, 2 * x + 1), (2 * y, 2 * y + 1))
    below = {id_ for column, row in quarters for id_ in ids(client.get(f"/tiles/map/{zoom + 1}/{column}/{row}.mvt"))}
    assert inside
    assert inside <= below


@pytest.mark.parametrize("zoom", [9, 11, 14, 16, 17])
def test_a_dot_reaches_over_the_edge_of_its_tile(session: Session, client_of_session: TestClient, zoom: int) -> None:
    address = tile_of(zoom)
    x, y = (int(part) for part in address.removesuffix(".mvt").split("/")[-2:])
    size = 2 * EDGE / 2**zoom
    # Just right of the left edge, a fortieth of a tile below the upper one.
    lon, lat = TO_MERCATOR.transform(x * size - EDGE + size / 100, EDGE - y * size - size / 40, direction="INVERSE")
    place = str(make_place(session, "界上街", lon=lon, lat=lat, rank=99_999))
    finish(session)
    assert place in ids(client_of_session.get(address))
    assert place in ids(client_of_session.get(f"/tiles/map/{zoom}/{x - 1}/{y}.mvt"))
    assert place not in ids(client_of_session.get(f"/tiles/map/{zoom}/{x + 1}/{y}.mvt"))


@pytest.mark.parametrize("zoom", [0, 1, 3, 8, 9, 14, 18, 22])
def test_the_corners_of_the_world_have_tiles_without_content(client: TestClient, zoom: int) -> None:
    last = 2**zoom - 1
    for x, y in {(0, 0), (0, last), (last, 0), (last, last)}:
        assert client.get(f"/tiles/map/{zoom}/{x}/{y}.mvt").status_code in {200, 204}


def test_without_approval_only_the_demonstration_draws_boundaries(
    session: Session, client_of_session: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.execute(text("DELETE FROM foundation.policy WHERE name = 'dataset'"))
    assert set(layers(client_of_session.get(tile_of(9)))) == {"places"}
    monkeypatch.setenv("DIMING_MAP_APPROVAL", "苏S(2026)001号")
    settings.cache_clear()
    assert set(layers(client_of_session.get(tile_of(9)))) == {"divisions", "places"}


def labels(client: TestClient, bbox: str, zoom: int, **asked: str) -> list[dict[str, object]]:
    """The labels of a box."""
    answer = client.get("/api/map/labels", params={"bbox": bbox, "zoom": zoom, **asked})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, object]] = answer.json()["items"]
    return items


def test_labels_are_at_most_200_inside_the_box_best_first_divisions_before_places(client: TestClient) -> None:
    items = labels(client, "116,30,122,36", 10)
    assert len(items) == 200
    kinds = [item["kind"] == "place" for item in items]
    assert kinds == sorted(kinds)
    for group in (False, True):
        ranks = [int(str(i["rank"])) for i, k in zip(items, kinds, strict=True) if k is group]
        assert ranks == sorted(ranks, reverse=True)
    small = labels(client, "120.5,32.3,120.7,32.5", 14)
    assert small
    assert all(120.5 <= float(str(i["lon"])) <= 120.7 and 32.3 <= float(str(i["lat"])) <= 32.5 for i in small)


@pytest.mark.parametrize(
    ("zoom", "kinds"),
    [(4, {"province"}), (5, {"province", "prefecture"}), (7, {"prefecture"}), (9, {"prefecture", "county"})],
)
def test_divisions_are_labelled_by_their_level(client: TestClient, zoom: int, kinds: set[str]) -> None:
    assert {item["kind"] for item in labels(client, "116,30,122,36", zoom)} - {"place"} == kinds


def test_a_division_that_was_not_there_has_no_label(client: TestClient) -> None:
    now = {item["name"] for item in labels(client, "120.4,31.2,120.8,31.5", 9)}
    then = {item["name"] for item in labels(client, "120.4,31.2,120.8,31.5", 9, as_of="2005")}
    assert "姑苏区" in now - then


def test_a_place_that_was_not_there_has_no_label(session: Session, client_of_session: TestClient) -> None:
    make_place(session, names=(make_name("东大街", valid_from=parse("2020-05-01")),), rank=99_999)
    finish(session)
    box = "120.5,32.3,120.6,32.4"
    assert "东大街" in {item["name"] for item in labels(client_of_session, box, 16, as_of="2020-05-01")}
    assert "东大街" not in {item["name"] for item in labels(client_of_session, box, 16, as_of="2020-04-30")}


@pytest.mark.parametrize(
    ("asked", "loc"),
    [
        ({"zoom": "9"}, "bbox"),
        ({"bbox": "", "zoom": "9"}, "bbox"),
        ({"bbox": "1,2,3", "zoom": "9"}, "bbox"),
        ({"bbox": "a,2,3,4", "zoom": "9"}, "bbox"),
        ({"bbox": "nan,2,3,4", "zoom": "9"}, "bbox"),
        ({"bbox": "1,2,3,4"}, "zoom"),
        ({"bbox": "1,2,3,4", "zoom": "99"}, "zoom"),
        ({"bbox": "1,2,3,4", "zoom": "-1"}, "zoom"),
        ({"bbox": "1,2,3,4", "zoom": "x"}, "zoom"),
        ({"bbox": "1,2,3,4", "zoom": "9", "as_of": "2005-02-30"}, "as_of"),
    ],
)
def test_labels_asked_for_badly_are_refused(client: TestClient, asked: dict[str, str], loc: str) -> None:
    answer = client.get("/api/map/labels", params=asked)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == loc


def test_today_and_as_of_today_are_the_same_tile(client: TestClient) -> None:
    today = date.today().isoformat()
    assert client.get(tile_of(9)).content == client.get(tile_of(9), params={"as_of": today}).content


@pytest.mark.parametrize("zoom", [0, 6, 10, 14, 17, 18, 19, 20, 22])
def test_a_tile_draws_every_point_once(client: TestClient, zoom: int) -> None:
    found = layers(client.get(tile_of(zoom, 120.55528, 32.38833)))["places"].features
    drawn = [feature.properties["id"] for feature in found]
    assert len(drawn) == len(set(drawn))
