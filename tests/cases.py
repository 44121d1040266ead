"""Cases for tests: the people of the demonstration, a whole application, and the way to each state of a case.

`at(session, "awaiting_approval")` is a case that those who should have brought there; nothing is committed.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation import clock
from foundation.access.actor import Actor
from foundation.access.queries import grants
from foundation.database import SessionReader
from foundation.people import actions as people
from foundation.people.models import Person
from placenames.proposals import actions
from placenames.proposals.models import Proposal
from placenames.proposals.schemas import NewProposal, StepBody
from tests.makers import RUGAO, division_id

GOVERNMENT = "如皋市人民政府"
STREET = {"type": "LineString", "coordinates": [[120.56, 32.39], [120.565, 32.391], [120.57, 32.391]]}
_NUMBER = count(1)

# What the people of 如皋 do to bring a case to a state, step by step: who, which, with what.
WAY: dict[str, tuple[tuple[str, str], ...]] = {
    "draft": (),
    "submitted": (("clerk", "submit"),),
    "returned": (("clerk", "submit"), ("clerk2", "return")),
    "accepted": (("clerk", "submit"), ("clerk2", "accept")),
    "in_review": (("clerk", "submit"), ("clerk2", "accept"), ("clerk", "review")),
    "consulting": (("clerk", "submit"), ("clerk2", "accept"), ("clerk", "review"), ("clerk", "consult")),
    "awaiting_approval": (("clerk", "submit"), ("clerk2", "accept"), ("clerk", "review"), ("chief", "recommend")),
    "suspended": (("clerk", "submit"), ("clerk2", "accept"), ("clerk", "review"), ("chief", "suspend")),
    "withdrawn": (("clerk", "submit"), ("clerk", "withdraw")),
}
for _state, _step in (("approved", "approve"), ("refused", "refuse")):
    WAY[_state] = (*WAY["awaiting_approval"], ("approver", _step))


def application_of(name: str = "龙津东街", generic: str = "街", **others: Any) -> dict[str, Any]:
    """A whole application for a street, as CONTRACT §4 writes it; others replace what they name."""
    return {
        "kind": "naming", "class": "街路巷", "division": RUGAO, "name": name, "specific": name.removesuffix(generic),
        "generic": generic, "meaning": "龙津是旧时的渡口", "reason": "新建道路,需要命名",
        "location": "东起甲路,西至乙路", "geometry": STREET,
        "applicant": {"name": "演示建设公司", "code": "", "contact": "张某", "phone": "0513-00000000"},
    } | others  # fmt: skip


def instrument(number: str = "", dated: date | None = None, **others: Any) -> dict[str, Any]:
    """A paper reply of the county government, of yesterday; every number is another unless it is given."""
    return {
        "number": number or f"皋政复〔2026〕{next(_NUMBER)}号",
        "organ": GOVERNMENT,
        "date": (dated or clock.today() - timedelta(days=1)).isoformat(),
    } | others


def brings(step: str) -> dict[str, Any]:
    """What a step must bring along."""
    needed: dict[str, dict[str, Any]] = {
        "approve": {"instrument": instrument()},
        "refuse": {"instrument": instrument(), "reason": "与规划不符"},
        "record_decision": {"instrument": instrument()},
        "announce": {"channels": ["市政府门户网站"]},
        "return": {"reason": "缺少位置图"},
        "withdraw": {"reason": "工程取消"},
        "suspend": {"reason": "等待规划调整"},
    }
    return needed.get(step, {})


def actor(session: Session, login: str) -> Actor:
    """A person of the demonstration as they are when signed in."""
    person = session.scalars(select(Person).where(Person.login == login)).one()
    return Actor(person.id, login, person.name, 0, "", grants(SessionReader(session), person.id))


def newcomer(session: Session, login: str, *postings: tuple[str, str, str, str]) -> Actor:
    """A person who holds posts: role, organ, its kind, code of the division. They cannot sign in with a password."""
    person = Person(login=login, name=f"{login}某", password_hash="", active=True, created_at=clock.now())
    session.add(person)
    session.flush()
    for role, organ, kind, code in postings:
        division = division_id(session, code)
        post = people.ensure_post(session, people.ensure_organ(session, organ, kind, division), role, division)
        people.give_post(session, person, post)
    return actor(session, login)


def open_case(session: Session, by: Actor, **others: Any) -> Proposal:
    """A whole draft that a person opens."""
    return actions.open_case(session, by, NewProposal.model_validate(application_of(**others)))


def take(session: Session, by: Actor, case: Proposal, step: str, **given: Any) -> Proposal:
    """Take one step with what it must bring."""
    return actions.take_step(session, by, str(case.id), step, StepBody.model_validate(brings(step) | given))


def at(session: Session, state: str, **others: Any) -> Proposal:
    """A case that the people of 如皋 have brought to a state."""
    case = open_case(session, actor(session, "clerk"), **others)
    for login, step in WAY[state]:
        take(session, actor(session, login), case, step)
    return case
