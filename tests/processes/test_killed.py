"""The service is killed with `kill -9` at any moment: what it acknowledged is there, anything else whole or absent."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from foundation import journal
from foundation.database import engine
from foundation.settings import PROJECT
from placenames.proposals.decisions import SOURCE
from placenames.proposals.lifecycle import OWN
from processes import demo_people
from processes.edge import writing
from tests.conftest import free_port

pytestmark = pytest.mark.slow

PATIENCE = 60.0
SEED = 20260302
NEW = {
    "kind": "naming", "class": "街路巷", "division": "320682", "specific": "揽月", "generic": "路",
    "name": "揽月路", "meaning": "取揽月之意", "reason": "新建道路", "location": "东起甲路,西至乙路",
    "geometry": {"type": "LineString", "coordinates": [[120.55, 32.38], [120.56, 32.385]]},
    "applicant": {"name": "如皋市住房和城乡建设局", "code": "", "contact": "某人", "phone": "0513-0000000"},
}  # fmt: skip
STORY: tuple[tuple[str, str], ...] = (
    ("clerk", "submit"), ("clerk", "accept"), ("clerk", "review"), ("chief", "recommend"), ("approver", "approve"),
    ("clerk", "file"), ("clerk", "announce"),
)  # fmt: skip
"""Who takes which step, in their order."""


def brought(verb: str, case: str) -> dict[str, Any]:
    """What comes with a step; each case has an instrument of its own."""
    if verb == "approve":
        number = f"皋政复〔2026〕{case}号"
        return {"instrument": {"number": number, "organ": "如皋市人民政府", "date": date.today().isoformat()}}
    return {"channels": ["政府门户网站"]} if verb == "announce" else {}


class Service:
    """The real web server over a register, which can be killed and started again on the same port."""

    def __init__(self, address: str, home: Path) -> None:
        self.port, self.home, self.address = free_port(), home, address
        self.base = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self.tokens: dict[str, str] = {}

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory", "--port", str(self.port)]
        environment = os.environ | {"DATABASE_URL": self.address, "DIMING_HOME": str(self.home)}
        with (self.home / "web.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=PROJECT, stdout=log, stderr=log, env=environment)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                if httpx2.get(f"{self.base}/health/ready", timeout=5).status_code == 200:
                    return
            except httpx2.HTTPError:
                time.sleep(0.05)
        pytest.fail(f"the service did not start: {(self.home / 'web.log').read_text()[-2000:]}")

    def kill(self) -> None:
        """`kill -9`, and wait until the database has noticed: what was on its way is then committed or gone."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        others = text(
            "SELECT backend_type, state, query FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        engine().dispose()
        until = time.monotonic() + PATIENCE
        with engine().connect() as connection:
            while left := connection.execute(others).all():
                assert time.monotonic() < until, f"a killed service left work in the database: {left}"
                connection.rollback()
                time.sleep(0.02)

    def sign_in(self) -> None:
        """The three people of the story sign in; what they get outlives the service."""
        for account in demo_people.listing():
            if account["login"] in {"clerk", "chief", "approver"}:
                given = {"login": account["login"], "password": account["password"]}
                self.tokens[account["login"]] = httpx2.post(f"{self.base}/api/session", json=given).json()["token"]

    def post(self, who: str, path: str, **body: Any) -> httpx2.Response:
        """Ask for a write as one of the three."""
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        return httpx2.post(f"{self.base}{path}", headers=headers, timeout=PATIENCE, **body)

    def step(self, who: str, case: str, verb: str) -> httpx2.Response:
        """Ask for a step."""
        return self.post(who, f"/api/proposals/{case}/steps/{verb}", json=brought(verb, case))

    def opened(self) -> str:
        """A new draft; returns its id."""
        answer = self.post("clerk", "/api/proposals", json=NEW)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def killed_during(self, moment: float, who: str, path: str, **body: Any) -> int | None:
        """Ask, kill the service `moment` seconds later; the status of the answer, if one came."""
        told: list[int] = []

        def ask() -> None:
            try:
                told.append(self.post(who, path, **body).status_code)
            except httpx2.HTTPError:
                return

        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(moment)
        self.kill()
        asking.join()
        return told[0] if told else None


@pytest.fixture
def service(own_demo_address: str, tmp_path: Path) -> Iterator[Service]:
    """The service over a register of its own, with the three people signed in; at the end the chain is proved."""
    running = Service(own_demo_address, tmp_path)
    running.start()
    running.sign_in()
    yield running
    if running.process is not None and running.process.poll() is None:
        running.kill()
    with engine().connect() as connection:
        assert journal.verify(connection)[1] is None, "the journal's chain does not hold"


def steps_of(session: Session, case: str) -> list[tuple[str, str | None, str | None]]:
    """The journal of a case: verb, state before, state after."""
    question = text(
        "SELECT verb, before ->> 'state' AS was, after ->> 'state' AS now FROM foundation.journal"
        " WHERE subject_kind = 'proposal' AND subject_id = :case ORDER BY seq"
    )
    return [(row.verb, row.was, row.now) for row in session.execute(question, {"case": int(case)})]


FACTS = text(
    "SELECT c.state, c.place_id, c.name_id, f.state AS filing, a.state AS announcement, n.published_at,"
    " (SELECT count(*) FROM placenames.place p WHERE p.source = :source AND p.source_key = c.id::text) AS places,"
    " (SELECT count(*) FROM placenames.search_token t WHERE t.place_id = c.place_id) AS tokens,"
    " (SELECT count(*) FROM foundation.journal j WHERE j.subject_kind = 'place' AND j.subject_id = c.place_id) AS told"
    " FROM placenames.proposal c LEFT JOIN placenames.filing f ON f.proposal_id = c.id"
    " LEFT JOIN placenames.announcement a ON a.proposal_id = c.id"
    " LEFT JOIN placenames.place_name n ON n.id = c.name_id WHERE c.id = :case"
)


