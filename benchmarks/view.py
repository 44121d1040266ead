"""The first view of the map page in real Chromium over the country, and the largest tile while one looks about."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import bringing
from benchmarks.country import register
from benchmarks.frame import Asked, Fact, Report, percentile
from benchmarks.ground import Ground
from benchmarks.serving import Client, ours, serving
from benchmarks.tiles import LARGEST_KB, approved
from benchmarks.walks import MOVES, near_places
from boundaries.divisions.queries import extent
from deploy.setup import steps
from foundation.database import public_reader
from foundation.errors import Unavailable
from foundation.settings import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

LARGEST_MB, SECONDS = 1.0, 2.0
LOADS_A_ROUND = 3
PATIENCE = 15_000
MOVING = 250  # milliseconds until a moved map asks for what it lacks
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
WINDOW: Any = {"width": 1280, "height": 800}
LOOKED_AT = 12
DRAWN = 60  # so many places of the country for one of the province
ZOOMS = (7, 9, 11, 13, 15)
QUERY = "人民路"
COLD = "每次打开都用新的浏览器环境,没有缓存;“能用”指首屏瓦片和注记都画好,并且查一个地名得到了答复。"


@dataclass
class Seen:
    """What one page transferred: bytes in all, and the bytes of each tile as they were before compression."""

    transferred: int = 0
    tiles: list[int] = field(default_factory=list)
    waiting: int = 0


def run(ground: Ground, asked: Asked) -> Report:
    """Several first views with an empty cache, then walks with the mouse over the register."""
    register.ready(ground, asked.rows)
    bringing.browser(ground.say)
    starts = _in_the_province(asked.rows)
    with approved(), serving() as begun, _chromium() as browser:
        service = begun(ours(steps.home() / "log" / "bench-serving.log"))
        site = f"http://127.0.0.1:{service.port}"
        Client(service.port).get("/")
        loads = [_first_view(browser, site) for _ in range(1 + LOADS_A_ROUND * asked.rounds)][1:]
        ground.say(f"打开 {len(loads)} 次;移动地图……")
        sizes = _walked(browser, site, starts)
    drawn, usable, transferred = ([load[number] for load in loads] for number in range(3))
    facts = [
        Fact("首屏传输,中位", statistics.median(transferred) / 1e6, "MB", at_most=LARGEST_MB),
        Fact("首屏传输,最多", max(transferred) / 1e6, "MB"),
        Fact("首屏瓦片和注记画好,中位", statistics.median(drawn), "秒"),
        Fact("首屏能用,中位", statistics.median(usable), "秒", at_most=SECONDS),
        Fact("首屏能用,最慢", max(usable), "秒"),
        Fact("移动和缩放时取到的瓦片", len(sizes), "块"),
        Fact("其中 99%", percentile(sizes, 99) / 1000, "kB"),
        Fact("其中最大", max(sizes) / 1000, "kB", at_most=LARGEST_KB),
    ]
    return Report(f"首屏:{asked.rows:,} 条地名", (), facts, [COLD])


@contextmanager
def _chromium() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (brought only for this)

    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        raise Unavailable(
            "没有找到 Chromium 浏览器。", remedy="请安装后再试(Debian:apt install chromium fonts-noto-cjk)。"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(Path(program)), args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


def _page(browser: Browser, *, plain: bool = False) -> tuple[BrowserContext, Page, Seen]:
    """A page in an environment of its own, whose traffic is counted; `plain` asks for what is not compressed."""
    context = browser.new_context(locale="zh-CN", viewport=WINDOW, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    page, seen = context.new_page(), Seen()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    if plain:
        session.send("Network.setExtraHTTPHeaders", {"headers": {"Accept-Encoding": "identity"}})
    asked: dict[str, int] = {}

    def sent(event: dict[str, Any]) -> None:
        if "/tiles/map/" in event["request"]["url"]:
            asked[event["requestId"]] = 0
            seen.waiting += 1

    def came(event: dict[str, Any]) -> None:
        if event["requestId"] in asked:
            # Of what comes without compression some browsers tell only the one, some only the other.
            asked[event["requestId"]] += max(int(event["dataLength"]), int(event["encodedDataLength"]))

    def ended(event: dict[str, Any]) -> None:
        seen.transferred += int(event.get("encodedDataLength", 0))
        if (size := asked.pop(event["requestId"], None)) is not None:
            seen.waiting -= 1
            seen.tiles.append(size)

    def given_up(event: dict[str, Any]) -> None:
        if asked.pop(event["requestId"], None) is not None:
            seen.waiting -= 1

    session.on("Network.requestWillBeSent", sent)
    session.on("Network.dataReceived", came)
    session.on("Network.loadingFinished", ended)
    session.on("Network.loadingFailed", given_up)
    return context, page, seen


def _in_the_province(rows: int) -> list[tuple[float, float]]:
    """Positions near places where the page can be moved to: within the province of the installation."""
    found = extent(public_reader(), settings().province)
    if found is None:
        raise Unavailable("登记库里没有本省的范围。", remedy="请检查设置 DIMING_PROVINCE。")
    west, south, east, north = found[:4]
    places = near_places(rows, DRAWN * LOOKED_AT)
    return [(lon, lat) for lon, lat in places if west < lon < east and south < lat < north][:LOOKED_AT]


def _first_view(browser: Browser, site: str) -> tuple[float, float, int]:
    """Seconds until tiles and labels are drawn, seconds until a search was answered as well, bytes transferred."""
    context, page, seen = _page(browser)
    try:
        began = time.perf_counter()
        page.goto(f"{site}/", wait_until="commit")
        page.locator(".label").first.wait_for(state="attached")
        page.locator("canvas.leaflet-tile-loaded, .leaflet-tile-loaded").first.wait_for(state="attached")
        _settled(page, seen, least=1)
        drawn = time.perf_counter() - began
        page.locator("#q").fill(QUERY)
        page.locator("#results [role=option]").first.wait_for(state="visible")
        usable = time.perf_counter() - began
        page.wait_for_load_state("networkidle")
        return drawn, usable, seen.transferred
    finally:
        context.close()


def _walked(browser: Browser, site: str, starts: list[tuple[float, float]]) -> list[int]:
    """The sizes of all tiles that were fetched while the map was dragged about at several zooms and zoomed."""
    sizes: list[int] = []
    for number, (lon, lat) in enumerate(starts):
        context, page, seen = _page(browser, plain=True)
        try:
            zoom = ZOOMS[number % len(ZOOMS)]
            page.goto(f"{site}/#{zoom}/{lat:.5f}/{lon:.5f}")
            page.locator(".label").first.wait_for(state="attached")
            for move in range(MOVES):
                _drag(page, across=350 if move % 2 else -250, down=(move - 2) * 90)
                page.wait_for_timeout(MOVING)
                _settled(page, seen)
            page.mouse.wheel(0, -240)
            page.wait_for_timeout(MOVING)
            _settled(page, seen)
        finally:
            context.close()
        sizes += seen.tiles
    return sizes


def _drag(page: Page, *, across: int, down: int) -> None:
    page.mouse.move(800, 400)
    page.mouse.down()
    page.mouse.move(800 + across, 400 + down, steps=4)
    page.mouse.up()


def _settled(page: Page, seen: Seen, *, least: int = 0) -> None:
    """Wait until no tile is on its way; raises `Unavailable` where they do not come."""
    until = time.perf_counter() + PATIENCE / 1000
    while seen.waiting or len(seen.tiles) < least:
        if time.perf_counter() > until:
            raise Unavailable("地图瓦片没有取到。", remedy="详情见性能测试的日志。")
        page.wait_for_timeout(5)
