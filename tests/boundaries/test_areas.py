"""The areas that the map draws: one coverage at every scale, neighbours told apart, labels inside."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import pytest
import shapely
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from boundaries.divisions import areas
from boundaries.divisions.areas import TINTS, Unit, label_point
from boundaries.divisions.bands import BANDS, FILLED_FROM, PIXEL, band, filled, lined
from boundaries.divisions.cutting import MOST_VERTICES

COUNT = {"province": 1, "prefecture": 13, "county": 95}
FIRSTS = [first for first, _, _ in BANDS]


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


@dataclass(frozen=True)
class Line:
    """A stretch of border, with the codes of the units on its sides."""

    band: int
    level: str
    sides: frozenset[str | None]
    line: Any


def read(address: str, question: str) -> list[Any]:
    """The rows of a question."""
    engine = create_engine(address)
    with engine.connect() as connection:
        rows = connection.execute(text(question)).all()
    engine.dispose()
    return list(rows)


CODE = "(SELECT w.code FROM boundaries.division_version w WHERE w.division_id = d.{} AND w.valid_to IS NULL)"


@pytest.fixture(scope="module")
def fills(demo_address: str) -> dict[int, dict[str, list[Any]]]:
    """The pieces of each area by band and code."""
    found: dict[int, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    question = f"SELECT band, {CODE.format('division_id')}, ST_AsBinary(geom) FROM boundaries.division_fill d"
    for first, code, area in read(demo_address, question):
        found[first][code].append(shapely.from_wkb(bytes(area)))
    return found


@pytest.fixture(scope="module")
def lines(demo_address: str) -> list[Line]:
    question = (
        f"SELECT band, level, {CODE.format('one_id')}, {CODE.format('other_id')}, ST_AsBinary(geom)"
        " FROM boundaries.division_line d"
    )
    return [
        Line(first, level, frozenset({one, other}), shapely.from_wkb(bytes(line)))
        for first, level, one, other, line in read(demo_address, question)
    ]


def of(drawn: list[Drawn], level: str, min_zoom: int) -> list[Drawn]:
    """The areas of a level in the band that begins at a zoom."""
    return [found for found in drawn if found.level == level and found.min_zoom == min_zoom]


@pytest.mark.parametrize("first", FIRSTS)
def test_every_division_in_use_is_drawn_in_every_band(drawn: list[Drawn], first: int) -> None:
    assert {level: len(of(drawn, level, first)) for level in COUNT} == COUNT


def test_the_bands_cover_every_zoom_once(drawn: list[Drawn]) -> None:
    bands = sorted({(found.min_zoom, found.max_zoom) for found in drawn})
    assert [zoom for first, last in bands for zoom in range(first, last + 1)] == list(range(23))


@pytest.mark.parametrize("first", FIRSTS)
@pytest.mark.parametrize("level", ["county", "prefecture"])
def test_neighbours_share_their_simplified_edges(drawn: list[Drawn], level: str, first: int) -> None:
    peers = [found.area for found in of(drawn, level, first)]
    assert all(area.is_valid and not area.is_empty for area in peers)
    assert shapely.coverage_is_valid(peers)


@pytest.mark.parametrize("first", FIRSTS)
def test_no_gap_opens_between_counties(drawn: list[Drawn], first: int) -> None:
    def holes(band: int) -> int:
        whole = reduce(shapely.union, (found.area for found in of(drawn, "county", band)))
        return sum(len(part.interiors) for part in shapely.get_parts(whole))

    assert holes(first) <= holes(BANDS[-1][0])


@pytest.mark.parametrize("first", FIRSTS)
@pytest.mark.parametrize(("upper", "lower"), [("prefecture", "county"), ("province", "prefecture")])
def test_a_superior_is_exactly_its_parts_together(drawn: list[Drawn], first: int, upper: str, lower: str) -> None:
    parts = defaultdict(list)
    for found in of(drawn, lower, first):
        parts[found.parent].append(found.area)
    for found in of(drawn, upper, first):
        together = reduce(shapely.union, parts[found.code])
        assert together.symmetric_difference(found.area).area < 1e-6 * found.area.area, found.code


@pytest.mark.parametrize(("first", "tolerance"), [(first, tolerance) for first, _, tolerance in BANDS])
def test_a_drawn_area_stays_near_the_true_one(drawn: list[Drawn], first: int, tolerance: float) -> None:
    level = [level for level in lined(first) if level in COUNT][-1]
    exact = {found.code: found.area for found in of(drawn, level, BANDS[-1][0])}
    for found in of(drawn, level, first):
        share = found.area.symmetric_difference(exact[found.code]).area / exact[found.code].area
        assert share <= (0.2 if tolerance else 1e-9), found.code


def test_each_band_is_lighter_than_the_next(drawn: list[Drawn]) -> None:
    vertices = [sum(shapely.get_num_coordinates(f.area) for f in of(drawn, "county", first)) for first in FIRSTS]
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


@pytest.mark.parametrize("first", FIRSTS)
def test_the_pieces_of_an_area_are_that_area(
    drawn: list[Drawn], fills: dict[int, dict[str, list[Any]]], first: int
) -> None:
    whole = {found.code: found.area for found in of(drawn, filled(first), first)}
    assert set(fills[first]) == set(whole), "every unit of the level that carries the colour, and no other"
    for code, pieces in fills[first].items():
        together = shapely.union_all(pieces)
        assert together.symmetric_difference(whole[code]).area < 1e-6 * whole[code].area, code
        # At the widest zooms a piece may be no larger than a few pixels, which is small enough.
        least = 8 * PIXEL / 2**first
        assert all(
            shapely.get_num_coordinates(piece) <= MOST_VERTICES
            or max(np.diff(shapely.bounds(piece).reshape(2, 2), axis=0)[0]) <= least
            for piece in pieces
        )


@pytest.mark.parametrize("first", FIRSTS)
def test_every_border_is_drawn_once_by_the_highest_level_that_it_divides(
    drawn: list[Drawn], lines: list[Line], first: int
) -> None:
    here = [found for found in lines if found.band == first]
    assert {found.level for found in here} == set(lined(first)) - {"township"}
    together = shapely.unary_union([found.line for found in here])
    assert shapely.length(together) == pytest.approx(sum(found.line.length for found in here))
    lowest = [level for level in lined(first) if level in COUNT][-1]
    outlines = shapely.unary_union([found.area.boundary for found in of(drawn, lowest, first)])
    assert outlines.symmetric_difference(together).length < 1e-6 * outlines.length
    outer = [found for found in here if found.level == "province"]
    (province,) = of(drawn, "province", first)
    assert all(found.sides == {"320000", None} for found in outer)
    assert sum(found.line.length for found in outer) == pytest.approx(province.area.boundary.length)


@pytest.mark.parametrize("level", ["prefecture", "county"])
def test_a_border_names_the_units_on_its_sides(lines: list[Line], level: str) -> None:
    here = [found for found in lines if found.level == level]
    assert here
    for found in here:
        one, other = sorted(code or "" for code in found.sides)
        assert one != other
        assert (one[:4] == other[:4]) is (level == "county"), "within a prefecture, or between two"


def test_each_zoom_belongs_to_one_band_and_colours_one_level() -> None:
    assert [band(zoom) for zoom in (0, 4, 5, 8, 9, 10, 13, 22)] == [0, 0, 5, 8, 9, 9, 13, 13]
    assert [filled(band(zoom)) for zoom in (4, 5, 8, 9, 22)] == [
        "province", "prefecture", "prefecture", "county", "county",
    ]  # fmt: skip
    assert all(zoom in {first for first, _, _ in BANDS} for zoom in FILLED_FROM.values()), "a band colours one level"


def test_a_county_right_below_its_province_and_a_prefecture_without_counties_are_coloured_at_every_zoom() -> None:
    units = [
        Unit(1, 1, None, "province", shapely.box(0, 0, 3, 1)), Unit(2, 2, 1, "prefecture", shapely.box(0, 0, 1, 1)),
        Unit(3, 3, 1, "prefecture", shapely.box(1, 0, 2, 1)), Unit(4, 4, 3, "county", shapely.box(1, 0, 2, 1)),
        Unit(5, 5, 1, "county", shapely.box(2, 0, 3, 1)),
    ]  # fmt: skip
    drawn = {unit.division_id: unit.area for unit in units}
    tints = dict.fromkeys(drawn, 0)
    coloured = {first: {row[1] for row in areas._fills(units, drawn, tints, first)} for first in (0, 5, 9)}
    assert coloured == {0: {1}, 5: {2, 3, 5}, 9: {2, 4, 5}}
    borders = {(row[1], row[2], row[3]) for row in areas._lines(units, drawn, 7)}
    assert borders == {
        ("province", 1, None), ("prefecture", 2, 3), ("prefecture", 3, None),
    }, "between 3 and the county below the province runs the border of a prefecture"  # fmt: skip


def test_drawing_anew_changes_nothing(session: Session) -> None:
    question = text(
        "SELECT version_id, min_zoom, max_zoom, level, tint, md5(ST_AsBinary(geom)), ST_AsText(label_point)"
        " FROM boundaries.division_area ORDER BY 1, 2"
    )
    before = session.execute(question).all()
    assert areas.rebuild(session) == sum(COUNT.values())
    assert session.execute(question).all() == before
