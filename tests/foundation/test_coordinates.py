"""Conversions hold against published check values, and datums that nobody may convert are refused."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS
from pyproj.database import query_crs_info

from foundation.coordinates import (
    BEIJING_1954,
    CGCS2000,
    CHINA,
    NEW_BEIJING_1954,
    WEB_MERCATOR,
    WGS84,
    XIAN_1980,
    gauss_krueger,
    grid,
    transform,
    transformer,
    zone,
)
from foundation.errors import Refused

CHECKS = [
    ("南通", 120.86, 32.01, 4549, 581256.628, 3543284.566),
    ("徐州", 117.18, 34.26, 4548, 516578.436, 3792516.534),
    ("启东", 121.66, 31.81, 4550, 373113.596, 3521566.446),
]
OLD = [
    int(info.code)
    for info in query_crs_info(auth_name="EPSG")
    if info.name.split(" / ")[0] in {"Beijing 1954", "Xian 1980", "New Beijing"}
]
LONS = st.floats(min_value=CHINA[0] + 0.1, max_value=CHINA[2] - 0.1)


@pytest.mark.parametrize(("place", "lon", "lat", "epsg", "easting", "northing"), CHECKS)
def test_a_position_falls_on_its_published_check_value(
    place: str, lon: float, lat: float, epsg: int, easting: float, northing: float
) -> None:
    projected = transform(shapely.Point(lon, lat), CGCS2000, epsg)
    assert (projected.x, projected.y) == (pytest.approx(easting, abs=0.001), pytest.approx(northing, abs=0.001)), place
    back = transform(projected, epsg, CGCS2000)
    assert (back.x, back.y) == (pytest.approx(lon, abs=1e-9), pytest.approx(lat, abs=1e-9))


@pytest.mark.parametrize(("place", "lon", "lat", "epsg", "easting", "northing"), CHECKS)
def test_a_longitude_names_its_zone_with_and_without_number(
    place: str, lon: float, lat: float, epsg: int, easting: float, northing: float
) -> None:
    assert gauss_krueger(lon) == epsg
    numbered = transform(shapely.Point(lon, lat), CGCS2000, gauss_krueger(lon, numbered=True))
    assert numbered.x == pytest.approx(zone(lon) * 1_000_000 + easting, abs=0.001), place


@pytest.mark.parametrize(("place", "lon", "lat", "epsg", "easting", "northing"), CHECKS)
def test_a_position_is_told_in_its_zone_as_maps_print_it(
    place: str, lon: float, lat: float, epsg: int, easting: float, northing: float
) -> None:
    told = grid(lon, lat)
    assert told is not None
    assert (told.zone, told.meridian) == (epsg - 4534 + 25, 3 * (epsg - 4534 + 25)), place
    assert told.x == pytest.approx(northing, abs=0.001)
    assert told.y == pytest.approx(told.zone * 1_000_000 + easting, abs=0.001)


def test_on_the_edge_of_two_zones_the_eastern_one_is_told() -> None:
    assert [getattr(grid(lon, 32), "zone", None) for lon in (118.49999, 118.5, 121.5)] == [39, 40, 41]


@pytest.mark.parametrize("lon", [73.0, 73.49, 137.0])
def test_where_china_has_no_zone_none_is_told(lon: float) -> None:
    assert grid(lon, 40) is None


@given(LONS)
def test_every_longitude_of_china_lies_within_a_degree_and_a_half_of_its_meridian(lon: float) -> None:
    if lon < 73.5:
        with pytest.raises(Refused, match="3 度带"):
            zone(lon)
        return
    assert abs(zone(lon) * 3 - lon) <= 1.5 + 1e-9
    if 25 <= zone(lon) <= 45:
        for epsg, first in ((gauss_krueger(lon), "CM"), (gauss_krueger(lon, numbered=True), "zone")):
            name = CRS.from_epsg(epsg).name
            number = zone(lon) * 3 if first == "CM" else zone(lon)
            assert name.startswith("CGCS2000 / 3-degree Gauss-Kruger")
            assert f"{first} {number}" in name


def test_the_old_datums_are_known_with_all_their_zones() -> None:
    assert len(OLD) == 195
    assert {BEIJING_1954, XIAN_1980, NEW_BEIJING_1954} < set(OLD)


@pytest.mark.parametrize("code", OLD)
def test_a_position_in_an_old_datum_is_refused_in_both_directions(code: int) -> None:
    for source, target in ((code, CGCS2000), (WGS84, code)):
        with pytest.raises(Refused) as refusal:
            transformer(source, target)
        assert "坐标系" in refusal.value.message
        assert "有资质" in refusal.value.remedy


def test_a_position_that_needs_no_conversion_stays_as_it_is() -> None:
    point = shapely.Point(118.1, 32.1)
    assert transform(point, BEIJING_1954, BEIJING_1954) is point


@pytest.mark.parametrize("code", [0, 999999, -1])
def test_a_system_that_does_not_exist_is_refused_with_a_remedy(code: int) -> None:
    with pytest.raises(Refused, match=str(code)) as refusal:
        transformer(code, CGCS2000)
    assert refusal.value.remedy


def test_positions_are_lon_lat_whatever_the_authority_prints() -> None:
    east, north = transformer(CGCS2000, WEB_MERCATOR).transform(120.0, 32.0)
    assert east == pytest.approx(13358338.895, abs=0.01)
    assert north == pytest.approx(3763310.627, abs=0.01)


def test_a_whole_shape_is_converted_with_its_holes() -> None:
    ring = shapely.Point(120, 32).buffer(0.2)
    shape = ring.difference(shapely.Point(120, 32).buffer(0.1))
    there = transform(shape, CGCS2000, 4549)
    assert shapely.get_num_interior_rings(there) == 1
    back = transform(there, 4549, CGCS2000)
    assert shapely.hausdorff_distance(shape, back) < 1e-9
