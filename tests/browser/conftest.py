"""Real Chromium for the tests of pages: each test gets a fresh page, and every page is watched for breaches."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright
from playwright.sync_api import Request as Asked

CHROMIUM = Path("/usr/bin/chromium")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    # Nothing reaches another host. Not by a route through here: that makes every page load half as slow again.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
# Machines that run many tests at once are slow; a page that works still passes at once.
PATIENCE = 15_000
DESK = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)


@dataclass
class Watch:
    """What a page asked for and what went wrong in it."""

    asked: list[str] = field(default_factory=list)
    abroad: list[str] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)
    bytes: int = 0


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; its absence is a skip on a desk and a failure in CI."""
    if not CHROMIUM.exists():
        missing = "Chromium is not installed (apt-get install chromium fonts-noto-cjk): pages are not tested"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        yield chromium
        chromium.close()


def visit(browser: Browser, site: str, **options: Any) -> Iterator[Page]:
    """A page that reaches no other host; that it asked one, or a breach of any kind, fails the test at its end."""
    context = browser.new_context(locale="zh-CN", **options)
    context.set_default_timeout(PATIENCE)
    watch = Watch()
    host = urlsplit(site).netloc

    def note(asked: Asked) -> None:
        watch.asked.append(asked.url)
        if urlsplit(asked.url).netloc != host and not asked.url.startswith("data:"):
            watch.abroad.append(asked.url)

    context.on("request", note)
    page = context.new_page()
    page.on("pageerror", lambda error: watch.breaches.append(f"script: {error}"))
    page.on(
        "console",
        lambda said: watch.breaches.append(said.text) if "Content Security Policy" in said.text else None,
    )
    _count_bytes(context, page, watch)
    cast(Any, page).watch = watch
    yield page
    context.close()
    assert watch.abroad == [], "a page asked another host"
    assert watch.breaches == [], "a page broke the policy or its script failed"


def _count_bytes(context: BrowserContext, page: Page, watch: Watch) -> None:
    session = context.new_cdp_session(page)
    session.send("Network.enable")

    def add(event: dict[str, Any]) -> None:
        watch.bytes += int(event["encodedDataLength"])

    session.on("Network.loadingFinished", add)


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A page on a desk of someone who wants no moving pictures: the map jumps, which also saves the tests time."""
    yield from visit(browser, site, viewport=DESK, reduced_motion="reduce")


@pytest.fixture
def phone(browser: Browser, site: str) -> Iterator[Page]:
    """A page on a phone."""
    yield from visit(browser, site, viewport=PHONE, device_scale_factor=2, has_touch=True, is_mobile=True)


@pytest.fixture
def scriptless(browser: Browser, site: str) -> Iterator[Page]:
    """A page in a browser that runs no script."""
    yield from visit(browser, site, viewport=DESK, java_script_enabled=False)


@pytest.fixture
def watch(page: Page) -> Watch:
    """What `page` asked for so far."""
    return cast(Watch, cast(Any, page).watch)
