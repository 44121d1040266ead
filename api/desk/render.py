"""Draws the desk pages: text in, HTML out, with no script or style inside the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from api.desk import words
from api.pages.render import environment
from api.viewer.page import data_block
from foundation.access.actor import Actor
from foundation.files.rules import MEDIA_TYPES
from placenames.proposals.rules import ASIDE

HERE = Path(__file__).parent
TITLE = "地名业务办理"

Case = Mapping[str, Any]


def render_login(*, following: str, demo: bool) -> str:
    """The sign-in page; `following` is where to go after it."""
    return _page("login.html", None, demo, following=following)


def render_tasks(actor: Actor, cases: Sequence[Case], handovers: Sequence[Case], *, demo: bool, writes: bool) -> str:
    """待办事项: the cases on which this person can take a step, those out of time first, and posts to take over."""
    ordered = sorted(cases, key=_urgency)
    return _page("tasks.html", actor, demo, menu="tasks", cases=ordered, handovers=handovers, writes=writes)


def render_list(
    actor: Actor,
    cases: Sequence[Case],
    *,
    states: Mapping[str, str],
    asked: Mapping[str, str],
    following: str | None,
    demo: bool,
    writes: bool,
) -> str:
    """地名申报: the cases that this person may read, by state and name; `asked` is what was asked for."""
    onward = urlencode({**asked, "cursor": following}) if following else ""
    return _page(
        "list.html", actor, demo, menu="proposals", cases=cases, states=states, asked=asked, onward=onward,
        writes=writes,
    )  # fmt: skip


def render_form(
    actor: Actor,
    case: Case | None,
    *,
    classes: Sequence[Mapping[str, Any]],
    divisions: Sequence[Mapping[str, str]],
    chart: Mapping[str, Any],
    demo: bool,
) -> str:
    """The guided form of a case, new where `case` is None; `chart` is what the map needs (`area`, `province`)."""
    data = {"case": case, "classes": classes, "chart": chart}
    return _page(
        "form.html", actor, demo, menu="proposals", case=case, classes=classes, divisions=divisions,
        data=data_block(data),
    )  # fmt: skip


def render_case(actor: Actor, case: Case, *, chart: Mapping[str, Any], today: str, largest_mb: int, demo: bool) -> str:
    """One case: what comes next, deadlines, what is proposed beside what is official, papers, and its time line."""
    data = {
        "id": case["id"],
        "state": case["state"],
        "version": case["version"],
        "steps": case["next_steps"],
        "attachments": case["attachments"],
        "approver": case["route"]["approver"],
        "geometry": case["proposed"]["geometry"],
        "name": case["proposed"]["name"],
        "division": case["division"]["code"],
        "chart": chart,
        "today": today,
        "largestMb": largest_mb,
    }
    return _page(
        "case.html", actor, demo, menu="proposals", case=case, steps=_ordered(case["next_steps"]), today=today,
        largest_mb=largest_mb, accepted=",".join(MEDIA_TYPES), data=data_block(data),
    )  # fmt: skip


def _ordered(steps: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The steps as buttons: those that lead on come first, and the first that can be taken stands out."""
    aside = set(ASIDE)
    # What is registered waits for its confirmation; to register it anew is the exception.
    if any(step["step"] == "confirm_decision" for step in steps):
        aside.add("record_decision")
    told = [{**step, "aside": step["step"] in aside} for step in steps]
    told.sort(key=lambda step: (step["aside"], not step["possible"]))
    first = next((step for step in told if step["possible"] and not step["aside"]), None)
    return [{**step, "strong": step is first} for step in told]


def render_handovers(actor: Actor, handovers: Sequence[Case], *, demo: bool) -> str:
    """移交: the posts of this person, what is being handed over, and what has been."""
    return _page("handovers.html", actor, demo, menu="handovers", handovers=handovers)


def render_handover(actor: Actor, handover: Case, *, demo: bool) -> str:
    """移交清单: one hand-over as it is printed and signed."""
    return _page("handover.html", actor, demo, menu="handovers", handover=handover)


def render_account(actor: Actor, *, demo: bool) -> str:
    """账号: who I am, my posts, my password."""
    return _page("account.html", actor, demo, menu="account")


def _urgency(case: Case) -> str:
    clock = words.most_urgent(case["clocks"])
    return str(clock["due"]) if clock else "9999"


def _page(template: str, actor: Actor | None, demo: bool, *, menu: str = "", **values: object) -> str:
    return (
        environment(HERE, words).get_template(template).render(actor=actor, demo=demo, menu=menu, title=TITLE, **values)
    )
