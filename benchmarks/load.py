"""How long the country's register takes to load, how much memory and disk it needs, and how that grows."""

from __future__ import annotations

import time
from io import BytesIO

import psycopg2
from psycopg2 import sql

from benchmarks.country import register
from benchmarks.frame import Asked, Fact, Report
from benchmarks.ground import Ground
from foundation.database import libpq_address, owner_address
from placenames.search.models import DERIVED
from processes.bulk import WORDS

# What was promised for two cores: minutes for so many names, memory and disk.
MINUTES = {1_000_000: 4.0, 13_000_000: 45.0}
MEMORY_GB, DISK_GB = 1.0, 20.0
SAMPLE = 300_000
_SIZE = "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c WHERE c.oid::regclass::text = ANY(%s)"
_INDEX = "SELECT sum(pg_indexes_size(c.oid)) FROM pg_class c WHERE c.oid::regclass::text = ANY(%s)"
GROUPS = {
    "地名登记": ["placenames.place", "placenames.place_name"],
    "办理日志": ["foundation.journal"],
    "检索": [f"placenames.{table}" for table in DERIVED if table.startswith("search_")],
    "地图点": ["placenames.map_point"],
    "政区": ["boundaries.division_version", "boundaries.division_area"],
}


def run(ground: Ground, asked: Asked) -> Report:
    """Load anew into an empty database, which later benchmarks use."""
    made = register.ready(ground, asked.rows, anew=True)
    remarks = [] if made.whole else ["接着上次没有做完的载入:用时和内存只是这一次的,速度不算。"]
    whole = made.load.seconds if made.whole else None
    facts = [
        Fact(
            "载入用时(含全部索引和检索、地图数据)", made.load.seconds / 60, "分",
            at_most=MINUTES.get(asked.rows) if made.whole else None,
        ),
        *(Fact(f"其中 {WORDS[phase['name']]}", phase["seconds"], "秒") for phase in made.phases),
        Fact("载入程序(各进程合计,不含数据库)内存最高", made.load.peak / 1e9, "GB", at_most=MEMORY_GB),
        Fact("载入之前写入全国政区(含图形)用时", made.divisions.seconds / 60, "分"),
    ]  # fmt: skip
    if whole:
        facts.append(Fact("每秒地名", asked.rows / whole, "条"))
    with psycopg2.connect(libpq_address(owner_address())) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        facts.append(Fact("库的大小", _number(cursor.fetchone()) / 1e9, "GB", at_most=DISK_GB))
        for name, tables in GROUPS.items():
            cursor.execute(_SIZE, (tables,))
            size = _number(cursor.fetchone()) / 1e9
            cursor.execute(_INDEX, (tables,))
            facts.append(Fact(f"其中 {name}", size, "GB"))
            facts.append(Fact(f"其中 {name}的索引", _number(cursor.fetchone()) / 1e9, "GB"))
        bare = _bare_copy(cursor, asked.rows)
        connection.rollback()
    connection.close()
    if whole:
        facts.append(Fact("与同样的地名不带索引、日志和检索数据地 COPY 相比,用时为其", whole / bare, "倍"))
    return Report(f"载入 {asked.rows:,} 条地名", (), facts, remarks)


def _bare_copy(cursor: psycopg2.extensions.cursor, rows: int) -> float:
    """How many seconds the bare COPY of all places and names would take, from a sample in the same database."""
    seconds, copied = 0.0, 0
    for table in GROUPS["地名登记"]:
        written = BytesIO()
        within, name = table.split(".")
        names = {"table": sql.Identifier(within, name), "count": sql.Literal(SAMPLE)}
        cursor.copy_expert(sql.SQL("COPY (SELECT * FROM {table} LIMIT {count}) TO STDOUT").format(**names), written)
        written.seek(0)
        cursor.execute(sql.SQL("CREATE TABLE bare_copy (LIKE {table})").format(**names))
        began = time.perf_counter()
        cursor.copy_expert("COPY bare_copy FROM STDIN", written)
        seconds += time.perf_counter() - began
        copied = cursor.rowcount
        cursor.execute("DROP TABLE bare_copy")
    return seconds * rows / max(1, copied)


def _number(row: tuple[object, ...] | None) -> float:
    return float(str(row[0])) if row and row[0] is not None else 0.0
