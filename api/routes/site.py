"""The public map page, the description of the interfaces, and what browsers ask for by themselves."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

from api.access import Public, PublicReader
from api.installation import installation
from api.pages.render import render_docs
from api.routes.listing import page
from api.shown import View
from foundation.errors import NotFound
from foundation.settings import PROJECT

router = APIRouter(include_in_schema=False)
STATIC = PROJECT / "api" / "static"
FOREVER = "public, max-age=31536000, immutable"
TYPES = {"js": "text/javascript", "css": "text/css"}


@router.get("/", response_class=HTMLResponse)
def home(access: Public, reader: PublicReader, view: View, q: str = "", place: str = "", as_of: str = "") -> Response:
    """The map with the search box; in 长辈版 the same without the map."""
    answer: Response
    if view.elder and place:
        answer = RedirectResponse(view.link(f"/places/{quote(place, safe='')}"), HTTPStatus.SEE_OTHER)
    elif view.elder:
        asked = {"q": q.strip(), "division": "", "class_": "", "as_of": as_of.strip(), "cursor": ""}
        return page(reader, view, asked)
    else:
        answer = HTMLResponse(installation(reader).page().html, headers={"Cache-Control": "no-cache"})
    view.remember(answer)
    return answer


@router.get("/static/built/{name}")
def built(access: Public, reader: PublicReader, name: str) -> Response:
    """The scripts and styles that folium made, by the hash of their content."""
    content = installation(reader).page().files.get(name)
    if content is None:
        raise NotFound("没有这个文件。")
    return Response(content, media_type=TYPES[name.rpartition(".")[2]], headers={"Cache-Control": FOREVER})


@router.get("/docs", response_class=HTMLResponse)
def docs(access: Public) -> HTMLResponse:
    """The interfaces, to read and to try; works without any other host."""
    return HTMLResponse(render_docs())


@router.get("/favicon.ico")
def favicon(access: Public) -> FileResponse:
    """The icon that browsers ask for unasked."""
    return FileResponse(STATIC / "favicon.ico")
