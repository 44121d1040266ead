"""Tables of proposals: routes, cases, papers, opinions, filing, announcement."""

from __future__ import annotations

from datetime import date, datetime

from geoalchemy2 import Geometry
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from foundation.files.models import SECRECIES
from foundation.models import Base
from placenames.proposals.lifecycle import ANNOUNCEMENT_STATES, FILING_STATES, KINDS, STATES

SCHEMA = "placenames"
PROCEDURES = ("own", "opinion", "received")
STANCES = {"agree": "同意", "suggest": "建议修改", "disagree": "不同意"}


class Route(Base):
    """Who decides on names of an approval category in a type of division (Order 753 Art. 12; DOMAIN §1.1, §14.4).

    Editable data, shipped with defaults: `division_type` is the division's type or `*`; the approver is an organ
    of `approver_kind` at the division itself or at its superior (`parent`).
    """

    __tablename__ = "route"
    __table_args__ = (
        CheckConstraint("procedure IN ('own', 'opinion', 'received', 'division')", name="procedure"),
        CheckConstraint("approver_level IN ('own', 'parent')", name="approver_level"),
        CheckConstraint("verified IN ('yes', 'likely', 'no')", name="verified"),
        {"schema": SCHEMA},
    )

    approval_category: Mapped[str] = mapped_column(Text, primary_key=True)
    division_type: Mapped[str] = mapped_column(Text, primary_key=True)
    procedure: Mapped[str] = mapped_column(Text)
    approver_kind: Mapped[str] = mapped_column(Text)
    approver_level: Mapped[str] = mapped_column(Text)
    article: Mapped[str] = mapped_column(Text)
    verified: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)


class Proposal(Base):
    """One case about one name: what is proposed, by whom, where it stands, and what was decided.

    `post_id` is the post that handles it, empty while an applicant still writes. `recorded_by` registered the
    paper reply, `decided_by` approved or confirmed. `geom` is EPSG:4490, or empty: 待采集. `sound` are the syllables
    of the name without tones, joined: what it is compared by.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint(f"kind IN {tuple(KINDS)}", name="kind"),
        CheckConstraint(f"procedure IN {PROCEDURES}", name="procedure"),
        CheckConstraint(f"state IN {tuple(STATES)}", name="state"),
        CheckConstraint(f"secrecy IN {SECRECIES}", name="secrecy"),
        CheckConstraint("outcome IN ('approve', 'refuse')", name="outcome"),
        CheckConstraint("(state = 'suspended') = (state_before IS NOT NULL)", name="suspended"),
        CheckConstraint(
            "state NOT IN ('approved', 'refused') OR (instrument_id IS NOT NULL AND decided_by IS NOT NULL)",
            name="decided",
        ),
        CheckConstraint("decided_by IS NULL OR recorded_by IS NULL OR decided_by <> recorded_by", name="two_people"),
        Index("ix_proposal_handler_division_id", "handler_division_id", "id"),
        Index("ix_proposal_organ_id", "organ_id", "id"),
        Index("ix_proposal_post_id", "post_id"),
        Index("ix_proposal_sound", "handler_division_id", "sound"),
        Index("ix_proposal_name_id", "name_id", unique=True),
        {"schema": SCHEMA},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    procedure: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    state_before: Mapped[str | None] = mapped_column(Text)
    class_label: Mapped[str] = mapped_column(ForeignKey(f"{SCHEMA}.place_class.label"))
    division_id: Mapped[int] = mapped_column(ForeignKey("boundaries.division.id"))
    handler_division_id: Mapped[int] = mapped_column(ForeignKey("boundaries.division.id"))
    approver_kind: Mapped[str] = mapped_column(Text)
    approver_division_id: Mapped[int] = mapped_column(ForeignKey("boundaries.division.id"))
    article: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    specific: Mapped[str] = mapped_column(Text)
    generic: Mapped[str] = mapped_column(Text)
    readings: Mapped[list[str]] = mapped_column(ARRAY(Text))
    readings_certain: Mapped[bool] = mapped_column(Boolean)
    roman: Mapped[str] = mapped_column(Text)
    plain: Mapped[str] = mapped_column(Text)
    sound: Mapped[str] = mapped_column(Text)
    meaning: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    location: Mapped[str] = mapped_column(Text)
    geom: Mapped[object | None] = mapped_column(Geometry("GEOMETRY", 4490, spatial_index=False))
    secrecy: Mapped[str] = mapped_column(Text)
    applicant_name: Mapped[str] = mapped_column(Text)
    applicant_code: Mapped[str] = mapped_column(Text)
    applicant_contact: Mapped[str] = mapped_column(Text)
    applicant_phone: Mapped[str] = mapped_column(Text)
    place_id: Mapped[int | None] = mapped_column(ForeignKey(f"{SCHEMA}.place.id"))
    name_id: Mapped[int | None] = mapped_column(ForeignKey(f"{SCHEMA}.place_name.id"))
    version: Mapped[int] = mapped_column(Integer)
    created_by: Mapped[int] = mapped_column(ForeignKey("foundation.person.id"))
    organ_id: Mapped[int] = mapped_column(ForeignKey("foundation.organ.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("foundation.post.id"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("foundation.person.id"))
    findings: Mapped[object | None] = mapped_column(JSON(none_as_null=True))
    findings_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    outcome: Mapped[str | None] = mapped_column(Text)
    instrument_id: Mapped[int | None] = mapped_column(ForeignKey("foundation.instrument.id"))
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("foundation.person.id"))
    recorded_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("foundation.person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ProposalPaper(Base):
    """A paper of a case: which attachment, and what it is (申请书, 位置图, 批文扫描件 …)."""

    __tablename__ = "proposal_paper"
    __table_args__ = ({"schema": SCHEMA},)

    proposal_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.proposal.id"), primary_key=True)
    attachment_id: Mapped[int] = mapped_column(ForeignKey("foundation.attachment.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)


class Opinion(Base):
    """What a consulted body said about a case."""

    __tablename__ = "opinion"
    __table_args__ = (
        CheckConstraint(f"stance IN {tuple(STANCES)}", name="stance"),
        {"schema": SCHEMA},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.proposal.id"), index=True)
    organ: Mapped[str] = mapped_column(Text)
    stance: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    dated: Mapped[date] = mapped_column(Date)
    recorded_by: Mapped[int] = mapped_column(ForeignKey("foundation.person.id"))
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Filing(Base):
    """备案 of an approved name: due on the fifteenth day after approval, and when it was sent (Order 753 Art. 13)."""

    __tablename__ = "filing"
    __table_args__ = (
        CheckConstraint(f"state IN {tuple(FILING_STATES)}", name="state"),
        CheckConstraint("(state = 'sent') = (sent IS NOT NULL)", name="sent"),
        {"schema": SCHEMA},
    )

    proposal_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.proposal.id"), primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    due: Mapped[date] = mapped_column(Date)
    sent: Mapped[date | None] = mapped_column(Date)


class Announcement(Base):
    """公告 of an approved name: due, issued, through which channels, and its six items as issued (Art. 14; R3)."""

    __tablename__ = "announcement"
    __table_args__ = (
        CheckConstraint(f"state IN {tuple(ANNOUNCEMENT_STATES)}", name="state"),
        CheckConstraint("(state = 'issued') = (issued_on IS NOT NULL AND content IS NOT NULL)", name="issued"),
        {"schema": SCHEMA},
    )

    proposal_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.proposal.id"), primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    due: Mapped[date] = mapped_column(Date)
    issued_on: Mapped[date | None] = mapped_column(Date)
    channels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    content: Mapped[object | None] = mapped_column(JSON(none_as_null=True))
