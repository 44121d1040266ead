"""The forms under which a place is found: whole names, specific parts, pinyin, initials, pairs of characters."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from placenames.search.tokens import SourceName, grams, leading, query_grams, tokens

SOURCE = SourceName(
    place_id=1,
    name_id=2,
    text="如皋市",
    specific="如皋",
    roman="Rúgāo Shì",
    kind="standard",
    status="standard",
    valid_from=date(1991, 2, 28),
    valid_to=None,
    inherited=False,
    alive=True,
    current=True,
    public=True,
    rank=80_000,
    own_division_id=71,
    class_code="21400",
    class_label="县级行政区",
    divisions=[1, 65, 71],
    code="320682",
    point=None,
)

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12)
HAN = st.text(st.sampled_from("如皋市县区新城东大街路一二三𠮷"), min_size=1, max_size=10)


@given(NAMES | HAN, st.data())
def test_every_part_of_a_name_has_its_grams_among_those_of_the_name(name: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(name) - 1))
    end = data.draw(st.integers(start + 1, len(name)))
    assert set(query_grams(name[start:end])) <= set(grams(name))


@given(NAMES)
def test_grams_fit_the_column_and_stand_in_order_once(name: str) -> None:
    found = grams(name)
    assert list(found) == sorted(set(found))
    assert all(-(2**31) <= gram < 2**31 for gram in found)


def test_grams_tell_names_apart() -> None:
    assert not set(query_grams("皋如")) & set(query_grams("如皋"))
    assert set(query_grams("皋市")) <= set(grams("如皋市"))
    assert not set(query_grams("如市")) <= set(grams("如皋市"))


def test_a_division_is_found_by_its_whole_name_and_by_its_specific_part() -> None:
    found = list(tokens([SOURCE]))
    assert {(t.text, t.pinyin, t.initials) for t in found} == {
        ("如皋市", "rugaoshi", "rgs"),
        ("如皋", "rugao", "rg"),
    }
    assert {t.shown for t in found} == {"如皋市"}
    assert {t.divisions for t in found} == {(1, 65, 71)}


def test_a_place_that_is_no_division_is_found_by_its_whole_name_alone() -> None:
    street = replace(SOURCE, text="东大街", specific="东大", own_division_id=None)
    assert {t.text for t in tokens([street])} == {"东大街"}


def test_a_specific_part_of_one_character_is_not_looked_for_by_itself() -> None:
    county = replace(SOURCE, text="丰县", specific="丰", code="320321")
    assert {t.text for t in tokens([county])} == {"丰县"}


def test_a_u_with_dots_is_kept_as_v() -> None:
    found = list(tokens([replace(SOURCE, text="吕四港", specific="吕四港", own_division_id=None, code="320681")]))
    assert {t.pinyin for t in found} == {"lvsigang"}
    assert {t.initials for t in found} == {"lsg"}


def test_an_inherited_name_is_a_former_name_of_the_heir() -> None:
    (first, *_) = tokens([replace(SOURCE, inherited=True)])
    assert first.kind == "former"
    assert first.inherited


def test_a_name_without_han_characters_is_still_found_by_its_text() -> None:
    (found,) = tokens([replace(SOURCE, text="😀", specific="😀", own_division_id=None)])
    assert (found.text, found.pinyin, found.initials) == ("😀", "", "")


def test_lists_call_a_place_by_its_newest_public_name_in_use() -> None:
    ended = replace(SOURCE, name_id=1, text="如皋县", kind="former", valid_to=date(1991, 2, 28))
    alias = replace(SOURCE, name_id=3, text="雉皋", kind="alias")
    unpublished = replace(SOURCE, name_id=4, text="新名市", valid_from=date(2026, 1, 1), public=False)
    inherited = replace(SOURCE, name_id=5, text="旧区", inherited=True)
    assert leading([inherited, unpublished, alias, ended, SOURCE]).text == "如皋市"
    assert leading([unpublished, alias, ended]).text == "雉皋"
    assert leading([unpublished, ended]).text == "如皋县"
    assert leading([inherited, unpublished]).text == "新名市"
