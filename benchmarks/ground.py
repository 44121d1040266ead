"""The server that benchmarks run on: a cluster of their own, which they may restart, or the one of DATABASE_URL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2
from psycopg2 import sql
from sqlalchemy.engine import make_url

from deploy import ground
from deploy.setup import postgis, steps
from foundation.cluster import PrivateCluster
from foundation.cluster.private import data_major
from foundation.database import libpq_address, set_addresses, with_driver
from foundation.errors import Refused, Unavailable

Say = Callable[[str], None]
_DROP = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
_CREATE = sql.SQL("CREATE DATABASE {} TEMPLATE template0")
ONE_AT_A_TIME = 0x62656E6368
HOME = "bench"  # the folder of the benchmarks' own cluster, below that of the installation


@dataclass
class Ground:
    """A server; `cluster` is None where it was given by DATABASE_URL, and then it is never restarted."""

    address: str
    cluster: PrivateCluster | None
    say: Say
    held: Any = None
    """The connection that holds the lock of the benchmarks."""

    def hold(self) -> None:
        """One benchmark at a time on a server; raises `Refused` where another one runs."""
        self.release()
        try:
            self.held = psycopg2.connect(libpq_address(self.address))
        except psycopg2.OperationalError as error:
            why = str(error).strip().splitlines()[0]
            raise Unavailable(f"连接不上数据库({why})。", remedy="请核对 DATABASE_URL,并确认数据库已启动。") from None
        self.held.autocommit = True
        with self.held.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", (ONE_AT_A_TIME,))
            if not (cursor.fetchone() or (False,))[0]:
                raise Refused(
                    "另一个性能测试正在这台数据库上运行。",
                    remedy="请等它结束;已看不见它时,可结束名为 python -m benchmarks 的进程。",
                )

    def release(self) -> None:
        """Let another one begin."""
        if self.held is not None:
            self.held.close()
            self.held = None

    def database(self, name: str) -> str:
        """The address of one of its databases."""
        return make_url(with_driver(self.address)).set(database=name).render_as_string(hide_password=False)

    def use(self, name: str) -> str:
        """Make a database the one that this process works with; returns its address."""
        address = self.database(name)
        set_addresses(address, None)
        return address

    def has(self, name: str) -> bool:
        """Whether there is a database of that name."""
        return bool(self.ask("SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s)", name))

    def create(self, name: str) -> None:
        """Make an empty database, in place of one of that name."""
        set_addresses(self.address, None)
        self.do(_DROP, name)
        self.do(_CREATE, name)

    def drop(self, name: str) -> None:
        """Drop a database."""
        set_addresses(self.address, None)
        self.do(_DROP, name)

    def ask(self, question: str, *values: object, database: str | None = None) -> object:
        """One value, from one of its databases or from the server's own."""
        connection = psycopg2.connect(libpq_address(self.database(database) if database else self.address))
        try:
            with connection.cursor() as cursor:
                cursor.execute(question, values)
                return (cursor.fetchone() or (None,))[0]
        finally:
            connection.close()

    def do(self, statement: sql.SQL, database: str) -> None:
        """One statement about a database, outside of a transaction."""
        connection = psycopg2.connect(libpq_address(self.address))
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement.format(sql.Identifier(database)))
        finally:
            connection.close()

    def restart(self, name: str) -> str | None:
        """Restart the server, so that its buffers are empty; the database's new address, or None where it may not.

        The page cache of the system stays: only the machine's administrator can empty that.
        """
        if self.cluster is None:
            return None
        set_addresses(self.address, None)
        self.cluster.stop()
        self.address = self.cluster.ensure_running(self.say).owner
        self.hold()
        return self.use(name)


@contextmanager
def server(say: Say) -> Iterator[Ground]:
    """The server for the length of a benchmark; the benchmarks' own cluster is stopped afterwards."""
    given = ground.given()
    if given is not None:
        with _held(Ground(with_driver(given), None, say)) as held:
            yield held
        return
    home = steps.home() / HOME
    cluster = PrivateCluster(home, postgis.find_or_bring(say, data_major(home)))
    try:
        with _held(Ground(cluster.ensure_running(say).owner, cluster, say)) as held:
            yield held
    finally:
        cluster.release()


@contextmanager
def _held(ground: Ground) -> Iterator[Ground]:
    try:
        ground.hold()
        yield ground
    finally:
        ground.release()
