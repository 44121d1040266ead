"""The bulk form of the index: everything derived at once, by sets. Only `index.py` and loaders call it.

Lineage is left aside: places that came from others or went into them are derived one by one afterwards
(`index.derive_kin`). Each step may be a transaction of its own; what lies between them is in tables of their own,
so that a load that was killed goes on with the step at which it stood.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from foundation import sqlfiles
from foundation.copying import copy_text, line
from placenames.search import hot
from placenames.search.tokens import form

SQL = sqlfiles.folder(__file__) / "bulk"
FORMS_AT_ONCE = 20_000
ListedForm = tuple[int, str, int | None, int]
"""Number, text and rank of a form, and the bits of its classes."""
Written = tuple[bytes, bytes, bytes]
"""Forms, their readings and their places in the lists of hot codes, written for COPY."""


def list_forms(session: Session) -> int:
    """Write down every distinct form with its id and its rank, and choose the hot codes; returns how many forms."""
    _drop(session)
    _make(session, "listed_form", "forms")
    session.execute(text("CREATE INDEX ON placenames.listed_form (id)"))
    of = listed(session)
    step = hot.step(of)
    sample = ((row.text, row.rank) for row in session.execute(_SAMPLED, {"step": step}))
    hot.write(session, hot.choose(sample, step))
    return of


def listed(session: Session) -> int:
    """How many forms are written down."""
    return int(session.scalar(text("SELECT count(*) FROM placenames.listed_form")) or 0)


def some_forms(session: Session, start: int) -> list[ListedForm]:
    """The forms from the number `start` on, as many as are written at once."""
    bounds = {"start": start, "end": start + FORMS_AT_ONCE}
    return [(row.id, row.text, row.rank, row.classes) for row in session.execute(_LISTED, bounds)]


def prepare_forms(waiting: Sequence[ListedForm], known: hot.Hot) -> Written:
    """Forms and what they are looked up by, written for COPY; another process may do it."""
    forms, sounds, tops = [], [], []
    # Below it no form is listed, and most are: their codes are not worked out.
    least = min((least for _, least in known.values()), default=None)
    for form_id, text_, rank, classes in waiting:
        made = form(text_)
        forms.append(line((form_id, text_, made.grams, rank, classes)))
        sounds += [line((form_id, pinyin, initials, rank)) for pinyin, initials in made.sounds]
        if least is not None and rank is not None and rank >= least:
            tops += [line((hot_id, rank, form_id)) for hot_id in hot.lists_of(made, rank, known)]
    return "".join(forms).encode(), "".join(sounds).encode(), "".join(tops).encode()


def write_forms(session: Session, forms: bytes, sounds: bytes, tops: bytes) -> None:
    """Write prepared forms, with the readings they may be typed in, and into the lists of hot codes."""
    copy_text(session, "placenames.search_form", ("id", "text", "grams", "rank", "classes"), forms)
    copy_text(session, "placenames.search_sound", ("form_id", "pinyin", "initials", "rank"), sounds)
    copy_text(session, "placenames.search_top", ("hot_id", "rank", "form_id"), tops)
    session.execute(_NUMBERED)


def write_tokens(session: Session) -> None:
    """Write the tokens of every place without lineage, those of one form together, best first."""
    _run(session, "tokens")


def write_points(session: Session) -> None:
    """Write the points of the map with their lowest zoom, in the order in which tiles read them."""
    _make(session, "listed_point", "points")
    _make(session, "listed_winner", "winners")
    _run(session, "zooms")


def tidy(session: Session) -> None:
    """Drop what lay between the steps."""
    _drop(session)


_LISTED = text(
    "SELECT id, text, rank, classes FROM placenames.listed_form WHERE id > :start AND id <= :end ORDER BY id"
)
_SAMPLED = text("SELECT text, rank FROM placenames.listed_form WHERE id % :step = 0 AND rank IS NOT NULL ORDER BY id")
_NUMBERED = text(
    "SELECT setval(pg_get_serial_sequence('placenames.search_form', 'id'),"
    " greatest(1, (SELECT max(id) FROM placenames.listed_form)))"
)


def _drop(session: Session) -> None:
    for table in ("listed_form", "listed_point", "listed_winner"):
        session.execute(text(f"DROP TABLE IF EXISTS placenames.{table}"))


def _make(session: Session, table: str, name: str) -> None:
    # CREATE TABLE AS may use every core, INSERT may not.
    question = sqlfiles.load(SQL / f"{name}.sql").driver_text
    session.connection().exec_driver_sql(f"CREATE TABLE placenames.{table} AS {question}")


def _run(session: Session, name: str) -> None:
    session.connection().exec_driver_sql(sqlfiles.load(SQL / f"{name}.sql").driver_text)
