"""The command that measures: a benchmark by its name, in a process and on a database of its own."""

# ruff: noqa: PLC0415

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Name(StrEnum):
    """What can be measured."""

    WRITE = "write"


def bench(
    name: Annotated[Name, typer.Argument(metavar="名称", help="write:有无办理日志时每秒能办多少次写入")],
    rounds: Annotated[int, typer.Option(metavar="次数", min=1, max=100, help="两种情形各测几轮")] = 5,
    seconds: Annotated[float, typer.Option(metavar="秒", min=0.5, max=600, help="每轮几秒")] = 4.0,
    json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False,
) -> None:
    """Measure on a database beside the register; the register itself is not touched."""
    import os
    import subprocess
    import sys

    from deploy import ground
    from deploy.setup.steps import PROJECT, say

    command = [sys.executable, "-m", "benchmarks", name.value, f"--rounds={rounds}", f"--seconds={seconds}"]
    with ground.database(say) as found:
        told = {key: value for key, value in os.environ.items() if key != "DIMING_PUBLIC_DATABASE_URL"}
        code = subprocess.run(
            [*command, *(["--json"] if json else [])],
            cwd=PROJECT, env=told | {"DATABASE_URL": found.owner}, check=False,
        ).returncode  # fmt: skip
    raise typer.Exit(1 if code else 0)
