"""One `up` per home folder: a lock that tells the second one where the first serves, and `stop` whom to end."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from foundation.errors import Refused, Unavailable

STOP_SECONDS = 60.0


@dataclass(frozen=True)
class Told:
    """What the lock of a home folder tells about the `up` that holds it."""

    pid: int
    url: str
    ready: bool


class HomeLock:
    """The lock of a home folder; the kernel frees it when its holder dies."""

    def __init__(self, home: Path) -> None:
        self.path = home / "up.lock"
        self._descriptor: int | None = None

    def take(self) -> None:
        """Take the lock, or raise Refused that says where the other one serves."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            told = self.told()
            if told is None or not told.url:
                raise Refused(
                    "这个文件夹里已有一个 ./diming up 正在启动。", remedy="请稍候,或先 ./diming stop。"
                ) from None
            doing = "已在运行" if told.ready else "正在启动"
            raise Refused(
                f"这个文件夹里的地名系统{doing}:{told.url}(进程 {told.pid})。", remedy="要停止它请用 ./diming stop。"
            ) from None
        # What a killed holder told must not name a stranger's process for even a moment.
        os.ftruncate(descriptor, 0)
        self._descriptor = descriptor

    def tell(self, url: str, ready: bool) -> None:
        """Write for others who we are and where we serve."""
        if self._descriptor is None:
            return
        text = json.dumps(asdict(Told(os.getpid(), url, ready))).encode()
        os.pwrite(self._descriptor, text, 0)
        os.ftruncate(self._descriptor, len(text))

    def held(self) -> bool:
        """Whether another process holds the lock now."""
        if not self.path.exists():
            return False
        with self.path.open("r") as probe:
            try:
                fcntl.flock(probe, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def told(self) -> Told | None:
        """What the holder told, as far as it is readable."""
        try:
            return Told(**json.loads(self.path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def release(self) -> None:
        """Free the lock and forget what was told."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None


def stop_running(home: Path) -> bool:
    """Ask the `up` of this home folder to end and wait until it has; False where none runs."""
    lock = HomeLock(home)
    if not lock.held():
        return False
    told = lock.told()
    if told is None:
        raise Unavailable("找不到正在运行的进程号。", remedy="请在它的终端按 Ctrl-C。")
    try:
        os.kill(told.pid, signal.SIGTERM)
    except PermissionError:
        raise Refused(f"进程 {told.pid} 由另一个用户启动,无权停止。", remedy="请换用启动它的用户。") from None
    except ProcessLookupError:
        pass
    deadline = time.monotonic() + STOP_SECONDS
    while lock.held():
        if time.monotonic() > deadline:
            raise Unavailable(
                f"进程 {told.pid} 在 {STOP_SECONDS:.0f} 秒内没有停下。", remedy="请稍后再看,或强行结束它。"
            )
        time.sleep(0.1)
    return True
