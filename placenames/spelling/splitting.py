"""Where a name is cut into written parts (rules 1–7 and 14–17; DOMAIN §6.2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from placenames.spelling import numerals
from placenames.spelling.generics import Generic, Kind, Role, ending, terms

MODIFIERS: Final = frozenset("东西南北中前后左右新老大小横直正支")  # 内 and 外 stay with their gate: 朝阳门内/大街
ORDINAL_GENERICS: Final = frozenset({"巷", "弄", "条", "里", "马路", "环路"})
GRID_FRONTS: Final = frozenset({"经", "纬"})  # numbered roads of a grid: 经五路
ORDINAL: Final = "第"
_DIVISION_AHEAD = re.compile(r"(.{2,}?)(省|自治区)|(.{2,}?)(?<![城都超夜门集菜花股])(市)|(.{1,4}?)(县)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters written as one part; `numeral` holds the digits that stand for a numeral in it."""

    text: str
    numeral: str = ""

    @property
    def prefixed(self) -> bool:
        """Whether the numeral stands behind 第, which is written "Dì-9"."""
        return self.text.startswith(ORDINAL)


@dataclass(frozen=True, slots=True)
class Cut:
    """The pieces of a name in order, and the table's generic that ends it, whose reading is confirmed by the table."""

    pieces: tuple[Piece, ...]
    generic: Generic | None = None


def cut(name: str, kind: Kind, *, split: Sequence[int] = (), ordinal: bool | None = None) -> Cut:
    """Cut `name` by its kind, or where an officer said (`split`: places between characters, rising).

    `ordinal` says whether a numeral before the generic of a street is an ordinal; None takes the usual answer.
    """
    if split:
        return _cut_by_hand(name, kind, split, ordinal)
    if kind == "settlement":  # rule 3: villages and market towns are never split
        return Cut((Piece(name),), ending(name, kind))
    if kind == "division":
        return _cut_division(name)
    if kind == "street":
        return _cut_street(name, ordinal)
    if kind == "natural":
        return _cut_natural(name)
    return _cut_building(name, kind, ordinal)


def _cut_by_hand(name: str, kind: Kind, split: Sequence[int], ordinal: bool | None) -> Cut:
    bounds = [0, *split, len(name)]
    pieces = []
    for index, (start, end) in enumerate(pairwise(bounds)):
        text = name[start:end]
        counted = numerals.value(text.removeprefix(ORDINAL))
        usual = kind == "street" and index > 0
        is_ordinal = counted is not None and (usual if ordinal is None else ordinal)
        pieces.append(Piece(text, str(counted) if is_ordinal else ""))
    return Cut(tuple(pieces), terms(kind).get(pieces[-1].text) or ending(pieces[-1].text, kind))


def _cut_division(name: str) -> Cut:
    if name in terms("whole"):
        return Cut((Piece(name),), terms("whole")[name])
    generic = ending(name, "division", long_leaving=2)
    if generic is None:
        return Cut((Piece(name),))
    rest = name[: -len(generic.text)]
    role: Role = "word" if len(generic.text) > 2 and not generic.text.startswith("自治") else "ethnic"
    return Cut((*_with_words_apart(rest, role), Piece(generic.text)), generic)


def _cut_street(name: str, ordinal: bool | None) -> Cut:
    generic = ending(name, "street")
    if generic is None:
        return Cut((Piece(name),))
    rest = name[: -len(generic.text)]
    return Cut(_numbered(rest, generic.text, ordinal) or _modified(rest, generic.text, least=2), generic)


def _cut_natural(name: str) -> Cut:
    generic = ending(name, "natural")
    if generic is None:
        return Cut((Piece(name),))
    rest = name[: -len(generic.text)]
    numbered = numerals.trailing(rest[:2]) if rest.startswith(ORDINAL) else None
    if numbered and len(rest) >= 4:  # a modifier of two syllables stands apart: 第二/松花/江 (rules 2 and 6)
        return Cut((Piece(rest[:2]), Piece(rest[2:]), Piece(generic.text)), generic)
    return Cut(_modified(rest, generic.text, least=3), generic)


