"""Shapes of proposals that cross the wire (CONTRACT §4)."""

from __future__ import annotations

import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Body(BaseModel):
    """A request body: a field that nobody knows is an error, not a loss."""

    model_config = ConfigDict(extra="forbid", str_max_length=10_000)


class Applicant(Body):
    """申请单位: name, 统一社会信用代码, contact person, phone."""

    name: str = ""
    code: str = ""
    contact: str = ""
    phone: str = ""


class ProposalChange(Body):
    """What may be changed in a draft; what is not given stays. `version` refuses what another has changed since."""

    class_: str | None = Field(default=None, alias="class")
    division: str | None = None
    name: str | None = None
    specific: str | None = None
    generic: str | None = None
    readings: list[str] | None = None
    meaning: str | None = None
    reason: str | None = None
    location: str | None = None
    geometry: dict[str, Any] | None = None
    secrecy: str | None = None
    applicant: Applicant | None = None
    version: int | None = None


class NewProposal(Body):
    """A new case. Only kind, class and division must be there: the rest is filled in as it becomes known."""

    kind: Literal["naming", "renaming", "cancelling", "recording"]
    class_: str = Field(alias="class")
    division: str
    name: str = ""
    specific: str = ""
    generic: str = ""
    readings: list[str] = []
    meaning: str = ""
    reason: str = ""
    location: str = ""
    geometry: dict[str, Any] | None = None
    place: str | None = None
    secrecy: str = "公开"
    applicant: Applicant = Applicant()


class InstrumentBody(Body):
    """The paper that decides: `date` is 成文, `received` 收文; `attachment` the id of its scan among the papers."""

    number: str
    organ: str
    date: datetime.date
    received: datetime.date | None = None
    attachment: str | None = None


class StepBody(Body):
    """What a step brings: a reason, an instrument with the outcome, the day of sending, channels.

    `version` is that of the case as the person saw it; the step is refused where the case has changed since.
    """

    reason: str = ""
    instrument: InstrumentBody | None = None
    outcome: Literal["approve", "refuse"] = "approve"
    sent: datetime.date | None = None
    channels: list[str] | None = None
    version: int | None = None


class OpinionBody(Body):
    """What a consulted body said."""

    organ: str
    stance: Literal["agree", "suggest", "disagree"]
    text: str = ""
    date: datetime.date
