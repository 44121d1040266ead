"""How fast names are found over the country, kind by kind and mixed, beside an empty route and without HTTP."""

from __future__ import annotations

import csv
import json
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import cycle
from urllib.parse import urlencode

import psycopg2

from benchmarks.country import register
from benchmarks.country.words import FAMOUS_ROADS
from benchmarks.frame import Asked, Fact, Report, Side, compared, percentile, ratio, repeated
from benchmarks.ground import Ground
from benchmarks.serving import Client, empty, ours, serving
from deploy.setup import steps
from foundation import clock, dates
from foundation.database import libpq_address, owner_address, public_reader
from foundation.settings import PROJECT
from placenames.search import queries
from placenames.search.matching import sounds
from placenames.search.models import DERIVED
from placenames.search.question import narrowed, read_question

GOLD = PROJECT / "tests" / "placenames" / "gold" / "search.csv"
OF_EACH = 120
SEED = 11
ONE_BAND = ("社区", "村委会", "家庄", "新村", "小区", "家村", "大桥", "居委会")
WARM = "各类问题都先问一遍再计时;混合题循环重复,测的是热的情形。按范围、按距离和翻页没有测。"
Asking = dict[str, str]
"""The parameters of one request."""


def run(ground: Ground, asked: Asked) -> Report:
    """Measure each kind of question, then all mixed beside what bounds them."""
    register.ready(ground, asked.rows)
    kinds = _kinds()
    mixed = [questions[number % len(questions)] for number in range(OF_EACH) for questions in kinds.values()]
    log = steps.home() / "log" / "bench-serving.log"
    facts: list[Fact] = []
    with serving() as begun:
        service = begun(ours(log))
        client = Client(service.port)
        for name, questions in kinds.items():
            took = _times(partial(_get, client), questions)
            facts += [
                Fact(f"{name} 中位", statistics.median(took), "毫秒"), Fact(f"{name} 99%", percentile(took, 99), "毫秒")
            ]  # fmt: skip
        size = statistics.median_low([len(client.get(_path(it))) for it in kinds["全名"][:50]])
        bare = begun(empty(log, size))
        other = Client(bare.port)
        sides = [
            Side("全名:HTTP", repeated(partial(_get, client), cycle(kinds["全名"]))),
            Side("空路由:HTTP", repeated(lambda it: other.get("/"), cycle(kinds["全名"]))),
            Side("混合:HTTP", repeated(partial(_get, client), cycle(mixed))),
            Side("混合:不经 HTTP", repeated(_ask, cycle(mixed))),
        ]
        exact, nothing, over_http, inside = compared(sides, rounds=asked.rounds, seconds=asked.seconds, say=ground.say)
        facts += _gold(client)
    facts += [
        Fact("混合 中位", statistics.median(over_http.took), "毫秒", at_most=6),
        Fact("混合 99%", percentile(over_http.took, 99), "毫秒", at_most=60),
        Fact("全名速度与空路由之比", ratio(exact, nothing), at_least=0.6),
        Fact("混合速度与不经 HTTP 之比", ratio(over_http, inside), at_least=0.7),
        *_sizes(),
    ]
    return Report(f"查地名:{asked.rows:,} 条地名", (exact, nothing, over_http, inside), facts, [WARM])


def _kinds() -> dict[str, list[Asking]]:
    """Questions of each kind, drawn from the register; the same each time."""
    lots = random.Random(SEED)  # noqa: S311 (what is asked is no secret)
    names, counties = _drawn()
    texts = [text for text, _ in names]
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
        "区划内常见": [{"q": lots.choice(FAMOUS_ROADS), "division": code} for _, code in names[:OF_EACH]],
        "全地址": [{"q": counties[code] + text} for text, code in names[:OF_EACH] if code in counties],
        "门牌": [{"q": f"{road}{lots.randint(1, 300)}号"} for road in FAMOUS_ROADS],
        "代码": [{"q": code} for _, code in names[:OF_EACH]],
        "类别内": [{"q": text[:2], "class": "街路巷"} for text in texts[:OF_EACH]],
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


