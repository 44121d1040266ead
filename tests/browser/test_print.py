"""The map and its card on paper: what a printed map must say, nothing of the screen; then the screen comes back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watch
from tests.browser.measures import overlap
from tests.browser.test_map_page import look_up, measured, open_map

pytestmark = pytest.mark.browser

PRINTS = "window.printed = 0; window.print = () => { window.printed += 1; };"
MILLIMETRE = 96 / 25.4
WECHAT = "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.44"


def view(page: Page) -> list[float]:
    found: list[float] = page.evaluate(
        "() => [map_diming.getZoom(), map_diming.getCenter().lat, map_diming.getCenter().lng]"
    )
    return found


def to_paper(page: Page) -> None:
    """Press 打印 and wait until the browser was told to print."""
    page.get_by_role("button", name="打印", exact=True).click()
    expect(page.locator("html")).to_have_class("paper")
    for _ in range(80):
        if page.evaluate("() => window.printed") == 1:
            return
        page.wait_for_timeout(100)
    pytest.fail("nothing was printed")


def test_map_and_card_go_to_paper_with_what_must_be_said(page: Page, site: str) -> None:
    page.add_init_script(PRINTS)
    open_map(page, site)
    look_up(page, "如皋", "如皋市")
    expect(page.locator(".leaflet-overlay-pane path")).to_have_count(1)
    page.wait_for_timeout(300)
    before = view(page)
    to_paper(page)

    head = page.locator("#paper-head")
    expect(head).to_contain_text("江苏省地名查询:如皋市")
    expect(head).to_contain_text("按今天的名称")
    expect(head).to_contain_text(re.compile(r"打印日期 \d{4}年\d{1,2}月\d{1,2}日"))
    expect(head).to_contain_text(re.compile(r"比例尺约 1:\d{1,3}( \d{3})+"))
    for words in ("演示数据,非标准地图", "界线仅为示意,不作划界和权属依据", "数据来源"):
        expect(page.locator("#legal")).to_contain_text(words)
        expect(page.get_by_text(words).first).to_be_visible()
    expect(page.locator(".leaflet-control-scale")).to_be_visible()
    expect(page.locator("#card")).to_contain_text("江苏省 › 南通市 › 如皋市")
    expect(page.get_by_text("区划代码:320682")).to_be_visible()
    for away in ("#panel", ".leaflet-control-zoom", "#grip", ".card-top", ".acts"):
        expect(page.locator(away)).to_be_hidden()
    frame = measured(page.locator(".map-frame"))
    assert frame["width"] == pytest.approx(186 * MILLIMETRE, abs=2)
    assert frame["height"] == pytest.approx(150 * MILLIMETRE, abs=2)
    sheet = measured(page.locator("#sheet"))
    assert sheet["y"] > frame["y"] + frame["height"], "the card stands under the map, not on it"

    page.evaluate("() => window.dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#panel")).to_be_visible()
    expect(page.locator("html")).not_to_have_class("paper")
    assert view(page) == pytest.approx(before, abs=1e-6)


def test_the_scale_is_that_of_the_paper(page: Page, site: str) -> None:
    page.add_init_script(PRINTS)
    open_map(page, site, "/#11/32.39/120.56")
    to_paper(page)

    told = page.locator("#paper-head").inner_text()
    found = re.search(r"1:([\d ]+)", told)
    assert found is not None
    metres, pixels = page.evaluate(
        "() => [map_diming.distance(map_diming.containerPointToLatLng([0, 300]),"
        " map_diming.containerPointToLatLng([400, 300])), 400]"
    )
    assert int(found[1].replace(" ", "")) == pytest.approx(metres / (pixels / 96 * 0.0254), rel=0.06)


def test_another_day_is_named_on_paper(page: Page, site: str) -> None:
    page.add_init_script(PRINTS)
    open_map(page, site, "/?as_of=2005")
    to_paper(page)
    expect(page.locator("#paper-head")).to_contain_text("2005年底的名称(界线按今天)")


def test_the_browsers_own_print_command_does_the_same(page: Page, site: str) -> None:
    open_map(page, site)
    page.wait_for_load_state("networkidle")
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)

    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    expect(page.locator("html")).not_to_have_class("paper")
    expect(page.locator("#panel")).to_be_visible()


def test_the_browsers_own_print_command_shows_the_drawn_map_and_asks_for_nothing(
    page: Page, watch: Watch, site: str
) -> None:
    open_map(page, site)
    look_up(page, "如皋", "如皋市")
    expect(page.locator(".leaflet-overlay-pane path")).to_have_count(1)
    page.wait_for_load_state("networkidle")
    expect(page.locator("canvas.leaflet-tile:not(.leaflet-tile-loaded)")).to_have_count(0)
    before, drawn = view(page), page.locator(".leaflet-tile-loaded").count()
    assert drawn > 1
    watch.asked.clear()
    # What the browser sends before it prints; it waits for no tile.
    page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")

    expect(page.locator("html")).to_have_class("paper")
    assert page.locator(".leaflet-tile-loaded").count() == drawn
    assert page.evaluate("() => map_diming.getZoom()") == before[0]
    frame = measured(page.locator(".map-frame"))
    assert frame["height"] == pytest.approx(150 * MILLIMETRE, abs=2)
    chosen = measured(page.locator(".leaflet-overlay-pane path"))
    assert frame["x"] < chosen["x"] < chosen["x"] + chosen["width"] < frame["x"] + frame["width"]
    assert frame["y"] < chosen["y"] < chosen["y"] + chosen["height"] < frame["y"] + frame["height"]
    tiles = [measured(tile) for tile in page.locator("canvas.leaflet-tile-loaded").all()]
    for across in (0.02, 0.5, 0.98):
        at = {
            "x": frame["x"] + across * frame["width"],
            "y": frame["y"] + 0.5 * frame["height"],
            "width": 1,
            "height": 1,
        }
        assert any(overlap(tile, at) for tile in tiles), across
    assert [address for address in watch.asked if "/tiles/" in address] == []
    expect(page.locator("#paper-head")).to_contain_text(re.compile(r"比例尺约 1:\d{1,3}( \d{3})+"))
    expect(page.locator("#card")).to_contain_text("区划代码:320682")

    page.evaluate("() => window.dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#panel")).to_be_visible()
    assert view(page) == pytest.approx(before, abs=1e-6)
    assert measured(page.locator("#map_diming"))["width"] == 1280


def test_where_nothing_is_printed_the_next_act_brings_the_page_back(page: Page, site: str) -> None:
    page.add_init_script(PRINTS)
    open_map(page, site)
    to_paper(page)
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_visible()


def test_on_a_phone_the_paper_is_the_same(phone: Page, site: str) -> None:
    phone.add_init_script(PRINTS)
    open_map(phone, site)
    look_up(phone, "如皋", "如皋市")
    phone.get_by_role("button", name="关闭卡片").tap()
    to_paper(phone)
    frame = measured(phone.locator(".map-frame"))
    assert frame["width"] == pytest.approx(186 * MILLIMETRE, abs=2)
    expect(phone.get_by_text("数据来源")).to_be_visible()


def test_in_wechat_one_is_told_to_use_a_browser(page: Page, site: str) -> None:
    page.add_init_script(PRINTS + f"Object.defineProperty(navigator, 'userAgent', {{ value: '{WECHAT}' }});")
    open_map(page, site)
    page.get_by_role("button", name="打印", exact=True).click()
    dialog = page.get_by_role("dialog", name="请用浏览器打开")

    expect(dialog).to_contain_text("在浏览器打开")
    dialog.get_by_role("button", name="知道了").click()
    expect(page.get_by_role("button", name="打印", exact=True)).to_be_focused()
    assert page.evaluate("() => window.printed") == 0


def test_the_page_of_a_place_prints_without_its_buttons(page: Page, site: str) -> None:
    page.add_init_script(PRINTS)
    page.goto(site + "/places/1")
    page.get_by_role("button", name="打印").click()
    assert page.evaluate("() => window.printed") == 1
    page.emulate_media(media="print")
    for away in (".ways", ".head-acts", ".acts", ".skip"):
        expect(page.locator(away)).to_be_hidden()
    expect(page.get_by_text("界线仅为示意,不作划界和权属依据")).to_be_visible()
