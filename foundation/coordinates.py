"""Named coordinate systems, and the conversions between them that are true.

EPSG:4490 (CGCS2000) is the truth of the register; coordinates in code are always lon, lat
(`always_xy`), whatever axis order the authority prints. Source: EPSG database; GB 22021.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from foundation.errors import Refused

CGCS2000 = 4490
WGS84 = 4326
WEB_MERCATOR = 3857
BEIJING_1954 = 4214
XIAN_1980 = 4610
NEW_BEIJING_1954 = 4555

# PROJ has no parameters for these (the official ones are classified) and would return the numbers
# unchanged, some hundred metres wrong, without a word.
UNCONVERTIBLE = {BEIJING_1954: "1954北京坐标系", XIAN_1980: "1980西安坐标系", NEW_BEIJING_1954: "新1954北京坐标系"}

CHINA = (73.0, 3.0, 136.0, 54.0)
"""Lon and lat bounds within which every position of the register lies: west, south, east, north (degrees)."""


ZONES = range(25, 46)


def zone(lon: float) -> int:
    """The 3° Gauss-Krüger zone number (25–45) of a longitude in degrees; on an edge, the eastern zone.

    Raises `Refused` outside China's zones.
    """
    number = math.floor(lon / 3 + 0.5)
    if number not in ZONES:
        raise Refused(f"经度 {lon} 不在我国 3 度带的范围内。", remedy="请核对经度(73–136)。")
    return number


def gauss_krueger(lon: float, *, numbered: bool = False) -> int:
    """EPSG code of the CGCS2000 3° zone at a longitude; `numbered` puts the zone number before the easting."""
    return (4513 if numbered else 4534) + zone(lon) - ZONES.start


@dataclass(frozen=True)
class Grid:
    """A position in its 3° zone: the zone, its central meridian in degrees, metres north (x) and east (y).

    The easting has the zone's number before it, as maps in China print it (EPSG:4513–4533).
    """

    zone: int
    meridian: int
    x: float
    y: float


def grid(lon: float, lat: float) -> Grid | None:
    """The position in its 3° Gauss-Krüger zone, to the millimetre; None where China has no zone (west of 73.5°)."""
    try:
        number = zone(lon)
    except Refused:
        return None
    east, north = transformer(CGCS2000, gauss_krueger(lon, numbered=True)).transform(lon, lat)
    return Grid(number, 3 * number, round(north, 3), round(east, 3))


@lru_cache(maxsize=64)
def transformer(source: int, target: int) -> Transformer:
    """A lon-lat / east-north transformer between two EPSG codes.

    Raises `Refused` for the old Chinese datums, which no public library can convert (DOMAIN §7.3).
    """
    if source != target:
        for code in (source, target):
            if name := _unconvertible(code):
                raise Refused(
                    f"{name}不能换算为国家大地坐标系(CGCS2000):转换参数涉密,公开软件会原样返回错误坐标。",
                    remedy="请由有资质的测绘单位换算后再录入,并注明单位、方法和日期。",
                )
    return Transformer.from_crs(source, target, always_xy=True)


def _unconvertible(code: int) -> str | None:
    try:
        geodetic = CRS.from_epsg(code).geodetic_crs
    except CRSError:
        raise Refused(f"没有编号为 {code} 的坐标系。", remedy="请核对坐标系编号,例如 4490。") from None
    return UNCONVERTIBLE.get(geodetic.to_epsg() or 0) if geodetic is not None else None


def transform(geometry: shapely.Geometry, source: int, target: int) -> shapely.Geometry:
    """The geometry in another named system; the same one when both are equal."""
    if source == target:
        return geometry
    convert = transformer(source, target)
    return shapely.transform(geometry, convert.transform, interleaved=False)
