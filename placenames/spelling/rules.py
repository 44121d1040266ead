"""Roman spelling of a place name by the rules for Han place names of 1984 (84中地字17号; DOMAIN §6)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from foundation.errors import FieldError, Malformed
from placenames.spelling.generics import Generic, Kind
from placenames.spelling.readings import alternatives, overrides, read
from placenames.spelling.splitting import Cut, Piece, cut
from placenames.spelling.syllables import Reading, toneless, word

__all__ = ["Kind", "Part", "Reading", "Spelling", "spell"]


@dataclass(frozen=True, slots=True)
class Part:
    """One written part of a name: its characters and their spelling."""

    text: str
    roman: str


@dataclass(frozen=True, slots=True)
class Spelling:
    """A spelled name.

    `roman` is toned (Rúgāo Shì), `plain` is toneless (Rugao Shi, ü and apostrophe kept), `capitals` is RUGAO SHI.
    `generic` is the last part with its modifier (中路) and `specific` all before it; a name written as one part has an
    empty generic (rules 3 and 15).
    """

    text: str
    specific: str
    generic: str
    roman: str
    plain: str
    capitals: str
    parts: tuple[Part, ...]
    readings: tuple[Reading, ...]


def spell(
    name: str,
    kind: Kind,
    *,
    readings: Sequence[str] | None = None,
    split: int | Sequence[int] | None = None,
    ordinal: bool | None = None,
    division: str | None = None,
) -> Spelling:
    """Spell `name` by the 19 rules of 1984; without a database, the same answer every time.

    `readings`: confirmed toned syllables, one for each character. `split`: where an officer cuts, as the number of
    characters before each cut. `ordinal`: whether the numeral of a street is an ordinal (None: the usual answer).
    `division`: code or prefix of where the place lies, for readings that differ by place.

    Raises Malformed for an empty name, an unknown kind, or readings or cuts that do not fit the name.
    """
    text = unicodedata.normalize("NFC", name).strip()
    if not text:
        raise _malformed("name", "名称为空", "请填写名称")
    if kind not in get_args(Kind):
        raise _malformed("kind", f"没有“{kind}”这一拼写类别", f"请从 {'、'.join(get_args(Kind))} 中选择")
    pieces = cut(text, kind, split=_cuts(text, split), ordinal=ordinal)
    known = _confirmed(text, readings) if readings is not None else _read(text, pieces.generic, division)
    return _assemble(text, pieces, known)


def _assemble(text: str, pieces: Cut, known: tuple[Reading, ...]) -> Spelling:
    parts, start = [], 0
    for piece in pieces.pieces:
        end = start + len(piece.text)
        parts.append(Part(piece.text, _roman(piece, known[start:end])))
        start = end
    roman = " ".join(part.roman for part in parts)
    plain = toneless(roman)
    generic = parts[-1].text if len(parts) > 1 else ""
    specific = text[: len(text) - len(generic)]
    return Spelling(text, specific, generic, roman, plain, plain.upper(), tuple(parts), known)


def _roman(piece: Piece, known: Sequence[Reading]) -> str:
    if not piece.numeral:
        return word(known)
    return f"{word(known[:1])}-{piece.numeral}" if piece.prefixed else piece.numeral


def _read(text: str, generic: Generic | None, division: str | None) -> tuple[Reading, ...]:
    """Read the name; the generic that ends it reads as its table says (弄 as a lane is lòng)."""
    known = read(text, division)
    if generic is None:
        return known
    front = known[: -len(generic.text)]
    return (*front, *(Reading(char, syllable, True) for char, syllable in _pairs(generic)))


def _pairs(generic: Generic) -> zip[tuple[str, str]]:
    return zip(generic.text, generic.reading, strict=True)


def _cuts(text: str, split: int | Sequence[int] | None) -> tuple[int, ...]:
    if split is None:
        return ()
    cuts = (split,) if isinstance(split, int) else tuple(split)
    if list(cuts) != sorted(set(cuts)) or any(not 0 < place < len(text) for place in cuts):
        raise _malformed("split", "切分位置不在名称之内", f"请用 1 到 {len(text) - 1} 之间由小到大的字数")
    return cuts


def _confirmed(text: str, readings: Sequence[str]) -> tuple[Reading, ...]:
    """Readings given by a person: one for each character, and each a reading the character has."""
    if len(readings) != len(text):
        raise _malformed("readings", f"名称有 {len(text)} 个字,读音有 {len(readings)} 个", "请逐字填写读音")
    return tuple(_checked(index, char, given) for index, (char, given) in enumerate(zip(text, readings, strict=True)))


def _checked(index: int, char: str, given: str) -> Reading:
    syllable = unicodedata.normalize("NFC", given).strip().lower()
    known = _known(char)
    if syllable and syllable in known:
        return Reading(char, syllable, True)
    if not known and given == char:
        return Reading(char, char, False)
    if not known and toneless(syllable).replace("ü", "u").isascii() and syllable.isalpha():
        return Reading(char, syllable, True)
    remedy = f"可填 {'、'.join(sorted(known))}" if known else "请填写带声调的一个音节"
    raise _malformed(f"readings[{index}]", f"“{char}”没有读音“{given}”", remedy)


def _known(char: str) -> set[str]:
    """The dictionary's readings of a character, those of the table of place readings, and each in neutral tone."""
    rows = (row for rows in overrides().values() for row in rows if char in row.text)
    in_table = {syllable for row in rows for at, syllable in zip(row.text, row.reading, strict=True) if at == char}
    toned = {*alternatives(char), *in_table}
    return toned | {toneless(syllable) for syllable in toned}


def _malformed(loc: str, msg: str, remedy: str) -> Malformed:
    return Malformed([FieldError(loc, msg, remedy)])
