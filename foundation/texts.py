"""Texts as people give them: NFC, without characters that nobody sees, no longer than there is room."""

from __future__ import annotations

import unicodedata

from foundation.errors import FieldError, Malformed

LARGEST_ID = 2**63 - 1  # what a bigint holds
LINE = 200  # characters: the longest that a field of one line may be
# Unicode general categories of what cannot be read: control, format (bidi marks, zero width), unassigned, surrogate,
# private use.
UNSEEN = frozenset({"Cc", "Cf", "Cn", "Cs", "Co"})


def read_text(text: str, loc: str, longest: int = 4000) -> str:
    """A text of several lines, trimmed; raises `Malformed` for invisible characters and for what is too long."""
    cleaned = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    if len(cleaned) > longest:
        msg = f"有 {len(cleaned)} 个字,太长"
        raise Malformed([FieldError(loc, msg, f"请控制在 {longest} 个字以内,其余放入附件")])
    for place, char in enumerate(cleaned, start=1):
        if unicodedata.category(char) in UNSEEN and char not in "\n\t":
            msg = f"第 {place} 个字符看不见或没有编码(U+{ord(char):04X})"
            raise Malformed([FieldError(loc, msg, "请删去后重新键入")])
    return cleaned


def whole_number(text: str, digits: int = 18) -> int | None:
    """The number that a text of so many ASCII digits at most writes, or None: eighteen always fit a bigint."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None


def row_id(text: str) -> int | None:
    """The id of a row as it stands in an address, or None for what no row can have."""
    number = whole_number(text, digits=19)
    return number if number is not None and number <= LARGEST_ID else None


def storable(text: str) -> bool:
    """Whether PostgreSQL can hold a text at all: no NUL, no half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)
