"""How a set-up step runs: one at a time, its noise in a log, its progress in one Chinese line now and then."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from foundation.errors import Unavailable

Say = Callable[[str], None]

PROJECT = Path(__file__).resolve().parents[2]
PROGRESS_SECONDS = 5.0

# What pip, npm and apt write when the network, not the package, is at fault.
NETWORK_SIGNS = (
    "NewConnectionError",
    "Name or service not known",
    "Temporary failure",
    "Network is unreachable",
    "ConnectTimeoutError",
    "Read timed out",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "Could not resolve",
    "Could not connect",
    "Failed to fetch",
    "Connection refused",
    "Connection timed out",
)
NO_SPACE_SIGNS = ("No space left on device", "ENOSPC", "Disk quota exceeded")


def home() -> Path:
    """The folder of the private cluster, logs and backups, told without reading the settings class."""
    return Path(os.environ.get("DIMING_HOME") or PROJECT / ".diming").expanduser().absolute()


@contextmanager
def alone(folder: Path, say: Say) -> Iterator[int]:
    """Hold the set-up lock on `folder`; wait, and say so, while another set-up holds it.

    The lock is on the folder itself, so it leaves no file behind. Children that are given the
    descriptor keep the lock after our own death: a killed set-up's pip is waited for, not raced.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("另一个 ./diming 正在准备同一个文件夹,等它完成……")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def run(
    command: Sequence[str | Path],
    *,
    log: Path,
    failure: str,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    hold: int | None = None,
    progress: Callable[[str], None] | None = None,
) -> str:
    """Run one program with its output in `log`; return what it wrote.

    `progress` is given all output so far every few seconds. `hold` is a lock descriptor to pass on.
    Raises Unavailable in one Chinese line that names the likely cause and the log.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as sink:
        sink.write(f"\n$ {' '.join(str(word) for word in command)}\n".encode())
        sink.flush()
        start = sink.tell()
        child = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            pass_fds=() if hold is None else (hold,),
        )
        try:
            code = follow(child, lambda: progress(written_since(log, start)) if progress else None)
        except BaseException:
            # We are told to stop: so is the step.
            child.terminate()
            raise
    output = written_since(log, start)
    if code != 0:
        raise explain(output, failure, log)
    return output


def follow(child: subprocess.Popen[bytes], tell: Callable[[], None]) -> int:
    """Wait for a child, telling how far it is every few seconds; return its exit code."""
    told = time.monotonic()
    while True:
        try:
            return child.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            if time.monotonic() - told >= PROGRESS_SECONDS:
                told = time.monotonic()
                tell()


def need_space(folder: Path, needed: int) -> None:
    """Raise Unavailable where the disk of `folder` has less than `needed` bytes left, before anything is begun."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free
    if free < needed:
        raise Unavailable(
            f"磁盘空间不足:{there} 只剩 {free / 1e6:.0f} MB,这一步需要 {needed / 1e6:.0f} MB。",
            remedy="请腾出空间后重试。",
        )


def pip_install(python: str | Path, lock: Path) -> tuple[str | Path, ...]:
    """The command that installs a hashed lock; sources and proxies are those of the machine's pip settings."""
    options = ("--require-hashes", "--disable-pip-version-check", "--no-input", "--progress-bar", "off")
    return (python, "-m", "pip", "install", *options, "-r", lock)


def written_since(log: Path, start: int) -> str:
    """What a log holds from byte `start` on."""
    with log.open("rb") as source:
        source.seek(start)
        return source.read().decode(errors="replace")


def explain(output: str, failure: str, log: Path) -> Unavailable:
    """The error of a failed step: what failed, why as far as its output tells, and the remedy."""
    if any(sign in output for sign in NO_SPACE_SIGNS):
        return Unavailable(f"{failure}:磁盘空间不足。", remedy="请腾出至少 3 GB 后重试。")
    if "DO NOT MATCH THE HASHES" in output or "EINTEGRITY" in output:
        return Unavailable(
            f"{failure}:下载到的文件与锁定的校验值不符。", remedy=f"请检查软件源是否可信后重试;详情见 {log}。"
        )
    if any(sign in output for sign in NETWORK_SIGNS):
        return Unavailable(f"{failure}:连不上网络。", remedy=f"请检查网络、代理或软件源的设置后重试;详情见 {log}。")
    return Unavailable(f"{failure}。", remedy=f"详情见 {log}。")


def say(line: str) -> None:
    """Tell one line of progress at once; the standard error keeps the standard output for results."""
    os.write(2, f"{line}\n".encode())
