"""COPY into a table inside the session's own transaction: the cheapest way to write many rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO

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


def line(row: Iterable[object]) -> str:
    """One row in COPY's text format."""
    return "\t".join([written(value) for value in row]) + "\n"


def written(value: object) -> str:
    """One value in COPY's text format."""
    if value is None:
        return "\\N"
    if isinstance(value, tuple | list):
        return "{" + ",".join([str(item) for item in value]) + "}"
    text = str(value)
    if "\\" in text or "\t" in text or "\n" in text or "\r" in text:
        return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return text
