"""The ground of all tests: real PostGIS, cloned databases, a session that rolls back, the running site.

Databases are made once per run and cloned (0.3 s): an empty migrated one and one with the demonstration.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psycopg2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from foundation.database import PUBLIC_ROLE, ReadPool, libpq_address, set_addresses
from foundation.settings import PROJECT, settings
from foundation.sqlfiles import SqlFile

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
MOST_TEMPLATES = 6


def _key() -> str:
    """A hash of everything that makes a register, so that a template serves as long as nothing of it changes."""
    content = blake2b(digest_size=6)
    for folder in ("migrations", "data", "foundation", "boundaries", "placenames", "processes"):
        for path in sorted((PROJECT / folder).rglob("*")):
            if path.suffix in {".py", ".sql", ".csv"}:
                content.update(path.relative_to(PROJECT).as_posix().encode() + path.read_bytes())
    return content.hexdigest()


@pytest.fixture(scope="session")
def server() -> str:
    """The address of a PostgreSQL server on which databases may be made; `./diming test` starts one."""
    given = os.environ.get("DIMING_TEST_DATABASE_URL")
    if not given:
        pytest.fail("no database server: run the tests with ./diming test", pytrace=False)
    return make_url(given).set(drivername="postgresql+psycopg2").render_as_string(hide_password=False)


@contextmanager
def _administration(server: str) -> Iterator[Any]:
    connection = psycopg2.connect(libpq_address(server))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def _named(server: str, database: str) -> str:
    return make_url(server).set(database=database).render_as_string(hide_password=False)


class Databases:
    """Makes databases from templates; the first worker that needs a template builds it, the others wait."""

    def __init__(self, server: str) -> None:
        self.server = server
        self.key = _key()
        self.made: list[str] = []

    def template(self, name: str, build: Callable[[str], None]) -> str:
        """The name of a template database, built once for all runs over the same code and data."""
        database = f"diming_t_{self.key}_{name}"
        with _administration(self.server) as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", (database,))
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (f"{database}_done",))
            if cursor.fetchone() is None:
                cursor.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
                cursor.execute(f'CREATE DATABASE "{database}"')
                build(_named(self.server, database))
                cursor.execute(f'ALTER DATABASE "{database}" RENAME TO "{database}_done"')
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", (database,))
        return f"{database}_done"

    def clone(self, template: str, name: str) -> str:
        """The address of a database of this worker's own, made from a template."""
        database = f"diming_c_{os.getpid()}_{WORKER}_{name}"
        with _administration(self.server) as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", (template,))
            cursor.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", (template,))
        self.made.append(database)
        return _named(self.server, database)

    def drop(self) -> None:
        """Drop this worker's clones, and templates of other code where too many have gathered."""
        with _administration(self.server) as cursor:
            for database in self.made:
                cursor.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
            cursor.execute("SELECT datname FROM pg_database WHERE datname ~ '^diming_t_' ORDER BY oid DESC")
            for (database,) in cursor.fetchall()[MOST_TEMPLATES:]:
                if self.key not in database:
                    with suppress(psycopg2.Error):  # another run may stand on it
                        cursor.execute(f'DROP DATABASE IF EXISTS "{database}"')


@pytest.fixture(scope="session")
def databases(server: str) -> Iterator[Databases]:
    """The maker of databases of this worker."""
    maker = Databases(server)
    yield maker
    maker.drop()


def _migrate(address: str) -> None:
    from processes import schema

    schema.migrate(address, lambda line: None)


def _load_demo(address: str) -> None:
    from processes import demo

    _migrate(address)
    set_addresses(address, None)
    demo.load(lambda done, of, note: None)
    set_addresses(address, None)


@pytest.fixture(scope="session")
def empty_template(databases: Databases) -> str:
    """The migrated, empty register as a template."""
    return databases.template("empty", _migrate)


@pytest.fixture(scope="session")
def demo_template(databases: Databases) -> str:
    """The register with the demonstration as a template."""
    return databases.template("demo", _load_demo)


@pytest.fixture(scope="session")
def empty_address(databases: Databases, empty_template: str) -> str:
    """A migrated, empty register; tests that commit there clean up or take a clone of their own."""
    return databases.clone(empty_template, "empty")


@pytest.fixture(scope="session")
def demo_address(databases: Databases, demo_template: str) -> str:
    """A register with the demonstration, which nobody changes."""
    return databases.clone(demo_template, "demo")


@pytest.fixture
def own_address(databases: Databases, empty_template: str) -> Iterator[str]:
    """A migrated, empty register for one test that commits; it is this process's register during the test."""
    address = databases.clone(empty_template, "own")
    set_addresses(address, None)
    yield address
    set_addresses(address, None)


