"""The list without the map in real Chromium: without script, from the map, on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.measures import nameless, targets, texts
from tests.browser.test_map_page import find, open_map

pytestmark = pytest.mark.browser


def hits(page: Page) -> list[str]:
    """The names that are listed."""
    return page.locator(".hit h2").all_inner_texts()


def test_without_script_i_search_narrow_page_and_open_a_place(scriptless: Page, site: str) -> None:
    scriptless.goto(site)
    scriptless.get_by_role("link", name="按列表查地名").click()
    scriptless.get_by_label("要查的地名").fill("镇")
    scriptless.get_by_label("地区").select_option("南通市")
    scriptless.get_by_role("button", name="查询").click()
    expect(scriptless.get_by_role("status").first).to_contain_text(re.compile(r"(共|至少) \d+ 条"))
    first = hits(scriptless)
    assert len(first) == 20

    scriptless.get_by_role("link", name="下一页").click()
    expect(scriptless).to_have_url(re.compile("division=320600"))
    expect(scriptless.get_by_label("地区")).to_have_value("320600")
    back = scriptless.get_by_role("link", name="回到第一页")
    expect(back).to_be_visible()
    wheres = scriptless.locator(".hit .where").all_inner_texts()
    assert wheres
    assert all("南通市" in where for where in wheres)
    back.click()
    expect(back).to_have_count(0)
    assert hits(scriptless) == first

    scriptless.locator(".hit h2 a").first.click()
    expect(scriptless.get_by_role("heading", level=1)).to_have_text(first[0])
    expect(scriptless.get_by_role("button")).to_have_count(0)


def test_without_script_the_search_box_of_the_map_leads_to_the_list(scriptless: Page, site: str) -> None:
    scriptless.goto(site)
    scriptless.get_by_label("搜索地名").fill("320683")
    scriptless.keyboard.press("Enter")
    expect(scriptless).to_have_url(re.compile(r"/search\?q=320683$"))
    expect(scriptless.locator(".hit").first).to_contain_text("曾用代码 320683 今 通州区")


def test_with_script_enter_in_the_box_stays_on_the_map(page: Page, site: str) -> None:
    open_map(page, site)
    page.get_by_role("combobox", name="搜索地名").fill("320683")
    page.keyboard.press("Enter")
    expect(page.locator("#card").get_by_role("heading", level=2)).to_have_text("通州区")
    expect(page).to_have_url(re.compile(r"/\?q=320683&place=68"))


def test_from_the_results_on_the_map_i_go_to_the_same_list(page: Page, site: str) -> None:
    open_map(page, site, "/?as_of=2005")
    find(page, "通州市")
    page.get_by_role("link", name="列表方式查看").click()

    expect(page).to_have_url(re.compile(r"/search\?q=%E9%80%9A%E5%B7%9E%E5%B8%82&as_of=2005$"))
    expect(page.locator(".hit").first).to_contain_text("通州")
    expect(page.get_by_role("status").first).to_contain_text("2005年底的情形")
    page.get_by_role("link", name="在地图上查看这些结果").click()
    expect(page.get_by_role("option").first).to_contain_text("通州")


def test_a_wrong_date_is_told_where_it_was_written_and_nothing_is_lost(page: Page, site: str) -> None:
    page.goto(site + "/search?q=如皋")
    page.get_by_label("哪一年或哪一天的情形").fill("去年")
    page.get_by_role("button", name="查询").click()

    expect(page.get_by_role("alert")).to_contain_text("日期:看不懂日期“去年”")
    expect(page.get_by_label("哪一年或哪一天的情形")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("要查的地名")).to_have_value("如皋")


def test_on_a_phone_the_list_fits_and_fingers_hit_it(phone: Page, site: str) -> None:
    phone.goto(site + "/search?q=城&as_of=2020")

    assert phone.evaluate("() => document.documentElement.scrollWidth") <= 390
    small = [it for it in targets(phone) if it["height"] < 44 or it["width"] < 44]
    assert small == []


@pytest.mark.parametrize("address", ["/search", "/search?q=城", "/search?q=火星第九区", "/search?q=城&as_of=x"])
def test_every_text_of_the_list_can_be_read_and_everything_has_a_name(page: Page, site: str, address: str) -> None:
    page.goto(site + address)

    assert [it for it in texts(page) if it["contrast"] < 4.5] == []
    assert nameless(page) == []
