"""How a name answers a question: the tiers by plain rules, without a database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placenames.search.matching import Known, Matcher, one_apart
from placenames.search.question import read_question

NAMES = st.text("东西大街路巷如皋市村", min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("typed", "name", "tier"),
    [
        ("如皋市", "如皋市", "exact"),
        ("如皋", "如皋市", "prefix"),
        ("皋市", "如皋市", "substring"),
        ("rugao", "如皋", "pinyin"),
        ("rugao", "如皋市", "pinyin_prefix"),
        ("rgs", "如皋市", "initials"),
        ("如gao", "如皋", "pinyin"),
        ("如gao", "茹高", None),
        ("ru皋", "如皋市", "pinyin_prefix"),
        ("如高", "如皋", "homophone"),
        ("luhe", "六合", "pinyin"),
        ("liuhe", "六合", "pinyin"),
        ("如皋东大衔", "如皋东大街", "fuzzy"),
        ("东大街如皋", "如皋市", None),
        ("北京", "如皋市", None),
        ("长乐", "长安", None),
        ("一二三四五六七八九十", "一二三四五六七八九十甲", "prefix"),
        ("长乐", "长大乐", "fuzzy"),
    ],
)
def test_a_name_answers_in_its_best_tier(typed: str, name: str, tier: str | None) -> None:
    assert Matcher(read_question(typed)).tier(name) == tier


def test_characters_are_never_replaced_by_pinyin() -> None:
    """Behaviour asked of every search over Chinese names: what has the characters goes before what sounds alike."""
    matcher = Matcher(read_question("如皋"))
    has, sounds = matcher.step("如皋路", former=True), matcher.step("茹高", former=False)
    assert has is not None
    assert sounds is not None
    assert has < sounds


def test_a_place_is_told_by_its_best_name_and_names_in_use_go_before_former_ones() -> None:
    matcher = Matcher(read_question("通州"))
    assert matcher.best([Known(5, "通州市", True), Known(7, "通州区", False)]) == (2, 7)
    assert matcher.best([Known(5, "通州市", True), Known(7, "江海区", False)]) == (3, 5)
    assert matcher.best([Known(5, "江海市", True)]) is None


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("东大街", "东大路", True),
        ("东大街", "东大", True),
        ("东大街", "东大新街", True),
        ("东大街", "大东街", True),
        ("东大街", "东街大", True),
        ("东大街", "东大街", False),
        ("东大街", "街大东", False),
        ("东大街", "西大路", False),
        ("东大街", "大街新", False),
        ("东大街", "东", False),
        ("", "东", True),
        ("东", "西", True),
    ],
)
def test_one_character_wrong_missing_extra_or_swapped(one: str, other: str, apart: bool) -> None:
    assert one_apart(one, other) is apart
    assert one_apart(other, one) is apart


@given(NAMES, st.data())
def test_every_slip_of_one_character_is_one_apart(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    slips = [name[:at] + name[at + 1 :], name[:at] + "错" + name[at + 1 :], name[:at] + "多" + name[at:]]
    if at + 1 < len(name) and name[at] != name[at + 1]:
        slips.append(name[:at] + name[at + 1] + name[at] + name[at + 2 :])
    for slip in slips:
        assert one_apart(slip, name)
        assert one_apart(name, slip)


@given(NAMES, NAMES)
def test_being_one_apart_is_what_trying_every_slip_says(one: str, other: str) -> None:
    shorter = {one[:at] + one[at + 1 :] for at in range(len(one))}
    longer = {other[:at] + other[at + 1 :] for at in range(len(other))}
    swapped = {one[:at] + one[at + 1] + one[at] + one[at + 2 :] for at in range(len(one) - 1)}
    wrong = len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1
    assert one_apart(one, other) is (one != other and (other in shorter | swapped or one in longer or wrong))
