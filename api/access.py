"""Who may use a route: named in its signature, checked before its body is used, and looked for on every route."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import Depends, Request

from foundation.access import queries
from foundation.access.actor import Actor
from foundation.database import Reader
from foundation.database import public_reader as public_pool
from foundation.database import staff_reader as staff_pool
from foundation.errors import Forbidden, SignInNeeded

COOKIE = "diming_session"
CSRF_HEADER = "X-CSRF-Token"
# What only asks changes nothing, so a forged request could gain nothing by it (RFC 9110 §9.2.1).
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


# Not plain functions: FastAPI would run each in a thread of its own, and these wait for nothing.
async def anyone() -> None:
    """Everyone may: the route reads through `diming_public`, which sees nothing but what is published."""


async def public_reader(request: Request) -> Reader:
    """The public's READ ONLY pool (the application may carry another one, for tests)."""
    given: Reader | None = getattr(request.app.state, "reader", None)
    return given or public_pool()


def staff_reader(request: Request) -> Reader:
    """The staff's READ ONLY pool (the application may carry another one, for tests)."""
    given: Reader | None = getattr(request.app.state, "staff_reader", None)
    return given or staff_pool()


def visitor(request: Request, reader: Annotated[Reader, Depends(staff_reader)]) -> Actor | None:
    """The signed-in person, or None: by bearer token (programs) or by cookie (pages).

    Raises `SignInNeeded` for a token or cookie that opens nothing any more, `Forbidden` for a write by cookie that
    does not carry the page's CSRF token.
    """
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return queries.actor(reader, token.strip())
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        return None
    actor = queries.actor(reader, cookie)
    if request.method not in SAFE and not hmac.compare_digest(
        request.headers.get(CSRF_HEADER, "").encode(), actor.csrf.encode()
    ):
        raise Forbidden("页面已失效,没有保存。", remedy="请复制填写的内容,刷新页面后再试。")
    return actor


def signed_in(actor: Annotated[Actor | None, Depends(visitor)]) -> Actor:
    """The signed-in person; raises `SignInNeeded` where there is none."""
    if actor is None:
        raise SignInNeeded("还没有登录。", remedy="请先登录。")
    return actor


Public = Annotated[None, Depends(anyone)]
PublicReader = Annotated[Reader, Depends(public_reader)]
Staff = Annotated[Actor, Depends(signed_in)]
StaffReader = Annotated[Reader, Depends(staff_reader)]

NAMED = frozenset({anyone, signed_in})
"""The dependencies that name an access; a route without one of them fails the test."""
