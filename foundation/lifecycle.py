"""The lifecycle of a case: a table of steps, and the one function that may change a state.

A register writes its legal process as data (`Process`); the same table yields the buttons of a page, the
`next_steps` of the API, the CHECK constraint and the tests. `advance()` holds the row, asks who may, asks
what is missing, changes the state and collects the journal line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy.orm import Session

from foundation import clock, journal
from foundation.access.actor import Actor, Grant
from foundation.errors import FieldError, Forbidden, Malformed, NotFound, Refused
from foundation.texts import read_text

LONGEST_REASON = 2000


@dataclass(frozen=True)
class Step:
    """One row of the table: a verb with its button, from which states to which, by whom.

    `targets` has one state, or several where the case itself decides (a resumed case goes back to where it was).
    `reason` says that a reason must be given; `own_case` that one may take the step in a case of one's own.
    """

    verb: str
    label: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    roles: tuple[str, ...]
    reason: bool = False
    own_case: bool = True


@dataclass(frozen=True)
class Process:
    """A legal process: what its cases are called in the journal, its states in words, its steps.

    `acts` are the words for what is done to a case without changing its state.
    """

    subject: str
    states: Mapping[str, str]
    start: str
    steps: tuple[Step, ...]
    acts: Mapping[str, str]

    def word(self, verb: str) -> str:
        """A verb of the journal as people say it."""
        return self.acts.get(verb) or next((step.label for step in self.steps if step.verb == verb), verb)

    def step(self, verb: str) -> Step:
        """The step of a verb; raises `NotFound` for one that the process does not know."""
        found = next((step for step in self.steps if step.verb == verb), None)
        if found is None:
            raise NotFound(f"没有“{verb[:40]}”这个步骤。", remedy="可用的步骤见 next_steps。")
        return found

    def allowed(self, state: str) -> list[Step]:
        """The steps that the table allows from a state, whoever takes them."""
        return [step for step in self.steps if state in step.sources]

    def replay(self, lines: Iterable[tuple[str, str | None, str | None]]) -> str | None:
        """The state that journal lines (verb, state before, state after) of one case lead to.

        Raises `ValueError` at the first line that the table does not allow or that does not join the one before.
        """
        state: str | None = None
        for verb, before, after in lines:
            if after is None:
                continue
            if state is not None and all(step.verb != verb for step in self.steps):
                raise ValueError(f"{verb} is no step")
            if state is None and (before is not None or after != self.start):
                raise ValueError(f"the first line {verb} does not begin at {self.start}")
            if state is not None:
                step = self.step(verb)
                if before != state or state not in step.sources or after not in step.targets:
                    raise ValueError(f"{verb}: {before} → {after} after {state}")
            state = after
        return state


@dataclass(frozen=True)
class Effect:
    """What a step did beyond the state: the target where the case chooses it, and what the journal keeps."""

    to: str | None = None
    told: Mapping[str, Any] = field(default_factory=dict)


class Case(Protocol):
    """What goes through a process: a row with a state of its own."""

    id: Any
    state: Any


@dataclass(frozen=True)
class Judge:
    """What a register says about one case, asked once the row is held.

    `standing`: the roles in which this person may act on it, each with the grant. `bars`: why this person may
    not take a step for which they have the role, or an empty text. `missing`: what a step still needs. `done`: whether
    a step that leaves the state as it is has been taken already.
    """

    standing: Callable[[], Mapping[str, Grant]]
    bars: Callable[[Step], str]
    missing: Callable[[Step], Sequence[str]]
    done: Callable[[Step], bool] = lambda step: False


def hold(session: Session, case: Case) -> None:
    """Lock the row of a case until the transaction ends, and read it anew."""
    session.refresh(case, with_for_update=True)


def advance(
    session: Session,
    process: Process,
    case: Case,
    verb: str,
    actor: Actor,
    judge: Judge,
    *,
    reason: str = "",
    effect: Callable[[Grant], Effect],
) -> Step:
    """Take one step: lock, right, state, guard, what the step does, then the new state and its journal line.

    Raises `Forbidden` (not this person's), `Refused` (not now, with the allowed steps; or a guard does not hold,
    with what is missing), `Malformed`, and whatever the effect raises.
    """
    hold(session, case)
    step = process.step(verb)
    grant = _entitled(step, judge)
    if case.state not in step.sources or judge.done(step):
        raise _not_now(session, process, case, step, judge)
    missing = list(judge.missing(step))
    if missing:
        raise Refused(
            f"还不能“{step.label}”:{'、'.join(missing)}。", remedy="请补齐后再办。", extra={"missing": missing}
        )
    reason = _given(step, reason)
    before = case.state
    done = effect(grant)
    target = done.to if done.to is not None else step.targets[0]
    if target not in step.targets:
        raise ValueError(f"{verb} does not lead to {target}")
    case.state = target
    line = journal.Line(
        verb, process.subject, case.id, reason, before={"state": before}, after={"state": target, **done.told},
        person=actor.person_id, organ=grant.organ_id,
    )  # fmt: skip
    journal.collect(session, line)
    return step


def _entitled(step: Step, judge: Judge) -> Grant:
    standing = judge.standing()
    grant = next((standing[role] for role in step.roles if role in standing), None)
    if grant is None:
        raise Forbidden(f"“{step.label}”不由您办理。", remedy="请由有权的人员办理。")
    if bar := judge.bars(step):
        raise Forbidden(bar, remedy="请由另一位有权的人员办理。")
    return grant


def _given(step: Step, reason: str) -> str:
    read = read_text(reason, "reason", LONGEST_REASON)
    if step.reason and not read:
        raise Malformed([FieldError("reason", f"“{step.label}”须说明理由", "请填写理由,会写入办理日志并告知对方")])
    return read


def _not_now(session: Session, process: Process, case: Case, step: Step, judge: Judge) -> Refused:
    allowed = [each for each in process.allowed(case.state) if not judge.done(each)]
    happened = last_act(session, process, case)
    return Refused(
        f"现在不能“{step.label}”:{happened}目前是“{process.states[case.state]}”。",
        remedy=f"现在可办:{'、'.join(each.label for each in allowed) or '无'}。",
        extra={"state": case.state, "allowed": [each.verb for each in allowed]},
    )


def last_act(session: Session, process: Process, case: Case) -> str:
    """Who last did what to a case and when, in words; empty where nobody did."""
    last = journal.last_of(session, process.subject, case.id)
    if last is None:
        return ""
    at, name, verb = last
    return f"{name}已于{at.astimezone(clock.ZONE):%m月%d日 %H:%M:%S}办理“{process.word(verb)}”,"
