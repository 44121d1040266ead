"""What the map asks for: tiles, labels, and the days that its time slider can show."""

from __future__ import annotations

from hashlib import blake2b
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import grid
from api.access import Public, PublicReader
from api.installation import installation
from api.routes.places import AsOf
from boundaries.divisions import queries as divisions
from boundaries.divisions.schemas import Times
from foundation import clock, dates
from foundation.errors import FieldError, Malformed, NotFound
from placenames.search import tiles as places
from placenames.search.question import numbers
from processes import tiles

router = APIRouter(tags=["地图"])
DEEPEST = 22
MOST_LABELS = 200
MVT = "application/vnd.mapbox-vector-tile"


@router.get("/tiles/map/{z}/{x}/{y}.mvt", summary="矢量瓦片", response_class=Response)
def tile(
    access: Public, reader: PublicReader, request: Request, z: str, x: str, y: str, as_of: AsOf = None
) -> Response:
    """One tile with the layers `divisions` and `places`; 204 when empty, 404 outside the grid."""
    zoom, column, row = _address(z, x, y)
    day = dates.as_of(as_of, clock.today())
    content = tiles.tile(reader, zoom, column, row, day, boundaries=installation(reader).shows_boundaries)
    if not content:
        return Response(status_code=204, headers={"Cache-Control": "no-cache"})
    etag = f'"{blake2b(content, digest_size=12).hexdigest()}"'
    return grid.answer(request, content, MVT, etag=etag, cache="no-cache")


def _address(z: str, x: str, y: str) -> tuple[int, int, int]:
    found = grid.address((z, x, y), range(DEEPEST + 1), digits=8)
    if found:
        return found
    raise NotFound("没有这块地图瓦片。", remedy=f"级别 0–{DEEPEST},行列号从 0 到 2 的级别次方减 1。")


@router.get("/api/map/labels", summary="地图注记")
def labels(
    access: Public,
    reader: PublicReader,
    bbox: Annotated[str, Query(description="范围:西,南,东,北")],
    zoom: Annotated[int, Query(ge=0, le=DEEPEST, description="地图级别")],
    as_of: AsOf = None,
) -> dict[str, object]:
    """At most 200 labels within a box, best first: divisions, then places."""
    box = numbers(bbox, "bbox", ("west", "south", "east", "north"))
    if box is None:
        raise Malformed([FieldError("bbox", "缺少范围", "请写成 西,南,东,北")])
    west, south, east, north = box
    bounds = (west, south, east, north)
    day = dates.as_of(as_of, clock.today())
    items = divisions.labels(reader, bounds, zoom, day, MOST_LABELS)
    items += places.labels(reader, bounds, zoom, day, MOST_LABELS - len(items))
    return {"items": items}


@router.get("/api/map/times", summary="可以回看的时间", responses={200: {"model": Times}})
def times(access: Public, reader: PublicReader) -> Response:
    """The days from the first known to the register to today, and the years in which divisions changed."""
    return Response(divisions.times(reader, clock.today()), media_type="application/json")
