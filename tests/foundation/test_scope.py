"""A post reaches its division and what lies below it, through every change of the divisions; for as long as held."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from boundaries.divisions.models import Division, DivisionChange, DivisionLineage, DivisionVersion
from foundation import clock
from foundation.access import queries
from foundation.access.actor import Actor, Grant
from foundation.database import SessionReader
from foundation.people import actions
from foundation.people.models import Person, Post
from foundation.people.roles import READS_CASES, ROLES
from placenames.proposals import rules
from tests.makers import division_id

_CODE = count(990_001)
DAY = date(2020, 1, 1)


def unit(
    session: Session, name: str, parent: int | None = None, *, until: date | None = None, since: date = date(1990, 1, 1)
) -> int:
    """A county of its own; returns its permanent id."""
    division = Division()
    session.add(division)
    session.flush()
    record(session, division.id, name, parent, until=until, since=since)
    return division.id


def record(
    session: Session,
    division: int,
    name: str,
    parent: int | None = None,
    *,
    until: date | None = None,
    since: date = date(1990, 1, 1),
) -> None:
    """What a unit was for a time."""
    session.add(
        DivisionVersion(
            division_id=division, code=str(next(_CODE)), code_system="GB/T 2260", name=name, level="county",
            type="县", parent_id=parent, valid_from=since, from_precision="day", valid_to=until,
            to_precision="day" if until else None, source="测试", note="",
        )
    )  # fmt: skip
    session.flush()


def went_over(session: Session, source: int, target: int, relation: str, day: date = DAY) -> None:
    """A strand: the record of `source` that ended on a day went over into the one of `target` that held then."""
    change = DivisionChange(date=day, date_precision="day", kind="测试", instrument="", source="测试", note="")
    session.add(change)
    session.flush()
    of = select(DivisionVersion.id)
    ended = session.scalars(of.filter_by(division_id=source).where(DivisionVersion.valid_from <= day)
                            .order_by(DivisionVersion.valid_from.desc())).first()  # fmt: skip
    begun = session.scalars(of.filter_by(division_id=target).where(
        (DivisionVersion.valid_to.is_(None)) | (DivisionVersion.valid_to > day)
    ).order_by(DivisionVersion.valid_from.desc())).first()  # fmt: skip
    session.add(DivisionLineage(from_version_id=ended, to_version_id=begun, change_id=change.id, relation=relation))
    session.flush()


@pytest.fixture
def person(session: Session) -> Person:
    """Somebody without a post."""
    made = Person(login="nobody-yet", name="新人", password_hash="", active=True, created_at=clock.now())
    session.add(made)
    session.flush()
    return made


def desk(session: Session, division: int, role: str = "clerk", kind: str = "civil_affairs") -> Post:
    """A post of a bureau for a division."""
    organ = actions.ensure_organ(session, f"测试{kind}{division}", kind, division)
    return actions.ensure_post(session, organ, role, division)


def held(session: Session, person: Person) -> tuple[Grant, ...]:
    """The posts that a person holds now."""
    return queries.grants(SessionReader(session), person.id)


@pytest.fixture
def reach(session: Session, person: Person) -> Callable[..., Grant]:
    """Gives the person a post for a division and tells what it reaches."""

    def given(division: int, role: str = "clerk", kind: str = "civil_affairs") -> Grant:
        actions.give_post(session, person, desk(session, division, role, kind))
        (grant,) = held(session, person)
        return grant

    return given


Reach = Callable[..., Grant]


def test_a_post_reads_what_lies_below_and_acts_for_its_own_division_alone(session: Session, reach: Reach) -> None:
    city = unit(session, "城市")
    county, other = unit(session, "甲县", city), unit(session, "乙县", city)
    town = unit(session, "丙镇", county)
    beside = unit(session, "丁县")
    grant = reach(city)
    assert grant.own == {city}
    assert grant.covered == {city, county, other, town}
    assert beside not in grant.covered


def test_a_post_reads_nothing_above_it_and_nothing_beside_it(session: Session, reach: Reach) -> None:
    city = unit(session, "城市")
    county, other = unit(session, "甲县", city), unit(session, "乙县", city)
    grant = reach(county)
    assert grant.own == grant.covered == {county}
    assert not grant.covered & {city, other}


def test_a_unit_that_ended_and_went_whole_into_the_division_is_the_posts_now(session: Session, reach: Reach) -> None:
    ended, heir = unit(session, "旧县", until=DAY), unit(session, "新区")
    went_over(session, ended, heir, "merged")
    assert reach(heir).own == {heir, ended}


def test_units_that_became_one_after_another_are_followed_to_the_first(session: Session, reach: Reach) -> None:
    first = unit(session, "甲", until=date(2000, 1, 1))
    second = unit(session, "乙", until=date(2010, 1, 1))
    third = unit(session, "丙", until=DAY)
    last = unit(session, "丁")
    went_over(session, first, second, "merged", date(2000, 1, 1))
    went_over(session, second, third, "continued", date(2010, 1, 1))
    went_over(session, third, last, "merged")
    grant = reach(last)
    assert grant.own == grant.covered == {first, second, third, last}


def test_a_unit_that_changed_its_name_and_code_stays_the_same_one(session: Session, reach: Reach) -> None:
    county = unit(session, "旧名县", until=DAY)
    record(session, county, "新名市", since=DAY)
    went_over(session, county, county, "continued")
    grant = reach(county)
    assert grant.own == grant.covered == {county}
    assert grant.division == "新名市"


def test_a_unit_divided_among_several_belongs_to_none_of_them(session: Session, reach: Reach) -> None:
    ended, one, other = unit(session, "旧市", until=DAY), unit(session, "甲区"), unit(session, "乙区")
    for heir in (one, other):
        went_over(session, ended, heir, "split")
    assert reach(one).covered == {one}


def test_a_unit_that_ceded_a_part_keeps_what_is_its_own(session: Session, reach: Reach) -> None:
    giver, taker = unit(session, "甲县", until=DAY), unit(session, "乙县")
    record(session, giver, "甲县", since=DAY)
    went_over(session, giver, taker, "part")
    assert reach(taker).covered == {taker}


def test_a_unit_that_was_merged_and_set_up_again_is_its_own_again(session: Session, reach: Reach) -> None:
    lasting = unit(session, "甲县")
    restored = unit(session, "乙县", until=date(2000, 1, 1))
    went_over(session, restored, lasting, "merged", date(2000, 1, 1))
    record(session, restored, "乙县", since=date(2005, 1, 1))
    assert reach(lasting).covered == {lasting}


def test_what_lay_below_an_ended_unit_stays_readable_unless_it_lives_on_elsewhere(
    session: Session, reach: Reach
) -> None:
    ended, heir, neighbour = unit(session, "旧县", until=DAY), unit(session, "新区"), unit(session, "邻县")
    went_over(session, ended, heir, "merged")
    gone = unit(session, "撤销镇", ended, until=DAY)
    moved = unit(session, "划走镇", ended, until=DAY)
    record(session, moved, "划走镇", neighbour, since=DAY)
    grant = reach(heir)
    assert grant.covered == {heir, ended, gone}
    assert grant.own == {heir, ended}


def test_a_county_that_came_under_another_city_is_read_there_and_not_here(session: Session, person: Person) -> None:
    before, after = unit(session, "旧市"), unit(session, "新市")
    county = unit(session, "甲县", before, until=DAY)
    record(session, county, "甲县", after, since=DAY)
    for city in (before, after):
        actions.give_post(session, person, desk(session, city))
    assert [grant.covered for grant in held(session, person)] == [{before}, {after, county}]


def test_a_post_of_a_unit_that_ended_keeps_what_was_its_own_and_no_more(session: Session, reach: Reach) -> None:
    ended, heir = unit(session, "旧县", until=DAY), unit(session, "新区")
    went_over(session, ended, heir, "merged")
    grant = reach(ended)
    assert grant.covered == {ended}
    assert grant.division == "旧县"


def test_two_units_that_each_went_into_the_other_at_some_time_do_not_turn_in_circles(
    session: Session, reach: Reach
) -> None:
    one = unit(session, "甲", until=date(2000, 1, 1))
    other = unit(session, "乙", until=DAY)
    went_over(session, one, other, "merged", date(2000, 1, 1))
    record(session, one, "甲", since=date(2005, 1, 1), until=date(2025, 1, 1))
    went_over(session, other, one, "merged")
    assert reach(one).own == {one, other}


def test_the_district_of_today_owns_the_two_that_it_was_made_of(session: Session, reach: Reach) -> None:
    """崇川区 and 港闸区 became one in 2020 (苏政发〔2020〕60号)."""
    grant = reach(division_id(session, "320613"))
    of = select(DivisionVersion.code).where(DivisionVersion.division_id.in_(grant.own)).distinct()
    assert set(session.scalars(of)) == {"320602", "320611", "320613"}


def test_the_city_reads_its_counties_and_the_province_everything_of_today(session: Session, person: Person) -> None:
    for code, role in (("320600", "city_officer"), ("320000", "auditor")):
        actions.give_post(session, person, desk(session, division_id(session, code), role))
    city, province = held(session, person)
    rugao, haian, taixing = (division_id(session, code) for code in ("320682", "320685", "321283"))
    assert {rugao, haian} < city.covered
    assert taixing not in city.covered
    assert not {rugao, haian} & city.own
    current = select(DivisionVersion.division_id).where(DivisionVersion.valid_to.is_(None))
    assert set(session.scalars(current)) <= province.covered


# For how long.


def test_who_has_no_post_has_no_grant(session: Session, person: Person) -> None:
    assert held(session, person) == ()


def test_a_post_that_was_taken_away_reaches_nothing_from_that_moment(session: Session, person: Person) -> None:
    post = desk(session, division_id(session))
    with clock.held(clock.now() - timedelta(days=2)):
        actions.give_post(session, person, post)
    with clock.held(clock.now() - timedelta(days=1)):
        assert len(held(session, person)) == 1
        actions.take_post(session, person, post)
        assert held(session, person) == ()
    assert held(session, person) == ()


def test_a_stand_in_ends_with_its_last_moment(session: Session, person: Person) -> None:
    begin = clock.now()
    end = begin + timedelta(days=7)
    with clock.held(begin):
        actions.give_post(session, person, desk(session, division_id(session)), stand_in_until=end)
    for at, there in (
        (begin - timedelta(seconds=1), False),
        (begin, True),
        (end - timedelta(microseconds=1), True),
        (end, False),
        (end + timedelta(days=365), False),
    ):
        with clock.held(at):
            assert bool(held(session, person)) is there, at


def test_a_stand_in_does_not_outlive_the_post_of_ones_own(session: Session, person: Person) -> None:
    own, lent = (desk(session, division_id(session, code)) for code in ("320682", "320685"))
    actions.give_post(session, person, lent, stand_in_until=clock.now() + timedelta(days=7))
    actions.give_post(session, person, own)
    assert [(grant.post_id, grant.stand_in) for grant in held(session, person)] == [(own.id, False), (lent.id, True)]
    with clock.held(clock.now() + timedelta(days=8)):
        assert [grant.post_id for grant in held(session, person)] == [own.id]


def test_each_post_tells_its_organ_and_its_division_in_words(session: Session, reach: Reach) -> None:
    grant = reach(division_id(session), "section_chief")
    assert (grant.role, grant.title, grant.organ_kind) == ("section_chief", "科长", "civil_affairs")
    assert (grant.division_code, grant.division) == ("320682", "如皋市")


# At which level.


def case(session: Session, **changes: object) -> rules.Facts:
    """A case of 如皋 that waits for the county government's decision."""
    here = division_id(session)
    facts: dict[str, object] = {
        "id": 1, "state": "awaiting_approval", "handler_division_id": here, "approver_kind": "government",
        "approver_division_id": here, "organ_id": 0, "post_id": 1, "created_by": 0, "submitted_by": 0,
        "recorded_by": None, "outcome": None, "secrecy": "公开", "reviewed": True, "state_before": None, "lacking": (),
        "filing": None,
        "announcement": None, "scan": False, "items": {},
    }  # fmt: skip
    return rules.Facts(**facts | changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("role", "kind", "code", "sees", "acts"),
    [
        ("clerk", "civil_affairs", "320682", True, True),
        ("section_chief", "civil_affairs", "320682", True, True),
        ("approver", "government", "320682", True, True),
        ("approver", "housing", "320682", False, False),
        ("clerk", "housing", "320682", False, False),
        ("clerk", "civil_affairs", "320600", True, False),
        ("section_chief", "civil_affairs", "320600", True, False),
        ("approver", "government", "320600", False, False),
        ("city_officer", "civil_affairs", "320600", True, False),
        ("auditor", "other", "320000", True, False),
        ("clerk", "civil_affairs", "320685", False, False),
        ("approver", "government", "320685", False, False),
        ("auditor", "other", "321283", False, False),
    ],
)
def test_the_level_that_handles_a_case_acts_on_it_and_the_level_above_reads(
    session: Session, person: Person, reach: Reach, role: str, kind: str, code: str, sees: bool, acts: bool
) -> None:
    grant = reach(division_id(session, code), role, kind)
    actor = Actor(person.id, person.login, person.name, 0, "", (grant,))
    assert rules.visible(case(session), actor) is sees
    assert (role in rules.standing(case(session), actor)) is acts
    assert (actor.holding(role, division_id(session)) is not None) is (code == "320682")


