"""What a step does beyond the state: the check is frozen, the decision registered, the name written and published.

An effect returns the state to go to where the case decides it, and what the journal keeps of the step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from foundation import clock
from foundation.access.actor import Actor, Grant
from foundation.database import SessionReader
from foundation.dates import KnownDate, Precision
from foundation.errors import FieldError, Malformed, Refused
from foundation.files.models import Instrument
from foundation.lifecycle import Effect
from foundation.texts import LINE, read_text
from placenames.proposals import findings, queries, rules, ways
from placenames.proposals.filling import shape_of, spelled
from placenames.proposals.models import Announcement, Filing, Proposal
from placenames.proposals.replies import registered, told
from placenames.proposals.schemas import StepBody
from placenames.register import actions as register
from placenames.register.actions import By
from placenames.register.drafts import NameDraft, PlaceDraft

SOURCE = "地名申报"
RANK = 10_000
"""A new name's rank among all: below every settlement of the lists until more is known of it."""


@dataclass(frozen=True)
class Taking:
    """A step being taken: in which case, by whom in which post, with what."""

    session: Session
    case: Proposal
    actor: Actor
    grant: Grant
    given: StepBody

    @property
    def reader(self) -> SessionReader:
        """What the transaction sees."""
        return SessionReader(self.session)

    @cached_property
    def way(self) -> ways.Way:
        """The route of the case, asked once: looking again and writing both need it."""
        return ways.way(self.reader, self.case.class_label, ways.code_of(self.reader, self.case.division_id))

    @property
    def by(self) -> By:
        """Who the journal of the register names."""
        return By(self.actor.person_id, self.grant.organ_id)


Act = Callable[[Taking], Effect]


def nothing(it: Taking) -> Effect:
    """Most steps only change the state."""
    return Effect()


def _submit(it: Taking) -> Effect:
    it.case.submitted_by = it.actor.person_id
    return Effect(told={"name": it.case.name})


def _accept(it: Taking) -> Effect:
    if it.case.post_id is None:
        it.case.post_id = it.grant.post_id
    return Effect()


def _return(it: Taking) -> Effect:
    """What was found and recorded so far is over: the next round looks anew."""
    case = it.case
    case.findings = case.findings_at = None
    case.outcome = case.instrument_id = case.recorded_by = case.recorded_at = None
    return Effect()


def _review(it: Taking) -> Effect:
    """Freeze the check for equal and like-sounding names with the case."""
    found = check(it)
    it.case.findings, it.case.findings_at = found, clock.now()
    return Effect(told={"findings": [finding["message"] for finding in found]})


def check(it: Taking) -> list[dict[str, Any]]:
    """The findings on the name of a case as the register and the open cases are now."""
    way, drawn = it.way, shape_of(it.case)
    where = None if drawn is None else shapely.to_geojson(drawn)
    hits = queries.alike(it.reader, way, it.case.id, it.case.name, it.case.sound, where)
    found = findings.on_name(it.case.name, way.handler, hits)
    return found if drawn is not None else [*found, findings.NO_POSITION]


def _suspend(it: Taking) -> Effect:
    it.case.state_before = it.case.state
    return Effect()


def _resume(it: Taking) -> Effect:
    before, it.case.state_before = it.case.state_before, None
    return Effect(to=before)


def _withdraw(it: Taking) -> Effect:
    it.case.state_before = None
    return Effect()


def _approve(it: Taking) -> Effect:
    return _decide(it, registered(it.session, it.case, it.given.instrument), "approve")


def _refuse(it: Taking) -> Effect:
    return _decide(it, registered(it.session, it.case, it.given.instrument), "refuse")


def _record(it: Taking) -> Effect:
    """The paper reply as one person reads it; nothing is decided until another has confirmed it."""
    case, given = it.case, it.given
    if given.outcome == "refuse" and not given.reason.strip():
        raise Malformed([FieldError("reason", "不予批准须写明理由", "请摘录批复中的理由")])
    instrument = registered(it.session, it.case, it.given.instrument)
    case.instrument_id, case.outcome = instrument.id, given.outcome
    case.recorded_by, case.recorded_at = it.actor.person_id, clock.now()
    return Effect(told={"outcome": given.outcome, **told(instrument)})


def _confirm(it: Taking) -> Effect:
    instrument = it.session.get_one(Instrument, it.case.instrument_id)
    return _decide(it, instrument, it.case.outcome or "approve")


