"""How fast names are found over the country, kind by kind and mixed, beside an empty route and without HTTP."""

from __future__ import annotations

import csv
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import cycle
from typing import Any
from urllib.parse import urlencode

import psycopg2

from benchmarks.country import register
from benchmarks.frame import Asked, Fact, Measured, Report, Side, compared, keep_plan, percentile, ratio, repeated
from benchmarks.ground import Ground
from benchmarks.pressing import Connection, press, pressing
from benchmarks.questions import ODD, OF_EACH, Asking, kinds_of
from benchmarks.serving import Client, Server, empty, ours, serving
from deploy.setup import steps
from foundation import clock, dates
from foundation.database import libpq_address, owner_address, public_reader
from foundation.settings import PROJECT
from foundation.sqlfiles import SqlFile
from placenames.search import forms, queries
from placenames.search.models import DERIVED
from placenames.search.question import COUNTED, narrowed, numbers, read_cursor, read_question

GOLD = PROJECT / "tests" / "placenames" / "gold" / "search.csv"
CLIENTS = 8
CROWD, CROWD_SECONDS, STEADY_MB = 64, 60, 20
SMALLER = 1_000_000
PREFECTURE = "320600"
WARM = "各类问题都先问一遍再计时;混合题循环重复,测的是热的情形。"


def run(ground: Ground, asked: Asked) -> Report:
    """Measure each kind of question, then all mixed beside what bounds them, then many clients at once."""
    register.ready(ground, asked.rows)
    kinds = kinds_of()
    _keep_plans(asked.rows)
    log = steps.home() / "log" / "bench-serving.log"
    with serving() as begun:
        service = begun(ours(log))
        client = Client(service.port)
        kinds |= _second_pages(client, kinds["开头"])
        mixed = [questions[number % len(questions)] for number in range(OF_EACH) for questions in kinds.values()]
        took = {name: _times(partial(_get, client), questions) for name, questions in kinds.items()}
        size = statistics.median_low([len(client.get(_path(it))) for it in kinds["全名"]])
        bare = begun(empty(log, size))
        exact = [_path(it) for it in kinds["全名"]]
        sides = [
            Side("全名:HTTP", pressing(service.port, exact, clients=CLIENTS)),
            Side("空路由:HTTP", pressing(bare.port, ["/"], clients=CLIENTS)),
            Side("混合:HTTP", repeated(partial(_get, client), cycle(mixed))),
            Side("混合:不经 HTTP", repeated(_ask, cycle(mixed))),
        ]
        found = compared(sides, rounds=asked.rounds, seconds=asked.seconds, say=ground.say)
        gold, odd = _gold(client), _odd(service)
        crowd = _crowd(service, mixed, ground)
    return Report(
        f"查地名:{asked.rows:,} 条地名", found,
        [*_each(took), *_asked_for(found, took), *gold, *odd, *crowd, *_sizes(), *_growth(ground, asked.rows, took)],
        [WARM],
    )  # fmt: skip


def _keep_plans(rows: int) -> None:
    """The plans of the statements that answer most questions: a popular name, a rare one, letters."""
    page = {"wanted": COUNTED + 1, "forms": COUNTED + 1 + queries.TOLD_OTHERWISE, "page": COUNTED}
    for name, text_ in (("popular", "中山路"), ("part", "和平"), ("one-band", "村委会")):
        keep_plan("search", rows, name, forms.statement("strict"), {**forms.characters(text_), **page})
    keep_plan("search", rows, "whole-name", forms.statement("named"), {**forms.characters("中山路"), **page})
    keep_plan("search", rows, "letters", forms.statement("spoken"), {**forms.letters("zhongshanlu"), **page})
    noting = _Noting()
    for text_ in ("路", "xi"):
        queries.search(noting, narrowed(read_question(text_), division=PREFECTURE))
    for name, of in (("within", "search.within"), ("within-letters", "search.within_spoken")):
        keep_plan("search", rows, name, *noting.asked[of])


class _Noting:
    """Answers as the service does, and notes what it was asked last of each statement."""

    def __init__(self) -> None:
        self.asked: dict[str, tuple[SqlFile, Mapping[str, object]]] = {}

    def rows(self, statement: SqlFile, parameters: Mapping[str, object]) -> Sequence[tuple[Any, ...]]:
        """All rows of a question."""
        self.asked[statement.name] = (statement, parameters)
        return public_reader().rows(statement, parameters)

    def one(self, statement: SqlFile, parameters: Mapping[str, object]) -> tuple[Any, ...] | None:
        """The first row, or None."""
        found = self.rows(statement, parameters)
        return found[0] if found else None


