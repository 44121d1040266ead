"""The rules of a naming case without a database: who sees it, who may act, what is missing, when the clocks end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.access.actor import Actor, Grant
from foundation.people.roles import ROLES
from foundation.settings import settings
from placenames.proposals import findings, rules
from placenames.proposals.findings import Hit
from placenames.proposals.lifecycle import EDITABLE, OWN, STATES
from placenames.proposals.rules import Facts

# Divisions: the province, its city with two counties and a district, a city elsewhere.
PROVINCE, CITY, RUGAO, HAIAN, DISTRICT, ELSEWHERE = 1, 10, 11, 12, 13, 20
BELOW = {
    PROVINCE: {PROVINCE, CITY, RUGAO, HAIAN, DISTRICT, ELSEWHERE},
    CITY: {CITY, RUGAO, HAIAN, DISTRICT},
    RUGAO: {RUGAO},
    HAIAN: {HAIAN},
    DISTRICT: {DISTRICT},
    ELSEWHERE: {ELSEWHERE},
}
BUREAU, GOVERNMENT, COMPANY = 100, 200, 300
CASE = Facts(
    id=7, state="draft", handler_division_id=RUGAO, approver_kind="government", approver_division_id=RUGAO,
    organ_id=BUREAU, post_id=1, created_by=1, submitted_by=None, recorded_by=None, outcome=None, secrecy="公开",
    reviewed=False, state_before=None, lacking=(), filing=None, announcement=None, scan=False,
    items=dict.fromkeys(rules.SIX_ITEMS, "有"),
)  # fmt: skip
APPROVED = replace(
    CASE,
    state="approved",
    outcome="approve",
    reviewed=True,
    state_before=None,
    filing="pending",
    announcement="pending",
)


def post(role: str, division: int = RUGAO, *, kind: str = "civil_affairs", organ: int = BUREAU) -> Grant:
    """A post that somebody holds."""
    return Grant(
        post_id=1, role=role, title=ROLES[role], organ_id=organ, organ="某单位", organ_kind=kind,
        organ_division_id=division, division_id=division, division_code="", division="", stand_in=False,
        own=frozenset({division}), covered=frozenset(BELOW[division]),
    )  # fmt: skip


def person(*posts: Grant, number: int = 1) -> Actor:
    """Somebody with posts."""
    return Actor(number, f"person{number}", f"某{number}", 0, "", posts)


def staff(role: str, division: int = RUGAO, number: int = 1) -> Actor:
    """Somebody with one post: at the government where they approve, else at the bureau of civil affairs."""
    if role == "approver":
        return person(post(role, division, kind="government", organ=GOVERNMENT), number=number)
    return person(post(role, division), number=number)


def applicant(organ: int = COMPANY, number: int = 5) -> Actor:
    """Somebody who applies for a unit in 如皋."""
    return person(post("applicant", kind="other", organ=organ), number=number)


def offered(case: Facts, actor: Actor) -> dict[str, dict[str, Any]]:
    """The next steps of somebody, by their verb."""
    return {step["step"]: step for step in rules.next_steps(case, actor)}


@contextmanager
def setting(patch: pytest.MonkeyPatch, **values: str) -> Iterator[None]:
    """Settings as the bureau chose them."""
    with patch.context() as within:
        for name, value in values.items():
            within.setenv(f"DIMING_{name.upper()}", value)
        settings.cache_clear()
        yield
    settings.cache_clear()


# Who sees a case


@pytest.mark.parametrize("role", sorted(ROLES))
@pytest.mark.parametrize("division", sorted(BELOW))
@pytest.mark.parametrize("state", ["draft", "submitted", "archived"])
def test_staff_who_read_cases_see_those_of_their_divisions_and_no_others(role: str, division: int, state: str) -> None:
    reads = {"clerk", "section_chief", "bureau_leader", "city_officer", "archivist", "auditor"}
    case = replace(CASE, state=state, organ_id=COMPANY)
    decides = role == "approver" and division == RUGAO
    assert rules.visible(case, staff(role, division)) is (decides or (role in reads and RUGAO in BELOW[division]))


def test_what_an_applicant_still_writes_nobody_else_sees() -> None:
    writing = replace(CASE, organ_id=COMPANY, post_id=None)
    assert rules.visible(writing, applicant())
    assert not any(rules.visible(writing, staff(role)) for role in ROLES)
    assert not rules.visible(writing, applicant(organ=COMPANY + 1))
    assert all(rules.visible(replace(writing, state=state), staff("clerk")) for state in STATES if state != "draft")


def test_an_applicant_sees_the_cases_of_their_own_unit_alone() -> None:
    case = replace(CASE, organ_id=COMPANY, state="submitted")
    assert rules.visible(case, applicant())
    assert not rules.visible(replace(case, organ_id=COMPANY + 1), applicant())
    assert not rules.visible(replace(case, organ_id=BUREAU), applicant())


def test_somebody_without_a_post_sees_nothing() -> None:
    assert not rules.visible(CASE, person())
    assert rules.standing(CASE, person()) == {}
    assert rules.next_steps(CASE, person()) == []


# Who may act


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"applicant", "approver", "bureau_leader"}))
def test_a_post_acts_at_the_level_that_handles_the_case_and_not_from_above(role: str) -> None:
    assert set(rules.standing(CASE, staff(role, RUGAO))) == {role}
    for division in set(BELOW) - {RUGAO}:
        assert rules.standing(CASE, staff(role, division)) == {}


def test_a_post_at_another_kind_of_organ_does_not_handle_cases() -> None:
    assert rules.standing(CASE, person(post("clerk", kind="government", organ=GOVERNMENT))) == {}
    assert rules.standing(CASE, person(post("approver", kind="civil_affairs"))) == {}
    assert rules.standing(CASE, person(post("approver", kind="housing", organ=GOVERNMENT))) == {}


def test_the_approver_is_the_one_whom_the_route_names() -> None:
    district = replace(CASE, handler_division_id=DISTRICT, approver_division_id=CITY)
    assert set(rules.standing(district, staff("approver", CITY))) == {"approver"}
    assert rules.standing(district, staff("approver", DISTRICT)) == {}
    assert rules.standing(CASE, staff("approver", CITY)) == {}
    assert rules.visible(district, staff("approver", CITY))
    assert not rules.visible(district, staff("approver", DISTRICT))


def test_a_post_acts_for_a_unit_that_went_over_into_its_own() -> None:
    heir = post("clerk", RUGAO)
    assert set(rules.standing(replace(CASE, handler_division_id=99), person(replace(heir, own=frozenset({RUGAO, 99})))))
    assert not rules.standing(
        replace(CASE, handler_division_id=99), person(replace(heir, covered=frozenset({RUGAO, 99})))
    )


def test_an_applicant_acts_in_the_cases_of_their_own_unit() -> None:
    assert set(rules.standing(replace(CASE, organ_id=COMPANY), applicant())) == {"applicant"}
    assert rules.standing(CASE, applicant()) == {}


def test_each_role_that_one_person_holds_counts() -> None:
    both = person(post("clerk"), post("section_chief"), post("clerk", HAIAN))
    held = rules.standing(CASE, both)
    assert set(held) == {"clerk", "section_chief"}
    assert held["clerk"].division_id == RUGAO


def test_the_chief_signs_what_goes_up_unless_the_bureau_wants_its_leader(monkeypatch: pytest.MonkeyPatch) -> None:
    case = replace(CASE, state="in_review", reviewed=True)
    chief, leader = staff("section_chief"), staff("bureau_leader")
    assert offered(case, chief)["recommend"]["possible"]
    assert offered(case, leader) == {}
    with setting(monkeypatch, leader_signs="true"):
        assert not offered(case, chief)["recommend"]["possible"]
        assert offered(case, chief)["recommend"]["bar"] == "本单位规定由局领导签发,科长不能直接呈批。"
        assert offered(case, leader)["recommend"]["possible"]


def test_a_chief_who_leads_another_bureau_does_not_sign_here_as_its_leader(monkeypatch: pytest.MonkeyPatch) -> None:
    case = replace(CASE, state="in_review", reviewed=True)
    elsewhere = person(post("section_chief"), post("bureau_leader", HAIAN))
    with setting(monkeypatch, leader_signs="true"):
        assert not offered(case, elsewhere)["recommend"]["possible"]
        assert offered(case, person(post("section_chief"), post("bureau_leader")))["recommend"]["possible"]


# Whom something bars


@pytest.mark.parametrize("verb", ["approve", "refuse", "confirm_decision"])
@pytest.mark.parametrize("part", ["created_by", "submitted_by"])
def test_nobody_decides_on_what_they_brought_themselves(verb: str, part: str) -> None:
    own, other = person(number=4), person(number=5)
    changed: dict[str, Any] = {part: 4}
    case = replace(CASE, state="awaiting_approval", **changed)
    assert rules.bar(OWN.step(verb), case, own) == "不能批准或核对自己经办的申请。"
    assert rules.bar(OWN.step(verb), case, other) == ""


@pytest.mark.parametrize("verb", ["confirm_decision", "approve", "refuse"])
def test_whoever_registered_the_paper_reply_does_not_decide_by_it(verb: str) -> None:
    case = replace(CASE, state="awaiting_approval", recorded_by=4, outcome="approve")
    assert rules.bar(OWN.step(verb), case, person(number=4))
    assert not rules.bar(OWN.step(verb), case, person(number=5))


def test_everything_else_may_be_done_in_a_case_of_ones_own() -> None:
    own = {step.verb for step in OWN.steps} - {"approve", "refuse", "confirm_decision"}
    case = replace(CASE, created_by=4, submitted_by=4, recorded_by=4)
    assert [verb for verb in sorted(own) if rules.bar(OWN.step(verb), case, person(number=4))] == []


# What is missing


def test_an_application_is_whole_before_it_is_submitted() -> None:
    case = replace(CASE, lacking=("含义", "位置说明"))
    assert rules.missing(OWN.step("submit"), case) == ["缺少含义", "缺少位置说明"]
    assert rules.missing(OWN.step("submit"), CASE) == []


def test_a_name_is_checked_before_it_goes_up_and_a_reply_registered_before_it_is_confirmed() -> None:
    assert rules.missing(OWN.step("recommend"), CASE) == ["还没有查重查音"]
    assert rules.missing(OWN.step("recommend"), replace(CASE, reviewed=True)) == []
    assert rules.missing(OWN.step("confirm_decision"), CASE) == ["批复还没有登记"]
    assert rules.missing(OWN.step("confirm_decision"), replace(CASE, outcome="refuse")) == []


def test_filing_and_announcement_are_done_once_and_in_either_order() -> None:
    file, announce = OWN.step("file"), OWN.step("announce")
    assert rules.missing(file, APPROVED) == rules.missing(announce, APPROVED) == []
    assert rules.missing(file, replace(APPROVED, announcement="issued")) == []
    assert rules.missing(announce, replace(APPROVED, filing="sent")) == []
    assert rules.missing(file, replace(APPROVED, filing="sent")) == ["已经报送过备案"]
    assert rules.missing(announce, replace(APPROVED, announcement="issued")) == ["已经发布过公告"]


@pytest.mark.parametrize(("item", "word"), rules.SIX_ITEMS.items())
def test_an_announcement_says_all_six_things(item: str, word: str) -> None:
    case = replace(APPROVED, items={**APPROVED.items, item: ""})
    assert rules.missing(OWN.step("announce"), case) == [f"公告缺少{word}"]
    lost = {key: value for key, value in APPROVED.items.items() if key != item}
    assert rules.missing(OWN.step("announce"), replace(APPROVED, items=lost)) == [f"公告缺少{word}"]


def test_what_is_not_public_is_never_announced_and_archived_without_it() -> None:
    inside = replace(APPROVED, secrecy="内部", filing="sent", scan=True)
    assert rules.missing(OWN.step("announce"), inside) == ["本件不是公开件,不能公告"]
    assert rules.missing(OWN.step("archive"), inside) == []


def test_an_approved_case_is_archived_when_everything_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    archive = OWN.step("archive")
    assert rules.missing(archive, APPROVED) == ["备案还没有报送", "公告还没有发布", "缺少批文扫描件"]
    done = replace(APPROVED, filing="sent", announcement="issued")
    assert rules.missing(archive, done) == ["缺少批文扫描件"]
    assert rules.missing(archive, replace(done, scan=True)) == []
    with setting(monkeypatch, scan_before_archive="false"):
        assert rules.missing(archive, done) == []


def test_a_refused_case_is_archived_with_its_scan_and_a_withdrawn_one_as_it_is() -> None:
    assert rules.missing(OWN.step("archive"), replace(CASE, state="refused")) == ["缺少批文扫描件"]
    assert rules.missing(OWN.step("archive"), replace(CASE, state="refused", scan=True)) == []
    assert rules.missing(OWN.step("archive"), replace(CASE, state="withdrawn")) == []


# What is offered

ALL_DONE = replace(APPROVED, scan=True)
# Who is offered what: (state, role) → the verbs.
OFFERED = {
    ("draft", "clerk"): {"submit", "withdraw"},
    ("draft", "section_chief"): {"withdraw"},
    ("submitted", "clerk"): {"accept", "return", "withdraw", "suspend"},
    ("submitted", "section_chief"): {"accept", "return", "withdraw", "suspend"},
    ("returned", "clerk"): {"submit", "withdraw", "suspend"},
    ("accepted", "clerk"): {"review", "return", "withdraw", "suspend"},
    ("in_review", "clerk"): {"consult", "return", "withdraw", "suspend"},
    ("in_review", "section_chief"): {"consult", "recommend", "return", "withdraw", "suspend"},
    ("consulting", "clerk"): {"return", "withdraw", "suspend"},
    ("consulting", "section_chief"): {"recommend", "return", "withdraw", "suspend"},
    ("awaiting_approval", "clerk"): {"record_decision", "return", "suspend"},
    ("awaiting_approval", "section_chief"): {"return", "suspend"},
    ("awaiting_approval", "approver"): {"approve", "refuse"},
    ("approved", "clerk"): {"file", "announce", "archive"},
    ("approved", "approver"): set(),
    ("refused", "clerk"): {"archive"},
    ("withdrawn", "section_chief"): {"archive"},
    ("suspended", "clerk"): {"resume", "withdraw"},
    ("archived", "clerk"): set(),
    ("archived", "approver"): set(),
}


@pytest.mark.parametrize(("state", "role"), OFFERED)
def test_a_person_is_offered_the_steps_of_their_post(state: str, role: str) -> None:
    assert set(offered(replace(ALL_DONE, state=state, outcome=None), staff(role, number=9))) == OFFERED[state, role]


def test_an_applicant_is_offered_to_submit_and_nothing_else() -> None:
    for state in STATES:
        case = replace(CASE, organ_id=COMPANY, state=state)
        assert set(offered(case, applicant())) == ({"submit"} if state in EDITABLE else set())


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"clerk", "section_chief", "approver", "applicant"}))
def test_the_other_roles_are_offered_nothing(role: str) -> None:
    assert [state for state in STATES if offered(replace(ALL_DONE, state=state), staff(role))] == []


def test_a_registered_reply_is_offered_to_another_for_confirmation() -> None:
    case = replace(CASE, state="awaiting_approval", outcome="approve", created_by=1, recorded_by=2)
    assert offered(case, staff("clerk", number=3))["confirm_decision"]["possible"]
    assert offered(case, staff("clerk", number=2))["confirm_decision"]["bar"] == "登记批复的人不能自己核对。"
    assert offered(case, staff("clerk", number=1))["confirm_decision"]["bar"] == "不能批准或核对自己经办的申请。"
    assert "confirm_decision" not in offered(replace(case, outcome=None), staff("clerk", number=3))


def test_what_is_done_is_not_offered_again() -> None:
    clerk = staff("clerk", number=9)
    assert set(offered(replace(ALL_DONE, filing="sent"), clerk)) == {"announce", "archive"}
    assert set(offered(replace(ALL_DONE, announcement="issued"), clerk)) == {"file", "archive"}
    assert set(offered(replace(ALL_DONE, filing="sent", announcement="issued"), clerk)) == {"archive"}


def test_a_step_tells_what_is_in_the_way_and_what_it_asks_for() -> None:
    submit = offered(replace(CASE, lacking=("含义",)), staff("clerk"))["submit"]
    assert (submit["label"], submit["to"], submit["missing"], submit["possible"]) == (
        "提交申请", ["submitted"], ["缺少含义"], False,
    )  # fmt: skip
    back = offered(replace(CASE, state="submitted"), staff("clerk"))["return"]
    assert back["label"] == "退回补正(一次性告知)"
    assert back["reason_needed"]
    asked = {verb: rules.needs(verb) for verb in (step.verb for step in OWN.steps)}
    assert {verb: fields for verb, fields in asked.items() if fields} == {
        "approve": ["instrument"], "refuse": ["instrument"], "record_decision": ["outcome", "instrument"],
        "file": ["sent"], "announce": ["channels"],
    }  # fmt: skip


def test_a_case_waits_for_whoever_can_take_it_forward() -> None:
    chief, clerk = staff("section_chief", number=9), staff("clerk", number=9)
    review = replace(CASE, state="in_review", reviewed=True)
    assert rules.waits_for(review, chief)
    assert not rules.waits_for(replace(CASE, state="consulting", reviewed=True), clerk)
    assert not rules.waits_for(replace(CASE, state="awaiting_approval"), chief)
    assert rules.waits_for(replace(CASE, state="awaiting_approval"), staff("approver", number=9))
    assert not rules.waits_for(replace(CASE, lacking=("含义",)), clerk)
    assert not rules.waits_for(replace(CASE, state="archived"), clerk)


@given(
    st.sampled_from(sorted(STATES)), st.sampled_from(sorted(ROLES)), st.sampled_from(sorted(BELOW)),
    st.booleans(), st.sampled_from([None, "pending", "sent"]), st.sampled_from([None, "approve", "refuse"]),
)  # fmt: skip
def test_nothing_is_offered_that_the_table_does_not_allow_to_that_role(
    state: str, role: str, division: int, reviewed: bool, filing: str | None, outcome: str | None
) -> None:
    case = replace(CASE, state=state, reviewed=reviewed, filing=filing, outcome=outcome)
    someone = staff(role, division, number=9)
    for step in rules.next_steps(case, someone):
        row = OWN.step(step["step"])
        assert state in row.sources
        assert role in row.roles
        assert rules.visible(case, someone)
        assert step["possible"] is (not step["missing"] and not step["bar"])


# Clocks


@pytest.mark.parametrize(
    ("approved", "due"),
    [("2026-03-02", "2026-03-17"), ("2026-02-20", "2026-03-07"), ("2024-02-20", "2024-03-06"),
     ("2025-12-31", "2026-01-15")],
)  # fmt: skip
def test_fifteen_calendar_days_are_counted_from_the_day_after_approval(approved: str, due: str) -> None:
    assert rules.due(date.fromisoformat(approved)) == date.fromisoformat(due)


DUE = date(2026, 3, 17)


@pytest.mark.parametrize(
    ("today", "finished", "state", "left", "words"),
    [
        ("2026-03-02", None, "running", 15, "距备案期限还剩15天"),
        ("2026-03-16", None, "running", 1, "距备案期限还剩1天"),
        ("2026-03-17", None, "running", 0, "距备案期限还剩0天"),
        ("2026-03-18", None, "overdue", -1, "备案已逾期1天"),
        ("2026-04-30", None, "overdue", -44, "备案已逾期44天"),
        ("2026-04-30", "2026-03-17", "done", 0, "备案已办结"),
        ("2026-04-30", "2026-03-20", "done", -3, "备案已办结,逾期3天"),
    ],
)
def test_a_clock_says_in_words_how_it_stands(
    today: str, finished: str | None, state: str, left: int, words: str
) -> None:
    ended = date.fromisoformat(finished) if finished else None
    assert rules.clock("filing", "备案", DUE, ended, date.fromisoformat(today)) == {
        "clock": "filing", "label": "备案", "due": "2026-03-17", "state": state, "days_left": left, "words": words,
    }  # fmt: skip


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(-400, 400))
def test_a_clock_is_overdue_from_the_sixteenth_day(approved: date, days: int) -> None:
    told = rules.clock("filing", "备案", rules.due(approved), None, approved + timedelta(days=days))
    assert (told["state"] == "overdue") is (days > 15)
    assert told["days_left"] == 15 - days


# Positions and names that are alike


def test_a_position_may_reach_a_little_beyond_its_division(monkeypatch: pytest.MonkeyPatch) -> None:
    assert findings.outside(0, False, "如皋市") is None
    assert findings.outside(100, False, "如皋市") is None
    partly = findings.outside(101, False, "如皋市")
    assert partly is not None
    assert partly.msg == "画的位置有一段在如皋市界外(最远约 101 米)"
    assert "请改画到界内" in partly.remedy
    wholly = findings.outside(12_340, True, "如皋市")
    assert wholly is not None
    assert wholly.msg == "画的位置不在如皋市境内(最远处在界外约 12.3 公里)"
    assert wholly.remedy == "请核对所选政区和位置"
    with setting(monkeypatch, position_tolerance_m="0"):
        assert findings.outside(0, False, "如皋市") is None
        assert findings.outside(1, False, "如皋市") is not None


def test_a_name_that_is_alike_is_a_warning_with_its_evidence() -> None:
    hits = [
        Hit("place", "17", "龙津东街", "Lóngjīn Dōngjiē", "街路巷", "standard", True, 850.0),
        Hit("case", "3", "隆津东街", "Lóngjīn Dōngjiē", "街路巷", "submitted", False, None),
    ]
    same, sounding = findings.on_name("龙津东街", "如皋市", hits)
    assert (same["rule"], same["severity"], same["evidence"]["metres"]) == ("duplicate", "warning", 850.0)
    assert same["message"] == "地名库中已有同名的街路巷“龙津东街”(如皋市范围内,相距约 850 米;建成区未录入)"
    assert (sounding["rule"], sounding["evidence"]["source"], sounding["evidence"]["id"]) == ("homophone", "case", "3")
    assert sounding["message"] == "在办申请中有同音的街路巷“隆津东街”(如皋市范围内;建成区未录入)"
    assert findings.on_name("龙津东街", "如皋市", []) == []
