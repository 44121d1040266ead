"""Tables of access: sign-ins (their secrets only as digests) and failed attempts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.models import Base

SCHEMA = "foundation"


class SignIn(Base):
    """One signing in: a cookie for pages and a token for programs, both known only by their SHA-256."""

    __tablename__ = "sign_in"
    __table_args__ = ({"schema": SCHEMA},)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(f"{SCHEMA}.person.id"), index=True)
    cookie_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    token_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    csrf: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class SignInAttempt(Base):
    """A sign-in that failed; what is counted before the next try is let through."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_login", "login", "at"),
        Index("ix_sign_in_attempt_address", "address", "at"),
        Index("ix_sign_in_attempt_at", "at"),
        {"schema": SCHEMA},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    login: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
