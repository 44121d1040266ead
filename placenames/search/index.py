"""The one owner of derived data: forms, tokens and map points, written anew for the places that changed.

The edge calls `refresh` with its commit, so that the very next search finds an edit; loaders use the bulk form
(`bulk.py`), as `./diming reindex` does, and a test holds both against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from foundation import bulk as bulk_load
from foundation import sqlfiles
from foundation.copying import copy_rows
from placenames.search import bulk, hot
from placenames.search.models import DERIVED, search_sound, search_token
from placenames.search.tokens import Form, SourceName, form, forms_of, token_rows

SQL = sqlfiles.folder(__file__)
BATCH = 5000
INDEX_LOCK = 0x696E646578
# From this share of all points on, finding every point's zoom at once is cheaper than one by one.
MANY = 500
MANY_OF = 0.02
# So many places at once, and most of the register: everything is derived anew, by sets.
FIRST_LOAD = 5000

TOKEN_COLUMNS = tuple(search_token.columns.keys())
SOUND_COLUMNS = tuple(search_sound.columns.keys())


def refresh(session: Session, place_ids: Iterable[int]) -> int:
    """Derive anew what depends on these places, their heirs included; returns how many places were written."""
    asked = sorted(set(place_ids))
    if not asked:
        return 0
    session.flush()
    alone(session)
    bulk_load.refuse_beside_a_load(session)
    affected = sorted(session.scalars(_WITH_KIN, {"ids": asked}))
    if len(affected) > FIRST_LOAD and 2 * len(affected) > (session.scalar(_ALL) or 0):
        rebuild(session)
        return len(affected)
    keys = set(session.scalars(_KEYS, {"ids": affected}))
    for start in range(0, len(affected), BATCH):
        derive(session, affected[start : start + BATCH])
    keys |= set(session.scalars(_KEYS, {"ids": affected}))
    _thin(session, keys)
    return len(affected)


def rebuild(session: Session, say: Callable[[int, int], None] = lambda done, of: None) -> int:
    """Write all derived data anew; `say` is told how many forms are done, of how many. Returns the places."""
    alone(session)
    bulk_load.refuse_beside_a_load(session)
    for clear in _CLEAR_ALL:
        session.execute(clear)
    of = bulk.list_forms(session)
    known = hot.known(session)
    for start in range(0, of, bulk.FORMS_AT_ONCE):
        bulk.write_forms(session, *bulk.prepare_forms(bulk.some_forms(session, start), known))
        say(min(start + bulk.FORMS_AT_ONCE, of), of)
    bulk.write_tokens(session)
    bulk.write_points(session)
    derive_kin(session)
    bulk.tidy(session)
    return int(session.scalar(_ALL) or 0)


def derive_kin(session: Session) -> None:
    """Derive what came from others or went into them one by one: the bulk form leaves lineage aside."""
    ids = sorted(session.scalars(_KIN))
    for start in range(0, len(ids), BATCH):
        derive(session, ids[start : start + BATCH])
    _thin(session, set(session.scalars(_KEYS, {"ids": ids})))


def alone(session: Session) -> None:
    """Derive one transaction after the other: an edit thins cells up to zoom 0, which every other edit shares."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": INDEX_LOCK})


