"""The places of the benchmark register, chunk by chunk: seeded, so that every chunk is the same whenever it is made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
import shapely

from benchmarks.country import gazetteer, words
from benchmarks.country.gazetteer import Town
from benchmarks.country.words import COMMUNITY, SORTS, VILLAGE, Sort
from foundation.dates import KnownDate, Precision
from placenames.register.drafts import NameDraft, PlaceDraft
from placenames.spelling.readings import read_alike_everywhere
from placenames.spelling.rules import Kind, Spelling, spell

SOURCE = "bench"
FULL = 13_000_000
FORMER_EVERY = 20
CHUNK = 10_000
ANNOUNCED = datetime(2024, 1, 1, tzinfo=UTC)
LEAST_VILLAGES = 30  # of a county whose villages the list does not know
SPREAD = 0.03  # degrees: how far places lie from the middle of their town


Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]
Positions = np.ndarray[tuple[int, int], np.dtype[np.float64]]


@dataclass(frozen=True)
class Slice:
    """Some places of one county: which, and where they stand among all places."""

    county: int
    start: int
    stop: int
    before: int


class Country:
    """`rows` names (places and their former names) over all counties; `divisions` gives ids by code."""

    reason = "性能测试"

    def __init__(self, rows: int, seed: int, divisions: Mapping[str, int]) -> None:
        self.rows, self.seed, self.divisions = rows, seed, divisions
        self.name = f"country-{rows}"
        content = hashlib.blake2b(repr(sorted(divisions.items())).encode() + gazetteer.fingerprint(), digest_size=12)
        self.fingerprint = f"country {rows} {seed} {content.hexdigest()}"
        self.places = rows * FORMER_EVERY // (FORMER_EVERY + 1)

    def sizes(self) -> Sequence[tuple[int, int]]:
        """How many places and how many names each chunk brings."""
        found = []
        for slices in self.chunks:
            first, last = slices[0].before, slices[-1].before + slices[-1].stop - slices[-1].start
            former = -(-last // FORMER_EVERY) - -(-first // FORMER_EVERY)
            found.append((last - first, last - first + former))
        return found

    def chunk(self, number: int) -> list[PlaceDraft]:
        """The places of one chunk."""
        return [draft for part in self.chunks[number] for draft in _County(self, part).drafts()]

    @cached_property
    def counties(self) -> list[tuple[str, tuple[Town, ...]]]:
        """Code and towns of each county, in the order of the codes."""
        towns = gazetteer.towns()
        return [(code, towns.get(code, ())) for code in self.codes]

    @cached_property
    def codes(self) -> list[str]:
        """The codes of all counties in their order."""
        return sorted(unit.code for unit in gazetteer.units() if unit.level == "county")

    @cached_property
    def chunks(self) -> list[list[Slice]]:
        """Slices of counties put together to chunks of about the same size."""
        # Not from `counties`: whoever only asks for sizes is spared the names of all villages.
        known = gazetteer.village_counts()
        weights = [known[code] + LEAST_VILLAGES for code in self.codes]
        bounds = [int(it) for it in np.cumsum([0, *weights]) * self.places // sum(weights)]
        chunks: list[list[Slice]] = [[]]
        room = CHUNK
        for county, (first, last) in enumerate(pairwise(bounds)):
            at = first
            while at < last:
                take = min(room, last - at)
                chunks[-1].append(Slice(county, at - first, at - first + take, at))
                at, room = at + take, room - take
                if not room:
                    chunks.append([])
                    room = CHUNK
        return [chunk for chunk in chunks if chunk]

    @cached_property
    def roots(self) -> list[str]:
        """What is left of the names of villages without their generic: the specifics of the whole country."""
        every = {name for _, towns in self.counties for town in towns for name in _roots(town.villages)}
        return sorted(every)


def _roots(villages: Sequence[str]) -> Iterator[str]:
    for village in villages:
        root = village.removesuffix("居委会").removesuffix("社区").removesuffix("村")
        if 2 <= len(root) <= 4:
            yield root


class _County:
    """The names and positions of one slice."""

    def __init__(self, country: Country, part: Slice) -> None:
        self.country, self.part = country, part
        self.code, self.towns = country.counties[part.county]
        self.random = np.random.default_rng([country.seed, int(self.code), part.start])
        self.count = part.stop - part.start
        self.local = [root for town in self.towns for root in _roots(town.villages)] or country.roots[:200]

    def drafts(self) -> Iterator[PlaceDraft]:
        """The places in their order."""
        town_of = self.random.integers(0, max(1, len(self.towns)), self.count)
        points = shapely.points(self.positions(town_of))
        sorts = self.random.choice(len(SORTS), self.count, p=[sort.share for sort in SORTS])
        heights = self.random.random(self.count) ** 4
        years = self.random.integers(1950, 2024, self.count)
        villages = self.villages()
        for index in range(self.count):
            number = self.part.before + index
            town = int(town_of[index])
            if index < len(villages):
                town, text = villages[index]
                sort = VILLAGE if text.endswith("村") else COMMUNITY
            else:
                sort = SORTS[sorts[index]]
                text = self.name(sort)
            low, high = sort.ranks
            began = KnownDate(date(int(years[index]), 12, 31), Precision.YEAR)
            yield PlaceDraft(
                class_label=sort.label,
                names=tuple(self.names(text, sort, began, former=number % FORMER_EVERY == 0)),
                source=SOURCE,
                source_key=str(number),
                rank=low + int((high - low) * heights[index]),
                division_id=self.division(town),
                point=points[index],
            )

    def villages(self) -> list[tuple[int, str]]:
        """This slice's share of the county's real villages, each with the number of its town."""
        every = [(number, village) for number, town in enumerate(self.towns) for village in town.villages]
        share = min(1.0, self.country.rows / FULL)
        wanted = round(len(every) * share)
        chosen = every if wanted == len(every) else [every[i * len(every) // wanted] for i in range(wanted)]
        return chosen[self.part.start : self.part.stop]

    def division(self, town: int) -> int:
        """The town's permanent id, or the county's where no town is known."""
        code = f"{self.code}{town + 1:03d}" if self.towns else self.code
        return self.country.divisions[code]

    def positions(
        self, town_of: np.ndarray[tuple[int], np.dtype[np.int64]]
    ) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        """Positions (lon, lat) around the middles of towns, all within the county."""
        area = _area(self.code)
        west, _, east, _ = shapely.bounds(area)
        middles = np.random.default_rng([self.country.seed, int(self.code)])
        centres = _within(area, middles, max(1, len(self.towns)))
        found = centres[town_of] + self.random.normal(0, min(SPREAD, (east - west) / 4), (self.count, 2))
        outside = ~shapely.contains_xy(area, found[:, 0], found[:, 1])
        found[outside] = _within(area, self.random, int(outside.sum()))
        return np.round(found, 7)

    def name(self, sort: Sort) -> str:
        """A name of some sort."""
        random = self.random
        if sort.label == "街路巷" and random.random() < words.FAMOUS_SHARE:
            return words.FAMOUS_ROADS[_famous(random.random())]
        if sort.label == "农村居民点" and random.random() < 0.6:
            return str(_one(words.AHEAD, random) + _one(words.SURNAMES, random) + _one(sort.generics, random))
        if sort.label == "住宅区" and random.random() < 0.6:
            return str(
                _one(words.ESTATES_FIRST, random) + _one(words.ESTATES_SECOND, random) + _one(sort.generics, random)
            )
        return self.root() + str(_one(sort.generics, random)).removeprefix("家")

    def root(self) -> str:
        """A specific: one of the county's own, of the land, or of anywhere."""
        random = self.random
        at = random.random()
        if at < 0.5:
            return self.local[random.integers(len(self.local))]
        if at < 0.65:
            return str(_one(words.LAND, random))
        return self.country.roots[random.integers(len(self.country.roots))]

    def names(self, text: str, sort: Sort, began: KnownDate, *, former: bool) -> Iterator[NameDraft]:
        """The standard name, and before it a former one where there is one."""
        kind: Kind = sort.spelled_as  # type: ignore[assignment]
        if former:
            old = self.root() + str(_one(sort.generics, self.random)).removeprefix("家")
            yield NameDraft(
                spelling=_spelled(old, kind, self.code), kind="former", status="historic", source=SOURCE,
                valid_to=began, published_at=ANNOUNCED,
            )  # fmt: skip
        yield NameDraft(
            spelling=_spelled(text, kind, self.code), kind="standard", status="standard", source=SOURCE,
            valid_from=began, published_at=ANNOUNCED,
        )  # fmt: skip


