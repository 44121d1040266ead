"""What may be written into a case: names and geometries as people give them, with the remedy where not."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape

from foundation.coordinates import CHINA
from foundation.errors import FieldError, Malformed

LONGEST_NAME = 40
_FAR = 1e12  # degrees or metres: no coordinate is as large, and infinity and NaN are not smaller
MOST_VERTICES = 20_000
_KINDS = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon")
_CRS = re.compile(r"(?i)(epsg:+4490|crs84)\b")


_HIDDEN = ("是看不见的控制符", "请删去后重新键入,不要从网页或文件中粘贴")
_UNCODED = ("是未编码的字符", "请核对用字;字库没有的字请以图片附在附件里")
_UNSEEN = {
    "Cc": _HIDDEN,
    "Cf": _HIDDEN,
    "Cn": _UNCODED,
    "Cs": _UNCODED,
    "Co": ("是自造字,别的电脑上看不到", "请改用有统一编码的字"),
}


def read_name(text: str, loc: str = "name") -> str:
    """A name in Han characters, NFC; empty while a draft has none. Raises `Malformed` for anything else in it."""
    name = unicodedata.normalize("NFC", text)
    if len(name) > LONGEST_NAME:
        raise _bad(loc, f"有 {len(name)} 个字,太长", f"请控制在 {LONGEST_NAME} 个字以内")
    for place, char in enumerate(name, start=1):
        if fault := _fault(char):
            msg, remedy = fault
            raise _bad(loc, f"第 {place} 个字符{msg}", remedy)
    return name


def _fault(char: str) -> tuple[str, str] | None:
    if char == "〇" or unicodedata.name(char, "").startswith("CJK UNIFIED IDEOGRAPH"):
        return None
    kind = unicodedata.category(char)
    if kind in _UNSEEN:
        msg, remedy = _UNSEEN[kind]
        return f"{msg}(U+{ord(char):04X})", remedy
    if kind[0] == "Z":
        return "是空格", "请删去空格,名称连写"
    if "\uff01" <= char <= "\uff5e" and unicodedata.normalize("NFKC", char).isalnum():
        return f"是全角字母或数字“{char}”", "请改用汉字,例如“二”"
    if char.isascii() and char.isalnum():
        return f"是字母或数字“{char}”", "地名用汉字书写,数字请写成“二”“三”(《地名管理条例》第九条)"
    return f"“{char}”不是汉字", "请删去标点和符号,只用汉字"


def read_geometry(given: dict[str, Any] | None, loc: str = "geometry") -> shapely.Geometry | None:
    """A GeoJSON geometry (lon, lat in degrees of EPSG:4490) as a valid shapely geometry in two dimensions.

    None stays None: 待采集. Raises `Malformed` for what is no geometry, crosses itself, is empty, has too many
    vertices, lies outside China, or was written in another coordinate system.
    """
    if given is None:
        return None
    if given.get("type") not in _KINDS:
        raise _bad(loc, "不是点、线或面", f"请给出 GeoJSON 的 {'、'.join(_KINDS)} 之一")
    crs = json.dumps(given.get("crs") or "")
    if given.get("crs") and not _CRS.search(crs):
        raise _bad(loc, "坐标系不是 CGCS2000 经纬度", "请先换算为 CGCS2000(EPSG:4490)经纬度再录入")
    positions = list(_positions(given.get("coordinates"), loc))
    if not positions:
        raise _bad(loc, "图形是空的", "请在地图上画出位置,或留空并写明“待采集”的位置说明")
    if len(positions) > MOST_VERTICES:
        raise _bad(loc, f"图形有 {len(positions)} 个节点,太多", f"请化简到 {MOST_VERTICES} 个以内")
    _check_positions(positions, loc)
    return _valid(given, loc)


def _positions(coordinates: Any, loc: str) -> Any:
    """Every position, whatever the nesting."""
    waiting = [coordinates]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, list):
            raise _bad(loc, "坐标的写法不对", "请写成 [经度, 纬度] 的列表")
        if node and all(isinstance(value, int | float) and not isinstance(value, bool) for value in node):
            if not 2 <= len(node) <= 4 or not all(abs(value) < _FAR for value in node):
                raise _bad(loc, "坐标的写法不对", "每个点请写成 [经度, 纬度]")
            yield node
        else:
            waiting.extend(node)


def _check_positions(positions: list[list[float]], loc: str) -> None:
    west, south, east, north = CHINA
    outside = next((p for p in positions if not (west <= p[0] <= east and south <= p[1] <= north)), None)
    if outside is None:
        return
    x, y = outside[:2]
    if abs(x) > 360 or (abs(y) > 90 and not (abs(y) <= 180 and abs(x) <= 90)):
        raise _bad(loc, f"坐标 [{x:g}, {y:g}] 像是平面坐标(米),不是经纬度", "请换算为 CGCS2000 经纬度(度)再录入")
    if west <= y <= east and south <= x <= north:
        raise _bad(loc, f"坐标 [{x:g}, {y:g}] 的经度和纬度写反了", f"请写成 [{y:g}, {x:g}]:先经度,后纬度")
    if x < 0 or y < 0:
        raise _bad(loc, f"坐标 [{x:g}, {y:g}] 落在西半球或南半球", "我国的经度和纬度都是正数,请去掉负号并核对")
    raise _bad(loc, f"坐标 [{x:g}, {y:g}] 不在我国范围内", "请核对经度(73–136)和纬度(3–54)")


def _valid(given: dict[str, Any], loc: str) -> shapely.Geometry:
    try:
        drawn = shapely.force_2d(shape({"type": given["type"], "coordinates": given["coordinates"]}))
    except (ValueError, TypeError, IndexError, AttributeError, KeyError, ShapelyError):
        raise _bad(loc, "图形的写法不对", "线至少两个点;面的边界要首尾相接,至少三个不同的点") from None
    flat = "Point" not in drawn.geom_type and any(part.length == 0 for part in shapely.get_parts(drawn))
    if drawn.is_empty or flat:
        raise _bad(loc, "图形是空的,或所有节点在同一位置", "请重新画出位置")
    if "Polygon" in drawn.geom_type and not drawn.is_valid:
        why = shapely.is_valid_reason(drawn)
        where = re.search(r"\[(\S+) (\S+)\]", why)
        at = f"(在 {float(where[1]):.5f}, {float(where[2]):.5f} 附近)" if where else ""
        raise _bad(loc, f"面的边界自相交或重叠{at}", "请拖动节点使边界不交叉,再保存")
    if "Line" in drawn.geom_type and not all(shapely.is_simple(shapely.get_parts(drawn))):
        raise _bad(loc, "线自相交", "请拖动节点使线不交叉;环形道路请首尾相接")
    return drawn


def _bad(loc: str, msg: str, remedy: str) -> Malformed:
    return Malformed([FieldError(loc, msg, remedy)])