@pytest.mark.parametrize("role", sorted(set(ROLES) - READS_CASES))
def test_who_has_no_business_with_cases_does_not_see_them(
    session: Session, person: Person, reach: Reach, role: str
) -> None:
    actor = Actor(person.id, person.login, person.name, 0, "", (reach(division_id(session), role),))
    assert not rules.visible(case(session), actor)


def test_a_case_of_a_unit_that_ended_is_handled_by_the_one_that_it_went_into(
    session: Session, person: Person, reach: Reach
) -> None:
    ended, heir = unit(session, "旧县", until=DAY), unit(session, "新区")
    went_over(session, ended, heir, "merged")
    old = case(session, handler_division_id=ended, approver_division_id=ended)
    actor = Actor(person.id, person.login, person.name, 0, "", (reach(heir),))
    assert rules.visible(old, actor)
    assert set(rules.standing(old, actor)) == {"clerk"}


def test_the_approver_is_the_one_whom_the_route_names_and_not_the_nearest(
    session: Session, person: Person, reach: Reach
) -> None:
    city = division_id(session, "320600")
    routed = case(session, approver_division_id=city)
    actor = Actor(person.id, person.login, person.name, 0, "", (reach(city, "approver", "government"),))
    assert set(rules.standing(routed, actor)) == {"approver"}
    assert rules.standing(case(session), actor) == {}
