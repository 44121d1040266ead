"""The lifecycle is its table: what it allows can be walked and replayed, what it does not allow is refused by name."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from foundation import clock, journal, lifecycle
from foundation.access.actor import Actor, Grant
from foundation.errors import Forbidden, Malformed, NotFound, Refused
from foundation.lifecycle import Effect, Judge, Process, Step
from foundation.people.roles import ROLES
from placenames.proposals.lifecycle import EDITABLE, OWN, STATES

LOAN = Process(
    subject="loan",
    states={"draft": "草稿", "asked": "已申请", "lent": "已借出", "back": "已归还"},
    start="draft",
    steps=(
        Step("ask", "申请", ("draft",), ("asked",), ("applicant",)),
        Step("lend", "借出", ("asked",), ("lent",), ("section_chief", "clerk")),
        Step("return", "退回", ("asked",), ("draft",), ("clerk",), reason=True),
        Step("remind", "催还", ("lent",), ("lent",), ("clerk",)),
        Step("end", "了结", ("lent", "asked"), ("back", "draft"), ("clerk",), own_case=False),
    ),
    acts={"create": "建立", "note": "批注"},
)
Line = tuple[str, str | None, str | None]
Walk = list[Line]


def grant(role: str, organ: int = 5) -> Grant:
    """A post of a role at an organ, for one division."""
    here = frozenset({1})
    return Grant(
        3, role, ROLES[role], organ, "如皋市民政局", "civil_affairs", 1, 1, "320682", "如皋市", False, here, here
    )


ACTOR = Actor(7, "clerk", "经办甲", 1, "csrf")


class Register:
    """What the engine asks of a session, without a database: it remembers that the row was held, and the lines."""

    def __init__(self, last: tuple[object, str, str] | None = None) -> None:
        self.info: dict[str, Any] = {}
        self.held: list[object] = []
        self.last = last

    def refresh(self, case: object, *, with_for_update: bool) -> None:
        """Note that the row was locked."""
        assert with_for_update
        self.held.append(case)

    def get_nested_transaction(self) -> None:
        """No savepoint."""

    get_transaction = get_nested_transaction

    def execute(self, *_: object) -> Any:
        """The last line about the case."""
        row = SimpleNamespace(**dict(zip(("at", "name", "verb"), self.last, strict=True))) if self.last else None
        return SimpleNamespace(first=lambda: row)

    @property
    def lines(self) -> list[journal.Line]:
        """The lines that the commit would write."""
        return [line for _, line in self.info.get(journal.COLLECTED, ())]


def judge(*roles: str, bar: str = "", missing: tuple[str, ...] = ()) -> Judge:
    """A register that gives these roles, each at an organ of its own."""
    held = {role: grant(role, organ) for organ, role in enumerate(roles, start=10)}
    return Judge(standing=lambda: held, bars=lambda step: bar, missing=lambda step: missing)


def take(
    case: Any, verb: str, judged: Judge, *, on: Register | None = None, reason: str = "", effect: Effect | None = None
) -> Register:
    """Take a step in a case; returns the register that it was taken on."""
    register = on or Register()
    lifecycle.advance(
        cast(Session, register), LOAN, case, verb, ACTOR, judged, reason=reason, effect=lambda grant: effect or Effect()
    )
    return register


def case(state: str = "asked") -> Any:
    """A case in a state."""
    return SimpleNamespace(id=17, state=state)


# The table of the naming case.


def test_every_state_of_the_table_has_its_word_and_every_role_is_one_of_the_house() -> None:
    for step in OWN.steps:
        assert {*step.sources, *step.targets} <= set(STATES), step.verb
        assert all((step.sources, step.targets, step.roles)), step.verb
        assert set(step.roles) <= set(ROLES), step.verb
    assert OWN.start in STATES
    assert set(STATES) >= EDITABLE


def test_every_verb_stands_in_the_table_once_and_has_words() -> None:
    verbs = [step.verb for step in OWN.steps]
    assert len(verbs) == len(set(verbs))
    assert not set(verbs) & set(OWN.acts)
    assert all(OWN.word(verb) != verb for verb in (*verbs, *OWN.acts))


def test_every_state_is_reached_from_the_draft_and_only_the_archive_is_the_end() -> None:
    reached, waiting = {OWN.start}, [OWN.start]
    while waiting:
        for step in OWN.allowed(waiting.pop()):
            waiting += [target for target in step.targets if target not in reached]
            reached |= set(step.targets)
    assert reached == set(STATES)
    assert [state for state in STATES if not OWN.allowed(state)] == ["archived"]


def test_nothing_is_approved_or_refused_but_by_a_decision_in_another_persons_case() -> None:
    deciding = {step.verb for step in OWN.steps if {"approved", "refused"} & set(step.targets) - set(step.sources)}
    assert deciding == {"approve", "refuse", "confirm_decision"}
    assert not any(OWN.step(verb).own_case for verb in deciding)
    assert OWN.step("approve").roles == OWN.step("refuse").roles == ("approver",)


def test_an_announced_name_is_never_reached_without_recommendation() -> None:
    """Take the recommending step out of the table: no way leads to a decision any more."""
    reached, waiting = {OWN.start}, [OWN.start]
    while waiting:
        for step in OWN.allowed(waiting.pop()):
            if step.verb != "recommend":
                # A resumed case goes back to where it was, and it was in no state that is not reached.
                fresh = [t for t in step.targets if t not in reached and step.verb != "resume"]
                reached.update(fresh)
                waiting += fresh
    assert not reached & {"awaiting_approval", "approved", "refused"}


def test_what_is_sent_back_stopped_or_withdrawn_has_a_reason() -> None:
    assert {step.verb for step in OWN.steps if step.reason} == {"return", "refuse", "withdraw", "suspend"}


@pytest.mark.parametrize("state", STATES)
def test_the_table_allows_from_a_state_what_names_it_as_a_source(state: str) -> None:
    allowed = OWN.allowed(state)
    assert allowed == [step for step in OWN.steps if state in step.sources]
    assert {step.verb for step in OWN.steps} - {step.verb for step in allowed} == {
        step.verb for step in OWN.steps if state not in step.sources
    }


def test_a_state_that_nobody_knows_allows_nothing() -> None:
    assert OWN.allowed("blessed") == []


def test_a_step_that_nobody_knows_is_not_found_and_its_name_is_cut() -> None:
    with pytest.raises(NotFound) as told:
        OWN.step("飞" * 500)
    assert len(told.value.message) < 80
    assert told.value.remedy


def test_the_words_of_a_verb_are_those_of_the_button_or_of_the_act() -> None:
    assert (LOAN.word("lend"), LOAN.word("note"), LOAN.word("unheard")) == ("借出", "批注", "unheard")


# Replaying what the journal tells.

PROCESSES = (OWN, LOAN)


@st.composite
def walks(draw: st.DrawFn, process: Process, least: int = 0) -> Walk:
    """Lines of a case that went some way through the table, with acts that change no state between them."""
    state = process.start
    lines: Walk = [("create", None, state)]
    for _ in range(draw(st.integers(least, 12))):
        if draw(st.booleans()):
            lines.append((draw(st.sampled_from(sorted(process.acts))), None, None))
        allowed = process.allowed(state)
        if not allowed:
            break
        step = draw(st.sampled_from(allowed))
        target = draw(st.sampled_from(step.targets))
        lines.append((step.verb, state, target))
        state = target
    return lines


def moves(walk: Walk) -> list[int]:
    """The places of a walk's lines that tell a state."""
    return [place for place, line in enumerate(walk) if line[2] is not None]


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.subject)
@given(data=st.data())
def test_every_walk_along_the_table_replays_to_its_end(process: Process, data: st.DataObject) -> None:
    walk = data.draw(walks(process))
    assert process.replay(walk) == walk[moves(walk)[-1]][2]