@pytest.fixture
def own_demo_address(databases: Databases, demo_template: str) -> Iterator[str]:
    """A register with the demonstration for one test that changes it."""
    address = databases.clone(demo_template, "owndemo")
    set_addresses(address, None)
    yield address
    set_addresses(address, None)


@pytest.fixture
def connection(demo_address: str) -> Iterator[Connection]:
    """A connection to the demonstration whose outer transaction is rolled back after the test."""
    engine = create_engine(demo_address)
    with engine.connect() as open_connection:
        outer = open_connection.begin()
        yield open_connection
        outer.rollback()
    engine.dispose()


@pytest.fixture
def session(connection: Connection) -> Iterator[Session]:
    """A writing session in the transaction that is rolled back; its commits are savepoints."""
    with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as open_session:
        yield open_session


class SavepointReader:
    """Answers questions on the test's own connection as the public: READ ONLY, role diming_public, in a savepoint."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def rows(self, statement: SqlFile, parameters: Mapping[str, object]) -> Sequence[tuple[Any, ...]]:
        """All rows of a question."""
        driver = self.connection.connection.driver_connection
        assert driver is not None
        with driver.cursor() as cursor:
            cursor.execute("SAVEPOINT question")
            try:
                cursor.execute(f"SET LOCAL ROLE {PUBLIC_ROLE}")
                cursor.execute("SET TRANSACTION READ ONLY")
                cursor.execute(statement.driver_text, dict(parameters))
                return list(cursor.fetchall())
            finally:
                cursor.execute("ROLLBACK TO SAVEPOINT question")

    def one(self, statement: SqlFile, parameters: Mapping[str, object]) -> tuple[Any, ...] | None:
        """The first row of a question, or None."""
        found = self.rows(statement, parameters)
        return found[0] if found else None


@pytest.fixture
def reader(session: Session) -> SavepointReader:
    """The public's view of what the test has written but not committed."""
    return SavepointReader(session.connection())


def application(reader: object) -> FastAPI:
    """The application over a given reader."""
    from api.app import create_app

    app = create_app()
    app.state.reader = reader
    return app


@pytest.fixture(scope="session")
def demo_pool(demo_address: str) -> Iterator[ReadPool]:
    """The public's pool on the demonstration, with prepared statements, as the service uses it."""
    pool = ReadPool(demo_address, role=PUBLIC_ROLE, size=4, timeout_ms=3000)
    yield pool
    pool.close()


@pytest.fixture(scope="session")
def demo_client(demo_pool: ReadPool) -> Iterator[TestClient]:
    """A client of the service over the demonstration, for the whole run."""
    with TestClient(application(demo_pool), raise_server_exceptions=False) as open_client:
        yield open_client


@pytest.fixture
def client(demo_client: TestClient) -> TestClient:
    """That client as a newcomer: without what an earlier test chose and a cookie kept."""
    demo_client.cookies.clear()
    return demo_client


@pytest.fixture
def client_of_session(reader: SavepointReader) -> Iterator[TestClient]:
    """A client that sees, as the public, what the test has written but not committed."""
    with TestClient(application(reader), raise_server_exceptions=False) as open_client:
        yield open_client


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@pytest.fixture(scope="session")
def site(demo_address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base address of the real web server over the demonstration."""
    with served(demo_address, tmp_path_factory.mktemp("site") / "web.log") as base:
        yield base


@pytest.fixture
def own_site(own_demo_address: str, tmp_path: Path) -> Iterator[str]:
    """The base address of the real web server over a demonstration that the test may change, with files of its own."""
    with served(own_demo_address, tmp_path / "web.log", home=tmp_path) as base:
        yield base


@contextmanager
def served(
    address: str, log: Path, *, home: Path | None = None, more: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The real web server over a register, with `more` settings; gives its base address."""
    port = free_port()
    own = {"DATABASE_URL": address} | ({"DIMING_HOME": str(home)} if home else {}) | dict(more or {})
    command = [sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory", "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=PROJECT, stdout=output, stderr=output,
            env=os.environ | own,
        )  # fmt: skip
    base = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{base}/health/ready", log)
        yield base
    finally:
        process.terminate()
        process.wait(10)


def _wait(address: str, log: Path) -> None:
    for _ in range(200):
        try:
            with urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the site did not start: {log.read_text()[-2000:]}")


@pytest.fixture(autouse=True)
def _settings_stay() -> Iterator[None]:
    """Settings read during a test are forgotten after it."""
    yield
    settings.cache_clear()
