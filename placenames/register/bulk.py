"""Many places at once: drafts become rows for COPY, ready in another process than the one that writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from sqlalchemy.orm import Session

from foundation import clock, coordinates, journal
from foundation.copying import copy_text, line
from placenames.register.actions import recorded
from placenames.register.drafts import PlaceDraft


@dataclass(frozen=True)
class Rows:
    """Places, names and lines of the journal, written for COPY; the lines wait for their numbers."""

    places: bytes
    place_columns: tuple[str, ...]
    names: bytes
    name_columns: tuple[str, ...]
    lines: tuple[journal.Prepared, ...]


def prepare(drafts: Sequence[PlaceDraft], first_place: int, first_name: int, reason: str) -> Rows:
    """Number places and names from the given ones on, and write them out."""
    places, names, lines = [], [], []
    geoms, points = (_hex([getattr(draft, column) for draft in drafts]) for column in ("geom", "point"))
    place_columns: tuple[str, ...] = ()
    name_columns: tuple[str, ...] = ()
    name_id = first_name
    for place_id, (draft, geom, point) in enumerate(zip(drafts, geoms, points, strict=True), start=first_place):
        fields = draft.fields()
        place_columns = place_columns or ("id", *fields, "geom", "point")
        places.append(line([place_id, *fields.values(), geom, point]))
        for name in draft.names:
            fields = name.fields()
            name_columns = name_columns or ("id", "place_id", *fields)
            names.append(line([name_id, place_id, *fields.values()]))
            name_id += 1
        lines.append(journal.prepare(recorded(draft, place_id, reason)))
    return Rows("".join(places).encode(), place_columns, "".join(names).encode(), name_columns, tuple(lines))


def _hex(geometries: Sequence[shapely.Geometry | None]) -> list[str | None]:
    with_srid = shapely.set_srid(np.array(geometries, dtype=object), coordinates.CGCS2000)
    return list(shapely.to_wkb(with_srid, hex=True, include_srid=True))


def write(session: Session, rows: Rows) -> None:
    """Append prepared rows to the register, and their lines to the journal; derived data are the caller's."""
    copy_text(session, "placenames.place", rows.place_columns, rows.places)
    copy_text(session, "placenames.place_name", rows.name_columns, rows.names)
    now = clock.now()
    journal.append(session, ((now, prepared) for prepared in rows.lines))
