"""Derived tables of search and map; `index.py` alone writes them, and can always write them anew."""

from __future__ import annotations

from datetime import date

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from foundation.models import Base

SCHEMA = "placenames"


class SearchForm(Base):
    """A form under which places are found, written once: a whole name, or the specific part of a division's (如皋).

    `grams` are the codes of the text's single characters and pairs, of the letters that its readings begin with (for
    the terms of tokens), and negative ones of what is left of it without one character; `rank` is that of the best
    place which the public finds by it on any day, empty where there is none, `classes` the bits of the classes of all
    such places (`placenames.class_bit`; two classes may share one).
    """

    __tablename__ = "search_form"
    __table_args__ = (
        # forms_exact.sql, forms_prefix.sql
        UniqueConstraint("text", name="uq_search_form_text"),
        # forms_substring.sql, forms_near.sql
        Index("ix_search_form_grams", "grams", postgresql_using="gin"),
        {"schema": SCHEMA},
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    text: Mapped[str] = mapped_column(Text(collation="C"))
    grams: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    rank: Mapped[int | None] = mapped_column(Integer)
    classes: Mapped[int] = mapped_column(BigInteger, server_default="0")


search_sound = Table(
    "search_sound",
    Base.metadata,
    Column("form_id", Integer, nullable=False),
    Column("pinyin", Text(collation="C"), nullable=False),
    Column("initials", Text(collation="C"), nullable=False),
    Column("rank", Integer),
    # forms_pinyin.sql, forms_pinyin_prefix.sql
    Index("ix_search_sound_pinyin", "pinyin", text("rank DESC NULLS LAST"), "form_id"),
    # forms_initials.sql
    Index("ix_search_sound_initials", "initials", text("rank DESC NULLS LAST"), "form_id"),
    Index("ix_search_sound_form", "form_id"),
    schema=SCHEMA,
)
"""What people may type for a form, one row a reading (`spelling.readings.search_keys`), with the rank of the form."""


class SearchHot(Base):
    """A code that very many forms have (`tokens.hot_codes`), and the rank down to which `search_top` lists them all."""

    __tablename__ = "search_hot"
    __table_args__ = (UniqueConstraint("code", name="uq_search_hot_code"), {"schema": SCHEMA})

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(Text(collation="C"))
    least: Mapped[int] = mapped_column(Integer)


search_top = Table(
    "search_top",
    Base.metadata,
    Column("hot_id", Integer, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("form_id", Integer, nullable=False),
    # forms_top.sql
    Index("ix_search_top_hot", "hot_id", text("rank DESC"), "form_id"),
    Index("ix_search_top_form", "form_id"),
    schema=SCHEMA,
)
"""The best forms of each hot code: all those whose rank is not below the code's `least`."""

search_token = Table(
    "search_token",
    Base.metadata,
    Column("place_id", BigInteger, nullable=False),
    Column("name_id", BigInteger, nullable=False),
    Column("form_id", Integer, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("terms", ARRAY(Integer), nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("inherited", Boolean, nullable=False),
    Column("current", Boolean, nullable=False),
    Column("public", Boolean, nullable=False),
    # every tier: from a form to its places, best first
    Index("ix_search_token_form", "form_id", text("rank DESC"), "place_id"),
    # rows.sql: former names, which stand among very many in use
    Index(
        "ix_search_token_former",
        "form_id",
        text("rank DESC"),
        "place_id",
        postgresql_where=text("valid_to IS NOT NULL OR inherited"),
    ),
    # refresh, and every name of a place
    Index("ix_search_token_place", "place_id"),
    # code.sql: the heirs of an abolished division
    Index("ix_search_token_heir", "name_id", postgresql_where=text("inherited")),
    # within.sql, within_spoken.sql, rows_within.sql: whole divisions and boxes
    Index("ix_search_token_terms", "terms", postgresql_using="gin", postgresql_where=text("public AND current")),
    schema=SCHEMA,
)
"""A place under one of its forms, by the name `name_id`: its own, or one that it inherits through lineage.

`current` tokens answer today's questions, former names of living places among them; the others answer for a day
in the past. `terms` are the codes of the form's characters and letters (`tokens.is_term`), the divisions as
negative numbers, the highest first, and the cell in which the public sees the place (`tokens.cells`).
"""


class MapPoint(Base):
    """A place as the map draws it: the lowest zoom at which it is the best of its cell, in EPSG:3857.

    `zkey` interleaves column and row of the cell at zoom 18, so every map cell is a range of it.
    """

    __tablename__ = "map_point"
    __table_args__ = (
        # tile.sql, thin(): one range per zoom
        Index("ix_map_point_zoom", "min_zoom", "zkey"),
        # nearest.sql, labels.sql
        Index("ix_map_point_geom", "geom", postgresql_using="gist"),
        {"schema": SCHEMA},
    )

    place_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    zkey: Mapped[int] = mapped_column(BigInteger)
    rank: Mapped[int] = mapped_column(Integer)
    min_zoom: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str] = mapped_column(Text)
    class_code: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    geom: Mapped[object] = mapped_column(Geometry("POINT", 3857, spatial_index=False))


DERIVED = ("search_form", "search_sound", "search_hot", "search_top", "search_token", "map_point")
"""The tables of schema `placenames` that hold nothing but what is derived."""
