"""What `up` and `serve` stand on: one per home folder, a socket taken early, children kept alive, stopped in order."""

from __future__ import annotations

import errno
import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from deploy.children import STOP_SIGNALS, Child
from deploy.home_lock import HomeLock
from deploy.setup.steps import PROJECT
from foundation.errors import Refused, Unavailable

Say = Callable[[str], None]

BACKLOG = 1024
READY_SECONDS = 60.0
KEEP_SECONDS = 2.0
# A web process that dies this often before it ever answered will not come up by trying again.
HOPELESS = 3


class Stopped(BaseException):
    """SIGTERM, SIGINT or SIGHUP arrived: unwind, and stop what was started."""


class StopSignal:
    """Whether we were told to stop. The exception ends long work at once; the flag stays, because an exception
    that falls into a callback of the interpreter is lost there."""

    def __init__(self) -> None:
        self.requested = False

    def arrive(self, number: int, frame: FrameType | None) -> None:
        """The handler: only the first signal counts, so that nothing disturbs the unwinding."""
        if not self.requested:
            self.requested = True
            raise Stopped(number)

    def check(self) -> None:
        """Raise Stopped when we were told to stop."""
        if self.requested:
            raise Stopped


@contextmanager
def stoppable() -> Iterator[StopSignal]:
    """Turn stop signals into `Stopped` for as long as this lasts."""
    stop = StopSignal()
    before = {each: signal.signal(each, stop.arrive) for each in STOP_SIGNALS}
    try:
        yield stop
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def listen(host: str, port: int) -> socket.socket:
    """Take the address before any long work, so that a taken port is told at once."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, OverflowError):
        raise Refused(f"地址 {host}:{port} 不能用。", remedy="请检查 --host 和 --port(0–65535)。") from None
    taken = socket.socket(family, kind, protocol)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind(address)
        taken.listen(BACKLOG)
    except OSError as error:
        taken.close()
        if error.errno == errno.EADDRINUSE:
            raise Refused(
                f"端口 {port} 已被别的程序占用。", remedy="请用 --port 换一个端口,例如 --port 8001;--port 0 自动选择。"
            ) from None
        if error.errno == errno.EACCES:
            raise Refused(f"没有权限使用端口 {port}。", remedy="请用 --port 换一个 1024 以上的端口。") from None
        raise Refused(f"本机没有地址 {host}。", remedy="请检查 --host;127.0.0.1 只供本机,0.0.0.0 对外。") from None
    return taken


def url_of(host: str, taken: socket.socket) -> str:
    """The address that people type."""
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{taken.getsockname()[1]}/"


@dataclass(frozen=True)
class Place:
    """The address that was taken for this service, and who else is told about it."""

    socket: socket.socket
    url: str
    lock: HomeLock
    stop: StopSignal

    def ready(self) -> None:
        """Tell the terminal, and whoever asks the lock, that the service answers."""
        self.lock.tell(self.url, ready=True)
        print(f"ready: {self.url}", flush=True)


class Service:
    """The web processes, and the jobs process where asked for, over one listening socket."""

    def __init__(self, place: Place, home: Path, *, workers: int, say: Say, hidden: Sequence[str] = ()) -> None:
        self.socket = place.socket
        self.check_stop = place.stop.check
        self.home = home
        self.say = say
        log = home / "log" / "web.log"
        # Warnings of the web processes also go to the terminal that started us.
        terminal = os.dup(2)
        # They load the application at once and open when the other end of this pipe is closed.
        gate, self._closed_gate = os.pipe()
        fds = (self.socket.fileno(), terminal, gate)
        numbers = [str(number) for number in fds]
        command = [sys.executable, "-m", "deploy.web", *numbers, str(log)]
        self.web = [
            Child("网页服务进程", command, log=log, cwd=PROJECT, pass_fds=fds, hidden=hidden) for _ in range(workers)
        ]
        self.jobs: Child | None = None

    def start_jobs(self) -> None:
        """Start the process that does long work, unless it is there."""
        if self.jobs is not None:
            return
        command = [sys.executable, str(PROJECT / "manage.py"), "jobs"]
        self.jobs = Child("后台任务进程", command, log=self.home / "log" / "jobs.log", cwd=PROJECT)
        self.jobs.start()

    def start_web(self) -> None:
        """Start the web processes, to be opened later; each holds the same listening socket."""
        for child in self.web:
            child.start()

    def open(self) -> None:
        """Let the web processes answer, now that the register is ready for them; wait until they do."""
        os.close(self._closed_gate)
        self._await_ready()

    def watch(self) -> None:
        """Look after every child once; raise Stopped when we were told to stop."""
        self.check_stop()
        for child in self._children():
            child.watch(self.say)

    def _await_ready(self) -> None:
        """Wait until the web answers; Unavailable when it cannot come up."""
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers():
            if time.monotonic() > deadline or any(child.failures >= HOPELESS for child in self.web):
                raise Unavailable("网页服务没有启动成功。", remedy=f"详情见 {self.web[0].log}。")
            self.watch()
            time.sleep(0.05)

    def run(self, keep: Callable[[], None] = lambda: None) -> None:
        """Keep the children alive until a stop signal arrives; `keep` looks after what they stand on, now and then."""
        looked = time.monotonic()
        while True:
            self.watch()
            if time.monotonic() - looked > KEEP_SECONDS:
                keep()
                looked = time.monotonic()
            time.sleep(0.5)

    def stop(self) -> None:
        """Stop the web first, so that no request meets a house half gone, then the jobs."""
        self.socket.close()
        for child in reversed(self._children()):
            child.stop()

    def _children(self) -> list[Child]:
        return ([self.jobs] if self.jobs else []) + self.web

    def _answers(self) -> bool:
        host, port = self.socket.getsockname()[:2]
        local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
        connection = http.client.HTTPConnection(local, port, timeout=2)
        try:
            connection.request("GET", "/health/live")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


@contextmanager
def place(home: Path, host: str, port: int, say: Say) -> Iterator[Place]:
    """Take the home folder and the address before anything long begins; end cleanly on a stop signal."""
    with stoppable() as stop:
        lock = HomeLock(home)
        lock.take()
        try:
            with listen(host, port) as taken:
                url = url_of(host, taken)
                lock.tell(url, ready=False)
                yield Place(taken, url, lock, stop)
        except Stopped:
            say("已停止。")
        finally:
            lock.release()
