"""Long work as jobs in PostgreSQL, done by one supervised process (procrastinate), with progress that anyone can ask.

A job is one idempotent act: it either commits whole or leaves nothing, so a worker that was killed simply
starts it again. Progress is written on a connection of its own, so that it is seen while the act is open.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import procrastinate
import psycopg2
from sqlalchemy import text

from foundation import clock, journal
from foundation.database import engine, libpq_address, owner_address
from foundation.errors import DimingError

WORKER_LOCK = 0x6A6F6273
Say = Callable[[int, int, str], None]
"""Tells progress: done, of, what is being done."""


@dataclass(frozen=True)
class Progress:
    """How far a job is; `of` is 0 while the size is not known."""

    id: int
    state: str
    done: int
    of: int
    note: str
    result: object | None
    error: str | None


def app() -> procrastinate.App:
    """The queue of this process; its tables live in the schema `jobs`."""
    return _app(owner_address())


@lru_cache(maxsize=2)
def _app(address: str) -> procrastinate.App:
    connector = procrastinate.PsycopgConnector(
        conninfo=libpq_address(address),
        kwargs={"options": "-c search_path=jobs -c timezone=Asia/Shanghai", "application_name": "diming-jobs"},
    )
    return procrastinate.App(connector=connector)


def progress(job_id: int) -> Progress | None:
    """How far the job is, or None where no such job was ever queued."""
    question = text("SELECT id, state, done, of, note, result, error FROM foundation.job WHERE id = :id")
    with engine().connect() as connection:
        row = connection.execute(question, {"id": job_id}).first()
    return Progress(*row) if row else None


def note(job_id: int, task: str, **changes: object) -> None:
    """Write how far a job is, seen at once by everyone."""
    row: dict[str, Any] = {"state": "running", "done": 0, "of": 0, "note": "", "result": None, "error": None} | changes
    upsert = text(
        "INSERT INTO foundation.job (id, task, state, done, of, note, result, error, changed_at)"
        " VALUES (:id, :task, :state, :done, :of, :note, CAST(:result AS json), :error, :at)"
        " ON CONFLICT (id) DO UPDATE SET state = excluded.state, done = excluded.done, of = excluded.of,"
        " note = excluded.note, result = excluded.result, error = excluded.error, changed_at = excluded.changed_at"
    )
    with engine().begin() as connection:
        connection.execute(upsert, row | {"id": job_id, "task": task, "at": clock.now()})


def run(job_id: int, task: str, work: Callable[[Say], dict[str, Any]]) -> None:
    """Do a job's work with its progress told; the result or the error is kept where people can read it.

    A result's `summary` is the last thing told.
    """

    def say(done: int, of: int, words: str) -> None:
        note(job_id, task, done=done, of=of, note=words)

    say(0, 0, "开始")
    try:
        result = work(say)
    except DimingError as error:
        note(job_id, task, state="failed", error=error.line())
        raise
    except Exception as error:
        note(job_id, task, state="failed", error=f"{type(error).__name__}: {error}")
        raise
    summary = str(result.get("summary", "完成"))
    note(job_id, task, state="done", done=1, of=1, note=summary, result=journal.canonical(result))


def take_back_orphans() -> int:
    """Queue again what a killed worker was doing: there is one worker, so at its start nothing can be under way.

    Where the same work is queued already, that one is enough, and the orphan is closed as failed.
    """
    with engine().begin() as connection:
        # The queue's own triggers look for its types and tables by their bare names.
        connection.execute(text("SET LOCAL search_path = jobs, public"))
        connection.execute(_CLOSE_DOUBLES)
        taken = list(connection.scalars(_TAKE_BACK))
        # Who waits for it must not meet the last word of the killed try.
        connection.execute(_QUEUED_AGAIN, {"ids": taken, "at": clock.now()})
    return len(taken)


_CLOSE_DOUBLES = text("""
    UPDATE procrastinate_jobs AS orphan SET status = 'failed', worker_id = NULL
    WHERE orphan.status = 'doing' AND EXISTS (
        SELECT FROM procrastinate_jobs AS other
        WHERE other.queueing_lock = orphan.queueing_lock AND other.status = 'todo')
""")
_TAKE_BACK = text("""
    UPDATE procrastinate_jobs SET status = 'todo', worker_id = NULL WHERE status = 'doing' RETURNING id
""")


_QUEUED_AGAIN = text("""
    UPDATE foundation.job SET state = 'queued', done = 0, note = '', error = NULL, changed_at = :at WHERE id = ANY(:ids)
""")


def unfinished(task: str) -> int | None:
    """The newest job of a task that is still queued or under way, or None."""
    question = text(
        "SELECT max(id) FROM jobs.procrastinate_jobs WHERE task_name = :task AND status IN ('todo', 'doing')"
    )
    with engine().connect() as connection:
        found: int | None = connection.scalar(question, {"task": task})
    return found


@contextmanager
def _only_worker() -> Iterator[None]:
    """Be the one worker of this register; another that starts meanwhile waits until this one ends, however it ends."""
    connection = psycopg2.connect(libpq_address(owner_address()), application_name="diming-jobs-lock")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", (WORKER_LOCK,))
        yield
    finally:
        connection.close()


def run_worker() -> None:
    """Work until told to stop (SIGTERM finishes the job at hand first)."""
    with _only_worker():
        take_back_orphans()
        _work()


def _work() -> None:
    name = f"diming-{os.getpid()}"
    app().run_worker(name=name, concurrency=1, delete_jobs="never", listen_notify=True, fetch_job_polling_interval=1.0)
