"""Readers: bounded in time and number, prepared once, and back again after the database was away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest
from sqlalchemy import text

from foundation.database import (
    PUBLIC_ROLE,
    ReadPool,
    engine,
    libpq_address,
    owner_address,
    public_reader,
    set_addresses,
)
from foundation.errors import Refused, Unavailable
from foundation.settings import settings
from foundation.sqlfiles import SqlFile
from tests.conftest import free_port

PID = SqlFile("test.pid", (), "SELECT pg_backend_pid()")
SLEEP = SqlFile("test.sleep", (("seconds", "double precision"),), "SELECT pg_backend_pid(), pg_sleep(:seconds)")
ADD = SqlFile("test.add", (("a", "integer"), ("b", "integer")), "SELECT :a - :b")
PREPARED = SqlFile(
    "test.prepared", (),
    "SELECT count(*), sum(generic_plans + custom_plans) FROM pg_prepared_statements WHERE name = 'test.add'",
)  # fmt: skip
SETTINGS = SqlFile(
    "test.settings", (),
    "SELECT current_setting('timezone'), current_setting('jit'), current_setting('transaction_read_only'),"
    " current_user, current_setting('statement_timeout')",
)  # fmt: skip
Pools = Callable[..., ReadPool]


@pytest.fixture
def pools(demo_address: str) -> Iterator[Pools]:
    """Makes the public's pools on the demonstration, closed after the test."""
    made: list[ReadPool] = []

    def make(size: int = 1, timeout_ms: int = 3000, address: str = demo_address) -> ReadPool:
        made.append(ReadPool(address, role=PUBLIC_ROLE, size=size, timeout_ms=timeout_ms))
        return made[-1]

    yield make
    for pool in made:
        pool.close()


class Impatient(threading.BoundedSemaphore):
    """Slots for which one waits a moment only; remembers how long one would have waited."""

    asked: float | None = None

    def acquire(self, blocking: bool = True, timeout: float | None = None) -> bool:
        """Wait a moment."""
        self.asked = timeout
        return super().acquire(blocking, 0.05)


def ask_at_once(pool: ReadPool, count: int, seconds: float) -> list[Any]:
    """The backend that answered each of several questions asked at the same time."""
    answers: list[Any] = []
    barrier = threading.Barrier(count)

    def ask() -> None:
        barrier.wait()
        answers.append(pool.rows(SLEEP, {"seconds": seconds})[0][0])

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def end(owner: psycopg2.extensions.cursor, *backends: int) -> None:
    """End backends as a restart of the server does, and wait until they are gone."""
    owner.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s) AS pid", (list(backends),))
    for _ in range(200):
        owner.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)", (list(backends),))
        if owner.fetchone() == (0,):
            return
        time.sleep(0.01)
    pytest.fail("the backends did not end")


def test_a_reader_keeps_shanghai_reads_only_and_is_the_public(pools: Pools) -> None:
    assert pools(timeout_ms=1234).one(SETTINGS, {}) == ("Asia/Shanghai", "off", "on", "diming_public", "1234ms")


def test_a_statement_is_prepared_once_for_each_connection(pools: Pools) -> None:
    pool = pools()
    assert [pool.one(ADD, {"a": a, "b": 1}) for a in (5, 6, 7)] == [(4,), (5,), (6,)]
    assert pool.one(PREPARED, {}) == (1, 3)


def test_no_row_is_told_as_none(pools: Pools) -> None:
    nothing = SqlFile("test.nothing", (), "SELECT 1 WHERE false")
    assert pools().one(nothing, {}) is None
    assert list(pools().rows(nothing, {})) == []


def test_a_question_that_takes_too_long_is_stopped_and_the_connection_serves_on(pools: Pools) -> None:
    pool = pools(timeout_ms=150)
    before = pool.one(PID, {})
    started = time.monotonic()
    with pytest.raises(Unavailable, match="用时过长") as refusal:
        pool.rows(SLEEP, {"seconds": 5})
    assert time.monotonic() - started < 2
    assert refusal.value.remedy
    assert pool.one(PID, {}) == before


def test_a_question_with_a_mistake_leaves_the_connection_in_order(pools: Pools) -> None:
    pool = pools()
    before = pool.one(PID, {})
    with pytest.raises(psycopg2.errors.DivisionByZero):
        pool.rows(SqlFile("test.zero", (), "SELECT 1 / 0"), {})
    assert pool.one(PID, {}) == before


