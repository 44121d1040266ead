"""COPY into a table inside the session's own transaction: the cheapest way to write many rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from types import NoneType
from typing import Any

from sqlalchemy.orm import Session


def copy_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Append rows (values in the order of `columns`; tuples and lists become arrays); returns how many."""
    lines = [line(row) for row in rows]
    copy_text(session, table, columns, "".join(lines).encode())
    return len(lines)


def copy_text(session: Session, table: str, columns: Sequence[str], text: bytes) -> None:
    """Append rows that are written in COPY's text format already."""
    if not text:
        return
    driver = session.connection().connection.driver_connection
    if driver is None:
        raise RuntimeError("the session's connection is closed")
    with driver.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", BytesIO(text))


_NULL = "\0"  # stands for NULL until the line is whole
_SPECIAL = re.compile(r"[\\\t\n\r]")
_WRITTEN = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def line(row: Sequence[object]) -> str:
    """One row in COPY's text format. A character that PostgreSQL cannot hold is left for it to refuse."""
    texts = [value if value.__class__ is str else _WRITERS.get(value.__class__, _plain)(value) for value in row]
    joined = "\t".join(texts)
    plain = "\\" not in joined and "\n" not in joined and "\r" not in joined
    if plain and joined.count("\t") == len(texts) - 1 and joined.count(_NULL) == row.count(None):
        return joined.replace(_NULL, "\\N") + "\n"
    return "\t".join(["\\N" if value is None else _escaped(_plain(value)) for value in row]) + "\n"


def _plain(value: object) -> str:
    return _array(value) if isinstance(value, tuple | list) else str(value)


def _array(value: Sequence[object]) -> str:
    return "{" + ",".join([_element(it) for it in value]) + "}"


def _element(value: object) -> str:
    """A member of an array; a text that is no plain word is quoted."""
    if value.__class__ is not str:
        return str(value)
    text = str(value)
    if text.isalnum() and text.upper() != "NULL":
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


# What most rows are made of, without asking what each value is.
_WRITERS: dict[type, Callable[[Any], str]] = {
    NoneType: lambda value: _NULL, int: int.__str__, bool: bool.__str__, datetime: datetime.__str__, date: date.__str__,
    list: _array, tuple: _array,
}  # fmt: skip


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: _WRITTEN[found[0]], text)
