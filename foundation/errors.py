"""Exceptions that carry meaning; the HTTP edge and the command line decide how each is told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field: where, why, and what the person can do about it."""

    loc: str
    msg: str
    remedy: str


class DimingError(Exception):
    """Base of every error that a person is told about, in Chinese, in one sentence; `extra` is told beside it."""

    def __init__(self, message: str, *, remedy: str = "", extra: dict[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.extra = extra or {}

    def line(self) -> str:
        """The error and its remedy as one line for a terminal or a log."""
        return f"{self.message} {self.remedy}".strip()


class Malformed(DimingError):
    """The request cannot be read: each bad field with its remedy."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__(";".join(f"{error.loc}:{error.msg}" for error in errors))
        self.errors = errors

    def line(self) -> str:
        """Each field with what is wrong and what to do."""
        return ";".join(f"{error.loc}:{error.msg}({error.remedy})" for error in self.errors)


class NotFound(DimingError):
    """Absent, or not visible to the one who asks."""


class SignInNeeded(DimingError):
    """Nobody is signed in, or no longer."""


class Forbidden(DimingError):
    """Visible, but not this person's to do."""


class TooMany(DimingError):
    """Tried too often; `seconds` tells when to try again."""

    def __init__(self, message: str, *, remedy: str, seconds: int) -> None:
        super().__init__(message, remedy=remedy)
        self.seconds = seconds


class TooLarge(DimingError):
    """More bytes than are taken."""


class Refused(DimingError):
    """A rule or a state does not allow it; nothing was changed."""


class Unavailable(DimingError):
    """Something the service stands on does not answer now: the database, the network, the disk."""
