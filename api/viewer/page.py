"""Draws the public map page `/`: made once by folium, the same bytes in every worker, no inline script."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import folium
from folium.elements import JSCSSMixin
from folium.template import Template
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from api.viewer.figure import BUILT, LocalFigure, assert_strict, built_name

HERE = Path(__file__).parent
MODULES = HERE.parent / "static" / "map"

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class ViewerConfig:
    """What an installation decides about its public map.

    Bounds are west, south, east, north in degrees; `source` is the whole line that names the data's sources.
    """

    title: str
    area: Bounds
    province: Bounds
    min_zoom: int = 6
    max_zoom: int = 16
    map_approval: str = ""
    demo: bool = False
    source: str = ""
    contact: str = ""
    basemap: bool = False
    basemap_approval: str = ""


@dataclass(frozen=True)
class MapPage:
    """The page and the files it links: `files` by name, served at `/static/built/<name>`."""

    html: str
    files: Mapping[str, bytes]


class VectorTiles(JSCSSMixin):
    """Asks folium for the vector tile library alone; the layer itself is made in `static/map/tiles.js`.

    folium's own `VectorGridProtobuf` writes the options into an inline script and cannot sort, retry or sharpen tiles.
    """

    _template = Template("")
    default_js = [("vectorGrid", "https://unpkg.com/leaflet.vectorgrid@latest/dist/Leaflet.VectorGrid.bundled.js")]  # noqa: RUF012 - folium's name and form


def build(config: ViewerConfig) -> MapPage:
    """Make the page for this configuration; raises where folium wants something we do not serve."""
    parts = _figure(config).parts()
    files: dict[str, bytes] = {}

    def built(text: str, suffix: str) -> str:
        content = text.strip().encode() + b"\n"
        name = built_name(content, suffix)
        files[name] = content
        return f"{BUILT}/{name}"

    style, script = built(parts.style, "css"), built(parts.script, "js")
    template = _environment().get_template("shell.html")
    html = template.render(
        config=config,
        styles=[
            *parts.styles,
            style,
            "/static/map.css",
            "/static/around.css",
            "/static/map-tools.css",
            "/static/print.css",
        ],
        scripts=[*parts.scripts, script],
        modules=[f"/static/map/{path.name}" for path in sorted(MODULES.glob("*.js")) if path.name != "main.js"],
        map_html=Markup(parts.html),  # noqa: S704 - folium's own element, with our fixed id and no data in it
        data=data_block(_for_script(config)),
    )
    assert_strict(html)
    return MapPage(html=html, files=files)


def data_block(value: object) -> Markup:
    """JSON that is safe inside `<script type="application/json">`: no `<`, so nothing can close the block."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704 - escaped above


def _figure(config: ViewerConfig) -> LocalFigure:
    west, south, east, north = config.area
    outer = config.province
    map_ = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        zoom_start=config.min_zoom + 1,
        min_lat=outer[1],
        max_lat=outer[3],
        min_lon=outer[0],
        max_lon=outer[2],
        max_bounds=True,
        # Not the named arguments: those go to folium's tile layer, which this map does not have.
        minZoom=config.min_zoom,
        maxZoom=config.max_zoom,
        zoom_control=False,
        zoomSnap=0.5,
        maxBoundsViscosity=1.0,
        attributionControl=False,
    )
    map_._id = "diming"  # folium draws it at random; fixed, every worker makes the same file
    map_.add_child(VectorTiles())  # type: ignore[no-untyped-call]
    figure = LocalFigure()
    map_.add_to(figure)
    return figure


def _for_script(config: ViewerConfig) -> dict[str, object]:
    return {
        "area": config.area,
        "province": config.province,
        "minZoom": config.min_zoom,
        "maxZoom": config.max_zoom,
        "demo": config.demo,
        "contact": config.contact,
        "title": config.title,
        "basemap": config.basemap,
        "basemapApproval": config.basemap_approval,
        "approved": bool(config.map_approval),
    }


def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True)
