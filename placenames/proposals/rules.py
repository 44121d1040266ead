"""The rules of a naming case: who sees it, who may act, what is missing, what sounds alike, when clocks end. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from foundation.access.actor import Actor, Grant
from foundation.lifecycle import Step
from foundation.people.roles import READS_CASES
from foundation.settings import settings
from placenames.proposals.lifecycle import OWN, recommends

LEGAL_DAYS = 15
"""Calendar days for filing and for announcement, from the day after approval (Order 753 Art. 13, 14)."""


@dataclass(frozen=True)
class Facts:
    """What the rules ask of a case: the columns of `facts.sql` in their order.

    `lacking`: what the application must say and does not (Order 753 Art. 11; Order 71 Art. 5; DOMAIN §1.12).
    `scan`: whether a scan of the instrument is there. `items`: what an announcement would say.
    """

    id: int
    state: str
    handler_division_id: int
    approver_kind: str
    approver_division_id: int
    organ_id: int
    post_id: int | None
    created_by: int
    submitted_by: int | None
    recorded_by: int | None
    outcome: str | None
    secrecy: str
    reviewed: bool
    state_before: str | None
    lacking: Sequence[str]
    filing: str | None
    announcement: str | None
    scan: bool
    items: Mapping[str, str]


def visible(case: Facts, actor: Actor) -> bool:
    """Whether a person may know of a case: one's own organ's, and for staff what lies in the scope of their post.

    What an applicant still writes nobody else sees: `post_id` is empty until the bureau takes it in.
    """
    return reads_inside(case, actor) or any(
        grant.role == "applicant" and grant.organ_id == case.organ_id for grant in actor.grants
    )


def reads_inside(case: Facts, actor: Actor) -> bool:
    """Whether a person reads a case as staff does, internal papers and findings included: by a grant for this case."""
    if case.state == "draft" and case.post_id is None:
        return False
    return any(_reads(grant, case) for grant in actor.grants)


def _reads(grant: Grant, case: Facts) -> bool:
    if grant.role == "approver":
        return _decides(grant, case)
    return reads_by_division(grant) and case.handler_division_id in grant.covered


def _decides(grant: Grant, case: Facts) -> bool:
    """Whether a post is at the organ that the route names."""
    return grant.organ_kind == case.approver_kind and case.approver_division_id in grant.own


def reads_by_division(grant: Grant) -> bool:
    """Whether a post reads every case of its divisions: those of a bureau of civil affairs, and auditors."""
    return grant.role == "auditor" or (grant.role in READS_CASES and grant.organ_kind == "civil_affairs")


def working_states(actor: Actor) -> set[str]:
    """The states in which a case can wait for somebody with these roles."""
    forward = (step for step in OWN.steps if step.verb not in ASIDE and set(step.roles) & actor.roles)
    return {state for step in forward for state in step.sources} - {"withdrawn"}


def standing(case: Facts, actor: Actor) -> dict[str, Grant]:
    """The roles in which a person may act on a case, each with the grant: at the level that handles it, not above."""
    found: dict[str, Grant] = {}
    for grant in actor.grants:
        if grant.role == "applicant":
            fits = grant.organ_id == case.organ_id
        elif grant.role == "approver":
            fits = _decides(grant, case)
        else:
            fits = grant.organ_kind == "civil_affairs" and case.handler_division_id in grant.own
        if fits:
            found.setdefault(grant.role, grant)
    if not recommends("bureau_leader"):
        # The leader reads where the section chief signs what goes up.
        found.pop("bureau_leader", None)
    return found


def bar(step: Step, case: Facts, actor: Actor) -> str:
    """Why this person may not take a step for which they have the role; empty where nothing stands in the way."""
    if step.verb == "recommend" and settings().leader_signs and "bureau_leader" not in standing(case, actor):
        return "本单位规定由局领导签发,科长不能直接呈批。"
    if step.own_case:
        return ""
    if actor.person_id in {case.created_by, case.submitted_by}:
        return "不能批准或核对自己经办的申请。"
    if actor.person_id == case.recorded_by:
        return "登记批复的人不能自己核对。"
    return ""


SIX_ITEMS = {
    "standard_name": "标准名称",
    "roman": "罗马字母拼写",
    "division": "所属政区",
    "location": "位置描述",
    "approver": "批准机关",
    "approved_on": "批准时间",
}
"""What an announcement must say (DOMAIN §1.6)."""


def missing(step: Step, case: Facts) -> list[str]:
    """What a step still needs; empty where it may be taken."""
    guard = _GUARDS.get(step.verb)
    return guard(case) if guard else []


def _before_submitting(case: Facts) -> list[str]:
    return [f"缺少{word}" for word in case.lacking]


def _before_recommending(case: Facts) -> list[str]:
    return [] if case.reviewed else ["还没有查重查音"]


def _before_confirming(case: Facts) -> list[str]:
    return [] if case.outcome else ["批复还没有登记"]


def _before_filing(case: Facts) -> list[str]:
    return ["已经报送过备案"] if case.filing == "sent" else []


def _before_announcing(case: Facts) -> list[str]:
    if case.announcement == "issued":
        return ["已经发布过公告"]
    lacking = [f"公告缺少{word}" for key, word in SIX_ITEMS.items() if not case.items.get(key)]
    return lacking + (["本件不是公开件,不能公告"] if case.secrecy != "公开" else [])


def _before_archiving(case: Facts) -> list[str]:
    if case.state == "withdrawn":
        return []
    lacking = []
    if case.state == "approved":
        lacking += ["备案还没有报送"] if case.filing != "sent" else []
        lacking += ["公告还没有发布"] if case.announcement != "issued" and case.secrecy == "公开" else []
    if settings().scan_before_archive and not case.scan:
        lacking.append("缺少批文扫描件")
    return lacking


def _before_withdrawing(case: Facts) -> list[str]:
    if case.state_before == "awaiting_approval":
        return ["已经报批,要先恢复办理,再退回补正或登记批复"]
    return []


_GUARDS: Mapping[str, Callable[[Facts], list[str]]] = {
    "submit": _before_submitting,
    "recommend": _before_recommending,
    "withdraw": _before_withdrawing,
    "confirm_decision": _before_confirming,
    "file": _before_filing,
    "announce": _before_announcing,
    "archive": _before_archiving,
}


def done(step: Step, case: Facts) -> bool:
    """Whether a step that leaves the state as it is has been taken already."""
    return (step.verb == "file" and case.filing == "sent") or (
        step.verb == "announce" and case.announcement == "issued"
    )


def next_steps(case: Facts, actor: Actor) -> list[dict[str, Any]]:
    """The steps that this person's posts may take now, each with what is still in the way."""
    held = standing(case, actor)
    found = []
    for step in OWN.allowed(case.state):
        if not set(step.roles) & set(held) or done(step, case):
            continue
        if step.verb == "confirm_decision" and not case.outcome:
            continue
        lacking, barred = missing(step, case), bar(step, case, actor)
        found.append(
            {
                "step": step.verb, "label": step.label, "to": list(step.targets), "missing": lacking, "bar": barred,
                "possible": not lacking and not barred, "reason_needed": step.reason, "needs": needs(step.verb),
            }
        )  # fmt: skip
    return found


