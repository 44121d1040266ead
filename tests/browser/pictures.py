"""Pictures of pages for the documents, taken where tests look at them; only where they are asked for."""

from __future__ import annotations

import os

from playwright.sync_api import Page

from foundation.settings import PROJECT

PICTURES = PROJECT / "docs" / "pictures"


def picture(page: Page, name: str, *, full_page: bool = True) -> None:
    """Keep a picture where `DIMING_WRITE_PICTURES` is set."""
    if os.environ.get("DIMING_WRITE_PICTURES"):
        page.wait_for_timeout(1800)  # a flight of the map and its tiles
        page.screenshot(path=str(PICTURES / f"{name}.png"), full_page=full_page)
