"""Two people at one case at the same moment, with real commits: one wins, the other is told who did what."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from api.app import create_app
from foundation import clock, journal
from foundation.access.actor import Actor
from foundation.access.models import SignIn
from foundation.access.queries import digest
from foundation.errors import Refused
from foundation.files.models import Instrument
from placenames.proposals import actions
from placenames.proposals.lifecycle import OWN
from placenames.proposals.models import Proposal
from placenames.proposals.schemas import ProposalChange
from processes.edge import writing
from tests.cases import GOVERNMENT, actor, at, instrument, newcomer, open_case, take
from tests.makers import RUGAO

ROUNDS = 20
MANY_ROUNDS = 200


@dataclass(frozen=True)
class Race:
    """Two people with a step each, from a state in which both steps are open, and each closes the other."""

    state: str
    one: tuple[str, str]
    other: tuple[str, str]
    first: tuple[tuple[str, str], ...] = ()


RACES = (
    Race("draft", ("clerk", "submit"), ("clerk2", "submit")),
    Race("submitted", ("clerk", "accept"), ("clerk2", "accept")),
    Race("returned", ("clerk", "submit"), ("clerk2", "submit")),
    Race("accepted", ("clerk", "review"), ("clerk2", "review")),
    Race("accepted", ("clerk", "suspend"), ("chief", "suspend")),
    Race("in_review", ("chief", "recommend"), ("clerk2", "withdraw")),
    Race("in_review", ("clerk", "consult"), ("clerk2", "consult")),
    Race("consulting", ("chief", "recommend"), ("clerk", "withdraw")),
    Race("awaiting_approval", ("approver", "approve"), ("approver2", "refuse")),
    Race("awaiting_approval", ("approver", "approve"), ("chief", "suspend")),
    Race("awaiting_approval", ("approver", "approve"), ("clerk2", "confirm_decision"), (("clerk", "record_decision"),)),
    Race("awaiting_approval", ("chief", "confirm_decision"), ("clerk2", "confirm_decision"),
         (("clerk", "record_decision"),)),
    Race("suspended", ("clerk", "resume"), ("chief", "resume")),
    Race("withdrawn", ("clerk", "archive"), ("chief", "archive")),
)  # fmt: skip
# Steps that leave the state as it is: there too the second is told what the first did.
IN_PLACE = (
    Race("approved", ("clerk", "file"), ("clerk2", "file")),
    Race("approved", ("clerk", "announce"), ("chief", "announce")),
    Race("awaiting_approval", ("clerk", "record_decision"), ("clerk2", "record_decision")),
)


@pytest.fixture
def cast(own_demo_address: str) -> dict[str, Actor]:
    """The people of 如皋, with one more approver, over a register of this test's own."""
    with writing() as session:
        second = newcomer(session, "approver2", ("approver", GOVERNMENT, "government", RUGAO))
        others = ("clerk", "clerk2", "chief", "approver")
        return {"approver2": second} | {login: actor(session, login) for login in others}


def at_once(*acts: Callable[[Session], object]) -> list[Refused | None]:
    """What became of acts whose transactions were open side by side: None, or the refusal."""
    together = Barrier(len(acts), timeout=20)

    def alone(act: Callable[[Session], object]) -> Refused | None:
        try:
            with writing() as session:
                session.execute(text("SELECT 1"))
                together.wait()
                act(session)
        except Refused as refused:
            return refused
        return None

    with ThreadPoolExecutor(len(acts)) as people:
        return list(people.map(alone, acts))


def run(race: Race, cast: dict[str, Actor]) -> None:
    """One round: exactly one wins, the other is told who did what, and the journal knows of one alone."""
    with writing() as session:
        case = at(session, race.state)
        for login, step in race.first:
            take(session, cast[login], case, step)
        session.flush()
        version = case.version
    sides = (race.one, race.other)
    told = at_once(*(_step(cast[login], case, step) for login, step in sides))
    assert sorted(refused is None for refused in told) == [False, True], f"{race}: {told}"
    (winner, verb), (lost,) = next(s for s, t in zip(sides, told, strict=True) if t is None), [t for t in told if t]
    assert cast[winner].name in lost.message, f"{race}: {lost.message}"
    assert f"“{OWN.word(verb)}”" in lost.message, f"{race}: {lost.message}"
    assert lost.remedy
    with writing() as session:
        state, now = session.execute(
            text("SELECT state, version FROM placenames.proposal WHERE id = :id"), {"id": case.id}
        ).one()
        lines = session.execute(
            text("SELECT verb, before ->> 'state', after ->> 'state' FROM foundation.journal"
                 " WHERE subject_kind = 'proposal' AND subject_id = :id ORDER BY seq"),
            {"id": case.id},
        ).all()  # fmt: skip
    assert state in OWN.step(verb).targets
    assert now == version + 1
    assert lines[-1][0] == verb
    assert OWN.replay([tuple(line) for line in lines]) == state


def _step(by: Actor, case: Proposal, step: str) -> Callable[[Session], object]:
    return lambda session: take(session, by, case, step)


def rounds(races: tuple[Race, ...], many: int, cast: dict[str, Actor]) -> None:
    """So many rounds, each with a case of its own, one kind of race after the other."""
    began = time.monotonic()
    for number in range(many):
        run(races[number % len(races)], cast)
    print(f"\n{many} rounds, {time.monotonic() - began:.1f} s")
    with writing() as session:
        assert journal.verify(session.connection())[1] is None


