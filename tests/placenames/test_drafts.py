"""What people write into a case: names, texts, positions are taken as meant, or told in Chinese with the remedy."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from foundation.coordinates import CHINA
from foundation.errors import FieldError, Malformed
from foundation.texts import read_text, storable
from placenames.proposals.drafts import LONGEST_NAME, MOST_VERTICES, read_geometry, read_name

WEST, SOUTH, EAST, NORTH = CHINA
SQUARE = [[120.5, 32.3], [120.6, 32.3], [120.6, 32.4], [120.5, 32.4], [120.5, 32.3]]


def fault(read: Callable[..., object], *given: Any) -> FieldError:
    """The one thing that is wrong with what was given."""
    with pytest.raises(Malformed) as refused:
        read(*given)
    (only,) = refused.value.errors
    return only


def chinese(text: str) -> bool:
    """Whether a text speaks Chinese."""
    return any("一" <= char <= "鿿" for char in text)


def explained(refused: Malformed, loc: str) -> None:
    """A refusal that names the one field and says in Chinese what is wrong and what to do."""
    (error,) = refused.errors
    assert error.loc == loc
    assert chinese(error.msg)
    assert chinese(error.remedy)


def shape(kind: str, coordinates: Any, **others: Any) -> dict[str, Any]:
    """A geometry as GeoJSON."""
    return {"type": kind, "coordinates": coordinates, **others}


def flat(coordinates: Any) -> Iterator[float]:
    """The numbers of coordinates, in their order."""
    for each in coordinates:
        yield from flat(each) if isinstance(each, list) else (each,)


def street(*positions: tuple[float, float]) -> dict[str, Any]:
    """A line as GeoJSON."""
    return shape("LineString", [list(position) for position in positions])


# Names


@pytest.mark.parametrize("name", ["龙津东街", "二〇二六路", "𠮷野路", "㙟里", "丁堡镇", ""])
def test_a_name_in_han_characters_is_taken_as_it_is(name: str) -> None:
    assert read_name(name) == name


def test_a_character_for_compatibility_becomes_the_one_that_everybody_types() -> None:
    assert read_name("\uf900\ufa0a路") == "豈見路"


@pytest.mark.parametrize(
    ("name", "msg", "remedy"),
    [
        ("龙津 东街", "第 3 个字符是空格", "删去空格"),
        ("龙津\u3000东街", "第 3 个字符是空格", "删去空格"),
        ("龙津\u00a0东街", "第 3 个字符是空格", "删去空格"),
        (" 龙津东街", "第 1 个字符是空格", "删去空格"),
        ("龙津\uff21街", "第 3 个字符是全角字母或数字“\uff21”", "改用汉字"),
        ("龙津\uff12街", "第 3 个字符是全角字母或数字“\uff12”", "改用汉字"),
        ("龙津A街", "第 3 个字符是字母或数字“A”", "数字请写成“二”“三”"),
        ("龙津2街", "第 3 个字符是字母或数字“2”", "数字请写成“二”“三”"),
        ("龙津\u0378街", "第 3 个字符是未编码的字符(U+0378)", "请核对用字"),
        ("龙津\U000e0fff街", "第 3 个字符是未编码的字符(U+E0FFF)", "请核对用字"),
        ("龙津\ud800街", "第 3 个字符是未编码的字符(U+D800)", "请核对用字"),
        ("龙津\ue000街", "第 3 个字符是自造字", "请改用有统一编码的字"),
        ("龙津\U000f0000街", "第 3 个字符是自造字", "请改用有统一编码的字"),
        ("龙津\u200f街", "第 3 个字符是看不见的控制符(U+200F)", "请删去后重新键入"),
        ("龙津\u202e街", "第 3 个字符是看不见的控制符(U+202E)", "请删去后重新键入"),
        ("龙津\u2067街", "第 3 个字符是看不见的控制符(U+2067)", "请删去后重新键入"),
        ("龙津\u200b街", "第 3 个字符是看不见的控制符(U+200B)", "请删去后重新键入"),
        ("龙津\ufeff街", "第 3 个字符是看不见的控制符(U+FEFF)", "请删去后重新键入"),
        ("龙津\x00街", "第 3 个字符是看不见的控制符(U+0000)", "请删去后重新键入"),
        ("龙津\n街", "第 3 个字符是看不见的控制符(U+000A)", "请删去后重新键入"),
        ("龙津·街", "第 3 个字符“·”不是汉字", "只用汉字"),
        ("龙津-街", "第 3 个字符“-”不是汉字", "只用汉字"),
        ("龙津(东)街", "第 3 个字符“(”不是汉字", "只用汉字"),
        ("龙津́街", "第 3 个字符“\u0301”不是汉字", "只用汉字"),
        ("龙津ん街", "第 3 个字符“ん”不是汉字", "只用汉字"),
        ("龙津⼀街", "第 3 个字符“⼀”不是汉字", "只用汉字"),
        ("龙津🚧街", "第 3 个字符“🚧”不是汉字", "只用汉字"),
        ("街" * 41, "有 41 个字,太长", "请控制在 40 个字以内"),
        ("街" * 500, "有 500 个字,太长", "请控制在 40 个字以内"),
    ],
)  # fmt: skip
def test_a_name_with_anything_else_in_it_is_told_with_its_place_and_the_remedy(
    name: str, msg: str, remedy: str
) -> None:
    found = fault(read_name, name)
    assert found.loc == "name"
    assert found.msg.startswith(msg)
    assert remedy in found.remedy


def test_the_longest_name_is_taken() -> None:
    assert len(read_name("街" * LONGEST_NAME)) == LONGEST_NAME


@given(st.text(st.one_of(st.characters(), st.sampled_from("龙津东街〇  \u202eA2\x00")), max_size=60))
def test_any_text_is_a_han_name_in_one_form_or_is_told_with_a_remedy(text: str) -> None:
    try:
        name = read_name(text, "specific")
    except Malformed as refused:
        explained(refused, "specific")
        return
    assert unicodedata.is_normalized("NFC", name)
    assert len(name) <= LONGEST_NAME
    assert all(char == "〇" or "IDEOGRAPH" in unicodedata.name(char) for char in name)
    assert read_name(name) == name


# Texts


def test_a_text_keeps_its_lines_and_loses_its_edges() -> None:
    assert read_text("  东起甲路\r\n西至乙路\t(规划)\n ", "location") == "东起甲路\n西至乙路\t(规划)"


@pytest.mark.parametrize("char", ["\x00", "\x1b", "\x7f", "\u200f", "\u202e", "\ufeff", "\ue000", "\u0378", "\ud800"])
def test_a_text_with_a_character_that_nobody_sees_is_told(char: str) -> None:
    found = fault(read_text, f"东起{char}甲路", "location")
    assert found.loc == "location"
    assert found.msg == f"第 3 个字符看不见或没有编码(U+{ord(char):04X})"
    assert found.remedy == "请删去后重新键入"


def test_a_text_that_is_too_long_is_told() -> None:
    assert len(read_text("路" * 4000, "meaning")) == 4000
    found = fault(read_text, "路" * 4001, "meaning")
    assert (found.loc, found.msg) == ("meaning", "有 4001 个字,太长")
    assert "4000 个字以内,其余放入附件" in found.remedy


@given(st.text(st.characters(), max_size=30), st.integers(1, 20))
def test_any_text_is_clean_or_is_told_with_a_remedy(text: str, longest: int) -> None:
    try:
        cleaned = read_text(text, "reason", longest)
    except Malformed as refused:
        explained(refused, "reason")
        return
    assert len(cleaned) <= longest
    assert storable(cleaned)
    assert read_text(cleaned, "reason", longest) == cleaned


# Positions


def test_no_geometry_means_that_the_position_is_still_to_be_taken() -> None:
    assert read_geometry(None) is None


@pytest.mark.parametrize(
    "drawn",
    [
        shape("Point", [120.56, 32.39]),
        shape("MultiPoint", [[120.56, 32.39], [120.57, 32.39]]),
        street((120.56, 32.39), (120.57, 32.39)),
        street((120.56, 32.39), (120.57, 32.39), (120.57, 32.40), (120.56, 32.39)),
        shape("MultiLineString", [[[120.56, 32.39], [120.57, 32.39]], [[120.58, 32.39], [120.59, 32.39]]]),
        shape("Polygon", [SQUARE]),
        shape("MultiPolygon", [[SQUARE]]),
        shape("Point", [120.56, 32.39], crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}),
        shape("Point", [120.56, 32.39], crs={"type": "name", "properties": {"name": "EPSG:4490"}}),
    ],
)
def test_a_position_is_taken_as_it_was_drawn(drawn: dict[str, Any]) -> None:
    read = read_geometry(drawn)
    assert read is not None
    assert read.geom_type == drawn["type"]
    assert shapely.get_coordinates(read).ravel().tolist() == list(flat(drawn["coordinates"]))
    assert read.is_valid


def test_heights_are_left_out() -> None:
    read = read_geometry(shape("LineString", [[120.56, 32.39, 4.5], [120.57, 32.39, 5.0]]))
    assert read is not None
    assert not read.has_z
    assert shapely.get_coordinates(read).tolist() == [[120.56, 32.39], [120.57, 32.39]]


BOWTIE = [[120.5, 32.3], [120.6, 32.4], [120.6, 32.3], [120.5, 32.4], [120.5, 32.3]]
OVERLAP = [[[120.55, 32.3], [120.65, 32.3], [120.65, 32.4], [120.55, 32.4], [120.55, 32.3]]]
ZONE_40 = {"type": "name", "properties": {"name": "EPSG:4549"}}
XIAN_80 = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4610"}}
BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "an area that crosses itself": (
        shape("Polygon", [BOWTIE]), "面的边界自相交或重叠(在 120.55000, 32.35000 附近)", "拖动节点",
    ),
    "two areas that overlap": (shape("MultiPolygon", [[SQUARE], OVERLAP]), "面的边界自相交或重叠", "拖动节点"),
    "a line that crosses itself": (
        street((120.5, 32.3), (120.6, 32.4), (120.6, 32.3), (120.5, 32.4)), "线自相交", "环形道路请首尾相接",
    ),
    "an empty line": (shape("LineString", []), "图形是空的", "请在地图上画出位置"),
    "an empty area": (shape("MultiPolygon", []), "图形是空的", "请在地图上画出位置"),
    "an area with an empty ring": (shape("Polygon", [[]]), "图形是空的", "请在地图上画出位置"),
    "a line all in one point": (street((120.5, 32.3), (120.5, 32.3)), "所有节点在同一位置", "请重新画出位置"),
    "a part all in one point": (
        shape("MultiLineString", [[[120.5, 32.3], [120.5, 32.3]], [[120.6, 32.3], [120.7, 32.3]]]), "", "",
    ),
    "an area without extent": (shape("Polygon", [[SQUARE[0]] * 4]), "所有节点在同一位置", "请重新画出位置"),
    "a line of one point": (street((120.5, 32.3)), "图形的写法不对", "线至少两个点"),
    "an area of two points": (shape("Polygon", [SQUARE[:2]]), "图形的写法不对", "至少三个不同的点"),
    "a point of two points": (shape("Point", SQUARE[:2]), "图形的写法不对", ""),
    "the western hemisphere": (shape("Point", [-120.56, 32.39]), "落在西半球或南半球", "请去掉负号并核对"),
    "the southern hemisphere": (shape("Point", [120.56, -32.39]), "落在西半球或南半球", "请去掉负号并核对"),
    "axes that are swapped": (
        shape("Point", [32.39, 120.56]), "坐标 [32.39, 120.56] 的经度和纬度写反了", "请写成 [120.56, 32.39]",
    ),
    "metres with a zone number": (shape("Point", [40458600.5, 3585000.0]), "像是平面坐标(米)", "请换算为 CGCS2000"),
    "metres without a zone number": (shape("Point", [458600.5, 3585000.0]), "像是平面坐标(米)", "请换算为 CGCS2000"),
    "metres of a web map": (shape("Point", [13420000.0, 3811000.0]), "像是平面坐标(米)", "请换算为 CGCS2000"),
    "one vertex far away": (street((120.5, 32.3), (2.35, 48.85)), "不在我国范围内", "请核对经度(73–136)和纬度(3–54)"),
    "a plane system by its name": (shape("Point", [120.5, 32.3], crs=ZONE_40), "坐标系不是 CGCS2000", "请先换算"),
    "an old datum by its name": (shape("Point", [120.5, 32.3], crs=XIAN_80), "坐标系不是 CGCS2000", "请先换算"),
    "too many vertices": (
        street(*((120.5 + number * 1e-6, 32.3) for number in range(MOST_VERTICES + 1))), "图形有 20001 个节点,太多",
        "请化简到 20000 个以内",
    ),
    "a kind that is none": (shape("Circle", [120.5, 32.3]), "不是点、线或面", "GeoJSON"),
    "a collection": ({"type": "GeometryCollection", "geometries": []}, "不是点、线或面", "GeoJSON"),
    "a feature": ({"type": "Feature", "geometry": shape("Point", [120.5, 32.3])}, "不是点、线或面", "GeoJSON"),
    "nothing at all": ({}, "不是点、线或面", "GeoJSON"),
    "no coordinates": ({"type": "Point"}, "坐标的写法不对", "[经度, 纬度]"),
    "coordinates in words": (shape("Point", "120.5, 32.3"), "坐标的写法不对", "[经度, 纬度]"),
    "numbers in words": (shape("Point", ["120.5", "32.3"]), "坐标的写法不对", "[经度, 纬度]"),
    "one number": (shape("Point", [120.5]), "坐标的写法不对", "[经度, 纬度]"),
    "five numbers": (shape("Point", [120.5, 32.3, 1, 1, 1]), "坐标的写法不对", "[经度, 纬度]"),
    "not a number": (shape("Point", [float("nan"), 32.3]), "坐标的写法不对", "[经度, 纬度]"),
    "an infinite number": (shape("Point", [120.5, float("inf")]), "坐标的写法不对", "[经度, 纬度]"),
    "a number beyond all numbers": (shape("Point", [10**400, 32.3]), "", ""),
    "truth values": (shape("Point", [True, False]), "坐标的写法不对", "[经度, 纬度]"),
    "an empty object": (shape("Point", {}), "坐标的写法不对", "[经度, 纬度]"),
    "two hundred brackets": (shape("Point", json.loads("[" * 200 + "120.5, 32.3" + "]" * 200)), "图形的写法不对", ""),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_a_position_that_cannot_be_is_told_with_the_remedy(what: str) -> None:
    drawn, msg, remedy = BAD[what]
    found = fault(read_geometry, drawn)
    assert found.loc == "geometry"
    assert msg in found.msg
    assert remedy in found.remedy
    assert chinese(found.msg)
    assert chinese(found.remedy)


numbers = st.one_of(
    st.floats(), st.integers(), st.floats(WEST, EAST), st.floats(SOUTH, NORTH), st.just(10**400), st.booleans()
)
anything = st.recursive(
    st.one_of(st.none(), numbers, st.text(max_size=5)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)
# A few places only, so that lines cross and rings close.
position = st.tuples(st.sampled_from([120.5, 120.6, 120.7]), st.sampled_from([32.3, 32.4, 32.5])).map(list)
kinds = st.sampled_from(["Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "Circle"])
nested = st.recursive(
    position | st.lists(numbers, max_size=4), lambda inner: st.lists(inner, max_size=6), max_leaves=20
)
rings = st.lists(position, min_size=2, max_size=6).map(lambda ring: [*ring, ring[0]])
drawings = st.one_of(
    st.builds(shape, kinds, nested),
    st.builds(shape, st.just("LineString"), st.lists(position, max_size=6)),
    st.builds(shape, st.just("MultiLineString"), st.lists(st.lists(position, max_size=4), max_size=3)),
    st.builds(shape, st.just("Polygon"), st.lists(rings, max_size=3)),
    st.builds(shape, st.just("MultiPolygon"), st.lists(st.lists(rings, max_size=2), max_size=3)),
    st.builds(lambda kind, crs: shape(kind, [120.5, 32.3], crs=crs), kinds, anything),
    st.dictionaries(st.sampled_from(["type", "coordinates", "crs", "geometry", "bbox"]), anything),
)


@given(drawings)
@example(shape("MultiLineString", [[[120.5, 32.3], [120.5, 32.3]], [[120.6, 32.3], [120.7, 32.3]]]))
@example(shape("Point", [10**400, 32.3]))
def test_any_json_is_a_valid_position_in_china_or_is_told_with_a_remedy(drawn: dict[str, Any]) -> None:
    try:
        read = read_geometry(drawn)
    except Malformed as refused:
        explained(refused, "geometry")
        return
    assert read is not None
    assert read.geom_type == drawn["type"]
    assert read.is_valid
    assert not read.is_empty
    assert not read.has_z
    west, south, east, north = read.bounds
    assert WEST <= west <= east <= EAST
    assert SOUTH <= south <= north <= NORTH
