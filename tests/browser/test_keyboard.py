"""The map page by keyboard and ear: search, result, card and back, the map itself, and what a screen reader is told."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.measures import nameless, tree
from tests.browser.test_map_page import box, card, find, heading, look_up, open_map, refuse, results

pytestmark = pytest.mark.browser


def said(page: Page, text: str | re.Pattern[str]) -> None:
    """The polite live region says it."""
    expect(page.locator("#said")).to_contain_text(text)


def centre(page: Page) -> tuple[float, float]:
    lat, lng = page.evaluate("() => [map_diming.getCenter().lat, map_diming.getCenter().lng]")
    return lat, lng


def to_the_map(page: Page) -> None:
    """By its skip link."""
    page.locator("body").press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到地图")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("application", name="地图")).to_be_focused()


def test_from_search_to_result_to_card_and_back_by_keyboard_alone(page: Page, site: str) -> None:
    open_map(page, site)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到搜索框")).to_be_focused()
    page.keyboard.press("Enter")
    expect(box(page)).to_be_focused()
    page.keyboard.type("如皋")
    expect(results(page).first).to_be_visible()
    said(page, re.compile(r"\d+ 条,用上下方向键选择"))

    page.keyboard.press("ArrowDown")
    expect(box(page)).to_have_attribute("aria-activedescendant", "result-0")
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("如皋市")
    expect(card(page)).to_be_focused()
    said(page, "如皋市,Rúgāo Shì,标准地名,江苏省 › 南通市 › 如皋市")

    page.keyboard.press("Tab")
    expect(card(page).get_by_role("button", name="返回结果")).to_be_focused()
    page.keyboard.press("Enter")
    expect(results(page).first).to_be_visible()
    expect(box(page)).to_be_focused()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(card(page)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(card(page).get_by_role("button", name="关闭卡片")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#sheet")).to_be_hidden()
    expect(box(page)).to_be_focused()
    expect(results(page)).to_have_count(0)


def test_a_card_that_comes_late_leaves_the_reader_on_the_button_above_it(page: Page, site: str) -> None:
    open_map(page, site)
    find(page, "如皋")
    asked: list[Route] = []

    def wait(route: Route) -> None:
        asked.append(route)

    page.route("**/api/places/*", wait)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(card(page)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    shut = card(page).get_by_role("button", name="关闭卡片")
    expect(shut).to_be_focused()
    expect(card(page).get_by_role("button", name="纠错")).to_have_count(0)

    asked[0].continue_()
    expect(card(page).get_by_role("button", name="纠错")).to_be_visible()
    expect(shut).to_be_focused()


def test_within_the_card_everything_is_reached_and_the_focus_never_gets_lost(page: Page, site: str) -> None:
    open_map(page, site)
    find(page, "通州市")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(card(page)).to_be_focused()
    expect(heading(page)).to_have_text("通州区")

    report = card(page).get_by_role("button", name="纠错")
    for _ in range(8):
        page.keyboard.press("Tab")
        if report.evaluate("(node) => node === document.activeElement"):
            break
    expect(report).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="纠错:通州区")).to_be_visible()
    page.keyboard.press("Escape")
    expect(report).to_be_focused()

    way = card(page).get_by_role("button", name="导航")
    way.focus()
    page.keyboard.press("Enter")
    expect(way).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(card(page).get_by_role("link", name="高德地图")).to_be_focused()


def test_whoever_goes_on_from_place_to_place_stays_in_the_card(page: Page, site: str) -> None:
    open_map(page, site, "/#12/32.30/120.60")
    to_the_map(page)
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("此处")
    said(page, "此处:江苏省 › 南通市")
    expect(card(page)).to_be_focused()
    row = card(page).get_by_role("button", name=re.compile("^南通市"))
    row.focus()
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("南通市")
    expect(card(page)).to_be_focused()

    page.keyboard.press("Escape")
    expect(page.get_by_role("application", name="地图")).to_be_focused()


def test_the_map_moves_with_the_arrows_and_tells_where_it_is(page: Page, site: str) -> None:
    open_map(page, site, "/#11/32.39/120.56")
    to_the_map(page)
    expect(page.locator(".cross")).to_have_css("opacity", "1")
    before = centre(page)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(150)
    said(page, re.compile("地图中心:江苏省 › 南通市.*级别 11"))
    assert centre(page)[1] > before[1]

    page.keyboard.press("ArrowUp")
    page.wait_for_timeout(400)
    assert centre(page)[0] > before[0]
    page.keyboard.press("+")
    said(page, "级别 12")
    page.keyboard.press("/")
    expect(box(page)).to_be_focused()


def test_a_skip_link_leaves_the_view_and_the_card_as_they_are(page: Page, site: str) -> None:
    open_map(page, site)
    look_up(page, "如皋", "如皋市")
    expect(page).to_have_url(re.compile("place=.*#"))
    page.wait_for_timeout(300)
    address = page.url
    page.locator("body").press("Tab")
    page.get_by_role("link", name="跳到搜索框").focus()
    page.keyboard.press("Enter")
    expect(box(page)).to_be_focused()
    assert page.url == address
    expect(heading(page)).to_have_text("如皋市")


def test_the_order_of_stops_is_search_then_ways_then_map_then_its_buttons(page: Page, site: str) -> None:
    open_map(page, site)
    stops = []
    for _ in range(20):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            "() => { const a = document.activeElement; const box = a.getBoundingClientRect();"
            " return [a.getAttribute('aria-label') || a.textContent.trim() || a.id, a === document.body,"
            " box.width > 0 && box.right > 0 && box.left < innerWidth] }"
        )
        if stop[1]:
            break
        assert stop[2], f"{stop[0]} is a stop that cannot be seen"
        stops.append(stop[0])
    wanted = ["跳到搜索框", "跳到地图", "搜索地名", "长辈版", "列表", "打印", "地图", "放大"]
    assert [stop for stop in stops if stop in wanted] == wanted


def test_what_a_screen_reader_is_given(page: Page, site: str) -> None:
    open_map(page, site)
    find(page, "如皋")
    nodes = tree(page)

    for role, name in (
        ("main", ""), ("search", ""), ("combobox", "搜索地名"), ("listbox", "搜索结果"), ("region", "地图"),
        ("application", "地图"), ("navigation", "其他方式"), ("contentinfo", ""),
    ):  # fmt: skip
        assert any(node["role"] == role and node["name"].startswith(name) for node in nodes), role
    options = [node for node in nodes if node["role"] == "option"]
    assert options
    assert "如皋市" in options[0]["name"]
    assert nameless(page) == []
    assert not any(node["name"] == "南京市" for node in nodes), "the two hundred names on the map are silent"


def test_the_card_has_its_own_landmark_and_headings_in_order(page: Page, site: str) -> None:
    open_map(page, site)
    look_up(page, "如皋", "如皋市")
    nodes = tree(page)

    assert {"role": "complementary", "name": "地名卡片"} in nodes
    assert nameless(page) == []
    levels = page.eval_on_selector_all(
        "h1, h2, h3", "(all) => all.filter((h) => h.offsetParent).map((h) => +h.tagName[1])"
    )
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_errors_are_told_and_not_only_shown(page: Page, site: str) -> None:
    open_map(page, site)
    page.route("**/api/search*", refuse)
    box(page).fill("如皋")
    said(page, "服务暂时不可用:数据库没有响应。")
    page.unroute("**/api/search*")
    page.keyboard.press("Tab")
    retry = page.get_by_role("button", name="重试")
    retry.focus()
    page.keyboard.press("Enter")
    expect(results(page).first).to_be_visible()

    page.route("**/api/places/*", refuse)
    box(page).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("服务暂时不可用")
    expect(page.locator("#toast")).to_have_attribute("aria-live", "polite")


def test_nothing_found_is_told(page: Page, site: str) -> None:
    open_map(page, site)
    box(page).fill("火星第九区")
    said(page, "没有找到“火星第九区”")


def test_on_a_phone_going_back_puts_the_focus_on_the_list(phone: Page, site: str) -> None:
    open_map(phone, site)
    look_up(phone, "如皋", "如皋市")
    expect(card(phone)).to_contain_text("名称沿革")
    back = card(phone).get_by_role("button", name="返回结果")
    back.focus()
    phone.keyboard.press("Enter")
    expect(results(phone).first).to_be_visible()
    expect(phone.locator("#drop")).to_be_focused()
