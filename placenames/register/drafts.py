"""What is about to be written into the register: a place with its names, before it has an id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import shapely

from foundation.dates import KnownDate
from placenames.spelling.rules import Spelling


@dataclass(frozen=True)
class NameDraft:
    """A name with its spelling, kind, status, period and source (see `PlaceName`)."""

    spelling: Spelling
    kind: str
    status: str
    source: str
    valid_from: KnownDate | None = None
    valid_to: KnownDate | None = None
    instrument: str = ""
    published_at: datetime | None = None
    instrument_id: int | None = None


@dataclass(frozen=True)
class PlaceDraft:
    """A place with its names (see `Place`); `point` is lon, lat in EPSG:4490, or None: 待采集."""

    class_label: str
    names: tuple[NameDraft, ...]
    source: str
    source_key: str
    rank: int
    division_id: int | None = None
    own_division_id: int | None = None
    point: shapely.Point | None = None
    geom: shapely.Geometry | None = None
    location: str = ""
    secrecy: str = "公开"
    datum: str = "CGCS2000"

    def journal_fields(self) -> Mapping[str, object]:
        """What the journal keeps of it."""
        return {
            "class": self.class_label,
            "names": [{"text": n.spelling.text, "kind": n.kind, "status": n.status} for n in self.names],
            "source": self.source,
            "source_key": self.source_key,
            "position": None if self.point is None else [self.point.x, self.point.y],
            "datum": self.datum,
            "secrecy": self.secrecy,
        }
