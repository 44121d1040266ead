"""The public reads schema `published` and nothing else: by the rights of its role, and by the text of its questions."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, text

from foundation import sqlfiles
from foundation.database import PUBLIC_ROLE, ReadPool, libpq_address
from foundation.settings import PROJECT
from foundation.sqlfiles import SqlFile

WRITING_SIDE = {
    "placenames/search/sql/points.sql",
    "placenames/search/sql/source.sql",
    "placenames/search/sql/thin_all.sql",
    "boundaries/divisions/sql/counties_of.sql",
    "boundaries/divisions/sql/paths.sql",
}
# Rooms whose questions are asked for signed-in staff alone, over their own pool.
STAFF_ROOMS = ("foundation/access/", "foundation/people/", "placenames/proposals/")
_SCHEMA = re.compile(r"\b(foundation|boundaries|placenames|heritage|jobs|public|pg_catalog|information_schema)\s*\.")
_COMMENT = re.compile(r"--[^\n]*")
EVERYTHING = {path.relative_to(PROJECT).as_posix(): path for path in sqlfiles.every(PROJECT)}
QUESTIONS = [path for name, path in EVERYTHING.items() if name not in WRITING_SIDE and not name.startswith(STAFF_ROOMS)]
STAFF_QUESTIONS = [path for name, path in EVERYTHING.items() if name.startswith(STAFF_ROOMS)]


def test_the_questions_of_the_writing_side_are_the_known_ones() -> None:
    everything = {name for name in EVERYTHING if not name.startswith(STAFF_ROOMS)}
    assert everything >= WRITING_SIDE
    named = {
        path for path in everything if _SCHEMA.search(_COMMENT.sub("", (PROJECT / path).read_text(encoding="utf-8")))
    }
    assert named == WRITING_SIDE


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_a_question_of_the_public_reads_every_table_by_way_of_published(path: Path) -> None:
    body = _COMMENT.sub("", path.read_text(encoding="utf-8"))
    assert "published." in body
    assert not _SCHEMA.search(body)
    assert not re.search(r"\b(insert|update|delete|truncate|grant|set)\s", body, re.IGNORECASE)


@pytest.mark.parametrize("path", STAFF_QUESTIONS, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_the_role_of_the_public_may_not_ask_a_question_of_the_staff(demo_pool: ReadPool, path: Path) -> None:
    statement = sqlfiles.load(path)
    nothing: dict[str, object] = {name: [] if kind.endswith("[]") else None for name, kind in statement.parameters}
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        demo_pool.rows(statement, nothing)


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_the_role_of_the_public_may_ask_the_question(demo_pool: ReadPool, path: Path) -> None:
    statement = sqlfiles.load(path)
    nothing: dict[str, object] = {name: [] if kind.endswith("[]") else None for name, kind in statement.parameters}
    demo_pool.rows(statement, nothing)


@pytest.fixture
def as_public(demo_address: str) -> SqlRole:
    """A connection with the rights of the public, without READ ONLY, so that only rights refuse."""
    return SqlRole(demo_address)


class SqlRole:
    """Asks as the role of the public."""

    def __init__(self, address: str) -> None:
        self.address = libpq_address(address)

    def ask(self, statement: str) -> None:
        """Run a statement and roll it back."""
        connection = psycopg2.connect(self.address, options=f"-c role={PUBLIC_ROLE}")
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
        finally:
            connection.close()


def test_the_role_of_the_public_can_read_no_other_table(as_public: SqlRole, connection: Connection) -> None:
    tables = connection.execute(text(
        "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'v', 'm', 'p') AND n.nspname IN"
        " ('foundation', 'boundaries', 'placenames', 'jobs', 'heritage')"
    )).scalars().all()  # fmt: skip
    assert len(tables) > 10
    for table in tables:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            as_public.ask(f"SELECT count(*) FROM {table}")


def test_the_role_of_the_public_can_change_nothing(as_public: SqlRole) -> None:
    for statement in (
        "DELETE FROM published.policy",
        "UPDATE published.policy SET value = ''",
        "INSERT INTO published.policy VALUES ('a', 'b')",
        "SELECT placenames.thin(0)",
        "CREATE TABLE published.mine (id int)",
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            as_public.ask(statement)


def test_the_pool_of_the_public_is_read_only(demo_pool: ReadPool) -> None:
    who = SqlFile("test.who", (), "SELECT current_user, current_setting('transaction_read_only')")
    assert demo_pool.one(who, {}) == (
        PUBLIC_ROLE, "on",
    )  # fmt: skip


def test_no_view_shows_what_is_restricted_or_not_announced(connection: Connection) -> None:
    hidden = connection.execute(text(
        "SELECT count(*) FROM published.place_name v JOIN placenames.place_name n ON n.id = v.id"
        " JOIN placenames.place p ON p.id = n.place_id"
        " WHERE p.secrecy <> '公开' OR n.published_at IS NULL OR n.status IN ('planned', 'reserved')"
    )).scalar()  # fmt: skip
    unannounced = connection.execute(text("SELECT count(*) FROM placenames.place_name WHERE published_at IS NULL"))
    assert hidden == 0
    assert int(unannounced.scalar() or 0) > 0, "the demonstration holds some, so the test means something"


@pytest.mark.parametrize(
    "address",
    [
        "/", "/api/search?q=城", "/api/search?q=xin&near=120,32", "/api/search?q=xc", "/api/search?q=3206",
        "/api/search?q=城&as_of=2000", "/api/search?q=xin&as_of=2000", "/api/search?q=3206&as_of=2000",
        "/api/search?q=城&division=320600&class=21400", "/api/places/1", "/places/1", "/api/places/1?as_of=1990",
        "/api/lookup?lon=120.5&lat=32.3", "/api/lookup?lon=120.5&lat=32.3&as_of=1990", "/api/divisions",
        "/api/divisions?parent=320000", "/api/divisions/320682", "/api/divisions/320682/lineage",
        "/api/divisions/translate?code=320682&from=2000&to=1985", "/tiles/map/7/106/51.mvt",
        "/api/map/labels?bbox=120,32,121,33&zoom=10", "/health/ready",
        "/search?q=城&division=320682&as_of=2020", "/?mode=elder",
    ],
)  # fmt: skip
def test_every_route_answers_with_the_rights_of_the_public(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 200
