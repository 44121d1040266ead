"""An error is one sentence in Chinese with its remedy; the edge decides how it is told."""

from __future__ import annotations

import pytest

from api.errors import TABLE
from foundation.errors import DimingError, FieldError, Malformed, NotFound, Refused, Unavailable


def test_an_error_and_its_remedy_are_one_line() -> None:
    error = Refused("登记库里已有数据。", remedy="请换一个空库。")
    assert error.line() == "登记库里已有数据。 请换一个空库。"
    assert str(error) == "登记库里已有数据。"


def test_an_error_without_a_remedy_ends_without_a_blank() -> None:
    assert Unavailable("数据库暂时连接不上。").line() == "数据库暂时连接不上。"


def test_a_malformed_request_tells_each_bad_field_with_its_remedy() -> None:
    fields = [FieldError("lon", "经度太大", "请填 73–136"), FieldError("lat", "不是数字", "请填数字")]
    error = Malformed(fields)
    assert error.errors == fields
    assert error.message == "lon:经度太大;lat:不是数字"
    assert error.line() == "lon:经度太大(请填 73–136);lat:不是数字(请填数字)"


def test_what_is_not_found_may_carry_what_followed_it() -> None:
    assert NotFound("没有").extra == {}
    assert NotFound("没有", extra={"successors": ["320612"]}).extra == {"successors": ["320612"]}


@pytest.mark.parametrize("kind", DimingError.__subclasses__())
def test_every_kind_of_error_has_its_answer_at_the_edge(kind: type[DimingError]) -> None:
    assert [row[1] for row in TABLE if row[0] is kind] != []
