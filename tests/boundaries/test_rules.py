"""Code records become permanent units, versions, changes and strands: the rules alone, with no database."""

from __future__ import annotations

from collections import Counter
from io import StringIO
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.divisions.rules import CodeRecord, Plan, plan, read
from foundation.dates import parse
from foundation.errors import Malformed

HEAD = "code,name,level,type,parent,valid_from,valid_to,became,ceded,kind,instrument,source,note"


def record(
    code: str,
    name: str,
    valid_from: str = "1983",
    valid_to: str = "",
    *,
    became: str = "",
    ceded: tuple[tuple[str, str], ...] = (),
    level: str = "county",
    parent: str = "",
    kind: str = "合并",
    row: int = 0,
) -> CodeRecord:
    """A code record as the table would give it; `became` holds codes with blanks between them."""
    return CodeRecord(
        code=code,
        name=name,
        level=level,
        type="县",
        parent=parent,
        valid_from=parse(valid_from),
        valid_to=parse(valid_to) if valid_to else None,
        became=tuple(became.split()),
        ceded=tuple((to, parse(when)) for to, when in ceded),
        kind=kind if valid_to else "",
        instrument="",
        source="测试",
        note="",
        row=row,
    )


def strands(history: Plan) -> set[tuple[str, str, str]]:
    """Every strand as (name before, relation, name after)."""
    return {(history.records[s.source].name, s.relation, history.records[s.target].name) for s in history.strands}


def units(history: Plan) -> dict[str, int]:
    """The unit of each record by its name."""
    return {found.name: unit for found, unit in zip(history.records, history.unit, strict=True)}


def test_a_unit_goes_on_under_its_code_when_its_name_changes() -> None:
    history = plan([record("320211", "郊区", "1983", "2000", became="320211"), record("320211", "滨湖区", "2000")])
    assert strands(history) == {("郊区", "continued", "滨湖区")}
    assert history.unit == (0, 0)


def test_a_unit_goes_on_under_its_specific_name_when_its_code_changes() -> None:
    history = plan([record("320928", "盐都县", "1996", "2003", became="320903"), record("320903", "盐都区", "2003")])
    assert strands(history) == {("盐都县", "continued", "盐都区")}
    assert history.unit == (0, 0)


def test_the_only_one_that_went_whole_into_its_only_successor_goes_on() -> None:
    history = plan([record("320624", "南通县", "1983", "1993", became="320683"), record("320683", "通州市", "1993")])
    assert strands(history) == {("南通县", "continued", "通州市")}
    assert history.unit == (0, 0)


def test_of_two_merged_into_a_new_one_neither_goes_on() -> None:
    history = plan(
        [
            record("320503", "平江区", "1983", "2012", became="320508"),
            record("320502", "沧浪区", "1983", "2012", became="320508"),
            record("320508", "姑苏区", "2012"),
        ]
    )
    assert strands(history) == {("平江区", "merged", "姑苏区"), ("沧浪区", "merged", "姑苏区")}
    assert len(set(history.unit)) == 3
    assert len(history.changes) == 1, "one change of one day with one kind and source"


def test_of_two_merged_the_one_with_the_specific_name_goes_on_and_the_other_ends() -> None:
    history = plan(
        [
            record("320602", "崇川区", "1991", "2020", became="320613"),
            record("320611", "港闸区", "1991", "2020", became="320613"),
            record("320613", "崇川区", "2020"),
        ]
    )
    assert {(history.records[s.source].name, s.relation) for s in history.strands} == {
        ("崇川区", "continued"),
        ("港闸区", "merged"),
    }
    assert history.unit[0] == history.unit[2] != history.unit[1]


def test_the_code_is_a_stronger_claim_than_the_specific_name() -> None:
    history = plan(
        [
            record("320111", "浦口区", "1983", "2002", became="320111"),
            record("320122", "江浦县", "1983", "2002", became="320111"),
            record("320111", "江浦区", "2002"),
        ]
    )
    assert ("浦口区", "continued", "江浦区") in strands(history)
    assert ("江浦县", "merged", "江浦区") in strands(history)


def test_merging_into_one_that_stays_is_no_continuation() -> None:
    history = plan([record("320405", "戚墅堰区", "1983", "2015", became="320412"), record("320412", "武进区", "2002")])
    assert strands(history) == {("戚墅堰区", "merged", "武进区")}
    assert history.unit == (0, 1)


def test_one_divided_among_several_ends_in_a_split() -> None:
    history = plan(
        [
            record("320702", "新海区", "1983", "1986", became="320705 320706"),
            record("320705", "新浦区", "1986"),
            record("320706", "海州区", "1986"),
        ]
    )
    assert strands(history) == {("新海区", "split", "新浦区"), ("新海区", "split", "海州区")}
    assert len(set(history.unit)) == 3


