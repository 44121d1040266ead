"""What a step does beyond the state: the check is frozen, the decision registered, the name written and published.

An effect returns the state to go to where the case decides it, and what the journal keeps of the step.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import shapely
from sqlalchemy.orm import Session

from foundation import clock
from foundation.access.actor import Actor
from foundation.database import SessionReader
from foundation.dates import KnownDate, Precision
from foundation.errors import FieldError, Malformed, Refused
from foundation.files.actions import InstrumentDraft, register_instrument
from foundation.files.models import Instrument
from foundation.lifecycle import Effect
from foundation.texts import LINE, read_text
from placenames.proposals import queries, rules
from placenames.proposals.filling import shape_of
from placenames.proposals.models import Announcement, Filing, Proposal, ProposalPaper
from placenames.proposals.schemas import StepBody
from placenames.register import actions as register
from placenames.register.drafts import NameDraft, PlaceDraft
from placenames.spelling.readings import search_keys
from placenames.spelling.rules import spell

SOURCE = "地名申报"
RANK = 10_000
"""A new name's rank among all: below every settlement of the lists until more is known of it."""


Act = Callable[[Session, Proposal, Actor, StepBody], Effect]


def nothing(session: Session, case: Proposal, actor: Actor, given: StepBody) -> Effect:
    """Most steps only change the state."""
    return Effect()


def _submit(session: Session, case: Proposal, actor: Actor, given: StepBody) -> Effect:
    case.submitted_by = actor.person_id
    return Effect(told={"name": case.name})


def _accept(session: Session, case: Proposal, actor: Actor, given: StepBody) -> Effect:
    if case.post_id is None:
        held = rules.standing(queries.facts(SessionReader(session), [case.id])[0], actor)
        case.post_id = (held.get("clerk") or held["section_chief"]).post_id
    return Effect()


def _review(session: Session, case: Proposal, actor: Actor, given: StepBody) -> Effect:
    """Freeze the check for equal and like-sounding names with the case."""
    reader = SessionReader(session)
    way = queries.way(reader, case.class_label, queries.code_of(reader, case.division_id))
    case.findings = check(reader, way, case)
    case.findings_at = clock.now()
    return Effect(told={"findings": [finding["message"] for finding in case.findings]})


def check(reader: SessionReader, way: queries.Way, case: Proposal) -> list[dict[str, Any]]:
    """The findings on the name of a case as the register and the open cases are now."""
    keys = search_keys(case.name, way.code)
    drawn = shape_of(case)
    pinyin = keys[0].pinyin if keys else ""
    hits = queries.alike(reader, way, case.id, case.name, pinyin, None if drawn is None else shapely.to_geojson(drawn))
    return rules.findings(case.name, way.handler, hits)


def _suspend(session: Session, case: Proposal, actor: Actor, given: StepBody) -> Effect:
    case.state_before = case.state
    return Effect()


def _resume(session: Session, case: Proposal, actor: Actor, given: StepBody) -> Effect:
    before, case.state_before = case.state_before, None
    return Effect(to=before)


def _withdraw(session: Session, case: Proposal, actor: Actor, given: StepBody) -> Effect:
    case.state_before = None
    return Effect()


def _approve(session: Session, case: Proposal, actor: Actor, given: StepBody) -> Effect:
    return _decide(session, case, actor, _registered(session, case, given), "approve")


def _refuse(session: Session, case: Proposal, actor: Actor, given: StepBody) -> Effect:
    return _decide(session, case, actor, _registered(session, case, given), "refuse")


def _record(session: Session, case: Proposal, actor: Actor, given: StepBody) -> Effect:
    """The paper reply as one person reads it; nothing is decided until another has confirmed it."""
    if given.outcome == "refuse" and not given.reason.strip():
        raise Malformed([FieldError("reason", "不予批准须写明理由", "请摘录批复中的理由")])
    instrument = _registered(session, case, given)
    case.instrument_id, case.outcome = instrument.id, given.outcome
    case.recorded_by, case.recorded_at = actor.person_id, clock.now()
    return Effect(told={"outcome": given.outcome, **_told(instrument)})


def _confirm(session: Session, case: Proposal, actor: Actor, given: StepBody) -> Effect:
    instrument = session.get_one(Instrument, case.instrument_id)
    return _decide(session, case, actor, instrument, case.outcome or "approve")


def _registered(session: Session, case: Proposal, given: StepBody) -> Instrument:
    paper = given.instrument
    if paper is None:
        raise Malformed([FieldError("instrument", "没有填写批文", "请填写文号、机关和成文日期")])
    number, organ = (
        read_text(text, f"instrument.{name}", LINE) for name, text in (("number", paper.number), ("organ", paper.organ))
    )
    for name, text, words in (("number", number, "文号"), ("organ", organ, "机关")):
        if not text:
            raise Malformed([FieldError(f"instrument.{name}", f"批文缺少{words}", "请照批文填写")])
    scan = _scan(session, case, paper.attachment)
    return register_instrument(session, InstrumentDraft(number, organ, paper.date, paper.received, scan))


