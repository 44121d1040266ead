"""Tables of the register: classes, places, their names in time, and what became of places."""

from __future__ import annotations

from datetime import date, datetime

from geoalchemy2 import Geometry
from sqlalchemy import BigInteger as Big
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from foundation.models import Base

SCHEMA = "placenames"
KINDS = ("standard", "short", "alias", "former", "historic", "map", "minority")
STATUSES = ("standard", "deemed", "recorded", "planned", "reserved", "historic", "cancelled")
SECRECIES = ("公开", "内部", "秘密")
PLACE_RELATIONS = ("merged", "split", "part")


class PlaceClass(Base):
    """A class of places (GB/T 18521 code, several labels may share one) with the approval category that routes it."""

    __tablename__ = "place_class"
    __table_args__ = (
        CheckConstraint("verified IN ('yes', 'likely', 'no')", name="verified"),
        Index("ix_place_class_code", "code"),
        {"schema": SCHEMA},
    )

    label: Mapped[str] = mapped_column(Text, primary_key=True)
    code: Mapped[str] = mapped_column(Text)
    attribute: Mapped[str] = mapped_column(Text)
    verified: Mapped[str] = mapped_column(Text)
    approval_category: Mapped[str] = mapped_column(Text)
    spelling_kind: Mapped[str] = mapped_column(Text)


class Place(Base):
    """A place, whatever it is called: class, position (EPSG:4490, or none yet: 待采集), the division it lies in.

    The place of a division carries the division's permanent id in `own_division_id`; its area is kept by
    the register of divisions alone. `rank` orders answers and labels, 0 to 100,000, higher first.
    """

    __tablename__ = "place"
    __table_args__ = (
        CheckConstraint(f"secrecy IN {SECRECIES}", name="secrecy"),
        UniqueConstraint("source", "source_key", name="uq_place_source_source_key"),
        # Nearly no place is a division: an index over all would be as large as the key.
        Index(
            "uq_place_own_division_id",
            "own_division_id",
            unique=True,
            postgresql_where=text("own_division_id IS NOT NULL"),
        ),
        Index("ix_place_division", "division_id"),
        Index("ix_place_geom", "geom", postgresql_using="gist"),
        {"schema": SCHEMA},
    )

    id: Mapped[int] = mapped_column(Big, Identity(always=True), primary_key=True)
    class_label: Mapped[str] = mapped_column(ForeignKey(f"{SCHEMA}.place_class.label"))
    division_id: Mapped[int | None] = mapped_column(ForeignKey("boundaries.division.id"))
    own_division_id: Mapped[int | None] = mapped_column(ForeignKey("boundaries.division.id"))
    geom: Mapped[object | None] = mapped_column(Geometry("GEOMETRY", 4490, spatial_index=False))
    point: Mapped[object | None] = mapped_column(Geometry("POINT", 4490, spatial_index=False))
    location: Mapped[str] = mapped_column(Text)
    rank: Mapped[int] = mapped_column(Integer)
    secrecy: Mapped[str] = mapped_column(Text)
    datum: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    source_key: Mapped[str] = mapped_column(Text)


class PlaceName(Base):
    """One name of a place in `[valid_from, valid_to)`: its parts, readings, Roman spelling, kind, status, document.

    A start that nobody recorded is empty. `published_at` is the announcement, or the day on which a deemed
    or recorded name was opened; before it the public sees nothing of the name.
    """

    __tablename__ = "place_name"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_to > valid_from", name="period"),
        CheckConstraint("from_precision IN ('day', 'month', 'year', 'before')", name="from_precision"),
        CheckConstraint("to_precision IN ('day', 'month', 'year')", name="to_precision"),
        Index("ix_place_name_place", "place_id", "valid_from"),
        Index(
            "ix_place_name_one_standard",
            "place_id",
            unique=True,
            postgresql_where=text("kind = 'standard' AND status IN ('standard', 'deemed') AND valid_to IS NULL"),
        ),
        {"schema": SCHEMA},
    )

    id: Mapped[int] = mapped_column(Big, Identity(always=True), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.place.id"))
    text: Mapped[str] = mapped_column(Text)
    specific: Mapped[str] = mapped_column(Text)
    generic: Mapped[str] = mapped_column(Text)
    readings: Mapped[list[str]] = mapped_column(ARRAY(Text))
    readings_certain: Mapped[bool] = mapped_column(Boolean)
    roman: Mapped[str] = mapped_column(Text)
    plain: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date | None] = mapped_column(Date)
    from_precision: Mapped[str | None] = mapped_column(Text)
    valid_to: Mapped[date | None] = mapped_column(Date)
    to_precision: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    instrument: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    instrument_id: Mapped[int | None] = mapped_column(ForeignKey("foundation.instrument.id"))


class PlaceLineage(Base):
    """What became of a place: 并入 (merged), 析出 (split), 部分划入 (part); the old place finds the new one."""

    __tablename__ = "place_lineage"
    __table_args__ = (
        CheckConstraint(f"relation IN {PLACE_RELATIONS}", name="relation"),
        Index("ix_place_lineage_to", "to_place_id"),
        {"schema": SCHEMA},
    )

    from_place_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.place.id"), primary_key=True)
    to_place_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.place.id"), primary_key=True)
    date: Mapped[date] = mapped_column(Date, primary_key=True)
    date_precision: Mapped[str] = mapped_column(Text)
    relation: Mapped[str] = mapped_column(Text)
    instrument: Mapped[str] = mapped_column(Text)
