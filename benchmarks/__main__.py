"""Runs one benchmark by its name; `./diming bench` starts it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from benchmarks import load, lookup, search, start, tiles, view, write
from benchmarks.frame import Asked, Report
from benchmarks.ground import Ground, server
from deploy.ending import end_with_parent
from foundation.errors import DimingError

NAMES: dict[str, Callable[[Ground, Asked], Report]] = {
    "load": load.run, "lookup": lookup.run, "search": search.run, "start": start.run, "tiles": tiles.run,
    "view": view.run, "write": write.run,
}  # fmt: skip


def main() -> int:
    """0 where the targets are reached, 1 where not or where it could not be measured."""
    reader = argparse.ArgumentParser(prog="python -m benchmarks")
    reader.add_argument("name", choices=sorted(NAMES))
    reader.add_argument("--rows", type=int, default=1_000_000)
    reader.add_argument("--rounds", type=int, default=5)
    reader.add_argument("--seconds", type=float, default=4.0)
    reader.add_argument("--json", action="store_true")
    asked = reader.parse_args()

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    end_with_parent()
    try:
        with server(say) as ground:
            report = NAMES[asked.name](ground, Asked(asked.rows, asked.rounds, asked.seconds))
            print(report.as_json() if asked.json else report.as_text(), flush=True)
    except DimingError as error:
        say(f"地名:{error.line()}")
        return 1
    except KeyboardInterrupt:
        say("已中断。没有做完的登记库,再次运行会接着做。")
        return 130
    return 0 if report.reached else 1


if __name__ == "__main__":
    raise SystemExit(main())
