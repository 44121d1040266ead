"""The demonstration register: real data of Jiangsu, loaded as one job in one transaction, and marked for good.

A killed load leaves nothing; a finished one is never repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from boundaries.divisions.queries import counties_of
from foundation import clock, coordinates, jobs
from foundation.database import engine
from foundation.errors import Refused
from placenames.register.actions import record_places
from placenames.register.drafts import NameDraft, PlaceDraft
from placenames.spelling.rules import spell
from processes import demo_people, jiangsu
from processes.demo_people import DATASET
from processes.divisions import establish
from processes.edge import writing

TASK = "load_demo"
REASON = "载入演示数据"


@dataclass
class Report:
    """What a load brought, and what it could not place."""

    divisions: int = 0
    code_records: int = 0
    places: int = 0
    outside: list[dict[str, object]] = field(default_factory=list)
    uncertain_readings: int = 0

    def as_json(self) -> dict[str, Any]:
        """The report as people and programs read it at the job."""
        return {
            "summary": self.summary(),
            "divisions": self.divisions,
            "code_records": self.code_records,
            "places": self.places,
            "outside_every_county": self.outside,
            "places_with_uncertain_reading": self.uncertain_readings,
        }

    def summary(self) -> str:
        """The report in one line."""
        line = f"政区 {self.divisions} 个(代码记录 {self.code_records} 条),居民点 {self.places} 个"
        if self.outside:
            names = "、".join(str(place["name"]) for place in self.outside)
            line += f";其中 {len(self.outside)} 个坐标不在任何县级区划内,待核实前不公开:{names}"
        return line


def needed(data: str) -> bool:
    """Whether the demonstration must be loaded: it is wanted and the register is empty."""
    if data == "none":
        return False
    with engine().connect() as connection:
        return not connection.scalar(text("SELECT EXISTS (SELECT FROM placenames.place)"))


def is_demo() -> bool:
    """Whether this register is the demonstration."""
    with engine().connect() as connection:
        return demo_people.is_demo(connection)


def load(say: jobs.Say) -> dict[str, Any]:
    """Load Jiangsu into an empty register, in one transaction; returns the report.

    Where the demonstration is there already nothing is done; raises `Refused` where other places are.
    """
    with writing(long=True) as session:
        # Two loaders at once: the second waits here and then finds the register full.
        session.execute(text("LOCK TABLE placenames.place IN SHARE ROW EXCLUSIVE MODE"))
        if session.scalar(text("SELECT EXISTS (SELECT FROM placenames.place)")):
            if demo_people.is_demo(session.connection()):
                # The worker was killed after the commit and before it could say so.
                return {"summary": "演示数据已经载入"}
            raise Refused("登记库里已有数据,不再载入演示数据。")
        report = Report()
        say(0, 4, "读取江苏省的政区和沿革")
        history, areas = jiangsu.history(), jiangsu.areas()
        say(1, 4, "写入政区")
        written = establish(session, history, areas, reason=REASON)
        report.divisions, report.code_records = len(written.unit_ids), len(written.version_ids)
        say(2, 4, "写入居民点")
        names = frozenset(record.name for record in history.records)
        report_settlements(session, jiangsu.settlements(names), report)
        session.execute(
            text("INSERT INTO foundation.policy (name, value) VALUES ('dataset', :dataset)"
                 " ON CONFLICT (name) DO UPDATE SET value = excluded.value"),
            {"dataset": DATASET},
        )  # fmt: skip
        demo_people.bring(session)
        say(3, 4, "建立搜索索引和操作日志")
    return report.as_json()


def report_settlements(session: Session, settlements: Sequence[jiangsu.Settlement], report: Report) -> None:
    """Record populated places, each in the county that contains it; those outside every county are reported."""
    positions = [_position(settlement) for settlement in settlements]
    counties = counties_of(session, [(point.x, point.y) for point in positions])
    codes = {
        row.division_id: row.code
        for row in session.execute(
            text("SELECT division_id, code FROM boundaries.division_version WHERE valid_to IS NULL")
        )
    }
    drafts = [
        _draft(settlement, point, county, codes.get(county or 0, jiangsu.PROVINCE))
        for settlement, point, county in zip(settlements, positions, counties, strict=True)
    ]
    record_places(session, drafts, reason=REASON)
    report.places = len(drafts)
    report.outside = [
        {"source_key": s.key, "name": s.names[0], "lon": s.lon, "lat": s.lat}
        for s, county in zip(settlements, counties, strict=True)
        if county is None
    ]
    report.uncertain_readings = sum(
        not all(reading.certain for reading in draft.names[0].spelling.readings) for draft in drafts
    )


def _position(settlement: jiangsu.Settlement) -> shapely.Point:
    given = shapely.Point(settlement.lon, settlement.lat)
    converted = coordinates.transform(given, coordinates.WGS84, coordinates.CGCS2000)
    return shapely.Point(shapely.get_coordinates(converted)[0])


def _is_division(name: str) -> bool:
    """Whether a name is that of a township or higher, whose generic stands apart (白蒲镇 Báipú Zhèn; rule 1)."""
    return len(name) > 2 and name.endswith(("镇", "乡", "街道", "市", "县"))


def _draft(settlement: jiangsu.Settlement, point: shapely.Point, county: int | None, code: str) -> PlaceDraft:
    # A position outside every county contradicts the list: nobody sees it before an officer has looked.
    published = None if county is None else clock.now()
    return PlaceDraft(
        class_label=settlement.class_label,
        names=tuple(
            NameDraft(
                spelling=spell(name, "division" if _is_division(name) else "settlement", division=code),
                kind="alias" if number else "map",
                status="recorded",
                source=jiangsu.PLACE_SOURCE,
                published_at=published,
            )
            for number, name in enumerate(settlement.names)
        ),
        source=jiangsu.PLACE_SOURCE,
        source_key=settlement.key,
        rank=settlement.rank,
        division_id=county,
        point=point,
        datum=jiangsu.PLACE_DATUM,
    )
