"""The list without the map: plain HTML that says what `/api/search` says, whatever is asked and whatever goes wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

from foundation import clock
from foundation.database import PUBLIC_ROLE
from tests.api.test_errors import Slow, service

NAME = re.compile(r'<h2><a href="/places/(\d+)[^"]*">([^<]*)</a></h2>')


def shown(client: TestClient, address: str, status: int = 200) -> str:
    """The page at an address."""
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    return answer.text


def following(html: str) -> str:
    """Where the next page is; empty on the last one."""
    found = re.search(r'rel="next" href="([^"]*)"', html)
    return unescape(found[1]) if found else ""


@pytest.mark.parametrize(
    "asked",
    [
        "q=如皋", "q=rugao", "q=rg", "q=320682", "q=通州市", "q=江苏省如皋市如城街道东大街", "q=城&division=320600",
        "q=城&class=县级行政区", "q=城&class=21400", "q=通州市&as_of=2005", "q=如皋&as_of=1985-01-01", "q=火星第九区",
    ],
)  # fmt: skip
def test_the_page_lists_what_the_interface_lists_in_the_same_order(client: TestClient, asked: str) -> None:
    listed = client.get(f"/api/search?{asked}").json()
    html = shown(client, f"/search?{asked}")

    found = [(place, unescape(name)) for place, name in NAME.findall(html)]
    assert found == [(item["id"], item["name"]) for item in listed["items"]]
    assert bool(following(html)) == bool(listed["next"])
    for item in listed["items"]:
        assert item["roman"] in unescape(html)
        assert " › ".join(item["division"]["path"]) in html


@pytest.mark.parametrize(("typed", "shown_as"), [("2009-3-7", "2009-03-07"), ("2005", "2005"), ("2026", ""), ("", "")])
def test_a_day_is_written_as_the_map_writes_it_and_a_year_that_is_not_over_is_today(
    client: TestClient, typed: str, shown_as: str
) -> None:
    with clock.held(datetime(2026, 11, 22, 9, tzinfo=clock.ZONE)):
        html = shown(client, f"/search?q=如皋&as_of={typed}")
    assert f'name="as_of" value="{shown_as}"' in html
    assert ("的情形" in html.split('class="count"')[1].split("</p>")[0]) == bool(shown_as)


def test_i_page_through_a_long_list_and_what_narrows_it_stays_in_the_address(client: TestClient) -> None:
    address, seen = "/search?q=镇&division=320600&as_of=2020", list[str]()
    for _ in range(4):
        html = shown(client, address)
        seen += [place for place, _ in NAME.findall(html)]
        address = following(html)
        if not address:
            break
        asked = parse_qs(urlsplit(address).query)
        assert (asked["q"], asked["division"], asked["as_of"]) == (["镇"], ["320600"], ["2020"])
        assert len(asked["cursor"][0]) > 10
    assert len(seen) > 20
    assert len(set(seen)) == len(seen), "none comes twice"
    html = shown(client, address)
    assert "这是后面的一页" in html
    assert 'href="/search?q=%E9%95%87&amp;division=320600&amp;as_of=2020">回到第一页' in html


def test_the_form_keeps_what_was_chosen_and_offers_the_counties_of_the_chosen_city(client: TestClient) -> None:
    html = shown(client, "/search?q=城&division=320682&class=街路巷&as_of=2020")

    assert '<option value="320682" selected>\u3000如皋市</option>' in html
    assert '<option value="320600">南通市</option>' in html
    assert '<option value="街路巷" selected>' in html
    assert 'name="as_of" value="2020"' in html
    assert 'value="320505"' not in html, "the districts of another city are not in the way"


def test_a_division_chosen_among_those_of_today_is_what_it_was_in_the_year_that_is_typed(client: TestClient) -> None:
    html = shown(client, "/search?q=桥&division=320612&as_of=2005")
    assert '<option value="320683" selected>\u3000通州市</option>' in html, "通州区 was 通州市"
    assert html.count('<li class="hit"') == shown(client, "/search?q=桥&division=320683&as_of=2005").count(
        '<li class="hit"'
    )
    several = shown(client, "/search?q=桥&division=320508&as_of=2005", 422)
    assert '<option value="320508" selected>江苏省苏州市姑苏区</option>' in several, "it was three districts"
    assert "地区:代码“320508”在 2005-12-31 没有对应的行政区划" in unescape(several)


def test_the_way_to_the_map_says_what_it_leaves_behind(client: TestClient) -> None:
    assert "在地图上查看这些结果" in shown(client, "/search?q=桥&as_of=2020")
    assert "在地图上查“桥”(不限地区和类别)" in shown(client, "/search?q=桥&division=320600")
    assert "在地图上查" not in shown(client, "/search?q=火星第九区"), "there is nothing to see"


def test_without_a_question_there_is_the_form_and_how_to_ask(client: TestClient) -> None:
    html = shown(client, "/search")

    assert "可以输入" in html
    assert 'role="alert"' not in html


def test_a_question_that_finds_nothing_says_so_and_how_to_go_on(client: TestClient) -> None:
    html = shown(client, "/search?q=火星第九区&class=街路巷")

    assert "没有找到“火星第九区”" in html
    assert 'href="/search?q=%E7%81%AB%E6%98%9F%E7%AC%AC%E4%B9%9D%E5%8C%BA">去掉地区、类别、日期' in html


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (f"q={'长' * 101}", "要查的地名:输入太长(最多100个字)"),
        ("q='", "要查的地名:请输入要查的地名"),
        ("q=城&as_of=昨天", "日期:看不懂日期“昨天”"),
        ("q=城&as_of=0000", "日期:看不懂日期"),
        ("q=城&division=999999", "地区:代码“999999”"),
        ("q=城&class=城堡", "类别:没有“城堡”这个类别"),
        ("q=城&cursor=abc", "翻页:翻页标记无效"),
        ("q=城&division=%00", "含有不能识别的字符"),
    ],
)
def test_what_cannot_be_asked_is_told_beside_the_form_with_the_status_of_the_interface(
    client: TestClient, asked: str, said: str
) -> None:
    html = shown(client, f"/search?{asked}", 422)

    assert client.get(f"/api/search?{asked}").status_code == 422
    assert said in unescape(html)
    assert 'role="alert"' in html
    assert '<input id="q"' in html, "the form is still there"


@pytest.fixture
def slow(demo_address: str) -> Iterator[TestClient]:
    """A service whose questions take longer than they may, once it knows what it is."""

    class SlowSearch(Slow):
        def rows(self, statement, parameters):  # type: ignore[no-untyped-def]
            """Only the search is slow."""
            if statement.name.startswith(("search.strict", "search.forms", "search.look")):
                return super().rows(statement, parameters)
            return super(Slow, self).rows(statement, parameters)

    pool = SlowSearch(demo_address, role=PUBLIC_ROLE, size=2, timeout_ms=150)
    with service(pool) as open_client:
        yield open_client
    pool.close()


def test_a_search_that_takes_too_long_says_so_beside_the_form(slow: TestClient) -> None:
    answer = slow.get("/search?q=如皋")

    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    assert "暂时查不了" in answer.text
    assert 'value="如皋"' in answer.text


def test_hostile_words_stay_text(client: TestClient) -> None:
    for hostile in ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}"):
        for place in ("q", "division", "class", "as_of"):
            html = client.get("/search", params={"q": "城", place: hostile}).text
            assert hostile not in html or hostile == "{{7*7}}"
            assert "49" not in re.findall(r'value="([^"]*)"', html)


def test_the_map_leads_to_the_list_for_those_without_script(client: TestClient) -> None:
    assert re.search(r'<noscript>.*href="/search"', client.get("/").text)
