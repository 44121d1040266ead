"""`GET /api/places/{id}` and the permanent page `/places/{id}`."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse

from api.access import Public, PublicReader
from api.installation import TITLE, installation
from api.pages.render import render_place
from api.shown import View
from foundation import clock, dates
from foundation.settings import settings
from placenames.register.queries import place
from placenames.register.schemas import PlaceFeature

router = APIRouter(tags=["公众查询"])
AsOf = Annotated[str | None, Query(description="某日或某年(12月31日)的情形")]


@router.get("/api/places/{place_id}", summary="一个地名的全部公开内容", responses={200: {"model": PlaceFeature}})
def read_place(access: Public, reader: PublicReader, place_id: str, as_of: AsOf = None) -> Response:
    """A GeoJSON Feature: names in time with sources, class, divisions, what became of the place."""
    day = dates.as_of(as_of, clock.today())
    feature = place(reader, place_id, day, areas=installation(reader).shows_boundaries)
    return Response(feature, media_type="application/geo+json")


@router.get("/places/{place_id}", summary="地名的永久页面", response_class=HTMLResponse)
def place_page(access: Public, reader: PublicReader, view: View, place_id: str) -> HTMLResponse:
    """The page behind the QR code of a sign; it says what the API says."""
    here = installation(reader)
    feature = json.loads(place(reader, place_id, clock.today(), areas=here.shows_boundaries))
    answer = HTMLResponse(
        render_place(
            feature,
            demo=here.demo,
            title=f"{here.area_name}{TITLE}",
            map_approval=settings().map_approval,
            contact=settings().contact,
            shown=view,
        )
    )
    view.remember(answer)
    return answer