CONTRIBUTORS = ("clerk", "section_chief", "bureau_leader", "approver", "applicant")
"""Who adds papers to a case, the first of one's roles counting."""

CONSULTED = frozenset({"accepted", "in_review", "consulting"})
"""The states in which opinions are registered."""

ASIDE = frozenset({"withdraw", "suspend", "return"})
"""Steps that are always open and therefore no work that waits."""


def waits_for(case: Facts, actor: Actor) -> bool:
    """Whether the case waits for this person: a step forward that they could take now."""
    if case.state == "withdrawn":
        return False
    return any(step["possible"] and step["step"] not in ASIDE for step in next_steps(case, actor))


def needs(verb: str) -> list[str]:
    """What the dialog of a step asks for."""
    if verb in {"approve", "refuse"}:
        return ["instrument"]
    return {"record_decision": ["outcome", "instrument"], "file": ["sent"], "announce": ["channels"]}.get(verb, [])


def due(approved_on: date) -> date:
    """The last day for filing and announcement: calendar days, counted from the next day (DOMAIN §10)."""
    return approved_on + timedelta(days=LEGAL_DAYS)


def clock(name: str, label: str, due_on: date, finished: date | None, today: date) -> dict[str, Any]:
    """One legal clock as pages and programs see it; it never stops for a suspension."""
    left = (due_on - (finished or today)).days
    if finished is not None:
        state = "done"
        words = f"{label}已办结" if left >= 0 else f"{label}已办结,逾期{-left}天"
    elif left < 0:
        state, words = "overdue", f"{label}已逾期{-left}天"
    else:
        state, words = "running", f"距{label}期限还剩{left}天"
    return {"clock": name, "label": label, "due": due_on.isoformat(), "state": state, "days_left": left, "words": words}
