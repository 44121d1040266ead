"""The frame of every benchmark: what is compared runs in turn, and the numbers are for people and for programs."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import psycopg2
from sqlalchemy.engine import make_url

from benchmarks.ground import Ground
from foundation.database import READ_OPTIONS, libpq_address, owner_address
from foundation.settings import PROJECT
from foundation.sqlfiles import SqlFile
from processes import schema

SCRATCH = "diming_bench"
PLANS = PROJECT / "benchmarks" / "plans"
LEAST_FOR_PLANS = 1_000_000
Say = Callable[[str], None]
T = TypeVar("T")


@dataclass(frozen=True)
class Asked:
    """What a benchmark was asked for."""

    rows: int
    rounds: int
    seconds: float


@contextmanager
def own_database(ground: Ground) -> Iterator[str]:
    """An empty migrated database, this process's register until it is dropped again."""
    ground.create(SCRATCH)
    try:
        address = ground.use(SCRATCH)
        schema.migrate(address, ground.say)
        yield address
    finally:
        ground.drop(SCRATCH)


@dataclass(frozen=True)
class Side:
    """One of those that are compared: what it is called, and how it is run for some seconds.

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


def compared(sides: Sequence[Side], *, rounds: int, seconds: float, say: Say, warm: bool = True) -> list[Measured]:
    """Run sides in turn after a warm-up, in another order each round, so that what drifts touches all alike."""
    found = {side.name: Measured(side.name) for side in sides}
    if warm:
        for side in sides:
            side.run(max(1.0, seconds / 2))
    for number in range(rounds):
        turned = [*sides[number % len(sides) :], *sides[: number % len(sides)]]
        for side in turned if number % 2 == 0 else reversed(turned):
            began = time.perf_counter()
            took = side.run(seconds)
            found[side.name].add(took, time.perf_counter() - began)
        say(f"第 {number + 1}/{rounds} 轮:" + ",".join(f"{it.name} {it.rates[-1]:.3g} 次/秒" for it in found.values()))
    return list(found.values())


def repeated(act: Callable[[T], object], values: Iterator[T]) -> Callable[[float], Sequence[float]]:
    """What a side runs: the act on one value after the other for some seconds."""

    def run_for(seconds: float) -> list[float]:
        took, until = [], time.perf_counter() + seconds
        while (began := time.perf_counter()) < until:
            act(next(values))
            took.append(time.perf_counter() - began)
        return took

    return run_for


def ratio(a: Measured, b: Measured) -> float:
    """How fast A is beside B: the median over the rounds, each round against its neighbour."""
    return statistics.median(one / other for one, other in zip(a.rates, b.rates, strict=True))


@dataclass(frozen=True)
class Fact:
    """One number with its unit, and what it should be at most or at least where something was promised."""

    name: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None

    @property
    def promised(self) -> bool:
        """Whether there is anything it should be."""
        return self.at_most is not None or self.at_least is not None

    @property
    def reached(self) -> bool:
        """Whether it keeps what was promised."""
        return not (
            (self.at_most is not None and self.value > self.at_most)
            or (self.at_least is not None and self.value < self.at_least)
        )

    def as_text(self) -> str:
        """One line for people."""
        line = f"{self.name}:{self.value:,.3f}".rstrip("0").rstrip(".") + (f" {self.unit}" if self.unit else "")
        limit = self.at_most if self.at_most is not None else self.at_least
        if limit is None:
            return line
        told = "不超过" if self.at_most is not None else "不低于"
        return f"{line}({told} {limit:g}:{'达到' if self.reached else '没有达到'})"


@dataclass(frozen=True)
class Report:
    """What a benchmark found: the sides it compared, and numbers about them."""

    title: str
    sides: Sequence[Measured]
    facts: Sequence[Fact]
    remarks: Sequence[str] = ()
    """What one must know to read the numbers."""

    @property
    def reached(self) -> bool:
        """Whether everything that was promised is kept."""
        return all(fact.reached for fact in self.facts)

    def as_json(self) -> str:
        """For programs."""
        told = {
            "title": self.title, "machine": machine(), "sides": [side.told() for side in self.sides],
            "facts": [
                {"name": it.name, "value": round(it.value, 3), "unit": it.unit, "at_most": it.at_most,
                 "at_least": it.at_least, "reached": it.reached if it.promised else None} for it in self.facts
            ],
            "remarks": list(self.remarks),
            "reached": self.reached,
        }  # fmt: skip
        return json.dumps(told, ensure_ascii=False, indent=1)

    def as_text(self) -> str:
        """For people."""
        lines = [self.title, "  " + ",".join(f"{key} {value}" for key, value in machine().items())]
        for side in self.sides:
            it = side.told()
            lines.append(
                f"  {it['name']}:{it['per_second']} 次/秒(共 {it['acts']} 次),中位 {it['median_ms']} ms,"
                f"99% 在 {it['p99_ms']} ms 以内"
            )
        missed = sum(not fact.reached for fact in self.facts)
        promised = sum(fact.promised for fact in self.facts)
        ending = f"  有目标的 {promised} 项,没有达到的 {missed} 项。" if promised else "  这次测量没有目标值。"
        return "\n".join([*lines, *(f"  {fact.as_text()}" for fact in self.facts), *self.remarks, ending])


def keep_plan(benchmark: str, rows: int, name: str, statement: SqlFile, parameters: Mapping[str, object]) -> None:
    """Write down how PostgreSQL answers a question, with what it read, under `benchmarks/plans/`."""
    if rows < LEAST_FOR_PLANS:
        return  # of a small register they say nothing, and would lie about as changed files
    PLANS.mkdir(exist_ok=True)
    connection = psycopg2.connect(libpq_address(owner_address()), options=READ_OPTIONS)
    try:
        with connection.cursor() as cursor:
            # As the service asks it: prepared, planned without its values.
            cursor.execute(statement.prepare)
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + statement.execute, dict(parameters))
            lines = [str(row[0]) for row in cursor.fetchall()]
    finally:
        connection.close()
    (PLANS / f"{benchmark}-{rows}-{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def machine() -> dict[str, str]:
    """Where it was measured: processor, cores, memory, versions, how the database commits."""
    connection = psycopg2.connect(libpq_address(make_url(owner_address()).render_as_string(hide_password=False)))
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version'), current_setting('fsync'),"
                " current_setting('synchronous_commit'), current_setting('shared_buffers')"
            )
            version, fsync, synchronous, buffers = cursor.fetchone() or ("", "", "", "")
    finally:
        connection.close()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return {
        "cpu": _processor(), "cores": str(os.cpu_count()), "memory": f"{memory:.0f} GB",
        "python": platform.python_version(), "postgresql": version.split()[0], "shared_buffers": buffers,
        "fsync": fsync, "synchronous_commit": synchronous,
    }  # fmt: skip


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