def _each(took: Mapping[str, Sequence[float]]) -> Iterator[Fact]:
    for name, times in took.items():
        yield Fact(f"{name} 中位", statistics.median(times), "毫秒")
        yield Fact(f"{name} 99%", percentile(times, 99), "毫秒", at_most=60 if name == "同档字" else None)


def _asked_for(found: Sequence[Measured], took: Mapping[str, Sequence[float]]) -> list[Fact]:
    """The numbers that were promised."""
    exact, nothing, over_http, inside = found
    median = {name: statistics.median(times) for name, times in took.items()}
    middle = statistics.median(over_http.took)
    return [
        Fact("混合 中位", middle, "毫秒", at_most=6),
        Fact("混合 99%", percentile(over_http.took, 99), "毫秒", at_most=60),
        Fact("常见路名与混合中位之比", median["常见路名"] / middle, "倍", at_most=3),
        Fact("某日全名与今天之比", median["某日全名"] / median["全名"], "倍", at_most=5),
        Fact("某日开头与今天之比", median["某日开头"] / median["开头"], "倍", at_most=5),
        Fact(f"全名速度与空路由之比({CLIENTS} 个连接)", ratio(exact, nothing), at_least=0.6),
        Fact("混合速度与不经 HTTP 之比", ratio(over_http, inside), at_least=0.7),
    ]


def _second_pages(client: Client, questions: Sequence[Asking]) -> dict[str, list[Asking]]:
    """The second page of those questions that have one, as a kind of its own."""
    nexts = [(it, json.loads(client.get(_path(it)))["next"]) for it in questions]
    found = [{**it, "cursor": following} for it, following in nexts if following]
    return {"翻页": found} if found else {}


def _odd(service: Server) -> list[Fact]:
    """What nobody should ask, and some do: how long the right refusal or the empty answer takes, each asked twice."""
    connection, took, wrong = Connection(service.port), list[float](), 0
    for path, status in (pair for pair in ODD for _ in range(2)):
        began = time.perf_counter()
        wrong += connection.status(path) != status
        took.append(1000 * (time.perf_counter() - began))
    return [
        Fact("怪输入 最慢", max(took[1::2]), "毫秒", at_most=50),
        Fact("怪输入 答复不对", wrong, "次", at_most=0),
    ]


def _crowd(service: Server, mixed: Sequence[Asking], ground: Ground) -> list[Fact]:
    """Many clients at once for a minute: no answer may be a fault of the server, and its memory stays."""
    ground.say(f"  {CROWD} 个客户端同时查 {CROWD_SECONDS} 秒 ……")
    paths = [_path(it) for it in mixed]
    press(service.port, paths, clients=CROWD, seconds=CROWD_SECONDS / 4)
    before = _resident(service)
    pressed = press(service.port, paths, clients=CROWD, seconds=CROWD_SECONDS)
    faults = sum(count for status, count in pressed.statuses.items() if status >= 500)
    return [
        Fact(f"{CROWD} 个客户端 每秒", len(pressed.took) / CROWD_SECONDS, "次"),
        Fact(f"{CROWD} 个客户端 99%", 1000 * percentile(pressed.took, 99), "毫秒"),
        Fact(f"{CROWD} 个客户端 5xx", faults, "次", at_most=0),
        Fact(f"{CROWD} 个客户端 服务内存增加", (_resident(service) - before) / 1e6, "MB", at_most=STEADY_MB),
    ]


def _resident(service: Server) -> int:
    """Bytes that the server holds."""
    with open(f"/proc/{service.process.pid}/statm", encoding="ascii") as told:
        return int(told.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _growth(ground: Ground, rows: int, took: Mapping[str, Sequence[float]]) -> list[Fact]:
    """How many times as long each kind takes as over the smaller register, where that one is there."""
    if rows <= SMALLER or not register.current(ground, SMALLER):
        return []
    ground.say(f"  与 {SMALLER:,} 条地名时相比 ……")
    ground.use(register.database(SMALLER))
    try:
        kinds = kinds_of()
        with serving() as begun:
            client = Client(begun(ours(steps.home() / "log" / "bench-serving.log")).port)
            kinds |= _second_pages(client, kinds["开头"])
            return [
                Fact(
                    f"{name} 比 {SMALLER:,} 条时", statistics.median(took[name])
                    / statistics.median(_times(partial(_get, client), questions)), "倍", at_most=2,
                )
                for name, questions in kinds.items() if name in took
            ]  # fmt: skip
    finally:
        ground.use(register.database(rows))


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
        bbox=numbers(asking.get("bbox"), "bbox", ("west", "south", "east", "north")),
        near=numbers(asking.get("near"), "near", ("lon", "lat")),
        as_of=dates.as_of(asking["as_of"], clock.today()) if "as_of" in asking else None,
        cursor=read_cursor(asking["cursor"]) if "cursor" in asking else None,
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
