"""`/api/divisions`: divisions on any day, their lineage, and the translation of codes between days."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.access import Public, PublicReader
from api.routes.places import AsOf
from api.routes.search import Limit
from boundaries.divisions import queries
from boundaries.divisions.schemas import Division, DivisionList, LineageList, Translation
from foundation import clock, dates
from foundation.errors import FieldError, Malformed
from placenames.search.question import FIRST_PAGE

router = APIRouter(tags=["行政区划"], prefix="/api/divisions")


@router.get("", summary="下级行政区划", responses={200: {"model": DivisionList}})
def children(
    access: Public,
    reader: PublicReader,
    parent: Annotated[str | None, Query(description="上级的六位代码;不填则为最高一级")] = None,
    as_of: AsOf = None,
    limit: Limit = FIRST_PAGE,
    cursor: Annotated[str | None, Query(description="上一页给出的 next")] = None,
) -> Response:
    """The divisions directly below one on a day, by code."""
    day = dates.as_of(as_of, clock.today())
    items, following = queries.children(reader, parent or None, day, cursor or "", limit)
    return Response(f'{{"items": {items}, "next": {json.dumps(following)}}}', media_type="application/json")


@router.get("/translate", summary="新旧代码对照", responses={200: {"model": Translation}})
def translate(
    access: Public,
    reader: PublicReader,
    code: Annotated[str, Query(description="六位代码")],
    from_: Annotated[str, Query(alias="from", description="代码所指的年份或日期")],
    to: Annotated[str, Query(description="要换成哪一年或哪一日")],
) -> dict[str, object]:
    """What a code of one day is on another; several results where a unit was split or merged; works backward too."""
    results = queries.translate(reader, code, _day(from_, "from"), _day(to, "to"))
    return {"code": code, "from": from_, "to": to, "results": results}


def _day(written: str, loc: str) -> date:
    if not written:
        raise Malformed([FieldError(loc, "缺少年份或日期", "请写成 2009 或 2009-03-17")])
    return dates.as_of(written, clock.today(), loc=loc)


@router.get("/{code}", summary="一个行政区划", responses={200: {"model": Division}})
def division(access: Public, reader: PublicReader, code: str, as_of: AsOf = None) -> Response:
    """The division of a code on a day; a code not in use then is 404 and names its successors."""
    return Response(queries.division(reader, code, dates.as_of(as_of, clock.today())), media_type="application/json")


@router.get("/{code}/lineage", summary="沿革", responses={200: {"model": LineageList}})
def lineage(access: Public, reader: PublicReader, code: str) -> dict[str, object]:
    """Every change in the line of a code, oldest first, with its document and source."""
    return {"code": code, "items": queries.lineage(reader, code), "next": None}
