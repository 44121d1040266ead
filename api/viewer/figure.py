"""A folium figure that keeps house: local links only, and nothing inline.

folium links its libraries from public hosts and writes script and style into the page. Both are cured here, at the
one point every folium page goes through, so that the page runs without the internet and without `unsafe-inline`.
"""

from __future__ import annotations

import hashlib
from html.parser import HTMLParser

from branca.element import CssLink, Element, Figure, JavascriptLink

from api.pages.navigation import PROGRAMS

VENDOR = "/static/vendor"
BUILT = "/static/built"

# By library and file, not by full address: folium may raise a version, but it may not bring a new library unseen.
# None = folium brings it, this page does not use it (no popups, no icon markers).
LOCAL: dict[str, str | None] = {
    "leaflet.js": f"{VENDOR}/leaflet/leaflet.js",
    "leaflet.css": f"{VENDOR}/leaflet/leaflet.css",
    "Leaflet.VectorGrid.bundled.js": f"{VENDOR}/leaflet.vectorgrid/Leaflet.VectorGrid.bundled.min.js",
    "jquery-3.7.1.min.js": None,
    "bootstrap.bundle.min.js": None,
    "bootstrap.min.css": None,
    "bootstrap-glyphicons.css": None,
    "all.min.css": None,
    "leaflet.awesome-markers.js": None,
    "leaflet.awesome-markers.css": None,
    "leaflet.awesome.rotate.min.css": None,
}


class UnknownLinkError(Exception):
    """folium asks for a file that nobody has decided about: add it to `LOCAL` and to the assets, or drop it there."""


class NotStrictError(Exception):
    """The page holds something that the content security policy would refuse in the browser."""


def local(url: str) -> str | None:
    """The address on this server of a library folium links, or None where the page does without it."""
    if url.startswith("/static/"):
        return url
    name = url.rsplit("/", 1)[-1]
    if name not in LOCAL:
        raise UnknownLinkError(f"no local file is known for {url}")
    return LOCAL[name]


class LocalFigure(Figure):  # type: ignore[misc, unused-ignore]  # branca is not typed for strict use
    """Renders to parts instead of one document: local links, one script, one style sheet, the body's elements."""

    def parts(self) -> Parts:
        """What folium made of the map, sorted; raises `UnknownLinkError` on a library without a local file."""
        for child in self._children.values():
            child.render()
        parts = Parts()
        for element in self.header._children.values():
            if isinstance(element, (CssLink, JavascriptLink)):
                address = local(element.url)
                if address is not None:
                    (parts.styles if isinstance(element, CssLink) else parts.scripts).append(address)
            else:
                _sort(element, parts)
        parts.html = self.html.render().strip()
        parts.script += self.script.render()
        return parts


class Parts:
    """A folium page taken apart."""

    def __init__(self) -> None:
        self.styles: list[str] = []
        self.scripts: list[str] = []
        self.html = ""
        self.style = ""
        self.script = ""


def _sort(element: Element, parts: Parts) -> None:
    """Take the inline script and style out of a header element; its meta tags are ours to write."""
    sorter = _Sorter()
    sorter.feed(element.render())
    sorter.close()
    parts.style += sorter.text["style"]
    parts.script += sorter.text["script"]
    for kind, url in sorter.links:
        address = local(url)
        if address is not None:
            (parts.styles if kind == "link" else parts.scripts).append(address)


class _Sorter(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = {"script": "", "style": ""}
        self.links: list[tuple[str, str]] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        url = given.get("src") or given.get("href")
        if tag in ("script", "link") and url:
            self.links.append((tag, url))
        elif tag in self.text:
            self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.text[self._inside] += data


def built_name(content: bytes, suffix: str) -> str:
    """A file name that changes with the content, so that a browser may keep the file for ever."""
    return f"{hashlib.sha256(content).hexdigest()[:20]}.{suffix}"


class _Strict(HTMLParser):
    """Walks a finished page and refuses what the policy would refuse."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") != "application/json"):
            raise NotStrictError(f"inline <{tag}>")
        if tag == "a" and (given.get("href") or "").startswith(PROGRAMS) and given.get("rel") == "noopener noreferrer":
            given.pop("href")  # followed by people, never asked by the page
            attrs = list(given.items())
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                raise NotStrictError(f"attribute {name} on <{tag}>")
            if name in ("src", "href", "action") and value and not value.startswith(("/static/", "#", "/")):
                raise NotStrictError(f"{name}={value} leaves this server")
            if name in ("src", "href", "action") and value and value.startswith("//"):
                raise NotStrictError(f"{name}={value} leaves this server")


def assert_strict(html: str) -> None:
    """Raise `NotStrictError` if the page has inline script or style, a handler attribute, or a link to another host."""
    checker = _Strict()
    checker.feed(html)
    checker.close()
