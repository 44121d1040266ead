"""One `up` per home folder, the socket taken early, children that never outlive their parent."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.children import Child
from deploy.home_lock import HomeLock, stop_running
from deploy.setup.steps import PROJECT
from deploy.supervisor import Stopped, listen, stoppable, url_of
from foundation.errors import Refused


def eventually(holds: Callable[[], object], seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return False


def gone(pid: int) -> bool:
    """Whether a process has ended (a zombie that nobody waits for has ended too)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_a_taken_port_is_one_line_that_names_the_option() -> None:
    with listen("127.0.0.1", 0) as taken, pytest.raises(Refused, match="已被别的程序占用") as caught:
        listen("127.0.0.1", taken.getsockname()[1])
    assert "--port" in caught.value.line()
    assert "\n" not in caught.value.line()


def test_port_0_takes_a_free_one() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        assert url_of("127.0.0.1", taken) == f"http://127.0.0.1:{port}/"
        socket.create_connection(("127.0.0.1", port)).close()


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.7"])
def test_an_address_that_is_not_ours_is_one_line(host: str) -> None:
    with pytest.raises(Refused) as caught:
        listen(host, 0)
    assert "--host" in caught.value.line()


def test_the_second_up_hears_where_the_first_serves(tmp_path: Path) -> None:
    first, second = HomeLock(tmp_path), HomeLock(tmp_path)
    first.take()
    with pytest.raises(Refused, match="正在启动"):
        second.take()
    first.tell("http://127.0.0.1:8000/", ready=True)
    with pytest.raises(Refused, match=r"已在运行:http://127\.0\.0\.1:8000/") as caught:
        second.take()
    assert str(os.getpid()) in caught.value.line()
    first.release()
    second.take()
    second.release()


def test_stop_ends_the_holder_of_the_lock(tmp_path: Path) -> None:
    program = (
        "import sys, signal; from pathlib import Path; from deploy.home_lock import HomeLock;"
        "lock = HomeLock(Path(sys.argv[1])); lock.take(); lock.tell('http://x/', ready=True);"
        "print('held', flush=True); signal.pause()"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert stop_running(tmp_path) is True
        assert holder.wait(timeout=5) == -signal.SIGTERM
    assert stop_running(tmp_path) is False


def interrupted(unwound: list[bool]) -> None:
    """Work that is told to stop, and told again while it unwinds."""
    with stoppable():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(1)
        finally:
            os.kill(os.getpid(), signal.SIGINT)
            unwound.append(True)


def test_the_first_stop_signal_unwinds_and_the_next_is_ignored() -> None:
    unwound: list[bool] = []
    with pytest.raises(Stopped):
        interrupted(unwound)
    assert unwound == [True]


def test_a_child_that_dies_is_started_again_with_growing_delay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.children.FIRST_DELAY", 0.05)
    told: list[str] = []
    child = Child("进程", ["false"], log=tmp_path / "child.log", cwd=tmp_path)
    child._delay = 0.05
    child.start()

    def failed_three_times() -> bool:
        child.watch(told.append)
        return child.failures >= 3

    assert eventually(failed_three_times)
    child.stop()
    assert [line.split(",")[1].split(" ")[0] for line in told] == ["0.05", "0.1", "0.2"]


def test_a_child_that_will_not_end_is_ended(tmp_path: Path) -> None:
    program = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    )
    log = tmp_path / "child.log"
    child = Child("进程", [sys.executable, "-c", program], log=log, cwd=tmp_path, stop_seconds=0.2)
    child.start()
    assert eventually(lambda: log.read_text(encoding="utf-8"))
    pid = child.pid
    assert pid is not None
    child.stop()
    assert gone(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells children of their parent's death")
def test_children_die_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from deploy.children import Child;"
        "child = Child('x', ['sleep', '60'], log=Path(sys.argv[1]) / 'log', cwd=Path('/')); child.start();"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert not gone(pid)
        parent.kill()
    assert eventually(lambda: gone(pid))
