"""People as the command line manages them: added, given posts, taken off them; by login, organ name and code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from foundation import clock
from foundation.access.actions import end_sign_ins, set_password
from foundation.errors import FieldError, Malformed, NotFound
from foundation.people import actions, passwords
from foundation.people.models import Post, PostGrant
from processes.edge import writing


@dataclass(frozen=True)
class Posting:
    """A post as people name it: role, organ by name, division by code; `organ_kind` where the organ is new."""

    role: str
    organ: str
    division: str
    organ_kind: str | None = None
    title: str = ""


def add(login: str, name: str, password: str | None) -> str:
    """Add a person; returns the password to begin with (the one given, or one made)."""
    given = password or passwords.made()
    with writing() as session:
        actions.add_person(session, login, name, given)
    return given


def grant(login: str, posting: Posting, *, stand_in_through: date | None = None) -> str:
    """Let a person hold a post, or stand in through a day; returns what was done in words."""
    until = None
    if stand_in_through is not None:
        until = datetime.combine(stand_in_through + timedelta(days=1), time(), clock.ZONE)
    with writing() as session:
        person = actions.the_person(session, login)
        post = the_post(session, posting)
        actions.give_post(session, person, post, stand_in_until=until)
        return f"{person.name}({person.login}):{posting.organ} {post.title}"


def revoke(login: str, posting: Posting) -> str:
    """Take a person off a post; returns what was done in words."""
    with writing() as session:
        person = actions.the_person(session, login)
        post = _post_of(session, person.id, posting)
        actions.take_post(session, person, post)
        return f"{person.name}({person.login}):不再担任 {posting.organ} {post.title}"


def reset_password(login: str, password: str | None) -> str:
    """Give a person a new password and end their signings in; returns it."""
    given = password or passwords.made()
    with writing() as session:
        set_password(session, actions.the_person(session, login), given, by=None)
    return given


def disable(login: str) -> str:
    """Close a person's login and end their signings in; returns the name."""
    with writing() as session:
        person = actions.the_person(session, login)
        actions.disable(session, person)
        end_sign_ins(session, person.id)
        return person.name


def _post_of(session: Session, person_id: int, posting: Posting) -> Post:
    """The post as the person holds it, its division in use today or not; raises `NotFound`."""
    question = (
        select(Post)
        .join(PostGrant, PostGrant.post_id == Post.id)
        .where(PostGrant.person_id == person_id, Post.role == posting.role)
        .where(Post.organ_id == actions.the_organ(session, posting.organ).id)
        .where(Post.division_id.in_(text("SELECT division_id FROM boundaries.division_version WHERE code = :code")))
        .order_by(PostGrant.id.desc())
    )
    if posting.title:
        question = question.where(Post.title == posting.title)
    found = session.scalars(question, {"code": posting.division}).first()
    if found is None:
        raise NotFound("没有担任过这个岗位。", remedy="请核对角色、单位和政区代码。")
    return found


def the_post(session: Session, posting: Posting) -> Post:
    """The post, with its organ made where the kind is given; raises `Malformed` for a code not in use today."""
    division = session.scalar(
        text("SELECT division_id FROM boundaries.division_version WHERE code = :code AND valid_to IS NULL"),
        {"code": posting.division},
    )
    if division is None:
        raise Malformed([FieldError("division", f"没有代码为 {posting.division} 的现行政区", "请填写六位代码")])
    organ = (
        actions.ensure_organ(session, posting.organ, posting.organ_kind, division)
        if posting.organ_kind
        else actions.the_organ(session, posting.organ)
    )
    return actions.ensure_post(session, organ, posting.role, division, posting.title)
