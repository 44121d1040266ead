"""The layers of a map tile, each from its register, asked at one go and put one after the other."""

from __future__ import annotations

from datetime import date

from boundaries.divisions import queries as divisions
from foundation.database import Reader
from foundation.sqlfiles import together
from placenames.search import tiles as places


def tile(reader: Reader, zoom: int, x: int, y: int, as_of: date, *, boundaries: bool) -> bytes:
    """The layers `divisions` (where boundaries may be shown) and `places` as they were on a day; empty without any.

    Layers of a vector tile are messages one after the other (Mapbox Vector Tile 2.1 §4.1): their bytes just follow.
    """
    question, asked = places.tile(zoom, x, y)
    if boundaries:
        first, also = divisions.tile(zoom, x, y)
        question, asked = together(first, question), {**also, **asked}
    row = reader.one(question, {**asked, "as_of": as_of}) or ()
    return b"".join(bytes(layer) for layer in row if layer is not None)
