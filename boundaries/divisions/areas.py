"""Derived areas for the map: simplified as one coverage per band of zooms, coloured so that neighbours differ.

Neighbours share their simplified edge (`coverage_simplify`), and a superior is the union of its parts, so
no sliver opens between levels or units. Transforming true areas for every tile costs 462 ms at zoom 4.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import shapely
from geoalchemy2.shape import from_shape, to_shape
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from boundaries.divisions.actions import as_multipolygon
from boundaries.divisions.models import DivisionArea, DivisionVersion
from foundation import coordinates

TINTS = 6
# (first zoom, last zoom, tolerance in metres of EPSG:3857): half a pixel of a 512-pixel tile at the last zoom.
BANDS = ((0, 6, 600.0), (7, 8, 150.0), (9, 10, 40.0), (11, 12, 10.0), (13, 22, 0.0))


@dataclass(frozen=True)
class Unit:
    """A version in use, as far as its drawing needs it."""

    version_id: int
    division_id: int
    parent_id: int | None
    level: str
    area: shapely.Geometry


def rebuild(session: Session) -> int:
    """Derive every current area anew from the register; returns how many units are drawn."""
    session.execute(delete(DivisionArea))
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
    return len(units)


def label_point(area: shapely.Geometry) -> shapely.Point:
    """Where a unit is labelled: the middle of the largest circle within its largest part (lon, lat)."""
    largest = max(shapely.get_parts(area), key=shapely.area)
    circle = shapely.maximum_inscribed_circle(largest, tolerance=0.005)
    return shapely.Point(shapely.get_coordinates(circle)[0])


def _drawn(units: Sequence[Unit], tolerance: float) -> dict[int, shapely.Geometry]:
    """Areas by division id in EPSG:3857: the lowest units simplified together, superiors put together from them."""
    parents = {unit.parent_id for unit in units}
    leaves = [unit for unit in units if unit.division_id not in parents]
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
