"""Facts that ship with every release and that every register needs, demonstration or not: the table of classes."""

from __future__ import annotations

import csv

from sqlalchemy import Engine

from foundation.settings import PROJECT
from placenames.register.actions import write_classes
from processes.edge import writing

CLASSES = PROJECT / "data" / "classes.csv"


def classes() -> list[dict[str, str]]:
    """The rows of `data/classes.csv` (CONTRACT, Classes)."""
    with CLASSES.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def bring(engine: Engine) -> None:
    """Add what the release ships and the register lacks; what the bureau changed stays as it is."""
    with writing(engine) as session:
        write_classes(session, classes())
