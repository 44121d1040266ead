"""Processes that end in order when whoever started them is gone, be it by Ctrl-C or by `kill -9`."""

from __future__ import annotations

import _thread
import os
import subprocess
import threading
import time
from collections.abc import Sequence

LOOK_EVERY = 1.0  # seconds


def end_with_parent() -> None:
    """Interrupt this process when its parent has ended: nothing goes on unseen."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_EVERY)
        _thread.interrupt_main()

    threading.Thread(target=watch, daemon=True).start()


def wait_through_interrupt(process: subprocess.Popen[str]) -> str:
    """What a child wrote, once it has ended; it gets the terminal's Ctrl-C itself, so it is waited for all the same.

    Raises KeyboardInterrupt afterwards where one came.
    """
    interrupted = False
    while True:
        try:
            written, _ = process.communicate()
            break
        except KeyboardInterrupt:
            interrupted = True
    if interrupted:
        raise KeyboardInterrupt
    return written or ""


def run_to_the_end(command: Sequence[str], **options: object) -> int:
    """The exit code of a command that is waited for through Ctrl-C, which it gets itself."""
    process: subprocess.Popen[str] = subprocess.Popen(command, text=True, **options)  # type: ignore[call-overload]
    try:
        wait_through_interrupt(process)
    except KeyboardInterrupt:
        return process.returncode or 130
    return process.returncode
