"""Questions about proposals: one case, the list, the route before anyone writes, names that are alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from foundation import clock, sqlfiles
from foundation.access.actor import Actor
from foundation.database import Reader
from foundation.dates import KnownDate, Precision
from foundation.errors import FieldError, Malformed, NotFound
from foundation.people.roles import ORGAN_KINDS, ROLES
from foundation.texts import LARGEST_ID, row_id
from placenames.proposals import findings, rules
from placenames.proposals.lifecycle import ANNOUNCEMENT_STATES, EDITABLE, FILING_STATES, KINDS, OWN, STATES, recommends
from placenames.proposals.models import STANCES
from placenames.proposals.ways import PROCEDURES, Way, ask

SQL = sqlfiles.folder(__file__)
_BATCH = 200


def read_id(given: str) -> int:
    """A case's id as it stands in an address; raises `NotFound` for what cannot be one."""
    case_id = row_id(given)
    if case_id is None:
        raise absent()
    return case_id


def absent() -> NotFound:
    """What is told of a case that is not there, and of one that is not this person's to know."""
    return NotFound("没有这件申请,或者不在您的范围内。", remedy="请核对网址,或回到地名申报列表查找。")


def facts(reader: Reader, ids: Sequence[int]) -> list[rules.Facts]:
    """What the rules ask of some cases, the newest first."""
    return [rules.Facts(*row) for row in ask(reader, "facts", ids=list(ids))]


def seen(reader: Reader, actor: Actor, case_id: int) -> rules.Facts:
    """A case that this person may see; raises `NotFound` where it is not there or not theirs to know."""
    found = facts(reader, [case_id])
    if not found or not rules.visible(found[0], actor):
        raise absent()
    return found[0]


def case(reader: Reader, actor: Actor, given_id: str) -> dict[str, Any]:
    """One case with its next steps, clocks, time line; raises `NotFound` where this person may not see it."""
    case_id = read_id(given_id)
    known = seen(reader, actor, case_id)
    told: dict[str, Any] = ask(reader, "case", case_id=case_id)[0][0]
    kind, approver = told.pop("approver_kind"), told.pop("approver_division")
    organ = told.pop("approver_organ") or f"{approver}{ORGAN_KINDS.get(kind, '')}"
    told["route"] = {"approver": organ, "article": told.pop("article")}
    told["procedure_label"] = PROCEDURES[told["procedure"]]
    told["next_steps"] = rules.next_steps(known, actor)
    told["waiting_for"] = _waiting_for(known)
    held = set(rules.standing(known, actor))
    told["editable"] = known.state in EDITABLE and bool(held & {"applicant", "clerk"})
    told["may_attach"] = known.state != "archived" and bool(held & set(rules.CONTRIBUTORS))
    told["may_opine"] = known.state in rules.CONSULTED and bool(held & {"clerk", "section_chief"})
    if known.announcement == "pending":
        # What would be announced, to be read before it is.
        told["announcement"]["content"] = dict(known.items)
    inside = rules.reads_inside(known, actor)
    told["attachments"] = [
        {key: value for key, value in paper.items() if key != "by_id"}
        for paper in told["attachments"]
        if inside or paper["secrecy"] == "公开" or paper["by_id"] == actor.person_id
    ]
    told["findings"] = told["findings"] or []
    if not inside:
        _keep_inside(told)
    for opinion in told["opinions"]:
        opinion["stance_label"] = STANCES[opinion["stance"]]
    told["timeline"] = [worded(line) for line in told["timeline"]]
    return _labelled(told)


INSIDE = frozenset({"opinion", "record_decision", "change", "attach"})
PIPELINE = "与在办或预留名称冲突"


def _keep_inside(told: dict[str, Any]) -> None:
    """Leave out what the bureau keeps to itself until it is decided: an applicant reads the case, not its file.

    Of the findings only public names are told; the rest is one sentence (DOMAIN §14.16).
    """
    public = [finding for finding in told["findings"] if finding["evidence"].get("public")]
    if len(public) < len(told["findings"]):
        rest = {"rule": "duplicate", "article": "《地名管理条例》第九条", "severity": "warning"}
        public.append({**rest, "message": PIPELINE, "evidence": {}})
    told["findings"], told["opinions"] = public, []
    if told["decision"] and not told["decision"]["confirmed"]:
        told["decision"] = None
    told["timeline"] = [line for line in told["timeline"] if line["verb"] not in INSIDE]


def worded(line: dict[str, Any]) -> dict[str, Any]:
    """A line of the time line with its words."""
    states = {f"{side}_label": STATES.get(line[side] or "") for side in ("from", "to")}
    return line | {"label": OWN.word(line["verb"])} | states


def _waiting_for(known: rules.Facts) -> list[str]:
    """The roles that can take the case forward now, in words."""
    forward = [
        step for step in OWN.allowed(known.state)
        if step.verb not in rules.ASIDE and not rules.done(step, known)
        and (step.verb != "confirm_decision" or known.outcome) and not rules.missing(step, known)
    ]  # fmt: skip
    roles = (role for step in forward for role in step.roles if step.verb != "recommend" or recommends(role))
    return list(dict.fromkeys(ROLES[role] for role in roles))


