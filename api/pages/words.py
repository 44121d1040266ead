"""The Chinese words of the public pages: status, kinds, periods, positions. `static/map/words.js` says the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

STATUS = {
    "standard": "标准地名",
    "deemed": "视为标准地名",
    "recorded": "收录地名(未经核准)",
    "planned": "规划地名(未启用)",
    "reserved": "预留名称",
    "historic": "历史地名",
    "cancelled": "已停用",
}

KIND = {
    "standard": "标准地名",
    "former": "曾用名",
    "alias": "别名",
    "short": "简称",
    "historic": "历史地名",
    "map": "地图用名",
    "minority": "民族语名称",
}

# 别名 is a legal kind; what an outside list writes beside its own name is not that.
LISTED = "资料所列其他写法"

RELATION = {"merged": "并入", "split": "析出", "part": "部分", "continued": "改设"}

# Why a name of other characters than those typed is in the list.
LOOSE = {"homophone": "同音", "fuzzy": "差一字"}

PAST = ("historic", "cancelled")


def status_word(status: str | None) -> str:
    """What a place is in the register today."""
    return STATUS.get(status or "", "状态未录入")


def name_word(name: Mapping[str, Any]) -> str:
    """What one name of a place is today; a standard name that ended is a former name to the reader."""
    kind, status = name.get("kind"), name.get("status")
    if kind == "alias" and status == "recorded":
        return LISTED
    if kind != "standard":
        return KIND.get(str(kind), "其他名称")
    return KIND["former"] if status in PAST else status_word(status)


def use_word(name: Mapping[str, Any]) -> str:
    """Whether a name is in use, said only where the register knows it."""
    if name.get("valid_to") or name.get("status") in PAST:
        return "已不用"
    return "现行" if name.get("status") in ("standard", "deemed") else ""


def why_word(item: Mapping[str, Any]) -> str:
    """Why a place is in the list where its name alone does not tell: the name or the reading that matched."""
    matched = item["matched"]
    loose = LOOSE.get(matched["tier"], "")
    if matched["text"] == item["name"]:
        return loose
    link = "今" if matched["kind"] in {"former", "historic"} else "即"
    kind = KIND.get(matched["kind"], "又名")
    if matched["tier"] == "code":
        kind = "曾用代码" if matched["kind"] == "former" else "代码"
    return f"{loose} {kind} {matched['text']} {link} {item['name']}".strip()


def total_word(total: Mapping[str, Any]) -> str:
    """How many were found, as exactly as it is known."""
    return f"{'共' if total['is'] == 'exact' else '至少'} {total['value']} 条"


def address_word(place: Mapping[str, Any]) -> str:
    """江苏省南通市如皋市…: the address to paste; a division is not repeated behind its own path."""
    path = list((place.get("division") or {}).get("path") or [])
    return "".join(path if path[-1:] == [place["name"]] else [*path, place["name"]])


def report_word(contact: str, demo: bool) -> str:
    """Where to turn with a mistake; `static/map/notes.js` says the same."""
    if contact:
        return f"请联系地名主管部门:{contact}"
    if demo:
        return "演示系统,不受理纠错。正式使用时,这里显示地名主管部门的受理方式。"
    return "本单位尚未填写受理方式,请联系当地民政局区划地名科。"


def report_text(place: Mapping[str, Any]) -> str:
    """What to send along; the script of the page completes the address."""
    return f"地名:{place['name']}\n编号:{place['id']}\n页面:/places/{quote(str(place['id']), safe='')}\n问题:"


def is_division(place: Mapping[str, Any]) -> bool:
    """Whether the position is the middle of an area, not a spot."""
    return str((place.get("class") or {}).get("label", "")).endswith("行政区")


def said(place: Mapping[str, Any]) -> str:
    """What is read aloud of a place: name, status, class, where it lies; Han characters read themselves."""
    path = list((place.get("division") or {}).get("path") or [])
    above = path[:-1] if path[-1:] == [place["name"]] else path
    parts = [place["name"], status_word(place.get("status")), (place.get("class") or {}).get("label", "")]
    parts.append(f"位于{''.join(above)}" if above else "")
    now = "、".join(kin["name"] for kin in heirs(place.get("becomes"))) if place.get("status") in PAST else ""
    parts.append(f"现在叫{now}" if now else "")
    return "。".join(part for part in parts if part) + "。"


def heirs(becomes: Sequence[Mapping[str, Any]] | None) -> list[Mapping[str, Any]]:
    """What a place that ended is today; a part that it ceded while it went on is not that."""
    return [kin for kin in becomes or () if kin.get("relation") != "part"]


def became_word(kin: Mapping[str, Any]) -> str:
    """The word before what a place became, or what it ceded a part to."""
    return "划出至" if kin.get("relation") == "part" else "今"


def came_word(kin: Mapping[str, Any]) -> str:
    """The word before where a place came from, or what it took a part of."""
    return "由来" if kin.get("origin") and kin.get("relation") != "part" else "划入自"


def relation_word(relation: str | None) -> str:
    """并入, 析出 and the like; an unknown one says nothing."""
    return RELATION.get(relation or "", "")


def date_word(date: str | None, precision: str | None = "day") -> str:
    """A date no finer than it is known: to the day, month or year, or only that it was earlier."""
    if not date:
        return ""
    year, month, day = ([int(part) for part in str(date).split("-")] + [0, 0])[:3]
    if precision == "before":
        return f"{year}年底前"
    if not month or precision == "year":
        return f"{year}年"
    return f"{year}年{month}月" + (f"{day}日" if day and precision != "month" else "")


def period_word(name: Mapping[str, Any]) -> str:
    """From when until when a name was used; open ends are said to be open or unknown, never guessed."""
    start = date_word(name.get("valid_from"), name.get("from_precision"))
    end = date_word(name.get("valid_to"), name.get("to_precision"))
    if not start and not end:
        return "起止时间未录入"
    if not end:
        return f"{start}已使用,至今" if name.get("from_precision") == "before" else f"{start}至今"
    return f"{start}—{end}" if start else f"至{end}"


def approval_word(approval: Mapping[str, Any] | None) -> str:
    """The decision behind the name, or honestly that none is recorded."""
    given = approval or {}
    said = [given.get("instrument"), date_word(given.get("date"), given.get("precision", "day"))]
    return ",".join(part for part in said if part) or "未录入"


def decimal_word(lon: float, lat: float) -> str:
    """Decimal degrees with at most five places, about a metre."""
    return f"东经 {_short(lon)}°,北纬 {_short(lat)}°"


def sexagesimal_word(lon: float, lat: float) -> str:
    """Degrees, minutes, seconds."""
    return f"{_sexagesimal(lon)}E,{_sexagesimal(lat)}N"


def _short(value: float) -> str:
    return f"{value:.5f}".rstrip("0").rstrip(".")


def _sexagesimal(value: float) -> str:
    seconds = round(abs(value) * 3600)
    return f"{seconds // 3600}°{seconds % 3600 // 60:02d}′{seconds % 60:02d}″"
