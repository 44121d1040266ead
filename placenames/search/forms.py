"""The forms that may answer a question, tier by tier, best first: those that have its characters, sound or shape.

A list of hot codes (`hot`) spares sorting what very many forms hold; within a division its own names are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import count
from typing import Any, TypedDict

from foundation import sqlfiles
from placenames.search.question import FAR, LATIN_TIERS, LOOSE, STRICT, Question
from placenames.search.tokens import (
    LONGEST_BEGINNING,
    LONGEST_SOUND,
    PAIRS_FROM,
    beginning,
    cells,
    holding,
    query_grams,
    query_near_codes,
    shortened,
    sounding,
)

SQL = sqlfiles.folder(__file__)
FIRST_FORMS = 40
LAST = chr(0x10FFFF)  # comes after every letter
# Boxes of more cells than this are no short way to anything; of no more than few, every name can be looked at.
MOST_CELLS = 150
FEW_CELLS = 16
MORE = 10  # each batch of forms is so many times the one before
# Each batch of forms of a part is a pass over its names: the first is mostly the last.
FIRST_WITHIN = 400


@dataclass(frozen=True)
class FoundForm:
    """A form that may answer."""

    id: int
    text: str
    rank: int


@dataclass(frozen=True)
class Batch:
    """Some forms, best first, and whether they are the last; the first may be empty and others follow."""

    forms: Sequence[FoundForm]
    last: bool


@dataclass(frozen=True)
class Hot:
    """A hot code: its number, and the rank down to which its forms are listed."""

    id: int
    least: int


@cache
def statement(name: str) -> sqlfiles.SqlFile:
    """A question of this room."""
    return sqlfiles.load(SQL / f"{name}.sql")


@dataclass(frozen=True)
class Filters:
    """What narrows a question, looked up: the division's permanent id, the labels of the class and their bits.

    `small` says that the division is a county or less: all its names can be looked at. Those of a prefecture can be
    too where all that is known of a name is a character or a few letters.
    """

    division: int | None = None
    small: bool = False
    prefecture: bool = False
    classes: Sequence[str] | None = None
    mask: int | None = None


@dataclass(frozen=True)
class Part:
    """A part of the register by what its names have: all of `terms` (pairs, a division), one of `areas`."""

    terms: list[int]
    areas: list[int]


class Forms:
    """Asks for the forms of one question; `ask` gives the rows of a statement of this room."""

    def __init__(self, question: Question, filters: Filters, ask: Callable[..., Sequence[tuple[Any, ...]]]) -> None:
        self.question, self.ask = question, ask
        text, looked = question.text, characters(question.text)
        codes = [code for code in query_grams(text) if code >= PAIRS_FROM]
        self.pairs = codes if question.tiers != LATIN_TIERS else []
        self.part = None if question.as_of else self._part(filters)
        """The division or box that was asked for, where so few names lie within that all of them can be looked at."""
        self.within = None if question.as_of else self._within(filters)
        """Those of its names that have the pairs of the question, or all where they are few."""
        here = [] if filters.division is None or question.as_of else [-filters.division]
        self.broad = Part(here, here) if filters.prefecture and here else None
        """The prefecture that was asked for: what very many names have is found sooner among its own."""
        self.codes = {
            "prefix": [looked["beginning"]],
            "substring": looked["holding"],
            "pinyin_prefix": [letters(question.latin)["sounding"]],
        }
        """What the forms of a tier have, where that may be a hot code."""
        self.near = list(query_near_codes(text)) if question.keys else []
        self.shortened = sorted(shortened(text)) if self.near else []
        self.hot: dict[str, Hot] = {}
        """Which of these codes are hot, told by the first look at a tier."""

    def _part(self, filters: Filters) -> Part | None:
        terms = [] if filters.division is None else [-filters.division]
        few = cells(self.question.bbox, FEW_CELLS) if self.question.bbox else None
        return Part(terms, few or terms) if filters.small or few else None

    def _within(self, filters: Filters) -> Part | None:
        if not self.pairs:
            return self.part
        terms = [] if filters.division is None else [-filters.division]
        areas = (cells(self.question.bbox, MOST_CELLS) if self.question.bbox else None) or terms
        return Part([*terms, *self.pairs], areas) if areas else None

    def look(self, tiers: Sequence[str]) -> dict[str, Batch]:
        """The first forms of some tiers of one group."""
        if self.inside(tiers[0]) and tiers[0] in STRICT:
            return dict.fromkeys(tiers, next(self.of(tiers[0])))
        if self.inside(tiers[0]) or (len(tiers) == 1 and tiers[0] not in ("prefix", "substring", "pinyin_prefix")):
            return {tier: next(self.of(tier), Batch((), last=True)) for tier in tiers}
        text, latin, many = self.question.text, self.question.latin, FIRST_FORMS
        group: Sequence[str]
        if tiers[0] in STRICT:
            group = STRICT
            rows = self.ask("look_characters", **characters(text), count=many)
        elif tiers[0] in LATIN_TIERS:
            group = LATIN_TIERS
            rows = self.ask("look_letters", **letters(latin), initials=self.question.initials, count=many)
        else:
            group = LOOSE
            rows = self.ask(
                "look_alike", keys=sorted(self.question.keys), codes=self.near, texts=self.shortened, count=many
            )  # fmt: skip
        self.hot = {code: Hot(id_, least) for tier, id_, code, least in rows if tier < 0}
        found = {}
        for tier in tiers:
            forms = sorted(
                (FoundForm(*row) for number, *row in rows if number == group.index(tier)),
                key=lambda it: (-it.rank, it.id),
            )
            listed = tier in self.codes and all(code in self.hot for code in self.codes[tier])
            found[tier] = Batch(forms, last=not listed and len(forms) < many)
        return found

    def inside(self, tier: str) -> bool:
        """Whether the names of a tier are looked for among those of the division or box."""
        return self.within is not None and tier not in LOOSE and (tier in STRICT or not self.pairs)

    def narrow(self, tier: str) -> Part | None:
        """The part of the register in which places of a tier are looked for at once; None where form by form."""
        return self.within if self.inside(tier) else self.part if tier in LOOSE else None

    def of(self, tier: str) -> Iterator[Batch]:
        """Forms that may answer in a tier, best first, in ever larger batches; none where the tier does not apply."""
        if self.within and self.inside(tier):
            return iter(self.named_within if tier in STRICT else self.spoken_within)
        return self.anywhere(tier)

    @cached_property
    def named_within(self) -> Iterable[Batch]:
        """Forms of names within that have the characters: passes over the part that all tiers share."""
        inside = {} if self.within is None else vars(self.within)
        return _Kept(self.batches("forms_within", (FAR[0], FIRST_WITHIN), q=self.question.text, **inside))

    @cached_property
    def spoken_within(self) -> Iterable[Batch]:
        """Forms of names within by their readings, for all tiers of letters."""
        inside = {} if self.within is None else vars(self.within)
        return _Kept(self.batches("forms_within_sound", (FAR[0], FIRST_WITHIN), **self._readings(), **inside))

    def _readings(self) -> dict[str, str]:
        latin = self.question.latin
        return {"low": latin, "high": latin + LAST, "initials": self.question.initials}

    def anywhere(self, tier: str) -> Iterator[Batch]:
        """Forms of the whole register that may answer in a tier."""
        text, latin, keys = self.question.text, self.question.latin, sorted(self.question.keys)
        ask: dict[str, Callable[[], Iterator[Batch]]] = {
            "exact": lambda: self.batches("forms_exact", (FAR[0], FIRST_FORMS), q=text),
            "prefix": lambda: self.listed("forms_prefix", tier, q=text),
            "substring": lambda: self.listed("forms_substring", tier, q=text, grams=list(query_grams(text))),
            "pinyin": lambda: self.batches("forms_pinyin", (FAR[0], FIRST_FORMS), keys=[latin]),
            "pinyin_prefix": lambda: self.listed("forms_pinyin_prefix", tier, q=latin),
            "initials": lambda: self.batches("forms_initials", (FAR[0], FIRST_FORMS), q=self.question.initials),
            "homophone": lambda: self.batches("forms_pinyin", (FAR[0], FIRST_FORMS), keys=keys) if keys else iter(()),
            "fuzzy": lambda: (
                self.batches("forms_near", (FAR[0], FIRST_FORMS), codes=self.near, texts=self.shortened)
                if self.near
                else iter(())
            ),
        }
        return ask[tier]()

    def listed(self, name: str, tier: str, **values: object) -> Iterator[Batch]:
        """Forms that have all codes of a tier: from the list of the rarest where all are hot, then by the index."""
        hot = [self.hot[code] for code in self.codes[tier] if code in self.hot]
        if len(hot) < len(self.codes[tier]):
            yield from self.batches(name, (FAR[0], FIRST_FORMS), **values)
            return
        rarest = min(hot, key=lambda it: it.least)
        for batch in self.batches("forms_top", (FAR[0], FIRST_FORMS), hot=rarest.id):
            if batch.forms:
                yield Batch(batch.forms, last=False)
        # The list holds every form down to that rank, so what follows lies below it.
        if self.broad and tier == "pinyin_prefix":
            name, values = "forms_within_sound", {**self._readings(), **vars(self.broad)}
        elif self.broad and tier == "substring":
            name, values = "forms_within", {"q": self.question.text, **vars(self.broad)}
        yield from self.batches(name, (rarest.least, FIRST_WITHIN if self.broad else FIRST_FORMS), **values)

    def batches(self, name: str, start: tuple[int, int], **values: object) -> Iterator[Batch]:
        """Forms of a statement from a rank down, in ever larger batches; `start` is the rank and the first count."""
        below, wanted = (start[0], FAR[0]), start[1]
        while True:
            rows = self.ask(name, below_rank=below[0], below_id=below[1], count=wanted, **values)
            forms = [FoundForm(*row) for row in rows]
            yield Batch(forms, last=len(forms) < wanted)
            if len(forms) < wanted:
                return
            below, wanted = (forms[-1].rank, forms[-1].id), wanted * MORE


class _Kept:
    """Batches that can be gone through again; each is asked for once."""

    def __init__(self, source: Iterator[Batch]) -> None:
        self._source, self._known = source, list[Batch]()

    def __iter__(self) -> Iterator[Batch]:
        """From the first one."""
        for at in count():
            if at == len(self._known):
                following = next(self._source, None)
                if following is None:
                    return
                self._known.append(following)
            yield self._known[at]


class Characters(TypedDict):
    """A text with the codes by which forms that have it are found."""

    q: str
    grams: list[int]
    beginning: str
    holding: list[str]


class Letters(TypedDict):
    """Joined pinyin with the code of forms that are read to begin with it."""

    q: str
    sounding: str


def characters(text: str) -> Characters:
    """What a statement that looks for characters is asked."""
    return {
        "q": text, "grams": list(query_grams(text)), "beginning": beginning(text[:LONGEST_BEGINNING]),
        "holding": [holding(part) for part in pairs(text)],
    }  # fmt: skip


def letters(latin: str) -> Letters:
    """What a statement that looks for letters is asked."""
    return {"q": latin, "sounding": sounding(latin[:LONGEST_SOUND])}


def pairs(text: str) -> list[str]:
    """The pairs of characters of a text, each once, or its only one."""
    return list(dict.fromkeys(text[at : at + 2] for at in range(len(text) - 1))) or [text]
