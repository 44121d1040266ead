"""Proves the journal's chain from its first line to its last."""

from __future__ import annotations

from foundation import journal
from foundation.database import engine


def verify_journal() -> tuple[int, journal.Problem | None]:
    """How many lines of the journal hold, and the first that does not."""
    with engine().connect() as connection:
        return journal.verify(connection)