def test_of_several_heirs_the_namesake_goes_on_and_the_others_take_a_part() -> None:
    history = plan(
        [
            record("320881", "宿迁市", "1990", "1996", became="321302 321321"),
            record("321302", "宿城区", "1996"),
            record("321321", "宿迁县", "1996"),
        ]
    )
    assert strands(history) == {("宿迁市", "continued", "宿迁县"), ("宿迁市", "part", "宿城区")}


def test_a_suburb_is_no_specific_name_to_go_on_under() -> None:
    history = plan(
        [
            record("320603", "郊区", "1983", "1991", became="320611 320602"),
            record("320611", "郊区", "1991"),
            record("320602", "崇川区", "1991"),
        ]
    )
    assert {s.relation for s in history.strands} == {"split"}


def test_a_cession_leaves_both_sides_what_they_were() -> None:
    history = plan([record("320723", "灌云县", ceded=(("320705", "2005"),)), record("320705", "新浦区", "1986")])
    assert strands(history) == {("灌云县", "part", "新浦区")}
    assert history.changes[0].kind == "区划调整"
    assert history.changes[0].date == parse("2005")
    assert history.unit == (0, 1)


def test_a_part_that_went_to_another_province_is_left_to_the_note() -> None:
    assert plan([record("320322", "沛县", ceded=(("370826", "1984"),))]).strands == ()


def test_the_superior_is_the_unit_that_had_the_code_when_the_record_begins() -> None:
    history = plan(
        [
            record("320800", "淮阴市", "1983", "2000", became="320800", level="prefecture"),
            record("320800", "淮安市", "2000", level="prefecture"),
            record("320829", "洪泽县", "1983", parent="320800"),
        ]
    )
    assert history.parent == (None, None, units(history)["淮阴市"])
    assert units(history)["淮阴市"] == units(history)["淮安市"]


def test_a_missing_successor_is_named_with_its_row() -> None:
    with pytest.raises(Malformed) as caught:
        plan([record("320122", "江浦县", "1983", "2002", became="320111 320116", row=19)])
    assert [(e.loc, e.msg) for e in caught.value.errors] == [
        ("第19行 320122", "代码 320111 在 2002-12-31 没有记录"),
        ("第19行 320122", "代码 320116 在 2002-12-31 没有记录"),
    ]
    assert all(e.remedy for e in caught.value.errors)


def test_a_successor_that_begins_too_late_is_missing() -> None:
    with pytest.raises(Malformed, match="320111"):
        plan([record("320122", "江浦县", "1983", "2002", became="320111"), record("320111", "浦口区", "2003")])


def test_a_missing_superior_is_named_with_its_row() -> None:
    with pytest.raises(Malformed) as caught:
        plan([record("320122", "江浦县", parent="320100", row=7)])
    assert [(e.loc, e.msg) for e in caught.value.errors] == [("第7行 320122", "代码 320100 在 1983-12-31 没有记录")]


def test_a_cession_to_a_code_of_another_time_is_named_with_its_row() -> None:
    with pytest.raises(Malformed) as caught:
        plan([record("320723", "灌云县", ceded=(("320705", "1985"),), row=3), record("320705", "新浦区", "1986")])
    assert [e.loc for e in caught.value.errors] == ["第3行 320723"]


def test_every_row_with_a_bad_cell_is_told_with_column_and_remedy() -> None:
    table = StringIO(
        f"{HEAD}\n"
        "320101,甲县,county,县,,1983,,,,,,,\n"
        "320102,乙县,county,县,,1983年,,,,,,,\n"
        "320103,丙县,county,县,,1983,2001-13,,,,,,\n"
        "320104,丁县,county,县,,1983,,,320101@昨天,,,,\n"
    )
    with pytest.raises(Malformed) as caught:
        read(table)
    assert [e.loc for e in caught.value.errors] == ["第3行 valid_from", "第4行 valid_to", "第5行 ceded"]
    assert all(e.remedy for e in caught.value.errors)
    assert "1983年" in caught.value.errors[0].msg


def test_two_bad_cells_of_one_row_are_both_told() -> None:
    with pytest.raises(Malformed) as caught:
        read(StringIO(f"{HEAD}\n320102,乙县,county,县,,soon,later,,,,,,\n"))
    assert [e.loc for e in caught.value.errors] == ["第2行 valid_from", "第2行 valid_to"]


def test_a_row_that_is_too_short_is_told_and_no_stack_trace() -> None:
    with pytest.raises(Malformed):
        read(StringIO(f"{HEAD}\n320102,乙县,county\n"))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(Malformed) as caught:
        read(StringIO("code,name\n320102,乙县\n"))
    assert "缺少这一列" in caught.value.errors[0].msg
    assert caught.value.errors[0].remedy


