"""Makers of valid records with overrides, for tests: `make_place(session, name="东大街")`."""

from __future__ import annotations

from datetime import datetime
from itertools import count

import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from foundation import clock
from foundation.dates import KnownDate
from placenames.register.actions import record_places
from placenames.register.drafts import NameDraft, PlaceDraft
from placenames.spelling.rules import Kind, spell

_NUMBER = count(1)
RUGAO = "320682"


def division_id(session: Session, code: str = RUGAO) -> int:
    """The permanent id of the division that has a code today."""
    question = text("SELECT division_id FROM boundaries.division_version WHERE code = :code AND valid_to IS NULL")
    return int(session.execute(question, {"code": code}).scalar_one())


def make_name(
    name: str = "东大街",
    *,
    spelled_as: Kind = "street",
    kind: str = "standard",
    status: str = "standard",
    published: bool = True,
    valid_from: KnownDate | None = None,
    valid_to: KnownDate | None = None,
    published_at: datetime | None = None,
) -> NameDraft:
    """A name, announced unless told otherwise."""
    at = (published_at or clock.now()) if published else None
    return NameDraft(
        spelling=spell(name, spelled_as, division=RUGAO), kind=kind, status=status, source="测试",
        valid_from=valid_from, valid_to=valid_to, published_at=at,
    )  # fmt: skip


def make_place(
    session: Session,
    name: str = "东大街",
    *,
    names: tuple[NameDraft, ...] = (),
    class_label: str = "街路巷",
    code: str = RUGAO,
    lon: float | None = 120.56,
    lat: float | None = 32.39,
    rank: int = 10_000,
    secrecy: str = "公开",
    published: bool = True,
) -> int:
    """A place with one announced standard name in 如皋; returns its id. The edge has not run yet: call `finish`."""
    draft = PlaceDraft(
        class_label=class_label,
        names=names or (make_name(name, published=published),),
        source="测试",
        source_key=str(next(_NUMBER)),
        rank=rank,
        division_id=division_id(session, code),
        point=None if lon is None or lat is None else shapely.Point(lon, lat),
        secrecy=secrecy,
    )
    return record_places(session, [draft], reason="测试")[0]
