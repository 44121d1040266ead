"""`/api/proposals`: cases opened, changed, taken on step by step, with papers and opinions (CONTRACT §4)."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Response, UploadFile
from fastapi.responses import FileResponse

from api.access import Staff, StaffReader
from api.routes.search import Limit
from api.writing import WriteSession
from foundation.access.actor import Actor
from foundation.database import SessionReader
from foundation.errors import FieldError, Malformed
from foundation.files import store
from foundation.texts import whole_number
from placenames.proposals import actions, queries, ways
from placenames.proposals.models import Proposal
from placenames.proposals.schemas import NewProposal, OpinionBody, ProposalChange, StepBody
from placenames.search.question import FIRST_PAGE

router = APIRouter(tags=["地名申报"], prefix="/api")


@router.get("/routes", summary="办理路径:由谁受理、由谁批准")
def route(
    actor: Staff,
    reader: StaffReader,
    class_: Annotated[str, Query(alias="class", description="类别名称或五位代码")],
    division: Annotated[str, Query(description="六位区划代码")],
) -> dict[str, Any]:
    """Who handles and who decides on a class in a division, before anyone writes a word."""
    return ways.route(reader, class_, division)


@router.get("/proposals", summary="申请列表")
def listed(
    actor: Staff,
    reader: StaffReader,
    state: Annotated[str | None, Query(description="只看这个状态")] = None,
    q: Annotated[str | None, Query(max_length=100, description="名称中的字")] = None,
    mine: Annotated[bool, Query(description="只看等我办的")] = False,
    limit: Limit = FIRST_PAGE,
    cursor: Annotated[str | None, Query(description="上一页给出的 next")] = None,
) -> dict[str, Any]:
    """The cases that this person may see, newest first."""
    before = _cursor(cursor)
    items, following = queries.cases(reader, actor, state=state, part=q, mine=mine, before=before, limit=limit)
    return {"items": items, "next": following}


def _cursor(given: str | None) -> int | None:
    if not given:
        return None
    before = whole_number(given)
    if before is None:
        raise Malformed([FieldError("cursor", "看不懂翻页标记", "请原样使用上一页给出的 next")])
    return before


@router.post("/proposals", summary="新的申请(草稿)", status_code=201)
def opened(actor: Staff, session: WriteSession, response: Response, given: NewProposal) -> dict[str, Any]:
    """Open a case as a draft; what is not known yet may follow."""
    case = actions.open_case(session, actor, given)
    response.headers["Location"] = f"/api/proposals/{case.id}"
    return _told(session, actor, case)


@router.get("/proposals/{proposal_id}", summary="一件申请的全部内容")
def read(actor: Staff, reader: StaffReader, proposal_id: str) -> dict[str, Any]:
    """One case with its next steps, clocks, papers and time line."""
    return queries.case(reader, actor, proposal_id)


@router.patch("/proposals/{proposal_id}", summary="修改草稿")
def changed(actor: Staff, session: WriteSession, proposal_id: str, given: ProposalChange) -> dict[str, Any]:
    """Change a draft; what is not given stays."""
    return _told(session, actor, actions.change(session, actor, proposal_id, given))


@router.post("/proposals/{proposal_id}/steps/{step}", summary="办理一步")
def stepped(
    actor: Staff, session: WriteSession, proposal_id: str, step: str, given: StepBody | None = None
) -> dict[str, Any]:
    """Take one step of the lifecycle."""
    return _told(session, actor, actions.take_step(session, actor, proposal_id, step, given or StepBody()))


@router.post("/proposals/{proposal_id}/attachments", summary="上传附件", status_code=201)
def attached(
    actor: Staff,
    session: WriteSession,
    proposal_id: str,
    file: UploadFile,
    kind: Annotated[str, Form(description="是什么材料,例如 申请书、位置图、批文扫描件")],
    secrecy: Annotated[str, Form(description="密级;不填则与申请相同")] = "",
) -> dict[str, Any]:
    """Keep a paper with a case; its content must be what its name says."""
    kept = actions.attach(session, actor, proposal_id, file.filename or "", file.file, kind, secrecy)
    return {
        "id": str(kept.id), "kind": kind, "name": kept.name, "bytes": kept.bytes, "media_type": kept.media_type,
        "secrecy": kept.secrecy, "sha256": kept.sha256.hex(),
    }  # fmt: skip


@router.get("/proposals/{proposal_id}/attachments/{attachment_id}", summary="下载附件", response_class=FileResponse)
def download(actor: Staff, reader: StaffReader, proposal_id: str, attachment_id: str) -> FileResponse:
    """A paper of a case, always as a download: nothing that was uploaded runs in a page of ours."""
    paper = queries.paper(reader, actor, proposal_id, attachment_id)
    disposition = f"attachment; filename*=UTF-8''{quote(paper.name, safe='')}"
    return FileResponse(
        store.path_of(paper.sha256), media_type=paper.media_type,
        headers={"Content-Disposition": disposition, "Cache-Control": "private, no-store"},
    )  # fmt: skip


@router.post("/proposals/{proposal_id}/opinions", summary="登记意见", status_code=201)
def opined(actor: Staff, session: WriteSession, proposal_id: str, given: OpinionBody) -> dict[str, Any]:
    """Register what a consulted body said."""
    return {"id": str(actions.add_opinion(session, actor, proposal_id, given).id)}


def _told(session: WriteSession, actor: Actor, case: Proposal) -> dict[str, Any]:
    """The case as it will be once this transaction is committed, with the lines that are written at the commit."""
    told = queries.case(SessionReader(session), actor, str(case.id))
    told["timeline"] += actions.about_to_be_written(session, actor, case)
    return told
