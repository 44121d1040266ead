"""Processes that end in order when whoever started them is gone, be it by Ctrl-C or by `kill -9`."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

LOOK_EVERY = 1.0  # seconds
GRACE = 3.0  # seconds until a child is told again


def end_with_parent() -> None:
    """Interrupt this process when its parent has ended: nothing goes on unseen."""
    parent = os.getppid()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_EVERY)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=watch, daemon=True).start()


def wait_through_interrupt(process: subprocess.Popen[str]) -> str:
    """What a child wrote, once it has ended; it gets the terminal's Ctrl-C itself, so it is waited for all the same.

    Raises KeyboardInterrupt afterwards where one came.
    """
    interrupted = False
    while True:
        try:
            written, _ = process.communicate(timeout=GRACE if interrupted else None)
            break
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)  # nobody told it
        except KeyboardInterrupt:
            interrupted = True
    if interrupted:
        raise KeyboardInterrupt
    return written or ""


def run_to_the_end(command: Sequence[str], **options: object) -> int:
    """The exit code of a command that is waited for through Ctrl-C, which it gets itself; 1 where it was killed."""
    process: subprocess.Popen[str] = subprocess.Popen(command, text=True, **options)  # type: ignore[call-overload]
    with suppress(KeyboardInterrupt):
        wait_through_interrupt(process)
    return process.returncode if process.returncode >= 0 else 1
