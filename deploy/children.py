"""Child processes that die with their parent, are started again when they die alone, and stop in order."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

Say = Callable[[str], None]

PR_SET_PDEATHSIG = 1
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
# A child that lived this long was healthy: its next failure starts the back-off anew.
HEALTHY_SECONDS = 30.0
LOG_LIMIT = 20_000_000

_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Child:
    """One supervised process, its output in a log file; `hidden` names variables that it must not see."""

    def __init__(
        self,
        label: str,
        command: Sequence[str],
        *,
        log: Path,
        cwd: Path,
        pass_fds: Sequence[int] = (),
        hidden: Sequence[str] = (),
        stop_seconds: float = 10.0,
    ) -> None:
        self.label = label
        self.command = list(command)
        self.log = log
        self.cwd = cwd
        self.pass_fds = tuple(pass_fds)
        self.hidden = frozenset(hidden)
        self.stop_seconds = stop_seconds
        self.failures = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._retry_at = 0.0
        self._delay = FIRST_DELAY

    def start(self) -> None:
        """Start the process, out of reach of the terminal's Ctrl-C (its parent stops it in order)."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".old.log"))
        parent = os.getpid()
        # A stop signal waits until the child is known: its exception would be lost in the fork.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
        try:
            with self.log.open("ab") as sink:
                self._process = subprocess.Popen(
                    self.command,
                    stdin=subprocess.DEVNULL,
                    stdout=sink,
                    stderr=sink,
                    cwd=self.cwd,
                    env={name: value for name, value in os.environ.items() if name not in self.hidden},
                    pass_fds=self.pass_fds,
                    start_new_session=True,
                    preexec_fn=lambda: _die_with(parent),  # noqa: PLW1509  only the main thread starts children
                )
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
        self._started = time.monotonic()

    @property
    def pid(self) -> int | None:
        """The number of the running process, or None."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def watch(self, say: Say) -> None:
        """Start the process again when it died, after a delay that grows with each failure in a row."""
        if self.pid is not None:
            return
        now = time.monotonic()
        if self._process is not None:
            code = self._process.returncode
            self._process = None
            if now - self._started > HEALTHY_SECONDS:
                self._delay, self.failures = FIRST_DELAY, 0
            self.failures += 1
            self._retry_at = now + self._delay
            say(f"{self.label}意外退出(代码 {code}),{self._delay:g} 秒后重新启动;详情见 {self.log}。")
            self._delay = min(self._delay * 2, LONGEST_DELAY)
        elif now >= self._retry_at:
            self.start()

    def stop(self) -> None:
        """Ask the process to end, wait, and end it by force when it does not."""
        if self._process is None:
            return
        for number, seconds in ((signal.SIGTERM, self.stop_seconds), (signal.SIGKILL, 5.0)):
            if self._process.poll() is None:
                self._process.send_signal(number)
            try:
                self._process.wait(timeout=seconds)
                break
            except subprocess.TimeoutExpired:
                continue
        self._process = None


def _die_with(parent: int) -> None:
    """In the child before exec: ask the kernel for a SIGKILL when the parent dies, even by kill -9."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
    if _LIBC is not None:
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
