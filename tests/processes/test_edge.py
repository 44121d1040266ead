"""The edge commits once, before the answer is sent: what the client is told was done is done."""

from __future__ import annotations

from typing import Any

import psycopg2
import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from api import errors
from api.writing import WriteSession
from api.writing import session as writing_session
from foundation import journal
from foundation.database import engine, libpq_address
from foundation.errors import Refused
from foundation.settings import PROJECT
from placenames.register.actions import write_classes
from processes import shipped
from processes.edge import writing
from tests.makers import make_place

REFUSE_AT_COMMIT = """
    CREATE FUNCTION foundation.refuse_at_commit() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'not today' USING ERRCODE = 'check_violation'; END $$;
    CREATE CONSTRAINT TRIGGER refuse_at_commit AFTER INSERT ON placenames.place
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION foundation.refuse_at_commit()
"""
UNSCOPED = Depends(writing_session)


@pytest.fixture
def register(own_address: str) -> str:
    """An empty register with classes and one county."""
    with writing() as session:
        write_classes(session, shipped.classes())
        session.execute(text(
            "WITH d AS (INSERT INTO boundaries.division DEFAULT VALUES RETURNING id)"
            " INSERT INTO boundaries.division_version (division_id, code, code_system, name, level, type, valid_from,"
            " from_precision, source, note) SELECT id, '320682', 'GB/T 2260', '如皋市', 'county', '县级市',"
            " '1991-02-08', 'day', '测试', '' FROM d"
        ))  # fmt: skip
    return own_address


def count(address: str, table: str) -> int:
    """How many rows others see in a table."""
    connection = psycopg2.connect(libpq_address(address))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        found = int((cursor.fetchone() or (0,))[0])
    connection.close()
    return found


def refuse_commits(address: str) -> None:
    """From now on every commit of a new place fails, as a deferred constraint does."""
    connection = psycopg2.connect(libpq_address(address))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(REFUSE_AT_COMMIT)
    connection.close()


def application() -> FastAPI:
    """A small application whose routes write."""
    app = FastAPI()
    errors.install(app)

    @app.post("/api/places")
    def record(session: WriteSession) -> dict[str, int]:
        return {"id": make_place(session)}

    @app.post("/api/refused")
    def refuse(session: WriteSession) -> None:
        make_place(session)
        raise Refused("这个地名已经有了。")

    @app.post("/api/late")
    def record_too_late(session: Session = UNSCOPED) -> dict[str, int]:
        return {"id": make_place(session)}

    return app


@pytest.fixture
def told() -> list[str]:
    """What happened in its order: commits of the writing engine, and answers on their way to the client."""
    return []


def client(told: list[str]) -> TestClient:
    """A client of the small application; notes when the database commits and when an answer begins."""
    inner = application()

    async def noting(scope: Any, receive: Any, send: Any) -> None:
        async def noted(message: Any) -> None:
            if message["type"] == "http.response.start":
                told.append(f"answer {message['status']}")
            await send(message)

        await inner(scope, receive, noted)

    event.listen(engine(), "commit", lambda connection: told.append("commit"))
    return TestClient(noting, raise_server_exceptions=False)


def test_what_was_written_is_committed_before_the_answer_is_sent(register: str, told: list[str]) -> None:
    answer = client(told).post("/api/places")
    assert answer.status_code == 200
    assert told == ["commit", "answer 200"]
    assert count(register, "placenames.place") == 1
    assert count(register, "foundation.journal") == 1
    assert count(register, "placenames.search_token") == 1
    assert count(register, "placenames.map_point") == 1


def test_a_failed_commit_reaches_the_client_as_an_error_and_nothing_is_saved(register: str, told: list[str]) -> None:
    refuse_commits(register)
    answer = client(told).post("/api/places")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "没有保存任何内容" in answer.json()["detail"]
    assert "not today" not in answer.text
    assert [event for event in told if event.startswith("answer")] == ["answer 500"]
    for table in ("placenames.place", "placenames.place_name", "placenames.search_token", "foundation.journal"):
        assert count(register, table) == 0, table


def test_a_session_without_the_scope_would_answer_before_the_commit(register: str, told: list[str]) -> None:
    """Shows that the tests above can fail: this is what FastAPI does when the scope is forgotten."""
    assert client(told).post("/api/late").status_code == 200
    assert told == ["answer 200", "commit"]


def test_no_route_takes_the_writing_session_without_its_scope() -> None:
    for path in (PROJECT / "api").rglob("*.py"):
        if path.name != "writing.py":
            text_of = path.read_text(encoding="utf-8")
            assert "writing import session" not in text_of, path
            assert "processes.edge" not in text_of, path


def test_a_verb_that_is_refused_leaves_nothing(register: str, told: list[str]) -> None:
    answer = client(told).post("/api/refused")
    assert (answer.status_code, answer.json()["detail"]) == (409, "这个地名已经有了。")
    assert told == ["answer 409"]
    assert count(register, "placenames.place") == count(register, "foundation.journal") == 0


def test_after_a_failed_commit_the_next_act_is_written_without_a_gap(register: str) -> None:
    def broken() -> None:
        with writing() as session:
            make_place(session)
            session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        broken()
    with writing() as session:
        make_place(session)
    with engine().connect() as connection:
        assert journal.verify(connection) == (1, None)
        assert connection.scalar(text("SELECT max(seq) FROM foundation.journal")) == 1


def test_the_derived_data_fails_with_the_act_and_never_apart_from_it(register: str) -> None:
    with engine().begin() as connection:
        connection.execute(text("ALTER TABLE placenames.search_form ADD CHECK (text <> '东大街')"))
    with pytest.raises(Exception, match="search_form"), writing() as session:
        make_place(session)
    assert count(register, "placenames.place") == count(register, "foundation.journal") == 0
    with writing() as session:
        make_place(session, name="西大街")
    assert count(register, "placenames.place") == count(register, "foundation.journal") == 1
