"""The forms that may answer a question, tier by tier, best first: those that have its characters, sound or shape.

A list of hot codes (`hot`) spares sorting what very many forms hold. Within a division or a box no forms are needed:
the places there are found by their characters or first letters at once (`Part`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypedDict

from foundation import sqlfiles
from placenames.search.question import FAR, HAN, LATIN_TIERS, LOOSE, STRICT, Question
from placenames.search.tokens import (
    LONGEST_BEGINNING,
    LONGEST_SOUND,
    beginning,
    cells,
    holding,
    letter_codes,
    query_grams,
    query_near_codes,
    shortened,
    sounding,
)

SQL = sqlfiles.folder(__file__)
FIRST_FORMS = 40
# Boxes of more cells than this are no short way to anything; of some, as many as a prefecture has, all names with a
# character can be looked at, and of few all names.
MOST_CELLS = 150
SOME_CELLS = 40
FEW_CELLS = 16
# Longer letters lead to few forms, and these to the places sooner than a part as large as a prefecture does.
LONGEST_BROAD = 4
MORE = 10  # each batch of forms is so many times the one before


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

    `small` says that the division is a county or less: all its names can be looked at. `wide` says that it is a
    province: so many of its names have a character, or a first letter, that those are no way to a few.
    """

    division: int | None = None
    small: bool = False
    wide: bool = False
    classes: Sequence[str] | None = None
    mask: int | None = None


@dataclass(frozen=True)
class Part:
    """A part of the register by what its names have: all of `terms` (a division, letters), one of `areas`.

    `characters` are those of the question: the database takes the rarest of them to find the names by.
    """

    terms: list[int]
    areas: list[int]
    characters: str = ""


class Forms:
    """Asks for the forms of one question; `ask` gives the rows of a statement of this room."""

    def __init__(self, question: Question, filters: Filters, ask: Callable[..., Sequence[tuple[Any, ...]]]) -> None:
        self.question, self.ask = question, ask
        text, looked = question.text, characters(question.text)
        here = [] if filters.division is None else [-filters.division]
        box = cells(question.bbox, MOST_CELLS) if question.bbox else None
        areas = None if question.as_of else box or here or None
        small = len(box) <= FEW_CELLS if box else filters.small
        some = len(box) <= SOME_CELLS if box else not filters.wide
        self.strict = self.spoken = self.loose = None
        """The part that was asked for: of names with its characters, of those read as its letters, and the whole."""
        if areas and (some or len(text) > 1):
            self.strict = Part(here, areas, "".join(sorted(set(text))))
        # One letter is that of too many names, and many letters lead to few forms.
        if areas and question.latin and (small or (some and 1 < len(question.latin) <= LONGEST_BROAD)):
            beside = {ord(char) for char in HAN.findall(text)}
            self.spoken = Part([*here, *letter_codes([(question.latin, "")]), *beside], areas)
        if areas and small:
            self.loose = Part(here, areas)
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

    def look(self, tiers: Sequence[str]) -> dict[str, Batch]:
        """The first forms of some tiers of one group."""
        if len(tiers) == 1 and tiers[0] not in ("prefix", "substring", "pinyin_prefix"):
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

    def inside(self, tier: str) -> Part | None:
        """The part of the register that a tier's names are looked for in, all tiers of its group at once; else None."""
        return self.strict if tier in STRICT else self.spoken if tier in LATIN_TIERS else None

    def of(self, tier: str) -> Iterator[Batch]:
        """Forms that may answer in a tier, best first, in ever larger batches; none where the tier does not apply."""
        text, latin, keys = self.question.text, self.question.latin, sorted(self.question.keys)
        ask: dict[str, Callable[[], Iterator[Batch]]] = {
            "exact": lambda: self.batches("forms_exact", FAR[0], q=text),
            "prefix": lambda: self.listed("forms_prefix", tier, q=text),
            "substring": lambda: self.listed("forms_substring", tier, q=text, grams=list(query_grams(text))),
            "pinyin": lambda: self.batches("forms_pinyin", FAR[0], keys=[latin]),
            "pinyin_prefix": lambda: self.listed("forms_pinyin_prefix", tier, q=latin),
            "initials": lambda: self.batches("forms_initials", FAR[0], q=self.question.initials),
            "homophone": lambda: self.batches("forms_pinyin", FAR[0], keys=keys) if keys else iter(()),
            "fuzzy": lambda: (
                self.batches("forms_near", FAR[0], codes=self.near, texts=self.shortened) if self.near else iter(())
            ),
        }
        return ask[tier]()

    def listed(self, name: str, tier: str, **values: object) -> Iterator[Batch]:
        """Forms that have all codes of a tier: from the list of the rarest where all are hot, then by the index."""
        hot = [self.hot[code] for code in self.codes[tier] if code in self.hot]
        if len(hot) < len(self.codes[tier]):
            yield from self.batches(name, FAR[0], **values)
            return
        rarest = min(hot, key=lambda it: it.least)
        for batch in self.batches("forms_top", FAR[0], hot=rarest.id):
            if batch.forms:
                yield Batch(batch.forms, last=False)
        # The list holds every form down to that rank, so what follows lies below it.
        yield from self.batches(name, rarest.least, **values)

    def batches(self, name: str, rank: int, /, **values: object) -> Iterator[Batch]:
        """Forms of a statement from a rank down, in ever larger batches."""
        below, wanted = (rank, FAR[0]), FIRST_FORMS
        while True:
            rows = self.ask(name, below_rank=below[0], below_id=below[1], count=wanted, **values)
            forms = [FoundForm(*row) for row in rows]
            yield Batch(forms, last=len(forms) < wanted)
            if len(forms) < wanted:
                return
            below, wanted = (forms[-1].rank, forms[-1].id), wanted * MORE


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
