"""What no page of ours does: open a new window, put a puzzle before anyone, or ask another host."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from foundation.settings import PROJECT

API = PROJECT / "api"
NEW_WINDOW = re.compile(
    r"""_blank|\btarget\s*=\s*["']|window\s*\.\s*open\b|\bopen\s*\(\s*["'`](https?:|/)|\.target\s*=(?!=)"""
)
PUZZLE = re.compile(r"captcha|验证码|拼图|滑块", re.IGNORECASE)


def screens() -> list[Path]:
    """Every template, script and page that we wrote."""
    kinds = {".html", ".js", ".py", ".svg"}
    return sorted(path for path in API.rglob("*") if path.suffix in kinds and "vendor" not in path.parts)


def name_of(path: Path) -> str:
    """The path as a test's name shows it."""
    return path.relative_to(PROJECT).as_posix()


@pytest.mark.parametrize("path", screens(), ids=name_of)
def test_no_page_and_no_script_opens_a_new_window(path: Path) -> None:
    """WeChat's browser has one window; a new one leaves people without a way back (DOMAIN §14.25)."""
    assert NEW_WINDOW.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", screens(), ids=name_of)
def test_no_page_puts_a_puzzle_before_anyone(path: Path) -> None:
    """Barrier-free Environment Act Art. 32, DOMAIN §14.24."""
    assert PUZZLE.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "written",
    ['<a target="_blank">', "window.open(url)", "a.target = where", 'open("/x")', "window . open (x)"],
)
def test_a_new_window_would_be_found(written: str) -> None:
    assert NEW_WINDOW.search(written)


def test_there_are_screens_to_look_at() -> None:
    assert len(screens()) > 60
