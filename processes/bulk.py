"""Loads many places at once: rows by COPY without indexes, then the indexes, then the derived data, step by step.

A load that is killed at any moment goes on with the step at which it stood and ends in the same content: chunks and
numbers depend on the source alone, and each step is one transaction with its progress. While it runs the register
lacks indexes; it is meant for registers that hold little beside what is loaded.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from multiprocessing.connection import wait
from typing import Protocol, TypeVar

from sqlalchemy import text
from sqlalchemy.orm import Session

from foundation import bulk as keeping
from foundation.errors import Refused
from foundation.models import BulkLoad
from placenames.register import bulk as rows
from placenames.register.drafts import PlaceDraft
from placenames.search import bulk as derived
from placenames.search import index
from placenames.search.tokens import Form
from processes.edge import writing

BULK_LOCK = 0x62756C6B
REGISTER = ("placenames.place", "placenames.place_name")
DERIVED = (
    "placenames.search_form", "placenames.search_sound", "placenames.search_token", "placenames.map_point",
)  # fmt: skip
AHEAD = 2  # chunks that are prepared before they are wanted, for each process
DONE = "done"
Say = Callable[[str], None]
T = TypeVar("T")


class Source(Protocol):
    """What is loaded: numbered chunks, each the same whenever it is asked for."""

    name: str
    reason: str
    fingerprint: str

    def sizes(self) -> Sequence[tuple[int, int]]:
        """How many places and how many names each chunk brings."""

    def chunk(self, number: int) -> Sequence[PlaceDraft]:
        """The places of one chunk."""


@dataclass(frozen=True)
class Phase:
    """A phase of the load with the seconds that it took in this run."""

    name: str
    seconds: float


def load(make: Callable[[], Source], say: Say, *, workers: int | None = None) -> list[Phase]:
    """Load a source, or go on with it; `make` is called here and in every process that prepares its chunks.

    Returns the phases that this run went through (none where all was loaded before). Raises `Refused` where another
    load of this register is under way or unfinished, or where this one began with other content.
    """
    source, count = make(), workers or os.cpu_count() or 1
    with _alone(), _processes(make, count) as processes:
        return _Run(source, processes, AHEAD * count, say).through()


@contextmanager
def _alone() -> Iterator[None]:
    """One bulk load at a time; the lock goes with the process, however it ends."""
    with writing(long=True) as session:
        if not session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": BULK_LOCK}):
            raise Refused("另一项批量载入正在进行。", remedy="请等它结束。")
        yield


_made: Source | None = None


def _start(make: Callable[[], Source]) -> None:
    """A process that prepares chunks: it makes the source, and ends when its parent does."""
    global _made  # noqa: PLW0603 (what a process of the pool works with)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (wait([parent.sentinel]), os._exit(1)), daemon=True).start()
    _made = make()
    # What is made here has no circles; looking for them would take a tenth of the time.
    gc.freeze()
    gc.disable()


def _prepared(number: int, first_place: int, first_name: int) -> rows.Rows:
    if _made is None:
        raise RuntimeError("this process prepares no chunks")
    return rows.prepare(_made.chunk(number), first_place, first_name, _made.reason)


@contextmanager
def _processes(make: Callable[[], Source], count: int) -> Iterator[ProcessPoolExecutor]:
    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, mp_context=spawn, initializer=_start, initargs=(make,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


class _Run:
    """One run of a load: from the phase at which the register says it stands to the end."""

    def __init__(self, source: Source, processes: ProcessPoolExecutor, ahead: int, say: Say) -> None:
        self.source, self.processes, self.ahead = source, processes, ahead
        self.say, self.said_at = say, 0.0
        self.sizes = source.sizes()
        self.phases: dict[str, Callable[[str], None]] = {
            "rows": self.write_rows,
            "indexes": lambda phase: self.put_back(phase, REGISTER),
            "forms listed": lambda phase: self.once(phase, derived.list_forms),
            "forms": self.write_forms,
            "tokens": lambda phase: self.once(phase, derived.write_tokens),
            "points": lambda phase: self.once(phase, derived.write_points),
            "search indexes": lambda phase: self.put_back(phase, DERIVED),
            "lineage": lambda phase: self.once(phase, index.derive_kin),
            "tidy": lambda phase: self.once(phase, _tidy),
        }

    def through(self) -> list[Phase]:
        """Go through the phases that are left."""
        names = list(self.phases)
        went = []
        for name in names[self.begin(names[0], [*names, DONE]) :]:
            began = time.monotonic()
            self.said_at = 0.0
            self.phases[name](name)
            following = [*names, DONE][names.index(name) + 1]
            with self.step() as (_, load):
                keeping.reach(load, following, 0, 0)
            went.append(Phase(name, time.monotonic() - began))
        return went

    def begin(self, first: str, names: Sequence[str]) -> int:
        """The number of the phase at which the load stands; a new one is written down."""
        source = self.source
        with writing(long=True) as session:
            other = keeping.other_load(session, source.name, DONE)
            if other is not None:
                raise Refused(f"批量载入“{other}”还没有做完。", remedy="请先把它做完。")
            kept = keeping.state(session, source.name)
            if kept is not None:
                keeping.refuse_other(kept, source.fingerprint)
                return names.index(kept.phase)
            places, names_of = (sum(size[part] for size in self.sizes) for part in (0, 1))
            keeping.begin(session, source.name, source.fingerprint, first, len(self.sizes), places, names_of)
            index.alone(session)
            keeping.put_aside(session, source.name, [*REGISTER, *DERIVED])
            index.clear(session)
        return 0

    @contextmanager
    def step(self) -> Iterator[tuple[Session, BulkLoad]]:
        """One transaction of the load, with the row that says where it stands."""
        with writing(long=True) as session:
            keeping.make_room(session)
            load = keeping.state(session, self.source.name)
            if load is None:
                raise Refused(f"批量载入“{self.source.name}”的进度记录不见了。", remedy="请从备份恢复。")
            yield session, load

    def write_rows(self, phase: str) -> None:
        """Write the chunks in their order, each with its lines in the journal, while others are being prepared."""
        with self.step() as (_, load):
            start, first_place, first_name = load.done, load.first_place, load.first_name
        of = len(self.sizes)
        places, names = ([0, *accumulate(size[part] for size in self.sizes)] for part in (0, 1))
        waiting = (
            partial(_prepared, number, first_place + places[number], first_name + names[number])
            for number in range(start, of)
        )
        for number, chunk in enumerate(self.spread(waiting), start=start):
            with self.step() as (session, load):
                rows.write(session, chunk)
                keeping.reach(load, phase, number + 1, of)
            self.tell(phase, places[number + 1], places[-1])

    def write_forms(self, phase: str) -> None:
        """Write the forms in ranges of their numbers, their readings found by all processes at once."""
        with self.step() as (session, load):
            start = load.done
            of = derived.listed(session)
        for first in range(start, of, derived.FORMS_AT_ONCE):
            with self.step() as (session, load):
                derived.write_forms(session, first, self.spread_forms)
                keeping.reach(load, phase, first + derived.FORMS_AT_ONCE, of)
            self.tell(phase, min(first + derived.FORMS_AT_ONCE, of), of)

    def spread_forms(self, texts: Sequence[str]) -> Iterable[Form]:
        """What forms are looked up by, in portions over the processes."""
        portions = (texts[at : at + 2000] for at in range(0, len(texts), 2000))
        for made in self.spread(partial(derived.derived, portion) for portion in portions):
            yield from made

    def put_back(self, phase: str, tables: Sequence[str]) -> None:
        """Make the indexes and keys of some tables again, one in each transaction."""
        while True:
            with self.step() as (session, load):
                name = keeping.put_back_next(session, load.name, tables)
            if name is None:
                return
            self.say(f"  {phase}: {name}")

    def once(self, phase: str, act: Callable[[Session], object]) -> None:
        """A phase that is one transaction."""
        self.say(f"  {phase} ……")
        with self.step() as (session, _):
            index.alone(session)
            act(session)

    def spread(self, calls: Iterable[Callable[[], T]]) -> Iterator[T]:
        """The answers of calls in their order, a few of them being worked out ahead."""
        running: list[Future[T]] = []
        for call in calls:
            running.append(self.processes.submit(call))
            if len(running) > self.ahead:
                yield running.pop(0).result()
        for future in running:
            yield future.result()

    def tell(self, phase: str, done: int, of: int) -> None:
        """How far a phase is, every few seconds."""
        now = time.monotonic()
        if done == of or now - self.said_at >= 10:
            self.said_at = now
            self.say(f"  {phase}: {done:,}/{of:,}({100 * done // of if of else 100} %)")


def _tidy(session: Session) -> None:
    derived.tidy(session)
    for table in (*REGISTER, *DERIVED, "foundation.journal", "boundaries.division_version"):
        session.execute(text(f"ANALYZE {table}"))
