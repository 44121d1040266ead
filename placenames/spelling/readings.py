"""Readings of the characters of a name: pypinyin's dictionaries, corrected by the table of place readings."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from foundation.settings import PROJECT
from placenames.spelling.syllables import Reading, key

TABLE = PROJECT / "data" / "readings.csv"
MOST_KEYS = 4
_LONGEST_PHRASE = 5


@dataclass(frozen=True, slots=True)
class Override:
    """A row of the table: how `text` reads in `division` (a code or its prefix; empty = everywhere)."""

    text: str
    reading: tuple[str, ...]
    division: str
    source: str
    certain: bool


@dataclass(frozen=True, slots=True)
class SearchKey:
    """What people type for a name: the joined toneless pinyin and its initials, v for ü."""

    pinyin: str
    initials: str


@lru_cache(maxsize=1)
def overrides() -> Mapping[str, tuple[Override, ...]]:
    """The table of place readings by text, the most local division first."""
    rows: dict[str, list[Override]] = {}
    with TABLE.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            reading = tuple(unicodedata.normalize("NFC", row["reading"]).split())
            found = Override(row["text"], reading, row["division"], row["source"], row["certain"] == "yes")
            rows.setdefault(found.text, []).append(found)
    return {text: tuple(sorted(found, key=lambda row: -len(row.division))) for text, found in rows.items()}


@lru_cache(maxsize=1)
def _dictionaries() -> tuple[Mapping[int, str], Mapping[str, list[list[str]]]]:
    """pypinyin's dictionaries of characters and of phrases; importing them takes a tenth of a second, so only here."""
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT  # noqa: PLC0415

    return PINYIN_DICT, PHRASES_DICT


@lru_cache(maxsize=50_000)
def alternatives(char: str) -> tuple[str, ...]:
    """Every reading the dictionary knows of a character, the usual one first; empty when it knows none."""
    characters, _ = _dictionaries()
    known = unicodedata.normalize("NFC", characters.get(ord(char), ""))
    return tuple(dict.fromkeys(known.split(","))) if known else ()


def read(text: str, division: str | None = None) -> tuple[Reading, ...]:
    """Read every character of `text` (NFC) as it is read in `division`.

    The table of place readings goes before pypinyin: its longest matching text, and for one text its most local
    division. A reading is certain when the character has only one, or when the table confirms it (rule 8: standard
    Mandarin; a local reading only as approved).
    """
    found = list(_from_dictionary(text))
    for start, override in _matches(text, division or ""):
        for offset, syllable in enumerate(override.reading):
            found[start + offset] = Reading(text[start + offset], syllable, override.certain)
    if found and found[0].reading == "r":  # no syllable before it to take the r (rule 12)
        found[0] = Reading(found[0].char, "ér", True)
    return tuple(found)


@lru_cache(maxsize=1)
def _beginnings() -> frozenset[str]:
    """The first two characters of every phrase: most pairs of a name begin none."""
    return frozenset(phrase[:2] for phrase in _dictionaries()[1])


def _from_dictionary(text: str) -> Iterator[Reading]:
    _, phrases = _dictionaries()
    beginnings = _beginnings()
    start, end = 0, len(text)
    while start < end:
        longest = min(_LONGEST_PHRASE, end - start) if text[start : start + 2] in beginnings else 1
        for length in range(longest, 1, -1):
            phrase = text[start : start + length]
            if phrase in phrases:
                for char, options in zip(phrase, phrases[phrase], strict=True):
                    yield _reading(char, options[0])
                start += length
                break
        else:
            yield _reading(text[start], "")
            start += 1


@lru_cache(maxsize=50_000)
def _reading(char: str, in_phrase: str) -> Reading:
    known = alternatives(char)
    if not known:
        return Reading(char, char, False)
    return Reading(char, unicodedata.normalize("NFC", in_phrase) or known[0], len(known) == 1)


@lru_cache(maxsize=1)
def _openings() -> Mapping[str, tuple[int, ...]]:
    """How long the texts in the table are that begin with a character: most names hold no such beginning."""
    lengths: dict[str, set[int]] = {}
    for text in overrides():
        lengths.setdefault(text[0], set()).add(len(text))
    return {char: tuple(found) for char, found in lengths.items()}


@lru_cache(maxsize=64)
def _found(text: str) -> tuple[tuple[int, int, tuple[Override, ...]], ...]:
    """Where texts of the table stand in a name: length, start, rows."""
    openings, table = _openings(), overrides()
    return tuple([
        (length, start, rows)
        for start, char in enumerate(text)
        if char in openings
        for length in openings[char]
        if start + length <= len(text) and (rows := table.get(text[start : start + length]))
    ])  # fmt: skip


def _matches(text: str, division: str) -> Iterator[tuple[int, Override]]:
    """Rows that apply, longest text first; a character once taken by a longer text is left to it."""
    taken: set[int] = set()
    for length, start, rows in sorted(_found(text), key=lambda found: (-found[0], found[1])):
        if taken.isdisjoint(range(start, start + length)):
            row = next((row for row in rows if division.startswith(row.division)), None)
            if row is not None:
                taken.update(range(start, start + length))
                yield start, row


def search_keys(text: str) -> tuple[SearchKey, ...]:
    """What people may type for `text`, wherever it lies: the best reading first, then local ones, then other readings.

    At most four keys: as read anywhere, as read in each division that reads a part of it in its own way (六合 by luhe
    as well), then each with a single character read otherwise, so 重庆 is found by both of its readings. Empty when
    no character has a reading, a letter or a digit.
    """
    text = unicodedata.normalize("NFC", text)
    readings = read(text)
    best = [key(reading.reading) for reading in readings]
    keys = dict.fromkeys([_search_key(best)])
    for division in sorted({override.division for override in _local(text)}, key=lambda code: (-len(code), code)):
        keys.setdefault(_search_key([key(reading.reading) for reading in read(text, division)]))
    for index, reading in enumerate(readings):
        for other in _others(reading):
            if len(keys) >= MOST_KEYS:
                break
            keys.setdefault(_search_key([*best[:index], key(other), *best[index + 1 :]]))
    return tuple(found for found in list(keys)[:MOST_KEYS] if found.pinyin)


def _local(text: str) -> Iterator[Override]:
    """What some division reads in a way of its own in `text`."""
    return (row for _, _, rows in _found(text) for row in rows if row.division)


def read_alike_everywhere(text: str) -> bool:
    """Whether no division reads any part of `text` in a way of its own."""
    return next(_local(text), None) is None


def _others(reading: Reading) -> tuple[str, ...]:
    """Readings to try beside the best: all of an uncertain character, of a certain one the usual one (六合: liu)."""
    known = alternatives(reading.char)
    return known[:1] if reading.certain else known


def _search_key(syllables: list[str]) -> SearchKey:
    return SearchKey("".join(syllables), "".join(syllable[:1] for syllable in syllables))
