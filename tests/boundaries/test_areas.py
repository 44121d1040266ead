"""The areas that the map draws: one coverage at every scale, neighbours told apart, labels inside."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import reduce
from typing import Any

import pytest
import shapely
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from boundaries.divisions import areas
from boundaries.divisions.areas import BANDS, TINTS, label_point

COUNT = {"province": 1, "prefecture": 13, "county": 95}


@dataclass(frozen=True)
class Drawn:
    """One area as the map draws it, with the true area of its version."""

    code: str
    parent: str | None
    level: str
    min_zoom: int
    max_zoom: int
    tint: int
    area: Any
    label: Any
    true_area: Any


@pytest.fixture(scope="module")
def drawn(demo_address: str) -> list[Drawn]:
    question = text(
        "SELECT v.code, u.code, a.level, a.min_zoom, a.max_zoom, a.tint, ST_AsBinary(a.geom),"
        " ST_AsBinary(a.label_point), ST_AsBinary(v.geom)"
        " FROM boundaries.division_area a JOIN boundaries.division_version v ON v.id = a.version_id"
        " LEFT JOIN boundaries.division_version u ON u.division_id = v.parent_id AND u.valid_to IS NULL"
        " ORDER BY v.code"
    )
    engine = create_engine(demo_address)
    with engine.connect() as connection:
        rows = connection.execute(question).all()
    engine.dispose()
    return [Drawn(*row[:6], *(shapely.from_wkb(bytes(value)) for value in row[6:])) for row in rows]


def of(drawn: list[Drawn], level: str, min_zoom: int) -> list[Drawn]:
    """The areas of a level in the band that begins at a zoom."""
    return [found for found in drawn if found.level == level and found.min_zoom == min_zoom]


@pytest.mark.parametrize("first", [band[0] for band in BANDS])
def test_every_division_in_use_is_drawn_in_every_band(drawn: list[Drawn], first: int) -> None:
    assert {level: len(of(drawn, level, first)) for level in COUNT} == COUNT


def test_the_bands_cover_every_zoom_once(drawn: list[Drawn]) -> None:
    bands = sorted({(found.min_zoom, found.max_zoom) for found in drawn})
    assert [zoom for first, last in bands for zoom in range(first, last + 1)] == list(range(23))


@pytest.mark.parametrize("first", [band[0] for band in BANDS])
@pytest.mark.parametrize("level", ["county", "prefecture"])
def test_neighbours_share_their_simplified_edges(drawn: list[Drawn], level: str, first: int) -> None:
    peers = [found.area for found in of(drawn, level, first)]
    assert all(area.is_valid and not area.is_empty for area in peers)
    assert shapely.coverage_is_valid(peers)


@pytest.mark.parametrize("first", [band[0] for band in BANDS])
def test_no_gap_opens_between_counties(drawn: list[Drawn], first: int) -> None:
    def holes(band: int) -> int:
        whole = reduce(shapely.union, (found.area for found in of(drawn, "county", band)))
        return sum(len(part.interiors) for part in shapely.get_parts(whole))

    assert holes(first) <= holes(BANDS[-1][0])


@pytest.mark.parametrize("first", [band[0] for band in BANDS])
@pytest.mark.parametrize(("upper", "lower"), [("prefecture", "county"), ("province", "prefecture")])
def test_a_superior_is_exactly_its_parts_together(drawn: list[Drawn], first: int, upper: str, lower: str) -> None:
    parts = defaultdict(list)
    for found in of(drawn, lower, first):
        parts[found.parent].append(found.area)
    for found in of(drawn, upper, first):
        together = reduce(shapely.union, parts[found.code])
        assert together.symmetric_difference(found.area).area < 1e-6 * found.area.area, found.code


@pytest.mark.parametrize(("first", "tolerance"), [(band[0], band[2]) for band in BANDS])
def test_a_drawn_area_stays_near_the_true_one(drawn: list[Drawn], first: int, tolerance: float) -> None:
    exact = {found.code: found.area for found in of(drawn, "county", BANDS[-1][0])}
    for found in of(drawn, "county", first):
        share = found.area.symmetric_difference(exact[found.code]).area / exact[found.code].area
        assert share <= (0.2 if tolerance else 1e-9), found.code


def test_each_band_is_lighter_than_the_next(drawn: list[Drawn]) -> None:
    vertices = [sum(shapely.get_num_coordinates(f.area) for f in of(drawn, "county", band[0])) for band in BANDS]
    assert vertices == sorted(vertices)
    assert len(set(vertices)) == len(vertices)


@pytest.mark.parametrize("level", ["county", "prefecture"])
def test_neighbours_have_different_tints(drawn: list[Drawn], level: str) -> None:
    peers = of(drawn, level, 0)
    assert all(0 <= found.tint < TINTS for found in peers)
    alike = [
        (one.code, other.code)
        for number, one in enumerate(peers)
        for other in peers[number + 1 :]
        if one.tint == other.tint and one.true_area.intersects(other.true_area)
    ]
    assert alike == []


def test_a_division_has_one_tint_at_every_zoom(drawn: list[Drawn]) -> None:
    tints = defaultdict(set)
    for found in drawn:
        tints[found.code].add(found.tint)
    assert [code for code, all_of in tints.items() if len(all_of) != 1] == []


def test_every_label_stands_inside_its_division(drawn: list[Drawn]) -> None:
    assert [found.code for found in drawn if not found.true_area.contains(found.label)] == []


def test_a_label_stands_in_the_largest_part_of_scattered_islands() -> None:
    islands = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(5, 5, 8, 8), shapely.box(20, 0, 21, 2)])
    assert shapely.box(5, 5, 8, 8).contains(label_point(islands))


def test_the_label_of_a_horseshoe_stands_on_it_and_not_in_its_middle() -> None:
    horseshoe = shapely.box(0, 0, 10, 10).difference(shapely.box(2, 2, 8, 10))
    assert horseshoe.contains(label_point(horseshoe))


def test_drawing_anew_changes_nothing(session: Session) -> None:
    question = text(
        "SELECT version_id, min_zoom, max_zoom, level, tint, md5(ST_AsBinary(geom)), ST_AsText(label_point)"
        " FROM boundaries.division_area ORDER BY 1, 2"
    )
    before = session.execute(question).all()
    assert areas.rebuild(session) == sum(COUNT.values())
    assert session.execute(question).all() == before
