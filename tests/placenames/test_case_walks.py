"""Random walks of a case: whoever tries whatever, it stands where the table allows and its journal leads there.

Every walk is real verbs on real PostGIS in a savepoint of one transaction that is rolled back.
"""

from __future__ import annotations

import time
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from foundation.access.actor import Actor
from foundation.database import SessionReader
from foundation.errors import Forbidden, Malformed, NotFound, Refused
from foundation.settings import settings
from placenames.proposals import actions, queries, rules
from placenames.proposals.lifecycle import EDITABLE, OWN, STATES
from placenames.proposals.models import Proposal
from placenames.proposals.schemas import OpinionBody, ProposalChange, StepBody
from processes.edge import finish
from tests.cases import GOVERNMENT, actor, newcomer, open_case, take
from tests.makers import RUGAO

WALKS = 20
# Two halves, so that two workers walk at once: a thousand together.
MANY_WALKS = 500
MORE_WALKS = 150
LONGEST_WALK = 18
CAST = ("applicant", "clerk", "clerk2", "chief", "leader", "approver", "haian-clerk", "city", "auditor", "multi")
WRITERS = ("clerk", "multi", "chief", "applicant", "haian-clerk")
READERS = ("clerk", "chief", "approver", "auditor")
PAUSES = {"suspend", "return"}
ACTS = ("on",) * 12 + ("pause",) * 3 + ("anything",) * 3 + ("change", "scan", "opinion")
VERBS = (*(step.verb for step in OWN.steps), "publish")
TOLD = (Forbidden, Malformed, NotFound, Refused)
ROW = text("""
    SELECT c.state, c.state_before, c.version, c.created_by, c.submitted_by, c.recorded_by, c.decided_by, c.outcome,
           c.name_id IS NOT NULL AS named, n.published_at IS NOT NULL AS published, f.state AS filing,
           a.state AS announcement, c.secrecy
    FROM placenames.proposal c
    LEFT JOIN placenames.place_name n ON n.id = c.name_id
    LEFT JOIN placenames.filing f ON f.proposal_id = c.id
    LEFT JOIN placenames.announcement a ON a.proposal_id = c.id
    WHERE c.id = :case
""")
LINES = text("""
    SELECT verb, before ->> 'state', after ->> 'state' FROM foundation.journal
    WHERE subject_kind = 'proposal' AND subject_id = :case ORDER BY seq
""")


