"""Draws the pages beside the map: the permanent page of a place, errors, interfaces. Text in, HTML out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.pages import words
from api.pages.outline import outline

HERE = Path(__file__).parent


def render_place(
    feature: Mapping[str, Any], *, demo: bool = True, title: str = "地名查询", map_approval: str = ""
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
    )


def render_error(status: int, title: str, detail: str, *, site: str = "地名查询", desk: bool = False) -> str:
    """The page of an error for people, in plain words with a way on."""
    template = environment(HERE, words).get_template("error.html")
    return template.render(
        status=status, heading=title, detail=detail, title=site, demo=False, map_approval="", desk=desk
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
    made.globals["words"] = spoken
    return made
