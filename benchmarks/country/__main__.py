"""Parts of making the country's register that run as processes of their own: divisions, the load, the checksum.

Run by the frame as `python -m benchmarks.country PART --rows N --seed S` on the database of DATABASE_URL; the answer is
one line of JSON, what happens meanwhile goes to the terminal.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from functools import partial
from typing import Any

from sqlalchemy import text

from benchmarks.country import divisions
from benchmarks.country.checksum import checksums
from benchmarks.country.places import Country
from deploy.ending import end_with_parent
from foundation.database import engine
from foundation.errors import DimingError
from processes import bulk
from processes.edge import writing


def main() -> int:
    """0 where the part is done."""
    reader = argparse.ArgumentParser(prog="python -m benchmarks.country")
    reader.add_argument("part", choices=("divisions", "load", "checksum"))
    reader.add_argument("--rows", type=int, required=True)
    reader.add_argument("--seed", type=int, default=7)
    asked = reader.parse_args()
    end_with_parent()
    parts = {"divisions": bring_divisions, "load": load, "checksum": checksum}
    try:
        print(json.dumps(parts[asked.part](asked.rows, asked.seed), ensure_ascii=False), flush=True)
    except DimingError as error:
        say(f"地名:{error.line()}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def say(line: str) -> None:
    """For whoever waits."""
    print(line, file=sys.stderr, flush=True)


def bring_divisions(rows: int, seed: int) -> dict[str, Any]:
    """Write the divisions, unless they are there."""
    began = time.monotonic()
    with writing(long=True) as session:
        if session.scalar(text("SELECT EXISTS (SELECT FROM boundaries.division)")):
            return {"divisions": 0, "seconds": 0.0}
        say("正在写入全国政区和村镇(4.5 万个,无论多少条地名都要约一两分钟)……")
        count = divisions.bring(session)
    return {"divisions": count, "seconds": time.monotonic() - began}


def load(rows: int, seed: int) -> dict[str, Any]:
    """Load the places, or go on with it."""
    with engine().connect() as connection:
        found = connection.execute(text("SELECT code, division_id FROM boundaries.division_version"))
        ids = {row.code: row.division_id for row in found}
    phases = bulk.load(partial(Country, rows, seed, ids), say)
    return {"phases": [{"name": phase.name, "seconds": round(phase.seconds, 1)} for phase in phases]}


def checksum(rows: int, seed: int) -> dict[str, Any]:
    """A checksum of every table that the load writes."""
    return checksums()


if __name__ == "__main__":
    raise SystemExit(main())
