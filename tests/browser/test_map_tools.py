"""The tools of the public map in real Chromium: looking back, coordinates, measuring, my position, sharing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, ViewportSize, expect
from pyproj import Geod

from foundation.coordinates import grid
from tests.browser.conftest import Watch, visit
from tests.browser.test_map_page import box, card, heading, look_up, measured, open_map, refuse, results

pytestmark = pytest.mark.browser

CGCS2000 = Geod(a=6378137, rf=298.257222101)
RUGAO = (120.56, 32.39)
TOOLS = ("时间轴", "测量", "定位", "分享")


def tool(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name="地图工具").get_by_role("button", name=re.compile(f"^{name}"))


def tray(page: Page) -> Locator:
    return page.locator(".tray")


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="年份")


def toast(page: Page) -> Locator:
    return page.locator("#toast")


def apart(one: Locator, other: Locator) -> bool:
    """Whether neither of two things covers the other."""
    a, b = measured(one), measured(other)
    return (
        a["x"] + a["width"] <= b["x"]
        or b["x"] + b["width"] <= a["x"]
        or a["y"] + a["height"] <= b["y"]
        or b["y"] + b["height"] <= a["y"]
    )


def fingers_hit(place: Locator) -> None:
    for button in place.locator("button:visible, input:visible").all():
        size = measured(button)
        assert size["height"] >= 44, button
        assert size["width"] >= 44, button


def copied(page: Page) -> str:
    return str(page.evaluate("() => navigator.clipboard.readText()"))


def position(page: Page, x: float, y: float) -> tuple[float, float]:
    """Lon and lat under a point of the window."""
    lon, lat = page.evaluate(
        "([x, y]) => { const at = map_diming.containerPointToLatLng([x, y]); return [at.lng, at.lat]; }", [x, y]
    )
    return float(lon), float(lat)


def pictures(page: Page) -> Locator:
    return page.locator(".leaflet-tile-pane > .leaflet-layer")


# ---- time ----


def open_time(page: Page) -> None:
    tool(page, "时间轴").click()
    expect(slider(page)).to_be_focused()


def test_the_slider_runs_from_the_first_known_year_to_today_and_marks_the_changes(page: Page, site: str) -> None:
    open_map(page, site)
    open_time(page)
    expect(tray(page)).to_contain_text("今天")
    expect(page.locator(".time-mark")).to_have_count(len(page.request.get(f"{site}/api/map/times").json()["years"]))

    slider(page).press("Home")
    expect(page.locator("#era")).to_contain_text("1981年底的名称")
    expect(page).to_have_url(re.compile(r"\?as_of=1981"))
    expect(slider(page)).to_have_attribute("aria-valuetext", "1981年底,当年区划无变更")
    slider(page).press("End")
    expect(page.locator("#era")).to_be_hidden()
    expect(page).not_to_have_url(re.compile("as_of"))


def test_labels_tiles_search_and_card_follow_the_year(page: Page, watch: Watch, site: str) -> None:
    open_map(page, site, "/#10/32.07/121.06")
    look_up(page, "通州区", "通州区")
    expect(page.locator(".label", has_text="通州区")).to_be_attached()
    open_time(page)
    watch.asked.clear()
    slider(page).fill("2005")

    expect(heading(page)).to_have_text("通州市")
    expect(page.locator(".label", has_text="通州市")).to_be_attached()
    expect(page.locator(".label", has_text="通州区")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    for what in ("/tiles/map/", "/api/map/labels", "/api/places/", "/api/search"):
        asked = [address for address in watch.asked if what in address]
        assert asked, what
        assert all("as_of=2005" in address for address in asked), what

    box(page).fill("南通县")
    expect(results(page).first).to_contain_text("南通县")
    tray(page).get_by_role("button", name="回到今天的地图").click()
    expect(heading(page)).to_have_text("通州区")


def test_what_is_here_follows_the_year_too(page: Page, site: str) -> None:
    open_map(page, site, "/#12/31.31279/120.60091")
    page.wait_for_load_state("networkidle")
    page.mouse.click(640, 400, button="right")
    expect(heading(page)).to_have_text("此处")
    open_time(page)
    slider(page).fill("2005")

    expect(card(page)).to_contain_text("当时可能所在的政区")


def test_a_quick_journey_asks_only_for_where_it_ends(page: Page, watch: Watch, site: str) -> None:
    open_map(page, site)
    page.wait_for_load_state("networkidle")
    open_time(page)
    watch.asked.clear()
    slider(page).evaluate(
        """(slider) => {
            for (const year of [2020, 2015, 2010, 2005, 2000, 1995]) {
                slider.value = year;
                slider.dispatchEvent(new Event("input"));
            }
        }"""
    )
    expect(page.locator("#era")).to_be_visible()
    page.wait_for_load_state("networkidle")

    years = {found[1] for address in watch.asked if (found := re.search(r"as_of=(\d+)", address))}
    assert years == {"1995"}
    # One journey is one step of the back button.
    page.go_back()
    expect(page.locator("#era")).to_be_hidden()
    expect(tray(page)).to_contain_text("今天")


def test_the_old_picture_stays_until_the_new_one_is_there(page: Page, site: str) -> None:
    open_map(page, site)
    page.wait_for_load_state("networkidle")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"/tiles/map/.*as_of=1995"), hold)
    open_time(page)
    slider(page).fill("1995")
    expect(page.locator("#era")).to_contain_text("1995年底")
    expect(pictures(page)).to_have_count(2)
    page.wait_for_timeout(600)

    assert len(held) > 1
    expect(pictures(page)).to_have_count(2)
    assert pictures(page).first.locator("canvas").count() > 1
    for route in held:
        route.continue_()
    expect(pictures(page)).to_have_count(1)
    page.unroute(re.compile(r"/tiles/map/.*as_of=1995"))
    assert pictures(page).locator("canvas").count() > 1


def test_i_choose_a_day_and_not_only_a_year(page: Page, site: str) -> None:
    open_map(page, site)
    look_up(page, "通州区", "通州区")
    open_time(page)
    day = tray(page).get_by_label("选择某一天")
    day.fill("2009-03-30")
    expect(page.locator("#era")).to_contain_text("2009年3月30日的名称")
    expect(page).to_have_url(re.compile(r"as_of=2009-03-30"))
    expect(heading(page)).to_have_text("通州市")
    day.fill("2009-03-31")
    expect(heading(page)).to_have_text("通州区")


@pytest.mark.parametrize("day", ["1950-01-01", "2999-01-01"])
def test_a_day_that_the_register_does_not_know_is_not_gone_to(page: Page, site: str, day: str) -> None:
    open_map(page, site)
    open_time(page)
    tray(page).get_by_label("选择某一天").fill(day)
    page.wait_for_timeout(600)

    expect(page.locator("#era")).to_be_hidden()
    expect(page).not_to_have_url(re.compile("as_of"))


def test_i_step_from_change_to_change(page: Page, site: str) -> None:
    *_, before, last = page.request.get(f"{site}/api/map/times").json()["years"]
    open_map(page, site)
    open_time(page)
    back = tray(page).get_by_role("button", name="上一个区划有变更的年份")
    back.click()
    expect(tray(page)).to_contain_text(f"{last['year']}年底 当年区划变更 {last['changes']} 次")
    back.click()
    expect(tray(page)).to_contain_text(f"{before['year']}年底 当年区划变更 {before['changes']} 次")
    expect(page.locator("#era")).to_contain_text(f"{before['year']}年底")
    tray(page).get_by_role("button", name="下一个区划有变更的年份").click()
    expect(page.locator("#era")).to_contain_text(f"{last['year']}年底")


def test_a_year_before_all_records_says_where_they_begin_and_leads_there(page: Page, site: str) -> None:
    page.goto(f"{site}/?as_of=1900")
    era = page.locator("#era")
    expect(era).to_contain_text("1900年底没有资料,记录从1981年底起")
    open_time(page)
    expect(tray(page)).to_contain_text("1900年底 没有资料,记录从1981年底起")
    expect(page.get_by_text("不在本系统范围内")).to_be_hidden()
    era.get_by_role("button", name="看1981年底").click()

    expect(era).to_contain_text("1981年底的名称")
    expect(page).to_have_url(re.compile(r"as_of=1981"))
    expect(page.locator(".label").first).to_be_visible()
    expect(era.get_by_role("button", name="看1981年底")).to_be_hidden()


def test_escape_shuts_the_slider_and_leads_back_to_its_button(page: Page, site: str) -> None:
    open_map(page, site, "/?as_of=2005")
    open_time(page)
    expect(slider(page)).to_have_value("2005")
    page.keyboard.press("Escape")

    expect(tray(page)).to_be_hidden()
    expect(tool(page, "时间轴")).to_be_focused()
    expect(tool(page, "时间轴")).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#era")).to_contain_text("2005年底")


def test_a_slider_that_cannot_learn_its_range_says_so(page: Page, site: str) -> None:
    page.route("**/api/map/times*", refuse)
    open_map(page, site)
    tool(page, "时间轴").click()
    expect(toast(page)).to_contain_text("服务暂时不可用")
    page.unroute("**/api/map/times*")
    toast(page).get_by_role("button", name="重试").click()
    expect(slider(page)).to_be_visible()


# ---- coordinates ----


def test_a_card_tells_its_coordinates_in_three_ways_and_each_can_be_copied(page: Page, site: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_map(page, site)
    look_up(page, "白蒲", "白蒲")
    place = re.search(r"place=(\d+)", page.url)
    assert place is not None
    told = page.request.get(f"{site}/api/places/{place[1]}").json()["properties"]
    plane = grid(told["lon"], told["lat"])
    assert plane is not None

    expect(card(page)).to_contain_text(f"东经 {told['lon']}°,北纬 {told['lat']}°")
    expect(card(page)).to_contain_text(re.compile(r"120°\d\d′\d\d\.\d″E,32°\d\d′\d\d\.\d″N"))
    expect(card(page)).to_contain_text(f"X {plane.x:.0f}")
    expect(card(page)).to_contain_text(f"Y {plane.y:.0f}")
    expect(card(page)).to_contain_text("第40带,中央经线120°")
    assert 40_500_000 < plane.y < 40_700_000

    for name, text in (
        ("复制坐标(纬度,经度)", f"{told['lat']},{told['lon']}"),
        ("复制3度带坐标(X,Y)", f"{plane.x:.0f},{plane.y:.0f}"),
    ):
        card(page).get_by_role("button", name=name).click()
        expect(toast(page)).to_contain_text(text)
        assert copied(page) == text
    card(page).get_by_role("button", name="复制度分秒坐标").click()
    expect(toast(page)).to_contain_text("已复制度分秒坐标")
    assert re.fullmatch(r"120°\d\d′\d\d\.\d″E,32°\d\d′\d\d\.\d″N", copied(page))


def test_a_tapped_position_tells_its_coordinates_in_its_own_zone(page: Page, site: str) -> None:
    open_map(page, site, "/#12/34.26/117.18")
    page.wait_for_load_state("networkidle")
    lon, lat = (round(value, 5) for value in position(page, 800, 300))
    page.mouse.click(800, 300, button="right")
    plane = grid(lon, lat)
    assert plane is not None
    assert plane.zone == 39

    expect(card(page)).to_contain_text(f"X {plane.x:.0f}")
    expect(card(page)).to_contain_text(f"Y {plane.y:.0f}")
    expect(card(page)).to_contain_text("第39带,中央经线117°")


def test_on_a_phone_the_coordinates_fit_and_fingers_hit_their_buttons(phone: Page, site: str) -> None:
    open_map(phone, site)
    look_up(phone, "白蒲", "白蒲")
    phone.locator("#grip").tap()
    rows = phone.locator("dl.coordinates")
    rows.scroll_into_view_if_needed()
    fingers_hit(rows)
    assert phone.evaluate("() => document.documentElement.scrollWidth") <= 390
    assert (
        phone.evaluate("() => { const c = document.getElementById('card'); return c.scrollWidth - c.clientWidth }") <= 0
    )


# ---- measuring ----


def open_measure(page: Page) -> None:
    tool(page, "测量").click()
    expect(tray(page)).to_contain_text("还需 2 个点")


def total(page: Page) -> Locator:
    return page.locator(".measure-total")


def number(text: str, unit: str) -> float:
    found = re.search(rf"([\d,.]+) {unit}", text)
    assert found is not None, text
    return float(found[1].replace(",", ""))


def test_what_is_measured_is_what_proj_measures(page: Page, site: str) -> None:
    open_map(page, site)
    rings: list[list[tuple[float, float]]] = [
        [(120.56, 32.39), (120.561, 32.39), (120.561, 32.391)],
        [(116.4, 34.6), (119.3, 35.1), (121.9, 31.7), (119.0, 31.0), (117.2, 32.1)],
        [(120.0, 32.0), (120.0, 32.00001), (120.00001, 32.0)],
        [(73.5, 39.5), (135.0, 48.4), (110.0, 18.2)],
    ]
    measured_here: list[dict[str, float]] = page.evaluate(
        """async (rings) => {
            const { ellipsoid } = await import("/static/map/geodesic.js");
            const earth = await ellipsoid();
            return rings.map((ring) => ring.map(([lng, lat]) => ({ lng, lat })))
                .map((ring) => ({ length: earth.length(ring), ...earth.area(ring) }));
        }""",
        rings,
    )
    for ring, told in zip(rings, measured_here, strict=True):
        lons, lats = [lon for lon, _ in ring], [lat for _, lat in ring]
        area, perimeter = CGCS2000.polygon_area_perimeter(lons, lats)
        assert told["length"] == pytest.approx(CGCS2000.line_length(lons, lats), abs=0.001)
        assert told["perimeter"] == pytest.approx(perimeter, abs=0.001)
        # Over half of China the last digit of a float is a square centimetre.
        assert told["area"] == pytest.approx(abs(area), abs=max(0.01, 1e-14 * abs(area)))


def test_i_measure_a_distance_point_by_point(page: Page, watch: Watch, site: str) -> None:
    open_map(page, site, "/#11/32.39/120.56")
    page.wait_for_load_state("networkidle")
    assert not any("geographiclib" in address for address in watch.asked), "it is no part of the first view"
    open_measure(page)
    points = [(600, 200), (800, 250), (900, 400)]
    at = [position(page, *point) for point in points]
    watch.asked.clear()
    for point in points:
        page.mouse.click(*point)
        page.wait_for_timeout(50)
    metres = CGCS2000.line_length([lon for lon, _ in at], [lat for _, lat in at])
    expect(total(page)).to_contain_text("公里")
    assert number(total(page).inner_text(), "公里") == pytest.approx(metres / 1000, abs=0.0006)
    assert number(total(page).inner_text(), "米") == pytest.approx(metres, abs=0.06)
    expect(card(page)).to_be_hidden()
    assert not any("/api/lookup" in address or "/api/places" in address for address in watch.asked)

    tray(page).get_by_role("button", name="撤销最后一点").click()
    shorter = CGCS2000.line_length([lon for lon, _ in at[:2]], [lat for _, lat in at[:2]])
    assert number(total(page).inner_text(), "米") == pytest.approx(shorter, abs=0.06)
    tray(page).get_by_role("button", name="完成").click()
    expect(tray(page)).to_contain_text("CGCS2000 椭球面")
    # Now the map answers again, and the measured line stays.
    lines = page.locator(".leaflet-overlay-pane path")
    kept = lines.count()
    page.mouse.click(700, 520, button="right")
    expect(heading(page)).to_have_text("此处")
    assert lines.count() >= kept >= 3
    tray(page).get_by_role("button", name="清除").click()
    expect(tray(page)).to_contain_text("还需 2 个点")
    page.keyboard.press("Escape")
    expect(tray(page)).to_be_hidden()
    expect(tool(page, "测量")).to_be_focused()


def test_i_measure_an_area_in_the_units_of_farmers_and_of_maps(page: Page, site: str) -> None:
    open_map(page, site, "/#11/32.39/120.56")
    page.wait_for_load_state("networkidle")
    open_measure(page)
    tray(page).get_by_role("button", name="测面积").click()
    points = [(600, 200), (900, 220), (850, 450)]
    at = [position(page, *point) for point in points]
    for point in points:
        page.mouse.click(*point)
        page.wait_for_timeout(50)
    area, perimeter = CGCS2000.polygon_area_perimeter([lon for lon, _ in at], [lat for _, lat in at])
    expect(total(page)).to_contain_text("平方公里")
    told = total(page).inner_text()
    assert number(told, "平方公里") == pytest.approx(abs(area) / 1e6, rel=0.001)
    assert number(told, "公顷") == pytest.approx(abs(area) / 1e4, rel=0.001)
    assert number(told, "亩") == pytest.approx(abs(area) * 3 / 2000, rel=0.001)
    assert number(told.partition("周长")[2], "公里") == pytest.approx(perimeter / 1000, abs=0.0006)

    page.mouse.click(750, 150)
    expect(tray(page)).to_contain_text("边线相交")
    tray(page).get_by_role("button", name="测距离").click()
    expect(tray(page)).not_to_contain_text("边线相交")
    expect(total(page)).not_to_contain_text("平方公里")


def test_a_small_length_and_a_small_area_are_told_in_metres(page: Page, site: str) -> None:
    open_map(page, site, "/#16/32.39/120.56")
    open_measure(page)
    tray(page).get_by_role("button", name="测面积").click()
    for point in ((700, 300), (740, 300), (740, 340)):
        page.mouse.click(*point)
        page.wait_for_timeout(50)
    expect(total(page)).to_contain_text(re.compile(r"^[\d,]+\.\d 平方米.*亩"))
    tray(page).get_by_role("button", name="测距离").click()
    expect(total(page)).to_have_text(re.compile(r"^\d+\.\d 米$"))


def test_a_double_click_ends_the_line_without_a_point_too_many(page: Page, site: str) -> None:
    open_map(page, site, "/#11/32.39/120.56")
    open_measure(page)
    at = [position(page, 600, 200), position(page, 800, 250)]
    page.mouse.click(600, 200)
    page.wait_for_timeout(50)
    page.mouse.dblclick(800, 250)

    expect(tray(page)).to_contain_text("已完成")
    metres = CGCS2000.line_length([lon for lon, _ in at], [lat for _, lat in at])
    assert number(total(page).inner_text(), "米") == pytest.approx(metres, abs=0.06)
    assert page.evaluate("() => map_diming.getZoom()") == 11


def cross(page: Page) -> tuple[float, float]:
    """The middle of the cross that stands where a point would be put."""
    size = measured(page.locator(".measure-cross"))
    return size["x"] + size["width"] / 2, size["y"] + size["height"] / 2


def test_i_measure_with_the_keyboard_alone(page: Page, site: str) -> None:
    open_map(page, site, "/#11/32.39/120.56")
    page.wait_for_load_state("networkidle")
    tool(page, "测量").focus()
    page.keyboard.press("Enter")
    expect(tray(page).get_by_role("button", name="中心加点")).to_be_focused()
    page.keyboard.press("Enter")
    expect(tray(page)).to_contain_text("还需 1 个点")
    first = position(page, *cross(page))
    page.locator("#map_diming").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(600)
    page.keyboard.press(" ")
    second = position(page, *cross(page))
    metres = CGCS2000.inv(*first, *second)[2]
    assert metres > 1000
    assert number(total(page).inner_text(), "米") == pytest.approx(metres, rel=0.002)
    page.keyboard.press("Backspace")
    expect(tray(page)).to_contain_text("还需 1 个点")
    page.keyboard.press(" ")
    page.keyboard.press("Enter")
    expect(tray(page)).to_contain_text("已完成")
    page.keyboard.press("Escape")
    expect(tray(page)).to_be_hidden()
    expect(page.locator(".leaflet-overlay-pane path")).to_have_count(0)


def test_measuring_that_cannot_be_fetched_says_so_and_can_be_tried_again(page: Page, site: str) -> None:
    page.route("**/geographiclib-geodesic*.js", lambda route: route.abort())
    open_map(page, site)
    tool(page, "测量").click()
    expect(toast(page)).to_contain_text("测量程序没有取到")
    page.unroute("**/geographiclib-geodesic*.js")
    toast(page).get_by_role("button", name="重试").click()
    expect(tray(page)).to_contain_text("还需 2 个点")


def test_on_a_phone_i_measure_by_touch(phone: Page, site: str) -> None:
    open_map(phone, site, "/#11/32.39/120.56")
    phone.wait_for_load_state("networkidle")
    tool(phone, "测量").tap()
    expect(tray(phone)).to_contain_text("还需 2 个点")
    at = [position(phone, 100, 250), position(phone, 250, 400)]
    phone.touchscreen.tap(100, 250)
    expect(tray(phone)).to_contain_text("还需 1 个点")
    phone.touchscreen.tap(250, 400)
    expect(total(phone)).to_contain_text("公里")
    metres = CGCS2000.line_length([lon for lon, _ in at], [lat for _, lat in at])
    assert number(total(phone).inner_text(), "公里") == pytest.approx(metres / 1000, rel=0.01)
    fingers_hit(tray(phone))
    expect(card(phone)).to_be_hidden()


# ---- my position ----


def here(page: Page, lon: float, lat: float, accuracy: float = 25) -> None:
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": lon, "latitude": lat, "accuracy": accuracy})


def lookups(watch: Watch) -> list[str]:
    return [address for address in watch.asked if "/api/lookup" in address]


def test_my_position_is_shown_with_its_accuracy_and_what_is_there(page: Page, watch: Watch, site: str) -> None:
    here(page, *RUGAO, accuracy=120)
    open_map(page, site)
    assert lookups(watch) == []
    tool(page, "定位").click()

    expect(heading(page)).to_have_text("此处")
    expect(card(page)).to_contain_text("江苏省 › 南通市 › 如皋市")
    expect(toast(page)).to_contain_text("已定位,误差约 120 米")
    ring = measured(page.locator(".leaflet-overlay-pane path").first)
    metres = 156543.034 * 0.8446 / 2 ** float(page.evaluate("() => map_diming.getZoom()"))
    assert ring["width"] * metres == pytest.approx(240, rel=0.1)
    assert position(page, ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2) == pytest.approx(
        RUGAO, abs=0.0005
    )
    assert len(lookups(watch)) == 1


def test_a_vague_position_is_told_as_such(page: Page, site: str) -> None:
    here(page, *RUGAO, accuracy=3000)
    open_map(page, site)
    tool(page, "定位").click()
    expect(toast(page)).to_contain_text("定位不准,误差约 3.0 公里,所在政区仅供参考")


def test_a_position_beyond_the_province_is_not_looked_up(page: Page, watch: Watch, site: str) -> None:
    here(page, 116.4, 39.9)
    open_map(page, site)
    tool(page, "定位").click()
    expect(toast(page)).to_contain_text("不在本图的范围内")
    expect(card(page)).to_be_hidden()
    assert lookups(watch) == []
    assert not any("116.4" in address or "39.9" in address for address in watch.asked)


def test_without_permission_the_page_says_where_to_give_it(page: Page, watch: Watch, site: str) -> None:
    open_map(page, site)
    tool(page, "定位").click()
    expect(toast(page)).to_contain_text("没有得到定位许可")
    expect(tool(page, "定位")).to_have_attribute("aria-busy", "false")
    assert lookups(watch) == []


def test_a_position_that_cannot_be_had_is_told(page: Page, site: str) -> None:
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation(None)
    page.add_init_script(
        "navigator.geolocation.getCurrentPosition = (found, failed) => setTimeout(() => failed({ code: 2 }), 50)"
    )
    open_map(page, site)
    tool(page, "定位").click()
    expect(toast(page)).to_contain_text("现在取不到您的位置")


def test_without_https_the_page_says_why_it_cannot_locate(page: Page, site: str) -> None:
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    open_map(page, site)
    tool(page, "定位").click()
    expect(toast(page)).to_contain_text("https")


# ---- sharing and links ----


def test_i_copy_a_link_to_just_what_i_see(page: Page, site: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_map(page, site, "/?as_of=2005")
    look_up(page, "如皋", "如皋市")
    tool(page, "分享").click()
    expect(toast(page)).to_contain_text("已复制链接")
    link = copied(page)
    assert re.fullmatch(re.escape(site) + r"/\?q=[^&]+&place=\d+&as_of=2005#[\d.]+/[\d.]+/[\d.]+", link)

    page.goto("about:blank")
    page.goto(link)
    expect(heading(page)).to_have_text("如皋市")
    expect(page.locator("#era")).to_contain_text("2005年底")


def test_a_view_that_nobody_has_moved_is_shared_with_its_place(page: Page, site: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_map(page, site)
    tool(page, "分享").click()
    expect(toast(page)).to_contain_text("已复制链接")
    assert re.fullmatch(re.escape(site) + r"/#[\d.]+/3\d\.\d+/1\d\d\.\d+", copied(page))


SHARING = """
  window.shared = [];
  navigator.share = (what) => {
    window.shared.push(what);
    return window.refused ? Promise.reject(window.refused) : Promise.resolve();
  };
