"""The forms under which a place is found: whole names, specific parts, pinyin, initials, pairs of characters."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from string import ascii_lowercase

from hypothesis import given
from hypothesis import strategies as st

from placenames.search.tokens import (
    CELLS_FROM,
    LETTERS_FROM,
    SourceName,
    cells,
    form,
    forms_of,
    grams,
    hot_codes,
    is_term,
    letter_codes,
    near_codes,
    query_grams,
    query_near_codes,
    shortened,
    token_rows,
)

SOURCE = SourceName(
    place_id=1,
    name_id=2,
    text="如皋市",
    specific="如皋",
    valid_from=date(1991, 2, 28),
    valid_to=None,
    inherited=False,
    current=True,
    public=True,
    rank=80_000,
    own_division_id=71,
    divisions=[1, 65, 71],
    cell=220_401,
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
    # Below zero are the divisions.
    assert all(0 <= gram < 2**31 for gram in found)


def test_grams_tell_names_apart() -> None:
    assert not set(query_grams("皋如")) & set(query_grams("如皋"))
    assert set(query_grams("皋市")) <= set(grams("如皋市"))
    assert not set(query_grams("如市")) <= set(grams("如皋市"))


def test_a_division_is_found_by_its_whole_name_and_by_its_specific_part() -> None:
    assert forms_of(SOURCE) == ("如皋市", "如皋")
    assert form("如皋市").sounds == (("rugaoshi", "rgs"),)
    assert form("如皋").sounds == (("rugao", "rg"),)


def test_a_place_that_is_no_division_is_found_by_its_whole_name_alone() -> None:
    assert forms_of(replace(SOURCE, text="东大街", specific="东大", own_division_id=None)) == ("东大街",)


def test_a_specific_part_of_one_character_is_not_looked_for_by_itself() -> None:
    assert forms_of(replace(SOURCE, text="丰县", specific="丰")) == ("丰县",)


def test_a_u_with_dots_is_kept_as_v() -> None:
    assert form("吕四港").sounds == (("lvsigang", "lsg"),)


def test_a_name_without_han_characters_is_still_found_by_its_text() -> None:
    assert (form("😀").text, form("😀").sounds) == ("😀", ())


def test_a_token_carries_characters_and_first_letters_the_divisions_from_the_highest_one_down_and_its_cell() -> None:
    known = {"如皋市": (11, form("如皋市").grams), "如皋": (12, form("如皋").grams)}
    read = letter_codes([("rugao", "rg"), ("rugaoshi", "rgs")])
    period = (date(1991, 2, 28), None, False, True, True)
    assert list(token_rows([SOURCE], known)) == [
        (1, 2, 11, 80_000, (*sorted(map(ord, "如皋市")), *read, -1, -65, -71, 220_401), *period),
        (1, 2, 12, 80_000, (*sorted(map(ord, "如皋")), *read, -1, -65, -71, 220_401), *period),
    ]
    nowhere = replace(SOURCE, divisions=None, own_division_id=None, cell=None)
    assert list(token_rows([nowhere], known)) == [(1, 2, 11, 80_000, (*sorted(map(ord, "如皋市")), *read), *period)]


def test_a_name_has_the_first_two_letters_of_each_reading_and_of_its_initials() -> None:
    def letters(*pairs: str) -> set[int]:
        return {code for pair in pairs for code in letter_codes([(pair, pair)])}

    assert {code for code in form("六合区").grams if LETTERS_FROM <= code < CELLS_FROM} == letters("li", "lu", "lh")
    assert set(letter_codes([("chongqing", "cq"), ("zhongqing", "zq")])) == letters("ch", "cq", "zh", "zq")
    assert letter_codes([("336", "3"), ("e", "e"), ("", "")]) == (), "there is no second letter"
    every = [a + b for a in ascii_lowercase for b in ascii_lowercase]
    assert len(letters(*every)) == len(every), "each pair has a code of its own"
    assert min(letters(*every)) == LETTERS_FROM > 0x10FFFF
    assert max(letters(*every)) < CELLS_FROM


@given(st.text("如皋市𠮷A3东大街", min_size=1, max_size=9), st.data())
def test_all_characters_of_a_part_are_among_the_terms_of_the_whole(name: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(name) - 1))
    end = data.draw(st.integers(start + 1, len(name)))
    assert set(map(ord, name[start:end])) <= set(filter(is_term, form(name).grams))


@given(*(st.floats(low, high) for low, high in ((73, 136), (3, 54), (73, 136), (3, 54), (0, 1), (0, 1))))
def test_the_cell_of_a_position_is_among_those_of_every_box_around_it(
    west: float, south: float, east: float, north: float, across: float, up: float
) -> None:
    west, east, south, north = min(west, east), max(west, east), min(south, north), max(south, north)
    lon, lat = min(max(west + across * (east - west), west), east), min(max(south + up * (north - south), south), north)
    [cell] = cells((lon, lat, lon, lat), 1) or []
    around = cells((west, south, east, north), 100_000)
    assert around is not None
    assert cell in around
    assert min(around) >= CELLS_FROM, "no cell is the code of a character or of a letter"


def test_a_box_of_too_many_cells_has_none() -> None:
    assert len(cells((120.05, 32.05, 120.35, 32.15), 16) or ()) == 2
    assert cells((73, 3, 136, 54), 150) is None


@given(st.text("东西大街路巷如皋市村", min_size=3, max_size=9), st.data())
def test_names_one_character_apart_share_a_code(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    slips = [name[:at] + "错" + name[at + 1 :], name[:at] + "多" + name[at:]]
    slips += [name[:at] + name[at + 1] + name[at] + name[at + 2 :]] if at + 1 < len(name) else []
    slips += [name[:at] + name[at + 1 :]] if len(name) > 3 else []
    for typed in slips:
        shared = set(query_near_codes(typed)) & set(near_codes(name))
        assert typed == name or shared or name in shortened(typed)


def test_codes_of_neighbours_are_negative_and_those_of_pairs_are_not() -> None:
    assert all(code < 0 for code in near_codes("东大街"))
    assert all(code >= 0 for code in grams("东大街"))
    read = letter_codes(form("东大街").sounds)
    assert set(form("东大街").grams) == {*near_codes("东大街"), *grams("东大街"), *read}


def test_very_short_and_very_long_names_have_no_neighbours() -> None:
    assert near_codes("如皋") == near_codes("街" * 11) == ()


def test_a_form_is_listed_under_what_it_holds_begins_with_and_sounds_like() -> None:
    codes = hot_codes(form("东大街"))
    assert {"~东", "~大", "~街", "~东大", "~大街", "^东", "^东大", ">d", ">dongdaji"} <= codes
    assert "^东大街" not in codes, "a list of beginnings leaves the whole name out"
