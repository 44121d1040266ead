"""Passwords: hashed with Argon2id (RFC 9106), never kept; the rules that a new one must meet."""

from __future__ import annotations

import secrets
import threading
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from foundation.errors import FieldError, Malformed

SHORTEST = 10
LONGEST = 128
_at_once = threading.BoundedSemaphore(2)
# No look-alikes: they are read from paper and typed.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    # RFC 9106's second choice (64 MiB, three passes): about a twentieth of a second on a small server.
    return PasswordHasher(time_cost=3, memory_cost=65536, parallelism=1)


def checked(password: str, login: str, loc: str = "password") -> str:
    """The password, where it may be used; raises `Malformed` with what is missing."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Malformed([FieldError(loc, "密码太短或太长", f"请用 {SHORTEST}–{LONGEST} 个字符")])
    if login in password.lower() or len(set(password)) < 5:
        raise Malformed([FieldError(loc, "密码太容易猜到", "请勿包含登录名,并至少用 5 个不同的字符")])
    return password


def hashed(password: str) -> str:
    """The Argon2id hash with its own salt and parameters."""
    return _hasher().hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether a password is the one; as slow for a login that does not exist, so that none can be listed."""
    # Each takes 64 MiB and a core: what is more waits, so that searches go on.
    with _at_once:
        return _matches(password_hash, password)


def _matches(password_hash: str | None, password: str) -> bool:
    try:
        return _hasher().verify(password_hash or _nobody(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobody() -> str:
    return hashed(secrets.token_urlsafe(16))


def made() -> str:
    """A password to begin with: four groups that can be read aloud, 78 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