def test_a_case_of_which_nothing_is_told_has_no_state() -> None:
    assert OWN.replay([]) is None
    assert OWN.replay([("attach", None, None)]) is None


def permitted(process: Process, walk: Walk) -> bool:
    """Whether the table allows a walk, written down once more and differently: each line joins the one before."""
    told = [line for line in walk if line[2] is not None]
    edges = {(step.verb, one, other) for step in process.steps for one in step.sources for other in step.targets}
    begins = not told or told[0][1:] == (None, process.start)
    joins = all(before[2] == after[1] for before, after in pairwise(told))
    return begins and joins and all(line in edges for line in told[1:])


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.subject)
@given(data=st.data())
def test_a_line_with_another_state_before_does_not_replay(process: Process, data: st.DataObject) -> None:
    walk = data.draw(walks(process, least=1))
    place = data.draw(st.sampled_from(moves(walk)))
    verb, before, after = walk[place]
    other = data.draw(st.sampled_from([state for state in (None, "blessed", *process.states) if state != before]))
    walk[place] = (verb, other, after)
    with pytest.raises(ValueError, match=verb):
        process.replay(walk)


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.subject)
@given(data=st.data())
def test_a_line_that_leads_elsewhere_does_not_replay(process: Process, data: st.DataObject) -> None:
    walk = data.draw(walks(process, least=2))
    place = data.draw(st.sampled_from(moves(walk)))
    verb, before, after = walk[place]
    others = [state for state in ("blessed", *process.states) if state != after]
    walk[place] = (verb, before, data.draw(st.sampled_from(others)))
    if permitted(process, walk):
        # The newest line may have led to the other state as well: the hash tells them apart, not the table.
        assert place == moves(walk)[-1]
    else:
        with pytest.raises(ValueError, match=r"begin|after"):
            process.replay(walk)


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.subject)
@given(data=st.data())
def test_lines_dropped_doubled_or_moved_replay_only_where_the_table_allows_that_very_walk(
    process: Process, data: st.DataObject
) -> None:
    walk = data.draw(walks(process, least=2))
    one, other = (data.draw(st.integers(0, len(walk) - 1)) for _ in range(2))
    how = data.draw(st.sampled_from(["drop", "double", "move", "swap"]))
    forged = walk.copy()
    if how == "swap":
        forged[one], forged[other] = forged[other], forged[one]
    else:
        line = forged[one] if how == "double" else forged.pop(one)
        if how != "drop":
            forged.insert(other, line)
    if permitted(process, forged):
        assert process.replay(forged) == next((line[2] for line in reversed(forged) if line[2] is not None), None)
    else:
        with pytest.raises((ValueError, NotFound)):
            process.replay(forged)


