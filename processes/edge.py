"""The edge of every write: one session, one transaction, committed once, with its derived data and its journal lines.

Routes, jobs and commands write through here and nowhere else; a verb never commits.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from foundation import journal
from foundation.database import engine
from placenames.register.actions import CHANGED
from placenames.search import index
from processes import models as _tables  # noqa: F401 (foreign keys by string resolve wherever the edge is used)


def finish(session: Session) -> None:
    """What belongs to the transaction but comes last: derived data, then the journal under its lock."""
    session.flush()
    index.refresh(session, session.info.pop(CHANGED, set()))
    journal.write(session)


@contextmanager
def writing(on: Engine | None = None, *, long: bool = False) -> Iterator[Session]:
    """A session whose work is committed whole when the block ends, or rolled back whole when it raises.

    `long` is for jobs and loaders: they may think for minutes between two statements, and wait for others.
    """
    with Session(on or engine(), expire_on_commit=False) as session:
        if long:
            session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            session.execute(text("SET LOCAL lock_timeout = '10min'"))
        yield session
        finish(session)
        session.commit()