def test_a_good_table_is_read_with_the_rows_of_its_lines() -> None:
    read_back = read(StringIO(f"{HEAD}\n320102,乙县,county,县,,..1981,1990-05,320103;320104,320105@1985,拆分,,甲,乙\n"))
    (found,) = read_back
    assert found.row == 2
    assert found.became == ("320103", "320104")
    assert found.ceded == (("320105", parse("1985")),)
    assert found.valid_from.precision == "before"
    assert str(found.valid_to and found.valid_to.effective) == "1990-05-31"


@st.composite
def histories(draw: st.DrawFn) -> list[CodeRecord]:
    """A small made-up country: each year something is renamed, given a new code, merged, split or cedes a part."""
    numbers = iter(range(320101, 329999))
    stems = st.sampled_from(["甲", "乙", "丙", "城", "郊", "新兴"])
    generics = st.sampled_from(["县", "市", "区"])
    living = {str(next(numbers)): [draw(stems) + draw(generics), "1983"] for _ in range(draw(st.integers(2, 4)))}
    done: list[CodeRecord] = []
    cessions: dict[str, list[tuple[str, str]]] = {}

    def end(code: str, year: str, became: list[str]) -> None:
        name, begin = living.pop(code)
        given_away = tuple(cessions.pop(code, ()))
        done.append(record(code, name, begin, year, became=" ".join(became), ceded=given_away))

    for year in map(str, range(1985, 1985 + draw(st.integers(1, 6)))):
        codes = sorted(living)
        one, other = draw(st.sampled_from(codes)), draw(st.sampled_from(codes))
        act = draw(st.sampled_from(["rename", "recode", "merge new", "merge old", "split", "cede"]))
        if act in {"rename", "recode"}:
            stem = draw(stems) if act == "rename" else living[one][0][:-1]
            fresh = one if act == "rename" else str(next(numbers))
            end(one, year, [fresh])
            living[fresh] = [stem + draw(generics), year]
        elif act == "merge new" and one != other:
            fresh = draw(st.sampled_from([one, str(next(numbers))]))
            name = draw(st.sampled_from([living[one][0], living[other][0], "合区"]))
            end(one, year, [fresh])
            end(other, year, [fresh])
            living[fresh] = [name, year]
        elif act == "merge old" and one != other:
            end(one, year, [other])
        elif act == "split":
            heirs = [str(next(numbers)) for _ in range(draw(st.integers(2, 3)))]
            stem = living[one][0][:-1]
            end(one, year, heirs)
            for heir in heirs:
                living[heir] = [draw(st.sampled_from([stem, "东", "西"])) + draw(generics), year]
        elif act == "cede" and one != other:
            cessions.setdefault(one, []).append((other, year))
    for code in sorted(living):
        name, begin = living[code]
        done.append(record(code, name, begin, ceded=tuple(cessions.pop(code, ()))))
    return draw(st.permutations(done))


@given(histories())
def test_any_history_gives_every_record_one_unit_whose_periods_do_not_overlap(records: list[CodeRecord]) -> None:
    history = plan(records)
    assert len(history.unit) == len(records)
    assert set(history.unit) == set(range(len(set(history.unit))))
    for unit in set(history.unit):
        own = [r for r, u in zip(history.records, history.unit, strict=True) if u == unit]
        own.sort(key=lambda r: r.valid_from.effective)
        for earlier, later in pairwise(own):
            assert earlier.valid_to is not None
            assert earlier.valid_to.effective <= later.valid_from.effective


@given(histories())
def test_in_any_history_at_most_one_predecessor_goes_on_in_a_record(records: list[CodeRecord]) -> None:
    history = plan(records)
    goes_on = [s for s in history.strands if s.relation == "continued"]
    assert not [target for target, times in Counter(s.target for s in goes_on).items() if times > 1]
    assert not [source for source, times in Counter(s.source for s in goes_on).items() if times > 1]
    for strand in goes_on:
        assert history.records[strand.source].valid_to == history.records[strand.target].valid_from
        assert history.unit[strand.source] == history.unit[strand.target]


@given(histories())
def test_in_any_history_every_successor_and_every_cession_has_its_strand(records: list[CodeRecord]) -> None:
    history = plan(records)
    wanted = Counter(
        [(r.code, code, r.valid_to.effective) for r in records if r.valid_to for code in r.became]
        + [(r.code, code, when.effective) for r in records for code, when in r.ceded]
    )
    found = Counter(
        (history.records[s.source].code, history.records[s.target].code, history.changes[s.change].date.effective)
        for s in history.strands
    )
    assert found == wanted