def _scan(session: Session, case: Proposal, given: str | None) -> int | None:
    if given is None:
        return None
    fits = given.isascii() and given.isdigit() and len(given) < 19
    if not fits or session.get(ProposalPaper, (case.id, int(given))) is None:
        raise Malformed([FieldError("instrument.attachment", "附件里没有这份扫描件", "请先上传,再选用")])
    return int(given)


def _told(instrument: Instrument) -> dict[str, Any]:
    return {
        "instrument": {"number": instrument.number, "organ": instrument.organ, "date": instrument.dated.isoformat()}
    }


def _decide(session: Session, case: Proposal, actor: Actor, instrument: Instrument, outcome: str) -> Effect:
    case.instrument_id, case.outcome = instrument.id, outcome
    case.decided_by, case.decided_at = actor.person_id, clock.now()
    if outcome == "refuse":
        return Effect("refused", {"outcome": outcome, **_told(instrument)})
    case.place_id, case.name_id = _write(session, case, instrument)
    due = rules.due(instrument.dated)
    session.add(Filing(proposal_id=case.id, state="pending", due=due))
    session.add(Announcement(proposal_id=case.id, state="pending", due=due, channels=[]))
    return Effect("approved", {"outcome": outcome, "place": case.place_id, **_told(instrument)})


def _write(session: Session, case: Proposal, instrument: Instrument) -> tuple[int, int]:
    """Put the approved name into the register: in force from the day of approval, unseen until announced."""
    reader = SessionReader(session)
    way = queries.way(reader, case.class_label, queries.code_of(reader, case.division_id))
    spelling = spell(case.name, way.spelling_kind, readings=case.readings, split=len(case.specific), division=way.code)
    drawn = shape_of(case)
    name = NameDraft(
        spelling=spelling, kind="standard", status="standard", source=SOURCE,
        valid_from=KnownDate(instrument.dated, Precision.DAY), instrument=f"{instrument.organ} {instrument.number}",
        instrument_id=instrument.id,
    )  # fmt: skip
    place = PlaceDraft(
        class_label=case.class_label, names=(name,), source=SOURCE, source_key=str(case.id), rank=RANK,
        division_id=case.division_id, geom=drawn, point=_point(drawn), location=case.location, secrecy=case.secrecy,
    )  # fmt: skip
    place_id = register.record_places(session, [place], reason=f"批准 {instrument.number}")[0]
    return place_id, register.standard_name(session, place_id)


def _point(drawn: shapely.Geometry | None) -> shapely.Point | None:
    """Where the name stands: the middle of a line, a point within an area."""
    if drawn is None:
        return None
    if drawn.geom_type == "LineString":
        return drawn.interpolate(0.5, normalized=True)
    return drawn.representative_point()


def _file(session: Session, case: Proposal, actor: Actor, given: StepBody) -> Effect:
    filing = session.get_one(Filing, case.id, with_for_update=True)
    filing.sent = _day(session, case, given.sent or clock.today())
    filing.state = "sent"
    return Effect(told={"sent": filing.sent.isoformat(), "due": filing.due.isoformat()})


def _day(session: Session, case: Proposal, sent: date) -> date:
    approved = session.get_one(Instrument, case.instrument_id).dated
    if not approved <= sent <= clock.today():
        raise Malformed(
            [
                FieldError(
                    "sent", "报送日期早于批准日期,或在今天之后", f"请填写 {approved} 到 {clock.today()} 之间的日期"
                )
            ]
        )
    return sent


def _announce(session: Session, case: Proposal, actor: Actor, given: StepBody) -> Effect:
    channels = [read_text(channel, "channels", LINE) for channel in given.channels or []]
    if not channels or not all(channels):
        raise Malformed([FieldError("channels", "没有填写公告渠道", "请至少写一个,例如 政府门户网站")])
    if case.name_id is None:
        raise Refused("地名还没有写入地名库。")
    items = queries.facts(SessionReader(session), [case.id])[0].items
    announcement = session.get_one(Announcement, case.id, with_for_update=True)
    announcement.state, announcement.issued_on = "issued", clock.today()
    announcement.channels, announcement.content = channels, dict(items)
    session.flush()
    register.publish(session, case.name_id, reason="公告")
    return Effect(told={"channels": channels, "content": dict(items)})


EFFECTS: dict[str, Act] = {
    "submit": _submit,
    "accept": _accept,
    "review": _review,
    "suspend": _suspend,
    "resume": _resume,
    "withdraw": _withdraw,
    "approve": _approve,
    "refuse": _refuse,
    "record_decision": _record,
    "confirm_decision": _confirm,
    "file": _file,
    "announce": _announce,
}
