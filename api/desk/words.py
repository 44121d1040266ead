"""The Chinese words of the desk pages: moments, sizes, who someone is, the colour of a state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from foundation.access.actor import Actor
from foundation.clock import ZONE
from foundation.dates import KnownDate, Precision
from foundation.files.models import SECRECIES
from foundation.people.roles import ROLES

__all__ = ["SECRECIES"]  # for the templates, which ask this module for every word

MENU = (
    ("tasks", "/desk", "待办事项"),
    ("proposals", "/desk/proposals", "地名申报"),
    ("handovers", "/desk/handovers", "移交"),
    ("account", "/desk/account", "账号"),
)

# State of a case → tone of its chip.
TONES = {
    "draft": "plain",
    "submitted": "moving",
    "accepted": "moving",
    "in_review": "moving",
    "consulting": "moving",
    "returned": "waiting",
    "awaiting_approval": "waiting",
    "suspended": "waiting",
    "approved": "done",
    "refused": "ended",
    "withdrawn": "ended",
    "archived": "ended",
}
SEVERITIES = {"error": "不符合", "warning": "请核对", "info": "提示"}
PAPERS = ("申请书", "位置图", "现场照片", "批文扫描件", "其他")


def tone(state: str) -> str:
    """The tone of a state's chip."""
    return TONES.get(state, "plain")


def severity(word: str) -> str:
    """How grave a finding is."""
    return SEVERITIES.get(word, "请核对")


def moment(value: str | datetime | None) -> str:
    """A point in time as people say it, in Chinese time: 2026年3月2日 10:02."""
    if not value:
        return ""
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    local = at.astimezone(ZONE)
    return f"{day(local.date())} {local:%H:%M}"


def day(value: str | date | None) -> str:
    """A day as people say it: 2026年3月2日."""
    if not value:
        return ""
    at = value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    return KnownDate(at, Precision.DAY).words()


def size(count: int) -> str:
    """The size of a file."""
    if count < 1024:
        return f"{count} 字节"
    return f"{count / 1024:.0f} KB" if count < 1024 * 1024 else f"{count / 1024 / 1024:.1f} MB"


def role(name: str) -> str:
    """The word of a role."""
    return ROLES.get(name, name)


def standing(actor: Actor) -> str:
    """Who someone is, in short: the role and organ of the first post."""
    if not actor.grants:
        return "没有岗位"
    grant = actor.grants[0]
    more = f" 等{len(actor.grants)}个岗位" if len(actor.grants) > 1 else ""
    return f"{role(grant.role)} · {grant.organ}{more}"


def clock_tone(clock: Mapping[str, Any]) -> str:
    """How a deadline looks: done, overdue, near (five days) or at ease."""
    if clock["state"] != "running":
        return str(clock["state"])
    return "near" if (clock.get("days_left") or 0) <= 5 else "running"


def most_urgent(clocks: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The deadline to show in a list: the one that is over or ends first."""
    open_ones = [clock for clock in clocks if clock["state"] != "done"]
    return min(open_ones, key=lambda clock: str(clock["due"]), default=None)


def told(timeline: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A time line for reading, the newest first: changes that one person made in a row are one entry with a count."""
    found: list[dict[str, Any]] = []
    for line in timeline:
        last = found[-1] if found else None
        if last and line["verb"] == last["verb"] == "change" and line["person"] == last["person"]:
            found[-1] = {**line, "times": last["times"] + 1}
        else:
            found.append({**line, "times": 1})
    return found[::-1]
