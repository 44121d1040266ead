"""What the benchmark of search asks, kind by kind: drawn from the names of the register, the same each time."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import psycopg2

from benchmarks.country.words import FAMOUS_ROADS
from foundation.database import libpq_address, owner_address
from placenames.search.matching import sounds

OF_EACH = 120
SEED = 11
ONE_BAND = ("社区", "村委会", "家庄", "新村", "小区", "家村", "大桥", "居委会")
ODD_TEXTS = (
    "%", "_%_", "*", "𠮷" * 100, "㐂龘䶮" * 33, "😀👍🏽🏳", "'; DROP TABLE placenames.place; --",
    "<script>alert(1)</script>", "\\", "..", "中" * 100, "a" * 100, "1" * 100,
)  # fmt: skip
ODD = (
    *((f"/api/search?{urlencode({'q': q})}", 200) for q in ODD_TEXTS),
    (f"/api/search?{urlencode({'q': '中' * 101})}", 422),
    ("/api/search?q=", 422),
    (f"/api/search?{urlencode({'q': '人民路', 'as_of': '0001-01-01'})}", 200),
    (f"/api/search?{urlencode({'q': '人民路', 'as_of': '2026-13-45'})}", 422),
    (f"/api/search?{urlencode({'q': '人民路', 'cursor': 'forged'})}", 422),
    ("/tiles/map/99/0/0.mvt", 404),
    ("/tiles/map/5/99/0.mvt", 404),
    ("/tiles/map/5/-1/0.mvt", 404),
)
"""Addresses that nobody should ask for, with the status of the right answer."""
Asking = dict[str, str]
"""The parameters of one request."""


def kinds_of() -> dict[str, list[Asking]]:
    """Questions of each kind, drawn from the register; the same each time."""
    lots = random.Random(SEED)  # noqa: S311 (what is asked is no secret)
    drawn, counties, cities = _drawn()
    names = [(it.text, it.county) for it in drawn]
    texts = [it.text for it in drawn]
    within_cities = [(text, f"{code[:4]}00") for text, code in names if f"{code[:4]}00" in cities]
    made = _Typed(lots, texts)
    day = "2012-06-30"
    found: dict[str, list[Asking]] = {
        "全名": [{"q": text} for text in texts[:OF_EACH]],
        "常见路名": [{"q": road} for road in FAMOUS_ROADS],
        "开头": [{"q": text[:2]} for text in texts[:OF_EACH]],
        "中间": [{"q": made.inside(text)} for text in texts if len(text) > 3][:OF_EACH],
        "一个字": [{"q": lots.choice(text)} for text in texts[:OF_EACH]],
        "同档字": [{"q": part} for part in ONE_BAND],
        "全拼": [{"q": made.pinyin(text)} for text in texts[:OF_EACH]],
        "拼音开头": [{"q": made.pinyin(text)[: lots.randint(3, 6)]} for text in texts[:OF_EACH]],
        "首字母": [{"q": made.initials(text)} for text in texts[:OF_EACH]],
        "混写": [{"q": text[:2] + made.pinyin(text[2:])} for text in texts if len(text) > 2][:OF_EACH],
        "错一字": [{"q": made.wrong(text)} for text in texts if len(text) > 2][:OF_EACH],
        "换两字": [{"q": text[0] + text[2] + text[1] + text[3:]} for text in texts if len(text) > 2][:OF_EACH],
        "区划内": [{"q": text, "division": code} for text, code in names[:OF_EACH]],
        "区划内一字": [{"q": lots.choice(text), "division": code} for text, code in names[:OF_EACH]],
        "区划内字母": [{"q": made.pinyin(text)[:2], "division": code} for text, code in names[:OF_EACH]],
        "区划内常见": [{"q": lots.choice(FAMOUS_ROADS), "division": code} for _, code in names[:OF_EACH]],
        "地市内一字": [{"q": lots.choice(text), "division": code} for text, code in within_cities[:OF_EACH]],
        "地市内字母": [{"q": made.pinyin(text)[:2], "division": code} for text, code in within_cities[:OF_EACH]],
        "全地址": [{"q": counties[code] + text} for text, code in names[:OF_EACH] if code in counties],
        "门牌": [{"q": f"{road}{lots.randint(1, 300)}号"} for road in FAMOUS_ROADS],
        "代码": [{"q": code} for _, code in names[:OF_EACH]],
        "类别内": [{"q": text[:2], "class": "街路巷"} for text in texts[:OF_EACH]],
        "范围内": [{"q": it.text[:2], "bbox": it.box} for it in drawn[:OF_EACH]],
        "范围内一字": [{"q": lots.choice(it.text), "bbox": it.box} for it in drawn[:OF_EACH]],
        "范围内字母": [{"q": made.pinyin(it.text)[:2], "bbox": it.box} for it in drawn[:OF_EACH]],
        "附近": [{"q": it.text[:2], "near": it.at} for it in drawn[:OF_EACH]],
        "某日全名": [{"q": text, "as_of": day} for text in texts[:OF_EACH]],
        "某日开头": [{"q": text[:2], "as_of": day} for text in texts[:OF_EACH]],
    }
    return found


class _Typed:
    """What people type for a name, and how they mistype it."""

    def __init__(self, lots: random.Random, texts: Sequence[str]) -> None:
        self.lots, self.characters = lots, sorted({char for text in texts for char in text})

    def inside(self, text: str) -> str:
        length = self.lots.randint(2, 3)
        start = self.lots.randint(1, max(1, len(text) - length))
        return text[start : start + length]

    def pinyin(self, text: str) -> str:
        return sounds(text)[0].pinyin if sounds(text) else text

    def initials(self, text: str) -> str:
        return sounds(text)[0].initials if sounds(text) else text

    def wrong(self, text: str) -> str:
        at = self.lots.randrange(len(text))
        return text[:at] + self.lots.choice(self.characters) + text[at + 1 :]


@dataclass(frozen=True)
class Drawn:
    """A name of the register: its text, the code of its county, and where it is."""

    text: str
    county: str
    lon: float
    lat: float

    @property
    def at(self) -> str:
        """Its position as a parameter."""
        return f"{self.lon:.5f},{self.lat:.5f}"

    @property
    def box(self) -> str:
        """About a county around it."""
        return f"{self.lon - 0.3:.5f},{self.lat - 0.3:.5f},{self.lon + 0.3:.5f},{self.lat + 0.3:.5f}"


def _drawn() -> tuple[list[Drawn], dict[str, str], set[str]]:
    """Names as often as they occur; the names of the counties by their codes; and the codes of the prefectures."""
    question = """
        SELECT f.text, left(coalesce(v.code, ''), 6), ST_X(p.point), ST_Y(p.point)
        FROM placenames.search_token t TABLESAMPLE BERNOULLI (%s) REPEATABLE (7)
        JOIN placenames.search_form f ON f.id = t.form_id
        JOIN placenames.place p ON p.id = t.place_id AND p.point IS NOT NULL
        JOIN boundaries.division_version v ON v.division_id = p.division_id AND v.valid_to IS NULL
        WHERE t.public AND t.current AND NOT t.inherited ORDER BY hashint8(t.place_id) LIMIT %s
    """
    with psycopg2.connect(libpq_address(owner_address())) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'placenames.search_token'::regclass")
        rows = (cursor.fetchone() or (1.0,))[0]
        cursor.execute(question, (min(100.0, 800 * OF_EACH / rows), 4 * OF_EACH))
        names = [Drawn(*row) for row in cursor.fetchall()]
        cursor.execute(
            "SELECT code, name, level FROM boundaries.division_version"
            " WHERE level IN ('county', 'prefecture') AND valid_to IS NULL"
        )
        units = cursor.fetchall()
    connection.close()
    counties = {str(code): str(name) for code, name, level in units if level == "county"}
    return names, counties, {str(code) for code, _, level in units if level == "prefecture"}
