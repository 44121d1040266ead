"""A small still picture of an area or a line: the outline of a GeoJSON geometry as SVG path data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import cos, hypot, radians
from typing import Any

Ring = list[tuple[float, float]]

SIZE = 320.0
MARGIN = 10.0
STEP = 0.8  # pixels: a point nearer than this to the last adds nothing to see


@dataclass(frozen=True)
class Outline:
    """Path data with the width and height of its box in pixels; `line` for what has no inside."""

    path: str
    width: int
    height: int
    line: bool


def outline(geometry: Mapping[str, Any] | None) -> Outline | None:
    """The picture of a geometry; None for a point and for what has no extent."""
    line = "Line" in str((geometry or {}).get("type"))
    rings = list(_lines(geometry or {}) if line else _rings(geometry or {}))
    if not rings:
        return None
    longitudes = [lon for ring in rings for lon, _ in ring]
    latitudes = [lat for ring in rings for _, lat in ring]
    west, north = min(longitudes), max(latitudes)
    narrow = cos(radians((min(latitudes) + north) / 2))
    width, height = (max(longitudes) - west) * narrow, north - min(latitudes)
    if not (width or height) or (not line and not (width and height)):
        return None
    scale = (SIZE - 2 * MARGIN) / max(width, height)
    path = ""
    for ring in rings:
        points = _thinned(
            [((lon - west) * narrow * scale + MARGIN, (north - lat) * scale + MARGIN) for lon, lat in ring]
        )
        if len(points) > (1 if line else 2):
            path += "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + ("" if line else "Z")
    return Outline(path, round(width * scale + 2 * MARGIN), round(height * scale + 2 * MARGIN), line)


def _lines(geometry: Mapping[str, Any]) -> Iterable[Ring]:
    lines = [geometry["coordinates"]] if geometry.get("type") == "LineString" else geometry["coordinates"]
    yield from ([(point[0], point[1]) for point in line] for line in lines)


def _rings(geometry: Mapping[str, Any]) -> Iterable[Ring]:
    if geometry.get("type") == "Polygon":
        yield from ([(point[0], point[1]) for point in ring] for ring in geometry["coordinates"])
    elif geometry.get("type") == "MultiPolygon":
        for polygon in geometry["coordinates"]:
            yield from ([(point[0], point[1]) for point in ring] for ring in polygon)


def _thinned(points: Ring) -> Ring:
    kept: Ring = []
    for point in points:
        if not kept or hypot(point[0] - kept[-1][0], point[1] - kept[-1][1]) >= STEP:
            kept.append(point)
    return kept