# A place's names are found under its heirs, and whether it is found itself depends on them: both ways count.
_WITH_KIN = text("""
    WITH RECURSIVE down (id) AS (
        SELECT unnest(CAST(:ids AS bigint[]))
        UNION SELECT l.to_place_id FROM down d JOIN placenames.place_lineage l ON l.from_place_id = d.id
    ), up (id) AS (
        SELECT unnest(CAST(:ids AS bigint[]))
        UNION SELECT l.from_place_id FROM up u JOIN placenames.place_lineage l ON l.to_place_id = u.id
    )
    SELECT id FROM down UNION SELECT id FROM up
""")
_ALL = text("SELECT count(*) FROM placenames.place")
_KIN = text("SELECT from_place_id FROM placenames.place_lineage UNION SELECT to_place_id FROM placenames.place_lineage")
_CLEAR_ALL = tuple(
    text(f"DELETE FROM placenames.{table}")  # noqa: S608 (no value of anyone)
    for table in DERIVED
)
_FREE_TOKENS = text("DELETE FROM placenames.search_token WHERE place_id = ANY(:ids) RETURNING form_id")
_FREE_POINTS = text("DELETE FROM placenames.map_point WHERE place_id = ANY(:ids)")
_KEYS = text("SELECT zkey FROM placenames.map_point WHERE place_id = ANY(:ids)")
_THIN = text("SELECT placenames.thin(:key)")
_KNOWN = text("SELECT text, id, grams FROM placenames.search_form WHERE text = ANY(:texts)")
_UNUSED = text("""
    DELETE FROM placenames.search_form f
    WHERE f.id = ANY(:ids) AND NOT EXISTS (SELECT FROM placenames.search_token t WHERE t.form_id = f.id)
    RETURNING id
""")
_UNUSED_SOUNDS = text("DELETE FROM placenames.search_sound WHERE form_id = ANY(:ids)")
# The best place that the public finds by a form, on any day.
_BEST = """
    UPDATE placenames.{table} f SET rank = best.rank
    FROM unnest(CAST(:ids AS integer[])) AS asked (id)
    LEFT JOIN LATERAL (
        SELECT t.rank FROM placenames.search_token t
        WHERE t.form_id = asked.id AND t.public ORDER BY t.rank DESC LIMIT 1
    ) best ON true
    WHERE f.{key} = asked.id AND f.rank IS DISTINCT FROM best.rank
"""
_BEST_FORMS = text(_BEST.format(table="search_form", key="id"))
# Of a name that very many bear classes are only added: whether another place still gives it the one that a place lost
# takes long to find out, and one too many only makes a search look in vain until everything is derived anew.
FEW_BEARERS = 200
_CLASSES = text("""
    UPDATE placenames.search_form f SET classes = found.classes
    FROM (
        SELECT asked.id, CASE WHEN held.count <= :few THEN held.classes
                              ELSE was.classes | coalesce(given.classes, 0) END AS classes
        FROM unnest(CAST(:ids AS integer[])) AS asked (id)
        JOIN placenames.search_form was ON was.id = asked.id
        CROSS JOIN LATERAL (
            SELECT count(*) AS count, coalesce(bit_or(placenames.class_bit(p.class_label)), 0) AS classes
            FROM (SELECT t.place_id FROM placenames.search_token t
                  WHERE t.form_id = asked.id AND t.public LIMIT :few + 1) t
            JOIN placenames.place p ON p.id = t.place_id
        ) held
        LEFT JOIN (
            SELECT t.form_id, bit_or(placenames.class_bit(p.class_label)) AS classes
            FROM placenames.search_token t JOIN placenames.place p ON p.id = t.place_id
            WHERE t.place_id = ANY(:places) AND t.public GROUP BY t.form_id
        ) given ON given.form_id = asked.id
    ) found
    WHERE f.id = found.id AND f.classes <> found.classes
""")
_BEST_SOUNDS = text(_BEST.format(table="search_sound", key="form_id"))


def derive(session: Session, ids: Sequence[int]) -> None:
    """Write tokens and points of some places anew; the zooms of their cells are left to `thin`."""
    parameters: dict[str, Any] = {"ids": list(ids)}
    forms = set(session.scalars(_FREE_TOKENS, parameters))
    session.execute(_FREE_POINTS, parameters)
    source = sqlfiles.load(SQL / "source.sql")
    names = [SourceName(*row) for row in session.connection().exec_driver_sql(source.driver_text, parameters)]
    known = _forms(session, {text for name in names for text in forms_of(name)})
    copy_rows(session, "placenames.search_token", TOKEN_COLUMNS, token_rows(names, known))
    session.connection().exec_driver_sql(sqlfiles.load(SQL / "points.sql").driver_text, parameters)
    touched = {"ids": sorted(forms | {form_id for form_id, _ in known.values()})}
    unused = list(session.scalars(_UNUSED, touched))
    session.execute(_UNUSED_SOUNDS, {"ids": unused})
    session.execute(_BEST_FORMS, touched)
    session.execute(_CLASSES, touched | {"places": list(ids), "few": FEW_BEARERS})
    session.execute(_BEST_SOUNDS, touched)
    hot.list_anew(session, touched["ids"])


def _forms(session: Session, texts: set[str]) -> dict[str, tuple[int, Sequence[int]]]:
    """The id and the grams of each form; those that are new are written, with the readings they may be typed in."""
    known = _known(session, texts)
    new = [form(text) for text in sorted(texts - known.keys())]
    copy_rows(session, "placenames.search_form", ("text", "grams"), ((it.text, it.grams) for it in new))
    known |= _known(session, {it.text for it in new})
    copy_rows(session, "placenames.search_sound", SOUND_COLUMNS, _sounds(new, known))
    return known


def _known(session: Session, texts: set[str]) -> dict[str, tuple[int, Sequence[int]]]:
    return {row.text: (row.id, row.grams) for row in session.execute(_KNOWN, {"texts": sorted(texts)})}


def _sounds(forms: Sequence[Form], known: dict[str, tuple[int, Sequence[int]]]) -> Iterable[tuple[object, ...]]:
    return ((known[it.text][0], pinyin, initials, None) for it in forms for pinyin, initials in it.sounds)


def _thin(session: Session, keys: set[int]) -> None:
    of = session.scalar(text("SELECT reltuples FROM pg_class WHERE oid = 'placenames.map_point'::regclass")) or 0
    if len(keys) > max(MANY, MANY_OF * of):
        session.connection().exec_driver_sql(sqlfiles.load(SQL / "thin_all.sql").driver_text)
        return
    for key in sorted(keys):
        session.execute(_THIN, {"key": key})