def _cut_building(name: str, kind: Kind, ordinal: bool | None) -> Cut:
    """Buildings, sights and units: a division ahead is split (rule 17), known words stand apart (rule 14)."""
    ahead, rest = _division_ahead(name, kind)
    generic = ending(rest, kind, leaving=0 if ahead else 1)
    if generic is None:
        return Cut((*ahead, Piece(rest)))
    rest = rest[: -len(generic.text)]
    if not rest:
        return Cut((*ahead, Piece(generic.text)), generic)
    numbered = _unit_number(rest, generic.text, ordinal)
    if numbered:
        return Cut((*ahead, *numbered), generic)
    *words, last = _with_words_apart(rest, "word", alone=bool(ahead))
    if words or last.text in terms("word"):
        return Cut((*ahead, *words, last, Piece(generic.text)), generic)
    return Cut((*ahead, *_modified(rest, generic.text, least=3)), generic)


def _division_ahead(name: str, kind: Kind) -> tuple[tuple[Piece, ...], str]:
    found = _DIVISION_AHEAD.match(name)
    if not found or not ending(name[found.end() :], kind, leaving=0):
        return (), name
    specific, generic = (text for text in found.groups() if text)
    return (Piece(specific), Piece(generic)), name[found.end() :]


def _unit_number(rest: str, generic: str, ordinal: bool | None) -> tuple[Piece, ...] | None:
    """Cut 第八/中学, written "Dì-8 Zhōngxué" (rule 16)."""
    found = numerals.trailing(rest)
    if ordinal is False or not found or not rest[: found[0]].endswith(ORDINAL):
        return None
    front, number = rest[: found[0] - 1], Piece(rest[found[0] - 1 :], found[1])
    return (*((Piece(front),) if front else ()), number, Piece(generic))


def _numbered(rest: str, generic: str, ordinal: bool | None) -> tuple[Piece, ...] | None:
    """Cut an ordinal of a street (rule 7), or None where the numeral is part of the specific (rule 6)."""
    found = numerals.trailing(rest, spelled_out=ordinal is True)
    if ordinal is False or not found:
        return None
    start, digits = found
    own = next((text for text in terms("specific") if rest.startswith(text) and start < len(text) < len(rest)), "")
    if own and (counted := numerals.value(rest[len(own) :])):
        start, digits = len(own), str(counted)
    if rest[:start].endswith(ORDINAL):
        start -= 1
    front, number = rest[:start], Piece(rest[start:], digits)
    usual = generic in ORDINAL_GENERICS or number.prefixed or front in GRID_FRONTS or ending(front, "street")
    if ordinal is None and not usual:
        return None
    return (*_front(front), number, Piece(generic))


def _front(front: str) -> tuple[Piece, ...]:
    """Split what stands before an ordinal when it ends in a modified generic itself (天宁寺/西里/一/巷)."""
    inner = ending(front, "street")
    if inner:
        before = front[: -len(inner.text)]
        if before[-1] in MODIFIERS and len(before) > 2:
            return Piece(before[:-1]), Piece(before[-1] + inner.text)
    return (Piece(front),) if front else ()


def _modified(rest: str, generic: str, *, least: int) -> tuple[Piece, Piece]:
    """Join a modifier of one syllable to the generic behind it (rule 2) when `rest` has at least `least` characters."""
    if len(rest) >= least and rest[-1] in MODIFIERS:
        return Piece(rest[:-1]), Piece(rest[-1] + generic)
    return Piece(rest), Piece(generic)


def _with_words_apart(rest: str, role: Role, *, alone: bool = False) -> tuple[Piece, ...]:
    """Cut known words off the end of `rest` while two characters stay (none need stay where `alone`)."""
    words: list[Piece] = []
    while word := ending(rest, role, leaving=0 if alone else 2):
        words.insert(0, Piece(word.text))
        rest = rest[: -len(word.text)]
        if not rest:
            return tuple(words)
    return (Piece(rest), *words)