class Walk(RuleBasedStateMachine):
    """One case in the hands of people who do as they please; whatever is refused changes nothing."""

    connection: ClassVar[Connection]
    cast: ClassVar[dict[str, Actor]]
    seen: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        self.case: Proposal | None = None
        self.state = ""
        self.before_suspension = ""

    @initialize(
        opener=st.sampled_from(["clerk", "clerk", "applicant", "multi"]),
        whole=st.sampled_from([True, True, True, False]),
    )
    def opens(self, opener: str, whole: bool) -> None:
        """Somebody opens a case, whole or with something missing."""
        given = {} if whole else {"meaning": ""}
        self.case = open_case(self.session, self.cast[opener], **given)
        self.state = self.row().state

    @property
    def number(self) -> str:
        """The case as an address names it."""
        assert self.case is not None
        return str(self.case.id)

    def row(self) -> Any:
        """The case as the database holds it."""
        self.session.flush()
        return self.session.execute(ROW, {"case": int(self.number)}).one()

    def tries(self, person: str, verb: str, given: dict[str, Any]) -> None:
        """Take a step as one request would: all of it or nothing; then it must stand where the table says."""
        before, by = self.row(), self.cast[person]
        allowed = verb in {each["step"] for each in self.offered(person) if each["possible"]}
        try:
            with self.session.begin_nested():
                take(self.session, by, self.case, verb, version=before.version, **given)  # type: ignore[arg-type]
        except TOLD as refused:
            self.refused(refused, before, f"{verb} was offered to {person}" if allowed else "")
            return
        self.seen[verb] += 1
        assert allowed, f"{verb} by {person} was not offered"
        step, after = OWN.step(verb), self.row()
        assert before.state in step.sources
        assert after.state in step.targets
        assert after.version == before.version + 1
        assert by.roles & set(step.roles)
        if verb == "suspend":
            self.before_suspension = before.state
        if verb == "resume":
            assert after.state == self.before_suspension
        self.state = after.state

    def refused(self, told: Exception, before: Any, offer: str) -> None:
        """Nothing has changed; and what was offered is refused for nothing but what came with it."""
        self.seen[f"refused:{type(told).__name__}"] += 1
        assert self.row() == before
        assert not offer or isinstance(told, Malformed), f"{offer}: {told}"

    def offered(self, person: str) -> list[dict[str, Any]]:
        """What a person is offered in this case."""
        known = queries.facts(SessionReader(self.session), [int(self.number)])[0]
        by = self.cast[person]
        return rules.next_steps(known, by) if rules.visible(known, by) else []

    def goes_on(self, data: st.DataObject, *, pausing: bool) -> None:
        """One of the steps that are open to somebody: forward, or back and out of the way."""
        known = queries.facts(SessionReader(self.session), [int(self.number)])[0]
        open_to = [
            (person, step["step"]) for person, by in self.cast.items() if rules.visible(known, by)
            for step in rules.next_steps(known, by)
            if step["possible"] and step["step"] != "withdraw" and (step["step"] in PAUSES) is pausing
        ]  # fmt: skip
        if open_to:
            person, verb = data.draw(st.sampled_from(open_to))
            given = {"outcome": data.draw(st.sampled_from(["approve", "refuse"]))} if verb == "record_decision" else {}
            self.tries(person, verb, {"reason": "规划不符", **given})

    # One rule: of several, Hypothesis would leave some out of a whole walk, and few walks would come far.
    @rule(act=st.sampled_from(ACTS), data=st.data())
    def somebody_does_something(self, act: str, data: st.DataObject) -> None:
        """Most people do what can be done now; some try what cannot."""
        if act in {"on", "pause"}:
            self.goes_on(data, pausing=act == "pause")
        elif act == "anything":
            person, verb = data.draw(st.sampled_from(CAST)), data.draw(st.sampled_from(VERBS))
            self.somebody_tries_anything(person, verb, data.draw(st.booleans()))
        elif act == "change":
            self.somebody_changes_the_content(data.draw(st.sampled_from(WRITERS)), data.draw(st.booleans()))
        elif act == "scan":
            self.somebody_brings_the_scan(data.draw(st.sampled_from(READERS)))
        else:
            self.somebody_registers_an_opinion(data.draw(st.sampled_from(READERS)))

    def somebody_tries_anything(self, person: str, verb: str, empty: bool) -> None:
        """Any step, by anybody, with what it needs or without."""
        if verb == "publish":
            with pytest.raises(NotFound), self.session.begin_nested():
                actions.take_step(self.session, self.cast[person], self.number, verb, StepBody())
            return
        given: dict[str, Any] = {"instrument": None, "reason": "", "channels": None} if empty else {}
        self.tries(person, verb, given)

    def somebody_changes_the_content(self, person: str, inside: bool) -> None:
        """The content changes while it is a draft or came back, and never the state."""
        before = self.row()
        given = ProposalChange(meaning="新的含义", secrecy="内部" if inside else "公开", version=before.version)
        try:
            with self.session.begin_nested():
                actions.change(self.session, self.cast[person], self.number, given)
        except TOLD:
            assert self.row() == before
            return
        assert before.state in EDITABLE
        assert self.row().version == before.version + 1

    def somebody_brings_the_scan(self, person: str) -> None:
        """A paper never changes the state."""
        self.seen["attach"] += self.contributes(
            lambda: actions.attach(
                self.session, self.cast[person], self.number, "批文.txt", BytesIO("同意".encode()), "批文扫描件", ""
            )
        )

    def somebody_registers_an_opinion(self, person: str) -> None:
        """An opinion never changes the state."""
        opinion = OpinionBody.model_validate({"organ": "某局", "stance": "agree", "date": "2026-01-05"})
        self.seen["opinion"] += self.contributes(
            lambda: actions.add_opinion(self.session, self.cast[person], self.number, opinion)
        )

    def contributes(self, act: Any) -> bool:
        """Something beside the case is brought, or refused."""
        before = self.row()
        try:
            with self.session.begin_nested():
                act()
        except TOLD:
            assert self.row() == before
            return False
        assert (self.row().state, self.row().version) == (before.state, before.version)
        return True

    @invariant()
    def it_stands_where_the_law_allows(self) -> None:
        """What must hold of every case at every moment, whatever was tried."""
        if self.case is None:
            return
        row = self.row()
        self.seen[f"at:{row.state}"] += 1
        assert row.state == self.state
        assert row.state in STATES
        assert (row.state_before is not None) == (row.state == "suspended")
        if row.decided_by is not None:
            assert row.decided_by not in {row.created_by, row.submitted_by, row.recorded_by}
        assert row.named == (row.outcome == "approve" and row.decided_by is not None)
        assert (row.filing is not None) == (row.announcement is not None) == row.named
        assert row.published == (row.announcement == "issued")
        assert not (row.published and row.secrecy != "公开")
        if row.state in {"approved", "refused"}:
            assert row.outcome == {"approved": "approve", "refused": "refuse"}[row.state]
        if row.state == "archived" and row.named:
            assert row.filing == "sent"
            assert row.published or row.secrecy != "公开"

    def teardown(self) -> None:
        """What the edge does before a commit; then the journal must lead to the same end."""
        try:
            if self.case is not None:
                state = self.row().state
                finish(self.session)
                lines = [tuple(line) for line in self.session.execute(LINES, {"case": int(self.number)})]
                assert OWN.replay(lines) == state
                assert lines[0] == ("create", None, "draft")
                self.seen["walks"] += 1
        finally:
            self.session.close()


