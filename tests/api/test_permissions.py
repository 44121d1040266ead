"""Permission to the register as a table: every route, as each role, from its own, a neighbouring, a foreign place.

The table is `permissions.csv`: made from the code, read by people, kept. A route or a role without a line fails, as
does a line of what is gone. After a change that is meant, run this module with DIMING_WRITE_PERMISSIONS=1 and read what
changed in the table.
"""

from __future__ import annotations

import asyncio
import csv
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from httpx2 import ASGITransport, AsyncClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session
from starlette.routing import Mount

from api.access import Staff, visitor
from api.app import create_app
from foundation.people.roles import ROLES
from foundation.settings import settings
from foundation.sqlfiles import SqlFile
from placenames.proposals.lifecycle import OWN
from processes.edge import finish
from tests.api.permitted import NOBODY, PLACES, QUICK, ROLES_ASKED, SAMPLES, Ask, Builder, World
from tests.conftest import SavepointReader, application
from tests.house.test_direction import every_route

TABLE = Path(__file__).with_name("permissions.csv")
HEAD = ("route", "case", "role", *PLACES)
EMPTY = "200 empty"
"""A list that was answered and shows nothing of the case."""
STEPS = "/api/proposals/{proposal_id}/steps/{step}"
SETTLING = "/api/handovers/{handover_id}/{verb}"
Key = tuple[str, str, str]
Lines = Mapping[Key, tuple[str, ...]]


def routes_of(app: FastAPI) -> list[str]:
    """Every route as `METHOD path`; where a verb stands in the path, once for each verb."""
    found = []
    for route in every_route(list(app.routes)):
        methods = ["GET"] if isinstance(route, Mount) else sorted(set(route.methods) - {"HEAD"})
        found += [f"{method} {path}" for method in methods for path in spelled_out(route.path)]
    return found


def spelled_out(path: str) -> list[str]:
    """A path for each verb that may stand in it."""
    if path == STEPS:
        return [path.replace("{step}", step.verb) for step in OWN.steps]
    if path == SETTLING:
        return [path.replace("{verb}", verb) for verb in ("confirm", "decline", "cancel")]
    return [path]


def keys(routes: Iterable[str], samples: Mapping[str, Mapping[str, Ask]]) -> list[Key]:
    """What the table must have a line for; raises where nobody has said how a route is asked."""
    unasked = [route for route in routes if not samples.get(route)]
    assert unasked == [], "say in tests/api/permitted.py how these routes are asked"
    return [(route, case, role) for route in routes for case in samples[route] for role in ROLES_ASKED]


def differences(reviewed: Lines, found: Lines) -> list[str]:
    """What stands in one table and not, or otherwise, in the other; in words."""
    told = [f"no line: {key}" for key in found if key not in reviewed]
    told += [f"a line of what is gone: {key}" for key in reviewed if key not in found]
    told += [
        f"{key}: the table says {dict(zip(PLACES, reviewed[key], strict=True))}, answered was {found[key]}"
        for key in found
        if key in reviewed and reviewed[key] != found[key]
    ]
    return told


def read_table() -> Lines:
    """The reviewed table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        assert tuple(next(rows)) == HEAD
        return {(row[0], row[1], row[2]): tuple(row[3:]) for row in rows}


def write_table(lines: Lines) -> None:
    """Write the table anew, for a person to read."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEAD)
        writer.writerows((*key, *answers) for key, answers in lines.items())


