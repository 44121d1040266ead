"""What the map names from the province to the street, on a desk, on a phone and in 长辈版; with pictures of each."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pictures import picture
from tests.browser.test_map_page import card, look_up, open_map

pytestmark = pytest.mark.browser


def expect_named(page: Page, kind: str, *names: str) -> None:
    """Names of a kind come to stand on the map."""
    for name in names:
        expect(page.locator(f".label-{kind}").filter(has_text=name).first).to_be_attached()


def test_the_province_is_seen_by_its_cities_and_a_city_by_its_counties(page: Page, site: str) -> None:
    open_map(page, site)
    expect_named(page, "prefecture", "南京市", "苏州市", "南通市", "徐州市", "连云港市")
    expect(page.locator(".label-place")).to_have_count(0)
    picture(page, "map", full_page=False)

    open_map(page, site, "/#9.5/32.25/120.85")
    expect_named(page, "county", "如皋市", "海安市", "如东县", "通州区")
    picture(page, "map-city", full_page=False)


def test_close_by_places_are_named_and_the_city_no_more(page: Page, site: str) -> None:
    open_map(page, site, "/#14/32.392/120.562")
    expect(page.locator(".label-place").first).to_be_attached()
    expect(page.locator(".label-prefecture")).to_have_count(0)
    picture(page, "map-street", full_page=False)


def test_a_phone_shows_the_card_over_half_of_the_map(phone: Page, site: str) -> None:
    open_map(phone, site)
    look_up(phone, "通州市", "通州区")
    expect(card(phone)).to_contain_text("通州市")
    picture(phone, "map-phone", full_page=False)


def test_the_elder_s_view_shows_few_things_and_large(phone: Page, page: Page, site: str) -> None:
    for shown, name in ((page, "map-elder"), (phone, "map-elder-phone")):
        shown.goto(f"{site}/search?q=如皋&mode=elder")
        expect(shown.get_by_role("heading", level=2).first).to_contain_text("如皋")
        size = shown.get_by_role("heading", level=2).first.evaluate(
            "(node) => parseFloat(getComputedStyle(node).fontSize)"
        )
        assert size >= 20
        picture(shown, name, full_page=False)
