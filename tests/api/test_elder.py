"""Large print (长辈版): asked for once, remembered by the device, on every public page; and the way back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from fastapi.testclient import TestClient

from api.shown import COOKIE


@pytest.fixture
def elder(client: TestClient) -> Iterator[TestClient]:
    """A device that asks and remembers, and forgets everything after the test."""
    client.cookies.clear()
    yield client
    client.cookies.clear()


def large(client: TestClient, address: str) -> bool:
    """Whether a page comes in large print."""
    return "/static/elder.css" in client.get(address).text


def place_of(client: TestClient, name: str) -> str:
    """The id of a place."""
    return str(client.get(f"/api/search?q={name}").json()["items"][0]["id"])


def test_a_device_remembers_large_print_until_it_is_turned_off(elder: TestClient) -> None:
    place = place_of(elder, "如皋市")
    assert not large(elder, "/")
    assert large(elder, "/?mode=elder")
    for address in ("/", "/search?q=如皋", f"/places/{place}"):
        assert large(elder, address)

    assert not large(elder, "/?mode=standard")
    assert not large(elder, "/search?q=如皋")
    assert COOKIE not in elder.cookies


def test_the_size_of_the_text_is_remembered_too(elder: TestClient) -> None:
    assert '<html lang="zh-CN" class="size-1">' in elder.get("/?mode=elder").text
    assert 'class="size-3"' in elder.get("/search?q=如皋&mode=elder&size=3").text
    assert 'class="size-3"' in elder.get("/search?q=如皋").text
    assert 'class="size-3"' in elder.get("/search?q=如皋&size=99").text, "a size that there is not changes nothing"


def test_the_map_can_be_seen_once_without_forgetting(elder: TestClient) -> None:
    elder.get("/?mode=elder")
    assert not large(elder, "/?mode=map")
    assert large(elder, "/")


def test_on_a_device_that_remembers_nothing_every_link_and_the_form_repeat_the_choice(elder: TestClient) -> None:
    html = unescape(elder.get("/search?q=如皋&mode=elder&size=2").text)

    assert '?mode=elder&size=2">如皋市</a>' in html
    assert '<input type="hidden" name="mode" value="elder">' in html
    again = unescape(elder.get("/search?q=如皋").text)
    assert '">如皋市</a>' in again
    assert 'mode=elder&size=2">如皋市' not in again, "now the device remembers, and a link can be sent on"


def test_links_made_for_the_map_lead_to_the_same_thing_in_large_print(elder: TestClient) -> None:
    place = place_of(elder, "如皋市")
    elder.get("/?mode=elder")
    answer = elder.get(f"/?place={place}&q=如皋", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/places/{place}"
    assert ">如皋市</a>" in elder.get("/?q=如皋").text


def test_a_redirect_never_leaves_this_server(elder: TestClient) -> None:
    for hostile in ("//example.org", "https://example.org", "../../x", "1?x=y"):
        answer = elder.get("/", params={"mode": "elder", "place": hostile}, follow_redirects=False)
        assert answer.headers["location"].startswith("/places/")
        assert "//" not in answer.headers["location"]


def test_no_link_leads_to_another_host_whatever_was_asked_for(elder: TestClient) -> None:
    for address in ("//example.org/x", "/%5cexample.org/x", "/%5c%5cexample.org"):
        html = elder.get(f"http://testserver{address}", headers={"Accept": "text/html"}).text
        assert not re.search(r'href="(//|/?\\)', html)
        assert "example.org" in html, "it is told what is not there"


def test_a_result_says_name_reading_where_and_status_and_what_one_can_do(elder: TestClient) -> None:
    html = unescape(elder.get("/search?q=如皋市&mode=elder").text)
    first = html[html.index('<li class="hit">') : html.index("</li>")]

    for said in ("如皋市", "Rúgāo Shì", "江苏省 › 南通市 › 如皋市", "标准地名", "导航", "复制地址", "朗读"):
        assert said in first
    assert 'data-say="如皋市。标准地名。县级行政区。位于江苏省南通市。"' in first
    assert 'data-copy="江苏省南通市如皋市"' in first
    assert "coordinate=wgs84" in first
    assert "coord_type=wgs84" in first
    assert "不是政府驻地" in first


def test_a_former_name_says_what_it_is_called_today(elder: TestClient) -> None:
    assert "曾用名 通州市 今 通州区" in elder.get("/search?q=通州市&mode=elder").text


def test_what_is_not_there_is_told_in_large_print_too(elder: TestClient) -> None:
    elder.get("/?mode=elder")
    answer = elder.get("/places/999999999", headers={"Accept": "text/html"})

    assert answer.status_code == 404
    assert "/static/elder.css" in answer.text
    assert "查别的地名" in answer.text


@pytest.mark.parametrize("cookie", ["elder-9", "elder", "standard-1", "elder-1;x", "<script>", "elder-²"])
def test_a_cookie_that_we_did_not_write_is_nothing(elder: TestClient, cookie: str) -> None:
    answer = elder.get("/search?q=如皋", headers=[(b"Cookie", f"{COOKIE}={cookie}".encode())])

    assert answer.status_code == 200
    assert ("/static/elder.css" in answer.text) == (cookie == "elder-1;x"), "of which elder-1 is ours"


def test_the_cookie_holds_the_choice_and_nothing_else(elder: TestClient) -> None:
    given = elder.get("/?mode=elder&size=2").headers["set-cookie"]

    assert given.startswith(f"{COOKIE}=elder-2;")
    assert "HttpOnly" in given
    assert "SameSite=lax" in given
    assert elder.get("/").headers["vary"] == "Cookie" or "Cookie" in elder.get("/").headers["vary"]
