"""From a place's names to the forms under which it is found. Pure: no session, no database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from zlib import crc32

from placenames.spelling.readings import SearchKey, search_keys

# A single character is not looked for by itself where it is the whole specific part (丰县 by 丰).
SHORTEST_SPECIFIC = 2


@dataclass(frozen=True)
class SourceName:
    """One row of `source.sql`."""

    place_id: int
    name_id: int
    text: str
    specific: str
    roman: str
    kind: str
    status: str
    valid_from: date | None
    valid_to: date | None
    inherited: bool
    alive: bool
    current: bool
    public: bool
    rank: int
    own_division_id: int | None
    class_code: str
    class_label: str
    divisions: list[int] | None
    code: str | None
    point: memoryview | None


@dataclass(frozen=True)
class Token:
    """One form under which a place is found (see `SearchToken`)."""

    place_id: int
    name_id: int
    text: str
    shown: str
    kind: str
    pinyin: str
    initials: str
    grams: tuple[int, ...]
    rank: int
    divisions: tuple[int, ...]
    valid_from: date | None
    valid_to: date | None
    inherited: bool
    current: bool
    public: bool


def grams(text: str) -> tuple[int, ...]:
    """Codes of the single characters and the neighbouring pairs of a text, sorted and distinct (signed 32 bit).

    Pairs answer substrings, which in Chinese are mostly two characters long: too short for trigrams.
    A code may stand for two pairs; the question compares the text itself afterwards.
    """
    pieces = {*text, *(text[i : i + 2] for i in range(len(text) - 1))}
    return tuple(sorted(_signed(crc32(piece.encode())) for piece in pieces))


def query_grams(text: str) -> tuple[int, ...]:
    """The codes that every text which holds this one must have: its pairs, or its only character."""
    pieces = {text} if len(text) == 1 else {text[i : i + 2] for i in range(len(text) - 1)}
    return tuple(sorted(_signed(crc32(piece.encode())) for piece in pieces))


def _signed(code: int) -> int:
    return code - (1 << 32) if code >= 1 << 31 else code


def tokens(names: Iterable[SourceName]) -> Iterator[Token]:
    """Every form of every name; a division is found by its specific part as well (如皋 for 如皋市).

    A form that may be read in several ways has a token for each reading; the text stands with the first alone.
    """
    for name in names:
        for form in _forms(name):
            for number, key in enumerate(search_keys(form, name.code) or (SearchKey("", ""),)):
                yield Token(
                    place_id=name.place_id,
                    name_id=name.name_id,
                    text="" if number else form,
                    shown=name.text,
                    kind="former" if name.inherited else name.kind,
                    pinyin=key.pinyin,
                    initials=key.initials,
                    grams=() if number else grams(form),
                    rank=name.rank,
                    divisions=tuple(name.divisions or ()),
                    valid_from=name.valid_from,
                    valid_to=name.valid_to,
                    inherited=name.inherited,
                    current=name.current,
                    public=name.public,
                )


def _forms(name: SourceName) -> tuple[str, ...]:
    by_specific = name.own_division_id is not None and len(name.specific) >= SHORTEST_SPECIFIC
    return (name.text, name.specific) if by_specific and name.specific != name.text else (name.text,)


LEADING = {"standard": 0, "map": 1, "historic": 2, "former": 3, "short": 4, "alias": 5, "minority": 6}


def leading(names: Sequence[SourceName]) -> SourceName:
    """The name by which lists call a place: its own, public if any is, in use if any is, standard first, newest."""
    own = [name for name in names if not name.inherited]
    return min(
        own,
        key=lambda name: (
            not name.public,
            name.valid_to is not None,
            LEADING[name.kind],
            -(name.valid_from or date.min).toordinal(),
            name.name_id,
        ),
    )
