"""A base map of Tianditu under our tiles: shown where it is set up, and given up quietly where it does not come."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESK, visit
from tests.browser.test_map_page import look_up, open_map
from tests.conftest import served
from tests.fake_tianditu import KEY, FakeTianditu, fake_tianditu

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeTianditu]:
    with fake_tianditu() as running:
        yield running


@pytest.fixture(scope="module")
def based_site(
    demo_address: str, fake: FakeTianditu, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """The site with a base map, and its log."""
    log = tmp_path_factory.mktemp("based") / "web.log"
    more = {"DIMING_TIANDITU_KEY": KEY, "DIMING_TIANDITU_ADDRESS": fake.address, "DIMING_TIANDITU_SECONDS": "20"}
    with served(demo_address, log, more=more) as base:
        yield base, str(log)


@pytest.fixture
def based(browser: Browser, based_site: tuple[str, str], fake: FakeTianditu) -> Iterator[Page]:
    """A page of that site; Tianditu is well again before each test."""
    fake.mood = "fine"
    yield from visit(browser, based_site[0], viewport=DESK, reduced_motion="reduce")


def test_the_base_map_lies_under_our_names_and_says_whose_it_is(based: Page, based_site: tuple[str, str]) -> None:
    open_map(based, based_site[0])
    expect(based.locator(".leaflet-base-pane img.leaflet-tile-loaded").first).to_be_attached()
    expect(based.get_by_text("底图:天地图")).to_be_visible()
    expect(based.get_by_text("南京市", exact=True)).to_be_visible()
    expect(based.locator("path.beyond")).to_be_attached()
    look_up(based, "如皋", "如皋市")

    choice = based.get_by_role("button", name=re.compile("^底图:地图"))
    choice.click()
    expect(based.get_by_role("button", name=re.compile("^底图:影像"))).to_be_visible()
    expect(based.locator(".leaflet-base-pane img[src*='/img/']").first).to_be_attached()
    based.get_by_role("button", name=re.compile("^底图:影像")).click()
    expect(based.locator(".leaflet-base-pane img")).to_have_count(0)
    expect(based.get_by_text("底图:天地图")).to_be_hidden()


def test_who_changes_the_base_map_while_it_comes_still_has_one(
    based: Page, based_site: tuple[str, str], fake: FakeTianditu
) -> None:
    open_map(based, based_site[0], "/#12/31.90/119.90")
    fake.hold()
    choice = based.locator(".base-choice")
    for name in ("影像", "政区", "地图", "影像"):
        choice.click()
        expect(choice).to_have_text(name)
    fake.go_on()
    tiles = based.locator(".leaflet-base-pane img[src*='/img/']")
    expect(tiles.and_(based.locator(".leaflet-tile-loaded")).first).to_be_attached()
    based.wait_for_load_state("networkidle")
    expect(choice).to_have_text("影像")
    expect(tiles.and_(based.locator(":not(.leaflet-tile-loaded)"))).to_have_count(0)


def test_the_key_is_in_no_page_no_address_and_no_log(based: Page, based_site: tuple[str, str]) -> None:
    asked: list[str] = []
    based.on("request", lambda request: asked.append(request.url))
    open_map(based, based_site[0])
    based.wait_for_load_state("networkidle")

    assert any("/tiles/base/vec/" in address for address in asked)
    assert not any(KEY in address for address in asked)
    assert KEY not in based.content()
    with open(based_site[1], encoding="utf-8") as log:
        assert KEY not in log.read()


def test_where_none_is_set_up_nothing_of_it_is_shown(page: Page, site: str) -> None:
    open_map(page, site)
    expect(page.locator(".base-choice, .leaflet-base-pane")).to_have_count(0)
    expect(page.get_by_text("天地图底图")).to_have_count(0)


@pytest.mark.parametrize("mood", ["words", "broken"])
def test_when_it_does_not_come_our_tiles_stand_alone_and_one_line_says_so(
    based: Page, based_site: tuple[str, str], fake: FakeTianditu, mood: str
) -> None:
    fake.mood = mood
    # Another part of the map in each run: what was kept before would still be given.
    open_map(based, based_site[0], {"words": "/#11/33.40/119.50", "broken": "/#11/34.20/117.30"}[mood])
    expect(based.locator("#toast")).to_contain_text("底图暂时没有取到")
    expect(based.locator(".leaflet-base-pane img")).to_have_count(0)
    expect(based.get_by_text("底图:天地图")).to_be_hidden()
    expect(based.get_by_role("button", name=re.compile("^底图:政区"))).to_be_visible()
    expect(based.locator("canvas.leaflet-tile-loaded").first).to_be_visible()