@pytest.mark.parametrize(
    "lines",
    [
        [("create", None, "asked")],
        [("create", "draft", "draft")],
        [("ask", "draft", "asked")],
        [("create", None, "draft"), ("lend", "draft", "lent")],
        [("create", None, "draft"), ("ask", "draft", "lent")],
        [("create", None, "draft"), ("ask", None, "asked")],
        [("create", None, "draft"), ("ask", "draft", "asked"), ("remind", "lent", "lent")],
    ],
    ids=["begins elsewhere", "begins after something", "no beginning", "not from here", "not to there", "does not join",
         "a line is missing"],
)  # fmt: skip
def test_a_line_that_the_table_does_not_allow_raises(lines: Walk) -> None:
    with pytest.raises(ValueError, match=lines[-1][0]):
        LOAN.replay(lines)


def test_a_second_beginning_raises() -> None:
    with pytest.raises((ValueError, NotFound)):
        LOAN.replay([("create", None, "draft"), ("create", None, "draft")])


# Taking a step.


def test_a_step_holds_the_row_changes_the_state_and_leaves_one_line() -> None:
    taken = case()
    register = take(taken, "lend", judge("clerk"), reason=" 急用 ", effect=Effect(told={"until": "明天"}))
    assert (taken.state, register.held) == ("lent", [taken])
    (line,) = register.lines
    assert (line.verb, line.subject_kind, line.subject_id, line.reason) == ("lend", "loan", 17, "急用")
    assert (line.before, line.after) == ({"state": "asked"}, {"state": "lent", "until": "明天"})
    assert line.person == ACTOR.person_id


def test_the_line_names_the_organ_of_the_role_that_the_table_names_first() -> None:
    (line,) = take(case(), "lend", judge("clerk", "section_chief")).lines
    assert line.organ == 11
    (line,) = take(case(), "lend", judge("clerk")).lines
    assert line.organ == 10


