"""Makes `.venv` from a hashed lock with nothing but the system's Python, even one without ensurepip.

Run by the launcher as `python3 -m deploy.setup.environment requirements.txt`. The stamp, a copy of each
lock that is installed, is written last: an environment without it is half-made and is built anew.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from deploy.setup import debian, steps
from deploy.setup.steps import PROJECT, Say
from foundation.errors import DimingError, Unavailable

VENV = PROJECT / ".venv"
STAMPS = VENV / ".diming"
RUNTIME = "requirements.txt"
# Installing the larger lock installs the smaller one too: it is compiled under its constraint.
INCLUDES = {RUNTIME: (RUNTIME,), "requirements-dev.txt": (RUNTIME, "requirements-dev.txt")}
SYSTEM_WHEELS = Path("/usr/share/python-wheels")


def main(arguments: list[str]) -> int:
    """Make the environment for one lock; 0 when it is whole."""
    try:
        ensure(arguments[0] if arguments else RUNTIME, steps.say)
    except DimingError as error:
        steps.say(f"地名:{error.line()}")
        return 1
    except OSError as error:
        steps.say(f"地名:准备 Python 环境失败:{error.strerror}({error.filename or PROJECT})。")
        return 1
    except KeyboardInterrupt:
        steps.say("地名:已中断;再次运行会接着准备。")
        return 1
    return 0


def ensure(lock: str, say: Say) -> None:
    """Install exactly `lock` into `.venv`, unless its stamp says that this was done."""
    log = steps.home() / "log" / "setup.log"
    with steps.alone(PROJECT / "deploy", say) as hold:
        if current(lock):
            return
        if not stamped() and VENV.exists():
            say("清除上次没有做完的 Python 环境……")
            discard(VENV)
        if not stamped():
            say("正在建立 Python 环境……")
            create(log, hold, say)
        shutil.rmtree(STAMPS, ignore_errors=True)
        install(PROJECT / lock, log, hold, say)
        stamp(lock)
    say("Python 环境已就绪。")


def current(lock: str) -> bool:
    """Whether the stamp says that this very lock is installed."""
    copy = STAMPS / lock
    return stamped() and copy.is_file() and copy.read_bytes() == (PROJECT / lock).read_bytes()


def stamped() -> bool:
    """Whether the environment is whole for some lock."""
    return (VENV / "bin" / "python").exists() and (STAMPS / RUNTIME).is_file()


def stamp(lock: str) -> None:
    """Write the copies of what is installed under a temporary name, then rename."""
    fresh = Path(tempfile.mkdtemp(prefix=".diming-", dir=VENV))
    for name in INCLUDES[lock]:
        shutil.copyfile(PROJECT / name, fresh / name)
    fresh.chmod(0o755)
    os.sync()
    fresh.rename(STAMPS)


def discard(folder: Path) -> None:
    """Remove a folder; rename first, so that one killed in the middle is not met again."""
    grave = folder.with_name(f"{folder.name}.old.{os.getpid()}")
    folder.rename(grave)
    for old in folder.parent.glob(f"{folder.name}.old.*"):
        shutil.rmtree(old, ignore_errors=True)


def create(log: Path, hold: int, say: Say) -> None:
    """Make the bare environment with pip in it."""
    # The real path, so that a Python that a system upgrade removed shows as a dangling link.
    python = os.path.realpath(sys.executable)
    failure = "建立 Python 环境失败"
    if importlib.util.find_spec("ensurepip"):
        steps.run((python, "-m", "venv", VENV), log=log, failure=failure, hold=hold)
        return
    wheel = pip_wheel(log, hold, say)
    steps.run((python, "-m", "venv", "--without-pip", VENV), log=log, failure=failure, hold=hold)
    steps.run(
        (VENV / "bin" / "python", "-m", "pip", "install", "--no-index", "--no-deps", wheel),
        log=log,
        failure="安装 pip 失败",
        env={"PYTHONPATH": str(wheel)},
        hold=hold,
    )


def pip_wheel(log: Path, hold: int, say: Say) -> Path:
    """The wheel of pip that Debian keeps in `python3-pip-whl`: the system's, else unpacked for us."""
    kept = steps.home() / "pip"
    for folder in (SYSTEM_WHEELS, kept):
        found = sorted(folder.glob("pip-*.whl"))
        if found:
            return found[-1]
    if not debian.available():
        raise Unavailable(
            "这台机器的 Python 没有 ensurepip,也没有 apt 可用来补上。", remedy="请先安装 Python 的 venv 模块。"
        )
    say("系统的 Python 不带 pip,正在从系统软件源取得……")
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="pip-", dir=kept.parent) as temporary:
        work = Path(temporary)
        apt = debian.PrivateApt(work / "apt", log, hold)
        apt.update(say)
        debian.unpack(apt.download(["python3-pip-whl"]), work / "root")
        kept.mkdir(exist_ok=True)
        for wheel in (work / "root" / SYSTEM_WHEELS.relative_to("/")).glob("pip-*.whl"):
            shutil.copyfile(wheel, kept / f".{wheel.name}")
            (kept / f".{wheel.name}").rename(kept / wheel.name)
            return kept / wheel.name
    raise Unavailable("系统软件源的 python3-pip-whl 里没有 pip。", remedy="请安装 python3-venv 后重试。")


def install(lock: Path, log: Path, hold: int, say: Say) -> None:
    """Install a hashed lock, telling how far it is."""
    total = len(re.findall(r"^[A-Za-z0-9].*==", lock.read_text(encoding="utf-8"), re.MULTILINE))
    say(f"正在安装 Python 依赖(约 {total} 个包,一般一两分钟)……")

    def progress(output: str) -> None:
        collected = len(re.findall(r"^Collecting ", output, re.MULTILINE))
        if "Installing collected packages" in output:
            say("  已全部下载,正在安装……")
        else:
            say(f"  已下载 {collected}/{total} ……")

    steps.run(
        steps.pip_install(VENV / "bin" / "python", lock),
        log=log,
        failure="安装 Python 依赖失败",
        hold=hold,
        progress=progress,
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