def test_a_connection_that_was_ended_is_replaced_unseen(pools: Pools, owner: psycopg2.extensions.cursor) -> None:
    pool = pools()
    (before,) = pool.one(PID, {}) or ()
    assert pool.one(ADD, {"a": 2, "b": 1}) == (1,)
    end(owner, before)
    assert pool.one(ADD, {"a": 2, "b": 1}) == (1,)
    assert pool.one(PID, {}) != (before,)


def test_a_restart_of_the_server_under_many_idle_connections_is_not_seen(
    pools: Pools, owner: psycopg2.extensions.cursor
) -> None:
    pool = pools(size=4)
    backends = ask_at_once(pool, 4, 0.2)
    assert len(set(backends)) == 4
    end(owner, *backends)
    assert [pool.one(ADD, {"a": 2, "b": 1}) for _ in range(6)] == [(1,)] * 6


def test_a_connection_that_is_ended_in_the_middle_of_a_question_is_replaced(
    pools: Pools, owner: psycopg2.extensions.cursor
) -> None:
    pool = pools()
    (before,) = pool.one(PID, {}) or ()
    ending = threading.Timer(0.2, lambda: owner.execute("SELECT pg_terminate_backend(%s)", (before,)))
    ending.start()
    assert (pool.one(SLEEP, {"seconds": 0.6}) or ())[0] != before
    ending.join()


def test_a_database_that_is_away_is_told_in_words(pools: Pools) -> None:
    pool = pools(address=f"postgresql+psycopg2://nobody:x@127.0.0.1:{free_port()}/none")
    for _ in range(3):
        with pytest.raises(Unavailable, match="连接不上") as refusal:
            pool.rows(PID, {})
        assert "127.0.0.1" not in refusal.value.line()


def test_no_more_connections_are_opened_than_the_pool_holds(pools: Pools) -> None:
    pool = pools(size=3)
    answers = ask_at_once(pool, 9, 0.05)
    assert len(answers) == 9
    assert len(set(answers)) <= 3


def test_who_waits_too_long_for_a_free_connection_is_told_so(pools: Pools) -> None:
    pool = pools(size=1)
    pool._slots = slots = Impatient(1)
    with pool._connection(), pytest.raises(Unavailable, match="排不上"):
        pool.rows(PID, {})
    assert slots.asked == 10
    assert pool.one(PID, {}) is not None, "the slot was not given back"


def test_a_closed_pool_leaves_no_connection_open(pools: Pools, owner: psycopg2.extensions.cursor) -> None:
    pool = pools(size=2)
    backends = ask_at_once(pool, 2, 0.1)
    with pool._connection():
        pool.close()
    for _ in range(200):
        owner.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)", (backends,))
        if owner.fetchone() == (0,):
            break
        time.sleep(0.01)
    else:
        pytest.fail("a connection of the closed pool is still open")


def test_without_an_address_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    settings.cache_clear()
    with pytest.raises(Refused) as refusal:
        owner_address()
    assert "./diming up" in refusal.value.remedy


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg2", "postgresql+psycopg"])
def test_an_address_is_taken_in_any_spelling_and_keeps_its_password(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://a:p%40ss@h:5433/d")
    settings.cache_clear()
    assert owner_address() == "postgresql+psycopg2://a:p%40ss@h:5433/d"
    assert libpq_address(owner_address()) == "postgresql://a:p%40ss@h:5433/d"


def test_the_writing_engine_keeps_shanghai_and_gives_up_a_lock_after_five_seconds(own_address: str) -> None:
    question = text(
        "SELECT current_setting('timezone'), current_setting('jit'), current_setting('lock_timeout'),"
        " current_setting('idle_in_transaction_session_timeout'), current_setting('transaction_read_only')"
    )
    with engine().connect() as connection:
        assert tuple(connection.execute(question).one()) == ("Asia/Shanghai", "off", "5s", "1min", "off")


def test_a_new_address_closes_the_pools_of_the_old_one(own_address: str, demo_address: str) -> None:
    name = SqlFile("test.name", (), "SELECT current_database()")
    old = public_reader()
    first = old.one(name, {})
    set_addresses(demo_address, None)
    assert public_reader() is not old
    assert public_reader().one(name, {}) != first
    assert old._closed