def test_an_effect_may_choose_among_the_states_of_the_step_and_no_other() -> None:
    taken = case()
    take(taken, "end", judge("clerk"), effect=Effect(to="draft"))
    assert taken.state == "draft"
    with pytest.raises(ValueError, match="lent"):
        take(fresh := case(), "end", judge("clerk"), effect=Effect(to="lent"))
    assert fresh.state == "asked"


def refused(taken: Any, verb: str, judged: Judge, kind: type[Exception], **told: Any) -> Any:
    """What a step is refused with; fails where the refusal changed anything."""
    before, register = taken.state, told.pop("on", Register())
    with pytest.raises(kind) as refusal:
        take(taken, verb, judged, on=register, **told)
    assert (taken.state, register.lines) == (before, [])
    return refusal.value


def test_a_role_that_the_table_does_not_name_is_turned_away() -> None:
    told = refused(case(), "lend", judge("expert", "applicant"), Forbidden)
    assert "借出" in told.message
    assert told.remedy


def test_who_may_not_is_not_told_where_the_case_stands() -> None:
    told = refused(case("draft"), "lend", judge("expert"), Forbidden)
    assert "草稿" not in told.line()


def test_a_bar_of_the_register_is_told_in_its_words() -> None:
    told = refused(case(), "end", judge("clerk", bar="不能核对自己经办的申请。"), Forbidden)
    assert told.message == "不能核对自己经办的申请。"


def test_a_step_that_is_not_allowed_now_names_the_allowed_ones_and_what_happened() -> None:
    at = clock.now().replace(year=2026, month=3, day=2, hour=9, minute=5, second=7)
    told = refused(case("lent"), "lend", judge("clerk"), Refused, on=Register((at, "经办乙", "lend")))
    assert told.extra == {"state": "lent", "allowed": ["remind", "end"]}
    assert "经办乙已于03月02日 09:05:07办理“借出”" in told.message
    assert "已借出" in told.message
    assert "催还、了结" in told.remedy


def test_a_case_at_its_end_allows_nothing_and_says_so() -> None:
    told = refused(case("back"), "lend", judge("clerk"), Refused)
    assert told.extra["allowed"] == []
    assert "无" in told.remedy


def test_a_guard_that_does_not_hold_says_all_that_is_missing() -> None:
    told = refused(case(), "lend", judge("clerk", missing=("缺少押金", "缺少签名")), Refused)
    assert told.extra == {"missing": ["缺少押金", "缺少签名"]}
    assert "缺少押金、缺少签名" in told.message


@pytest.mark.parametrize("reason", ["", "  \n\u3000"])
def test_a_step_that_needs_a_reason_is_not_taken_without_one(reason: str) -> None:
    told = refused(case(), "return", judge("clerk"), Malformed, reason=reason)
    assert [error.loc for error in told.errors] == ["reason"]


def test_a_reason_has_room_for_two_thousand_characters() -> None:
    (line,) = take(case(), "return", judge("clerk"), reason="理" * 2000).lines
    assert len(line.reason) == 2000
    refused(case(), "return", judge("clerk"), Malformed, reason="理" * 2001)


def test_a_step_that_nobody_knows_changes_nothing() -> None:
    refused(case(), "fly", judge("clerk"), NotFound)


def test_an_effect_that_fails_leaves_the_case_where_it_was() -> None:
    taken, register = case(), Register()

    def broken(held: Grant) -> Effect:
        raise Refused("已经借出。")

    with pytest.raises(Refused):
        lifecycle.advance(cast(Session, register), LOAN, taken, "lend", ACTOR, judge("clerk"), effect=broken)
    assert (taken.state, register.lines) == ("asked", [])


def test_the_right_is_asked_only_once_the_row_is_held() -> None:
    register = Register()

    def standing() -> dict[str, Grant]:
        assert register.held, "the standing was asked before the row was held"
        return {"clerk": grant("clerk")}

    judged = Judge(standing=standing, bars=lambda step: "", missing=lambda step: ())
    take(case(), "lend", judged, on=register)
