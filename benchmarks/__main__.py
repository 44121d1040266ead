"""Runs one benchmark by its name on the server of DATABASE_URL; `./diming bench` starts it."""

from __future__ import annotations

import argparse
import sys

from benchmarks import write
from foundation.errors import DimingError

NAMES = {"write": write.run}


def main() -> int:
    """0 where the target is reached, 1 where not or where it could not be measured."""
    reader = argparse.ArgumentParser(prog="python -m benchmarks")
    reader.add_argument("name", choices=sorted(NAMES))
    reader.add_argument("--rounds", type=int, default=5)
    reader.add_argument("--seconds", type=float, default=4.0)
    reader.add_argument("--json", action="store_true")
    asked = reader.parse_args()

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    try:
        report = NAMES[asked.name](say, rounds=asked.rounds, seconds=asked.seconds)
    except DimingError as error:
        say(f"地名:{error.line()}")
        return 1
    print(report.as_json() if asked.json else report.as_text(), flush=True)
    return 0 if report.reached else 1


if __name__ == "__main__":
    raise SystemExit(main())
