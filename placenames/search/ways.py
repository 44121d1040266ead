"""Other ways of reading what was typed, tried in turn where nothing has that name.

People type traditional characters, whole addresses, house numbers, and ask what an old village is called now
(DOMAIN §14.23). The first reading under which something is found is the one that is answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from foundation.database import Reader
from placenames.search.forms import statement
from placenames.search.question import MIXED_TIERS, Question, read_question, turned_round

NO_HOUSE_NUMBERS = "门牌未收录,以下是所在的路名或地名。"
LONGEST_DIVISION = 10
SHORTEST_DIVISION = 2
SHORTEST_REST = 2
MOST_DIVISIONS = 20
LONGEST_ADDRESS = 40
ADDRESS_TIERS = ("exact", "prefix")
# Of so many divisions of an address townships that are not in the register are left out, so many in each.
MOST_PASSED_OVER = 5
MOST_UNKNOWN = 2
_TOWNSHIP = re.compile(r".{2,5}?(?:街道|镇|乡|苏木)|.{2,6}?开发区")
_COUNT = r"[0-9０-９一二三四五六七八九十百零〇]+"
# Behind a number and its unit comes another number, or nothing: 一号桥 is a name.
_UNIT = r"(?:号楼|号院|单元|号|弄|幢|栋|室|层|楼|院)(?=$|[0-9一二三四五六七八九十附-])"
_HOUSE = re.compile(
    rf"(?P<road>.*[路街巷弄道里村庄园坊同区苑屯湾])(?P<house>{_COUNT}(?:[-—之附]{_COUNT})?{_UNIT}.*)"
    rf"|(?P<other>\D{{2,}})(?P<there>[0-9]+(?:[-—之附][0-9]+)?{_UNIT}.*)"
    r"|(?P<street>.+(?:[路街巷弄]|大道))[0-9]+"
)


@dataclass(frozen=True)
class Way:
    """A reading of the question: what is asked instead, within which division, and what people are told about it.

    Where it is `weighed` and finds something, the next one is asked as well, and the better first answer decides.
    """

    question: Question
    within: int | None = None
    note: str | None = None
    weighed: bool = False


@dataclass(frozen=True)
class Division:
    """A division that a part of an address names: its permanent id, and those that contain it."""

    id: int
    above: frozenset[int]


@dataclass(frozen=True)
class Address:
    """A reading of an address: its division, what that is called there (nothing where it ends so), and the rest."""

    division: Division
    called: str
    rest: str


def ways(reader: Reader, question: Question, division: int | None) -> Iterator[Way]:
    """The readings of a question in the order in which they are tried, beginning with what was typed.

    Traditional characters may be an alias of a village and the name of a city: both are looked at. An address that
    leads out of the `division` that was asked for is none.
    """
    plain = simplified(question.text)
    other = plain != question.text
    yield Way(question, weighed=other)
    if "exact" not in question.tiers:
        return
    if other:
        yield Way(_asking(question, plain))
    if question.tiers is MIXED_TIERS:
        return
    for text in dict.fromkeys((question.text, plain)):
        yield from _parts(reader, question, text, division)
    turned = turned_round(question)
    if turned:
        yield from (way for way in _parts(reader, question, simplified(turned), division) if way.within)


def _parts(reader: Reader, question: Question, text: str, division: int | None) -> Iterator[Way]:
    """A text without its house number, then as an address, then as one with townships that nobody recorded."""
    house = _HOUSE.fullmatch(text)
    note = NO_HOUSE_NUMBERS if house else None
    road = (house["road"] or house["other"] or house["street"]) if house else text
    if house:
        yield Way(_asking(question, road), note=note)
    addresses = [
        it for it in split_address(reader, road) if division is None or division in {it.division.id, *it.division.above}
    ]
    for it in addresses:
        yield _within(question, it, it.rest, note)
    for it in [it for it in addresses if it.called][:MOST_PASSED_OVER]:
        yield from _passing_over(question, it, note)


def _within(question: Question, address: Address, text: str, note: str | None) -> Way:
    """The question for a text within the division of an address; for that division itself where no text is left."""
    # The rest of an address is a name or the beginning of one; a part of a name would be found anywhere.
    asked = replace(_asking(question, text or address.called), tiers=ADDRESS_TIERS if text else ADDRESS_TIERS[:1])
    return Way(asked, within=address.division.id, note=note)


def _passing_over(question: Question, address: Address, note: str | None) -> Iterator[Way]:
    """An address without the townships at the head of its rest, which the register does not hold."""
    end = 0
    for _ in range(MOST_UNKNOWN):
        found = _TOWNSHIP.match(address.rest, end)
        if not found:
            return
        end = found.end()
        if len(address.rest) - end in (0, *range(SHORTEST_REST, LONGEST_ADDRESS)):
            told = f"{address.rest[:end]}的范围未收录,已按{address.called}查找。{note or ''}"
            yield _within(question, address, address.rest[end:], told)


def _asking(question: Question, text: str) -> Question:
    """The same question with another text."""
    other = read_question(text, limit=question.limit)
    return replace(
        question, text=other.text, tiers=other.tiers, latin=other.latin, initials=other.initials, keys=other.keys
    )


def simplified(text: str) -> str:
    """The text in simplified characters."""
    return text if text.isascii() else str(_simplifier().convert(text))


@lru_cache(maxsize=1)
def _simplifier():  # type: ignore[no-untyped-def] # OpenCC tells no types
    # Its dictionaries are read when they are first needed.
    import opencc  # noqa: PLC0415

    return opencc.OpenCC("t2s")


def split_address(reader: Reader, text: str) -> list[Address]:
    """The divisions that an address may name ahead of a place (鼓楼区 is in many cities), each with the rest.

    Each division of the chain lies in the one before. Old names of divisions stand for those of today. An address
    that is nothing but divisions asks for the last of them.
    """
    if not SHORTEST_DIVISION < len(text) <= LONGEST_ADDRESS:
        return []
    parts = {
        text[start : start + length]
        for start in range(len(text) - 1)
        for length in range(SHORTEST_DIVISION, LONGEST_DIVISION + 1)
        if start + length <= len(text)
    }
    named: dict[str, list[Division]] = {}
    for part, id_, above in reader.rows(statement("named_divisions"), {"texts": sorted(parts)}):
        named.setdefault(part, []).append(Division(id_, frozenset(above)))
    chains, end = longest_chains(text, named)
    found: set[Address] = set()
    if len(text) - end >= SHORTEST_REST:
        found = {Address(chain[-1], _last_part(text[:end], named, chain[-1]), text[end:]) for chain in chains}
    elif end == len(text):
        # Within the last but one: nothing is left that could be an unknown township.
        found = {Address(chain[-2], "", _last_part(text, named, chain[-1])) for chain in chains if len(chain) > 1}
    return sorted(found, key=lambda it: (it.division.id, it.rest))[:MOST_DIVISIONS]


def longest_chains(text: str, named: Mapping[str, Sequence[Division]]) -> tuple[list[list[Division]], int]:
    """The chains of divisions that take the most of a text from its beginning, and where they end."""
    best: list[list[Division]] = []
    end = 0
    waiting: list[tuple[list[Division], int]] = [([], 0)]
    while waiting:
        chain, at = waiting.pop()
        if chain and at > end:
            best, end = [], at
        if chain and at == end:
            best.append(chain)
        for length in range(SHORTEST_DIVISION, min(LONGEST_DIVISION, len(text) - at) + 1):
            for division in named.get(text[at : at + length], ()):
                if not chain or chain[-1].id in division.above:
                    waiting.append(([*chain, division], at + length))
    return best, end


def _last_part(text: str, named: Mapping[str, Sequence[Division]], last: Division) -> str:
    endings = (text[-length:] for length in range(LONGEST_DIVISION, SHORTEST_DIVISION - 1, -1))
    return next(part for part in endings if last in named.get(part, ()))
