"""Areas and borders cut for tiles: nothing is lost, nothing is drawn twice, and every piece is small."""

from __future__ import annotations

import math
from collections import Counter

import pytest
import shapely

from boundaries.divisions.cutting import MOST_VERTICES, edges, pieces


def star(points: int) -> shapely.Polygon:
    """A star of many vertices, a hundred wide."""
    return shapely.Polygon([
        (radius * math.cos(2 * math.pi * i / points), radius * math.sin(2 * math.pi * i / points))
        for i in range(points) for radius in [50 if i % 2 else 49]
    ])  # fmt: skip


@pytest.mark.parametrize(
    "area",
    [
        shapely.box(0, 0, 10, 10),
        star(4000),
        star(2000).difference(shapely.Point(0, 0).buffer(12, quad_segs=80)),
        shapely.MultiPolygon([shapely.Point(x, y).buffer(1, quad_segs=30) for x in (0, 9, 18) for y in (0, 9)]),
    ],
    ids=["a plain one", "one of many vertices", "one with a hole", "islands"],
)
def test_an_area_is_the_union_of_its_pieces_which_are_small(area: shapely.Geometry) -> None:
    found = list(pieces(area, overlap=0.1))
    assert all(isinstance(piece, shapely.MultiPolygon) and piece.is_valid for piece in found)
    assert all(shapely.get_num_coordinates(piece) <= MOST_VERTICES for piece in found)
    assert shapely.union_all(found).symmetric_difference(area).area < 1e-9 * area.area


def test_pieces_reach_over_each_other_so_that_no_seam_shows() -> None:
    first, second = list(pieces(star(150), overlap=1.0))[:2]
    assert first.intersection(second).area > 0


def test_an_area_of_few_vertices_stays_whole() -> None:
    (only,) = pieces(shapely.box(0, 0, 1e6, 1e6), overlap=1.0)
    assert only.equals(shapely.box(0, 0, 1e6, 1e6))


def test_what_is_no_wider_than_the_overlap_is_not_cut_for_ever() -> None:
    assert len(list(pieces(star(4000), overlap=50.0))) == 1


def squares(columns: int, rows: int) -> list[shapely.Polygon]:
    """A coverage of unit squares."""
    return [shapely.box(x, y, x + 1, y + 1) for y in range(rows) for x in range(columns)]


def test_every_border_of_a_coverage_is_found_once() -> None:
    found = edges(squares(3, 2))
    assert sum(edge.line.length for edge in found) == 17
    assert shapely.unary_union([edge.line for edge in found]).length == 17
    sides = Counter({(edge.one, edge.other): edge.line.length for edge in found if edge.other is not None})
    assert sides == {(0, 1): 1, (1, 2): 1, (3, 4): 1, (4, 5): 1, (0, 3): 1, (1, 4): 1, (2, 5): 1}
    assert sum(edge.line.length for edge in found if edge.other is None) == 10


def test_an_enclave_has_a_border_with_the_area_around_it_alone() -> None:
    inner = shapely.box(1, 1, 2, 2)
    around = shapely.box(0, 0, 3, 3).difference(inner)
    found = edges([around, inner])
    assert {(edge.one, edge.other) for edge in found} == {(0, None), (0, 1)}
    assert sum(edge.line.length for edge in found if edge.other == 1) == 4


def test_a_long_border_comes_in_stretches_that_hold_together() -> None:
    found = edges([star(1000)], most=50)
    assert len(found) == 21
    assert all(shapely.get_num_coordinates(edge.line) <= 50 for edge in found)
    assert shapely.line_merge(shapely.MultiLineString([edge.line for edge in found])).is_ring


def test_areas_whose_vertices_do_not_meet_have_a_border_each() -> None:
    found = edges([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 0.5)])
    assert {(edge.one, edge.other) for edge in found} == {(0, None), (1, None)}
    assert sum(edge.line.length for edge in found) == 7


def test_nothing_has_no_borders() -> None:
    assert edges([]) == []
