"""Signs of the map: tiles that come late or not at all say so; the line at the foot hides nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import visit
from tests.browser.measures import overlap
from tests.browser.test_map_page import heading, look_up, measured, open_map, refuse

pytestmark = pytest.mark.browser


def test_tiles_that_come_late_show_a_bar_and_hatched_ground_until_they_are_there(page: Page, site: str) -> None:
    held: list[Route] | None = []

    def hold(route: Route) -> None:
        if held is None:
            route.fallback()
        else:
            held.append(route)

    page.route("**/tiles/map/**", hold)
    page.goto(site)
    bar = page.get_by_role("progressbar", name="正在取地图")
    expect(bar).to_be_visible()
    assert measured(bar)["height"] <= 4
    expect(page.locator("#map_diming")).to_have_class(re.compile("map-waiting"))
    expect(page.locator("#map_diming")).to_have_css("background-image", re.compile("repeating-linear-gradient"))

    waiting, held = held, None
    for route in waiting or ():
        route.continue_()
    expect(bar).to_be_hidden()
    expect(page.locator("#map_diming")).not_to_have_class(re.compile("map-waiting"))


def test_a_tile_that_does_not_come_is_not_drawn_as_a_place_where_nothing_is(page: Page, site: str) -> None:
    page.route("**/tiles/map/**", refuse)
    page.route("**/api/map/labels*", refuse)  # as long as nothing is answered the map waits for the reader
    page.goto(site)
    expect(page.locator(".tile-missing").first).to_be_attached()
    expect(page.get_by_role("progressbar")).to_be_hidden()

    page.unroute("**/tiles/map/**")
    page.locator("#toast").get_by_role("button", name="重试").click()
    expect(page.locator(".tile-missing")).to_have_count(0)


def test_after_an_outage_the_map_mends_itself_as_soon_as_the_server_answers(page: Page, site: str) -> None:
    page.route("**/tiles/map/**", refuse)
    page.route("**/api/map/labels*", refuse)
    page.goto(site)
    expect(page.locator(".tile-missing").first).to_be_attached()
    # Another message takes the place of the one that offered 重试.
    page.route("**/api/map/times*", refuse)
    page.get_by_role("button", name=re.compile("^时间轴")).click()
    expect(page.locator("#toast")).to_contain_text("服务暂时不可用")

    page.unroute("**/tiles/map/**")
    page.unroute("**/api/map/labels*")
    page.unroute("**/api/map/times*")
    look_up(page, "如皋", "如皋市")
    expect(page.locator(".tile-missing")).to_have_count(0)
    expect(page.locator(".leaflet-tile-loaded").first).to_be_attached()


def test_when_the_network_is_back_the_map_mends_itself(page: Page, site: str) -> None:
    open_map(page, site)
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.get_by_role("button", name="放大").click()
    expect(page.locator(".tile-missing").first).to_be_attached()
    expect(page.locator("#toast")).to_contain_text("部分地图没有取到")

    page.context.set_offline(False)
    expect(page.locator(".tile-missing")).to_have_count(0)
    expect(page.locator("#toast")).to_be_hidden()
    expect(page.locator(".label-county").first).to_be_visible()


@pytest.fixture(params=[390, 320], ids=["phone", "small phone"])
def small(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Page]:
    """Phones of two widths."""
    size = {"width": request.param, "height": 844 if request.param == 390 else 568}
    yield from visit(browser, site, viewport=size, device_scale_factor=2, has_touch=True, is_mobile=True)


def foot_hides_nothing(page: Page) -> None:
    """The line at the foot lies on no control and on no name."""
    foot = measured(page.locator("#legal"))
    for control in page.locator(".leaflet-bottom .leaflet-control").all():
        if control.is_visible():
            assert not overlap(measured(control), foot)
    labels = page.locator(".label").evaluate_all(
        "(all) => all.map((node) => ({ name: node.textContent, ...node.getBoundingClientRect().toJSON() }))"
    )
    assert labels
    for label in labels:
        assert not overlap(label, foot), label["name"]


def test_on_a_phone_the_line_at_the_foot_hides_no_name_and_no_control(small: Page, site: str) -> None:
    for address in ("/", "/#11/32.39/120.56", "/#9.5/32.2/120.4"):
        open_map(small, site, address)
        small.wait_for_load_state("networkidle")
        small.wait_for_timeout(300)
        foot_hides_nothing(small)


def test_nor_with_a_card_open(small: Page, site: str) -> None:
    place = small.request.get(f"{site}/api/search?q=如皋市").json()["items"][0]["id"]
    open_map(small, site, f"/?place={place}")
    expect(heading(small)).to_have_text("如皋市")
    small.wait_for_load_state("networkidle")
    small.wait_for_timeout(1500)
    foot_hides_nothing(small)
    foot, sheet = measured(small.locator("#legal")), measured(small.locator("#sheet"))
    assert foot["y"] + foot["height"] <= sheet["y"] + 1
    expect(small.get_by_text("界线仅为示意,不作划界和权属依据")).to_be_visible()


def test_on_a_desk_the_line_hides_nothing_either(page: Page, site: str) -> None:
    open_map(page, site, "/#10/32.39/120.56")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    foot_hides_nothing(page)
