"""Loads many places at once: rows by COPY without indexes, then the indexes, then the derived data, step by step.

A load that is killed at any moment goes on with the step at which it stood and ends in the same content: chunks and
numbers depend on the source alone, and each step is one transaction with its progress. While it runs the register
lacks indexes; it is meant for registers that hold little beside what is loaded.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, pairwise
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.orm import Session

from foundation import bulk as keeping
from foundation.errors import Refused
from foundation.models import BulkLoad
from placenames.register import bulk as rows
from placenames.search import bulk as derived
from placenames.search import hot, index, models
from processes.edge import writing
from processes.preparing import Source, prepared, processes_for

BULK_LOCK = 0x62756C6B
REGISTER = ("placenames.place", "placenames.place_name")
DERIVED = tuple(f"placenames.{table}" for table in models.DERIVED)
# Their rows come in the order of cells: the key is made afterwards.
UNORDERED = ("placenames.map_point",)
AT_ONCE = 2  # indexes and statements that use one core each
AHEAD = 2  # chunks that are prepared before they are wanted, for each process
MOST_BESIDE = 100_000  # places that may be there already: they are without indexes meanwhile
WORDS = {
    "rows": "写入地名", "indexes": "登记库的索引", "forms listed": "列出名称", "forms": "名称与读音",
    "tokens, points": "检索词与地图点", "search indexes": "检索与地图的索引", "lineage": "沿革", "tidy": "整理",
}  # fmt: skip
"""What the phases are called before people."""
_LOCK = text("LOCK TABLE placenames.place, placenames.place_name IN ACCESS EXCLUSIVE MODE")
_FIRST = text(
    "SELECT (SELECT coalesce(max(id), 0) + 1 FROM placenames.place),"
    " (SELECT coalesce(max(id), 0) + 1 FROM placenames.place_name)"
)
_SPOKEN_FOR = text(
    "SELECT setval('placenames.place_id_seq', greatest(:place, (SELECT last_value FROM placenames.place_id_seq))),"
    " setval('placenames.place_name_id_seq',"
    " greatest(:name, (SELECT last_value FROM placenames.place_name_id_seq)))"
)
_EMPTY = text(f"TRUNCATE {', '.join(DERIVED)}")
_PLACES = text("SELECT count(*) FROM placenames.place")
Say = Callable[[str], None]
T = TypeVar("T")


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
    with _alone(), processes_for(make, count) as processes:
        return _Run(source, processes, AHEAD * count, say).through()


@contextmanager
def _alone() -> Iterator[None]:
    """One bulk load at a time; the lock goes with the process, however it ends."""
    with writing(long=True) as session:
        if not session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": BULK_LOCK}):
            raise Refused("另一项批量载入正在进行。", remedy="请等它结束。")
        yield


class _Run:
    """One run of a load: from the phase at which the register says it stands to the end."""

    def __init__(self, source: Source, processes: ProcessPoolExecutor, ahead: int, say: Say) -> None:
        self.source, self.processes, self.ahead = source, processes, ahead
        self.say, self.said_at = say, 0.0
        self.sizes = source.sizes()
        self.stopped = threading.Event()
        # Each is told its own name and that of the one which follows.
        self.phases: dict[str, Callable[[str, str], None]] = {
            "rows": self.write_rows,
            "indexes": partial(self.put_back, REGISTER),
            "forms listed": partial(self.once, _list_forms),
            "forms": self.write_forms,
            "tokens, points": partial(self.side_by_side, (derived.write_tokens, derived.write_points)),
            "search indexes": partial(self.put_back, DERIVED),
            "lineage": partial(self.once, index.derive_kin),
            "tidy": partial(self.once, _tidy),
        }

    def through(self) -> list[Phase]:
        """Go through the phases that are left."""
        names = [*self.phases, keeping.DONE]
        went = []
        for name, following in list(pairwise(names))[self.begin(names) :]:
            began = time.monotonic()
            self.said_at = 0.0
            self.phases[name](name, following)
            went.append(Phase(name, time.monotonic() - began))
        return went

    def begin(self, names: Sequence[str]) -> int:
        """The number of the phase at which the load stands; a new one is written down."""
        source = self.source
        with writing(long=True) as session:
            kept = keeping.state(session, source.name)
            if kept is not None:
                keeping.refuse_other(kept, source.fingerprint)
                return names.index(kept.phase)
            other = keeping.unfinished(session)
            if other is not None:
                raise Refused(f"批量载入“{other}”还没有做完。", remedy="请先把它做完。")
            self.put_aside(session, names[0])
        return 0

    def put_aside(self, session: Session, first: str) -> None:
        """Take indexes away, empty what is derived, and speak for the numbers that the load will use."""
        places, names = (sum(size[part] for size in self.sizes) for part in (0, 1))
        # The tables before the index, as every edit takes them. With nobody writing, the highest number is known, and
        # a load that is killed here finds the same one when it begins again.
        session.execute(_LOCK)
        beside = int(session.scalar(_PLACES) or 0)
        if beside > max(places, MOST_BESIDE):
            raise Refused(f"登记库里已有 {beside:,} 处地名,不能再批量载入。", remedy="请分批录入。")
        index.alone(session)
        first_place, first_name = session.execute(_FIRST).one()
        session.execute(_SPOKEN_FOR, {"place": first_place + places, "name": first_name + names})
        keeping.begin(
            session, self.source.name, self.source.fingerprint, first, len(self.sizes),
            first_place=first_place, first_name=first_name,
        )  # fmt: skip
        keeping.put_aside(session, self.source.name, [*REGISTER, *DERIVED], UNORDERED)
        session.execute(_EMPTY)

    @contextmanager
    def step(self) -> Iterator[tuple[Session, BulkLoad]]:
        """One transaction of the load, with the row that says where it stands."""
        with self.beside() as session:
            yield session, keeping.known(session, self.source.name)

    def write_rows(self, phase: str, following: str) -> None:
        """Write the chunks in their order, each with its lines in the journal, while others are being prepared."""
        with self.step() as (_, load):
            start, first_place, first_name = load.done, load.first_place, load.first_name
        of = len(self.sizes)
        places, names = ([0, *accumulate(size[part] for size in self.sizes)] for part in (0, 1))
        waiting = (
            partial(prepared, number, first_place + places[number], first_name + names[number])
            for number in range(start, of)
        )
        for number, chunk in enumerate(self.spread(waiting), start=start):
            with self.step() as (session, load):
                rows.write(session, chunk)
                keeping.reach(load, phase, number + 1, of)
            self.tell(phase, places[number + 1], places[-1])
        with self.step() as (_, load):
            keeping.reach(load, following, 0, 0)

    def write_forms(self, phase: str, following: str) -> None:
        """Write the forms in ranges of their numbers, their readings found by all processes at once."""
        with self.step() as (session, load):
            start = load.done
            of, known = derived.listed(session), hot.known(session)
        firsts = range(start, of, derived.FORMS_AT_ONCE)
        waiting = (partial(derived.prepare_forms, self.some_forms(first), known) for first in firsts)
        for first, rows_of in zip(firsts, self.spread(waiting), strict=True):
            with self.step() as (session, load):
                derived.write_forms(session, *rows_of)
                keeping.reach(load, phase, first + derived.FORMS_AT_ONCE, of)
            self.tell(phase, min(first + derived.FORMS_AT_ONCE, of), of)
        with self.step() as (_, load):
            keeping.reach(load, following, 0, 0)

    def some_forms(self, first: int) -> list[derived.ListedForm]:
        """The next forms, read between two transactions that write."""
        with self.step() as (session, _):
            return derived.some_forms(session, first)

    def put_back(self, tables: Sequence[str], phase: str, following: str) -> None:
        """Make the indexes and keys of some tables again, each in a transaction of its own, several at once."""
        self.at_once([partial(self.put_back_some, tables, phase)] * AT_ONCE)
        # What is still being made for a load that was killed: its server process notices that only afterwards.
        self.put_back_some(tables, phase, wait=True)
        with self.step() as (_, load):
            keeping.reach(load, following, 0, 0)

    def put_back_some(self, tables: Sequence[str], phase: str, *, wait: bool = False) -> None:
        """Make one index or key after the other, of those that nobody else is making, until none is left."""
        while not self.stopped.is_set():
            with self.beside() as session:
                name = keeping.put_back_next(session, self.source.name, tables, wait=wait)
            if name is None:
                return
            self.say(f"  {WORDS[phase]}:{name}")

    def side_by_side(self, acts: Sequence[Callable[[Session], object]], phase: str, following: str) -> None:
        """A phase of acts that touch nothing of each other: each is one transaction, with the note that it is done."""
        self.say(f"  {WORDS[phase]} ……")
        with self.step() as (_, load):
            done = load.done
        self.at_once([partial(self.act, act, 1 << bit, phase) for bit, act in enumerate(acts) if not done & 1 << bit])
        with self.step() as (_, load):
            keeping.reach(load, following, 0, 0)

    def act(self, act: Callable[[Session], object], bit: int, phase: str) -> None:
        """One act of several at once; its bit in `done` says that it is done."""
        with self.beside() as session:
            act(session)
            # Only now: the row is locked until the commit, and the others note themselves there as well.
            load = keeping.known(session, self.source.name)
            keeping.reach(load, phase, load.done | bit, load.of)

    def at_once(self, calls: Sequence[Callable[[], None]]) -> None:
        """Call all of them at once, and raise what one of them raised after the last has ended."""
        with ThreadPoolExecutor(AT_ONCE) as threads:
            running = [threads.submit(call) for call in calls]
            try:
                for ended in as_completed(running):
                    ended.result()
            except BaseException:
                self.stopped.set()  # what runs comes to its end, nothing more is begun
                raise

    @contextmanager
    def beside(self) -> Iterator[Session]:
        """A transaction of the load that runs beside others."""
        with writing(long=True) as session:
            keeping.make_room(session)
            yield session

    def once(self, act: Callable[[Session], object], phase: str, following: str) -> None:
        """A phase that is one transaction: what it does and that it is done belong together."""
        self.say(f"  {WORDS[phase]} ……")
        with self.step() as (session, load):
            act(session)
            keeping.reach(load, following, 0, 0)

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
            what = "处地点" if phase == "rows" else "个名称"
            self.say(f"  {WORDS[phase]}:{done:,}/{of:,} {what}({100 * done // of if of else 100} %)")


def _list_forms(session: Session) -> None:
    """Begin what is derived; a load that was sent back to here leaves nothing of what it had written already."""
    session.execute(_EMPTY)
    derived.list_forms(session)


def _tidy(session: Session) -> None:
    derived.tidy(session)
    for table in (*REGISTER, *DERIVED, "foundation.journal", "boundaries.division_version"):
        session.execute(text(f"ANALYZE {table}"))
