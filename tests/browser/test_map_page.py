"""The public map in real Chromium: what an officer and the public do with it, on a desk and on a phone."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Watch

pytestmark = pytest.mark.browser

MEGABYTE = 1_000_000
PROBLEM = json.dumps({"type": "about:blank", "title": "服务暂时不可用", "status": 503, "detail": "数据库没有响应。"})


def box(page: Page) -> Locator:
    return page.get_by_role("combobox", name="搜索地名")


def results(page: Page) -> Locator:
    return page.get_by_role("option")


def card(page: Page) -> Locator:
    return page.locator("#card")


def heading(page: Page) -> Locator:
    return card(page).get_by_role("heading", level=2)


def open_map(page: Page, site: str, address: str = "/") -> None:
    page.goto(site + address)
    expect(page.locator(".label").first).to_be_attached()


def find(page: Page, text: str) -> None:
    box(page).fill(text)
    expect(results(page).first).to_be_visible()


def look_up(page: Page, text: str, name: str) -> None:
    """Search, take the result with exactly this name, and wait for its card."""
    find(page, text)
    results(page).filter(has=page.locator(".result-name", has_text=re.compile(f"^{name}$"))).first.click()
    expect(heading(page)).to_have_text(name)


def empty_spot(page: Page, site: str, county: str) -> tuple[float, float]:
    """A position inside a county with no place nearer than two kilometres: a click there means the county."""
    for step in range(60):
        lon, lat = round(120.40 + 0.05 * (step % 8), 5), round(32.10 + 0.04 * (step // 8), 5)
        here = page.request.get(f"{site}/api/lookup?lon={lon}&lat={lat}").json()
        if here["divisions"][-1]["name"] == county and here["places"][0]["metres"] > 2_000:
            return lon, lat
    pytest.fail(f"no empty spot in {county}")


def refuse(route: Route) -> None:
    route.fulfill(status=503, content_type="application/problem+json", body=PROBLEM)


def measured(locator: Locator) -> dict[str, float]:
    found = locator.bounding_box()
    assert found is not None
    return {key: float(value) for key, value in found.items()}  # type: ignore[arg-type]


# ---- the page ----


def test_the_first_view_is_small_and_says_it_is_a_demonstration(page: Page, watch: Watch, site: str) -> None:
    open_map(page, site)
    page.wait_for_load_state("networkidle")

    assert 10_000 < watch.bytes <= MEGABYTE
    assert any("/tiles/map/" in address for address in watch.asked)
    expect(page.get_by_text("演示数据,非标准地图")).to_be_visible()
    expect(page.get_by_text("界线仅为示意,不作划界和权属依据")).to_be_visible()
    expect(page.get_by_text("数据来源")).to_be_visible()
    expect(page.locator(".watermark")).to_have_css("pointer-events", "none")
    expect(page.get_by_text("南京市", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile("Leaflet"))).to_have_count(0)


def test_no_page_asks_another_host_or_breaks_the_policy(page: Page, watch: Watch, site: str) -> None:
    open_map(page, site)
    look_up(page, "如皋", "如皋市")
    page.get_by_role("link", name="打开永久页面").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("如皋市")
    page.goto(site + "/docs")
    expect(page.locator("#swagger-ui .info")).to_be_visible()

    assert watch.abroad == []
    assert watch.breaches == []


def test_the_map_does_not_leave_the_province(page: Page, site: str) -> None:
    open_map(page, site)
    expect(page.get_by_role("button", name="缩小")).to_have_class(re.compile("leaflet-disabled"))

    for _ in range(6):
        page.mouse.move(900, 400)
        page.mouse.down()
        page.mouse.move(300, 100, steps=4)
        page.mouse.up()
    page.wait_for_timeout(800)
    bounds = page.evaluate(
        "() => { const b = map_diming.getBounds(), p = JSON.parse(document.getElementById('diming-config').textContent)"
        ".province; return { seen: [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()], province: p } }"
    )
    west, south, east, north = bounds["province"]
    seen = bounds["seen"]
    assert seen[0] < east
    assert seen[1] < north
    assert seen[2] > west
    assert seen[3] > south
    # What lies beyond is empty paper, and not much of it: the whole province stays in view at this zoom.
    assert seen[0] <= west
    assert seen[2] >= east


# ---- searching ----


@pytest.mark.parametrize("typed", ["如皋", "rugao", "rg", "320682"])
def test_i_find_rugao_by_characters_pinyin_initials_and_code(page: Page, site: str, typed: str) -> None:
    open_map(page, site)
    look_up(page, typed, "如皋市")

    expect(card(page)).to_contain_text("Rúgāo Shì")
    expect(card(page)).to_contain_text("江苏省 › 南通市 › 如皋市")


def test_the_former_name_tongzhou_city_leads_to_tongzhou_district_and_says_why(page: Page, site: str) -> None:
    open_map(page, site)
    find(page, "通州市")
    first = results(page).first

    expect(first).to_contain_text("通州区")
    expect(first).to_contain_text("曾用名 通州市 今 通州区")
    expect(first).to_contain_text("江苏省 › 南通市 › 通州区")
    first.click()
    expect(heading(page)).to_have_text("通州区")
    expect(card(page)).to_contain_text("通州市曾用名")
    expect(card(page)).to_contain_text("2009年3月")


def test_a_former_code_finds_its_division_and_is_called_a_code(page: Page, site: str) -> None:
    open_map(page, site)
    find(page, "320683")
    expect(results(page).first).to_contain_text("曾用代码 320683 今 通州区")
    find(page, "320682")
    expect(results(page).first).to_contain_text("代码 320682 即 如皋市")
    expect(results(page).first).not_to_contain_text("曾用")


def test_i_search_with_the_keyboard_alone(page: Page, site: str) -> None:
    open_map(page, site)
    page.keyboard.press("/")
    expect(box(page)).to_be_focused()
    page.keyboard.type("如")
    expect(results(page).first).to_be_visible()
    expect(box(page)).to_have_attribute("aria-expanded", "true")

    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(results(page).nth(1)).to_have_attribute("aria-selected", "true")
    expect(box(page)).to_have_attribute("aria-activedescendant", "result-1")
    page.keyboard.press("ArrowUp")
    name = results(page).first.locator(".result-name").inner_text()
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text(name)
    expect(card(page)).to_be_focused()

    page.keyboard.press("Escape")
    expect(card(page)).to_be_hidden()
    expect(box(page)).to_be_focused()


def test_enter_takes_the_name_that_is_exactly_what_i_typed(page: Page, site: str) -> None:
    open_map(page, site)
    box(page).fill("如皋市")
    page.keyboard.press("Enter")

    expect(heading(page)).to_have_text("如皋市")


def test_nothing_is_asked_while_the_input_method_is_composing(page: Page, watch: Watch, site: str) -> None:
    open_map(page, site)
    box(page).focus()
    keyboard = page.context.new_cdp_session(page)
    for composed in ("r", "ru", "ru g", "ru gao"):
        keyboard.send("Input.imeSetComposition", {"text": composed, "selectionStart": 0, "selectionEnd": len(composed)})
        page.wait_for_timeout(250)
    assert not any("/api/search" in address for address in watch.asked)

    keyboard.send("Input.insertText", {"text": "如皋"})
    expect(results(page).first).to_contain_text("如皋市")
    assert sum("/api/search" in address for address in watch.asked) == 1


def test_quick_typing_asks_once_and_a_late_answer_never_wins(page: Page, watch: Watch, site: str) -> None:
    open_map(page, site)
    box(page).focus()
    page.evaluate("""() => {
        for (const typed of ["r", "ru", "rug", "ruga", "rugao"]) {
            document.activeElement.value = typed;
            document.activeElement.dispatchEvent(new InputEvent("input", { bubbles: true }));
        }
    }""")
    expect(results(page).first).to_contain_text("如皋市")
    assert sum("/api/search" in address for address in watch.asked) == 1

    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"/api/search\?q=nantong"), hold)
    with page.expect_request(re.compile(r"/api/search\?q=nantong")):
        box(page).fill("nantong")
    box(page).fill("如皋市")
    expect(results(page).first).to_contain_text("如皋市")
    assert len(held) == 1
    held[0].abort()
    expect(results(page).first).to_contain_text("如皋市")


def test_more_results_are_a_button_away_and_none_comes_twice(page: Page, site: str) -> None:
    open_map(page, site)
    find(page, "江")
    expect(results(page)).to_have_count(10)
    page.get_by_role("button", name="显示更多").click()
    expect(results(page).nth(10)).to_be_visible()

    said = results(page).locator(".result-where").all_inner_texts()
    names = results(page).locator(".result-name").all_inner_texts()
    assert len(set(zip(names, said, strict=True))) == len(names) > 10


def test_a_search_without_results_gives_hints(page: Page, site: str) -> None:
    open_map(page, site)
    box(page).fill("火星第九区")

    expect(page.locator("#notice")).to_contain_text("没有找到“火星第九区”")
    expect(page.locator("#notice")).to_contain_text("拼音或首字母")


def test_a_failed_search_says_so_and_can_be_tried_again(page: Page, site: str) -> None:
    open_map(page, site)
    page.route("**/api/search*", refuse)
    box(page).fill("如皋")
    expect(page.locator("#notice")).to_contain_text("服务暂时不可用")
    expect(page.locator("#notice")).to_contain_text("数据库没有响应。")

    page.unroute("**/api/search*")
    page.get_by_role("button", name="重试").click()
    expect(results(page).first).to_contain_text("如皋市")


def test_without_a_network_the_page_says_so(page: Page, site: str) -> None:
    open_map(page, site)
    page.context.set_offline(True)
    box(page).fill("如皋")
    expect(page.locator("#notice")).to_contain_text("网络不通")
    page.context.set_offline(False)


@pytest.mark.parametrize("text", ["<img src=x onerror=alert(1)>", '"><script>alert(1)</script>', "${alert(1)}{{7*7}}"])
def test_a_query_that_looks_like_code_stays_text(page: Page, site: str, text: str) -> None:
    open_map(page, site)
    box(page).fill(text)

    expect(page.locator("#notice strong")).to_have_text(f"没有找到“{text}”")
    expect(page.locator("#drop img, #drop script")).to_have_count(0)


def test_hostile_names_from_the_register_stay_text(page: Page, site: str) -> None:
    hostile = "<img src=x onerror=alert(1)>"

    def poisoned(route: Route) -> None:
        feature: dict[str, Any] = route.fetch().json()
        feature["properties"] |= {"name": hostile, "roman": hostile, "source": hostile, "location": hostile}
        feature["properties"]["names"][0] |= {"text": hostile, "source": hostile}
        route.fulfill(status=200, content_type="application/geo+json", body=json.dumps(feature))

    page.route("**/api/places/*", poisoned)
    open_map(page, site)
    find(page, "如皋")
    results(page).first.click()

    expect(heading(page)).to_have_text(hostile)
    expect(page.locator("#card img, .leaflet-pane img")).to_have_count(0)


# ---- the card ----


def test_the_first_card_answers_what_people_ask(page: Page, site: str) -> None:
    open_map(page, site)
    look_up(page, "如皋", "如皋市")

    for text in (
        "Rúgāo Shì",
        "标准地名",
        "县级行政区",
        "江苏省 › 南通市 › 如皋市",
        "区划代码:320682",
        "批准",
        "名称沿革",
        "东经",
        "北纬",
        "°",
    ):
        expect(card(page)).to_contain_text(text)
    expect(page.locator(".leaflet-overlay-pane path")).to_have_count(1)

    card(page).get_by_role("button", name="导航").click()
    amap = card(page).get_by_role("link", name="高德地图")
    baidu = card(page).get_by_role("link", name="百度地图")
    expect(amap).to_have_attribute(
        "href", re.compile(r"^https://uri\.amap\.com/marker\?position=120\..*coordinate=wgs84")
    )
    expect(baidu).to_have_attribute("href", re.compile(r"location=32\..*coord_type=wgs84"))
    for link in (amap, baidu):
        expect(link).to_have_attribute("rel", "noopener noreferrer")
        expect(link).not_to_have_attribute("target", "_blank")
    expect(card(page)).to_contain_text("WGS-84")


def test_a_place_that_is_no_division_has_no_code(page: Page, site: str) -> None:
    open_map(page, site)
    look_up(page, "白蒲", "白蒲")
    expect(card(page)).to_contain_text("批准")
    expect(card(page)).not_to_contain_text("区划代码")


def test_i_copy_the_address(page: Page, site: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_map(page, site)
    look_up(page, "如皋", "如皋市")
    card(page).get_by_role("button", name="复制地址").click()

    expect(page.locator("#toast")).to_contain_text("已复制地址:江苏省南通市如皋市")
    assert page.evaluate("() => navigator.clipboard.readText()") == "江苏省南通市如皋市"


def test_the_demonstration_takes_no_corrections_and_says_so(page: Page, site: str) -> None:
    open_map(page, site)
    look_up(page, "如皋", "如皋市")
    card(page).get_by_role("button", name="纠错").click()
    dialog = page.get_by_role("dialog")

    expect(dialog).to_contain_text("演示系统,不受理纠错")
    expect(dialog.get_by_label("可以复制的纠错内容")).to_have_value(
        re.compile(r"如皋市\n编号:\d+\n页面:http.*/places/\d+")
    )
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(heading(page)).to_have_text("如皋市")


def test_a_place_that_cannot_be_read_can_be_tried_again(page: Page, site: str) -> None:
    open_map(page, site)
    page.route("**/api/places/*", refuse)
    find(page, "如皋")
    results(page).first.click()
    expect(heading(page)).to_have_text("服务暂时不可用")

    page.unroute("**/api/places/*")
    card(page).get_by_role("button", name="重试").click()
    expect(heading(page)).to_have_text("如皋市")


def test_tiles_that_do_not_come_are_told_and_can_be_fetched_again(page: Page, site: str) -> None:
    page.route("**/tiles/**", refuse)
    page.route("**/api/map/labels*", refuse)  # as long as nothing is answered the map waits for the reader
    page.goto(site)
    expect(page.locator("#toast")).to_contain_text("部分地图没有取到")

    page.unroute("**/tiles/**")
    # A refusal that was still on its way may arrive first; what counts is that a tile comes.
    with page.expect_response(lambda answer: "/tiles/map/" in answer.url and answer.status in {200, 204}):
        page.locator("#toast").get_by_role("button", name="重试").click()


# ---- the map itself ----


def test_a_click_on_a_name_or_an_area_opens_its_card(page: Page, site: str) -> None:
    open_map(page, site)
    page.wait_for_load_state("networkidle")
    page.get_by_text("盐城市", exact=True).click()
    expect(heading(page)).to_have_text("盐城市")

    lon, lat = empty_spot(page, site, "如皋市")
    open_map(page, site, f"/#10/{lat}/{lon}")
    page.wait_for_load_state("networkidle")
    page.mouse.click(640, 400)
    expect(heading(page)).to_have_text("如皋市")


def test_a_click_on_the_area_of_a_unit_that_came_later_opens_nothing(page: Page, watch: Watch, site: str) -> None:
    """宿城区 and 宿豫区 were not there in 1990; 泗阳县 beside them was."""
    open_map(page, site, "/?as_of=1990#10/33.9/118.35")
    page.wait_for_load_state("networkidle")
    page.mouse.click(640, 400)
    page.mouse.click(900, 500)
    expect(heading(page)).to_have_text("泗阳县")
    assert not [address for address in watch.asked if "/api/lookup" in address]


def test_a_click_close_up_asks_what_is_here(page: Page, site: str) -> None:
    open_map(page, site, "/#12/32.30/120.60")
    page.wait_for_load_state("networkidle")
    page.mouse.click(700, 300, button="right")

    expect(heading(page)).to_have_text("此处")
    expect(card(page)).to_contain_text("江苏省 › 南通市 › 如皋市")
    expect(card(page)).to_contain_text(re.compile(r"\d+ 米|\d 公里"))
    card(page).get_by_role("button", name=re.compile("^南通市")).click()
    expect(heading(page)).to_have_text("南通市")


# ---- links ----


def test_the_address_of_a_place_opens_it_again(page: Page, site: str) -> None:
    open_map(page, site)
    look_up(page, "rugao", "如皋市")
    expect(page).to_have_url(re.compile(r"\?q=rugao&place=\d+#\d+(\.5)?/32\.\d+/1(19|20)\.\d+$"))
    page.reload()

    expect(heading(page)).to_have_text("如皋市")
    expect(box(page)).to_have_value("rugao")
    expect(page).to_have_title(re.compile("^如皋市"))


def test_the_address_of_a_search_opens_its_list(page: Page, site: str) -> None:
    open_map(page, site, "/?q=%E5%A6%82%E7%9A%8B")

    expect(box(page)).to_have_value("如皋")
    expect(results(page).first).to_contain_text("如皋市")


def test_the_address_of_a_view_opens_that_view(page: Page, site: str) -> None:
    open_map(page, site, "/#11/32.39000/120.56000")

    view = page.evaluate("() => [map_diming.getZoom(), map_diming.getCenter().lat, map_diming.getCenter().lng]")
    assert view == pytest.approx([11, 32.39, 120.56], abs=0.01)


def test_a_link_to_another_day_says_so_until_i_return_to_today(page: Page, watch: Watch, site: str) -> None:
    open_map(page, site, "/?as_of=2005")
    expect(page.locator("#era")).to_contain_text("2005年底的名称(界线按今天)")
    find(page, "通州市")
    asked = [address for address in watch.asked if "/tiles/map/" in address or "/api/" in address]
    assert all("as_of=2005" in address for address in asked)

    results(page).first.click()
    expect(card(page)).to_contain_text("曾用名(今 通州区)")

    page.get_by_role("button", name="回到今天").click()
    expect(page.locator("#era")).to_be_hidden()
    expect(page).not_to_have_url(re.compile("as_of"))


def test_back_and_forward_go_from_place_to_place(page: Page, site: str) -> None:
    open_map(page, site)
    look_up(page, "如皋", "如皋市")
    look_up(page, "海安", "海安市")
    page.go_back()
    expect(heading(page)).to_have_text("如皋市")
    page.go_back()
    expect(card(page)).to_be_hidden()
    page.go_forward()
    expect(heading(page)).to_have_text("如皋市")


def test_a_link_to_a_place_that_is_not_there_says_so(page: Page, site: str) -> None:
    open_map(page, site, "/?place=999999999")

    expect(heading(page)).to_have_text("没有找到")


# ---- phone ----


def test_on_a_phone_the_card_is_a_sheet_that_opens_and_closes(phone: Page, site: str) -> None:
    open_map(phone, site)
    bar = measured(phone.locator(".bar"))
    assert bar["y"] < 20
    assert bar["width"] > 340
    look_up(phone, "如皋", "如皋市")
    sheet = phone.locator("#sheet")
    expect(sheet).to_be_visible()
    phone.wait_for_timeout(400)
    half = measured(sheet)
    assert half["y"] + half["height"] == pytest.approx(844, abs=1)
    assert 380 < half["height"] < 460

    grip = phone.get_by_role("button", name="展开或收起卡片")
    grip.tap()
    expect(grip).to_have_attribute("aria-expanded", "true")
    phone.wait_for_timeout(400)
    assert measured(sheet)["height"] > 740
    grip.tap()
    phone.wait_for_timeout(400)
    assert measured(sheet)["height"] == pytest.approx(half["height"], abs=1)
    card(phone).get_by_role("button", name="关闭卡片").tap()
    expect(sheet).to_be_hidden()


def test_on_a_phone_the_sheet_follows_the_finger(phone: Page, site: str) -> None:
    open_map(phone, site)
    look_up(phone, "如皋", "如皋市")
    sheet = phone.locator("#sheet")
    phone.wait_for_timeout(400)
    at = measured(phone.locator("#grip"))
    phone.mouse.move(195, at["y"] + 10)
    phone.mouse.down()
    phone.mouse.move(195, 120, steps=8)
    phone.wait_for_timeout(600)
    phone.mouse.up()
    phone.wait_for_timeout(400)
    assert measured(sheet)["height"] > 740


def test_on_a_phone_everything_fits_and_fingers_hit_it(phone: Page, site: str) -> None:
    open_map(phone, site)
    find(phone, "如")
    for option in results(phone).all():
        assert measured(option)["height"] >= 44
    results(phone).first.tap()
    expect(card(phone).get_by_role("button", name="导航")).to_be_visible()
    for button in card(phone).get_by_role("button").all():
        size = measured(button)
        assert size["height"] >= 44
        assert size["width"] >= 44
    assert phone.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_on_a_phone_a_link_made_on_a_desk_shows_the_place_above_the_sheet(phone: Page, site: str) -> None:
    open_map(phone, site)
    look_up(phone, "白蒲", "白蒲")
    place = re.search(r"place=(\d+)", phone.url)
    assert place is not None
    # No name need stand beside the chosen one out there: the pin is what to wait for.
    phone.goto(site + "/?place=" + place[1] + "#9/34.00000/118.50000")
    expect(heading(phone)).to_have_text("白蒲")
    expect(phone.locator(".pin i")).to_be_visible()
    phone.wait_for_timeout(1500)

    pin = measured(phone.locator(".pin i"))
    assert 60 < pin["y"] < 400
    assert 0 < pin["x"] < 360


# ---- pages without script ----


def test_the_permanent_page_needs_no_script(scriptless: Page, phone: Page, site: str) -> None:
    open_map(phone, site)
    look_up(phone, "通州市", "通州区")
    place = re.search(r"place=(\d+)", phone.url)
    assert place is not None
    scriptless.goto(f"{site}/places/{place[1]}")

    expect(scriptless.get_by_role("heading", level=1)).to_have_text("通州区")
    expect(scriptless.get_by_role("row").filter(has_text="通州市")).to_contain_text("曾用名")
    expect(scriptless.get_by_role("link", name="在地图上查看")).to_have_attribute("href", f"/?place={place[1]}")
    expect(scriptless.get_by_text("演示数据,非标准地图").first).to_be_visible()
    expect(scriptless.locator("figure svg")).to_be_visible()


def test_on_the_permanent_page_i_am_led_there_and_can_report_a_mistake_without_script(
    scriptless: Page, site: str
) -> None:
    scriptless.goto(f"{site}/places/68")
    scriptless.locator("summary", has_text="导航").click()
    expect(scriptless.get_by_role("link", name="高德地图")).to_have_attribute("href", re.compile("coordinate=wgs84"))
    expect(scriptless.get_by_role("link", name="百度地图")).to_have_attribute("href", re.compile("coord_type=wgs84"))
    expect(scriptless.get_by_text("坐标按 WGS-84 传给导航软件")).to_be_visible()

    scriptless.locator("summary", has_text="纠错").click()
    expect(scriptless.get_by_text("演示系统,不受理纠错")).to_be_visible()
    expect(scriptless.get_by_label("可以复制的纠错内容")).to_have_value("地名:通州区\n编号:68\n页面:/places/68\n问题:")
    expect(scriptless.get_by_role("button")).to_have_count(0)


def test_on_the_permanent_page_i_copy_the_address_and_what_to_report(page: Page, site: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site}/places/68")
    page.get_by_role("button", name="复制地址").click()
    expect(page.locator("#toast")).to_contain_text("已复制地址:江苏省南通市通州区")
    page.locator("summary", has_text="纠错").click()
    page.get_by_role("button", name="复制内容").click()
    expect(page.locator("#toast")).to_contain_text("已复制纠错内容")
    assert page.evaluate("() => navigator.clipboard.readText()") == (
        f"地名:通州区\n编号:68\n页面:{site}/places/68\n问题:"
    )


def test_a_page_that_is_not_there_offers_the_map(scriptless: Page, site: str) -> None:
    answer = scriptless.goto(f"{site}/places/999999999")

    assert answer is not None
    assert answer.status == 404
    expect(scriptless.get_by_role("heading", level=1)).to_be_visible()
    expect(scriptless.get_by_role("link", name="到地图上查找")).to_be_visible()


@pytest.mark.parametrize("day", ["2026-13-45", "2020-02-30", "昨天"])
def test_a_day_that_no_calendar_has_is_said_and_the_map_is_that_of_today(page: Page, site: str, day: str) -> None:
    page.goto(f"{site}/?as_of={day}")
    expect(page.locator("#toast")).to_contain_text("看不懂地址里的日期,显示的是今天")
    expect(page.locator("#era")).to_be_hidden()


def test_a_day_that_the_calendar_has_needs_no_word(page: Page, site: str) -> None:
    open_map(page, site, "/?as_of=2020-02-29")
    expect(page.locator("#era")).to_be_visible()
    expect(page.locator("#toast")).to_be_hidden()
