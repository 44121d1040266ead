"""Connections: one writing engine, and READ ONLY pools whose statements stay prepared.

Every connection keeps Asia/Shanghai and runs without JIT (it costs more than it saves on our short
questions). The public's pool logs in as `diming_public`, or takes that role at connect time, so that it
can select in schema `published` and nowhere else.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Protocol

import psycopg2
import psycopg2.extensions
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from foundation.errors import FieldError, Malformed, Refused, Unavailable
from foundation.settings import settings
from foundation.sqlfiles import SqlFile
from foundation.texts import storable

PUBLIC_ROLE = "diming_public"
_COMMON = "-c timezone=Asia/Shanghai -c jit=off"
READ_OPTIONS = (
    f"{_COMMON} -c default_transaction_read_only=on"
    # Planned once for each connection: planning costs more than most of our questions.
    " -c plan_cache_mode=force_generic_plan"
    # Starting another process costs more than what it would help.
    " -c max_parallel_workers_per_gather=0"
    # The questions were measured with these: on an office's own server its defaults give plans a thousand times slower.
    " -c random_page_cost=1.1 -c work_mem=16MB"
)
"""How every connection of a pool for reading is set."""


def set_addresses(owner: str, public: str | None) -> None:
    """Tell this process and its children which database to use; open pools of the old one are closed."""
    os.environ["DATABASE_URL"] = owner
    if public:
        os.environ["DIMING_PUBLIC_DATABASE_URL"] = public
    else:
        os.environ.pop("DIMING_PUBLIC_DATABASE_URL", None)
    settings.cache_clear()
    forget_connections()


def owner_address() -> str:
    """The address of the register as SQLAlchemy writes it; raises `Refused` where none is set."""
    given = settings().database_url
    if given is None:
        raise Refused("没有指定数据库。", remedy="请用 ./diming up 启动,或设置环境变量 DATABASE_URL。")
    return with_driver(given.get_secret_value())


def with_driver(address: str) -> str:
    """The address for SQLAlchemy, however it was spelled: `postgres://`, `postgresql://`, with a driver or without.

    A bare `postgresql://` means psycopg 3 to SQLAlchemy 2.1; the writing side is built for psycopg2. Raises
    `Refused` for what is no address of a PostgreSQL database.
    """
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.drivername.partition("+")[0] not in {"postgres", "postgresql"}:
        raise Refused(
            "DATABASE_URL 不是 PostgreSQL 数据库的地址。", remedy="请写成 postgresql://用户:密码@主机:5432/数据库。"
        )
    return url.set(drivername="postgresql+psycopg2").render_as_string(hide_password=False)


def libpq_address(address: str) -> str:
    """The same address in the form that libpq and its clients take."""
    return make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)


def make_engine(address: str) -> Engine:
    """A writing engine; a lock that cannot be had within five seconds is given up with an error."""
    options = f"{_COMMON} -c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000"
    return create_engine(
        with_driver(address),
        pool_size=settings().threads,
        max_overflow=4,
        pool_pre_ping=True,
        connect_args={"options": options, "application_name": "diming", "connect_timeout": 10},
    )


@lru_cache(maxsize=1)
def engine() -> Engine:
    """The writing engine of this process."""
    return make_engine(owner_address())


class Reader(Protocol):
    """Something that answers questions: a pool, or the test's own connection."""

    def rows(self, statement: SqlFile, parameters: Mapping[str, object]) -> Sequence[tuple[Any, ...]]:
        """All rows of a question."""

    def one(self, statement: SqlFile, parameters: Mapping[str, object]) -> tuple[Any, ...] | None:
        """The first row, or None."""


def _check(parameters: Mapping[str, object]) -> None:
    for name, value in parameters.items():
        if isinstance(value, str) and not storable(value):
            raise Malformed([FieldError(name, "含有不能识别的字符", "请删去其中的控制字符")])


