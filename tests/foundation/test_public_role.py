"""The public's login reads what is published, and can do nothing else, whatever it tries."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg2
import pytest
from sqlalchemy.engine import make_url

from foundation.database import PUBLIC_ROLE, ReadPool, libpq_address
from foundation.sqlfiles import SqlFile
from tests.conftest import WORKER

SCHEMAS = ("boundaries", "foundation", "jobs", "placenames")
LOGIN = f"diming_t_login_{os.getpid()}_{WORKER}"
PASSWORD = "only-for-tests"
Cursor = psycopg2.extensions.cursor


@pytest.fixture(scope="module")
def login_address(demo_address: str) -> Iterator[str]:
    """The address by which a login with the public's rights and no others reaches the demonstration.

    The role of the installation itself belongs to the whole server and is left as it is.
    """
    owner = psycopg2.connect(libpq_address(demo_address))
    owner.autocommit = True
    with owner.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {LOGIN} LOGIN PASSWORD '{PASSWORD}' IN ROLE {PUBLIC_ROLE}")
        yield make_url(demo_address).set(username=LOGIN, password=PASSWORD).render_as_string(hide_password=False)
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (LOGIN,))
        cursor.execute(f"DROP ROLE {LOGIN}")
    owner.close()


@pytest.fixture
def public(login_address: str) -> Iterator[Cursor]:
    """A cursor of that login, with a transaction that it may try to write in."""
    connection = psycopg2.connect(libpq_address(login_address))
    with connection.cursor() as cursor:
        yield cursor
    connection.close()


def relations(cursor: Cursor, *schemas: str) -> list[str]:
    """The tables, views and sequences of some schemas."""
    cursor.execute(
        "SELECT n.nspname || '.' || quote_ident(c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE n.nspname = ANY(%s) AND relkind IN ('r', 'p', 'v', 'm', 'S') ORDER BY 1",
        (list(schemas),),
    )
    return [row[0] for row in cursor.fetchall()]


def refused(cursor: Cursor, statement: str) -> None:
    """Fails where the statement is not refused for want of a right."""
    try:
        cursor.execute(statement)
    except psycopg2.errors.InsufficientPrivilege:
        cursor.connection.rollback()
        return
    pytest.fail(f"not refused: {statement}")


# The demonstration holds no decided case yet, and is too small for hot codes.
EMPTY = {"published.place_decision", "published.search_hot", "published.search_top"}


def test_the_public_reads_every_published_view(public: Cursor, owner: Cursor) -> None:
    views = relations(owner, "published")
    assert len(views) > 10
    for view in views:
        public.execute(f"SELECT * FROM {view} LIMIT 1")
        assert public.fetchone() is not None or view in EMPTY, view


def test_the_public_reads_no_table_of_the_registers_the_foundation_or_the_queue(public: Cursor, owner: Cursor) -> None:
    tables = relations(owner, *SCHEMAS)
    assert len(tables) > 20
    for table in tables:
        refused(public, f"SELECT * FROM {table} LIMIT 1")


def test_the_public_writes_nowhere(public: Cursor, owner: Cursor) -> None:
    # A view over several tables is refused for another reason before rights are looked at: ask for the rights.
    owner.execute(
        "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm')"
        " AND relnamespace <> 'pg_catalog'::regnamespace AND has_table_privilege(%s, oid,"
        " 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')",
        (LOGIN,),
    )
    assert owner.fetchall() == []
    for statement in (
        "INSERT INTO published.policy (name, value) VALUES ('dataset', 'x')",
        "UPDATE published.policy SET value = 'x'",
        "CREATE TABLE public.mine (a integer)",
        "CREATE TABLE published.mine (a integer)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION published.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE placenames.place ADD COLUMN mine text",
        "DELETE FROM public.spatial_ref_sys",
        "DELETE FROM public.alembic_version",
    ):
        refused(public, statement)


def test_the_public_calls_no_function_of_the_registers(public: Cursor) -> None:
    for call in (
        "placenames.thin(0)", "placenames.is_public('standard', '公开', now())", "foundation.public_position(NULL)",
        "jobs.procrastinate_fetch_job_v2(NULL, 1)",
    ):  # fmt: skip
        refused(public, f"SELECT {call}")


def test_the_public_that_logs_in_by_itself_cannot_become_the_owner(public: Cursor, owner: Cursor) -> None:
    owner.execute("SELECT current_user")
    (name,) = owner.fetchone() or ("",)
    for statement in (
        f'SET ROLE "{name}"',
        f'SET SESSION AUTHORIZATION "{name}"',
        f"ALTER ROLE {LOGIN} SUPERUSER",
        f'GRANT "{name}" TO {LOGIN}',
        f"CREATE ROLE {LOGIN}_2",
        "SELECT pg_read_file('postgresql.conf')",
        "COPY (SELECT 1) TO PROGRAM 'cat'",
        "COPY (SELECT 1) TO '/tmp/diming-should-not-be'",
    ):
        refused(public, statement)
    public.execute("RESET ROLE")
    public.execute("SELECT current_user, session_user")
    assert public.fetchone() == (LOGIN, LOGIN)


def test_the_role_itself_has_no_power_and_belongs_to_no_other(owner: Cursor) -> None:
    owner.execute(
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,"
        " EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid) FROM pg_roles r WHERE rolname = %s",
        (PUBLIC_ROLE,),
    )
    assert owner.fetchone() == (False,) * 6


def test_a_reader_that_logs_in_by_itself_answers_the_public_s_questions(login_address: str) -> None:
    pool = ReadPool(login_address, role=None, size=1, timeout_ms=3000)
    assert pool.one(SqlFile("test.who", (), "SELECT session_user::text"), {}) == (LOGIN,)
    assert (pool.one(SqlFile("test.many", (), "SELECT count(*) FROM published.place"), {}) or (0,))[0] > 800
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        pool.rows(SqlFile("test.secret", (), "SELECT * FROM placenames.place"), {})
    pool.close()


@pytest.mark.parametrize(
    "attempt", ["DELETE FROM placenames.place", "DELETE FROM published.place", "TRUNCATE foundation.journal"]
)
def test_the_service_s_own_readers_cannot_write(demo_pool: ReadPool, attempt: str) -> None:
    refusals = (psycopg2.errors.InsufficientPrivilege, psycopg2.errors.ReadOnlySqlTransaction)
    with demo_pool._connection() as (open_connection, _), open_connection.cursor() as cursor, pytest.raises(refusals):
        cursor.execute(attempt)