"""


def test_on_a_phone_the_system_shares(phone: Page, site: str) -> None:
    phone.add_init_script(SHARING)
    open_map(phone, site, "/?as_of=2005")
    tool(phone, "分享").tap()
    expect(toast(phone)).to_contain_text("链接已分享")
    shared: list[dict[str, Any]] = phone.evaluate("() => window.shared")
    assert len(shared) == 1
    assert shared[0]["url"].startswith(f"{site}/?as_of=2005#")
    assert shared[0]["title"]

    phone.evaluate("() => { window.refused = new DOMException('no', 'AbortError') }")
    tool(phone, "分享").tap()
    expect(toast(phone)).to_contain_text("没有分享")


def test_a_link_to_a_search_shows_where_its_first_results_are(page: Page, site: str) -> None:
    open_map(page, site, "/?q=%E5%A6%82%E7%9A%8B%E5%B8%82")
    expect(results(page).first).to_contain_text("如皋市")
    expect(page.locator(".label", has_text="如皋市")).to_be_visible()
    lon, lat = position(page, (408 + 1280) / 2, 400)
    assert (lon, lat) == pytest.approx(RUGAO, abs=0.5)
    assert 8 <= page.evaluate("() => map_diming.getZoom()") <= 10


def test_a_link_to_a_search_with_a_view_keeps_that_view(page: Page, site: str) -> None:
    open_map(page, site, "/?q=%E5%A6%82%E7%9A%8B%E5%B8%82#9/34.00000/118.50000")
    expect(results(page).first).to_contain_text("如皋市")
    page.wait_for_timeout(300)
    view = page.evaluate("() => [map_diming.getZoom(), map_diming.getCenter().lat, map_diming.getCenter().lng]")
    assert view == pytest.approx([9, 34, 118.5], abs=0.01)


# ---- room on the screen ----


@pytest.fixture
def low(browser: Browser, site: str) -> Iterator[Page]:
    """A small phone."""
    size = ViewportSize(width=320, height=568)
    yield from visit(browser, site, viewport=size, has_touch=True, is_mobile=True, reduced_motion="reduce")


@pytest.mark.parametrize("name", ["时间轴", "测量"])
def test_on_a_small_phone_a_card_that_opens_shuts_the_tool(low: Page, site: str, name: str) -> None:
    open_map(low, site, "/#9/32.1/120.9")
    low.wait_for_load_state("networkidle")
    tool(low, name).tap()
    expect(tray(low)).to_be_visible()
    for pill in low.locator("#ways a, #ways button").all():
        assert not pill.is_visible() or apart(pill, tray(low))
    assert measured(tray(low))["y"] > 200, "there is a map above the tool"
    look_up(low, "如皋", "如皋市")
    expect(tray(low)).to_be_hidden()
    assert measured(low.locator("#sheet"))["y"] > 250

    tool_button = low.locator(".tools button").filter(has_text=name[:2])
    low.locator("#grip").focus()
    low.mouse.move(160, measured(low.locator("#grip"))["y"] + 8)
    low.mouse.down()
    low.mouse.move(160, 560, steps=4)
    low.mouse.up()
    expect(tool_button).to_be_visible()
    tool_button.tap()
    expect(tray(low)).to_be_visible()
    expect(heading(low)).to_be_visible()
    expect(low.locator("#sheet")).to_have_css("height", "92px")
    assert measured(tray(low))["y"] > 120


def test_on_a_small_phone_a_message_hides_neither_my_position_nor_a_copy_button(low: Page, site: str) -> None:
    here(low, *RUGAO, accuracy=3000)
    open_map(low, site)
    tool(low, "定位").tap()
    expect(toast(low)).to_contain_text("定位不准")
    expect(heading(low)).to_have_text("此处")
    dot = low.locator(".leaflet-overlay-pane path").last
    assert apart(toast(low), dot)
    assert apart(toast(low), low.locator("#sheet"))

    low.locator("#grip").tap()
    low.get_by_role("button", name="复制坐标(纬度,经度)").tap()
    expect(toast(low)).to_contain_text("坐标")
    for button in low.locator("#card .copy").all():
        assert apart(toast(low), button)


def test_on_a_desk_a_message_does_not_lie_on_the_card(page: Page, site: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_map(page, site)
    look_up(page, "白蒲", "白蒲")
    card(page).get_by_role("button", name="复制3度带坐标(X,Y)").click()
    expect(toast(page)).to_contain_text("已复制")
    assert apart(toast(page), page.locator("#sheet"))


def test_on_a_desk_no_tool_covers_the_search_or_the_card(page: Page, site: str) -> None:
    open_map(page, site, "/?as_of=2005")
    look_up(page, "如皋", "如皋市")
    for name in ("时间轴", "测量"):
        tool(page, name).click()
        expect(tray(page)).to_be_visible()
        for other in (page.locator(".bar"), page.locator("#sheet"), page.locator(".tools"), page.locator("#legal")):
            assert apart(tray(page), other), (name, other)


@pytest.mark.parametrize("name", ["时间轴", "测量"])
def test_on_a_phone_no_tool_covers_the_search_or_the_card(phone: Page, site: str, name: str) -> None:
    open_map(phone, site)
    fingers_hit(phone.locator(".tools"))
    assert apart(phone.locator(".tools"), phone.locator(".bar"))
    look_up(phone, "如皋", "如皋市")
    phone.wait_for_timeout(400)
    assert apart(phone.locator(".tools"), phone.locator("#sheet"))
    tool(phone, name).tap()
    expect(tray(phone)).to_be_visible()
    phone.wait_for_timeout(400)
    for other in (phone.locator(".bar"), phone.locator("#sheet"), phone.locator("#legal")):
        assert apart(tray(phone), other), other
    fingers_hit(tray(phone))
    size = measured(tray(phone))
    assert 0 <= size["x"] < size["x"] + size["width"] <= 390
    assert phone.evaluate("() => document.documentElement.scrollWidth") <= 390