class ReadPool:
    """A pool of READ ONLY connections, each with its own prepared statements; safe between threads.

    Statements are prepared on a connection the first time it meets them: planning is two thirds of a
    point query, and psycopg2 never prepares by itself.
    """

    def __init__(self, address: str, *, role: str | None, size: int, timeout_ms: int) -> None:
        self._address = libpq_address(address)
        self._options = f"{READ_OPTIONS} -c statement_timeout={timeout_ms}" + (f" -c role={role}" if role else "")
        self._free: queue.LifoQueue[tuple[psycopg2.extensions.connection, set[str]]] = queue.LifoQueue()
        self._slots = threading.BoundedSemaphore(size)
        self._closed = False

    def rows(self, statement: SqlFile, parameters: Mapping[str, object]) -> Sequence[tuple[Any, ...]]:
        """All rows of a question; raises `Unavailable` when the database is away or the question took too long.

        Raises `Malformed` for a parameter with the character NUL, which PostgreSQL cannot hold.
        """
        _check(parameters)
        try:
            return self._ask(statement, parameters)
        except (psycopg2.InterfaceError, psycopg2.OperationalError) as error:
            if isinstance(error, psycopg2.errors.QueryCanceled):
                raise Unavailable("查询用时过长,已停止。", remedy="请把查询条件写得更具体,或稍后再试。") from error
        # The server was restarted under its idle connections: the second try opens a new one.
        self._drop_idle()
        try:
            return self._ask(statement, parameters)
        except (psycopg2.InterfaceError, psycopg2.OperationalError) as error:
            raise Unavailable("数据库暂时连接不上。", remedy="请稍后再试。") from error

    def one(self, statement: SqlFile, parameters: Mapping[str, object]) -> tuple[Any, ...] | None:
        """The first row of a question, or None."""
        found = self.rows(statement, parameters)
        return found[0] if found else None

    def _ask(self, statement: SqlFile, parameters: Mapping[str, object]) -> Sequence[tuple[Any, ...]]:
        with self._connection() as (connection, prepared), connection.cursor() as cursor:
            if statement.name not in prepared:
                cursor.execute(statement.prepare)
                prepared.add(statement.name)
            cursor.execute(statement.execute, dict(parameters))
            rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
            return rows

    @contextmanager
    def _connection(self) -> Iterator[tuple[psycopg2.extensions.connection, set[str]]]:
        if not self._slots.acquire(timeout=10):
            raise Unavailable("访问的人太多,暂时排不上。", remedy="请稍后再试。")
        try:
            held = self._take()
            try:
                yield held
            except (psycopg2.InterfaceError, psycopg2.OperationalError) as error:
                if not isinstance(error, psycopg2.errors.QueryCanceled):
                    held[0].close()
                raise
            finally:
                if not held[0].closed and not self._closed:
                    self._free.put(held)
                elif not held[0].closed:
                    held[0].close()
        finally:
            self._slots.release()

    def _take(self) -> tuple[psycopg2.extensions.connection, set[str]]:
        while True:
            try:
                held = self._free.get_nowait()
            except queue.Empty:
                break
            if not held[0].closed:
                return held
        connection = psycopg2.connect(
            self._address, options=self._options, application_name="diming-read", connect_timeout=10
        )
        # One question is one statement is one READ ONLY transaction: no BEGIN and COMMIT on the way.
        connection.autocommit = True
        return connection, set()

    def close(self) -> None:
        """Close what is idle; what is in use closes when it comes back."""
        self._closed = True
        self._drop_idle()

    def _drop_idle(self) -> None:
        while True:
            try:
                self._free.get_nowait()[0].close()
            except queue.Empty:
                return


class SessionReader:
    """Answers questions inside a writing session: what it wrote is seen, though not yet committed."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def rows(self, statement: SqlFile, parameters: Mapping[str, object]) -> Sequence[tuple[Any, ...]]:
        """All rows of a question."""
        _check(parameters)
        self._session.flush()
        found = self._session.connection().exec_driver_sql(statement.driver_text, dict(parameters))
        return [tuple(row) for row in found]

    def one(self, statement: SqlFile, parameters: Mapping[str, object]) -> tuple[Any, ...] | None:
        """The first row of a question, or None."""
        found = self.rows(statement, parameters)
        return found[0] if found else None


@lru_cache(maxsize=1)
def staff_reader() -> ReadPool:
    """The READ ONLY pool for signed-in staff of this process: every schema, within what each question narrows to."""
    return ReadPool(owner_address(), role=None, size=settings().threads + 4, timeout_ms=settings().statement_timeout_ms)


@lru_cache(maxsize=1)
def public_reader() -> ReadPool:
    """The public's READ ONLY pool of this process: nothing but schema `published`."""
    own = settings().public_database_url
    return ReadPool(
        with_driver(own.get_secret_value()) if own else owner_address(),
        role=None if own else PUBLIC_ROLE,
        size=settings().threads + 4,
        timeout_ms=settings().statement_timeout_ms,
    )


def forget_connections() -> None:
    """Close the pools of this process, so that the next question opens new ones."""
    for pool in (public_reader, staff_reader):
        if pool.cache_info().currsize:
            pool().close()
        pool.cache_clear()
    if engine.cache_info().currsize:
        engine().dispose()
    engine.cache_clear()
