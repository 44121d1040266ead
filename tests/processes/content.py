"""The content of a register without its numbers and instants, so that two loads of the same facts compare equal."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from sqlalchemy import create_engine, text

PLACE = (
    "(SELECT p.source || ' ' || CASE WHEN own_division_id IS NULL THEN source_key ELSE {0} END"
    " FROM placenames.place p WHERE p.id = {1})"
)
UNIT = "(SELECT min(v.code || v.name) FROM boundaries.division_version v WHERE v.division_id = {0})"


def place(column: str) -> str:
    """A place by its key, or by its division where it is one."""
    return PLACE.format(UNIT.format("p.own_division_id"), column)


def version(column: str) -> str:
    """A version of a division by its code, name and first day."""
    return f"(SELECT code || name || valid_from FROM boundaries.division_version v WHERE v.id = {column})"


QUESTIONS = {
    "classes": "SELECT * FROM placenames.place_class",
    "places": f"""
        SELECT {place("q.id")}, class_label, {UNIT.format("q.division_id")}, ST_AsEWKB(geom), ST_AsEWKB(point),
               location, rank, secrecy, datum FROM placenames.place q""",
    "names": f"""
        SELECT {place("place_id")}, text, specific, generic, readings, readings_certain, roman, plain, kind, status,
               valid_from, from_precision, valid_to, to_precision, source, instrument, published_at IS NOT NULL
        FROM placenames.place_name""",
    "lineage": f"""
        SELECT {place("from_place_id")}, {place("to_place_id")}, date, date_precision, relation, instrument
        FROM placenames.place_lineage""",
    "versions": f"""
        SELECT {UNIT.format("w.division_id")}, code, code_system, name, level, type, {UNIT.format("w.parent_id")},
               valid_from, from_precision, valid_to, to_precision, ST_AsEWKB(geom), source, note
        FROM boundaries.division_version w""",
    "changes": "SELECT date, date_precision, kind, instrument, source, note FROM boundaries.division_change",
    "strands": f"""
        SELECT {version("from_version_id")}, {version("to_version_id")}, relation,
               (SELECT kind || date FROM boundaries.division_change c WHERE c.id = change_id)
        FROM boundaries.division_lineage""",
    "areas": f"""
        SELECT {version("version_id")}, min_zoom, max_zoom, level, tint, ST_AsEWKB(geom), ST_AsEWKB(label_point)
        FROM boundaries.division_area""",
    "fills": f"""
        SELECT band, {UNIT.format("d.division_id")}, level, tint, ST_AsEWKB(geom) FROM boundaries.division_fill d""",
    "lines": f"""
        SELECT band, level, {UNIT.format("one_id")}, {UNIT.format("other_id")}, ST_AsEWKB(geom)
        FROM boundaries.division_line""",
    "forms": "SELECT text, grams, rank, classes FROM placenames.search_form",
    "sounds": """
        SELECT f.text, s.pinyin, s.initials, s.rank
        FROM placenames.search_sound s JOIN placenames.search_form f ON f.id = s.form_id""",
    "tokens": f"""
        SELECT {place("place_id")}, (SELECT n.text || n.kind FROM placenames.place_name n WHERE n.id = name_id),
               (SELECT f.text FROM placenames.search_form f WHERE f.id = form_id), rank,
               ARRAY(SELECT CASE WHEN d < 0 THEN {UNIT.format("-d")} ELSE d::text END FROM unnest(terms) d),
               valid_from, valid_to, inherited, current, public
        FROM placenames.search_token""",
    "points": f"""
        SELECT {place("place_id")}, zkey, rank, name, class_code, status, valid_from, valid_to, ST_AsEWKB(geom)
        FROM placenames.map_point""",
    "zooms": "SELECT min_zoom, rank, count(*) FROM placenames.map_point GROUP BY 1, 2",
    "journal": r"""
        SELECT verb, subject_kind, reason, before::text, regexp_replace(after::text, 'division:\d+', 'division')
        FROM foundation.journal WHERE subject_kind <> 'person'""",
    "accounts": """
        SELECT p.login, p.name, s.role, s.title, o.name, g.stand_in
        FROM foundation.person p JOIN foundation.post_grant g ON g.person_id = p.id
        JOIN foundation.post s ON s.id = g.post_id JOIN foundation.organ o ON o.id = s.organ_id""",
    # Every installation draws its own secret for the passwords of its demonstration.
    "policy": "SELECT name, value FROM foundation.policy WHERE name <> 'demo_secret'",
}
DERIVED = ("areas", "forms", "sounds", "tokens", "points", "zooms")


def rows(address: str, *parts: str) -> dict[str, list[str]]:
    """The rows of some parts of the content, or of all, each as text and sorted."""
    engine = create_engine(address)
    with engine.connect() as connection:
        found = {
            part: sorted(_written(row) for row in connection.exec_driver_sql(QUESTIONS[part]))
            for part in parts or QUESTIONS
        }
    engine.dispose()
    return found


def _written(row: Any) -> str:
    return repr(tuple(bytes(value).hex() if isinstance(value, memoryview) else value for value in row))


def checksums(address: str, *parts: str) -> dict[str, tuple[int, str]]:
    """How many rows each part of the content has, and a hash of them all."""
    return {
        part: (len(lines), blake2b("\n".join(lines).encode(), digest_size=8).hexdigest())
        for part, lines in rows(address, *parts).items()
    }


def derived(address: str) -> dict[str, list[str]]:
    """The derived rows word for word, the forms' own numbers apart."""
    questions = {
        "search_form": "SELECT to_jsonb(f) - 'id' FROM placenames.search_form f",
        "search_sound": "SELECT to_jsonb(s) - 'form_id' || jsonb_build_object('text', f.text)"
        " FROM placenames.search_sound s JOIN placenames.search_form f ON f.id = s.form_id",
        "search_token": "SELECT to_jsonb(t) - 'form_id' || jsonb_build_object('text', f.text)"
        " FROM placenames.search_token t JOIN placenames.search_form f ON f.id = t.form_id",
        "search_top": "SELECT to_jsonb(t) - 'form_id' - 'hot_id' || jsonb_build_object('text', f.text, 'code', h.code)"
        " FROM placenames.search_top t JOIN placenames.search_form f ON f.id = t.form_id"
        " JOIN placenames.search_hot h ON h.id = t.hot_id",
        "map_point": "SELECT to_jsonb(t) FROM placenames.map_point t",
        "division_area": "SELECT to_jsonb(t) FROM boundaries.division_area t",
        "division_fill": "SELECT to_jsonb(t) FROM boundaries.division_fill t",
        "division_line": "SELECT to_jsonb(t) FROM boundaries.division_line t",
    }
    engine = create_engine(address)
    with engine.connect() as connection:
        found = {
            table: sorted(connection.scalars(text(f"SELECT q.r::text FROM ({question}) AS q (r)")))
            for table, question in questions.items()
        }
    engine.dispose()
    return found
