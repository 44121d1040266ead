"""Verbs about papers: a file is kept, an instrument is registered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from foundation import clock
from foundation.access.actor import Actor
from foundation.errors import FieldError, Malformed, Refused
from foundation.files import rules, store
from foundation.files.models import SECRECIES, Attachment, Instrument


@dataclass(frozen=True)
class InstrumentDraft:
    """An instrument as its paper says: number, organ, 成文 date, 收文 date where known, scan where there is one."""

    number: str
    organ: str
    dated: date
    received_on: date | None = None
    attachment_id: int | None = None


def keep_file(session: Session, actor: Actor, name: str, content: BinaryIO, secrecy: str) -> Attachment:
    """Keep a file that is what its name says; raises `Malformed`, `TooLarge`, `Refused` for 秘密, `Unavailable`."""
    if secrecy == "秘密":
        raise Refused("本系统不能存放秘密级材料。", remedy="请只登记题名、档号和存放处,原件按保密规定保管。")
    if secrecy not in SECRECIES:
        raise Malformed([FieldError("secrecy", f"没有“{secrecy[:10]}”这个密级", "请选公开或内部")])
    name = rules.checked_name(name)
    # Looked at before it is kept: what is refused leaves nothing behind.
    store.check_size(content)
    media_type = rules.media_type(name, content)
    sha256, size = store.keep(content)
    kept = Attachment(
        sha256=sha256, bytes=size, media_type=media_type, name=name, secrecy=secrecy,
        person_id=actor.person_id, at=clock.now(),
    )  # fmt: skip
    session.add(kept)
    session.flush()
    return kept


def register_instrument(session: Session, draft: InstrumentDraft, *, mend: Callable[[], bool]) -> Instrument:
    """The instrument of an organ and number, registered where it is not there yet.

    `mend` is asked once the row is held: whether nothing was decided by it yet, so that what is typed now puts right
    what was typed before. Raises `Malformed` for dates that cannot be, `Refused` where it has decided something and
    is registered with another date.
    """
    if draft.dated > clock.today():
        raise Malformed([FieldError("instrument.date", "成文日期在今天之后", "请核对批文上的日期")])
    if draft.received_on and not draft.dated <= draft.received_on <= clock.today():
        raise Malformed([FieldError("instrument.received", "收文日期早于成文日期或在今天之后", "请核对收文登记")])
    facts = {
        "number": draft.number, "organ": draft.organ, "dated": draft.dated, "received_on": draft.received_on,
        "registered_at": clock.now(), "attachment_id": draft.attachment_id,
    }  # fmt: skip
    session.execute(upsert(Instrument).values(facts).on_conflict_do_nothing())
    same = select(Instrument).filter_by(organ=draft.organ, number=draft.number).with_for_update()
    instrument = session.scalars(same).one()
    if mend():
        instrument.dated, instrument.received_on = draft.dated, draft.received_on
        instrument.attachment_id = draft.attachment_id or instrument.attachment_id
    if instrument.dated != draft.dated:
        raise Refused(
            f"{draft.organ} {draft.number} 已经登记过,成文日期是 {instrument.dated}。",
            remedy="请核对文号和日期;同一份批文可以用于多个地名,但日期只有一个。",
        )
    if draft.attachment_id and not instrument.attachment_id:
        instrument.attachment_id = draft.attachment_id
    session.flush()
    return instrument
