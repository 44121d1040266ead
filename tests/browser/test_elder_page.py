"""Large print (长辈版) in real Chromium, measured: sizes, contrast, targets, one column, reading aloud."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESK, PHONE, visit
from tests.browser.measures import nameless, targets, texts
from tests.browser.test_map_page import look_up, open_map

pytestmark = pytest.mark.browser

PAGES = (
    "/?mode=elder",
    "/search?q=如皋&mode=elder",
    "/search?q=火星第九区&mode=elder",
    "/search?q=城&as_of=x&mode=elder",
)
SPEAKS = """
window.spoken = [];
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => [{ lang: "en-US", name: "e" }, { lang: "zh-CN", name: "c" }], cancel: () => window.spoken.push("-"),
  speak: (it) => { window.spoken.push(it.text); window.saying = it; },
} });
window.SpeechSynthesisUtterance = class extends EventTarget { constructor(text) { super(); this.text = text; } };
"""
MUTE = 'Object.defineProperty(window, "speechSynthesis", { value: undefined });'


@pytest.fixture
def place(page: Page, site: str) -> str:
    """The page of a place."""
    found: dict[str, Any] = page.request.get(f"{site}/api/search?q=通州区").json()
    return f"/places/{found['items'][0]['id']}?mode=elder"


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def either(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Page]:
    """A page on a desk, and one on a phone."""
    yield from visit(browser, site, viewport=request.param)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_texts_targets_and_contrast_are_as_the_law_wants_them(either: Page, site: str, place: str, size: int) -> None:
    plain = (18, 24, 30)[size - 1]
    for address in (*PAGES, place):
        either.goto(f"{site}{address}&size={size}")
        either.evaluate("() => document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        seen = texts(either)
        assert [it for it in seen if it["size"] < plain - 0.01] == [], address
        assert [it for it in seen if it["contrast"] < 4.5] == [], address
        assert [it for it in targets(either) if it["height"] < 60 or it["width"] < 60] == [], address
        wide = either.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide == 0, f"{address} scrolls sideways"


def test_everything_has_a_name_and_there_is_one_heading_of_the_page(page: Page, site: str, place: str) -> None:
    for address in (*PAGES, place):
        page.goto(site + address)
        assert nameless(page) == []
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        expect(page.get_by_role("main")).to_have_count(1)


def test_there_is_no_map_no_puzzle_and_no_picture_to_understand(page: Page, site: str) -> None:
    for address in PAGES:
        page.goto(site + address)
        expect(page.locator("canvas, .leaflet-container, iframe")).to_have_count(0)
        expect(page.locator("img:not([alt=''])")).to_have_count(0)


def test_from_the_map_to_large_print_and_back_and_the_device_remembers(page: Page, site: str) -> None:
    open_map(page, site)
    look_up(page, "通州市", "通州区")
    page.get_by_role("link", name="长辈版").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("通州区")
    expect(page.locator("html")).to_have_class("size-1")
    page.get_by_role("link", name="最大").click()
    expect(page.locator("html")).to_have_class("size-3")
    expect(page.get_by_role("link", name="最大")).to_have_attribute("aria-current", "true")

    page.goto(site)
    expect(page.locator("html")).to_have_class("size-3")
    page.get_by_role("link", name="普通版").click()
    expect(page.locator("#map_diming")).to_be_visible()
    page.goto(site + "/search")
    expect(page.get_by_role("link", name="长辈版")).to_be_visible()


def test_the_button_is_seen_on_a_phone_and_on_every_page(phone: Page, site: str) -> None:
    open_map(phone, site)
    door = phone.get_by_role("link", name="长辈版")
    expect(door).to_be_in_viewport()
    box = door.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    for address in ("/search", "/places/1"):
        phone.goto(site + address)
        expect(phone.get_by_role("link", name="长辈版")).to_be_visible()


def test_i_search_copy_the_address_and_am_led_there(page: Page, site: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(site + "/?mode=elder")
    page.get_by_label("要查的地名").fill("如皋市")
    page.keyboard.press("Enter")
    hit = page.locator(".hit").first
    expect(hit.get_by_role("heading")).to_have_text("如皋市")
    hit.get_by_role("button", name=re.compile("^复制地址")).click()
    expect(page.locator("#toast")).to_contain_text("已复制地址:江苏省南通市如皋市")
    assert page.evaluate("() => navigator.clipboard.readText()") == "江苏省南通市如皋市"

    hit.get_by_text("导航", exact=False).first.click()
    expect(hit.get_by_role("link", name="高德地图")).to_have_attribute("href", re.compile("coordinate=wgs84"))
    hit.get_by_role("heading").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("如皋市")
    expect(page.get_by_role("button", name=re.compile("^朗读"))).to_be_visible()


def test_in_large_print_a_mistake_can_be_reported_from_the_list_and_the_page(page: Page, site: str) -> None:
    for address in ("/?mode=elder&q=如皋市", "/places/68"):
        page.goto(site + address)
        page.locator("summary", has_text="纠错").first.click()
        expect(page.get_by_text("演示系统,不受理纠错").first).to_be_visible()
        expect(page.get_by_role("textbox", name=re.compile("^可以复制的纠错内容")).first).to_have_value(
            re.compile(r"^地名:.*\n编号:\d+\n页面:http.*/places/\d+\n问题:$")
        )


def test_a_place_is_read_aloud_and_a_second_press_stops_it(page: Page, site: str) -> None:
    page.add_init_script(SPEAKS)
    page.goto(site + "/search?q=如皋市&mode=elder")
    button = page.locator(".hit").first.get_by_role("button", name=re.compile("^朗读"))
    button.click()

    expect(button).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("() => window.spoken.at(-1)") == "如皋市。标准地名。县级行政区。位于江苏省南通市。"
    assert page.evaluate("() => [window.saying.lang, window.saying.voice.lang]") == ["zh-CN", "zh-CN"]
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("() => window.spoken.at(-1)") == "-"

    button.click()
    page.evaluate("() => window.saying.dispatchEvent(new Event('end'))")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#mute")).to_be_hidden()


def test_a_browser_that_cannot_read_aloud_says_so_and_shows_no_dead_button(page: Page, site: str) -> None:
    page.add_init_script(MUTE)
    page.goto(site + "/search?q=如皋市&mode=elder")

    expect(page.locator("#mute")).to_contain_text("不能朗读")
    expect(page.get_by_role("button", name=re.compile("^朗读"))).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("^复制地址")).first).to_be_visible()


def test_without_script_everything_but_the_voice_is_there(scriptless: Page, site: str) -> None:
    scriptless.goto(site + "/?mode=elder")
    scriptless.get_by_label("要查的地名").fill("如皋市")
    scriptless.get_by_role("button", name="查询").click()
    expect(scriptless.locator(".hit").first).to_contain_text("江苏省 › 南通市 › 如皋市")
    scriptless.get_by_text("导航", exact=False).first.click()
    expect(scriptless.get_by_role("link", name="百度地图").first).to_be_visible()
    expect(scriptless.get_by_role("button", name=re.compile("朗读|复制"))).to_have_count(0)


def test_large_print_is_used_by_keyboard_alone(page: Page, site: str) -> None:
    page.goto(site + "/?mode=elder")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.id") == "q":
            break
    expect(page.get_by_label("要查的地名")).to_be_focused()
    page.keyboard.type("如皋市")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("条")
    link = page.locator(".hit h2 a").first
    for _ in range(20):
        page.keyboard.press("Tab")
        if link.evaluate("(node) => node === document.activeElement"):
            break
    outline = link.evaluate("(node) => getComputedStyle(node).outlineStyle")
    assert outline == "solid", "where one is can be seen"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("如皋市")
