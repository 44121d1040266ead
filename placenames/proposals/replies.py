"""The reply that decides a case: its instrument, read from the paper and registered, with its scan."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import FieldError, Malformed
from foundation.files.actions import InstrumentDraft, register_instrument
from foundation.files.models import Instrument
from foundation.texts import LINE, read_text, whole_number
from placenames.proposals.models import Proposal, ProposalPaper
from placenames.proposals.schemas import InstrumentBody

SCAN = "批文扫描件"
OLDEST = date(1949, 10, 1)
"""No government of today has signed anything before (DOMAIN §14.12: approval dates are bounded)."""


def registered(session: Session, case: Proposal, paper: InstrumentBody | None) -> Instrument:
    """The instrument that a step brings, registered with its scan; raises `Malformed` per field, `Refused`."""
    if paper is None:
        raise Malformed([FieldError("instrument", "没有填写批文", "请填写文号、机关和成文日期")])
    number, organ = (
        read_text(value, f"instrument.{name}", LINE)
        for name, value in (("number", paper.number), ("organ", paper.organ))
    )
    for name, value, words in (("number", number, "文号"), ("organ", organ, "机关")):
        if not value:
            raise Malformed([FieldError(f"instrument.{name}", f"批文缺少{words}", "请照批文填写")])
    if paper.date < OLDEST:
        raise Malformed([FieldError("instrument.date", f"成文日期 {paper.date} 太早", "请核对年份")])
    draft = InstrumentDraft(number, organ, paper.date, paper.received, _scan(session, case, paper.attachment))
    instrument = register_instrument(session, draft, mend=lambda: not _decides_already(session, organ, number))
    _share_scan(session, case, instrument)
    return instrument


def _decides_already(session: Session, organ: str, number: str) -> bool:
    """Whether some case was decided by this instrument; until then a mistyped date can be put right."""
    question = select(Proposal.id).join(Instrument, Instrument.id == Proposal.instrument_id)
    decided = question.where(Instrument.organ == organ, Instrument.number == number, Proposal.decided_by.is_not(None))
    return session.scalar(decided.limit(1)) is not None


def _share_scan(session: Session, case: Proposal, instrument: Instrument) -> None:
    """One reply, many names: its scan is a paper of each of them (DOMAIN §14.9)."""
    scan = instrument.attachment_id
    if scan is not None and session.get(ProposalPaper, (case.id, scan)) is None:
        session.add(ProposalPaper(proposal_id=case.id, attachment_id=scan, kind=SCAN))


def _scan(session: Session, case: Proposal, given: str | None) -> int | None:
    if given is None:
        return None
    scan = whole_number(given)
    if scan is None or session.get(ProposalPaper, (case.id, scan)) is None:
        raise Malformed([FieldError("instrument.attachment", "附件里没有这份扫描件", "请先上传,再选用")])
    return scan


def told(instrument: Instrument) -> dict[str, Any]:
    """What the journal keeps of an instrument."""
    dated = instrument.dated.isoformat()
    return {"instrument": {"number": instrument.number, "organ": instrument.organ, "date": dated}}
