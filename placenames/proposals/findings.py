"""What a look at a proposed name and its position finds: equal names, like-sounding ones, a place beyond the border."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from foundation.errors import FieldError
from foundation.settings import settings


def outside(metres: float, wholly: bool, division: str) -> FieldError | None:
    """What is wrong with a position that reaches `metres` beyond its division; None within the tolerance."""
    if metres <= settings().position_tolerance_m:
        return None
    if wholly:
        return FieldError(
            "geometry", f"画的位置不在{division}境内(最远处在界外约 {_far(metres)})", "请核对所选政区和位置"
        )
    return FieldError(
        "geometry", f"画的位置有一段在{division}界外(最远约 {_far(metres)})",
        "请改画到界内;确实跨界的,请向共同的上级申报",
    )  # fmt: skip


@dataclass(frozen=True)
class Hit:
    """A name that is equal to the proposed one, or sounds like it: in the register, or in another open case."""

    source: str
    id: str
    name: str
    roman: str
    class_label: str
    status: str
    public: bool
    metres: float | None


def on_name(name: str, county: str, hits: Sequence[Hit]) -> list[dict[str, Any]]:
    """What the check for equal and like-sounding names in the county found (Order 753 Art. 9; DOMAIN §1.3).

    A warning, never a refusal: the law's scope is the built-up area, and no built-up area is loaded.
    """
    found: list[dict[str, Any]] = []
    for hit in hits:
        same = hit.name == name
        where = "地名库中已有" if hit.source == "place" else "在办申请中有"
        far = f",相距约 {_far(hit.metres)}" if hit.metres is not None else ""
        found.append(
            {
                "rule": "duplicate" if same else "homophone",
                "article": "《地名管理条例》第九条",
                "severity": "warning",
                "message": f"{where}{'同名' if same else '同音'}的{hit.class_label}“{hit.name}”"
                f"({county}范围内{far};建成区未录入)",
                "evidence": {
                    "source": hit.source, "id": hit.id, "name": hit.name, "roman": hit.roman, "class": hit.class_label,
                    "status": hit.status, "public": hit.public, "metres": hit.metres, "scope": county,
                },
            }
        )  # fmt: skip
    return found


NO_POSITION: dict[str, Any] = {
    "rule": "position",
    "article": "《地名管理条例》第十一条",
    "severity": "warning",
    "message": "没有画出位置,公告后在地图上看不到",
    "evidence": {"public": True},
}
"""A new name should have its position; without it only the words tell where it is (待采集)."""


def _far(metres: float) -> str:
    return f"{metres:.0f} 米" if metres < 1000 else f"{metres / 1000:.1f} 公里"
