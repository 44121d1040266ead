"""The writing session of a request: committed before the answer is sent, so that a failed commit reaches the client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from processes.edge import writing

Writing = Callable[[], AbstractContextManager[Session]]


def committing(request: Request) -> Writing:
    """The edge, for a route that must know that it committed before it answers (the application may carry another)."""
    given: Writing | None = getattr(request.app.state, "writing", None)
    return given or writing


def session(write: Annotated[Writing, Depends(committing)]) -> Iterator[Session]:
    """One session, one transaction for one request."""
    with write() as open_session:
        yield open_session


Committing = Annotated[Writing, Depends(committing)]
# Without the scope FastAPI would commit after the answer, and a failed commit would look like success.
WriteSession = Annotated[Session, Depends(session, scope="function")]
