"""What any bulk load needs: to know where it stands, and to put indexes aside and back, however often it is killed.

Each step keeps its progress in its own transaction (`BulkLoad`), and what was put aside is written down before it
is dropped (`SetAside`), so the database itself knows at every moment what is still to be done.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from foundation import clock
from foundation.errors import Refused
from foundation.models import BulkLoad, SetAside

DONE = "done"
# A load may take what the machine has for sorting, and need not wait for the disk at each step.
_ROOMY = (
    "SET LOCAL synchronous_commit = off",
    "SET LOCAL maintenance_work_mem = '768MB'",
    "SET LOCAL work_mem = '256MB'",
    "SET LOCAL max_parallel_maintenance_workers = 2",
    "SET LOCAL max_parallel_workers_per_gather = 2",
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL lock_timeout = 0",  # two that make indexes of one table wait for each other
)


def make_room(session: Session) -> None:
    """Give this transaction what long statements over everything need."""
    for setting in _ROOMY:
        session.execute(text(setting))


def state(session: Session, name: str) -> BulkLoad | None:
    """Where a load stands, or None where it never began; nobody else can go on with it until this commit."""
    return session.scalars(select(BulkLoad).where(BulkLoad.name == name).with_for_update()).one_or_none()


def known(session: Session, name: str) -> BulkLoad:
    """Where a load stands that began; raises `Refused` where its note is gone."""
    load = state(session, name)
    if load is None:
        raise Refused(f"批量载入“{name}”的进度记录不见了。", remedy="请从备份恢复。")
    return load


def begin(
    session: Session, name: str, fingerprint: str, phase: str, of: int, *, first_place: int, first_name: int
) -> BulkLoad:
    """Write down a new load and the numbers from which its places and names count."""
    now = clock.now()
    load = BulkLoad(
        name=name, fingerprint=fingerprint, phase=phase, done=0, of=of, first_place=first_place, first_name=first_name,
        began_at=now, changed_at=now,
    )  # fmt: skip
    session.add(load)
    session.flush()
    return load


def reach(load: BulkLoad, phase: str, done: int, of: int) -> None:
    """Write down how far a load is, with the transaction that brought it there."""
    load.phase, load.done, load.of, load.changed_at = phase, done, of, clock.now()


def unfinished(session: Session) -> str | None:
    """The name of a load that began and is not done."""
    return session.scalars(select(BulkLoad.name).where(BulkLoad.phase != DONE)).first()


def refuse_beside_a_load(session: Session) -> None:
    """Raise `Refused` while a load is unfinished: the register lacks indexes, and numbers are spoken for."""
    if unfinished(session) is not None:
        raise Refused("正在批量载入地名,暂时不能修改地名。", remedy="请等载入完成后再试。")


def put_aside(session: Session, load: str, tables: Sequence[str], unordered: Sequence[str] = ()) -> int:
    """Drop the indexes and foreign keys of some tables; returns how many are written down.

    Primary keys stay, but for the tables whose rows come in another order than that of their key (`unordered`): theirs
    would be made row by row, a quarter larger than at one go.
    """
    found = session.execute(_DROPPABLE, {"tables": list(tables), "unordered": list(unordered)}).all()
    for row in found:
        session.add(SetAside(load=load, relation=row.relation, name=row.name, definition=row.definition))
        session.flush()
        session.execute(text(row.removal))
    return len(found)


def put_back_next(session: Session, load: str, tables: Sequence[str], *, wait: bool = False) -> str | None:
    """Make one of the indexes and keys of some tables again; returns its name, or None where none is left to make.

    Those that another transaction is making are left to it, or waited for: it may be that of a load that was killed.
    Raises `Refused` where the rows that were loaded do not fit it.
    """
    waiting = select(SetAside).where(SetAside.load == load, SetAside.relation.in_(tables))
    # Indexes first: the checks of foreign keys use them. Of these, GIN and GiST, which take longest and one core each.
    foreign, slow = SetAside.definition.like("ALTER%FOREIGN%"), SetAside.definition.like("% USING gi%")
    first = waiting.order_by(foreign, ~slow, SetAside.id).limit(1).with_for_update(skip_locked=not wait)
    row = session.scalars(first).one_or_none()
    if row is None:
        return None
    name, definition = row.name, row.definition
    session.execute(delete(SetAside).where(SetAside.id == row.id))
    try:
        session.execute(text(definition))
    except IntegrityError as error:
        why = str(error.orig).strip().splitlines()[-1]
        raise Refused(f"载入的地名不合登记库的约束 {name}:{why}", remedy="请改正来源,清空登记库后重新载入。") from error
    return name


def refuse_other(kept: BulkLoad, fingerprint: str) -> None:
    """Raise where a load of the same name began with other content."""
    if kept.fingerprint != fingerprint:
        raise Refused(f"“{kept.name}”已经用别的内容开始载入。", remedy="请先载完原来的内容,或清空后重来。")


# Both kinds at once, in an order that never changes: constraints that can be made again, then plain indexes.
_DROPPABLE = text("""
    SELECT relation, name, definition, removal FROM (
        SELECT c.conrelid::regclass::text AS relation, c.conname::text AS name, 0 AS kind,
               format('ALTER TABLE %s ADD CONSTRAINT %I %s', c.conrelid::regclass, c.conname,
                      pg_get_constraintdef(c.oid)) AS definition,
               format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname) AS removal
        FROM pg_constraint c
        WHERE c.conrelid = ANY (CAST(:tables AS regclass[])) AND (
            c.contype IN ('u', 'f') OR (c.contype = 'p' AND c.conrelid = ANY (CAST(:unordered AS regclass[]))))
        UNION ALL
        SELECT i.indrelid::regclass::text, r.relname::text, 1, pg_get_indexdef(i.indexrelid),
               format('DROP INDEX %s', i.indexrelid::regclass)
        FROM pg_index i JOIN pg_class r ON r.oid = i.indexrelid
        WHERE i.indrelid = ANY (CAST(:tables AS regclass[]))
          AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x'))
    ) found
    ORDER BY kind, relation, name
""")
