"""From a name to the forms under which it is found, and from a form to what people type. Pure: no database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import floor
from zlib import crc32

from placenames.spelling.readings import search_keys

# A single character is not looked for by itself where it is the whole specific part (丰县 by 丰).
SHORTEST_SPECIFIC = 2
# What stands beside code points (the last one is 0x10FFFF): letters, then cells among terms and pairs among grams.
LETTERS_FROM = 0x110000
PAIRS_FROM = CELLS_FROM = 0x200000
# Names of these lengths are found with one character wrong, missing, extra or swapped.
NEAR_LENGTHS = range(3, 11)
LONGEST_BEGINNING = 3
LONGEST_SOUND = 8
CELLS_PER_DEGREE = 5
_TWO_LETTERS = re.compile("[a-z]{2}")


@dataclass(frozen=True)
class SourceName:
    """One row of `source.sql`."""

    place_id: int
    name_id: int
    text: str
    specific: str
    valid_from: date | None
    valid_to: date | None
    inherited: bool
    current: bool
    public: bool
    rank: int
    own_division_id: int | None
    divisions: list[int] | None
    cell: int | None


@dataclass(frozen=True)
class Form:
    """A form with the codes that it is looked up by, and its readings (pinyin, initials).

    The codes are those of `near_codes`, `grams` and `letter_codes`.
    """

    text: str
    grams: tuple[int, ...]
    sounds: tuple[tuple[str, str], ...]


def grams(text: str) -> tuple[int, ...]:
    """Codes of the single characters and the neighbouring pairs of a text, sorted and distinct, never negative.

    Pairs answer substrings, which in Chinese are mostly two characters long: too short for trigrams. A single
    character is its own code point; the code of a pair is larger than any of those and may stand for two pairs: the
    question compares the text itself afterwards.
    """
    return tuple(sorted({*map(ord, text), *(_pair(text[at : at + 2]) for at in range(len(text) - 1))}))


def query_grams(text: str) -> tuple[int, ...]:
    """The codes that every text which holds this one must have: its pairs, or its only character."""
    if len(text) == 1:
        return (ord(text),)
    return tuple(sorted({_pair(text[at : at + 2]) for at in range(len(text) - 1)}))


def _pair(pair: str) -> int:
    return (crc32(pair.encode()) & 0x7FFFFFFF) | PAIRS_FROM


def near_codes(text: str) -> tuple[int, ...]:
    """Codes of the texts that are left when one character is taken out, all negative; none for very short or long ones.

    Two names of which one has a character wrong, missing, extra or swapped with its neighbour share such a text, or
    one of them is one (the deletion neighbourhood of Mor and Fraenkel, 1982). A code may stand for two texts.
    """
    if len(text) not in NEAR_LENGTHS:
        return ()
    return tuple(sorted({_near(left) for left in shortened(text)}))


def query_near_codes(text: str) -> tuple[int, ...]:
    """The codes of which a form that is one character apart from a question has one, longer ones included."""
    if len(text) + 1 not in NEAR_LENGTHS and len(text) not in NEAR_LENGTHS:
        return ()
    return tuple(sorted({_near(text), *map(_near, shortened(text))}))


def shortened(text: str) -> set[str]:
    """A text with each of its characters taken out in turn."""
    return {text[:at] + text[at + 1 :] for at in range(len(text))}


def letter_codes(sounds: Iterable[tuple[str, str]]) -> tuple[int, ...]:
    """The codes of the two letters that readings (pinyin, initials) begin with, sorted and distinct.

    Whoever types letters means a name by the beginning of its pinyin or by its initials: both have one code.
    """
    return tuple(sorted({_letters(text[:2]) for sound in sounds for text in sound if _TWO_LETTERS.match(text)}))


def _letters(two: str) -> int:
    return LETTERS_FROM + (ord(two[0]) - ord("a")) * 26 + ord(two[1]) - ord("a")


def is_term(code: int) -> bool:
    """Whether a code of a form is among the terms of its places: those of single characters and of letters are."""
    return 0 <= code < PAIRS_FROM


def _near(left: str) -> int:
    return -1 - (crc32(left.encode()) & 0x7FFFFFFF)


def form(text: str) -> Form:
    """What a form is looked up by."""
    sounds = tuple((found.pinyin, found.initials) for found in search_keys(text))
    return Form(text, (*near_codes(text), *grams(text), *letter_codes(sounds)), sounds)


def cells(box: tuple[float, float, float, float], most: int) -> list[int] | None:
    """The cells that a box of degrees (west, south, east, north) touches, as `placenames.cell` numbers them.

    None where they are more than `most`.
    """
    west, east = (floor((lon + 180) * CELLS_PER_DEGREE) for lon in (box[0], box[2]))
    south, north = (floor((lat + 90) * CELLS_PER_DEGREE) for lat in (box[1], box[3]))
    if (east - west + 1) * (north - south + 1) > most:
        return None
    wide = 360 * CELLS_PER_DEGREE
    return [CELLS_FROM + line * wide + column for line in range(south, north + 1) for column in range(west, east + 1)]


def holding(part: str) -> str:
    """The code of forms that hold one or two characters."""
    return f"~{part}"


def beginning(part: str) -> str:
    """The code of forms that begin with up to three characters and go on."""
    return f"^{part}"


def sounding(part: str) -> str:
    """The code of forms whose joined pinyin begins with up to eight letters and goes on."""
    return f">{part}"


def hot_codes(it: Form) -> set[str]:
    """Every code under which a form is listed where the code is one that very many forms have (`search_hot`)."""
    text = it.text
    return {
        *map(holding, text),
        *(holding(text[at : at + 2]) for at in range(len(text) - 1)),
        *(beginning(text[:length]) for length in range(1, min(LONGEST_BEGINNING, len(text) - 1) + 1)),
        *(
            sounding(pinyin[:length])
            for pinyin, _ in it.sounds
            for length in range(1, min(LONGEST_SOUND, len(pinyin) - 1) + 1)
        ),
    }


def forms_of(name: SourceName) -> tuple[str, ...]:
    """The forms of a name: itself, and of a division its specific part as well (如皋 for 如皋市)."""
    by_specific = name.own_division_id is not None and len(name.specific) >= SHORTEST_SPECIFIC
    return (name.text, name.specific) if by_specific and name.specific != name.text else (name.text,)


def token_rows(
    names: Iterable[SourceName], known: Mapping[str, tuple[int, Sequence[int]]]
) -> Iterator[tuple[object, ...]]:
    """The tokens of names as rows of `search_token`; `known` gives each form's id and grams."""
    for name in names:
        for text in forms_of(name):
            form_id, codes = known[text]
            divisions = (-division for division in name.divisions or ())
            cell = () if name.cell is None else (name.cell,)
            terms = (*filter(is_term, codes), *divisions, *cell)
            yield (
                name.place_id, name.name_id, form_id, name.rank, terms, name.valid_from, name.valid_to,
                name.inherited, name.current, name.public,
            )  # fmt: skip
