"""The public map page as folium made it and we cut it: no browser needed to see that it keeps the policy."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import folium
import pytest
from branca.element import JavascriptLink

from api.pages.render import render_error, render_place
from api.viewer.figure import LocalFigure, NotStrictError, UnknownLinkError, assert_strict, local
from api.viewer.page import MapPage, ViewerConfig, build, data_block

CONFIG = ViewerConfig(
    title="江苏省地名查询",
    area=(116.36, 30.75, 121.98, 35.13),
    province=(116.36, 30.75, 121.98, 35.13),
    demo=True,
    source="数据来源:天地图、GeoNames",
)
HOSTILE = "</script><script>alert(1)</script>"


class Seen(HTMLParser):
    """Collects what a page links, holds inline, and hangs on events."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.inline: list[str] = []
        self.ids: set[str] = set()
        self.handlers: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what one element brings."""
        given = dict(attrs)
        self.links += [value for name in ("src", "href", "action") if (value := given.get(name))]
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(given.get("type") or tag)
        self.ids.add(given.get("id") or "")
        self.handlers += [name for name in given if name.startswith("on") or name == "style"]


@pytest.fixture(scope="module")
def page() -> MapPage:
    return build(CONFIG)


def test_every_link_of_the_page_stays_on_this_server(page: MapPage) -> None:
    seen = Seen(page.html)

    assert seen.links
    assert all(link.startswith(("/", "#")) and not link.startswith("//") for link in seen.links)
    assert not re.search(r"https?://(?!www\.w3\.org)", page.html)


def test_the_page_has_no_inline_script_or_style_and_no_handler(page: MapPage) -> None:
    seen = Seen(page.html)

    assert seen.inline == ["application/json"]
    assert seen.handlers == []


def test_every_worker_makes_the_same_page(page: MapPage) -> None:
    again = build(CONFIG)

    assert again.html == page.html
    assert dict(again.files) == dict(page.files)
    assert all(f"/static/built/{name}" in page.html for name in page.files)


def test_folium_made_the_map_and_it_ends_at_the_province(page: MapPage) -> None:
    script = b"".join(content for name, content in page.files.items() if name.endswith(".js")).decode()

    assert "map_diming" in Seen(page.html).ids
    assert "var map_diming = L.map(" in script
    assert re.search(r'"maxBounds": \[\s*\[\s*30\.75,\s*116\.36', script)
    assert '"maxZoom": 16' in script


def test_libraries_that_the_page_does_not_use_are_dropped(page: MapPage) -> None:
    assert not re.search(r"jquery|bootstrap|fontawesome|glyphicons|awesome", page.html, re.IGNORECASE)


def test_a_library_without_a_local_file_stops_the_build() -> None:
    figure = LocalFigure()
    map_ = folium.Map(tiles=None)
    map_.add_to(figure)
    figure.header.add_child(JavascriptLink("https://cdn.example.org/leaflet.rocket.js"), name="rocket")

    with pytest.raises(UnknownLinkError, match=r"leaflet\.rocket\.js"):
        figure.parts()
    with pytest.raises(UnknownLinkError):
        local("https://unpkg.com/unheard-of.css")


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<style>p{}</style>",
        '<p style="color:red">',
        '<a onclick="x()">',
        '<script src="https://cdn.example.org/a.js"></script>',
        '<link href="//cdn.example.org/a.css">',
    ],
)
def test_what_the_policy_refuses_is_refused_before_it_is_served(html: str) -> None:
    with pytest.raises(NotStrictError):
        assert_strict(html)


def test_configuration_cannot_close_its_block() -> None:
    hostile = build(ViewerConfig(title=HOSTILE, area=CONFIG.area, province=CONFIG.province, contact=HOSTILE))

    assert HOSTILE not in hostile.html
    block = re.search(r'id="diming-config">(.*?)</script>', hostile.html, re.DOTALL)
    assert block is not None
    assert "<" not in block[1]
    assert json.loads(block[1])["contact"] == HOSTILE
    assert "<" not in data_block("<!--")


def test_the_demonstration_says_so_and_an_approved_map_shows_its_number() -> None:
    assert "演示数据,非标准地图" in build(CONFIG).html
    approved = build(
        ViewerConfig(title="地名", area=CONFIG.area, province=CONFIG.province, map_approval="苏S(2026)001号")
    )

    assert "审图号:苏S(2026)001号" in approved.html
    assert "演示数据" not in approved.html
    assert "watermark" not in approved.html
    assert "界线仅为示意,不作划界和权属依据" in approved.html


def test_readers_without_script_are_told_what_to_do(page: MapPage) -> None:
    assert re.search(r"<noscript>.*查看地图需要浏览器允许运行脚本", page.html)


def feature(**changes: object) -> dict[str, object]:
    """A place as the API answers it, valid by default."""
    properties: dict[str, object] = {
        "id": "68", "name": "通州区", "roman": "Tōngzhōu Qū", "status": "standard",
        "class": {"code": "21400", "label": "县级行政区"},
        "division": {"code": "320612", "path": ["江苏省", "南通市", "通州区"]},
        "own_division": {"code": "320612", "level": "county", "type": "市辖区"},
        "names": [
            name("通州区", "standard", "standard", valid_from="2009-03-31", from_precision="month"),
            name("通州市", "former", "historic", valid_from="1993-02-28", from_precision="month",
                 valid_to="2009-03-31", to_precision="month"),
            name("南通县", "former", "historic", valid_from="1981-12-31", from_precision="before",
                 valid_to="1993-02-28", to_precision="month"),
        ],
        "location": "", "source": "民政部", "datum": "CGCS2000", "secrecy": "公开",
        "lon": 121.05855, "lat": 32.11057, "bbox": None, "becomes": [], "came_from": [], "approval": None,
    }  # fmt: skip
    ring = [[120.6, 31.9], [121.5, 31.9], [121.5, 32.3], [120.6, 32.3], [120.6, 31.9]]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": properties | changes,
    }


def name(text: str, kind: str, status: str, **period: str) -> dict[str, object]:
    """One name in time, as the API answers it."""
    return {
        "text": text, "kind": kind, "status": status, "roman": "", "valid_from": None, "from_precision": None,
        "valid_to": None, "to_precision": None, "source": "", "instrument": "", **period,
    }  # fmt: skip


def test_the_permanent_page_tells_the_names_in_time() -> None:
    html = render_place(feature(), title="江苏省地名查询")
    assert_strict(html)

    for text in ("通州区", "Tōngzhōu Qū", "标准地名", "江苏省 › 南通市 › 通州区", "通州市", "曾用名", "/?place=68"):
        assert text in html
    assert "2009年3月至今" in html
    assert "1993年2月—2009年3月" in html
    assert "1981年底前—1993年2月" in html
    assert "121°03′31″E,32°06′38″N" in html
    assert "<path d=" in html


def test_the_permanent_page_is_honest_about_what_is_not_known() -> None:
    html = render_place(feature(lon=None, lat=None, names=[name("某村", "standard", "recorded")]) | {"geometry": None})

    assert re.search(r"批准信息</dt><dd>未录入", html)
    assert "待采集" in html
    assert "收录地名(未经核准)" in html
    assert "起止时间未录入" in html
    assert "<svg" not in html


def test_an_old_unit_leads_to_the_one_of_today() -> None:
    gone = feature(
        name="港闸区", status="historic",
        becomes=[{"id": "57", "name": "崇川区", "relation": "merged", "date": "2020-07-31", "precision": "month"}],
    )  # fmt: skip
    html = render_place(gone)

    assert re.search(r'曾用名\(今 <a href="/places/57">崇川区</a>\)', html)
    assert "并入 · 2020年7月" in html


def test_the_demonstration_is_marked_on_every_page_unless_switched_off() -> None:
    assert "演示数据,非标准地图" in render_place(feature())
    assert "演示数据" not in render_place(feature(), demo=False)


def test_hostile_names_stay_text_on_every_page() -> None:
    for html in (render_place(feature(name=HOSTILE, source=HOSTILE)), render_error(404, HOSTILE, HOSTILE)):
        assert HOSTILE not in html
        assert "&lt;/script&gt;" in html


def test_an_error_for_people_offers_a_way_on() -> None:
    missing, broken = (
        render_error(404, "没有这个地名", "请核对网址。"),
        render_error(503, "服务暂时不可用", "请稍后再试。"),
    )
    for html in (missing, broken):
        assert_strict(html)

    assert "没有这个地名" in missing
    assert "重试" not in missing
    assert "重试" in broken


def test_map_and_page_use_the_same_words() -> None:
    from api.pages import words
    from api.viewer.page import MODULES

    script = (MODULES / "words.js").read_text(encoding="utf-8")
    for word in (*words.STATUS.values(), *words.KIND.values(), *words.RELATION.values()):
        assert f'"{word}"' in script


def test_a_page_may_lead_to_a_navigation_program_and_nowhere_else() -> None:
    safe = 'rel="noopener noreferrer"'
    assert_strict(f'<a {safe} href="https://uri.amap.com/marker?position=1,2">高德地图</a>')
    for wrong in (
        '<a href="https://uri.amap.com/marker?position=1,2">tells where one came from</a>',
        f'<a {safe} href="https://uri.amap.com.example.org/marker?x">another host</a>',
        f'<link {safe} href="https://uri.amap.com/marker?x">',
    ):
        with pytest.raises(NotStrictError):
            assert_strict(wrong)
