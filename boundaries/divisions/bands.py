"""Which zooms of the map share one drawing of the divisions, and which level is seen at each of them."""

from __future__ import annotations

LEVELS = ("province", "prefecture", "county", "township")
"""From the highest down."""

# (first zoom, last zoom, tolerance in metres of EPSG:3857): half a pixel of a 512-pixel tile at the last zoom.
BANDS = (
    (0, 4, 2400.0), (5, 5, 1200.0), (6, 6, 600.0), (7, 7, 300.0), (8, 8, 150.0), (9, 10, 40.0), (11, 12, 10.0),
    (13, 22, 0.0),
)  # fmt: skip
# From these zooms on the borders of a level are drawn, and from those on its areas carry the colour: what is
# coloured is what a tap picks.
LINES_FROM = {"province": 0, "prefecture": 5, "county": 7, "township": 13}
FILLED_FROM = {"province": 0, "prefecture": 5, "county": 9}
PIXEL = 156543.03392804097
"""Metres of EPSG:3857 of a pixel at zoom 0, 256 pixels a tile."""


def band(zoom: int) -> int:
    """The first zoom of the band that a zoom belongs to."""
    return max(first for first, _, _ in BANDS if first <= zoom)


def filled(first: int) -> str:
    """The level whose areas carry the colour in the band that begins at a zoom."""
    return max((level for level, zoom in FILLED_FROM.items() if zoom <= first), key=LEVELS.index)


def lined(first: int) -> tuple[str, ...]:
    """The levels whose borders are drawn in the band that begins at a zoom."""
    return tuple(level for level in LEVELS if LINES_FROM[level] <= first)
