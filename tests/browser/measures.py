"""A page in numbers: contrast and size of its texts, size of what can be touched, names of what can be used."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

_TEXTS = """
() => {
  const parse = (text) => { const m = text.match(/[\\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const light = (c) => {
    const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = c.slice(0, 3).map((v) => linear(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) layers.push(parse(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
  };
  const seen = (node) => {
    const box = node.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && getComputedStyle(node).visibility !== "hidden";
  };
  const measured = (node, text, style) => {
    const back = ground(node);
    const [a, b] = [light(over(parse(style.color), back)), light(back)];
    return { text, size: parseFloat(style.fontSize), contrast: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) };
  };
  const found = [];
  for (const node of document.body.querySelectorAll("*")) {
    const texts = [...node.childNodes].filter((child) => child.nodeType === 3);
    const own = texts.map((child) => child.textContent.trim()).join("");
    if (own && seen(node) && !node.closest("[aria-hidden=true], script, noscript, option")) {
      found.push(measured(node, own, getComputedStyle(node)));
    }
    if (/^(INPUT|SELECT)$/.test(node.tagName) && seen(node)) {
      found.push(measured(node, node.value || node.tagName, getComputedStyle(node)));
      if (node.placeholder) found.push(measured(node, node.placeholder, getComputedStyle(node, "::placeholder")));
    }
  }
  return found;
}
"""
_TARGETS = """
() => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, summary, [role=option]")]
  .map((node) => ({ node, style: getComputedStyle(node), box: node.getBoundingClientRect() }))
  .map(({ node, style, box }) => ({
    text: (node.textContent || node.name || node.id).trim().slice(0, 20), box,
    hidden: style.visibility === "hidden" || style.clipPath !== "none",
  }))
  .filter(({ box, hidden }) => box.width > 1 && box.height > 1 && !hidden)
  .map(({ text, box }) => ({ text, width: box.width, height: box.height }))
"""
_USABLE = {"button", "link", "textbox", "searchbox", "combobox", "listbox", "option", "DisclosureTriangle"}


def texts(page: Page) -> list[dict[str, Any]]:
    """Every text that is seen: `text`, `size` in pixels, `contrast` to what lies under it."""
    found: list[dict[str, Any]] = page.evaluate(_TEXTS)
    assert found
    return found


def targets(page: Page) -> list[dict[str, Any]]:
    """Everything that can be touched: `text`, `width`, `height`."""
    found: list[dict[str, Any]] = page.evaluate(_TARGETS)
    assert found
    return found


def tree(page: Page) -> list[dict[str, str]]:
    """The accessibility tree as a screen reader is given it: `role` and `name` of what is not ignored."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    return [
        {"role": str(node["role"]["value"]), "name": str(node.get("name", {}).get("value", ""))}
        for node in nodes
        if not node.get("ignored") and "role" in node
    ]


def nameless(page: Page) -> list[dict[str, str]]:
    """What can be used and has no name to be called by."""
    usable = [node for node in tree(page) if node["role"] in _USABLE]
    assert usable
    return [node for node in usable if not node["name"].strip()]


def overlap(a: dict[str, float], b: dict[str, float]) -> bool:
    """Whether two boxes share a spot."""
    return (
        a["x"] < b["x"] + b["width"]
        and b["x"] < a["x"] + a["width"]
        and a["y"] < b["y"] + b["height"]
        and b["y"] < a["y"] + a["height"]
    )