@pytest.fixture
def ground(connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> type[Walk]:
    """Walks over the demonstration, with one more person who holds a clerk's, a chief's and the approver's post."""
    monkeypatch.setenv("DIMING_HOME", str(tmp_path))
    # The disk may take its time elsewhere: nobody pulls the plug here.
    monkeypatch.setattr("os.fsync", lambda descriptor: None)
    settings.cache_clear()
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        bureau = ("如皋市民政局", "civil_affairs", RUGAO)
        posts = (("clerk", *bureau), ("section_chief", *bureau), ("approver", GOVERNMENT, "government", RUGAO))
        cast = {"multi": newcomer(session, "multi", *posts)}
        cast |= {login: actor(session, login) for login in CAST if login != "multi"}
        session.commit()

    class Here(Walk):
        pass

    Here.connection, Here.cast, Here.seen = connection, cast, Counter()
    return Here


def walk(ground: type[Walk], walks: int, *, same_each_time: bool) -> None:
    """So many walks; each from the same register."""
    began = time.monotonic()
    run_state_machine_as_test(
        ground,
        settings=hypothesis_settings(
            max_examples=walks, stateful_step_count=LONGEST_WALK, deadline=None, derandomize=same_each_time,
            database=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    taken = sum(ground.seen[step.verb] for step in OWN.steps)
    print(f"\n{ground.seen['walks']} walks, {taken} steps taken, {time.monotonic() - began:.1f} s: {dict(ground.seen)}")
    assert ground.seen["walks"] >= walks


def test_a_case_walked_by_anybody_stands_where_the_table_allows(ground: type[Walk]) -> None:
    walk(ground, WALKS, same_each_time=True)


@pytest.mark.slow
@pytest.mark.parametrize("half", ["first", "second"])
def test_a_thousand_walks_pass_every_state_and_every_step_and_none_leaves_the_table(
    ground: type[Walk], half: str
) -> None:
    walk(ground, MANY_WALKS, same_each_time=False)
    # Now and then half a thousand walks by chance never take a rare step: then a few more are walked.
    for _ in range(4):
        if missed(ground):
            walk(ground, MORE_WALKS, same_each_time=False)
    assert missed(ground) == set()


def missed(ground: type[Walk]) -> set[str]:
    """The states that no walk came to, and the steps that none took."""
    states = {state for state in STATES if not ground.seen[f"at:{state}"]}
    return states | {step.verb for step in OWN.steps if not ground.seen[step.verb]}


def test_a_journal_that_leaves_the_table_does_not_replay() -> None:
    lines: list[tuple[str, str | None, str | None]] = [
        ("create", None, "draft"), ("attach", None, None), ("submit", "draft", "submitted"),
        ("suspend", "submitted", "suspended"), ("resume", "suspended", "submitted"),
    ]  # fmt: skip
    assert OWN.replay(lines) == "submitted"
    assert OWN.replay([]) is None
    for wrong in (
        lines[1:],
        [*lines, ("approve", "submitted", "approved")],
        [*lines, ("accept", "accepted", "accepted")],
        [*lines, ("accept", "submitted", "in_review")],
        [*lines[:3], *lines[4:]],
        [lines[0], ("create", None, "draft"), *lines[2:]],
    ):
        with pytest.raises((ValueError, NotFound)):
            OWN.replay(wrong)
