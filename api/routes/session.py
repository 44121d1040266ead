"""Signing in and out, who am I, and one's password."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.access import COOKIE, Public, Staff
from api.writing import Committing, WriteSession
from foundation.access import actions
from foundation.access.actor import Actor
from foundation.errors import SignInNeeded
from foundation.people.roles import ROLES
from foundation.settings import settings

router = APIRouter(tags=["登录"], prefix="/api")


class Credentials(BaseModel):
    """Login and password."""

    model_config = ConfigDict(extra="forbid")
    login: str = Field(max_length=200)
    password: str = Field(max_length=1000)


class Passwords(BaseModel):
    """The password that is, and the one that shall be."""

    model_config = ConfigDict(extra="forbid")
    old: str = Field(max_length=1000)
    new: str = Field(max_length=1000)


@router.post("/session", summary="登录")
def sign_in(access: Public, write: Committing, request: Request, response: Response, given: Credentials) -> Any:
    """Open a session: a cookie for pages, a token for programs; ten wrong passwords close the door for a while."""
    address = request.client.host if request.client else ""
    # The failed attempt is committed too, and only then is it told.
    with write() as session:
        opened = actions.sign_in(session, given.login, given.password, address)
    if opened is None:
        raise SignInNeeded("登录名或密码不对。", remedy="请核对后再试;连续输错 10 次将暂停登录 15 分钟。")
    response.set_cookie(
        COOKIE, opened.cookie, max_age=settings().session_hours * 3600, path="/", httponly=True, samesite="lax",
        secure=settings().secure_cookie or request.url.scheme == "https",
    )  # fmt: skip
    return {
        "token": opened.token, "csrf": opened.csrf, "expires_at": opened.expires_at,
        "person": {"login": opened.person.login, "name": opened.person.name},
    }  # fmt: skip


@router.delete("/session", summary="退出", status_code=204, response_class=Response)
def sign_out(actor: Staff, session: WriteSession) -> Response:
    """End this session; its cookie and its token open nothing any more."""
    actions.sign_out(session, actor)
    answer = Response(status_code=204)
    answer.delete_cookie(COOKIE, path="/")
    return answer


@router.get("/session", summary="我是谁")
def who_am_i(actor: Staff) -> dict[str, Any]:
    """The signed-in person with the posts held now."""
    return {"person": {"login": actor.login, "name": actor.name, "roles": sorted(actor.roles)}, "grants": posts(actor)}


def posts(actor: Actor) -> list[dict[str, Any]]:
    """The posts that a person holds now, in words."""
    return [
        {
            "post": str(grant.post_id), "role": grant.role, "role_label": ROLES[grant.role], "title": grant.title,
            "organ": grant.organ, "division": {"code": grant.division_code, "name": grant.division},
            "stand_in": grant.stand_in,
        }
        for grant in actor.grants
    ]  # fmt: skip


@router.post("/password", summary="修改密码", status_code=204, response_class=Response)
def change_password(actor: Staff, session: WriteSession, given: Passwords) -> Response:
    """Replace one's password; every other session of this person ends."""
    actions.change_password(session, actor, given.old, given.new)
    return Response(status_code=204)
