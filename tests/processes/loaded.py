"""A small load for tests: a few hundred streets of Jiangsu in chunks, some with a former name; also a program."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial

import shapely
from sqlalchemy import text

from foundation.database import engine, set_addresses
from foundation.dates import KnownDate, Precision
from placenames.register.drafts import NameDraft, PlaceDraft
from placenames.spelling.rules import spell
from processes import bulk

CODES = ("320682", "320612", "320508", "320102", "320321")
FRONTS = ("东大", "西大", "中山", "人民", "揽月", "石桥", "六合", "长江", "朝阳", "新华", "和平")
ODD = 'A,"1"{}\\座路'  # what COPY and arrays must not stumble over
CHUNK = 60


class Streets:
    """So many streets; every seventh had another name before, every fifth has no position yet."""

    reason = "测试"

    def __init__(self, count: int, divisions: Mapping[str, int], *, name: str = "streets", version: str = "1") -> None:
        self.count, self.divisions, self.name = count, divisions, name
        self.fingerprint = f"streets {count} {version}"

    def sizes(self) -> Sequence[tuple[int, int]]:
        """Places and names of each chunk."""
        return [(len(numbers), len(numbers) + sum(number % 7 == 0 for number in numbers)) for numbers in self.numbers()]

    def numbers(self) -> list[range]:
        """The streets of each chunk."""
        return [range(first, min(first + CHUNK, self.count)) for first in range(0, self.count, CHUNK)]

    def chunk(self, number: int) -> list[PlaceDraft]:
        """The streets of one chunk."""
        return [self.street(it) for it in self.numbers()[number]]

    def street(self, number: int) -> PlaceDraft:
        """One street, always the same."""
        code = CODES[number % len(CODES)]
        day = KnownDate(date(1990 + number % 30, 5, 1), Precision.DAY)
        called = ODD if number % 17 == 16 else FRONTS[number % 11] + "路街巷"[number % 3]
        x, y = 120 + number % 97 / 100, 32 + number % 89 / 100
        names = [self.named(called, code, "standard", valid_from=day, announced=number % 13 != 12)]
        if number % 7 == 0:
            names.append(self.named(FRONTS[(number + 3) % 11] + "弄", code, "former", valid_to=day))
        return PlaceDraft(
            class_label="街路巷", names=tuple(names), source="批量测试", source_key=str(number),
            rank=10_000 + number * 37 % 50_000, division_id=self.divisions[code],
            point=None if number % 5 == 0 else shapely.Point(x, y),
            geom=shapely.LineString([(x, y), (x + 0.01, y)]) if number % 4 == 1 else None,
            secrecy="秘密" if number % 37 == 0 else "内部" if number % 31 == 0 else "公开",
        )  # fmt: skip

    @staticmethod
    def named(
        name: str,
        code: str,
        kind: str,
        *,
        valid_from: KnownDate | None = None,
        valid_to: KnownDate | None = None,
        announced: bool = True,
    ) -> NameDraft:
        """A name, announced long ago or not yet."""
        return NameDraft(
            spelling=spell(name, "street", division=code), kind=kind,
            status="standard" if kind == "standard" else "historic", source="批量测试", valid_from=valid_from,
            valid_to=valid_to, published_at=datetime(2024, 1, 1, tzinfo=UTC) if announced else None,
        )  # fmt: skip


def maker(count: int, *, name: str = "streets", version: str = "1") -> partial[Streets]:
    """What the loader and its processes make the source with, on the register of this process."""
    question = text("SELECT code, division_id FROM boundaries.division_version WHERE valid_to IS NULL")
    with engine().connect() as connection:
        divisions = {row.code: row.division_id for row in connection.execute(question)}
    return partial(Streets, count, {code: divisions[code] for code in CODES}, name=name, version=version)


if __name__ == "__main__":
    set_addresses(os.environ["DATABASE_URL"], None)
    bulk.load(maker(int(sys.argv[1])), lambda line: print(line, flush=True), workers=1)