def _one(among: Sequence[str], random: np.random.Generator) -> str:
    return among[int(random.random() * len(among))]


@lru_cache(maxsize=1)
def _steps() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    shares = words.RARER ** np.arange(len(words.FAMOUS_ROADS))
    return np.cumsum(shares / shares.sum())


def _famous(at: float) -> int:
    return int(np.searchsorted(_steps(), at))


@lru_cache(maxsize=4)
def _area(code: str) -> shapely.Geometry:
    area = gazetteer.areas()[code]
    shapely.prepare(area)
    return area


def _within(area: shapely.Geometry, random: np.random.Generator, count: int) -> Positions:
    """Positions anywhere within an area."""
    west, south, east, north = shapely.bounds(area)
    found = np.empty((0, 2))
    while len(found) < count:
        tried = random.uniform((west, south), (east, north), (max(64, 2 * (count - len(found))), 2))
        found = np.concatenate([found, tried[shapely.contains_xy(area, tried[:, 0], tried[:, 1])]])
    return found[:count]


def _spelled(text: str, kind: Kind, division: str) -> Spelling:
    """A spelling; names that are read alike everywhere are spelled once for many places."""
    return _spelled_anywhere(text, kind) or spell(text, kind, division=division)


@lru_cache(maxsize=20_000)
def _spelled_anywhere(text: str, kind: Kind) -> Spelling | None:
    return spell(text, kind) if read_alike_everywhere(text) else None
