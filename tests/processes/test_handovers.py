"""Work belongs to the post: it is handed over with its list, to who confirms; what was done keeps its name."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from foundation import clock, journal
from foundation.access import queries as access
from foundation.access.actor import Actor
from foundation.database import SessionReader
from foundation.errors import Forbidden, Malformed, NotFound, Refused
from foundation.people import actions as people
from foundation.people import queries
from foundation.people.models import Handover, Person, Post
from placenames.proposals import actions as proposals
from placenames.proposals import queries as cases
from placenames.proposals.schemas import NewProposal, StepBody
from processes import handovers
from processes.edge import finish, writing

GIVER, RECEIVER, BYSTANDER = "clerk", "heritage", "haian-clerk"


def actor(session: Session, login: str = GIVER) -> Actor:
    """A person of the demonstration as they are signed in now."""
    person = session.scalars(select(Person).where(Person.login == login)).one()
    grants = access.grants(SessionReader(session), person.id)
    return Actor(person.id, person.login, person.name, 0, "", grants)


def desk(session: Session, login: str = GIVER) -> int:
    """The post that somebody holds."""
    (grant,) = actor(session, login).grants
    return grant.post_id


def new_case(session: Session, name: str = "测新街", by: str = GIVER) -> str:
    """A case that is complete; returns its id."""
    body: dict[str, Any] = {
        "kind": "naming", "class": "街路巷", "division": "320682", "name": name, "specific": name[:-1],
        "generic": name[-1], "meaning": "测试", "reason": "新建道路", "location": "东起健康南路",
        "applicant": {"name": "如皋市演示道路建设有限公司", "contact": "李四"},
    }  # fmt: skip
    return str(proposals.open_case(session, actor(session, by), NewProposal.model_validate(body)).id)


def offer(session: Session, receiver: str = RECEIVER, note: str = "") -> Handover:
    """The clerk offers their post."""
    return handovers.propose(session, actor(session), desk(session), receiver, note)


def listed(handover: Handover) -> list[tuple[str, str]]:
    """The list of a hand-over: names of the cases with their states in words."""
    items: Any = handover.items
    return [(item["name"], item["state_label"]) for item in items]


def settle(session: Session, handover: Handover, verb: str, login: str = RECEIVER) -> Handover:
    """Somebody confirms, declines or cancels."""
    return handovers.settle(session, actor(session, login), handover.id, verb)


def roles(session: Session, login: str) -> set[tuple[int, str]]:
    """The posts that somebody holds now, with their roles."""
    return {(grant.post_id, grant.role) for grant in actor(session, login).grants}


# Offering.


def test_an_offer_lists_the_open_work_and_changes_nothing_yet(session: Session) -> None:
    first, second = new_case(session, "测甲街"), new_case(session, "测乙街")
    proposals.take_step(session, actor(session), second, "submit", StepBody())
    before = roles(session, GIVER), roles(session, RECEIVER)
    made = offer(session, note=" 请接手。 ")
    assert (made.state, made.note, made.settled_at) == ("proposed", "请接手。", None)
    assert listed(made) == [("测甲街", "草稿"), ("测乙街", "待受理")]
    assert [item["id"] for item in made.items] == [first, second]  # type: ignore[attr-defined]
    assert (roles(session, GIVER), roles(session, RECEIVER)) == before


def test_the_list_leaves_out_what_is_archived_and_what_is_another_posts(session: Session) -> None:
    gone = new_case(session, "测丙街")
    for verb in ("withdraw", "archive"):
        proposals.take_step(session, actor(session), gone, verb, StepBody(reason="不建了"))
    new_case(session, "测丁街", by="clerk2")
    new_case(session, "测戊街")
    assert listed(offer(session)) == [("测戊街", "草稿")]


def test_a_post_without_open_work_is_handed_over_with_an_empty_list(session: Session) -> None:
    assert listed(offer(session)) == []


def test_the_journal_tells_the_offer_with_its_list(session: Session) -> None:
    new_case(session)
    made = offer(session)
    (line,) = journal.collected(session, "handover", made.id)
    told: Any = line.after
    assert (line.verb, told["post"], told["receiver"]) == ("propose", desk(session), RECEIVER)
    assert [item["name"] for item in told["items"]] == ["测新街"]
    assert line.person == actor(session).person_id


@pytest.mark.parametrize("receiver", ["nobody", "", GIVER, " CLERK ", "x" * 80])
def test_a_post_is_offered_to_another_person_who_is_there(session: Session, receiver: str) -> None:
    with pytest.raises(Malformed) as told:
        offer(session, receiver)
    assert [error.loc for error in told.value.errors] == ["receiver"]


def test_a_post_is_not_offered_to_who_was_retired(session: Session) -> None:
    session.scalars(select(Person).where(Person.login == RECEIVER)).one().active = False
    with pytest.raises(Malformed):
        offer(session)


def test_nobody_offers_a_post_that_is_not_theirs(session: Session) -> None:
    for other in (desk(session, "clerk2"), 2**62):
        with pytest.raises(Forbidden):
            handovers.propose(session, actor(session), other, RECEIVER, "")


def test_who_only_stands_in_does_not_hand_the_post_over(session: Session) -> None:
    post = session.get_one(Post, desk(session, "clerk2"))
    giver = session.get_one(Person, actor(session).person_id)
    people.give_post(session, giver, post, stand_in_until=clock.now() + timedelta(days=3))
    with pytest.raises(Forbidden):
        handovers.propose(session, actor(session), post.id, RECEIVER, "")


def test_a_post_is_offered_to_one_person_at_a_time(session: Session) -> None:
    first = offer(session)
    with pytest.raises(Refused) as told:
        offer(session, "clerk2")
    assert "取消" in told.value.remedy
    settle(session, first, "cancel", GIVER)
    assert offer(session, "clerk2").state == "proposed"


@pytest.mark.parametrize("note", ["长" * 2001, "看不见\u202e", "半个\udc80"], ids=ascii)
def test_a_note_that_is_too_long_or_cannot_be_read_is_refused(session: Session, note: str) -> None:
    with pytest.raises(Malformed) as told:
        offer(session, note=note)
    assert [error.loc for error in told.value.errors] == ["note"]


# Settling.


def test_a_confirmed_post_changes_hands_at_once(session: Session) -> None:
    post = desk(session)
    made = settle(session, offer(session), "confirm")
    assert made.state == "confirmed"
    assert made.settled_at is not None
    assert roles(session, GIVER) == set()
    assert (post, "clerk") in roles(session, RECEIVER)


def test_the_receiver_carries_the_work_on_and_the_giver_no_more(session: Session) -> None:
    given_id = new_case(session)
    settle(session, offer(session), "confirm")
    taken = proposals.take_step(session, actor(session, RECEIVER), given_id, "submit", StepBody())
    assert taken.state == "submitted"
    with pytest.raises((Forbidden, NotFound)):
        proposals.take_step(session, actor(session), given_id, "accept", StepBody())


def test_the_list_is_taken_anew_when_it_is_confirmed(session: Session) -> None:
    first = new_case(session, "测甲街")
    made = offer(session)
    new_case(session, "测乙街")
    proposals.take_step(session, actor(session), first, "submit", StepBody())
    assert listed(made) == [("测甲街", "草稿")]
    assert listed(settle(session, made, "confirm")) == [("测甲街", "待受理"), ("测乙街", "草稿")]


def test_acts_before_the_hand_over_keep_the_name_of_who_did_them(session: Session) -> None:
    given_id = new_case(session)
    proposals.take_step(session, actor(session), given_id, "submit", StepBody())
    giver = actor(session).name
    settle(session, offer(session), "confirm")
    proposals.take_step(session, actor(session, RECEIVER), given_id, "accept", StepBody())
    finish(session)
    told = cases.case(SessionReader(session), actor(session, RECEIVER), given_id)
    acts = [(line["verb"], line["person"]) for line in told["timeline"]]
    assert acts == [("create", giver), ("submit", giver), ("accept", actor(session, RECEIVER).name)]


def test_the_journal_tells_both_halves_of_the_change(session: Session) -> None:
    made = offer(session)
    giver, receiver = actor(session).person_id, actor(session, RECEIVER).person_id
    settle(session, made, "confirm")
    (taken,) = journal.collected(session, "person", giver)
    (given,) = journal.collected(session, "person", receiver)
    assert (taken.verb, taken.reason, taken.person) == ("revoke", "移交", receiver)
    assert (given.verb, given.person) == ("grant", receiver)
    assert [line.verb for line in journal.collected(session, "handover", made.id)] == ["propose", "confirm"]


@pytest.mark.parametrize(
    ("verb", "login", "state"), [("decline", RECEIVER, "declined"), ("cancel", GIVER, "cancelled")]
)
def test_what_is_declined_or_cancelled_stays_where_it_is(session: Session, verb: str, login: str, state: str) -> None:
    before = roles(session, GIVER), roles(session, RECEIVER)
    made = offer(session)
    assert settle(session, made, verb, login).state == state
    assert (roles(session, GIVER), roles(session, RECEIVER)) == before
    assert [line.verb for line in journal.collected(session, "handover", made.id)] == ["propose", verb]
    assert offer(session).id != made.id


@pytest.mark.parametrize(("verb", "login"), [("confirm", GIVER), ("decline", GIVER), ("cancel", RECEIVER)])
def test_each_side_settles_its_own_part(session: Session, verb: str, login: str) -> None:
    made = offer(session)
    with pytest.raises(Forbidden):
        settle(session, made, verb, login)
    assert made.state == "proposed"


@pytest.mark.parametrize("verb", handovers.SETTLED)
def test_a_hand_over_of_others_is_not_there(session: Session, verb: str) -> None:
    made = offer(session)
    for login in (BYSTANDER, "chief", "admin"):
        with pytest.raises(NotFound):
            settle(session, made, verb, login)
    with pytest.raises(NotFound):
        handovers.settle(session, actor(session), 2**62, verb)


@pytest.mark.parametrize("first", handovers.SETTLED)
@pytest.mark.parametrize("second", handovers.SETTLED)
def test_what_is_settled_stays_settled(session: Session, first: str, second: str) -> None:
    side = {"cancel": GIVER}
    made = offer(session)
    settle(session, made, first, side.get(first, RECEIVER))
    with pytest.raises(Refused):
        settle(session, made, second, side.get(second, RECEIVER))
    assert made.state == handovers.SETTLED[first]


def test_a_post_that_was_taken_from_the_giver_cannot_be_confirmed(session: Session) -> None:
    made = offer(session)
    post, giver = session.get_one(Post, desk(session)), session.get_one(Person, made.giver_id)
    people.take_post(session, giver, post)
    session.commit()
    with pytest.raises(Refused):
        settle(session, made, "confirm")
    session.rollback()
    assert (post.id, "clerk") not in roles(session, RECEIVER)
    assert session.get_one(Handover, made.id).state == "proposed"


def test_who_stands_in_may_take_the_post_over(session: Session) -> None:
    post, receiver = desk(session), session.scalars(select(Person).where(Person.login == RECEIVER)).one()
    people.give_post(
        session, receiver, session.get_one(Post, post), stand_in_until=clock.now() + timedelta(days=3)
    )  # fmt: skip
    settle(session, offer(session), "confirm")
    assert any(grant.post_id == post and not grant.stand_in for grant in actor(session, RECEIVER).grants)


# What both sides see.


def test_both_sides_see_the_hand_over_from_their_side_and_nobody_else(session: Session) -> None:
    made = offer(session, note="请接手")
    for login, side in ((GIVER, "giver"), (RECEIVER, "receiver")):
        (told,) = queries.handovers(SessionReader(session), actor(session, login).person_id)
        assert (told["id"], told["mine"], told["state"]) == (str(made.id), side, "proposed")
        assert (told["note"], told["state_label"]) == ("请接手", "待接收人确认")
        assert (told["giver"], told["receiver"]) == (actor(session).name, actor(session, RECEIVER).name)
        assert (told["post"]["organ"], told["post"]["role_label"]) == ("如皋市民政局", "经办人")
        assert told["post"]["division"] == {"code": "320682", "name": "如皋市"}
    assert queries.handovers(SessionReader(session), actor(session, BYSTANDER).person_id) == []


def test_the_newest_hand_over_stands_first(session: Session) -> None:
    settle(session, offer(session), "decline")
    offer(session)
    told = queries.handovers(SessionReader(session), actor(session).person_id)
    assert [item["state"] for item in told] == ["proposed", "declined"]


@pytest.mark.parametrize(
    "change",
    ["receiver_id = giver_id", "state = 'lost'", "state = 'confirmed'", "settled_at = now()"],
)
def test_the_database_takes_no_hand_over_that_cannot_be(session: Session, change: str) -> None:
    made = offer(session)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text(f"UPDATE foundation.handover SET {change} WHERE id = {made.id}"))


# Two at once.


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each of some acts comes to when all begin at the same moment: its value, or how it was refused."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        start.wait()
        try:
            return act()
        except (Refused, Forbidden) as refusal:
            return refusal

    with ThreadPoolExecutor(len(acts)) as hands:
        return list(hands.map(run, acts))


def settling(handover: int, verb: str, login: str) -> Callable[[], object]:
    """An act of settling in a transaction of its own."""

    def act() -> object:
        with writing() as session:
            return handovers.settle(session, actor(session, login), handover, verb).state

    return act


def open_grants(session: Session, post: int) -> list[str]:
    """The logins of those who hold a post now, once for each hold."""
    question = text(
        "SELECT p.login FROM foundation.post_grant g JOIN foundation.person p ON p.id = g.person_id"
        " WHERE g.post_id = :post AND g.until_at IS NULL ORDER BY 1"
    )
    return list(session.scalars(question, {"post": post}))


def test_of_two_who_settle_at_the_same_moment_one_wins_and_the_other_is_told(own_demo_address: str) -> None:
    hands = {GIVER: RECEIVER, RECEIVER: GIVER}
    giver = GIVER
    with writing() as session:
        post = desk(session)
    for turn in range(12):
        receiver = hands[giver]
        with writing() as session:
            made = handovers.propose(session, actor(session, giver), post, receiver, "").id
        rival = (("confirm", receiver), ("cancel", giver), ("decline", receiver))[turn % 3]
        results = at_once(settling(made, "confirm", receiver), settling(made, *rival))
        won = [result for result in results if isinstance(result, str)]
        lost = [result for result in results if isinstance(result, Refused)]
        assert (len(won), len(lost)) == (1, 1), results
        assert "办结" in lost[0].message
        giver = receiver if won == ["confirmed"] else giver
        with writing() as session:
            assert open_grants(session, post) == [giver]
            assert session.get_one(Handover, made).state == won[0]
    with writing() as session:
        assert journal.verify(session.connection())[1] is None


def test_of_two_offers_at_the_same_moment_one_stands(own_demo_address: str) -> None:
    def offering(receiver: str) -> Callable[[], object]:
        def act() -> object:
            with writing() as session:
                return offer(session, receiver).state

        return act

    results = at_once(offering(RECEIVER), offering("clerk2"), offering("chief"))
    assert results.count("proposed") == 1
    assert sum(isinstance(result, Refused) for result in results) == 2
    with writing() as session:
        assert len(list(session.scalars(select(Handover.id)))) == 1
