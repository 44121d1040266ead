"""What the map shows at first and how it is zoomed: never a grey sheet without a word, on a phone every city named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import visit
from tests.browser.measures import overlap
from tests.browser.test_map_page import measured, open_map

pytestmark = pytest.mark.browser

CITIES = {
    "南京市",
    "无锡市",
    "徐州市",
    "常州市",
    "苏州市",
    "南通市",
    "连云港市",
    "淮安市",
    "盐城市",
    "扬州市",
    "镇江市",
    "泰州市",
    "宿迁市",
}
OUTSIDE = "这里不在本系统范围内"


def position(page: Page, x: float, y: float) -> list[float]:
    """Latitude and longitude under a point of the window."""
    found: list[float] = page.evaluate(
        "([x, y]) => { const at = map_diming.containerPointToLatLng([x, y]); return [at.lat, at.lng]; }", [x, y]
    )
    return found


def zoomed(page: Page, zoom: float) -> None:
    """Wait until the map stands at this zoom."""
    page.wait_for_function("(zoom) => map_diming.getZoom() === zoom && !map_diming._animatingZoom", arg=zoom)


def zoom_of(page: Page) -> float:
    return float(page.evaluate("() => map_diming.getZoom()"))


def middle_of(page: Page) -> tuple[float, float]:
    """Where the middle of the free part is on a desk: right of the panel."""
    bar = measured(page.locator("#panel"))
    return (bar["x"] + bar["width"] + 1280) / 2, 400


def test_i_zoom_in_three_times_by_button_and_still_see_the_middle_of_the_province(page: Page, site: str) -> None:
    open_map(page, site)
    middle, first = middle_of(page), zoom_of(page)
    before = position(page, *middle)
    for step in (1, 2, 3):
        page.get_by_role("button", name="放大").click()
        zoomed(page, first + step)
    assert position(page, *middle) == pytest.approx(before, abs=0.01)
    expect(page.locator(".label-county").first).to_be_visible()
    expect(page.get_by_text(OUTSIDE)).to_be_hidden()

    for step in (2, 1):
        page.get_by_role("button", name="缩小").click()
        zoomed(page, first + step)
    assert position(page, *middle) == pytest.approx(before, abs=0.01)


def test_what_lies_under_the_cross_of_the_keyboard_stays_there_when_i_zoom(page: Page, site: str) -> None:
    open_map(page, site, "/#10/32.39/120.56")
    page.locator("#map_diming").focus()
    cross = page.locator(".cross")
    at = cross.evaluate("(node) => { const box = node.getBoundingClientRect(); return [box.x, box.y]; }")
    before = position(page, *at)
    for key, zoom in (("+", 11), ("+", 12), ("-", 11)):
        page.keyboard.press(key)
        zoomed(page, zoom)
        assert position(page, *at) == pytest.approx(before, abs=0.001)


@pytest.mark.parametrize("where", ["#12/31.2/121.4", "#12/39.9/116.4"], ids=["in a corner", "far away"])
def test_a_link_to_a_view_outside_the_province_says_so_and_leads_back(page: Page, site: str, where: str) -> None:
    page.goto(f"{site}/{where}")
    note = page.locator(".outside")
    expect(note).to_contain_text(OUTSIDE)
    note.get_by_role("button", name="回到全图").click()
    expect(note).to_be_hidden()
    expect(page.get_by_text("南京市", exact=True)).to_be_visible()


def test_a_map_that_could_not_be_fetched_is_not_called_outside(page: Page, site: str) -> None:
    page.route("**/tiles/map/**", lambda route: route.abort())
    page.goto(f"{site}/#12/32.39/120.56")
    expect(page.locator("#toast")).to_contain_text("部分地图没有取到")
    expect(page.get_by_role("progressbar")).to_be_hidden()
    expect(page.get_by_text(OUTSIDE)).to_be_hidden()


SIZES = [(390, 844), (412, 915), (360, 740), (320, 568)]


@pytest.fixture(params=SIZES, ids=[f"{width}x{height}" for width, height in SIZES])
def small(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Page]:
    """Phones of four sizes."""
    size = ViewportSize(width=request.param[0], height=request.param[1])
    yield from visit(browser, site, viewport=size, has_touch=True, is_mobile=True, reduced_motion="reduce")


def named(page: Page) -> set[str]:
    return set(page.locator(".label-prefecture").all_inner_texts())


def test_the_first_view_on_a_phone_names_the_cities_clear_of_every_button(small: Page, site: str) -> None:
    open_map(small, site)
    # On the smallest screen one name of thirteen may find no room.
    expect(small.get_by_text("苏州市", exact=True)).to_be_visible()
    expect(small.get_by_text("南通市", exact=True)).to_be_visible()
    missing = CITIES - named(small)
    assert len(missing) <= (0 if cast(ViewportSize, small.viewport_size)["width"] >= 390 else 1), missing

    covers = [measured(it) for it in small.locator("#ways, .bar, #legal, .leaflet-right .leaflet-bar").all()]
    for label in small.locator(".label").all():
        for cover in covers:
            assert not overlap(measured(label), cover), label.inner_text()
    chosen = small.get_by_text("苏州市", exact=True)
    chosen.tap()
    expect(small.locator("#card").get_by_role("heading", level=2)).to_have_text("苏州市")


def test_zooming_in_on_a_phone_stays_in_the_province(small: Page, site: str) -> None:
    open_map(small, site)
    first = zoom_of(small)
    for step in (1, 2, 3):
        small.get_by_role("button", name="放大").tap()
        zoomed(small, first + step)
    expect(small.locator(".label-county").first).to_be_visible()
    expect(small.get_by_text(OUTSIDE)).to_be_hidden()
    small.get_by_role("button", name="回到全图").tap()
    zoomed(small, first)
    expect(small.get_by_text(re.compile("^苏州市$"))).to_be_visible()
