"""The demonstration is loaded by a real worker: once though asked for twice, and whole though killed in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from foundation import jobs
from foundation.database import engine
from foundation.settings import PROJECT
from processes import audit, work
from tests.processes.content import QUESTIONS, checksums, rows

WORKER = "from processes import work; work.run()"
PATIENCE = 120.0
Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def start(own_address: str, tmp_path: Any) -> Iterator[Start]:
    """Starts real workers on the register of the test; all are ended after it."""
    started: list[subprocess.Popen[bytes]] = []

    def worker() -> subprocess.Popen[bytes]:
        with (tmp_path / "worker.log").open("ab") as log:
            started.append(
                subprocess.Popen(
                    [sys.executable, "-c", WORKER], cwd=PROJECT, stdout=log, stderr=log,
                    env=os.environ | {"DATABASE_URL": own_address},
                )
            )  # fmt: skip
        return started[-1]

    yield worker
    for process in started:
        process.kill()
        process.wait(10)


def wait(job: int, *, until: Callable[[jobs.Progress], bool], worker: subprocess.Popen[bytes]) -> jobs.Progress:
    """Wait until the job is as far as wanted; fails where its worker ended before or it takes too long."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        progress = jobs.progress(job)
        if progress and until(progress):
            return progress
        if worker.poll() is not None or (progress and progress.state == "failed"):
            break
        time.sleep(0.02)
    pytest.fail(f"the job stands at {jobs.progress(job)}, its worker at {worker.poll()}")


def done(progress: jobs.Progress) -> bool:
    """The job is done."""
    return progress.state == "done"


def count(question: str) -> int:
    """A number that others see now."""
    with engine().connect() as connection:
        return int(connection.scalar(text(question)) or 0)


def test_a_load_that_is_asked_for_twice_is_done_once_and_tells_its_report(start: Start) -> None:
    first, second = work.defer_demo_load(), work.defer_demo_load()
    assert first == second
    worker = start()
    report: Any = wait(first, until=done, worker=worker).result
    assert (report["divisions"], report["code_records"], report["places"]) == (
        count("SELECT count(*) FROM boundaries.division"), 297, 746,
    )  # fmt: skip
    hidden = "SELECT count(*) FROM placenames.place WHERE division_id IS NULL AND own_division_id IS NULL"
    assert len(report["outside_every_county"]) == count(hidden)
    for place in report["outside_every_county"]:
        assert set(place) == {"source_key", "name", "lon", "lat"}
        key = "SELECT count(*) FROM placenames.place WHERE division_id IS NULL AND source_key = '{}'"
        assert count(key.format(place["source_key"])) == 1
    certain = (
        "SELECT count(*) FROM placenames.place p WHERE own_division_id IS NULL AND EXISTS (SELECT FROM"
        " placenames.place_name n WHERE n.place_id = p.id AND kind = 'map' AND NOT readings_certain)"
    )
    assert report["places_with_uncertain_reading"] == count(certain)
    assert count("SELECT count(*) FROM jobs.procrastinate_jobs") == 1
    assert count("SELECT count(*) FROM jobs.procrastinate_jobs WHERE status = 'succeeded'") == 1

    again = work.defer_demo_load()
    assert again != first
    assert wait(again, until=done, worker=worker).note == "演示数据已经载入"
    assert count("SELECT count(*) FROM placenames.place WHERE source = 'GeoNames'") == 746
    worker.terminate()
    assert worker.wait(20) == 0, "a worker that is told to stop ends in order"


@pytest.mark.slow
@pytest.mark.parametrize("at", ["写入政区", "写入居民点", "建立搜索索引和操作日志"])
def test_a_load_that_is_killed_leaves_nothing_and_the_next_worker_brings_the_whole(
    start: Start, own_address: str, demo_address: str, at: str
) -> None:
    job = work.defer_demo_load()
    killed = start()
    wait(job, until=lambda progress: progress.note == at, worker=killed)
    killed.send_signal(signal.SIGKILL)
    killed.wait(10)
    for part in set(QUESTIONS) - {"policy", "classes"}:
        assert rows(own_address, part) == {part: []}
    assert count("SELECT count(*) FROM jobs.procrastinate_jobs WHERE status = 'doing'") == 1

    wait(job, until=done, worker=start())
    assert checksums(own_address) == checksums(demo_address)
    assert audit.verify_journal() == (count("SELECT count(*) FROM foundation.journal"), None)


def test_two_loads_of_the_same_facts_compare_equal_and_a_changed_letter_does_not(
    own_demo_address: str, demo_address: str
) -> None:
    """Shows that the comparison of the kill test can fail."""
    whole = checksums(demo_address)
    assert checksums(own_demo_address) == whole
    assert all(number for number, _ in whole.values())
    with engine().begin() as connection:
        connection.execute(text("UPDATE placenames.place_name SET roman = roman || 'x' WHERE text = '如皋市'"))
    changed = checksums(own_demo_address)
    assert {part for part in whole if whole[part] != changed[part]} == {"names"}
