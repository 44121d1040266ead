"""Who may use a route: named in its signature, checked before its body, and looked for by a test on every route."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from foundation.database import Reader
from foundation.database import public_reader as pool


def anyone() -> None:
    """Everyone may: the route reads through `diming_public`, which sees nothing but what is published."""


def public_reader(request: Request) -> Reader:
    """The public's READ ONLY pool (the application may carry another one, for tests)."""
    given: Reader | None = getattr(request.app.state, "reader", None)
    return given or pool()


Public = Annotated[None, Depends(anyone)]
PublicReader = Annotated[Reader, Depends(public_reader)]

NAMED = frozenset({anyone})
"""The dependencies that name an access; a route without one of them fails the test."""
