"""The writing session of a request: committed before the answer is sent, so that a failed commit reaches the client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.orm import Session

from processes.edge import writing


def session() -> Iterator[Session]:
    """One session, one transaction for one request."""
    with writing() as open_session:
        yield open_session


# Without the scope FastAPI would commit after the answer, and a failed commit would look like success.
WriteSession = Annotated[Session, Depends(session, scope="function")]
