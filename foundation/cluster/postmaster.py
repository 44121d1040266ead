"""One server process over one data folder: is it alive, is it ready, start it, stop it."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from foundation.cluster.programs import Account, Programs
from foundation.errors import Unavailable

START_ATTEMPT_SECONDS = 30.0
RECOVERY_SECONDS = 900.0
STOP_SECONDS = 60.0
LOG_LIMIT = 20_000_000

# Small enough for an office machine, sensible for 2 cores; jit costs more than it brings for short queries
# and its library is left out where the programs are unpacked.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "2GB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "effective_io_concurrency": "100",
    "jit": "off",
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
    "log_min_messages": "warning",
    "log_line_prefix": "%m[%p]",
    "logging_collector": "off",
}
# Only for the clusters of tests: a crash of the machine may lose them whole.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Alive:
    """What `postmaster.pid` tells of a living server."""

    pid: int
    port: int
    ready: bool


class Postmaster:
    """The server over `data`; the caller holds the start lock around `start` and `stop`."""

    def __init__(self, programs: Programs, data: Path, log: Path, account: Account | None) -> None:
        self.programs = programs
        self.data = data
        self.log = log
        self.account = account
        self.pid_file = data / "postmaster.pid"
        self._used: int | None = None

    def alive(self) -> Alive | None:
        """The living server of this data folder, or None; a stale pid file counts as none."""
        try:
            lines = self.pid_file.read_text(encoding="utf-8").splitlines()
            pid = int(lines[0])
        except (FileNotFoundError, ValueError, IndexError):
            return None
        if not self._is_ours(pid):
            return None
        port = int(lines[3]) if len(lines) > 3 and lines[3].strip().isdigit() else 0
        return Alive(pid, port, ready=len(lines) > 7 and lines[7].strip() == "ready")

    def ensure_ready(self, durable: bool, say: Callable[[str], None]) -> int:
        """Find the server ready, or start it; return its port. Tries again for some time after a crash."""
        deadline = time.monotonic() + START_ATTEMPT_SECONDS
        answer = ""
        while time.monotonic() < deadline:
            if not self.alive():
                self._clear_stale()
                answer = self._launch(durable)
            port = self._await_ready(say)
            if port is not None:
                self._used = port
                return port
            time.sleep(0.5)
        raise Unavailable(f"自带的数据库没有启动成功{_reason(answer, self.log)}。", remedy=f"详情见 {self.log}。")

    def _await_ready(self, say: Callable[[str], None]) -> int | None:
        """Wait while a living server recovers; its port, or None where it is gone."""
        begun = told = time.monotonic()
        while time.monotonic() - begun < RECOVERY_SECONDS:
            state = self.alive()
            if state is None:
                return None
            # The file may tell of a server that is just being killed: it must answer as well.
            if state.ready and state.port and self._answers(state.port):
                return state.port
            if state.ready and time.monotonic() - begun > START_ATTEMPT_SECONDS:
                raise Unavailable("自带的数据库已启动,但从 127.0.0.1 连不上。", remedy="请检查本机回环网络和防火墙。")
            if time.monotonic() - told > 3:
                told = time.monotonic()
                say("  数据库正在恢复上次未写完的数据……")
            time.sleep(0.05)
        raise Unavailable("自带的数据库迟迟没有恢复完。", remedy=f"详情见 {self.log}。")

    def _answers(self, port: int) -> bool:
        told = self.programs.run("pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port), cwd=Path("/"))
        return told.returncode == 0

    def stop(self) -> None:
        """Stop the server and wait until it is gone; first with care, at last by force."""
        state = self.alive()
        if state is None:
            return
        # INT asks for a fast shutdown with a checkpoint, QUIT for an immediate one (recovery at next start).
        for number, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0)):
            try:
                os.kill(state.pid, number)
            except ProcessLookupError:
                return
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline:
                if not self._is_ours(state.pid):
                    return
                time.sleep(0.05)
        raise Unavailable(f"数据库进程 {state.pid} 停不下来。", remedy="请重启这台机器后再试。")

    def _launch(self, durable: bool) -> str:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".old.log"))
        settings = {**SETTINGS, **({} if durable else NOT_DURABLE), "port": str(self._port())}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        told = self.programs.run(
            "pg_ctl", "start", "-w", "-t", "30", "-D", self.data, "-l", self.log, "-o", options,
            cwd=self.data.parent, account=self.account,
        )  # fmt: skip
        return told.stdout + told.stderr

    def _port(self) -> int:
        """A free port; the one that this process used before, so that others who know it find the server again."""
        if self._used is None or not _is_free(self._used):
            self._used = _free_port()
        return self._used

    def _is_ours(self, pid: int) -> bool:
        """Whether process `pid` is a server over our data folder, not a stranger with a reused number."""
        if not Path("/proc/self/cmdline").exists():
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return False
            except PermissionError:
                return True
            return True
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            return False
        return os.fsencode(self.data) in words

    def _clear_stale(self) -> None:
        """Remove a pid file whose number now belongs to another program: PostgreSQL would refuse to start.

        First wait until the last back end of a killed server is gone, for the file guards against it.
        """
        if not self.pid_file.exists():
            return
        deadline = time.monotonic() + 10
        while any(_work_in(self.data)):
            if time.monotonic() > deadline:
                raise Unavailable("上次被强行结束的数据库还有进程没有退出。", remedy="请稍候重试,或重启这台机器。")
            time.sleep(0.1)
        self.pid_file.unlink(missing_ok=True)


def _work_in(data: Path) -> Iterable[int]:
    """Processes whose working folder is the data folder: every process of a PostgreSQL server."""
    for entry in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if entry.readlink() == data:
                yield int(entry.parent.name)
        except OSError:
            continue


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    """A port that is free on the loopback now; losing it in between shows as a failed start, tried again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _reason(answer: str, log: Path) -> str:
    """The cause in the user's words, where the output or the end of the log tells one."""
    tail = log.read_text(encoding="utf-8", errors="replace")[-4000:] if log.exists() else ""
    if "No space left on device" in answer + tail:
        return ":磁盘空间不足"
    if "incompatible with server" in answer + tail:
        return ":数据由另一个版本的 PostgreSQL 建立"
    if "could not map anonymous shared memory" in answer + tail:
        return ":内存不足"
    return ""
