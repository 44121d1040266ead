"""The processes that prepare the chunks of a bulk load: each makes the source for itself."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import Protocol

from placenames.register import bulk as rows
from placenames.register.drafts import PlaceDraft


class Source(Protocol):
    """What is loaded: numbered chunks, each the same whenever it is asked for."""

    name: str
    reason: str
    fingerprint: str

    def sizes(self) -> Sequence[tuple[int, int]]:
        """How many places and how many names each chunk brings."""

    def chunk(self, number: int) -> Sequence[PlaceDraft]:
        """The places of one chunk."""


_made: Source | None = None


def _start(make: Callable[[], Source]) -> None:
    """A process that prepares chunks: it makes the source, and ends when its parent does."""
    global _made  # noqa: PLW0603 (what a process of the pool works with)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (wait([parent.sentinel]), os._exit(1)), daemon=True).start()
    # Ctrl-C reaches every process of the terminal; the parent says what there is to say, and these end with it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _made = make()
    # What is made here has no circles; looking for them would take a tenth of the time.
    gc.freeze()
    gc.disable()


def prepared(number: int, first_place: int, first_name: int) -> rows.Rows:
    """The rows of a chunk, numbered from the given ones on; called in a process of `processes_for`."""
    if _made is None:
        raise RuntimeError("this process prepares no chunks")
    return rows.prepare(_made.chunk(number), first_place, first_name, _made.reason)


@contextmanager
def processes_for(make: Callable[[], Source], count: int) -> Iterator[ProcessPoolExecutor]:
    """So many processes, each with the source; what was not begun is left when the block ends."""
    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, mp_context=spawn, initializer=_start, initargs=(make,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
