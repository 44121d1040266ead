"""Questions about people: the hand-overs that somebody gives or receives."""

from __future__ import annotations

from typing import Any

from foundation import sqlfiles
from foundation.database import Reader
from foundation.people.roles import ROLES

SQL = sqlfiles.folder(__file__)
HANDOVER_WORDS = {"proposed": "待接收人确认", "confirmed": "已移交", "declined": "未接收", "cancelled": "已取消"}


def handovers(reader: Reader, person_id: int, only: int | None = None) -> list[dict[str, Any]]:
    """The hand-overs that a person gives or receives, the newest hundred, newest first; or one of them by its id."""
    found: list[dict[str, Any]] = []
    for (told,) in reader.rows(sqlfiles.load(SQL / "handovers.sql"), {"person": person_id, "only": only}):
        told["state_label"] = HANDOVER_WORDS[told["state"]]
        told["post"]["role_label"] = ROLES[told["post"]["role"]]
        found.append(told)
    return found
