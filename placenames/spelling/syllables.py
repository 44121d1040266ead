"""Pinyin syllables and how they are written as one word: tones, apostrophe, capital letter."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

TONE_MARKS = "\u0304\u0301\u030c\u0300"  # level, rising, falling-rising, falling


@dataclass(frozen=True, slots=True)
class Reading:
    """One character with its toned syllable.

    `certain` is false where a person should confirm it. A character without a known reading stands for itself.
    """

    char: str
    reading: str
    certain: bool

    @property
    def is_syllable(self) -> bool:
        """Whether the character was read, rather than passed through (a digit, a letter, an unknown character)."""
        return self.reading != self.char


def _toneless_table() -> dict[int, str | None]:
    table: dict[int, str | None] = {ord(mark): None for mark in TONE_MARKS}
    for base in "aeiouünmêAEIOUÜNMÊ":
        for mark in TONE_MARKS:
            composed = unicodedata.normalize("NFC", base + mark)
            if len(composed) == 1:
                table[ord(composed)] = base
    return table


_TONELESS = _toneless_table()


@lru_cache(maxsize=20_000)
def toneless(text: str) -> str:
    """Take the tone marks off NFC text; ü, the apostrophe and the hyphen stay (rule 9 allows this form)."""
    return unicodedata.normalize("NFC", text.translate(_TONELESS))


@lru_cache(maxsize=10_000)
def key(syllable: str) -> str:
    """Write a syllable as it is typed: lower case, no tone, v for ü, nothing but letters and digits of ASCII."""
    typed = toneless(syllable).lower().replace("ü", "v").replace("ê", "e")
    return "".join(character for character in typed if character.isascii() and character.isalnum())


def word(readings: Sequence[Reading]) -> str:
    """Join the syllables of one written part.

    Capital on its first syllable (rule 10), apostrophe before a, o, e inside it (rule 11), 儿 as r only after another
    syllable (rule 12). Characters without a reading stay as they are.
    """
    written: list[str] = []
    started = follows = False
    for reading in readings:
        syllable = reading.reading
        is_syllable = reading.is_syllable
        if is_syllable:
            if syllable == "r" and not follows:
                syllable = "ér"
            if follows and toneless(syllable[0]) in "aoeê":
                written.append("'")
            if not started:
                syllable = syllable[0].upper() + syllable[1:]
            started = True
        follows = is_syllable
        written.append(syllable)
    return unicodedata.normalize("NFC", "".join(written))
