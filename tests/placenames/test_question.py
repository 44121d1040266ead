"""What people type becomes a question: characters, pinyin however it is written, initials, codes."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.errors import Malformed
from placenames.search.question import (
    CODE_TIERS,
    HAN_TIERS,
    LATIN_TIERS,
    LONGEST,
    MIXED_TIERS,
    Cursor,
    numbers,
    read_cursor,
    read_question,
    turned_round,
)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("如皋市", "如皋市"),
        (" 如皋 市\t", "如皋市"),
        ("如皋", "如皋"),  # compatibility ideographs and full width are folded
        ("２号路", "2号路"),
        ("如皋　市", "如皋市"),
        ("﨏", "﨏"),
    ],
)
def test_characters_are_folded_and_joined_and_stay_characters(typed: str, text: str) -> None:
    question = read_question(typed)
    assert question.text == text
    assert question.tiers == HAN_TIERS
    assert question.asked == typed.strip()


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("rugao", "rugao"),
        ("RuGao", "rugao"),
        ("Rúgāo Shì", "rugaoshi"),
        ("ru gao", "rugao"),
        ("ｒｕｇａｏ", "rugao"),
        ("Xi'an", "xian"),
        ("xi’an", "xian"),
        ("ru-gao", "rugao"),
        ("lüliang", "lvliang"),
        ("Lǚliáng", "lvliang"),
        ("LÜ", "lv"),
        ("lu\u0308", "lv"),
        ("lu\u0308\u030c", "lv"),
        ("lu\u030c\u0308", "lv"),
        ("lvliang", "lvliang"),
        ("nǖ nǘ nǚ nǜ", "nvnvnvnv"),
        ("rg", "rg"),
    ],
)
def test_pinyin_is_read_with_and_without_tones_blanks_and_dots(typed: str, text: str) -> None:
    question = read_question(typed)
    assert (question.text, question.tiers) == (text, LATIN_TIERS)


@pytest.mark.parametrize("typed", ["320682", "32", "３２０６８２", "320 682", "320682001001"])
def test_digits_are_asked_for_as_a_code_and_then_as_characters(typed: str) -> None:
    assert read_question(typed).tiers == CODE_TIERS


@pytest.mark.parametrize("typed", ["3", "3206820010011", "S336", "320682a", "如皋320682"])
def test_what_is_no_code_is_not_asked_for_as_one(typed: str) -> None:
    assert read_question(typed).tiers == HAN_TIERS


@pytest.mark.parametrize(
    "typed", ["", " ", "　", "\t\n", "'", "’", '"', "“”", "＂", "-", "· -", "\x00", " \x00 ", "\u200b", "\ufeff \u2060"]
)
def test_a_question_with_nothing_to_look_for_is_refused(typed: str) -> None:
    with pytest.raises(Malformed) as caught:
        read_question(typed)
    (fault,) = caught.value.errors
    assert (fault.loc, fault.msg) == ("q", "请输入要查的地名")
    assert fault.remedy


def test_a_hundred_characters_are_read_and_one_more_is_refused() -> None:
    assert read_question("皋" * LONGEST).text == "皋" * 100
    with pytest.raises(Malformed) as caught:
        read_question("皋" * (LONGEST + 1))
    assert "太长" in caught.value.errors[0].msg


@pytest.mark.parametrize(
    ("typed", "latin", "initials"),
    [("如gao", "rugao", "rgao"), ("ru皋", "rugao", "rug"), ("如g", "rug", "rg"), ("r皋", "rgao", "rg")],
)
def test_letters_beside_characters_are_pinyin_of_the_rest(typed: str, latin: str, initials: str) -> None:
    question = read_question(typed)
    assert (question.tiers, question.latin, question.initials) == (MIXED_TIERS, latin, initials)


@pytest.mark.parametrize(
    ("typed", "name", "holds"),
    [
        ("如gao", "如皋市", True),
        ("如gao", "茹高村", False),
        ("ru皋", "如皋市", True),
        ("ru皋", "如高市", False),
        ("如gao市", "如皋市", True),
        ("如gao市", "市如皋", False),
        ("如gao", "如", False),
        ("a如b皋", "阿如比皋", True),
    ],
)
def test_a_name_must_have_the_characters_that_were_typed_beside_letters(typed: str, name: str, holds: bool) -> None:
    assert read_question(typed).holds_its_characters(name) is holds


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("东社镇现在叫什么", "东社镇"),
        ("东社镇现在叫什么?", "东社镇"),
        ("请问如皋在哪里?", "如皋"),
        ("我要去如皋怎么走", "如皋"),
        ("去年营在哪", "去年营"),
        ("以前的江浦县现在叫什么", "江浦县"),
        ("下关区现在属于哪个区", "下关区"),
        ("白蒲镇归哪个市管？", "白蒲镇"),
        ("“如皋”在哪个市?", "如皋"),
        ("何去何从路", "何去何从路"),
        ("叫什么", "叫什么"),
    ],
)
def test_what_people_say_around_a_name_is_not_asked_for(typed: str, text: str) -> None:
    assert read_question(typed).text == text


@pytest.mark.parametrize(
    "typed",
    [
        "如皋。", "如皋，", "如皋,", "如皋?", "如皋？", "如皋！", "如皋、", "如皋.", "如皋…", "如皋：",
        "“如皋”", '"如皋"', "'如皋'", "‘如皋’", "《如皋》", "「如皋」", "【如皋】",
        "如皋😀", "👉🏻如皋❤️", "📍 如皋",
        "\u200b如皋\u200b", "\ufeff如\u200d皋", "如\u2060皋", "\u202a如皋\u202c",
    ],
)  # fmt: skip
def test_marks_of_a_sentence_pictures_and_what_nobody_sees_are_not_asked_for(typed: str) -> None:
    assert read_question(typed) == replace(read_question("如皋"), asked=typed.strip())


@pytest.mark.parametrize(("typed", "text"), [("rugao。", "rugao"), ("“rú gāo”", "rugao"), ("320682.", "320682")])
def test_marks_around_letters_and_codes_are_left_out_too(typed: str, text: str) -> None:
    assert read_question(typed).text == text
    assert read_question(typed).tiers == read_question(text).tiers


@pytest.mark.parametrize(
    ("typed", "turned"),
    [
        ("白蒲 如皋", "如皋白蒲"),
        ("白蒲，如皋市", "如皋市白蒲"),
        ("白蒲　如皋市、南通市 ", "南通市如皋市白蒲"),
        ("如皋", None),
        (" 如皋 ", None),
        ("东大街 100", None),
        ("一 二 三 四 五", None),
        (", ' '", None),
    ],
)
def test_parts_with_blanks_between_can_be_read_from_the_last_to_the_first(typed: str, turned: str | None) -> None:
    assert turned_round(read_question(typed)) == turned


def test_a_nul_is_dropped_because_the_database_cannot_hold_it() -> None:
    assert read_question("如\x00皋").text == "如皋"


@pytest.mark.parametrize("typed", ["%", "_", "100%", "如_皋", "\\", "a%", "😀", "👨‍👩‍👧", "';--", "如皋\\"])
def test_wild_cards_and_signs_stay_what_they_are(typed: str) -> None:
    question = read_question(typed)
    assert question.text == typed.replace("'", "").replace("-", "")
    assert question.tiers == HAN_TIERS


@settings(deadline=None)  # the first one reads the dictionaries
@given(st.text(max_size=LONGEST))
def test_any_text_is_read_or_refused_in_words(typed: str) -> None:
    with suppress(Malformed):
        question = read_question(typed)
        assert question.text
        assert not set(question.text) & set("\x00 \t\n　'’\"“”\u200b")
        turned_round(question)


@given(
    st.builds(
        Cursor,
        step=st.integers(0, 9),
        rank=st.integers(0, 100_000),
        distance=st.floats(0, 3e7),
        form=st.integers(-1, 2**31 - 1),
        place=st.integers(1, 2**63 - 1),
        total=st.integers(0, 200),
        exact=st.booleans(),
        loose=st.booleans(),
        way=st.integers(0, 9),
    )
)
def test_a_cursor_reads_back_as_it_was_written(cursor: Cursor) -> None:
    assert read_cursor(cursor.written()) == cursor


def forged(*fields: object) -> str:
    """A cursor with fields of one's own."""
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "written",
    [
        "x",
        "如皋",
        "AAAA",
        "%%%",
        forged(),
        forged(1, 2, 3),
        forged("a", 1, 0.0, 1, 1, 1, True, True, 0),
        forged(None, 1, 0.0, 1, 1, 1, True, True, 0),
        base64.urlsafe_b64encode(b'{"tier": 1}').decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
def test_a_cursor_that_no_page_gave_is_refused(written: str) -> None:
    with pytest.raises(Malformed) as caught:
        read_cursor(written)
    assert [(e.loc, e.remedy) for e in caught.value.errors] == [("cursor", "请从第一页重新查询")]


GOOD = (0, 1, 0.0, 1, 1, 1, 1, True, True, 0)


def spoilt(at: int, value: object) -> str:
    """A good cursor but for one field."""
    return forged(*GOOD[:at], value, *GOOD[at + 1 :])


def test_the_cursor_that_is_spoilt_below_is_good_before() -> None:
    assert read_cursor(forged(*GOOD)) == Cursor(*GOOD)


OUT_OF_RANGE = [
    pytest.param(spoilt(0, 99), id="a tier that is not there"),
    pytest.param(spoilt(0, -1), id="a negative tier"),
    pytest.param(spoilt(1, 10**30), id="a rank beyond 32 bit"),
    pytest.param(spoilt(1, float("inf")), id="an endless rank"),
    pytest.param(spoilt(2, float("nan")), id="a distance that is no number"),
    pytest.param(spoilt(3, 1 << 31), id="a form beyond 32 bit"),
    pytest.param(spoilt(4, 2), id="neither at home nor away"),
    pytest.param(spoilt(5, 10**30), id="a place beyond 64 bit"),
    pytest.param(spoilt(6, -5), id="a negative total"),
    pytest.param(spoilt(9, 100), id="a reading that is not there"),
]


@pytest.mark.parametrize("written", OUT_OF_RANGE)
def test_a_cursor_with_a_forged_value_out_of_range_is_refused(written: str) -> None:
    with pytest.raises(Malformed):
        read_cursor(written)


def test_numbers_are_read_and_anything_else_is_refused_with_the_form() -> None:
    assert numbers("118.5, 32", "near", ("lon", "lat")) == (118.5, 32.0)
    assert numbers(None, "near", ("lon", "lat")) is None
    assert numbers("", "near", ("lon", "lat")) is None
    for written in ("118", "118,32,1", "a,b", "118;32", "nan,32", "inf,32", "1e10,32", ",", "118,"):
        with pytest.raises(Malformed) as caught:
            numbers(written, "near", ("lon", "lat"))
        assert caught.value.errors[0].loc == "near"
        assert "lon,lat" in caught.value.errors[0].remedy
