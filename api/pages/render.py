"""Draws the pages beside the map: the permanent page of a place, errors, interfaces. Text in, HTML out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.pages import words
from api.pages.navigation import navigation
from api.pages.outline import outline
from api.shown import SIZES, Shown

HERE = Path(__file__).parent


def render_place(
    feature: Mapping[str, Any],
    *,
    demo: bool = True,
    title: str = "地名查询",
    map_approval: str = "",
    contact: str = "",
    shown: Shown | None = None,
) -> str:
    """The page of one place from its GeoJSON feature (the answer of `GET /api/places/{id}`).

    `demo` is on unless switched off: a page that forgets to ask must not pass for an official one.
    """
    place = feature["properties"]
    located = isinstance(place.get("lon"), int | float) and isinstance(place.get("lat"), int | float)
    template = environment(HERE, words).get_template("place.html")
    return template.render(
        place=place,
        located=located,
        picture=outline(feature.get("geometry")),
        heirs=words.heirs(place.get("becomes")),
        demo=demo,
        title=title,
        map_approval=map_approval,
        contact=contact,
        shown=shown or Shown(),
    )


def render_search(
    asked: Mapping[str, str],
    answer: Mapping[str, Any] | None,
    *,
    shown: Shown,
    faults: Mapping[str, str] | None = None,
    heading: str = "",
    divisions: Sequence[Mapping[str, Any]] = (),
    classes: Sequence[Mapping[str, Any]] = (),
    demo: bool = True,
    title: str = "地名查询",
    map_approval: str = "",
    contact: str = "",
) -> str:
    """The list of what was found (the answer of `GET /api/search`); None where nothing was asked.

    `asked` has `q`, `division`, `class_`, `as_of`, `cursor`; `faults` are told by field instead of an answer.
    """
    template = environment(HERE, words).get_template("search.html")
    return template.render(
        asked=asked, answer=answer, shown=shown, faults=faults or {}, heading=heading, divisions=divisions,
        classes=classes, narrowing={name: value for name, value in asked.items() if name != "cursor"},
        demo=demo, title=title, map_approval=map_approval, contact=contact,
    )  # fmt: skip


def render_error(
    status: int,
    title: str,
    detail: str,
    *,
    site: str = "地名查询",
    desk: bool = False,
    shown: Shown | None = None,
) -> str:
    """The page of an error for people, in plain words with a way on."""
    template = environment(HERE, words).get_template("error.html")
    return template.render(
        status=status, heading=title, detail=detail, title=site, demo=False, map_approval="", desk=desk,
        shown=shown or Shown(),
    )  # fmt: skip


def render_browser(*, site: str = "地名查询") -> str:
    """The page in place of a download, where the browser keeps no files."""
    return (
        environment(HERE, words)
        .get_template("browser.html")
        .render(title=site, demo=False, map_approval="", shown=Shown())
    )


def render_docs(*, title: str = "地名查询") -> str:
    """The page that shows the interfaces, to read and to try."""
    return environment(HERE, words).get_template("docs.html").render(title=title)


@lru_cache(maxsize=4)
def environment(folder: Path, spoken: ModuleType) -> Environment:
    """The templates of a folder, with its words: everything escaped, and a value that is missing is an error."""
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"words": spoken, "sizes": SIZES, "navigation": navigation}
    return made
