"""Tables of the foundation: the journal, the policy that the database itself must know, progress of long work."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of every table of the house: one metadata, named constraints."""

    metadata = MetaData(naming_convention=NAMING)


class JournalLine(Base):
    """One act: who did what to what, when, why, from what to what; chained by hash, never changed.

    `person` and `organ` are empty where the system itself acts (loaders, schedules). `before` and `after`
    keep the very text that was hashed, so their type is `json`, which PostgreSQL does not rewrite.
    """

    __tablename__ = "journal"
    __table_args__ = (
        Index("ix_journal_subject", "subject_kind", "subject_id", "seq"),
        {"schema": "foundation"},
    )

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    person: Mapped[int | None] = mapped_column(BigInteger)
    organ: Mapped[int | None] = mapped_column(BigInteger)
    verb: Mapped[str] = mapped_column(Text)
    subject_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    before: Mapped[object | None] = mapped_column(JSON)
    after: Mapped[object | None] = mapped_column(JSON)
    previous: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class Policy(Base):
    """What the database itself knows about this installation, such as whether it holds the demonstration data."""

    __tablename__ = "policy"
    __table_args__ = ({"schema": "foundation"},)

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class JobProgress(Base):
    """How far a long piece of work is, for those who wait for it; the queue itself belongs to procrastinate."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="state"),
        {"schema": "foundation"},
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    task: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    done: Mapped[int] = mapped_column(BigInteger)
    of: Mapped[int] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(Text)
    result: Mapped[object | None] = mapped_column(JSON)
    error: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class BulkLoad(Base):
    """Where a bulk load stands: its phase and how far that is, kept in the transaction of each of its steps.

    `fingerprint` tells what is loaded, so that only the same load goes on; the numbers of its places and names
    begin at `first_place` and `first_name`.
    """

    __tablename__ = "bulk_load"
    __table_args__ = ({"schema": "foundation"},)

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    fingerprint: Mapped[str] = mapped_column(Text)
    phase: Mapped[str] = mapped_column(Text)
    done: Mapped[int] = mapped_column(BigInteger)
    of: Mapped[int] = mapped_column(BigInteger)
    first_place: Mapped[int] = mapped_column(BigInteger)
    first_name: Mapped[int] = mapped_column(BigInteger)
    began_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class SetAside(Base):
    """An index or a constraint that a bulk load took away and must put back, with the words that make it."""

    __tablename__ = "set_aside"
    __table_args__ = (
        UniqueConstraint("relation", "name"),
        Index("ix_set_aside_load", "load"),
        {"schema": "foundation"},
    )

    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    load: Mapped[str] = mapped_column(ForeignKey("foundation.bulk_load.name"))
    relation: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    definition: Mapped[str] = mapped_column(Text)