class Within:
    """Answers staff on the test's own connection, with prepared statements as the service has them.

    Who somebody is it asks once: what a request does to that is taken back after it.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.prepared: set[str] = set()
        self.people: dict[tuple[str, object], Sequence[tuple[Any, ...]]] = {}

    def rows(self, statement: SqlFile, parameters: Mapping[str, object]) -> Sequence[tuple[Any, ...]]:
        """All rows of a question."""
        who = statement.name, parameters.get("digest") or parameters.get("person")
        if statement.name not in {"access.sign_in", "access.grants"}:
            return self._asked(statement, parameters)
        if who not in self.people:
            self.people[who] = self._asked(statement, parameters)
        return self.people[who]

    def _asked(self, statement: SqlFile, parameters: Mapping[str, object]) -> Sequence[tuple[Any, ...]]:
        driver = self.connection.connection.driver_connection
        assert driver is not None
        with driver.cursor() as cursor:
            if statement.name not in self.prepared:
                cursor.execute(statement.prepare)
                self.prepared.add(statement.name)
            cursor.execute(statement.execute, dict(parameters))
            return list(cursor.fetchall())

    def one(self, statement: SqlFile, parameters: Mapping[str, object]) -> tuple[Any, ...] | None:
        """The first row of a question, or None."""
        found = self.rows(statement, parameters)
        return found[0] if found else None


def asks_who_one_is(app: FastAPI) -> set[str]:
    """The routes whose answer can depend on who asks: those that look for a signed-in person."""
    found = set()
    for route in every_route(list(app.routes)):
        waiting = [route.dependant] if isinstance(route, APIRoute) else []
        while waiting:
            dependant = waiting.pop()
            waiting += dependant.dependencies
            if dependant.call is visitor:
                found |= {f"{method} {path}" for method in route.methods for path in spelled_out(route.path)}
    return found


class Door:
    """Asks the application as somebody, in a transaction of which nothing stays."""

    def __init__(self, app: FastAPI, connection: Connection, world: World) -> None:
        self.app, self.connection, self.world = app, connection, world
        self.client = AsyncClient(transport=ASGITransport(app, raise_app_exceptions=False), base_url="http://test")

    async def answers(self) -> dict[Key, tuple[str, ...]]:
        """What everybody is answered everywhere; where nobody asks who one is, two answers stand for all."""
        found: dict[Key, tuple[str, ...]] = {}
        personal = asks_who_one_is(self.app)
        for route, case, role in keys(routes_of(self.app), SAMPLES):
            ask = SAMPLES[route][case]
            if route in personal and role != NOBODY:
                told = [await self.answer(route, ask, role, place) for place in PLACES]
            elif role in {NOBODY, "clerk"}:
                told = [await self.answer(route, ask, role, "own")] * len(PLACES)
            else:
                told = list(found[route, case, NOBODY])
            found[route, case, role] = tuple(told)
        return found

    async def answer(self, route: str, ask: Ask, role: str, place: str) -> str:
        """The status of the answer, and whether a list was empty."""
        method, path = route.split(" ")
        asked = ask(self.world)
        headers = {"Accept": "text/html"} if path.startswith("/desk") else {}
        if role != NOBODY:
            headers["Authorization"] = f"Bearer {self.world.tokens[role, place]}"
        files = None if asked.form is None else {"file": ("图.txt", b"text of a paper")}
        address = "/static/docs.js" if path == "/static" else path.format(**asked.address)
        with nullcontext() if method == "GET" else self.nothing_stays():
            answer = await self.client.request(
                method, address, params=asked.params, json=asked.json, data=asked.form, files=files, headers=headers
            )
        empty = answer.status_code == 200 and asked.mark and asked.mark not in answer.text
        return EMPTY if empty else str(answer.status_code)

    @contextmanager
    def nothing_stays(self) -> Iterator[None]:
        """What a request wrote is taken back."""
        savepoint = self.connection.begin_nested()
        yield
        savepoint.rollback()


async def _at_once(work: Callable[..., Any], *given: Any, **_: Any) -> Any:
    """In place of a thread: one asks after the other here, and four thousand times a thread is half the time."""
    return work(*given)


@pytest.fixture
def door(connection: Connection, session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Door:
    """The application over one connection, with everybody and every case that the table speaks of."""
    monkeypatch.setenv("DIMING_HOME", str(tmp_path))
    monkeypatch.setattr("foundation.people.passwords._hasher", lambda: QUICK)
    monkeypatch.setattr("anyio.to_thread.run_sync", _at_once)
    settings.cache_clear()
    world = Builder(session).build()
    finish(session)
    session.commit()

    @contextmanager
    def writing() -> Iterator[Session]:
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as open_session:
            yield open_session
            finish(open_session)
            open_session.commit()

    app = application(SavepointReader(connection))
    app.state.staff_reader = Within(connection)
    app.state.writing = writing
    return Door(app, connection, world)


@pytest.mark.slow
def test_everybody_is_answered_as_the_reviewed_table_says(door: Door) -> None:
    found = asyncio.run(door.answers())
    if os.environ.get("DIMING_WRITE_PERMISSIONS"):
        write_table(found)
    assert [key for key, answers in found.items() if any(answer[0] == "5" for answer in answers)] == []
    assert differences(read_table(), found) == []


def test_the_reviewed_table_has_a_line_for_every_route_and_role_and_for_nothing_else() -> None:
    assert set(read_table()) == set(keys(routes_of(create_app()), SAMPLES))


def test_a_new_route_of_which_nobody_said_how_it_is_asked_is_found() -> None:
    app = create_app()

    def new(actor: Staff) -> None:
        """Not in the table."""

    app.get("/api/new")(new)
    with pytest.raises(AssertionError, match="GET /api/new"):
        keys(routes_of(app), SAMPLES)
    assert "GET /api/new" in asks_who_one_is(app)


def test_a_new_line_a_line_of_what_is_gone_and_another_answer_are_found() -> None:
    reviewed = {("GET /old", "", "clerk"): ("200",) * 4, ("GET /same", "", "clerk"): ("200", "404", "404", "200")}
    found = {("GET /new", "", "clerk"): ("200",) * 4, ("GET /same", "", "clerk"): ("200", "200", "404", "200")}
    told = differences(reviewed, found)
    assert [line.partition(":")[0] for line in told[:2]] == ["no line", "a line of what is gone"]
    assert "'neighbouring': '404'" in told[2]
    assert differences(found, found) == []


def test_every_role_stands_in_the_table_and_may_do_something_in_its_own_place() -> None:
    lines = read_table()
    assert {role for _, _, role in lines} == set(ROLES_ASKED) > set(ROLES)


def test_outside_its_own_county_nobody_changes_a_case() -> None:
    for (route, case, role), (_, neighbouring, foreign, above) in read_table().items():
        method, path = route.split(" ")
        if method != "GET" and path.startswith("/api/proposals/{proposal_id}"):
            assert {neighbouring, foreign} <= {"404", "401"}, (route, case, role)
            assert above in {"401", "403", "404"}, (route, case, role)


def test_who_is_not_signed_in_gets_nothing_but_what_is_public() -> None:
    personal = asks_who_one_is(create_app())
    assert len(personal) > 30
    for (route, case, role), answers in read_table().items():
        if role == NOBODY and route in personal:
            assert set(answers) <= {"401", "303"}, (route, case)
