"""What a load left behind, as one number a table: two loads of the same source must agree in all of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from foundation.database import engine

# A sum of hashes of rows does not depend on their order; instants, and the hashes that hang on them, are left out.
TABLES = {
    "place": "SELECT p.* FROM placenames.place p",
    "place_name": "SELECT n.* FROM placenames.place_name n",
    "journal": "SELECT seq, person, organ, verb, subject_kind, subject_id, reason, before::text, after::text"
    " FROM foundation.journal",
    "search_form": "SELECT f.* FROM placenames.search_form f",
    "search_sound": "SELECT s.* FROM placenames.search_sound s",
    "search_hot": "SELECT h.* FROM placenames.search_hot h",
    "search_top": "SELECT t.* FROM placenames.search_top t",
    "search_token": "SELECT t.* FROM placenames.search_token t",
    "map_point": "SELECT m.* FROM placenames.map_point m",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname IN ('placenames', 'foundation')",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace IN ('placenames'::regnamespace, 'foundation'::regnamespace)",
}

_SUM = "SELECT count(*), sum(hashtextextended(q::text, 0)::numeric)::text FROM ({rows}) q"


def checksums() -> dict[str, Any]:
    """Rows and checksum of each table."""
    found: dict[str, Any] = {}
    with engine().connect() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        for table, rows in TABLES.items():
            count, mark = connection.execute(text(_SUM.format(rows=rows))).one()
            found[table] = {"rows": count, "checksum": mark}
    return found
