"""What the journal costs: writing transactions a second of eight clients, with it and without it (at least 80 %)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from unittest.mock import patch

from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.frame import Asked, Fact, Report, Side, compared, own_database, ratio
from benchmarks.ground import Ground
from benchmarks.pressing import at_once
from foundation import clock, journal
from foundation.access.actor import Actor
from foundation.access.queries import grants
from foundation.database import SessionReader
from foundation.people.actions import ensure_organ, ensure_post, give_post
from foundation.people.models import Person
from placenames.proposals.actions import change, open_case
from placenames.proposals.schemas import NewProposal, ProposalChange
from processes.edge import writing

CLIENTS = 8
TARGET = 0.80
CODE = "320682"
A_COUNTY = text(
    "WITH d AS (INSERT INTO boundaries.division DEFAULT VALUES RETURNING id)"
    " INSERT INTO boundaries.division_version (division_id, code, code_system, name, level, type, valid_from,"
    " from_precision, source, note)"
    " SELECT id, '320682', 'GB/T 2260', '如皋市', 'county', '县级市', '1991-02-08', 'day', '性能测试', '' FROM d"
    " RETURNING division_id"
)


@dataclass(frozen=True)
class Client:
    """Somebody who writes in a case of their own."""

    actor: Actor
    case: str

    def write(self, numbers: Iterator[int]) -> None:
        """One writing transaction: a field of the draft as the form saves it, with its line in the journal."""
        words = f"东起甲路,西至乙路,第 {next(numbers)} 次修改"
        with writing() as session:
            change(session, self.actor, self.case, ProposalChange(location=words))


def run(ground: Ground, asked: Asked) -> Report:
    """Measure on a database of its own."""
    with own_database(ground):
        clients = _clients()
        numbers = count()

        def with_journal(for_seconds: float) -> Sequence[float]:
            return at_once([partial(it.write, numbers) for it in clients], for_seconds)

        def without(for_seconds: float) -> Sequence[float]:
            with patch.object(journal, "write", _forget):
                return with_journal(for_seconds)

        sides = (Side("有办理日志", with_journal), Side("无办理日志", without))
        a, b = compared(sides, rounds=asked.rounds, seconds=asked.seconds, say=ground.say)
        _check(a.told()["acts"])
        kept = Fact("有日志时的速度与无日志时之比", ratio(a, b), at_least=TARGET)
        return Report(f"写入:{CLIENTS} 人同时办理,有无办理日志", (a, b), (kept,))


def _forget(session: Session) -> int:
    """In place of the journal: the lines are collected and dropped."""
    return len(session.info.pop(journal.COLLECTED, []))


def _clients() -> list[Client]:
    """A county, and as many clerks as there are clients, each with a draft of their own."""
    with writing() as session:
        division = session.execute(A_COUNTY).scalar_one()
        organ = ensure_organ(session, "如皋市民政局", "civil_affairs", division)
        people = []
        for number in range(CLIENTS):
            person = Person(
                login=f"bench{number}", name=f"测试{number}", password_hash="", active=True, created_at=clock.now()
            )
            session.add(person)
            session.flush()
            give_post(session, person, ensure_post(session, organ, "clerk", division, f"经办人({number})"))
            people.append(person)
        session.flush()
        found = []
        for person in people:
            actor = Actor(person.id, person.login, person.name, 0, "", grants(SessionReader(session), person.id))
            found.append(Client(actor, str(open_case(session, actor, _draft()).id)))
    return found


def _draft() -> NewProposal:
    return NewProposal.model_validate(
        {
            "kind": "naming", "class": "街路巷", "division": CODE, "name": "揽月路", "meaning": "取揽月之意",
            "reason": "新建道路", "location": "东起甲路,西至乙路",
            "geometry": {"type": "LineString", "coordinates": [[120.55, 32.38], [120.555, 32.383], [120.56, 32.385]]},
        }
    )  # fmt: skip


def _check(acts: int) -> None:
    """The rounds with the journal wrote at least their lines, and the chain holds: it was the real thing."""
    with writing() as session:
        lines, problem = journal.verify(session.connection())
    if problem is not None or lines < acts:
        raise RuntimeError(f"the journal holds {lines} lines after {acts} acts: {problem}")
