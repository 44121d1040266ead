"""Facts that ship with every release and that every register needs, demonstration or not: classes and routes."""

from __future__ import annotations

import csv

from sqlalchemy import Engine

from foundation.settings import PROJECT
from placenames.proposals.actions import write_routes
from placenames.register.actions import write_classes
from processes.edge import writing

CLASSES = PROJECT / "data" / "classes.csv"
ROUTES = PROJECT / "data" / "routes.csv"


def classes() -> list[dict[str, str]]:
    """The rows of `data/classes.csv` (CONTRACT, Classes)."""
    with CLASSES.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def routes() -> list[dict[str, str]]:
    """The rows of `data/routes.csv`: who decides on which category where (DOMAIN §1.1, §14.4)."""
    with ROUTES.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def bring(engine: Engine) -> None:
    """Add what the release ships and the register lacks; what the bureau changed stays as it is."""
    with writing(engine) as session:
        write_classes(session, classes())
        write_routes(session, routes())
