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

    def fields(self) -> dict[str, object]:
        """The columns of `place_name`, but for its place."""
        spelling = self.spelling
        return {
            "text": spelling.text,
            "specific": spelling.specific,
            "generic": spelling.generic,
            "readings": [reading.reading for reading in spelling.readings],
            "readings_certain": all(reading.certain for reading in spelling.readings),
            "roman": spelling.roman,
            "plain": spelling.plain,
            "kind": self.kind,
            "status": self.status,
            "source": self.source,
            "instrument": self.instrument,
            "published_at": self.published_at,
            "instrument_id": self.instrument_id,
            "valid_from": self.valid_from.effective if self.valid_from else None,
            "from_precision": self.valid_from.precision.value if self.valid_from else None,
            "valid_to": self.valid_to.effective if self.valid_to else None,
            "to_precision": self.valid_to.precision.value if self.valid_to else None,
        }


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

    def fields(self) -> dict[str, object]:
        """The columns of `place`, but for its geometries."""
        return {
            "class_label": self.class_label,
            "division_id": self.division_id,
            "own_division_id": self.own_division_id,
            "location": self.location,
            "rank": self.rank,
            "secrecy": self.secrecy,
            "datum": self.datum,
            "source": self.source,
            "source_key": self.source_key,
        }

    def journal_fields(self) -> Mapping[str, object]:
        """What the journal keeps of it; what is usual is left out: CGCS2000, 公开."""
        told: dict[str, object] = {
            "class": self.class_label,
            "names": [{"text": n.spelling.text, "kind": n.kind, "status": n.status} for n in self.names],
            "source": self.source,
            "source_key": self.source_key,
            "position": None if self.point is None else [self.point.x, self.point.y],
        }
        if self.datum != "CGCS2000":
            told["datum"] = self.datum
        if self.secrecy != "公开":
            told["secrecy"] = self.secrecy
        return told
