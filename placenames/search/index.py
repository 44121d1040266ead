"""The one owner of derived data: tokens, list entries and map points, written anew for the places that changed.

The edge calls `refresh` with its commit, so that the very next search finds an edit; loaders pass as many
places as they like; `./diming reindex` writes everything anew, and a test holds both against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from itertools import groupby
from operator import attrgetter
from typing import Any

from geoalchemy2.elements import WKBElement
from sqlalchemy import text
from sqlalchemy.orm import Session

from foundation import sqlfiles
from foundation.copying import copy_rows
from placenames.search.tokens import SourceName, Token, leading, tokens

SQL = sqlfiles.folder(__file__)
BATCH = 5000
INDEX_LOCK = 0x696E646578
# Above this many places, finding every point's zoom at once is cheaper than one by one.
MANY = 500

_TOKEN_COLUMNS = tuple(field.name for field in fields(Token))
_PLACE_COLUMNS = (
    "place_id", "name", "roman", "status", "class_code", "class_label", "divisions", "own_division_id", "rank",
    "point", "valid_from", "valid_to", "public",
)  # fmt: skip


def refresh(session: Session, place_ids: Iterable[int]) -> int:
    """Derive anew what depends on these places, their heirs included; returns how many places were written."""
    asked = sorted(set(place_ids))
    if not asked:
        return 0
    session.flush()
    _alone(session)
    affected = sorted(session.scalars(_WITH_KIN, {"ids": asked}))
    keys = set(session.scalars(_KEYS, {"ids": affected}))
    for start in range(0, len(affected), BATCH):
        _derive(session, affected[start : start + BATCH])
    keys |= set(session.scalars(_KEYS, {"ids": affected}))
    if len(keys) > MANY:
        _thin_all(session)
    else:
        for key in sorted(keys):
            session.execute(_THIN, {"key": key})
    return len(affected)


def rebuild(session: Session, say: Callable[[int, int], None] = lambda done, of: None) -> int:
    """Write all derived data anew; `say` is told how many places are done, of how many."""
    _alone(session)
    every = list(session.scalars(text("SELECT id FROM placenames.place ORDER BY id")))
    for clear in _CLEAR_ALL:
        session.execute(clear)
    for start in range(0, len(every), BATCH):
        _derive(session, every[start : start + BATCH])
        say(min(start + BATCH, len(every)), len(every))
    _thin_all(session)
    return len(every)


def _alone(session: Session) -> None:
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
_CLEAR_ALL = (
    text("DELETE FROM placenames.search_token"),
    text("DELETE FROM placenames.search_place"),
    text("DELETE FROM placenames.map_point"),
)
_CLEAR = (
    text("DELETE FROM placenames.search_token WHERE place_id = ANY(:ids)"),
    text("DELETE FROM placenames.search_place WHERE place_id = ANY(:ids)"),
    text("DELETE FROM placenames.map_point WHERE place_id = ANY(:ids)"),
)
_KEYS = text("SELECT zkey FROM placenames.map_point WHERE place_id = ANY(:ids)")
_THIN = text("SELECT placenames.thin(:key)")
_POINTS = text("""
    INSERT INTO placenames.map_point
        (place_id, min_zoom, zkey, rank, name, class_code, status, valid_from, valid_to, geom)
    SELECT place_id, 14, placenames.zkey(flat), rank, name, class_code, status, valid_from, valid_to, flat
    FROM placenames.search_place, ST_Transform(point, 3857) AS flat
    WHERE place_id = ANY(:ids) AND public AND valid_to IS NULL AND own_division_id IS NULL AND point IS NOT NULL
""")


def _derive(session: Session, ids: Sequence[int]) -> None:
    parameters = {"ids": list(ids)}
    for clear in _CLEAR:
        session.execute(clear, parameters)
    source = sqlfiles.load(SQL / "source.sql")
    rows = session.connection().exec_driver_sql(source.driver_text, parameters)
    names = [SourceName(*row) for row in rows]
    copy_rows(session, "placenames.search_token", _TOKEN_COLUMNS, (_values(token) for token in tokens(names)))
    by_place = [list(group) for _, group in groupby(names, key=lambda name: name.place_id)]
    copy_rows(session, "placenames.search_place", _PLACE_COLUMNS, (_place_row(group) for group in by_place))
    session.execute(_POINTS, parameters)


def _thin_all(session: Session) -> None:
    session.connection().exec_driver_sql(sqlfiles.load(SQL / "thin_all.sql").driver_text)


_values = attrgetter(*_TOKEN_COLUMNS)


def _place_row(names: Sequence[SourceName]) -> tuple[Any, ...]:
    lead = leading(names)
    own = [name for name in names if not name.inherited and name.public == lead.public]
    begins = [name.valid_from for name in own]
    ends = [name.valid_to for name in own if name.valid_to]
    return (
        lead.place_id, lead.text, lead.roman, lead.status, lead.class_code, lead.class_label,
        tuple(lead.divisions or ()), lead.own_division_id, lead.rank, _hex(lead.point),
        None if None in begins else min(begin for begin in begins if begin), None if lead.alive else max(ends),
        lead.public,
    )  # fmt: skip


def _hex(point: memoryview | None) -> str | None:
    return None if point is None else WKBElement(bytes(point), extended=True).desc
