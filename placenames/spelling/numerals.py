"""Chinese numerals at the end of a name, for ordinals that are written as digits (rules 6, 7 and 16)."""

from __future__ import annotations

import re

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0}
_COUNTED = re.compile(r"(?:([一二三四五六七八九])百零?)?(?:([一二三四五六七八九]?)十)?([一二三四五六七八九]?)")


def value(text: str) -> int | None:
    """Read a counting numeral (九, 十二, 四十二, 一百零三) or ASCII digits; None when it is neither."""
    if text.isascii() and text.isdigit():
        return int(text)
    found = _COUNTED.fullmatch(text)
    if not text or not found:
        return None
    hundreds, tens, units = found.groups()
    total = 100 * _DIGITS[hundreds] if hundreds else 0
    if tens is not None:
        total += 10 * (_DIGITS[tens] if tens else 1)
    return total + (_DIGITS[units] if units else 0)


def digit_by_digit(text: str) -> str | None:
    """Read a numeral named digit by digit (三八 as 38, 一二九 as 129); None when a character is no digit."""
    return "".join(str(_DIGITS[character]) for character in text) if text and set(text) <= _DIGITS.keys() else None


def trailing(text: str, *, spelled_out: bool = False) -> tuple[int, str] | None:
    """Find the numeral that ends `text`: where it begins and its digits.

    A run read digit by digit (三八, 五一) is a date or a slogan more often than an ordinal, so it is only taken when
    `spelled_out` says so (rule 6: 三八路 Sānbā Lù).
    """
    start = len(text)
    while start and (text[start - 1] in _DIGITS or text[start - 1] in "十百" or "0" <= text[start - 1] <= "9"):
        start -= 1
    run = text[start:]
    if not run:
        return None
    counted = value(run)
    if counted is not None:
        return start, str(counted)
    spelled = digit_by_digit(run) if spelled_out else None
    return (start, spelled) if spelled else None
