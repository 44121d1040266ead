"""The country's register in a database of its own: made when it is missing, gone on with when it was left half-made."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import bringing
from benchmarks.ground import Ground
from deploy.ending import wait_through_interrupt
from foundation.database import set_addresses
from foundation.errors import Unavailable
from foundation.settings import PROJECT
from processes import schema

SEED = 7


def database(rows: int) -> str:
    """The name of the database that holds so many names."""
    return f"diming_country_{rows}"


@dataclass
class Part:
    """What a part of the making answered, how long it took in all, and the most memory that it had at once."""

    answer: dict[str, Any]
    seconds: float
    peak: int
    """Bytes: the proportional set sizes of the process and its children, summed, at their largest."""


@dataclass
class Made:
    """How a register was made in this run; without phases where it was there already."""

    divisions: Part
    load: Part
    whole: bool
    """Whether this run made all of it, from the empty database on."""

    @property
    def phases(self) -> list[dict[str, Any]]:
        """The phases of the load with their seconds."""
        found: list[dict[str, Any]] = self.load.answer["phases"]
        return found


def ready(ground: Ground, rows: int, *, anew: bool = False) -> Made:
    """Make the register of `rows` names the one that this process works with.

    One that is half-made is gone on with; `anew` makes one that is done once more, and so does another schema: what
    is measured is always what this release loads.
    """
    bringing.names(ground.say)
    name = database(rows)
    fresh = not ground.has(name) or _stale(ground, name) or (anew and _done(ground, name))
    if fresh:
        ground.create(name)
    address = ground.use(name)
    schema.migrate(address, ground.say)
    made = Made(run_part("divisions", rows), run_part("load", rows), fresh)
    set_addresses(address, None)
    return made


def current(ground: Ground, rows: int) -> bool:
    """Whether a register of so many names is there, loaded to the end by a release of this schema."""
    name = database(rows)
    return ground.has(name) and not _stale(ground, name) and _done(ground, name)


def _stale(ground: Ground, name: str) -> bool:
    """Whether a register was made by a release with another schema."""
    if not ground.ask("SELECT to_regclass('public.alembic_version') IS NOT NULL", database=name):
        return False
    return ground.ask("SELECT version_num FROM public.alembic_version", database=name) != schema.head()


def _done(ground: Ground, name: str) -> bool:
    """Whether a register was loaded to the end."""
    if not ground.ask("SELECT to_regclass('foundation.bulk_load') IS NOT NULL", database=name):
        return False
    return bool(ground.ask("SELECT bool_and(phase = 'done') FROM foundation.bulk_load", database=name))


def run_part(part: str, rows: int, seed: int = SEED) -> Part:
    """Run one part as a process of its own on the database of this process."""
    command = [sys.executable, "-m", "benchmarks.country", part, f"--rows={rows}", f"--seed={seed}"]
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    watch = Watch(process.pid)
    answer = wait_through_interrupt(process)
    seconds, peak = time.monotonic() - began, watch.stop()
    if process.returncode != 0:
        raise Unavailable(f"性能测试的登记库没有做完({part})。", remedy="再次运行会接着做。")
    return Part(json.loads(answer.splitlines()[-1]), seconds, peak)


class Watch:
    """The memory of a process and its children, looked at twice a second."""

    def __init__(self, pid: int) -> None:
        self.pid, self.peak, self.over = pid, 0, threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)
        self.thread.start()

    def _look(self) -> None:
        while not self.over.wait(0.5):
            self.peak = max(self.peak, sum(_proportional(pid) for pid in family(self.pid)))

    def stop(self) -> int:
        """The largest sum seen, in bytes."""
        self.over.set()
        self.thread.join()
        return self.peak


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in task.read_text().split():
                found += family(int(child))
        except OSError:
            continue  # it ended meanwhile
    return found


def _proportional(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as lines:
            return next((int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:")), 0)
    except OSError:
        return 0
