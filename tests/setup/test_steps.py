"""Steps of the set-up: one at a time, failures in one line with their cause."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from deploy.setup import steps
from foundation.errors import Unavailable


@pytest.mark.parametrize(
    ("output", "word"),
    [
        ("NewConnectionError: Temporary failure in name resolution", "网络"),
        ("npm error code ENOTFOUND", "网络"),
        ("E: Failed to fetch http://… Could not resolve", "网络"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "校验值"),
        ("npm error code EINTEGRITY", "校验值"),
        ("OSError: [Errno 28] No space left on device", "磁盘空间"),
        ("something else", "详情见"),
    ],
)
def test_the_cause_is_told_in_the_users_words(tmp_path: Path, output: str, word: str) -> None:
    line = steps.explain(output, "安装失败", tmp_path / "setup.log").line()
    assert word in line
    assert "\n" not in line


def test_a_failed_step_keeps_its_noise_in_the_log(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log" / "setup.log"
    with pytest.raises(Unavailable, match="安装失败"):
        steps.run(("sh", "-c", "echo noise; exit 3"), log=log, failure="安装失败")
    assert "noise" in log.read_text(encoding="utf-8")
    assert capfd.readouterr() == ("", "")


def test_progress_is_told_while_a_step_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "PROGRESS_SECONDS", 0.1)
    told: list[str] = []
    command = ("sh", "-c", "echo one; sleep 0.7; echo two")
    assert steps.run(command, log=tmp_path / "log", failure="", progress=told.append) == "one\ntwo\n"
    assert "one\n" in told


def test_a_second_set_up_waits_and_says_so(tmp_path: Path) -> None:
    order: list[str] = []

    def second() -> None:
        with steps.alone(tmp_path, order.append):
            order.append("second")

    with steps.alone(tmp_path, order.append):
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.3)
        order.append("first done")
    thread.join()
    assert [line[:6] for line in order] == ["另一个 ./", "first ", "second"]
