"""The desk in real Chromium: one name from proposal to the map, by three people, on a desk and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from processes import demo_people
from tests.browser.conftest import DESK, PHONE, visit
from tests.browser.pictures import picture

pytestmark = pytest.mark.browser

NAME = "长桥重阳路"
SCAN = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"

Enter = Callable[..., Page]


@pytest.fixture
def enter(browser: Browser, own_site: str) -> Iterator[Enter]:
    """Signs somebody in at `/desk` in a browser of their own; every page is watched for breaches."""
    passwords = {account["login"]: account["password"] for account in demo_people.listing()}
    opened: list[Any] = []

    def sign_in(login: str, address: str = "/desk", **options: Any) -> Page:
        keeper = contextmanager(visit)(browser, own_site, **({"viewport": DESK} | options))
        page: Page = keeper.__enter__()
        opened.append(keeper)
        page.goto(own_site + address)
        page.get_by_label("登录名").fill(login)
        page.get_by_label("密码", exact=True).fill(passwords[login])
        page.get_by_role("button", name="登录").click()
        expect(page.locator("meta[name=csrf]")).to_be_attached()
        return page

    yield sign_in
    for keeper in opened:
        keeper.__exit__(None, None, None)


def take(page: Page, label: str, said: Callable[[Locator], None] = lambda dialog: None) -> None:
    """Take a step: its button, what its dialog asks for, and the word that it is done."""
    page.wait_for_load_state("load")
    page.get_by_role("button", name=label, exact=True).first.click()
    dialog = page.locator("#step-dialog")
    said(dialog)
    with page.expect_navigation():
        dialog.locator("button[type=submit]").click()
    expect(page.locator("#flash")).to_contain_text(label)


def reply(dialog: Locator) -> None:
    """What the paper reply says."""
    dialog.get_by_label("文号").fill("皋政复〔2026〕12号")
    day = dialog.get_by_label("成文日期")
    day.fill(str(day.get_attribute("max")))


def channel(dialog: Locator) -> None:
    """Where it is announced."""
    dialog.get_by_label("政府网站").check()


def begin(clerk: Page) -> None:
    """Choose class and division: who decides is shown before anyone writes a word, and the draft begins."""
    clerk.get_by_role("link", name="新的地名申报").click()
    clerk.get_by_label("地名类别").select_option("住宅区")
    expect(clerk.locator("#route")).to_contain_text("征求意见")
    expect(clerk.locator("#begin")).to_be_disabled()
    clerk.get_by_label("地名类别").select_option("街路巷")
    expect(clerk.locator("#route")).to_contain_text("如皋市人民政府")
    clerk.get_by_role("button", name="开始填写").click()


def write(clerk: Page) -> None:
    """Fill the form; it saves as it is filled, and says what is wrong where it is wrong."""
    clerk.get_by_label("拟用名称").fill("长桥 重阳路")
    clerk.keyboard.press("Tab")
    expect(clerk.locator("#e-name")).to_contain_text("是空格")
    clerk.get_by_label("拟用名称").fill(NAME)
    expect(clerk.locator("#spelled")).to_contain_text("Lù")
    clerk.get_by_role("button", name="读音已核对").click()
    expect(clerk.get_by_label("通名")).to_have_value("路")
    for label, text in (
        ("位置说明", "东起花市路,西至宁海路。"), ("含义和来历", "因近长桥、重阳祠得名。"), ("命名理由", "新建道路。"),
        ("单位名称", "如皋市住房和城乡建设局"), ("联系人", "演示人"), ("联系电话", "0513-00000000"),
    ):  # fmt: skip
        clerk.get_by_label(label, exact=True).fill(text)
    clerk.keyboard.press("Tab")


def draw(clerk: Page) -> None:
    """Draw the line over our own tiles."""
    chart = clerk.locator("#map")
    chart.scroll_into_view_if_needed()
    clerk.get_by_role("button", name="开始画").click()
    box = chart.bounding_box()
    assert box is not None
    for right, down in ((0.4, 0.5), (0.5, 0.52), (0.6, 0.45)):
        clerk.mouse.move(box["x"] + box["width"] * right, box["y"] + box["height"] * down)
        clerk.mouse.click(box["x"] + box["width"] * right, box["y"] + box["height"] * down)
        clerk.wait_for_timeout(250)
    clerk.get_by_role("button", name="画完了").click()
    expect(clerk.locator("#saving")).to_contain_text("已保存")


def found(page: Page, site: str) -> list[Any]:
    """What the public finds under the name."""
    answer: list[Any] = page.request.get(f"{site}/api/search?q={NAME}").json()["items"]
    return answer


@pytest.mark.slow
def test_a_name_goes_from_the_clerks_form_to_the_map_by_three_people(enter: Enter, own_site: str) -> None:
    clerk = enter("clerk")
    begin(clerk)
    write(clerk)
    draw(clerk)
    picture(clerk, "desk-form")
    clerk.get_by_role("button", name="提交申请").click()
    expect(clerk.locator("#state")).to_have_text("待受理")
    case = clerk.url
    take(clerk, "受理")
    take(clerk, "审查(查重查音)")
    expect(clerk.get_by_role("button", name="登记批复", exact=True)).to_have_count(0)
    neighbour = enter("haian-clerk")
    answer = neighbour.goto(case)
    assert answer is not None
    assert answer.status == 404
    expect(neighbour.get_by_text("不在您的范围内")).to_be_visible()

    chief = enter("chief")
    chief.get_by_role("link", name=NAME).click()
    take(chief, "审核呈批")
    assert found(chief, own_site) == []

    approver = enter("approver", case.removeprefix(own_site))
    picture(approver, "desk-case")
    take(approver, "登记批复", reply)
    assert found(approver, own_site) == [], "approved, and not announced yet"

    clerk.goto(case)
    expect(clerk.get_by_text("距备案期限还剩15天")).to_be_visible()
    take(clerk, "报送备案")
    take(clerk, "发布公告", channel)
    (place,) = found(clerk, own_site)
    clerk.get_by_role("link", name="地名页面").click()
    expect(clerk.get_by_role("heading", level=1)).to_have_text(NAME)
    expect(clerk.locator("main")).to_contain_text("皋政复〔2026〕12号")
    picture(clerk, "desk-place")
    tile = clerk.request.get(f"{own_site}/api/map/labels?bbox=120.3,32.1,120.9,32.6&zoom=16").json()["items"]
    assert NAME in {label["name"] for label in tile}
    assert place["status"] == "standard"
    clerk.goto(case)
    expect(clerk.locator(".timeline")).to_contain_text("市府甲(演示)")


@pytest.mark.slow
def test_the_paper_reply_is_registered_by_one_clerk_and_confirmed_by_another_on_phones(
    enter: Enter, own_site: str
) -> None:
    pocket = {"viewport": PHONE, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
    clerk = enter("clerk", **pocket)
    begin(clerk)
    write(clerk)
    clerk.get_by_text("用键盘录入坐标").click()
    clerk.locator("#typed").fill("120.5552,32.3811\n118.1,32.1")
    clerk.keyboard.press("Tab")
    expect(clerk.locator("#e-geometry")).to_contain_text("界外")
    clerk.locator("#typed").fill("120.5552,32.3811\n120.5633,32.3809")
    clerk.keyboard.press("Tab")
    expect(clerk.locator("#e-geometry")).to_be_hidden()
    picture(clerk, "desk-form-phone")
    clerk.get_by_role("button", name="提交申请").click()
    expect(clerk.locator("#state")).to_have_text("待受理")
    case = clerk.url.removeprefix(own_site)
    take(clerk, "受理")
    take(clerk, "审查(查重查音)")
    take(enter("chief", case), "审核呈批")
    clerk.reload()
    take(clerk, "登记批复", reply)
    expect(clerk.get_by_role("button", name="核对确认批复")).to_be_disabled()
    expect(clerk.get_by_text("不能批准或核对自己经办的申请")).to_be_visible()
    picture(clerk, "desk-case-phone")
    take(enter("clerk2", case, **pocket), "核对确认批复")
    clerk.reload()
    expect(clerk.locator("#state")).to_have_text("已批准")
    wide = clerk.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0, "nothing scrolls sideways"


@pytest.mark.slow
def test_what_a_person_typed_survives_an_expired_sign_in(enter: Enter, own_site: str) -> None:
    clerk = enter("clerk")
    begin(clerk)
    expect(clerk.get_by_label("拟用名称")).to_be_enabled()
    clerk.context.clear_cookies()
    clerk.get_by_label("拟用名称").fill(NAME)
    clerk.keyboard.press("Tab")
    expect(clerk.get_by_role("dialog")).to_contain_text("登录")
    expect(clerk.get_by_label("拟用名称")).to_have_value(NAME)


def test_whoever_is_not_signed_in_is_led_to_the_door_and_back(enter: Enter, own_site: str) -> None:
    chief = enter("chief", "/desk/proposals?state=submitted")
    expect(chief).to_have_url(re.compile(r"/desk/proposals\?state=submitted$"))
    expect(chief.get_by_text("没有").first).to_be_visible()
    chief.goto(own_site + "/desk")
    expect(chief.get_by_text("没有待办事项")).to_be_visible()
    picture(chief, "desk-tasks")
