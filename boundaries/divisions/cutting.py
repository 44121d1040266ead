"""Cuts areas for tiles: each into pieces of few vertices, and the edges of a coverage into lines, each once.

Clipping a province for every tile that it covers costs milliseconds; a piece of a hundred vertices costs microseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

# A row of so many vertices stays below 2 kB, so PostgreSQL neither compresses it nor stores it elsewhere.
MOST_VERTICES = 96
Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]
Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]
Points = np.ndarray[tuple[int, int], np.dtype[np.float64]]


@dataclass(frozen=True)
class Edge:
    """A stretch of border between two areas of a coverage, by their numbers; None where nothing is beyond it."""

    one: int
    other: int | None
    line: shapely.LineString


def pieces(area: shapely.Geometry, overlap: float) -> Iterator[shapely.MultiPolygon]:
    """The area in pieces of few vertices that reach over each other by `overlap`, so that no seam shows."""
    waiting = [area]
    while waiting:
        piece = waiting.pop()
        west, south, east, north = shapely.bounds(piece)
        width, height = east - west, north - south
        if shapely.get_num_coordinates(piece) <= MOST_VERTICES or max(width, height) <= 8 * overlap:
            yield _polygons(piece)
            continue
        far = max(width, height)  # beyond the outer sides, which are not cut
        if width >= height:
            middle = (west + east) / 2
            first = (west - far, south - far, middle + overlap / 2, north + far)
            second = (middle - overlap / 2, south - far, east + far, north + far)
        else:
            middle = (south + north) / 2
            first = (west - far, south - far, east + far, middle + overlap / 2)
            second = (west - far, middle - overlap / 2, east + far, north + far)
        for box in (second, first):
            part = _clipped(piece, box)
            if not part.is_empty:
                waiting.append(part)


def _clipped(area: shapely.Geometry, box: tuple[float, float, float, float]) -> shapely.MultiPolygon:
    part = _polygons(shapely.clip_by_rect(area, *box))
    # The quick way may leave rings that touch themselves.
    return part if part.is_valid else _polygons(shapely.intersection(area, shapely.box(*box)))


def _polygons(found: shapely.Geometry) -> shapely.MultiPolygon:
    """What of a geometry is area: points and lines in which a cut touched it are left out."""
    parts = shapely.get_parts(shapely.get_parts(found))
    return shapely.MultiPolygon([part for part in parts if isinstance(part, shapely.Polygon) and not part.is_empty])


def edges(areas: Sequence[shapely.Geometry], most: int = MOST_VERTICES) -> list[Edge]:
    """Every border of a coverage once, in stretches of at most `most` vertices.

    Two areas share a border where both have the same segment, vertex by vertex; where they do not, each has its own.
    """
    polygons, area_of = shapely.get_parts(np.asarray(areas, dtype=object), return_index=True)
    rings, polygon_of = shapely.get_rings(polygons, return_index=True)
    points, ring_of = shapely.get_coordinates(rings, return_index=True)
    if len(points) == 0:
        return []
    # Segment i leads from vertex i to vertex i + 1, unless another ring begins there.
    owner = area_of[polygon_of[ring_of[:-1]]]
    real = ring_of[:-1] == ring_of[1:]
    beyond = _beyond(points, owner, real)
    wanted = real & ((beyond < 0) | (owner < beyond))
    starts, ends = _stretches(wanted, ring_of[:-1], beyond, most - 1)
    counts = ends - starts + 2
    which = np.repeat(np.arange(len(starts)), counts)
    at = np.arange(len(which)) + np.repeat(starts - (np.cumsum(counts) - counts), counts)
    lines = shapely.linestrings(points[at], indices=which)
    return [
        Edge(int(owner[start]), int(beyond[start]) if beyond[start] >= 0 else None, line)
        for start, line in zip(starts, lines, strict=True)
    ]


def _beyond(points: Points, owner: Numbers, real: Flags) -> Numbers:
    """For each segment the area that has the same one, -1 where there is none."""
    a, b = points[:-1], points[1:]
    turned = (a[:, 0] > b[:, 0]) | ((a[:, 0] == b[:, 0]) & (a[:, 1] > b[:, 1]))
    both = np.hstack([np.where(turned[:, None], b, a), np.where(turned[:, None], a, b)])
    index = np.flatnonzero(real)
    order = index[np.lexsort(both[index].T)]
    same = (both[order[1:]] == both[order[:-1]]).all(axis=1)
    first, second = order[:-1][same], order[1:][same]
    found = np.full(len(owner), -1, dtype=np.int64)
    found[first], found[second] = owner[second], owner[first]
    return found


def _stretches(wanted: Flags, ring: Numbers, beyond: Numbers, most: int) -> tuple[Numbers, Numbers]:
    """First and last segment of each stretch: wanted segments of one ring, in a row, with the same area beyond."""
    goes_on = np.zeros(len(wanted), dtype=bool)
    goes_on[1:] = wanted[1:] & wanted[:-1] & (ring[1:] == ring[:-1]) & (beyond[1:] == beyond[:-1])
    number = np.arange(len(wanted))
    begun = np.maximum.accumulate(np.where(wanted & ~goes_on, number, 0))
    goes_on &= (number - begun) % most != 0
    starts = np.flatnonzero(wanted & ~goes_on)
    ends = np.flatnonzero(wanted & ~np.append(goes_on[1:], False))
    return starts, ends
