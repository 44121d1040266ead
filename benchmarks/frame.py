"""The frame of every benchmark: a fresh database, two sides measured in turn, numbers for people and programs."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.errors
from sqlalchemy.engine import make_url

from foundation.database import libpq_address, owner_address, set_addresses, with_driver
from foundation.errors import Refused
from processes import schema

DATABASE = "diming_bench"
ONE_AT_A_TIME = 0x62656E6368
Say = Callable[[str], None]


@contextmanager
def own_database(say: Say) -> Iterator[str]:
    """A migrated database on the server of DATABASE_URL, this process's register until it is dropped again.

    On the register itself nothing is done but to say CREATE DATABASE. Raises `Refused` where that is not allowed,
    or where another benchmark runs on this server.
    """
    server = owner_address()
    administration = psycopg2.connect(libpq_address(server))
    administration.autocommit = True
    try:
        with administration.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", (ONE_AT_A_TIME,))
            if not (cursor.fetchone() or (False,))[0]:
                raise Refused("另一个性能测试正在这台数据库上运行。", remedy="请等它结束。")
            _drop(cursor)
            try:
                cursor.execute("CREATE DATABASE diming_bench TEMPLATE template0")
            except psycopg2.errors.InsufficientPrivilege:
                raise Refused("当前数据库用户不能新建数据库。", remedy="请授予 CREATEDB,或换一台数据库。") from None
            address = make_url(with_driver(server)).set(database=DATABASE).render_as_string(hide_password=False)
            set_addresses(address, None)
            try:
                schema.migrate(address, say)
                yield address
            finally:
                set_addresses(server, None)
                _drop(cursor)
    finally:
        administration.close()


def _drop(cursor: Any) -> None:
    cursor.execute("DROP DATABASE IF EXISTS diming_bench WITH (FORCE)")


@dataclass(frozen=True)
class Side:
    """One of the two that are compared: what it is called, and how it is run for some seconds.

    `run` returns how long each of its acts took, in seconds.
    """

    name: str
    run: Callable[[float], Sequence[float]]


@dataclass
class Measured:
    """What a side did: its rate in each round (acts a second), and how long each act took (milliseconds)."""

    name: str
    rates: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)

    def add(self, took: Sequence[float], seconds: float) -> None:
        """Keep what one round brought."""
        self.rates.append(len(took) / seconds)
        self.took += [1000 * each for each in took]

    def told(self) -> dict[str, Any]:
        """The numbers as programs read them."""
        return {
            "name": self.name, "acts": len(self.took), "per_second": round(statistics.median(self.rates), 1),
            "per_second_of_rounds": [round(rate, 1) for rate in self.rates],
            "median_ms": round(statistics.median(self.took), 2), "p99_ms": round(percentile(self.took, 99), 2),
        }  # fmt: skip


def percentile(values: Sequence[float], hundredth: float) -> float:
    """The smallest value that so many of a hundred do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * hundredth // 100).__int__() - 1)]


def compared(a: Side, b: Side, *, rounds: int, seconds: float, say: Say) -> tuple[Measured, Measured]:
    """Run two sides in turn after a warm-up: A B, B A, A B …, so that what drifts touches both alike."""
    found = {a.name: Measured(a.name), b.name: Measured(b.name)}
    for side in (a, b):
        side.run(max(1.0, seconds / 2))
    for number in range(rounds):
        for side in (a, b) if number % 2 == 0 else (b, a):
            began = time.perf_counter()
            took = side.run(seconds)
            found[side.name].add(took, time.perf_counter() - began)
        say(f"第 {number + 1}/{rounds} 轮:" + ",".join(f"{it.name} {it.rates[-1]:.0f} 次/秒" for it in found.values()))
    return found[a.name], found[b.name]


def ratio(a: Measured, b: Measured) -> float:
    """How fast A is beside B: the median over the rounds, each round against its neighbour."""
    return statistics.median(one / other for one, other in zip(a.rates, b.rates, strict=True))


@dataclass(frozen=True)
class Report:
    """What a benchmark found: the two sides, their ratio, and how large it should be at least."""

    title: str
    a: Measured
    b: Measured
    target: float

    @property
    def reached(self) -> bool:
        """Whether the target is reached."""
        return ratio(self.a, self.b) >= self.target

    def as_json(self) -> str:
        """For programs."""
        told = {
            "title": self.title, "machine": machine(), "a": self.a.told(), "b": self.b.told(),
            "ratio": round(ratio(self.a, self.b), 3), "target": self.target, "reached": self.reached,
        }  # fmt: skip
        return json.dumps(told, ensure_ascii=False, indent=1)

    def as_text(self) -> str:
        """For people."""
        lines = [self.title, "  " + ",".join(f"{key} {value}" for key, value in machine().items())]
        for side in (self.a, self.b):
            it = side.told()
            lines.append(
                f"  {it['name']}:{it['per_second']} 次/秒(共 {it['acts']} 次),中位 {it['median_ms']} ms,"
                f"99% 在 {it['p99_ms']} ms 以内"
            )
        verdict = "达到" if self.reached else "没有达到"
        lines.append(f"  比值 {ratio(self.a, self.b):.3f},{verdict}目标 {self.target:.2f}")
        return "\n".join(lines)


def machine() -> dict[str, str]:
    """Where it was measured: processor, cores, memory, versions, how the database commits."""
    connection = psycopg2.connect(libpq_address(owner_address()))
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version'), current_setting('fsync'),"
                " current_setting('synchronous_commit')"
            )
            version, fsync, synchronous = cursor.fetchone() or ("", "", "")
    finally:
        connection.close()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return {
        "cpu": _processor(), "cores": str(os.cpu_count()), "memory": f"{memory:.0f} GB",
        "python": platform.python_version(), "postgresql": version.split()[0],
        "fsync": fsync, "synchronous_commit": synchronous,
    }  # fmt: skip


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
