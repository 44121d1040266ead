"""Every question is one `.sql` file that says what it answers and is prepared against the migrated schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from foundation.database import PUBLIC_ROLE, libpq_address
from foundation.settings import PROJECT
from foundation.sqlfiles import SqlFile, every, load, together

EVERY = every(PROJECT)
PACKAGES = ("api", "boundaries", "foundation", "migrations", "placenames", "processes")
WRITES = ("thin_all", "counties_of", "paths", "source", "points")
# Asked for signed-in staff alone, over their own READ ONLY pool.
STAFF_ROOMS = ("foundation/access/", "foundation/people/", "placenames/proposals/")
"""Questions of writers, which read the registers themselves; all others are the public's."""


def identifier(path: Path) -> str:
    """The path as a test's name shows it."""
    return path.relative_to(PROJECT).as_posix()


@pytest.fixture(scope="module")
def cursor(empty_address: str) -> Iterator[psycopg2.extensions.cursor]:
    """A cursor on the migrated, empty register; what it does is rolled back."""
    connection = psycopg2.connect(libpq_address(empty_address))
    with connection.cursor() as open_cursor:
        yield open_cursor
    connection.close()


@pytest.fixture
def write(tmp_path: Path) -> Iterator[Path]:
    """A folder `room/sql/` for files of the test's own."""
    folder = tmp_path / "room" / "sql"
    folder.mkdir(parents=True)
    yield folder
    load.cache_clear()


def test_the_house_has_its_questions() -> None:
    assert len(EVERY) > 20
    found = {path for package in PACKAGES for path in (PROJECT / package).rglob("*.sql")}
    # The bulk form makes tables as it goes: it is run, not prepared (tests/placenames/test_index.py).
    found -= set((PROJECT / "placenames" / "search" / "sql" / "bulk").iterdir())
    assert set(EVERY) == found, "a question lies outside a folder named sql"


def test_no_two_questions_share_a_name() -> None:
    names = [load(path).name for path in EVERY]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("path", EVERY, ids=identifier)
def test_a_question_opens_with_what_it_answers_and_names_its_index(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    head = lines[: next(i for i, line in enumerate(lines) if not line.startswith("--"))]
    assert re.fullmatch(r"-- [A-Z][^:].{20,}", head[0]), "the first line says what is answered"
    assert [line for line in head if re.match(r"-- index: \S", line)], "an `index:` line is missing"


@pytest.mark.parametrize("path", EVERY, ids=identifier)
def test_every_index_that_a_question_names_is_there(path: Path, cursor: psycopg2.extensions.cursor) -> None:
    named = set(re.findall(r"\b(?:ix|uq|ex|pk)_\w+", "".join(re.findall(r"-- .*index.*", path.read_text("utf-8")))))
    cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'i'")
    assert named <= {row[0] for row in cursor.fetchall()}


@pytest.mark.parametrize("path", EVERY, ids=identifier)
def test_every_question_prepares_against_the_migrated_schema(path: Path, cursor: psycopg2.extensions.cursor) -> None:
    statement = load(path)
    staff = path.relative_to(PROJECT).as_posix().startswith(STAFF_ROOMS)
    if staff:
        cursor.execute("SET TRANSACTION READ ONLY")
    elif path.stem not in WRITES:
        cursor.execute(f"SET LOCAL ROLE {PUBLIC_ROLE}")
        cursor.execute("SET TRANSACTION READ ONLY")
    try:
        cursor.execute(statement.prepare)
        empty = dict.fromkeys(name for name, _ in statement.parameters)
        cursor.execute("EXPLAIN " + statement.execute, empty)
        if path.stem not in WRITES and not staff:
            # Rights are looked at when a question runs, not when it is prepared.
            cursor.execute(statement.execute, empty)
        cursor.execute("EXPLAIN " + statement.driver_text, empty)
    finally:
        cursor.connection.rollback()


def test_a_parameter_that_is_used_but_not_declared_is_found(write: Path) -> None:
    (write / "bad.sql").write_text("-- Asks.\n-- :code text  a code\nSELECT :code, :day", encoding="utf-8")
    with pytest.raises(ValueError, match=r"bad\.sql.*day"):
        load(write / "bad.sql")


def test_a_parameter_that_is_declared_but_not_used_is_found(write: Path) -> None:
    (write / "bad.sql").write_text("-- Asks.\n-- :code text  a code\n-- :day date\nSELECT :code", encoding="utf-8")
    with pytest.raises(ValueError, match=r"bad\.sql.*day"):
        load(write / "bad.sql")


def test_a_question_becomes_a_prepared_and_a_driver_statement(write: Path) -> None:
    text = (
        "-- Asks for a code.\n-- :days integer[]  which days\n-- :code text  a code\n"
        "SELECT a::text, 5 % 2 -- not :this\nFROM t WHERE code = :code AND day = ANY(:days) OR :code IS NULL;\n"
    )
    (write / "ask.sql").write_text(text, encoding="utf-8")
    asked = load(write / "ask.sql")
    assert asked.name == "room.ask"
    assert asked.parameters == (("days", "integer[]"), ("code", "text"))
    prepared = 'PREPARE "room.ask" (integer[], text) AS SELECT a::text, 5 % 2'
    assert " ".join(asked.prepare.split()) == f"{prepared} FROM t WHERE code = $2 AND day = ANY($1) OR $2 IS NULL"
    assert asked.execute == 'EXECUTE "room.ask" (%(days)s, %(code)s)'
    driver = "FROM t WHERE code = CAST(%(code)s AS text) AND day = ANY(CAST(%(days)s AS integer[]))"
    assert f"5 %% 2 {driver}" in " ".join(asked.driver_text.split())


def test_a_value_is_never_read_as_sql(cursor: psycopg2.extensions.cursor, write: Path) -> None:
    (write / "echo.sql").write_text("-- Says what was asked.\n-- :code text  a code\nSELECT :code", encoding="utf-8")
    asked, hostile = load(write / "echo.sql"), "'); DROP TABLE placenames.place; -- %s :code $1"
    cursor.execute(asked.prepare)
    for statement in (asked.execute, asked.driver_text):
        cursor.execute(statement, {"code": hostile})
        assert cursor.fetchone() == (hostile,)
    cursor.connection.rollback()


def test_two_questions_are_asked_at_one_go_and_what_they_share_is_given_once() -> None:
    one = SqlFile("one", (("zoom", "integer"), ("x", "integer")), "SELECT :zoom + :x")
    both = together(one, SqlFile("other", (("x", "integer"), ("day", "date")), "SELECT :x"))
    assert both.parameters == (("zoom", "integer"), ("x", "integer"), ("day", "date"))
    assert both.body == "SELECT (SELECT :zoom + :x), (SELECT :x)"
    with pytest.raises(ValueError, match="two types"):
        together(one, SqlFile("another", (("x", "bigint"),), "SELECT :x"))
