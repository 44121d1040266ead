"""The tasks of the queue: what the supervised jobs process knows how to do."""

from __future__ import annotations

import procrastinate
from procrastinate.exceptions import AlreadyEnqueued

from foundation import jobs
from processes import demo


def app() -> procrastinate.App:
    """The queue with every task of the house."""
    queue = jobs.app()
    if demo.TASK not in queue.tasks:
        queue.task(name=demo.TASK, queueing_lock=demo.TASK, lock=demo.TASK, pass_context=True)(_load_demo)
    return queue


def _load_demo(context: procrastinate.JobContext) -> None:
    job_id = context.job.id
    if job_id is None:
        raise RuntimeError("a job without a number cannot tell its progress")
    jobs.run(job_id, demo.TASK, demo.load)


def defer_demo_load() -> int:
    """Queue the demonstration load, or find the one that is queued already; returns its job id."""
    waiting = jobs.unfinished(demo.TASK)
    if waiting is not None:
        if jobs.progress(waiting) is None:
            # Whoever queued it was killed before the first word about it.
            jobs.note(waiting, demo.TASK, state="queued")
        return waiting
    try:
        with app().open():
            job_id = int(app().configure_task(demo.TASK).defer())
    except AlreadyEnqueued:
        # Another process was quicker between our look and our order.
        return defer_demo_load()
    jobs.note(job_id, demo.TASK, state="queued")
    return job_id


def run() -> None:
    """Work on the queue until told to stop."""
    app()
    jobs.run_worker()
