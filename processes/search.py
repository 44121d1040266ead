"""Writes the derived data of search and map anew, places and division areas together."""

from __future__ import annotations

from collections.abc import Callable

from boundaries.divisions import areas
from foundation import bulk
from placenames.search import index
from processes.edge import writing


def reindex(say: Callable[[str], None]) -> int:
    """Derive everything anew in one transaction; returns the number of places. Readers see the old until the end."""
    with writing(long=True) as session:
        bulk.make_room(session)
        drawn = areas.rebuild(session)
        say(f"政区图形:{drawn} 个")
        count = index.rebuild(session, lambda done, of: say(f"地名索引:{done}/{of}"))
    return count
