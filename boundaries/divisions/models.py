"""Tables of divisions: a permanent unit, its versions, the changes between them, and the areas that the map draws."""

from __future__ import annotations

from datetime import date

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import text

from boundaries.divisions.bands import LEVELS
from foundation.models import Base

RELATIONS = ("continued", "merged", "split", "part")
SCHEMA = "boundaries"


class Division(Base):
    """A unit that lasts: its id stays when its code, name, kind or superior changes."""

    __tablename__ = "division"
    __table_args__ = ({"schema": SCHEMA},)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)


class DivisionVersion(Base):
    """What a unit was during `[valid_from, valid_to)`: code, name, kind, superior, area (EPSG:4490)."""

    __tablename__ = "division_version"
    __table_args__ = (
        CheckConstraint(f"level IN {LEVELS}", name="level"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="period"),
        CheckConstraint("from_precision IN ('day', 'month', 'year', 'before')", name="from_precision"),
        CheckConstraint("to_precision IN ('day', 'month', 'year')", name="to_precision"),
        # One unit has one version at a time; one code belongs to one unit at a time (DOMAIN §3.3).
        ExcludeConstraint(
            ("division_id", "="),
            (text("daterange(valid_from, valid_to)"), "&&"),
            using="gist",
            name="ex_division_version_period",
        ),
        ExcludeConstraint(
            ("code_system", "="),
            ("code", "="),
            (text("daterange(valid_from, valid_to)"), "&&"),
            using="gist",
            name="ex_division_version_code",
        ),
        Index("ix_division_version_code", "code", "valid_from"),
        Index("ix_division_version_parent", "parent_id", "valid_from"),
        # source.sql and the paths that triggers keep: the divisions above a place
        Index("ix_division_version_latest", "division_id", text("valid_from DESC")),
        Index("ix_division_version_current", "division_id", unique=True, postgresql_where=text("valid_to IS NULL")),
        Index("ix_division_version_geom", "geom", postgresql_using="gist"),
        {"schema": SCHEMA},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    division_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.division.id"))
    code: Mapped[str] = mapped_column(Text(collation="C"))
    code_system: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey(f"{SCHEMA}.division.id"))
    valid_from: Mapped[date] = mapped_column(Date)
    from_precision: Mapped[str] = mapped_column(Text)
    valid_to: Mapped[date | None] = mapped_column(Date)
    to_precision: Mapped[str | None] = mapped_column(Text)
    geom: Mapped[object | None] = mapped_column(Geometry("MULTIPOLYGON", 4490, spatial_index=False))
    source: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)


class DivisionChange(Base):
    """One change in the world: its day with precision, its kind in the law's words, the document behind it."""

    __tablename__ = "division_change"
    __table_args__ = (
        CheckConstraint("date_precision IN ('day', 'month', 'year')", name="date_precision"),
        {"schema": SCHEMA},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    date: Mapped[date] = mapped_column(Date)
    date_precision: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    instrument: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)


class DivisionLineage(Base):
    """One strand of a change: which version went over into which, and how.

    `continued` the unit goes on in a new version, `merged` it went into another whole, `split` it was
    divided among several, `part` it ceded a part and went on itself.
    """

    __tablename__ = "division_lineage"
    __table_args__ = (
        CheckConstraint(f"relation IN {RELATIONS}", name="relation"),
        Index("ix_division_lineage_to", "to_version_id"),
        {"schema": SCHEMA},
    )

    from_version_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.division_version.id"), primary_key=True)
    to_version_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.division_version.id"), primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.division_change.id"), primary_key=True, index=True)
    relation: Mapped[str] = mapped_column(Text)


class DivisionPath(Base):
    """Derived: the code of a division and the names from the highest one down to it, by the latest version of each.

    Triggers write it with every version (migration 0014).
    """

    __tablename__ = "division_path"
    __table_args__ = ({"schema": SCHEMA},)

    division_id: Mapped[int] = mapped_column(
        ForeignKey(f"{SCHEMA}.division.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    code: Mapped[str] = mapped_column(Text(collation="C"))
    path: Mapped[list[str]] = mapped_column(ARRAY(Text))


class DivisionArea(Base):
    """Derived: the area of a version as the map draws it in a band of zooms (EPSG:3857), simplified as one coverage."""

    __tablename__ = "division_area"
    __table_args__ = (
        Index("ix_division_area_geom", "geom", postgresql_using="gist"),
        {"schema": SCHEMA},
    )

    version_id: Mapped[int] = mapped_column(
        ForeignKey(f"{SCHEMA}.division_version.id", ondelete="CASCADE"), primary_key=True
    )
    min_zoom: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    max_zoom: Mapped[int] = mapped_column(SmallInteger)
    level: Mapped[str] = mapped_column(Text)
    tint: Mapped[int] = mapped_column(SmallInteger)
    geom: Mapped[object] = mapped_column(Geometry("MULTIPOLYGON", 3857, spatial_index=False))
    label_point: Mapped[object] = mapped_column(Geometry("POINT", 4490, spatial_index=False))


division_fill = Table(
    "division_fill",
    Base.metadata,
    Column("band", SmallInteger, nullable=False),
    Column("division_id", BigInteger, nullable=False),
    Column("level", Text, nullable=False),
    Column("tint", SmallInteger, nullable=False),
    Column("geom", Geometry("MULTIPOLYGON", 3857, spatial_index=False), nullable=False),
    # tile.sql
    Index("ix_division_fill_tile", "band", "geom", postgresql_using="gist"),
    schema=SCHEMA,
)
"""Derived: pieces of the areas that carry the colour in a band of zooms, by the band's first zoom."""

division_line = Table(
    "division_line",
    Base.metadata,
    Column("band", SmallInteger, nullable=False),
    Column("level", Text, nullable=False),
    Column("one_id", BigInteger),
    Column("other_id", BigInteger),
    Column("geom", Geometry("LINESTRING", 3857, spatial_index=False), nullable=False),
    # tile.sql
    Index("ix_division_line_tile", "band", "geom", postgresql_using="gist"),
    schema=SCHEMA,
)
"""Derived: the borders of a band of zooms, each once, with the divisions on its sides of the level that it divides."""
