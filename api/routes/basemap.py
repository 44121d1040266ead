"""`/tiles/base/{layer}/{z}/{x}/{y}`: tiles of Tianditu by way of this server, which keeps the key."""

from __future__ import annotations

from math import atan, degrees, pi, sinh

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from api import grid
from api.access import Public, PublicReader
from api.installation import MIN_ZOOM, installation
from api.tianditu import LAYERS, ZOOMS, basemap
from foundation.errors import NotFound
from foundation.settings import settings

router = APIRouter(include_in_schema=False)
FOR_A_DAY = "public, max-age=86400"
Box = tuple[float, float, float, float]


@router.get("/tiles/base/{layer}/{z}/{x}/{y}", response_class=Response)
async def tile(access: Public, reader: PublicReader, request: Request, layer: str, z: str, x: str, y: str) -> Response:
    """One tile; 404 where no base map is set up, off the grid, or beyond the province without 审图号."""
    source = basemap()
    if source is None or layer not in LAYERS:
        raise NotFound("没有这种底图。")
    numbers = grid.address((z, x, y), ZOOMS, digits=6)
    if numbers is None:
        raise NotFound("没有这块底图瓦片。")
    zoom, column, row = numbers
    allowed = (await run_in_threadpool(installation, reader)).province
    if not settings().map_approval and (zoom < MIN_ZOOM or not _touch(box_of(zoom, column, row), allowed)):
        raise NotFound("没有审图号,不提供本省以外的底图。")
    found = await source.tile((layer, zoom, column, row), request.is_disconnected)
    return grid.answer(request, found.content, found.media_type, etag=found.etag, cache=FOR_A_DAY)


def box_of(zoom: int, column: int, row: int) -> Box:
    """West, south, east, north of a tile in degrees."""
    count = 1 << zoom
    north, south = (degrees(atan(sinh(pi * (1 - 2 * at / count)))) for at in (row, row + 1))
    return column / count * 360 - 180, south, (column + 1) / count * 360 - 180, north


def _touch(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
