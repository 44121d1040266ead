"""The command that measures: a benchmark by its name, in a process and on a database of its own."""

# ruff: noqa: PLC0415

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Name(StrEnum):
    """What can be measured."""

    LOAD = "load"
    LOOKUP = "lookup"
    SEARCH = "search"
    START = "start"
    TILES = "tiles"
    VIEW = "view"
    WRITE = "write"


HELP = (
    "load:载入全国规模的地名;lookup:“这里是哪里”;search:查地名;start:服务启动;tiles:地图瓦片;view:地图首屏;"
    "write:有无办理日志时每秒能办多少次写入"
)


def bench(
    name: Annotated[Name, typer.Argument(metavar="名称", help=HELP)],
    rows: Annotated[
        int, typer.Option(metavar="条数", min=1000, max=20_000_000, help="登记库里有多少条地名")
    ] = 1_000_000,
    rounds: Annotated[int, typer.Option(metavar="次数", min=1, max=100, help="每种情形各测几轮")] = 5,
    seconds: Annotated[float, typer.Option(metavar="秒", min=0.5, max=600, help="每轮几秒")] = 4.0,
    json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False,
) -> None:
    """在登记库之外的库中测量性能,不动登记库。没有达到目标或没能测量时,退出码为 1。"""
    import os
    import sys

    from deploy.ending import run_to_the_end
    from deploy.setup.steps import PROJECT

    options = [f"--rows={rows}", f"--rounds={rounds}", f"--seconds={seconds}", *(["--json"] if json else [])]
    told = {key: value for key, value in os.environ.items() if key != "DIMING_PUBLIC_DATABASE_URL"}
    command = [sys.executable, "-m", "benchmarks", name.value, *options]
    raise typer.Exit(run_to_the_end(command, cwd=PROJECT, env=told))
