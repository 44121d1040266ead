"""The desk pages under `/desk`: each asks what the API asks and draws the answer."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.access import Public, PublicReader, Staff, StaffReader
from api.desk import render
from api.installation import installation
from boundaries.divisions.queries import children
from foundation import clock
from foundation.access.actor import Actor
from foundation.database import Reader
from foundation.errors import Forbidden, NotFound, Refused
from foundation.people.queries import handovers
from foundation.settings import settings
from placenames.proposals import queries
from placenames.proposals.lifecycle import STATES
from placenames.register.queries import classes

router = APIRouter(include_in_schema=False, prefix="/desk", default_response_class=HTMLResponse)
PAGE = 30
MOST_TASKS = 200
MOST_DIVISIONS = 200


def _page(html: str) -> HTMLResponse:
    """What is drawn for one person is kept by nobody else, and asked for again when they come back."""
    return HTMLResponse(html, headers={"Cache-Control": "private, no-store"})


def _writes(actor: Actor) -> bool:
    """Whether a person opens cases: the clerk of a bureau of civil affairs, or an applicant."""
    return any(
        grant.role == "applicant" or (grant.role == "clerk" and grant.organ_kind == "civil_affairs")
        for grant in actor.grants
    )


@router.get("/login")
def login(access: Public, public: PublicReader, following: Annotated[str, Query(alias="next")] = "") -> HTMLResponse:
    """登录."""
    # Only a page of the desk may follow: a link must not lead people elsewhere after they signed in.
    inside = following == "/desk" or following.startswith(("/desk/", "/desk?"))
    return _page(render.render_login(following=following if inside else "/desk", demo=installation(public).demo))


@router.get("")
def tasks(actor: Staff, reader: StaffReader, public: PublicReader) -> HTMLResponse:
    """待办事项."""
    waiting, _ = queries.cases(reader, actor, mine=True, limit=MOST_TASKS)
    offered = [
        it for it in handovers(reader, actor.person_id) if it["state"] == "proposed" and it["mine"] == "receiver"
    ]
    demo = installation(public).demo
    return _page(render.render_tasks(actor, waiting, offered, demo=demo, writes=_writes(actor)))


@router.get("/proposals")
def proposals(
    actor: Staff,
    reader: StaffReader,
    public: PublicReader,
    state: str = "",
    q: Annotated[str, Query(max_length=100)] = "",
    cursor: Annotated[str, Query(pattern=r"^[0-9]{0,18}$")] = "",
) -> HTMLResponse:
    """地名申报."""
    known = state if state in STATES else ""
    found, following = queries.cases(
        reader, actor, state=known or None, part=q.strip() or None, before=int(cursor) if cursor else None, limit=PAGE
    )
    return _page(
        render.render_list(
            actor, found, states=STATES, asked={"state": known, "q": q.strip()}, following=following,
            demo=installation(public).demo, writes=_writes(actor),
        )
    )  # fmt: skip


@router.get("/proposals/new")
def new_proposal(actor: Staff, reader: StaffReader, public: PublicReader) -> HTMLResponse:
    """新的地名申报."""
    if not _writes(actor):
        raise Forbidden("您的岗位不能提出地名申报。", remedy="请由经办人或申请单位填写。")
    return _form(actor, reader, public, None)


@router.get("/proposals/{proposal_id}/edit")
def edit(actor: Staff, reader: StaffReader, public: PublicReader, proposal_id: str) -> HTMLResponse:
    """填写申报."""
    case = queries.case(reader, actor, proposal_id)
    if not case["editable"]:
        raise Refused(
            f"这件申报目前是“{case['state_label']}”,不能由您修改。", remedy="请回到地名申报列表查看办理情况。"
        )
    return _form(actor, reader, public, case)


def _form(actor: Actor, reader: Reader, public: Reader, case: dict[str, Any] | None) -> HTMLResponse:
    divisions = _divisions(actor, reader)
    if case and case["division"]["code"] not in {each["code"] for each in divisions}:
        divisions.append({"code": case["division"]["code"], "name": case["division"]["name"]})
    return _page(
        render.render_form(
            actor, case, classes=classes(reader), divisions=divisions, chart=_chart(public),
            demo=installation(public).demo,
        )
    )  # fmt: skip


def _divisions(actor: Actor, reader: Reader) -> list[dict[str, str]]:
    """Where a person may open a case: the divisions of their posts, and what lies below where the post acts for it."""
    found: dict[str, str] = {}
    for grant in actor.grants:
        if grant.role not in {"clerk", "applicant"}:
            continue
        found.setdefault(grant.division_code, grant.division)
        if grant.role == "applicant" or not grant.division_code.endswith("00"):
            try:
                items, _ = children(reader, grant.division_code, clock.today(), "", MOST_DIVISIONS)
            except NotFound:
                continue  # the division has ended: nothing is opened there any more
            for below in json.loads(items):
                found.setdefault(below["code"], below["name"])
    return [{"code": code, "name": name} for code, name in found.items()]


def _chart(public: Reader) -> dict[str, Any]:
    here = installation(public)
    return {"area": here.area, "province": here.province}


@router.get("/proposals/{proposal_id}")
def proposal(actor: Staff, reader: StaffReader, public: PublicReader, proposal_id: str) -> HTMLResponse:
    """One case."""
    case = queries.case(reader, actor, proposal_id)
    today, demo = clock.today().isoformat(), installation(public).demo
    return _page(
        render.render_case(
            actor, case, chart=_chart(public), today=today, largest_mb=settings().largest_file_mb, demo=demo
        )
    )


@router.get("/handovers")
def handover_list(actor: Staff, reader: StaffReader, public: PublicReader) -> HTMLResponse:
    """移交."""
    found = handovers(reader, actor.person_id)
    return _page(render.render_handovers(actor, found, demo=installation(public).demo))


@router.get("/handovers/{handover_id}")
def handover(actor: Staff, reader: StaffReader, public: PublicReader, handover_id: str) -> HTMLResponse:
    """移交清单."""
    found = handovers(reader, actor.person_id, queries.read_id(handover_id))
    if not found:
        raise NotFound("没有这份移交。", remedy="请回到移交页面查看。")
    return _page(render.render_handover(actor, found[0], demo=installation(public).demo))


@router.get("/account")
def account(actor: Staff, public: PublicReader) -> HTMLResponse:
    """账号."""
    return _page(render.render_account(actor, demo=installation(public).demo))