def taken(case: str) -> list[str]:
    """The verbs that a case went through; fails where its state, the register and the journal do not agree."""
    with writing() as session:
        lines = steps_of(session, case)
        verbs = [verb for verb, _, _ in lines]
        found = session.execute(FACTS, {"case": int(case), "source": SOURCE}).one()
        assert OWN.replay(lines) == found.state
        approved = "approve" in verbs
        assert (found.place_id is not None, found.name_id is not None, found.places) == (approved, approved, approved)
        assert (found.tokens > 0, found.told > 0) == (approved, approved), "the place, its search data and its journal"
        assert (found.filing, found.announcement) == (
            ("sent" if "file" in verbs else "pending") if approved else None,
            ("issued" if "announce" in verbs else "pending") if approved else None,
        )
        assert (found.published_at is not None) == ("announce" in verbs)
        assert len(verbs) == len(set(verbs)), "no step is there twice"
    return verbs


def test_the_story_stands_though_the_service_is_killed_between_any_two_steps(service: Service) -> None:
    case = service.opened()
    done = ["create"]
    for who, verb in STORY:
        service.kill()
        assert taken(case) == done
        service.start()
        answer = service.step(who, case, verb)
        assert answer.status_code == 200, answer.text
        done.append(verb)
    service.kill()
    assert taken(case) == done
    service.start()
    found = httpx2.get(f"{service.base}/api/search", params={"q": "揽月路"}).json()["items"]
    assert [item["name"] for item in found] == ["揽月路"]


@pytest.mark.parametrize("verb", [verb for _, verb in STORY])
def test_a_step_during_which_the_service_is_killed_is_there_whole_or_not_at_all(service: Service, verb: str) -> None:
    at = [each for _, each in STORY].index(verb)
    who = STORY[at][0]
    moments = random.Random(f"{SEED}{verb}")
    for number in range(3):
        case = service.opened()
        took = 0.05
        for by, before in STORY[:at]:
            began = time.monotonic()
            assert service.step(by, case, before).status_code == 200
            took = time.monotonic() - began
        # From before the first statement to after the answer, by what the step before took.
        moment = moments.uniform(0, took * 1.5) if number else 0.0
        path = f"/api/proposals/{case}/steps/{verb}"
        told = service.killed_during(moment, who, path, json=brought(verb, case))
        before_it = ["create", *(each for _, each in STORY[:at])]
        there = taken(case)
        assert told in {200, None}
        assert there in (before_it, [*before_it, verb])
        assert told is None or verb in there, "it was acknowledged and is gone"
        service.start()
        again = service.step(who, case, verb)
        if verb in there:
            assert again.status_code == 409, again.text
            assert OWN.word(verb) in again.json()["detail"]
        else:
            assert again.status_code == 200, again.text
        assert taken(case) == [*before_it, verb]


def test_a_draft_during_whose_opening_the_service_is_killed_is_there_whole_or_not_at_all(service: Service) -> None:
    moments = random.Random(SEED)
    acknowledged = 1
    service.opened()
    for _ in range(4):
        told = service.killed_during(moments.uniform(0, 0.15), "clerk", "/api/proposals", json=NEW)
        acknowledged += told == 201
        with writing() as session:
            cases = [str(case) for case in session.scalars(text("SELECT id FROM placenames.proposal ORDER BY id"))]
        assert len(cases) >= acknowledged
        for case in cases:
            assert taken(case) == ["create"]
        service.start()
    assert service.opened()


def test_no_row_of_a_paper_is_without_its_content_though_uploads_are_killed(service: Service) -> None:
    case = service.opened()
    path = f"/api/proposals/{case}/attachments"
    moments = random.Random(SEED)
    acknowledged = 0
    for number in range(6):
        content = f"第{number}份材料。\n".encode() * 400_000
        body = {"files": {"file": (f"材料{number}.txt", content)}, "data": {"kind": "申请书"}}
        told = service.killed_during(moments.uniform(0, 0.6) if number else 0.05, "clerk", path, **body)
        acknowledged += told == 201
        assert rows_of_papers(service.home, case) >= acknowledged
        service.start()
    again = service.post("clerk", path, files={"file": ("材料.txt", "又一份材料".encode())}, data={"kind": "申请书"})
    assert again.status_code == 201, again.text
    rows = rows_of_papers(service.home, case)
    shown = httpx2.get(
        f"{service.base}/api/proposals/{case}", headers={"Authorization": f"Bearer {service.tokens['clerk']}"}
    ).json()
    assert len(shown["attachments"]) == rows > acknowledged


def rows_of_papers(home: Path, case: str) -> int:
    """How many papers a case has; fails where one is without its content, its case or its line in the journal."""
    with writing() as session:
        rows = session.execute(text("SELECT id, sha256, bytes FROM foundation.attachment")).all()
        papers = set(session.scalars(text("SELECT attachment_id FROM placenames.proposal_paper")))
        lines = steps_of(session, case)
    assert papers == {row.id for row in rows}
    assert sum(verb == "attach" for verb, _, _ in lines) == len(rows)
    for row in rows:
        name = bytes(row.sha256).hex()
        content = (home / "files" / name[:2] / name).read_bytes()
        assert (len(content), hashlib.sha256(content).digest()) == (row.bytes, bytes(row.sha256))
    return len(rows)
