"""`GET /search`: the list without the map, in plain HTML that needs no script; it says what `/api/search` says."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.access import Public, PublicReader
from api.errors import RETRY_SECONDS
from api.installation import TITLE, installation
from api.pages.render import render_search
from api.routes.search import question
from api.shown import Shown, View
from boundaries.divisions import queries as divisions
from foundation import clock, dates
from foundation.database import Reader
from foundation.errors import Malformed, NotFound, Unavailable
from foundation.settings import settings
from placenames.register.queries import classes
from placenames.search import queries

router = APIRouter(include_in_schema=False)
FIELDS = {"q": "要查的地名", "division": "地区", "class": "类别", "as_of": "日期", "cursor": "翻页"}
MOST_CHOICES = 200
YEAR = len("2009")


@router.get("/search", response_class=HTMLResponse)
def listing(
    access: Public,
    reader: PublicReader,
    view: View,
    q: str = "",
    division: str = "",
    class_: Annotated[str, Query(alias="class")] = "",
    as_of: str = "",
    cursor: str = "",
) -> HTMLResponse:
    """A page of what was found, with what narrows it kept in the address; without a question only the form."""
    day = _day(as_of.strip())
    asked = {
        "q": q.strip(), "division": _then(reader, division, day), "class_": class_, "as_of": day, "cursor": cursor,
    }  # fmt: skip
    return page(reader, view, asked)


def page(reader: Reader, view: Shown, asked: Mapping[str, str]) -> HTMLResponse:
    """The page of a question; what is wrong with it stands beside the form, with the status that the API gives."""
    here = installation(reader)
    answer, status, heading, faults = None, 200, "", dict[str, str]()
    try:
        if asked["q"]:
            narrowed = question(
                asked["q"], home=here.home, division=asked["division"], class_=asked["class_"], as_of=asked["as_of"],
                cursor=asked["cursor"],
            )  # fmt: skip
            answer = json.loads(queries.search(reader, narrowed))
    except Malformed as error:
        status, heading = 422, "没有查询"
        faults = {fault.loc: f"{FIELDS.get(fault.loc, '条件')}:{fault.msg}。{fault.remedy}。" for fault in error.errors}
    except Unavailable as error:
        status, heading, faults = 503, "暂时查不了", {"": error.line()}
    html = render_search(
        asked, answer, shown=view, faults=faults, heading=heading, divisions=_choices(reader, asked),
        classes=_classes(reader), demo=here.demo, title=f"{here.area_name}{TITLE}",
        map_approval=settings().map_approval, contact=settings().contact,
    )  # fmt: skip
    made = HTMLResponse(html, status, headers={"Cache-Control": "no-cache"})
    if status == 503:
        made.headers["Retry-After"] = RETRY_SECONDS
    view.remember(made)
    return made


def _day(written: str) -> str:
    """A day as every page writes it, nothing for today or a year that is not over; what is no day stays as it is."""
    try:
        day = dates.as_of(written, clock.today())
    except Malformed:
        return written
    if day >= clock.today():
        return ""
    return written if len(written) == YEAR else day.isoformat()


def _then(reader: Reader, code: str, written: str) -> str:
    """The code that a division has on the day: who types a year has chosen among the divisions of today before.

    Where it was several divisions then, or none, the code stays and the search says what is wrong with it.
    """
    try:
        day = dates.as_of(written, clock.today())
        if not code or day == clock.today():
            return code
        divisions.division(reader, code, day)
    except NotFound:
        try:
            found = divisions.translate(reader, code, clock.today(), day)
        except (NotFound, Unavailable):
            return code
        return found[0]["code"] if len(found) == 1 else code
    except (Malformed, Unavailable):
        pass
    return code


def _classes(reader: Reader) -> list[dict[str, str]]:
    try:
        return classes(reader)
    except Unavailable:
        return []


def _choices(reader: Reader, asked: Mapping[str, str]) -> list[dict[str, Any]]:
    """The divisions to choose from on that day: those right below the province, and those around the chosen one.

    What is wrong with the day or the code is told by the search; here there is just less to choose from.
    """
    try:
        day = dates.as_of(asked["as_of"], clock.today())
        province = settings().province
        chosen = _named(reader, asked["division"], day) if asked["division"] else None
        first = _below(reader, province, day)
    except (Malformed, NotFound, Unavailable):
        return [{"code": asked["division"], "name": asked["division"], "depth": 0}] if asked["division"] else []
    opened = _opened(chosen, first, province)
    found: list[dict[str, Any]] = []
    for it in first:
        found.append({"code": it["code"], "name": it["name"], "depth": 0})
        if it["code"] == opened:
            found += [{**below, "depth": 1} for below in _below(reader, opened, day)]
    if chosen and chosen["code"] not in {it["code"] for it in found}:
        found.append({"code": chosen["code"], "name": "".join(chosen["path"]), "depth": 0})
    return found


def _named(reader: Reader, code: str, day: date) -> dict[str, Any]:
    """The division that is chosen: as it was on the day, or as it is today."""
    try:
        found: dict[str, Any] = json.loads(divisions.division(reader, code, day))
    except NotFound:
        found = json.loads(divisions.division(reader, code, clock.today()))
    return found


def _opened(chosen: Mapping[str, Any] | None, first: Sequence[Mapping[str, Any]], province: str) -> str:
    """Which of the first divisions shows what lies below it: the chosen one, or the one that holds it."""
    if not chosen or chosen["code"] == province:
        return ""
    codes = {it["code"] for it in first}
    parent = (chosen["parent"] or {}).get("code", "")
    return next((code for code in (chosen["code"], parent) if code in codes), "")


def _below(reader: Reader, code: str, day: date) -> list[dict[str, Any]]:
    items, _ = divisions.children(reader, code, day, "", MOST_CHOICES)
    found: list[dict[str, Any]] = json.loads(items)
    return found
