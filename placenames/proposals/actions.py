"""Verbs of a case: opened, changed, taken one step on, given papers and opinions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from foundation import clock, journal, lifecycle
from foundation.access.actor import Actor, Grant
from foundation.database import SessionReader
from foundation.errors import FieldError, Forbidden, Malformed, Refused
from foundation.files.actions import keep_file
from foundation.files.models import Attachment
from foundation.texts import LINE, read_text
from placenames.proposals import decisions, queries, rules, ways
from placenames.proposals.filling import content, fill
from placenames.proposals.lifecycle import EDITABLE, KINDS, OWN
from placenames.proposals.models import Opinion, Proposal, ProposalPaper, Route
from placenames.proposals.schemas import NewProposal, OpinionBody, ProposalChange, StepBody

LONGEST_KIND = 40
MOST_PAPERS = 50


def write_routes(session: Session, rows: Sequence[dict[str, str]]) -> None:
    """Ship the routes: rows that the bureau changed keep their changes, new ones are added."""
    if rows:
        session.execute(upsert(Route).on_conflict_do_nothing(), list(rows))


def open_case(session: Session, actor: Actor, given: NewProposal) -> Proposal:
    """A new draft of a case in the own procedure.

    Raises `Malformed` per field, `Forbidden` where the person may not open a case there, `Refused` where the
    class follows another procedure or the kind of case is not handled.
    """
    if given.kind != "naming":
        raise Refused(f"“{KINDS[given.kind]}”还不能在这里办理。", remedy="目前可办理命名。")
    if given.place is not None:
        raise Malformed([FieldError("place", "命名不指向已有的地名", "请去掉这一项")])
    way = ways.way(SessionReader(session), given.class_, given.division)
    grant = _opens(actor, way)
    if way.refusal:
        raise Refused(way.refusal, remedy="请按所示程序办理。")
    now = clock.now()
    case = Proposal(
        kind=given.kind, procedure=way.procedure, state=OWN.start, version=1, created_by=actor.person_id,
        organ_id=grant.organ_id, post_id=grant.post_id if grant.role == "clerk" else None, created_at=now,
        changed_at=now, name="", specific="", generic="", readings=[], readings_certain=False, roman="", plain="",
        sound="", meaning="", reason="", location="", secrecy="公开", applicant_name="", applicant_code="",
        applicant_contact="", applicant_phone="",
    )  # fmt: skip
    _route(case, way)
    fill(session, case, way, given.model_dump(exclude={"kind", "class_", "division", "place"}))
    session.add(case)
    session.flush()
    _note(session, case, actor, grant, "create", after={"state": case.state, **content(case)})
    return case


def _opens(actor: Actor, way: ways.Way) -> Grant:
    for grant in actor.grants:
        if grant.role == "clerk" and grant.organ_kind == "civil_affairs" and way.handler_id in grant.own:
            return grant
        if grant.role == "applicant" and way.handler_id in grant.covered:
            return grant
    raise Forbidden(f"您不能在{way.handler}提出申请。", remedy=f"请由{way.handler}的申请单位或民政局经办人办理。")


def _route(case: Proposal, way: ways.Way) -> None:
    case.class_label, case.division_id = way.class_label, way.division_id
    case.handler_division_id = way.handler_id
    case.approver_kind, case.approver_division_id = way.approver_kind, way.approver_division_id
    case.article = way.article


def change(session: Session, actor: Actor, given_id: str, given: ProposalChange) -> Proposal:
    """Change a draft; what is not given stays.

    Raises `NotFound`, `Forbidden`, `Malformed` per field, `Refused` where the case is no draft any more or
    somebody has changed it since `version`.
    """
    case, known = _held(session, actor, given_id)
    held = rules.standing(known, actor)
    grant = held.get("clerk") or held.get("applicant")
    if grant is None:
        raise Forbidden("这件申请不由您填写。", remedy="需要修改的,请退回补正。")
    if case.state not in EDITABLE:
        raise Refused(f"申请目前是“{OWN.states[case.state]}”,不能再改。", remedy="需要修改的,请先退回补正。")
    if given.version is not None and given.version != case.version:
        raise _overtaken(session, case)
    before = content(case)
    way = _way(session, actor, case, given)
    _route(case, way)
    fill(session, case, way, given.model_dump(exclude_unset=True, exclude={"version", "class_", "division"}))
    case.version += 1
    case.changed_at = clock.now()
    session.flush()
    after = content(case)
    changed = [key for key, value in after.items() if before[key] != value]
    if changed:
        was, now = ({key: side[key] for key in changed} for side in (before, after))
        _note(session, case, actor, grant, "change", before=was, after=now)
    return case


def _way(session: Session, actor: Actor, case: Proposal, given: ProposalChange) -> ways.Way:
    """The route of the case as it will be; a move to another bureau needs the right to open a case there."""
    reader = SessionReader(session)
    code = given.division or ways.code_of(reader, case.division_id)
    way = ways.way(reader, given.class_ or case.class_label, code)
    if way.refusal:
        raise Refused(way.refusal, remedy="请按所示程序办理。")
    if way.handler_id != case.handler_division_id:
        grant = _opens(actor, way)
        # Another bureau's work from now on.
        case.post_id = grant.post_id if grant.role == "clerk" else None
    return way


def _overtaken(session: Session, case: Proposal) -> Refused:
    happened = lifecycle.last_act(session, OWN, case).rstrip(",")
    return Refused(
        f"这件申请在您打开之后又有变动({happened})。", remedy="请先复制您填写的内容,刷新页面后再改。",
        extra={"version": case.version},
    )  # fmt: skip


def _held(session: Session, actor: Actor, given_id: str) -> tuple[Proposal, rules.Facts]:
    """The row of a case that this person may see, locked, with what the rules ask of it."""
    case_id, reader = queries.read_id(given_id), SessionReader(session)
    # Asked before the lock as well: whoever may not know of a case cannot make others wait for it.
    queries.seen(reader, actor, case_id)
    case = session.get_one(Proposal, case_id, with_for_update=True, populate_existing=True)
    return case, queries.seen(reader, actor, case_id)


def take_step(session: Session, actor: Actor, given_id: str, verb: str, given: StepBody) -> Proposal:
    """Take one step in a case; see `lifecycle.advance` for what it raises.

    What the step brings is read before, what it does to the register afterwards, all in one transaction.
    """
    # The row is held from here on, and with it whatever stands beside the case: one look serves every question.
    case, known = _held(session, actor, given_id)
    judge = lifecycle.Judge(
        standing=lambda: rules.standing(known, actor),
        bars=lambda step: rules.bar(step, known, actor),
        missing=lambda step: rules.missing(step, known),
        done=lambda step: rules.done(step, known),
    )

    def effect(grant: Grant) -> lifecycle.Effect:
        _not_overtaken(session, case, verb, given)
        return decisions.EFFECTS.get(verb, decisions.nothing)(decisions.Taking(session, case, actor, grant, given))

    lifecycle.advance(session, OWN, case, verb, actor, judge, reason=given.reason, effect=effect)
    case.changed_at = clock.now()
    case.version += 1
    session.flush()
    return case


def _not_overtaken(session: Session, case: Proposal, verb: str, given: StepBody) -> None:
    """Whoever decides, decides on what they saw: a page sends the version that it showed.

    A reply that was registered already is registered anew only by somebody who has seen it.
    """
    blind = given.version is None and verb == "record_decision" and case.outcome is not None
    if blind or (given.version is not None and given.version != case.version):
        raise _overtaken(session, case)


def attach(
    session: Session, actor: Actor, given_id: str, name: str, file: BinaryIO, kind: str, secrecy: str
) -> Attachment:
    """Keep a paper with a case; raises `NotFound`, `Forbidden`, `Refused`, and what `keep_file` raises."""
    case, known = _held(session, actor, given_id)
    grant = _contributes(known, actor)
    if case.state == "archived":
        raise Refused("已归档的申请不能再加附件。", remedy="需要补充的,请联系档案员。")
    if session.query(ProposalPaper).filter_by(proposal_id=case.id).count() >= MOST_PAPERS:
        raise Refused(f"附件已有 {MOST_PAPERS} 个。", remedy="请合并成一个文件再上传。")
    kind = read_text(kind, "kind", LONGEST_KIND)
    if not kind:
        raise Malformed([FieldError("kind", "没有说明是什么材料", "请填写,例如 申请书、位置图、批文扫描件")])
    kept = keep_file(session, actor, name, file, secrecy or case.secrecy)
    session.add(ProposalPaper(proposal_id=case.id, attachment_id=kept.id, kind=kind))
    told = {"attachment": kept.id, "kind": kind, "name": kept.name, "sha256": kept.sha256.hex()}
    _note(session, case, actor, grant, "attach", after=told)
    session.flush()
    return kept


def add_opinion(session: Session, actor: Actor, given_id: str, given: OpinionBody) -> Opinion:
    """Register what a consulted body said; raises `NotFound`, `Forbidden`, `Refused`, `Malformed`."""
    case, known = _held(session, actor, given_id)
    held = rules.standing(known, actor)
    grant = held.get("clerk") or held.get("section_chief")
    if grant is None:
        raise Forbidden("意见由民政局经办人登记。")
    if case.state not in rules.CONSULTED:
        raise Refused(f"申请目前是“{OWN.states[case.state]}”,不能登记意见。", remedy="请在受理之后、呈批之前登记。")
    organ, text = read_text(given.organ, "organ", LINE), read_text(given.text, "text")
    if not organ:
        raise Malformed([FieldError("organ", "没有填写单位", "请填写出具意见的单位")])
    if given.stance != "agree" and not text:
        raise Malformed([FieldError("text", "没有写明意见内容", "建议修改或不同意的,请写明理由")])
    if given.date > clock.today():
        raise Malformed([FieldError("date", "日期在今天之后", "请核对意见函的日期")])
    opinion = Opinion(
        proposal_id=case.id, organ=organ, stance=given.stance, text=text, dated=given.date,
        recorded_by=actor.person_id, recorded_at=clock.now(),
    )  # fmt: skip
    session.add(opinion)
    session.flush()
    told = {"opinion": opinion.id, "organ": organ, "stance": given.stance, "text": text}
    _note(session, case, actor, grant, "opinion", after=told)
    return opinion


def _contributes(known: rules.Facts, actor: Actor) -> Grant:
    held = rules.standing(known, actor)
    for role in rules.CONTRIBUTORS:
        if role in held:
            return held[role]
    raise Forbidden("您不能给这件申请加附件。", remedy="请交由经办人上传。")


def _note(
    session: Session,
    case: Proposal,
    actor: Actor,
    grant: Grant,
    verb: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    line = journal.Line(
        verb, OWN.subject, case.id, before=before, after=after, person=actor.person_id, organ=grant.organ_id
    )
    journal.collect(session, line)


def about_to_be_written(session: Session, actor: Actor, case: Proposal) -> list[dict[str, Any]]:
    """The lines of the time line that the commit will write; they have no number yet."""
    organs = {grant.organ_id: grant.organ for grant in actor.grants}
    return [
        queries.worded({
            "seq": None, "at": line.at.isoformat(), "person": actor.name, "organ": organs.get(line.organ or 0),
            "verb": line.verb, "reason": line.reason, "from": (line.before or {}).get("state"),
            "to": (line.after or {}).get("state"),
        })
        for line in journal.collected(session, OWN.subject, case.id)
    ]  # fmt: skip
