"""People are added and given posts; who holds what from when until when is kept for good, each with its line."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from foundation import clock, journal
from foundation.errors import Malformed, NotFound, Refused
from foundation.people import actions, passwords
from foundation.people.models import Organ, Person, Post, PostGrant
from foundation.people.roles import ORGAN_KINDS, READS_CASES, ROLES
from tests.makers import division_id

GOOD = "correct horse battery"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that cost nothing."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    nobody = cheap.hash("nobody")
    monkeypatch.setattr(passwords, "_hasher", lambda: cheap)
    monkeypatch.setattr(passwords, "_nobody", lambda: nobody)


pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture
def person(session: Session) -> Person:
    """Somebody new without a post."""
    return actions.add_person(session, "newcomer", "新人", GOOD)


@pytest.fixture
def post(session: Session) -> Post:
    """A desk at a bureau of its own."""
    here = division_id(session)
    return actions.ensure_post(session, actions.ensure_organ(session, "测试局", "other", here), "clerk", here)


def lines(session: Session, person: Person) -> list[journal.Line]:
    """What the commit will write about a person."""
    return journal.collected(session, "person", person.id)


def grants(session: Session, person: Person) -> list[PostGrant]:
    """Every hold of a post that a person has or had, oldest first."""
    return list(session.scalars(select(PostGrant).filter_by(person_id=person.id).order_by(PostGrant.id)))


def loc(refusal: pytest.ExceptionInfo[Malformed]) -> str:
    """The field that is wrong; there is always something that the person can do."""
    (error,) = refusal.value.errors
    assert error.remedy
    return error.loc


# People.


def test_a_new_person_can_sign_in_and_the_journal_tells_no_password(session: Session, person: Person) -> None:
    assert (person.login, person.name, person.active) == ("newcomer", "新人", True)
    assert passwords.matches(person.password_hash, GOOD)
    (line,) = lines(session, person)
    assert (line.verb, line.after) == ("add", {"login": "newcomer", "name": "新人"})
    assert GOOD not in str(line)
    assert person.password_hash not in str(line)


def test_a_login_is_written_small_and_found_however_it_is_written(session: Session) -> None:
    made = actions.add_person(session, " Wang.San-2 ", " 王三 ", GOOD)
    assert (made.login, made.name) == ("wang.san-2", "王三")
    assert actions.the_person(session, " WANG.SAN-2").id == made.id


@pytest.mark.parametrize(
    "login",
    ["", "a", "1abc", "王三", "wang san", "-abc", "a" * 41, "wang@x", "ab\u202ecd", "ab\ncd", "ａｂｃ"],
    ids=ascii,
)
def test_a_login_that_cannot_be_typed_is_refused(session: Session, login: str) -> None:
    with pytest.raises(Malformed) as refusal:
        actions.add_person(session, login, "王三", GOOD)
    assert loc(refusal) == "login"


@pytest.mark.parametrize("name", ["", " \u3000", "三" * 41])
def test_a_person_has_a_name(session: Session, name: str) -> None:
    with pytest.raises(Malformed) as refusal:
        actions.add_person(session, "newcomer", name, GOOD)
    assert loc(refusal) == "name"


@pytest.mark.parametrize(
    "password",
    ["", "short-one", "a" * 129, "newcomer-2026", "xxNEWCOMERxx", "aaaaaaaaaaaa", "abababababab", "12341234123"],
)
def test_a_password_that_is_easily_guessed_is_refused(session: Session, password: str) -> None:
    with pytest.raises(Malformed) as refusal:
        actions.add_person(session, "newcomer", "新人", password)
    assert loc(refusal) == "password"
    if password:
        assert password not in refusal.value.line()


def test_a_login_that_is_taken_is_refused_however_it_is_written(session: Session, person: Person) -> None:
    with pytest.raises(Refused) as told:
        actions.add_person(session, "NewComer", "别人", GOOD)
    assert "newcomer" in told.value.message


def test_who_is_not_there_is_not_found_with_a_way_on(session: Session) -> None:
    with pytest.raises(NotFound) as told:
        actions.the_person(session, "nobody")
    assert "person add" in told.value.remedy


# Passwords.


def test_a_password_is_hashed_with_argon2id_in_the_strength_of_the_standard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    kept = passwords.hashed(GOOD)
    strength = extract_parameters(kept)
    assert kept.startswith("$argon2id$")
    assert (strength.memory_cost, strength.time_cost) >= (65536, 3)
    assert strength.salt_len >= 16


def test_the_same_password_is_never_kept_the_same_way_twice() -> None:
    assert passwords.hashed(GOOD) != passwords.hashed(GOOD)


def test_only_the_very_password_matches() -> None:
    kept = passwords.hashed(GOOD)
    assert passwords.matches(kept, GOOD)
    for other in (GOOD.upper(), f"{GOOD} ", "", GOOD[:-1]):
        assert not passwords.matches(kept, other)


@pytest.mark.parametrize("kept", [None, "", "plain", "$argon2id$v=19$m=8,t=1,p=1$broken"])
def test_nothing_matches_a_hash_that_is_none(kept: str | None) -> None:
    assert not passwords.matches(kept, GOOD)
    assert not passwords.matches(kept, kept or "")


def test_a_made_password_can_be_read_aloud_and_is_never_made_twice() -> None:
    made = {passwords.made() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        groups = password.split("-")
        assert [len(group) for group in groups] == [4, 4, 4, 4]
        assert not set("".join(groups)) & set("il1o0")
        assert passwords.checked(password, "newcomer") == password


# Organs and posts.


def test_an_organ_is_made_once(session: Session) -> None:
    here = division_id(session)
    one, other = (actions.ensure_organ(session, name, "housing", here) for name in ("测试住建局", " 测试住建局 "))
    assert one.id == other.id
    assert actions.the_organ(session, "测试住建局 ").id == one.id


def test_an_organ_does_not_change_its_kind_or_its_division(session: Session) -> None:
    here, there = division_id(session), division_id(session, "320685")
    actions.ensure_organ(session, "测试住建局", "housing", here)
    for kind, division in (("other", here), ("housing", there)):
        with pytest.raises(Refused):
            actions.ensure_organ(session, "测试住建局", kind, division)


def test_a_kind_of_organ_or_a_role_that_is_none_is_refused_with_those_that_are(session: Session, post: Post) -> None:
    with pytest.raises(Malformed) as refusal:
        actions.ensure_organ(session, "测试住建局", "castle", post.division_id)
    assert loc(refusal) == "organ_kind"
    assert all(kind in refusal.value.errors[0].remedy for kind in ORGAN_KINDS)
    with pytest.raises(Malformed) as refusal:
        actions.ensure_post(session, session.get_one(Organ, post.organ_id), "king", post.division_id)
    assert loc(refusal) == "role"
    assert all(role in refusal.value.errors[0].remedy for role in ROLES)


def test_an_organ_that_is_not_there_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        actions.the_organ(session, "没有的局")


def test_a_post_is_made_once_for_each_title(session: Session, post: Post) -> None:
    organ = session.get_one(Organ, post.organ_id)
    again = actions.ensure_post(session, organ, "clerk", post.division_id)
    second = actions.ensure_post(session, organ, "clerk", post.division_id, "经办人(二)")
    assert (again.id, post.title) == (post.id, "经办人")
    assert second.id != post.id


def test_the_roles_are_those_of_the_contract() -> None:
    contract = "applicant clerk section_chief bureau_leader approver expert inspector caretaker heritage_officer"
    assert set(ROLES) == {*contract.split(), "city_officer", "archivist", "auditor", "administrator"}
    assert set(ROLES) >= READS_CASES
    assert not READS_CASES & {"applicant", "expert", "administrator", "inspector", "caretaker"}


# Who holds a post.


def test_a_post_given_and_taken_leaves_its_period_and_its_lines(session: Session, person: Person, post: Post) -> None:
    begun = actions.give_post(session, person, post, by=1).from_at
    with clock.held(begun + timedelta(days=30)):
        actions.take_post(session, person, post, reason="调离", by=2)
    (held,) = grants(session, person)
    assert (held.from_at, held.until_at) == (begun, begun + timedelta(days=30))
    _, given, taken = lines(session, person)
    facts = {"post": post.id, "role": "clerk", "organ": post.organ_id, "division": post.division_id}
    assert (given.verb, given.after, given.person) == ("grant", facts, 1)
    assert (taken.verb, taken.before, taken.reason, taken.person) == ("revoke", facts, "调离", 2)


def test_a_post_is_not_held_twice_at_once_but_again_later(session: Session, person: Person, post: Post) -> None:
    actions.give_post(session, person, post)
    with pytest.raises(Refused):
        actions.give_post(session, person, post)
    actions.take_post(session, person, post)
    actions.give_post(session, person, post)
    assert [held.until_at is None for held in grants(session, person)] == [False, True]


def test_a_post_that_is_not_held_cannot_be_taken(session: Session, person: Person, post: Post) -> None:
    with pytest.raises(Refused):
        actions.take_post(session, person, post)
    assert [line.verb for line in lines(session, person)] == ["add"]


def test_two_people_may_hold_one_post(session: Session, person: Person, post: Post) -> None:
    other = actions.add_person(session, "other", "另一人", GOOD)
    for somebody in (person, other):
        actions.give_post(session, somebody, post)
    actions.take_post(session, person, post)
    assert [held.until_at for held in grants(session, other)] == [None]


def test_a_stand_in_ends_by_itself_and_may_stand_in_again(session: Session, person: Person, post: Post) -> None:
    until = clock.now() + timedelta(days=7)
    first = actions.give_post(session, person, post, stand_in_until=until)
    assert (first.stand_in, first.until_at) == (True, until)
    assert (lines(session, person)[-1].after or {})["until"] == until.isoformat()
    with clock.held(until - timedelta(seconds=1)), pytest.raises(Refused):
        actions.give_post(session, person, post, stand_in_until=until + timedelta(days=1))
    with clock.held(until):
        with pytest.raises(Refused):
            actions.take_post(session, person, post)
        actions.give_post(session, person, post, stand_in_until=until + timedelta(days=1))
    assert len(grants(session, person)) == 2


def test_a_stand_in_may_be_ended_before_its_time(session: Session, person: Person, post: Post) -> None:
    actions.give_post(session, person, post, stand_in_until=clock.now() + timedelta(days=7))
    actions.take_post(session, person, post)
    (held,) = grants(session, person)
    assert held.until_at is not None
    assert held.until_at <= clock.now()


def test_nobody_stands_in_until_yesterday(session: Session, person: Person, post: Post) -> None:
    for until in (clock.now() - timedelta(days=1), clock.now() - timedelta(microseconds=1)):
        with pytest.raises(Malformed) as refusal:
            actions.give_post(session, person, post, stand_in_until=until)
        assert loc(refusal) == "stand_in_until"
    assert grants(session, person) == []


def test_who_stands_in_may_be_given_the_post_for_good(session: Session, person: Person, post: Post) -> None:
    actions.give_post(session, person, post, stand_in_until=clock.now() + timedelta(days=7))
    assert not actions.give_post(session, person, post).stand_in


@pytest.mark.parametrize(
    "facts",
    [
        {"stand_in": True, "until_at": None},
        {"stand_in": False, "until_at": clock.now() - timedelta(days=365)},
    ],
    ids=["a stand-in for ever", "a period that ends before it begins"],
)
def test_the_database_takes_no_hold_that_cannot_be(
    session: Session, person: Person, post: Post, facts: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(PostGrant(post_id=post.id, person_id=person.id, from_at=clock.now(), **facts))


def test_the_database_takes_no_second_hold_beside_the_first(session: Session, person: Person, post: Post) -> None:
    actions.give_post(session, person, post)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(PostGrant(post_id=post.id, person_id=person.id, stand_in=False, from_at=clock.now()))
