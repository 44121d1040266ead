"""Handing over a post (移交): the list of its open work, to a person who confirms; old acts keep their names."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation import clock, journal
from foundation.access.actor import Actor
from foundation.database import SessionReader
from foundation.errors import FieldError, Forbidden, Malformed, NotFound, Refused
from foundation.people import actions as people
from foundation.people.models import Handover, Person, Post, PostGrant
from foundation.texts import LINE, read_text
from placenames.proposals.queries import open_of_post

LONGEST_NOTE = 2000
SETTLED = {"confirm": "confirmed", "decline": "declined", "cancel": "cancelled"}


def propose(session: Session, actor: Actor, post_id: int, receiver_login: str, note: str) -> Handover:
    """Offer one's post with the list of its open work; nothing changes hands until the receiver confirms.

    Raises `Forbidden` where the post is not one's own, `Malformed` for the receiver, `Refused` where it is offered.
    """
    grant = next((held for held in actor.grants if held.post_id == post_id and not held.stand_in), None)
    if grant is None:
        raise Forbidden("这不是您担任的岗位。", remedy="代办期间不能移交岗位。")
    # Offers of one post wait for each other here.
    session.get_one(Post, post_id, with_for_update=True)
    login = read_text(receiver_login, "receiver", LINE).lower()
    receiver = session.scalar(select(Person).where(Person.login == login))
    if receiver is None or not receiver.active or receiver.id == actor.person_id:
        raise Malformed([FieldError("receiver", "没有这个登录名,或是您自己", "请填写接收人的登录名")])
    if not _of_the_organ(session, receiver.id, grant.organ_id):
        raise Malformed([FieldError("receiver", f"{receiver.name}不在{grant.organ}任职", "请先由系统管理员登记其岗位")])
    note = read_text(note, "note", LONGEST_NOTE)
    waiting = select(Handover.id).filter_by(post_id=post_id, giver_id=actor.person_id, state="proposed")
    if session.scalar(waiting):
        raise Refused("这个岗位的移交正在等接收人确认。", remedy="要换人的,请先取消。")
    handover = Handover(
        post_id=post_id, giver_id=actor.person_id, receiver_id=receiver.id, state="proposed",
        items=open_of_post(SessionReader(session), post_id), note=note, proposed_at=clock.now(),
    )  # fmt: skip
    session.add(handover)
    session.flush()
    _note(session, actor, handover, "propose", {"receiver": receiver.login, "items": handover.items})
    return handover


def _of_the_organ(session: Session, person_id: int, organ_id: int) -> bool:
    """Whether a person holds a post at an organ, or once did: a post stays in its house."""
    held = select(PostGrant.id).join(Post, Post.id == PostGrant.post_id)
    of_both = held.where(PostGrant.person_id == person_id, Post.organ_id == organ_id)
    return session.scalar(of_both.limit(1)) is not None


def settle(session: Session, actor: Actor, handover_id: int, verb: str) -> Handover:
    """Confirm or decline as the receiver, cancel as the giver.

    A confirmed post changes hands at once: the list is taken anew, the giver's hold ends, the receiver's begins.
    Raises `NotFound`, `Forbidden`, `Refused` where it is settled or the giver holds the post no more.
    """
    handover = session.get(Handover, handover_id, with_for_update=True)
    if handover is None or actor.person_id not in {handover.giver_id, handover.receiver_id}:
        raise NotFound("没有这份移交。")
    if actor.person_id != (handover.giver_id if verb == "cancel" else handover.receiver_id):
        raise Forbidden("移交由接收人确认或退回,由移交人取消。")
    if handover.state != "proposed":
        raise Refused("这份移交已经办结。")
    handover.state, handover.settled_at = SETTLED[verb], clock.now()
    if verb == "confirm":
        post = session.get_one(Post, handover.post_id)
        giver, receiver = (session.get_one(Person, key) for key in (handover.giver_id, handover.receiver_id))
        handover.items = open_of_post(SessionReader(session), post.id)
        people.take_post(session, giver, post, reason="移交", by=actor.person_id)
        people.give_post(session, receiver, post, by=actor.person_id)
    session.flush()
    _note(session, actor, handover, verb, {"items": handover.items})
    return handover


def _note(session: Session, actor: Actor, handover: Handover, verb: str, told: dict[str, object]) -> None:
    line = journal.Line(verb, "handover", handover.id, after={"post": handover.post_id, **told}, person=actor.person_id)
    journal.collect(session, line)