def _decide(it: Taking, instrument: Instrument, outcome: str) -> Effect:
    case = it.case
    if outcome == "approve":
        _look_again(it)
    case.instrument_id, case.outcome = instrument.id, outcome
    case.decided_by, case.decided_at = it.actor.person_id, clock.now()
    if outcome == "refuse":
        return Effect("refused", {"outcome": outcome, **told(instrument)})
    case.place_id, case.name_id = _write(it, instrument)
    due = rules.due(instrument.dated)
    it.session.add(Filing(proposal_id=case.id, state="pending", due=due))
    it.session.add(Announcement(proposal_id=case.id, state="pending", due=due, channels=[]))
    return Effect("approved", {"outcome": outcome, "place": case.place_id, **told(instrument)})


def _look_again(it: Taking) -> None:
    """Check anew at approval, one approval after the other for names that sound alike in a county (DESIGN §3).

    An equal name that came into the register since the review needs an answer in words.
    """
    lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 8))")
    it.session.execute(lock, {"key": f"{it.case.handler_division_id} {it.case.sound}"})
    seen: Any = it.case.findings or []
    known = {finding["evidence"]["id"] for finding in seen if finding["evidence"].get("source") == "place"}
    fresh = [
        finding for finding in check(it)
        if finding["rule"] == "duplicate" and finding["evidence"]["source"] == "place"
        and finding["evidence"]["id"] not in known
    ]  # fmt: skip
    if fresh and not it.given.reason.strip():
        why = fresh[0]["message"]
        raise Refused(
            f"审查之后又有新情况:{why}。", remedy="请退回重新审查;确需办理的,请在说明里写明理由。",
            extra={"missing": [finding["message"] for finding in fresh]},
        )  # fmt: skip


def _write(it: Taking, instrument: Instrument) -> tuple[int, int]:
    """Put the approved name into the register: in force from the day of approval, unseen until announced."""
    case, drawn = it.case, shape_of(it.case)
    spelling = spelled(case, it.way, case.readings if case.readings_certain else None)
    name = NameDraft(
        # What was approved is what is written, whatever the tables of readings say by now.
        spelling=replace(spelling, roman=case.roman, plain=case.plain, specific=case.specific, generic=case.generic),
        kind="standard", status="standard", source=SOURCE,
        valid_from=KnownDate(instrument.dated, Precision.DAY), instrument=f"{instrument.organ} {instrument.number}",
        instrument_id=instrument.id,
    )  # fmt: skip
    place = PlaceDraft(
        class_label=case.class_label, names=(name,), source=SOURCE, source_key=str(case.id), rank=RANK,
        division_id=case.division_id, geom=drawn, point=_point(drawn), location=case.location, secrecy=case.secrecy,
    )  # fmt: skip
    reason = f"批准 {instrument.number}"
    place_id = register.record_places(it.session, [place], reason=reason, by=it.by)[0]
    return place_id, register.standard_name(it.session, place_id)


def _point(drawn: shapely.Geometry | None) -> shapely.Point | None:
    """Where the name stands: the middle of a line, a point within an area."""
    if drawn is None:
        return None
    if drawn.geom_type == "LineString":
        return drawn.interpolate(0.5, normalized=True)
    return drawn.representative_point()


def _file(it: Taking) -> Effect:
    filing = it.session.get_one(Filing, it.case.id, with_for_update=True)
    filing.sent, filing.state = _day(it), "sent"
    return Effect(told={"sent": filing.sent.isoformat(), "due": filing.due.isoformat()})


def _day(it: Taking) -> date:
    sent, approved = it.given.sent or clock.today(), it.session.get_one(Instrument, it.case.instrument_id).dated
    if not approved <= sent <= clock.today():
        remedy = f"请填写 {approved} 到 {clock.today()} 之间的日期"
        raise Malformed([FieldError("sent", "报送日期早于批准日期,或在今天之后", remedy)])
    return sent


def _announce(it: Taking) -> Effect:
    channels = [read_text(channel, "channels", LINE) for channel in it.given.channels or []]
    if not channels or not all(channels):
        raise Malformed([FieldError("channels", "没有填写公告渠道", "请至少写一个,例如 政府门户网站")])
    if it.case.name_id is None:
        raise Refused("地名还没有写入地名库。")
    items = dict(queries.facts(it.reader, [it.case.id])[0].items)
    announcement = it.session.get_one(Announcement, it.case.id, with_for_update=True)
    announcement.state, announcement.issued_on = "issued", clock.today()
    announcement.channels, announcement.content = channels, items
    it.session.flush()
    register.publish(it.session, it.case.name_id, reason="公告", by=it.by)
    return Effect(told={"channels": channels, "content": items})


EFFECTS: dict[str, Act] = {
    "submit": _submit,
    "accept": _accept,
    "return": _return,
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