def _labelled(told: dict[str, Any]) -> dict[str, Any]:
    told["kind_label"], told["state_label"] = KINDS[told["kind"]], STATES[told["state"]]
    told["clocks"] = _clocks(told)
    if told["filing"]:
        told["filing"]["state_label"] = FILING_STATES[told["filing"]["state"]]
    if told["announcement"]:
        told["announcement"]["state_label"] = ANNOUNCEMENT_STATES[told["announcement"]["state"]]
        if content := told["announcement"].get("content"):
            told["announcement"]["text"] = announcement_text(content)
    return told


def announcement_text(content: Mapping[str, str]) -> str:
    """The announcement in words (DOMAIN §8.3), from its six items."""
    return (
        f"根据《地名管理条例》,经{content['approver']}于{_day_words(content['approved_on'])}批准,现将标准地名公告如下:"
        f"{content['standard_name']}({content['roman']}),位于{content['division']},{content['location'].rstrip('。;,')}。"
    )


def _day_words(written: str) -> str:
    return KnownDate(date.fromisoformat(written), Precision.DAY).words() if written else ""


def _clocks(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for key, label, finished in (("filing", "备案", "sent"), ("announcement", "公告", "issued_on")):
        record = told[key]
        if record:
            ended = date.fromisoformat(record[finished]) if record[finished] else None
            found.append(rules.clock(key, label, date.fromisoformat(record["due"]), ended, clock.today()))
    return found


def scope(actor: Actor) -> dict[str, object]:
    """What a person sees of the cases, as parameters: divisions read as staff, decided for, organs applied for."""
    readers = [grant for grant in actor.grants if rules.reads_by_division(grant)]
    decides = {
        f"{grant.organ_kind}:{division}" for grant in actor.grants if grant.role == "approver" for division in grant.own
    }
    organs = {grant.organ_id for grant in actor.grants if grant.role == "applicant"}
    covered = {division for grant in readers for division in grant.covered}
    return {"covered": sorted(covered), "organs": sorted(organs), "decides": sorted(decides)}


def cases(
    reader: Reader,
    actor: Actor,
    *,
    state: str | None = None,
    part: str | None = None,
    mine: bool = False,
    before: int | None = None,
    limit: int = 20,
) -> tuple[list[dict[str, Any]], str | None]:
    """The cases that a person sees, newest first, with the cursor of the next page; `mine`: those that wait for them.

    Raises `Malformed` for an unknown state.
    """
    if state and state not in STATES:
        raise Malformed([FieldError("state", f"没有“{state[:20]}”这个状态", f"请从 {'、'.join(STATES)} 中选择")])
    found: list[dict[str, Any]] = []
    before = before or LARGEST_ID
    states = [state] if state else sorted(rules.working_states(actor)) if mine else list(STATES)
    asked: dict[str, Any] = {**scope(actor), "states": states, "name_part": part or None}
    if not states:
        return [], None
    while True:
        size = _BATCH if mine else limit + 1
        rows = ask(reader, "cases", **asked, before=before, count=size)
        waiting = _waiting(reader, actor, [row[0] for row in rows]) if mine else None
        for case_id, _, told in rows:
            if waiting is not None and case_id not in waiting:
                continue
            if len(found) == limit:
                return found, found[-1]["id"]
            found.append(_labelled(told))
        if not mine or len(rows) < size:
            return found, None
        before = rows[-1][0]


def _waiting(reader: Reader, actor: Actor, ids: Sequence[int]) -> set[int]:
    return {known.id for known in facts(reader, ids) if rules.waits_for(known, actor)}


def alike(reader: Reader, way_: Way, case_id: int, name: str, sound: str, drawn: str | None) -> list[findings.Hit]:
    """Names in the county that are equal to a name or sound like it."""
    rows = ask(
        reader, "alike", case_id=case_id, name=name, sound=sound, category=way_.category, county=way_.handler_id,
        drawn=drawn,
    )  # fmt: skip
    return [findings.Hit(*row) for row in rows]


def open_of_post(reader: Reader, post_id: int) -> list[dict[str, Any]]:
    """The cases that a post still has to see through."""
    return [told | {"state_label": STATES[told["state"]]} for (told,) in ask(reader, "open_of_post", post=post_id)]


@dataclass(frozen=True)
class Paper:
    """A paper of a case as it is downloaded."""

    sha256: bytes
    media_type: str
    name: str


def paper(reader: Reader, actor: Actor, given_id: str, given_paper: str) -> Paper:
    """A paper that this person may read; raises `NotFound` where the case or the paper is not theirs to know."""
    case_id, attachment = read_id(given_id), read_id(given_paper)
    known = seen(reader, actor, case_id)
    found = ask(reader, "paper", case_id=case_id, attachment=attachment)
    if not found or not (rules.reads_inside(known, actor) or found[0][3] == "公开" or found[0][4] == actor.person_id):
        raise NotFound("没有这份附件。", remedy="请回到申请页面查看附件列表。")
    return Paper(bytes(found[0][0]), found[0][1], found[0][2])