def test_of_two_steps_at_the_same_moment_one_wins_and_the_other_is_told(cast: dict[str, Actor]) -> None:
    rounds(RACES, ROUNDS, cast)


@pytest.mark.slow
def test_of_two_steps_at_the_same_moment_one_wins_in_two_hundred_rounds(cast: dict[str, Actor]) -> None:
    rounds(RACES, MANY_ROUNDS, cast)


@pytest.mark.parametrize("race", IN_PLACE, ids=lambda race: race.one[1])
def test_a_step_that_leaves_the_state_as_it_is_is_won_by_one_too(race: Race, cast: dict[str, Actor]) -> None:
    rounds((race,), 3, cast)


def test_ten_people_who_accept_one_case_at_once_accept_it_once(cast: dict[str, Actor]) -> None:
    with writing() as session:
        case = at(session, "submitted")
    told = at_once(*(_step(cast[login], case, "accept") for login in ("clerk", "clerk2", "chief", "clerk", "chief")))
    assert len([refused for refused in told if refused is None]) == 1


def test_of_two_changes_of_the_same_version_one_is_kept_and_the_other_told(cast: dict[str, Actor]) -> None:
    for number in range(5):
        with writing() as session:
            case = open_case(session, cast["clerk"])

        def change(login: str, case: Proposal = case) -> Callable[[Session], object]:
            given = ProposalChange(version=case.version, meaning=f"{login}所写")
            return lambda session: actions.change(session, cast[login], str(case.id), given)

        logins = ("clerk", "clerk2") if number % 2 else ("clerk2", "clerk")
        told = at_once(*(change(login) for login in logins))
        winner = logins[told.index(None)]
        (lost,) = [refused for refused in told if refused]
        assert cast[winner].name in lost.message
        assert "“修改内容”" in lost.message
        assert lost.extra["version"] == 2
        with writing() as session:
            kept = session.get_one(Proposal, case.id)
            assert (kept.meaning, kept.version) == (f"{winner}所写", 2)


def test_one_reply_for_two_names_that_are_approved_at_once_is_registered_once(cast: dict[str, Actor]) -> None:
    for number in range(3):
        with writing() as session:
            cases = [at(session, "awaiting_approval", name=f"{name}街") for name in ("龙津", "凤仪")]
        reply = instrument(f"皋政复〔2026〕同{number}号")
        told = at_once(
            *(_approve(cast[login], case, reply) for login, case in zip(("approver", "approver2"), cases, strict=True))
        )
        assert told == [None, None]
        with writing() as session:
            (registered,) = session.scalars(select(Instrument).filter_by(number=reply["number"])).all()
            found = [session.get_one(Proposal, case.id) for case in cases]
            assert [(case.state, case.instrument_id) for case in found] == [("approved", registered.id)] * 2


def test_one_number_with_two_dates_is_registered_once_and_the_other_approval_told(cast: dict[str, Actor]) -> None:
    for number in range(3):
        with writing() as session:
            cases = [at(session, "awaiting_approval", name=f"{name}街") for name in ("龙津", "凤仪")]
        days = [clock.today() - timedelta(days=days) for days in (3, 4)]
        replies = [instrument(f"皋政复〔2026〕异{number}号", day) for day in days]
        told = at_once(*(_approve(cast["approver"], *each) for each in zip(cases, replies, strict=True)))
        (lost,) = [refused for refused in told if refused]
        won = told.index(None)
        assert f"已经登记过,成文日期是 {days[won]}" in lost.message
        with writing() as session:
            found = [session.get_one(Proposal, case.id).state for case in cases]
            assert found[won] == "approved"
            assert found[1 - won] == "awaiting_approval"
            assert session.scalars(select(Instrument.dated).filter_by(number=replies[0]["number"])).all() == [days[won]]


def _approve(by: Actor, case: Proposal, reply: dict[str, Any]) -> Callable[[Session], object]:
    return lambda session: take(session, by, case, "approve", instrument=reply)


def test_over_http_the_second_gets_409_with_the_name_of_the_first(cast: dict[str, Actor]) -> None:
    now = clock.now()
    with writing() as session:
        for login in ("clerk", "clerk2"):
            session.add(
                SignIn(person_id=cast[login].person_id, cookie_digest=digest(f"{login} cookie"),
                       token_digest=digest(f"{login} token"), csrf="", address="", at=now,
                       expires_at=now + timedelta(hours=1))
            )  # fmt: skip
    with TestClient(create_app()) as client:
        for _ in range(5):
            with writing() as session:
                case = at(session, "submitted")

            together = Barrier(2, timeout=20)

            def accept(login: str, case: Proposal = case, together: Barrier = together) -> Any:
                together.wait()
                return client.post(
                    f"/api/proposals/{case.id}/steps/accept", json={},
                    headers={"Authorization": f"Bearer {login} token"},
                )  # fmt: skip

            with ThreadPoolExecutor(2) as people:
                answers = dict(zip(("clerk", "clerk2"), people.map(accept, ("clerk", "clerk2")), strict=True))
            assert sorted(answer.status_code for answer in answers.values()) == [200, 409]
            (winner,) = (login for login, answer in answers.items() if answer.status_code == 200)
            (lost,) = (answer.json() for answer in answers.values() if answer.status_code == 409)
            assert f"{cast[winner].name}已于" in lost["detail"]
            assert "办理“受理”,目前是“已受理”" in lost["detail"]
            assert lost["state"] == "accepted"
            assert lost["allowed"] == ["return", "review", "withdraw", "suspend"]
