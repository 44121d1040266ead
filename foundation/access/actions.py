"""Verbs at the door: sign in (throttled), sign out, change one's password."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from foundation import clock, journal
from foundation.access.actor import Actor
from foundation.access.models import SignIn, SignInAttempt
from foundation.access.queries import digest
from foundation.errors import FieldError, Malformed, TooMany
from foundation.people import passwords
from foundation.people.models import Person
from foundation.settings import settings

WINDOW = timedelta(minutes=15)
KEPT = timedelta(days=90)  # what is left of signings in that are over
# From one address; from anywhere. The second is wider, so that a stranger cannot lock an officer out.
MOST_FROM_ONE = 10
MOST_FROM_ALL = 100
# From one address with whatever login: many officers may share one.
MOST_OF_ADDRESS = 200


@dataclass(frozen=True)
class Opened:
    """What a signing in gives, told once: the cookie's and the token's secret, and what pages send with writes."""

    person: Person
    cookie: str
    token: str
    csrf: str
    expires_at: datetime


def sign_in(session: Session, login: str, password: str, address: str) -> Opened | None:
    """Open the door, or note the failed attempt and answer None: the caller commits either way.

    Raises `TooMany` after ten failures within a quarter of an hour, the right password included.
    """
    login = "".join(char for char in login.lower() if char.isprintable())[:80].strip()
    # One after the other for one login: ten guesses at once are ten guesses.
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:login, 7))"), {"login": login})
    _throttle(session, login, address)
    person = session.scalar(select(Person).where(Person.login == login))
    right = passwords.matches(person.password_hash if person and person.active else None, password)
    if person is None or not right:
        session.execute(delete(SignInAttempt).where(SignInAttempt.at < clock.now() - WINDOW))
        session.add(SignInAttempt(login=login, address=address, at=clock.now()))
        return None
    session.execute(delete(SignInAttempt).where(SignInAttempt.login == login, SignInAttempt.address == address))
    cookie, token, csrf = (secrets.token_urlsafe(32) for _ in range(3))
    now = clock.now()
    session.execute(delete(SignIn).where(SignIn.person_id == person.id, SignIn.expires_at < now - KEPT))
    opened = Opened(person, cookie, token, csrf, now + timedelta(hours=settings().session_hours))
    session.add(
        SignIn(
            person_id=person.id, cookie_digest=digest(cookie), token_digest=digest(token), csrf=csrf,
            address=address, at=now, expires_at=opened.expires_at,
        )
    )  # fmt: skip
    return opened


def _throttle(session: Session, login: str, address: str) -> None:
    since = clock.now() - WINDOW
    mine = SignInAttempt.address == address
    recent = SignInAttempt.at > since
    counts = select(
        func.count(), func.count().filter(mine), func.min(SignInAttempt.at), func.min(SignInAttempt.at).filter(mine)
    ).where(SignInAttempt.login == login, recent)
    everywhere, here, first, first_here = session.execute(counts).one()
    tried, first_tried = session.execute(select(func.count(), func.min(SignInAttempt.at)).where(mine, recent)).one()
    closed = [
        since_when
        for count, most, since_when in (
            (here, MOST_FROM_ONE, first_here),
            (everywhere, MOST_FROM_ALL, first),
            (tried, MOST_OF_ADDRESS, first_tried),
        )
        if count >= most
    ]  # fmt: skip
    if closed:
        first = max(closed)
        seconds = max(1, round((first + WINDOW - clock.now()).total_seconds()))
        raise TooMany(
            "密码连续输错次数太多,暂时不能登录。",
            remedy=f"请在 {-(-seconds // 60)} 分钟后再试;忘记密码请联系系统管理员。",
            seconds=seconds,
        )


def sign_out(session: Session, actor: Actor) -> None:
    """End this signing in; its cookie and its token open nothing any more."""
    session.execute(update(SignIn).where(SignIn.id == actor.sign_in_id).values(ended_at=clock.now()))


def change_password(session: Session, actor: Actor, old: str, new: str) -> None:
    """Replace one's password; ends every other signing in. Raises `Malformed` where the old one is wrong."""
    person = session.get_one(Person, actor.person_id, with_for_update=True)
    if not passwords.matches(person.password_hash, old):
        raise Malformed([FieldError("old", "现在的密码不对", "请重新输入")])
    if old == new:
        raise Malformed([FieldError("new", "新密码和现在的一样", "请换一个")])
    set_password(session, person, new, by=actor.person_id, keep=actor.sign_in_id)


def end_sign_ins(session: Session, person_id: int, *, keep: int | None = None) -> None:
    """End a person's signings in, but for the one to `keep`."""
    open_ones = update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    session.execute(open_ones.where(SignIn.id != (keep or 0)).values(ended_at=clock.now()))


def set_password(session: Session, person: Person, new: str, *, by: int | None, keep: int | None = None) -> None:
    """Give a person a new password; ends their signings in, but for the one to `keep`."""
    person.password_hash = passwords.hashed(passwords.checked(new, person.login, loc="new"))
    end_sign_ins(session, person.id, keep=keep)
    journal.collect(session, journal.Line("password", "person", person.id, person=by))
