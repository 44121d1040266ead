"""Long work tells how far it is while it goes on, keeps its error, and is taken up again after a kill."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from foundation import clock, jobs
from foundation.database import engine
from foundation.errors import Refused
from processes import demo, work

TASK = "test_task"


@pytest.fixture(autouse=True)
def _queue_of_this_register(own_address: str) -> None:
    """Each test has a register of its own."""


def queued(status: str, *, task: str = TASK, lock: str | None = None) -> int:
    """Put a job into the queue as a worker would have left it."""
    with engine().begin() as connection:
        question = text(
            "INSERT INTO jobs.procrastinate_jobs (queue_name, task_name, status, args, queueing_lock)"
            " VALUES ('default', :task, CAST(:status AS jobs.procrastinate_job_status), '{}', :lock) RETURNING id"
        )
        # The queue's own triggers look for its tables by their bare names.
        connection.execute(text("SET LOCAL search_path = jobs, public"))
        return int(connection.execute(question, {"task": task, "status": status, "lock": lock}).scalar_one())


def statuses() -> list[str]:
    """The status of every job of the queue, oldest first."""
    with engine().connect() as connection:
        return list(connection.scalars(text("SELECT status::text FROM jobs.procrastinate_jobs ORDER BY id")))


def told(job_id: int) -> jobs.Progress:
    """The progress of a job that there is."""
    progress = jobs.progress(job_id)
    assert progress is not None
    return progress


def test_a_job_that_was_never_queued_has_no_progress() -> None:
    assert jobs.progress(4711) is None


def test_progress_is_seen_while_the_act_is_still_open() -> None:
    seen: list[jobs.Progress] = []

    def long_work(say: jobs.Say) -> dict[str, Any]:
        seen.append(told(1))
        with engine().begin() as connection:
            connection.execute(text("INSERT INTO foundation.policy (name, value) VALUES ('open', 'act')"))
            say(3, 4, "写入政区")
            seen.append(told(1))
            with engine().connect() as other:
                assert other.scalar(text("SELECT count(*) FROM foundation.policy WHERE name = 'open'")) == 0
        return {"places": 7, "names": ["东大街"]}

    jobs.run(1, TASK, long_work)
    assert (seen[0].state, seen[0].done, seen[0].note) == ("running", 0, "开始")
    assert (seen[1].state, seen[1].done, seen[1].of, seen[1].note) == ("running", 3, 4, "写入政区")
    end = told(1)
    assert (end.state, end.done, end.of, end.error) == ("done", 1, 1, None)
    assert end.result == {"places": 7, "names": ["东大街"]}


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        (Refused("登记库里已有数据。", remedy="请换空库。"), "登记库里已有数据。 请换空库。"),
        (KeyError("x"), "KeyError: 'x'"),
    ],
)
def test_a_failed_job_keeps_its_error_in_words(error: Exception, kept: str) -> None:
    def failing(say: jobs.Say) -> dict[str, Any]:
        say(1, 4, "写入政区")
        raise error

    with pytest.raises(type(error)):
        jobs.run(2, TASK, failing)
    assert (told(2).state, told(2).error) == ("failed", kept)
    jobs.run(2, TASK, lambda say: {})
    assert (told(2).state, told(2).error) == ("done", None), "a job that was tried again still shows the old error"


def test_progress_is_dated_by_the_clock() -> None:
    at = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    with clock.held(at):
        jobs.note(3, TASK)
    with engine().connect() as connection:
        assert connection.scalar(text("SELECT changed_at FROM foundation.job WHERE id = 3")) == at


def test_what_a_killed_worker_was_doing_is_queued_again_and_nothing_else() -> None:
    for status in ("doing", "todo", "succeeded", "failed", "doing"):
        queued(status)
    assert jobs.take_back_orphans() == 2
    assert statuses() == ["todo", "todo", "succeeded", "failed", "todo"]
    assert jobs.take_back_orphans() == 0


def test_what_a_killed_worker_was_doing_is_taken_back_though_the_same_is_queued_behind_it() -> None:
    queued("doing", lock=TASK)
    queued("todo", lock=TASK)
    jobs.take_back_orphans()
    assert "doing" not in statuses()


def test_the_newest_unfinished_job_of_a_task_is_found() -> None:
    assert jobs.unfinished(TASK) is None
    queued("succeeded")
    queued("failed")
    queued("todo", task="other")
    assert jobs.unfinished(TASK) is None
    doing = queued("doing")
    assert jobs.unfinished(TASK) == doing
    newer = queued("todo")
    assert doing < newer == jobs.unfinished(TASK)


def test_a_load_that_is_asked_for_twice_is_queued_once() -> None:
    first = work.defer_demo_load()
    assert work.defer_demo_load() == first
    assert statuses() == ["todo"]
    assert told(first).state == "queued"
    assert jobs.unfinished(demo.TASK) == first


def test_a_load_that_failed_may_be_asked_for_again() -> None:
    first = work.defer_demo_load()
    with engine().begin() as connection:
        connection.execute(text("SET LOCAL search_path = jobs, public"))
        for status in ("doing", "failed"):
            connection.execute(text(f"UPDATE jobs.procrastinate_jobs SET status = '{status}'"))
    assert work.defer_demo_load() > first
    assert statuses() == ["failed", "todo"]
