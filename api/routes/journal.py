"""`/api/journal`: who did what, when and why, for auditors."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.access import Staff, StaffReader
from api.routes.search import Limit
from foundation.access import queries
from placenames.search.question import FIRST_PAGE

router = APIRouter(tags=["审计"], prefix="/api")


@router.get("/journal", summary="办理日志")
def journal(
    actor: Staff,
    reader: StaffReader,
    subject: Annotated[str | None, Query(description="种类:编号,例如 proposal:17")] = None,
    person: Annotated[str | None, Query(description="登录名")] = None,
    after: Annotated[int, Query(ge=0, description="只要这个序号以后的")] = 0,
    limit: Limit = FIRST_PAGE,
) -> dict[str, Any]:
    """The lines of the journal within the auditor's divisions, oldest first."""
    items = queries.journal(reader, actor, subject=subject, person=person, after=after, limit=limit + 1)
    following = str(items[limit - 1]["seq"]) if len(items) > limit else None
    return {"items": items[:limit], "next": following}
