"""Runs the command line so that every failure is one line with a remedy and an exit code, never a trace."""

from __future__ import annotations

import errno
import sys
import time
import traceback
from collections.abc import Callable

from deploy import words
from deploy.setup.steps import home, say
from foundation.errors import DimingError

PROGRAM = "./diming"
WRONG_USAGE = 2


def run(app: Callable[..., object]) -> int:
    """Run a command; 0 ok, 1 refused or failed, 2 wrong usage."""
    try:
        code = app(standalone_mode=False, prog_name=PROGRAM)
    except (DimingError, OSError) as error:
        return failed(error.line() if isinstance(error, DimingError) else system_words(error))
    except KeyboardInterrupt:
        return failed("已中断。")
    except Exception as error:
        return wrong_usage(error) if getattr(error, "exit_code", 0) == WRONG_USAGE else unexpected()
    return code if isinstance(code, int) else 0


def failed(line: str) -> int:
    """Tell one line."""
    say(f"地名:{line}")
    return 1


def system_words(error: OSError) -> str:
    """What the operating system refused, in the user's words."""
    place = f"({error.filename})" if error.filename else ""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"磁盘空间不足{place}。 请腾出至少 3 GB 后重试。"
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return f"没有权限读写{place}。 请换用这个文件夹的所有者运行,或用 DIMING_HOME 指定别的文件夹。"
    return f"系统出错:{error.strerror or error}{place}。 请处理后重试。"


def wrong_usage(error: Exception) -> int:
    """Tell a usage error, or the help where no command was written."""
    context = getattr(error, "ctx", None)
    text: str = getattr(error, "format_message", lambda: str(error))()
    command = context.command_path if context else PROGRAM
    say(text if "\n" in text else f"地名:{words.mistake(text)} 用法见 {command} --help。")
    return WRONG_USAGE


def unexpected() -> int:
    """A mistake of ours: keep the trace in a log and tell where."""
    log = home() / "log" / "error.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as out:
            out.write(f"{time.strftime('%F %T')} {' '.join(sys.argv)}\n{traceback.format_exc()}\n")
    except OSError:
        return failed("程序出错,而且写不了日志。 请检查磁盘后重试。")
    return failed(f"程序出错,不是您的操作有误。 详情已记入 {log},请交给维护人员。")
