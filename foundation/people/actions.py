"""Verbs about people: added, given a post, taken off it. Each leaves its line in the journal."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from foundation import clock, journal
from foundation.errors import FieldError, Malformed, NotFound, Refused
from foundation.people import passwords
from foundation.people.models import Organ, Person, Post, PostGrant
from foundation.people.roles import ORGAN_KINDS, ROLES
from foundation.texts import read_text

_LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,39}")


def add_person(session: Session, login: str, name: str, password: str, *, by: int | None = None) -> Person:
    """A new person with a login; raises `Malformed` for a bad login, name or password, `Refused` where it is taken."""
    login, name = login.strip().lower(), read_text(name, "name")
    if not _LOGIN.fullmatch(login):
        raise Malformed([FieldError("login", "登录名的写法不对", "请用小写字母开头的字母、数字、点或横线,2–40 个")])
    if not 1 <= len(name) <= 40:
        raise Malformed([FieldError("name", "姓名为空或太长", "请填写 1–40 个字")])
    if session.scalar(select(Person.id).where(Person.login == login)):
        raise Refused(f"登录名 {login} 已经有人使用。", remedy="请换一个登录名。")
    hashed = passwords.hashed(passwords.checked(password, login))
    person = Person(login=login, name=name, password_hash=hashed, active=True, created_at=clock.now())
    session.add(person)
    session.flush()
    _note(session, "add", person, after={"login": login, "name": name}, by=by)
    return person


def the_person(session: Session, login: str) -> Person:
    """The person with a login; raises `NotFound`."""
    person = session.scalar(select(Person).where(Person.login == login.strip().lower()))
    if person is None:
        raise NotFound(f"没有登录名为 {login} 的人员。", remedy="请核对登录名,或先用 person add 添加。")
    return person


def ensure_organ(session: Session, name: str, kind: str, division_id: int) -> Organ:
    """The organ of a name, made where it is not there; raises `Refused` where it is there with other facts."""
    if kind not in ORGAN_KINDS:
        raise Malformed([FieldError("organ_kind", f"没有“{kind}”这种单位", f"请从 {'、'.join(ORGAN_KINDS)} 中选择")])
    session.execute(
        upsert(Organ).values(name=name.strip(), kind=kind, division_id=division_id).on_conflict_do_nothing()
    )
    organ = session.scalars(select(Organ).where(Organ.name == name.strip())).one()
    if (organ.kind, organ.division_id) != (kind, division_id):
        raise Refused(f"{name}已登记为{ORGAN_KINDS[organ.kind]},或属于另一个政区。", remedy="请核对单位名称。")
    return organ


def the_organ(session: Session, name: str) -> Organ:
    """The organ of a name; raises `NotFound`."""
    organ = session.scalar(select(Organ).where(Organ.name == name.strip()))
    if organ is None:
        raise NotFound(f"没有名为“{name}”的单位。", remedy="第一次使用时请同时给出单位种类(--organ-kind)。")
    return organ


def ensure_post(session: Session, organ: Organ, role: str, division_id: int, title: str = "") -> Post:
    """The post of a role at an organ for a division, made where it is not there."""
    if role not in ROLES:
        raise Malformed([FieldError("role", f"没有“{role}”这个角色", f"请从 {'、'.join(ROLES)} 中选择")])
    facts = {"organ_id": organ.id, "role": role, "division_id": division_id, "title": title or ROLES[role]}
    session.execute(upsert(Post).values(**facts).on_conflict_do_nothing())
    return session.scalars(select(Post).filter_by(**facts)).one()


def give_post(
    session: Session, person: Person, post: Post, *, stand_in_until: datetime | None = None, by: int | None = None
) -> PostGrant:
    """Let a person hold a post from now on, or stand in until an instant; raises `Refused` where they hold it."""
    now = clock.now()
    if stand_in_until is not None and stand_in_until <= now:
        raise Malformed([FieldError("stand_in_until", "代办的截止时间已过", "请填写以后的日期")])
    for held in _held(session, person, post):
        if not held.stand_in or stand_in_until is not None:
            raise Refused(f"{person.name}已经担任这个岗位。")
        # Whoever stood in and now has the post for good.
        held.until_at = now
    session.flush()
    grant = PostGrant(
        post_id=post.id, person_id=person.id, stand_in=stand_in_until is not None, from_at=now, until_at=stand_in_until
    )
    session.add(grant)
    session.flush()
    told = {"post": post.id, "role": post.role, "organ": post.organ_id, "division": post.division_id}
    until = {"until": stand_in_until.isoformat()} if stand_in_until else {}
    _note(session, "grant", person, after=told | until, by=by)
    return grant


def take_post(session: Session, person: Person, post: Post, *, reason: str = "", by: int | None = None) -> None:
    """End a person's hold of a post now; raises `Refused` where they do not hold it."""
    held = _held(session, person, post)
    if not held:
        raise Refused(f"{person.name}没有担任这个岗位。")
    for grant in held:
        grant.until_at = clock.now()
    session.flush()
    told = {"post": post.id, "role": post.role, "organ": post.organ_id, "division": post.division_id}
    _note(session, "revoke", person, before=told, by=by, reason=reason)


def disable(session: Session, person: Person) -> None:
    """Close a person's login; what they did stays with their name."""
    person.active = False
    _note(session, "disable", person, by=None)


def _held(session: Session, person: Person, post: Post) -> list[PostGrant]:
    now = clock.now()
    found = session.scalars(select(PostGrant).filter_by(person_id=person.id, post_id=post.id).with_for_update())
    return [grant for grant in found if grant.until_at is None or grant.until_at > now]


def _note(
    session: Session,
    verb: str,
    person: Person,
    *,
    by: int | None,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
    reason: str = "",
) -> None:
    line = journal.Line(verb, "person", person.id, reason, before=before, after=after, person=by)
    journal.collect(session, line)
