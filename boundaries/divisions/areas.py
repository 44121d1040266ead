"""Derived areas for the map: simplified as one coverage per band of zooms, coloured so that neighbours differ.

Neighbours share their simplified edge (`coverage_simplify`), and a superior is the union of its parts, so
no sliver opens between levels or units. Transforming true areas for every tile costs 462 ms at zoom 4. Tiles read
pieces of the areas that carry the colour in a band, and every border once (`cutting.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import shapely
from geoalchemy2.shape import from_shape, to_shape
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from boundaries.divisions import cutting
from boundaries.divisions.actions import as_multipolygon
from boundaries.divisions.bands import BANDS, LEVELS, PIXEL, filled, lined
from boundaries.divisions.models import DivisionArea, DivisionVersion, division_fill, division_line
from foundation import coordinates, sqlfiles
from foundation.copying import copy_rows

SQL = sqlfiles.folder(__file__)
TINTS = 6


@dataclass(frozen=True)
class Unit:
    """A version in use, as far as its drawing needs it."""

    version_id: int
    division_id: int
    parent_id: int | None
    level: str
    area: shapely.Geometry


def rebuild(session: Session) -> int:
    """Derive every current area anew from the register, and every path; returns how many units are drawn."""
    session.connection().exec_driver_sql(sqlfiles.load(SQL / "paths.sql").driver_text)
    for table in (DivisionArea, division_fill, division_line):
        session.execute(delete(table))
    version = DivisionVersion
    question = (
        select(version.id, version.division_id, version.parent_id, version.level, version.geom)
        .where(version.valid_to.is_(None), version.geom.is_not(None))
        .order_by(version.code)
    )
    units = [Unit(*row[:4], area=to_shape(row.geom)) for row in session.execute(question)]
    if not units:
        return 0
    tints = _tints(units)
    labels = {unit.version_id: label_point(unit.area) for unit in units}
    for first, last, tolerance in BANDS:
        drawn = _drawn(units, tolerance)
        session.execute(
            insert(DivisionArea),
            [
                {
                    "version_id": unit.version_id,
                    "min_zoom": first,
                    "max_zoom": last,
                    "level": unit.level,
                    "tint": tints[unit.division_id],
                    "geom": from_shape(as_multipolygon(drawn[unit.division_id]), srid=coordinates.WEB_MERCATOR),
                    "label_point": from_shape(labels[unit.version_id], srid=coordinates.CGCS2000),
                }
                for unit in units
            ],
        )
        copy_rows(session, FILLS, FILL, _fills(units, drawn, tints, first))
        copy_rows(session, LINES, LINE, _lines(units, drawn, first))
    return len(units)


FILLS, FILL = "boundaries.division_fill", ("band", "division_id", "level", "tint", "geom")
LINES, LINE = "boundaries.division_line", ("band", "level", "one_id", "other_id", "geom")


def _fills(
    units: Sequence[Unit], drawn: Mapping[int, shapely.Geometry], tints: Mapping[int, int], first: int
) -> Iterator[tuple[object, ...]]:
    """The areas that carry the colour in a band, in pieces: every spot has one, whatever levels there are."""
    level = LEVELS.index(filled(first))
    chosen: dict[int, Unit] = {}
    for leaf, above in _leaves(units):
        # The highest that is not above the level: a county right below its province stands in for a prefecture.
        unit = next((above[it] for it in LEVELS[level:] if it in above), leaf)
        chosen[unit.division_id] = unit
    for unit in chosen.values():
        for piece in cutting.pieces(drawn[unit.division_id], PIXEL / 2**first):
            yield first, unit.division_id, unit.level, tints[unit.division_id], _written(piece)


def _lines(units: Sequence[Unit], drawn: Mapping[int, shapely.Geometry], first: int) -> Iterator[tuple[object, ...]]:
    """Every border of a band once, by the highest level that it divides, with the units of that level on its sides."""
    leaves = list(_leaves(units))
    seen = lined(first)
    for edge in cutting.edges([drawn[leaf.division_id] for leaf, _ in leaves]):
        here, there = leaves[edge.one][1], {} if edge.other is None else leaves[edge.other][1]
        for level in LEVELS:
            one, other = here.get(level), there.get(level)
            if one is not other:
                if level in seen:
                    sides = (unit.division_id if unit else None for unit in (one, other))
                    yield first, level, *sides, _written(edge.line)
                break


def _leaves(units: Sequence[Unit]) -> Iterator[tuple[Unit, dict[str, Unit]]]:
    """The lowest units, each with the units by level that hold it, itself among them."""
    known = {unit.division_id: unit for unit in units}
    parents = {unit.parent_id for unit in units}
    for leaf in units:
        if leaf.division_id not in parents:
            above, unit = {}, known.get(leaf.division_id)
            while unit is not None:
                above[unit.level] = unit
                unit = known.get(unit.parent_id) if unit.parent_id is not None else None
            yield leaf, above


def _written(shape: shapely.Geometry) -> str:
    """A geometry as COPY takes it."""
    text: str = shapely.to_wkb(shapely.set_srid(shape, coordinates.WEB_MERCATOR), hex=True, include_srid=True)
    return text


def label_point(area: shapely.Geometry) -> shapely.Point:
    """Where a unit is labelled: the middle of the largest circle within its largest part (lon, lat)."""
    largest = max(shapely.get_parts(area), key=shapely.area)
    circle = shapely.maximum_inscribed_circle(largest, tolerance=0.005)
    return shapely.Point(shapely.get_coordinates(circle)[0])


def _drawn(units: Sequence[Unit], tolerance: float) -> dict[int, shapely.Geometry]:
    """Areas by division id in EPSG:3857: the lowest units simplified together, superiors put together from them."""
    leaves = [leaf for leaf, _ in _leaves(units)]
    parents = {unit.parent_id for unit in units}
    flat = [coordinates.transform(unit.area, coordinates.CGCS2000, coordinates.WEB_MERCATOR) for unit in leaves]
    # shapely takes the square root of the area of a triangle as its measure, PostGIS the area: metres here.
    simple = shapely.coverage_simplify(flat, tolerance) if tolerance else flat
    drawn = {unit.division_id: area for unit, area in zip(leaves, simple, strict=True)}
    for level in ("county", "prefecture", "province"):
        for unit in units:
            if unit.level == level and unit.division_id in parents:
                parts = [drawn[u.division_id] for u in units if u.parent_id == unit.division_id]
                drawn[unit.division_id] = shapely.coverage_union_all(parts)
    return drawn


def _tints(units: Sequence[Unit]) -> Mapping[int, int]:
    """A colour number for each unit so that neighbours of one level differ, found greedily by number of neighbours."""
    tints: dict[int, int] = {}
    for level in {unit.level for unit in units}:
        peers = [unit for unit in units if unit.level == level]
        tree = shapely.STRtree([unit.area for unit in peers])
        pairs = tree.query([unit.area for unit in peers], predicate="intersects")
        near: dict[int, set[int]] = {}
        for one, other in zip(*pairs, strict=True):
            if one != other:
                near.setdefault(int(one), set()).add(int(other))
        used: Counter[int] = Counter()
        for index in sorted(range(len(peers)), key=lambda i: -len(near.get(i, ()))):
            taken = {tints.get(peers[other].division_id) for other in near.get(index, ())}
            free = [tint for tint in range(TINTS) if tint not in taken] or list(range(TINTS))
            chosen = min(free, key=used.__getitem__)
            tints[peers[index].division_id] = chosen
            used[chosen] += 1
    return tints
