"""Derived tables of search and map; `index.py` alone writes them, and can always write them anew."""

from __future__ import annotations

from datetime import date

from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Identity, Index, Integer, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from foundation.models import Base

SCHEMA = "placenames"
CURRENT = text("public AND current")


class SearchToken(Base):
    """One form under which a place is found: a whole name, or the specific part of a division's name (如皋).

    `shown` is the name as written, `kind` and `name_id` tell which one; names of a place that went into
    another stand (`inherited`) with that one. `current` tokens answer today's questions, former names of
    living places among them; the others answer for a day in the past. `grams` are the codes of the text's
    single characters and pairs.
    """

    __tablename__ = "search_token"
    __table_args__ = (
        # exact.sql, prefix.sql
        Index("ix_search_token_text", "text", text("rank DESC"), "place_id", postgresql_where=CURRENT),
        # pinyin.sql
        Index("ix_search_token_pinyin", "pinyin", text("rank DESC"), "place_id", postgresql_where=CURRENT),
        # initials.sql
        Index("ix_search_token_initials", "initials", text("rank DESC"), "place_id", postgresql_where=CURRENT),
        # substring.sql
        Index("ix_search_token_grams", "grams", postgresql_using="gin", postgresql_where=CURRENT),
        # the same tiers as of a day
        Index("ix_search_token_past_text", "text"),
        Index("ix_search_token_past_pinyin", "pinyin"),
        Index("ix_search_token_past_initials", "initials"),
        # refresh, and "already found in a better tier"
        Index("ix_search_token_place", "place_id"),
        {"schema": SCHEMA},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.place.id", ondelete="CASCADE"))
    name_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.place_name.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text(collation="C"))
    shown: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    pinyin: Mapped[str] = mapped_column(Text(collation="C"))
    initials: Mapped[str] = mapped_column(Text(collation="C"))
    grams: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    rank: Mapped[int] = mapped_column(Integer)
    divisions: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    inherited: Mapped[bool] = mapped_column(Boolean)
    current: Mapped[bool] = mapped_column(Boolean)
    public: Mapped[bool] = mapped_column(Boolean)


class SearchPlace(Base):
    """A place as lists show it now: its leading name, class, divisions from the highest down, position."""

    __tablename__ = "search_place"
    __table_args__ = (
        Index("ix_search_place_point", "point", postgresql_using="gist"),
        {"schema": SCHEMA},
    )

    place_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.place.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    roman: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    class_code: Mapped[str] = mapped_column(Text)
    class_label: Mapped[str] = mapped_column(Text)
    divisions: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    own_division_id: Mapped[int | None] = mapped_column(BigInteger)
    rank: Mapped[int] = mapped_column(Integer)
    point: Mapped[object | None] = mapped_column(Geometry("POINT", 4490, spatial_index=False))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    public: Mapped[bool] = mapped_column(Boolean)


class MapPoint(Base):
    """A place as the map draws it: the lowest zoom at which it is the best of its cell, in EPSG:3857.

    `zkey` interleaves column and row of the cell at zoom 18, so every map cell is a range of it.
    """

    __tablename__ = "map_point"
    __table_args__ = (
        # tile.sql: one range per zoom
        Index("ix_map_point_zoom", "min_zoom", "zkey"),
        Index("ix_map_point_zkey", "zkey"),
        {"schema": SCHEMA},
    )

    place_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.place.id", ondelete="CASCADE"), primary_key=True)
    min_zoom: Mapped[int] = mapped_column(SmallInteger)
    zkey: Mapped[int] = mapped_column(BigInteger)
    rank: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    class_code: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    geom: Mapped[object] = mapped_column(Geometry("POINT", 3857, spatial_index=False))
