"""The numbers of the benchmarks: order in rounds, ratios, percentiles, and what was promised."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import frame
from benchmarks.frame import Fact, Measured, Report, Side, compared, percentile, ratio


def test_what_is_compared_runs_in_turn_and_in_another_order_each_round() -> None:
    order: list[str] = []

    def side(name: str) -> Side:
        def run(seconds: float) -> Sequence[float]:
            order.append(name)
            return [0.001]

        return Side(name, run)

    found = compared([side("a"), side("b"), side("c")], rounds=4, seconds=0, say=lambda line: None)
    assert order[:3] == ["a", "b", "c"], "the warm-up"
    rounds = ["".join(order[at : at + 3]) for at in range(3, len(order), 3)]
    assert [set(each) for each in rounds] == [set("abc")] * 4
    assert len(set(rounds)) > 2
    assert [len(it.took) for it in found] == [4, 4, 4]


def test_the_ratio_is_that_of_neighbouring_rounds() -> None:
    a, b = Measured("a", rates=[10, 20, 90]), Measured("b", rates=[20, 40, 100])
    assert ratio(a, b) == 0.5


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=300), st.integers(1, 100))
def test_so_many_of_a_hundred_are_no_larger_than_the_percentile(values: list[float], hundredth: int) -> None:
    limit = percentile(values, hundredth)
    assert limit in values
    assert 100 * sum(value <= limit for value in values) >= hundredth * len(values)
    assert 100 * sum(value < limit for value in values) < hundredth * len(values)


@pytest.mark.parametrize(
    ("fact", "reached", "words"),
    [
        (Fact("用时", 3.2, "分", at_most=4), True, "用时:3.2 分(不超过 4:达到)"),
        (Fact("用时", 4.5, "分", at_most=4), False, "用时:4.5 分(不超过 4:没有达到)"),
        (Fact("比值", 0.79, at_least=0.8), False, "比值:0.79(不低于 0.8:没有达到)"),
        (Fact("条数", 1200.0), True, "条数:1,200"),
    ],
)
def test_a_fact_says_whether_what_was_promised_is_kept(fact: Fact, reached: bool, words: str) -> None:
    assert fact.reached is reached
    assert fact.as_text() == words


def test_a_report_is_for_people_and_for_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "machine", lambda: {"cpu": "x", "cores": "2"})
    side = Measured("甲", rates=[2.0], took=[500.0, 500.0])
    report = Report("试", (side,), (Fact("比值", 0.5, at_least=0.8),))
    assert not report.reached
    assert "比值:0.5(不低于 0.8:没有达到)" in report.as_text()
    told = json.loads(report.as_json())
    assert told["machine"]["cores"] == "2"
    assert told["sides"][0]["median_ms"] == 500.0
    assert told["facts"][0] == {
        "name": "比值", "value": 0.5, "unit": "", "at_most": None, "at_least": 0.8, "reached": False,
    }  # fmt: skip
