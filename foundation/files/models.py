"""Tables of papers: attachments by the hash of their content, and instruments (批文) with their dates."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from foundation.models import Base

SCHEMA = "foundation"
SECRECIES = ("公开", "内部")


class Attachment(Base):
    """A file that somebody brought: its content lies in the store under its SHA-256, here are the facts about it.

    秘密 material is not held at all (DOMAIN §14.3), so there is no such secrecy here.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("length(sha256) = 32", name="sha256"),
        CheckConstraint(f"secrecy IN {SECRECIES}", name="secrecy"),
        {"schema": SCHEMA},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    sha256: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    bytes: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    secrecy: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.person.id"))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Instrument(Base):
    """A document that decides: number, organ, 成文 (dated), 收文 (received) and registration (DOMAIN §14.10).

    The number is typed from the paper, never generated; one instrument may decide many names.
    """

    __tablename__ = "instrument"
    __table_args__ = (
        UniqueConstraint("organ", "number", name="uq_instrument_organ_number"),
        CheckConstraint("received_on IS NULL OR received_on >= dated", name="received"),
        {"schema": SCHEMA},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    number: Mapped[str] = mapped_column(Text)
    organ: Mapped[str] = mapped_column(Text)
    dated: Mapped[date] = mapped_column(Date)
    received_on: Mapped[date | None] = mapped_column(Date)
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey(f"{SCHEMA}.attachment.id"))