def _drawn() -> tuple[list[tuple[str, str]], dict[str, str]]:
    """Names as often as they occur, each with the code of its county; and the names of the counties."""
    question = """
        SELECT f.text, left(coalesce(v.code, ''), 6)
        FROM placenames.search_token t TABLESAMPLE BERNOULLI (%s) REPEATABLE (7)
        JOIN placenames.search_form f ON f.id = t.form_id
        JOIN boundaries.division_version v ON v.division_id = t.division_id AND v.valid_to IS NULL
        WHERE t.public AND t.current AND NOT t.inherited ORDER BY hashint8(t.place_id) LIMIT %s
    """
    with psycopg2.connect(libpq_address(owner_address())) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'placenames.search_token'::regclass")
        rows = (cursor.fetchone() or (1.0,))[0]
        cursor.execute(question, (min(100.0, 800 * OF_EACH / rows), 4 * OF_EACH))
        names = [(str(text), str(code)) for text, code in cursor.fetchall()]
        cursor.execute("SELECT code, name FROM boundaries.division_version WHERE level = 'county' AND valid_to IS NULL")
        counties = {str(code): str(name) for code, name in cursor.fetchall()}
    connection.close()
    return names, counties


def _gold(client: Client) -> list[Fact]:
    """How many questions of the golden set's national part are answered first, among the first ten, and at all."""
    with GOLD.open(encoding="utf-8", newline="") as lines:
        # The others ask for places of the demonstration, and for former names, which this register lacks.
        rows = [row for row in csv.DictReader(lines) if row["group"].startswith("national-")]
    places = [_place(json.loads(client.get(_path({"q": row["q"]}))), row) for row in rows]
    found = [place for place in places if place is not None]
    return [
        Fact("全国金标准 条数", len(rows), "条"),
        Fact("金标准 第一条就对", sum(place == 1 for place in found) / len(rows)),
        Fact("金标准 前十条内", sum(place <= 10 for place in found) / len(rows)),
        Fact("金标准 平均倒数排名", sum(1 / place for place in found) / len(rows)),
    ]


def _place(answer: dict[str, list[dict[str, object]]], row: Mapping[str, str]) -> int | None:
    for number, item in enumerate(answer["items"], start=1):
        code = str(dict(item["division"] or {}).get("code") or "")  # type: ignore[call-overload]
        if item["name"] == row["name"] and code.startswith(row["within"]):
            return number
    return None


def _sizes() -> list[Fact]:
    tables = [f"placenames.{table}" for table in DERIVED if table.startswith("search_")]
    with psycopg2.connect(libpq_address(owner_address())) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_indexes_size(c::regclass)), sum(pg_total_relation_size(c::regclass)) FROM unnest(%s) c",
            (tables,),
        )
        indexes, whole = cursor.fetchone() or (0, 0)
    connection.close()
    return [
        Fact("检索的索引", float(indexes) / 1e9, "GB", at_most=6),
        Fact("检索的表和索引", float(whole) / 1e9, "GB"),
    ]


def _path(asking: Asking) -> str:
    return f"/api/search?{urlencode(asking)}"


def _get(client: Client, asking: Asking) -> object:
    return client.get(_path(asking))


def _ask(asking: Asking) -> object:
    question = narrowed(
        read_question(asking["q"]), division=asking.get("division"), class_=asking.get("class"),
        as_of=dates.as_of(asking["as_of"], clock.today()) if "as_of" in asking else None,
    )  # fmt: skip
    return queries.search(public_reader(), question)


def _times(act: Callable[[Asking], object], questions: Sequence[Asking]) -> list[float]:
    """Milliseconds of each question, asked twice: the second time it is warm."""
    took = []
    for question in questions:
        act(question)
        began = time.perf_counter()
        act(question)
        took.append(1000 * (time.perf_counter() - began))
    return took
