"""Tables of people: organs, persons, posts, who holds a post from when until when, hand-overs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from foundation.models import Base
from foundation.people.roles import ORGAN_KINDS, ROLES

SCHEMA = "foundation"
HANDOVER_STATES = ("proposed", "confirmed", "declined", "cancelled")


class Organ(Base):
    """A body that acts: a bureau, a government, a department, an applicant's unit; it belongs to one division."""

    __tablename__ = "organ"
    __table_args__ = (
        CheckConstraint(f"kind IN {tuple(ORGAN_KINDS)}", name="kind"),
        {"schema": SCHEMA},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(Text)
    division_id: Mapped[int] = mapped_column(ForeignKey("boundaries.division.id"), index=True)


class Person(Base):
    """Somebody with a login. Never deleted: the acts of the past keep their name (DOMAIN §14.19)."""

    __tablename__ = "person"
    __table_args__ = ({"schema": SCHEMA},)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    login: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Post(Base):
    """A desk: a role at an organ, for a division and what lies in it. Work belongs to it, whoever holds it."""

    __tablename__ = "post"
    __table_args__ = (
        CheckConstraint(f"role IN {tuple(ROLES)}", name="role"),
        UniqueConstraint("organ_id", "role", "division_id", "title", name="uq_post_organ_id_role_division_id_title"),
        {"schema": SCHEMA},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    organ_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.organ.id"))
    role: Mapped[str] = mapped_column(Text)
    division_id: Mapped[int] = mapped_column(ForeignKey("boundaries.division.id"))
    title: Mapped[str] = mapped_column(Text)


class PostGrant(Base):
    """Who holds a post from when until when; a stand-in (代办) always for a period that ends."""

    __tablename__ = "post_grant"
    __table_args__ = (
        CheckConstraint("until_at IS NULL OR until_at >= from_at", name="period"),
        CheckConstraint("NOT stand_in OR until_at IS NOT NULL", name="stand_in_ends"),
        Index("ix_post_grant_once", "post_id", "person_id", unique=True, postgresql_where=text("until_at IS NULL")),
        {"schema": SCHEMA},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.post.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.person.id"), index=True)
    stand_in: Mapped[bool] = mapped_column(Boolean)
    from_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    until_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Handover(Base):
    """移交 of a post: the list of open work as it was when proposed, and what the receiver said (DOMAIN §14.19)."""

    __tablename__ = "handover"
    __table_args__ = (
        CheckConstraint(f"state IN {HANDOVER_STATES}", name="state"),
        CheckConstraint("giver_id <> receiver_id", name="two_people"),
        CheckConstraint("(state = 'proposed') = (settled_at IS NULL)", name="settled"),
        Index("ix_handover_one_open", "post_id", "giver_id", unique=True, postgresql_where=text("state = 'proposed'")),
        {"schema": SCHEMA},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.post.id"))
    giver_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.person.id"))
    receiver_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.person.id"), index=True)
    state: Mapped[str] = mapped_column(Text)
    items: Mapped[object] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    settled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
