"""`/api/handovers`: a post with its open work offered to another person, who confirms or declines."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.access import Staff, StaffReader
from api.writing import WriteSession
from foundation.database import SessionReader
from foundation.errors import NotFound
from foundation.people import queries
from foundation.texts import whole_number
from processes import handovers

router = APIRouter(tags=["移交"], prefix="/api/handovers")


class HandoverBody(BaseModel):
    """Which post, to whom (login), with which words."""

    model_config = ConfigDict(extra="forbid")
    post: str = Field(pattern=r"^[0-9]{1,18}$")
    receiver: str = Field(max_length=80)
    note: str = ""


@router.get("", summary="我的移交")
def listed(actor: Staff, reader: StaffReader) -> dict[str, Any]:
    """The hand-overs that this person gives or receives, newest first."""
    return {"items": queries.handovers(reader, actor.person_id), "next": None}


@router.post("", summary="移交岗位", status_code=201)
def proposed(actor: Staff, session: WriteSession, given: HandoverBody) -> dict[str, Any]:
    """Offer a post with the list of its open work."""
    made = handovers.propose(session, actor, int(given.post), given.receiver, given.note)
    return _told(session, actor.person_id, made.id)


@router.post("/{handover_id}/{verb}", summary="确认、退回或取消移交")
def settled(
    actor: Staff, session: WriteSession, handover_id: str, verb: Literal["confirm", "decline", "cancel"]
) -> dict[str, Any]:
    """Confirm or decline as the receiver, cancel as the giver."""
    number = whole_number(handover_id)
    if number is None:
        raise NotFound("没有这份移交。")
    return _told(session, actor.person_id, handovers.settle(session, actor, number, verb).id)


def _told(session: WriteSession, person_id: int, handover_id: int) -> dict[str, Any]:
    return queries.handovers(SessionReader(session), person_id, handover_id)[0]
