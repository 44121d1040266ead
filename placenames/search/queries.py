"""The answers of search, each from `.sql` files beside this module."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import reduce
from itertools import islice
from operator import or_
from typing import Any

from foundation import clock
from foundation.database import Reader
from foundation.errors import FieldError, Malformed
from placenames.search.finding import Finder, Hit
from placenames.search.forms import SQL, Characters, Filters, Letters, characters, letters, statement
from placenames.search.question import COUNTED, ENOUGH, HAN_TIERS, LATIN_TIERS, LOOSE, Cursor, Question
from placenames.search.ways import Way, simplified, ways

__all__ = ["SQL", "nearest", "search"]
SMALL = ("county", "township")
# So many of the best forms may have no place that is told by them, and a page is still made at one go.
TOLD_OTHERWISE = 15
# From so many characters on a text is mostly a whole name; parts of names are shorter.
LONG = 3
TIER_NAMES = {"pinyin_prefix": "pinyin"}


def search(reader: Reader, question: Question) -> str:
    """Answer a question as CONTRACT §2 says (JSON text): items, the total, and where the next page begins.

    Where nothing has the name that was typed, other readings are tried (`ways`); then names of other characters.
    """
    answer, nothing = _at_one_go(reader, question) if question.plain else (None, False)
    if answer:
        return answer
    division, level = _division(reader, question)
    labels, mask = _classes(reader, question.class_)
    filters = Filters(division, level in SMALL, level == "province", labels, mask)
    at = question.cursor
    if at:
        every = ways(reader, question, filters.division)
        way = next(islice(every, at.way, None), None) or Way(question)
        hits = list(islice(_finder(reader, way, filters).hits(at, loose=at.loose), question.limit + 1))
    else:
        at, way, hits = _first(reader, question, filters, nothing=nothing)
    following = None
    if len(hits) > question.limit:
        last = hits[question.limit - 1]
        following = replace(
            at, step=last.step, rank=last.rank, distance=last.distance, form=last.form, away=last.away, place=last.place
        ).written()
    hits = hits[: question.limit]
    items = _cards(reader, question, hits) if hits else "[]"
    return _answer(question, at, following, items, note=way.note if hits else None)


def _answer(question: Question, at: Cursor, following: str | None, items: str, *, note: str | None = None) -> str:
    head = {
        "query": question.asked,
        "total": {"value": at.total, "is": "exact" if at.exact else "at_least"},
        "next": following,
    }
    if note:
        head["note"] = note
    # The items come from SQL as text and stay text.
    return f'{json.dumps(head, ensure_ascii=False)[:-1]}, "items": {items}}}'


def _at_one_go(reader: Reader, question: Question) -> tuple[str | None, bool]:
    """The first page where few forms decide it, in one statement; None where the tiers must be walked.

    Also whether no name has what was typed.
    """
    most = max(question.limit, COUNTED)
    codes: Characters | Letters
    if question.tiers is HAN_TIERS and simplified(question.text) == question.text:
        name, codes = "strict", characters(question.text)
    elif question.tiers is LATIN_TIERS:
        name, codes = "spoken", letters(question.latin)
    else:
        return None, False
    values = {**codes, "wanted": most + 1, "forms": most + 1 + TOLD_OTHERWISE, "page": question.limit}
    whole_name = name == "strict" and len(question.text) >= LONG
    row = (reader.one(statement("named"), values) if whole_name else None) or reader.one(statement(name), values)
    found, whole, named, step, rank, form, place, items = row or (0, False, False, 0, 0, 0, 0, None)
    if not found or (found <= most and not (whole and (named or found >= ENOUGH))):
        return None, whole and not found
    at = Cursor(total=min(found, most), exact=found <= most, loose=False)
    following = replace(at, step=step, rank=rank, distance=0.0, form=form, away=0, place=place).written()
    return _answer(question, at, following if found > question.limit else None, items), False


def _first(reader: Reader, question: Question, filters: Filters, *, nothing: bool) -> tuple[Cursor, Way, list[Hit]]:
    """The hits of the first page and of the count, which begins with it, and what later pages go by.

    `nothing` tells that no name has what was typed, so that only other readings and other characters are left.
    Names of other characters are asked for only where none has the name as typed and few have its characters.
    """
    most = max(question.limit, COUNTED)
    broken_off = False
    number, way, hits = 0, Way(question), list[Hit]()
    for at, tried in enumerate(ways(reader, question, filters.division)):
        if at == 0 and nothing:
            continue
        finder = _finder(reader, tried, filters)
        found = list(islice(finder.hits(Cursor(), loose=False), most + 1))
        broken_off |= finder.broken_off
        if found and (not hits or _before(found[0], hits[0])):
            number, way, hits = at, tried, found
        if hits and not tried.weighed:
            break
    named = any(hit.tier == "exact" for hit in hits)
    loose = number == 0 and len(hits) < ENOUGH and not named and bool(set(LOOSE) & set(question.tiers))
    if loose:
        first = next(at for at, tier in enumerate(question.tiers) if tier in LOOSE)
        more = _finder(reader, way, filters).hits(Cursor(step=2 * first), loose=True)
        hits += islice(more, most + 1 - len(hits))
    exact = len(hits) <= most and not broken_off
    return Cursor(total=min(len(hits), most), exact=exact, loose=loose, way=number), way, hits


def _before(one: Hit, other: Hit) -> bool:
    """Whether the first answer of one reading goes before that of another."""
    return (one.step, -one.rank) < (other.step, -other.rank)


def _finder(reader: Reader, way: Way, filters: Filters) -> Finder:
    """What answers one reading; the division of an address lies within the one that was asked for."""
    return Finder(
        reader,
        way.question,
        filters if way.within is None else replace(filters, division=way.within, small=False, wide=False),
    )


def _division(reader: Reader, question: Question) -> tuple[int | None, str | None]:
    if question.division is None:
        return None, None
    day = question.as_of or clock.today()
    found = reader.one(statement("division_id"), {"code": question.division, "as_of": day})
    if found is None:
        why = f"代码“{question.division[:20]}”在 {day} 没有对应的行政区划"
        remedy = "请核对六位区划代码;停用的旧代码可用 /api/divisions/translate 换算"
        raise Malformed([FieldError("division", why, remedy)])
    return int(found[0]), str(found[1])


def _classes(reader: Reader, asked: str | None) -> tuple[list[str] | None, int | None]:
    if asked is None:
        return None, None
    found = dict(reader.rows(statement("class_labels"), {"asked": asked}))
    if not found:
        unknown = f"没有“{asked[:20]}”这个类别"
        raise Malformed([FieldError("class", unknown, "请用五位类别代码或类别名称,例如 街路巷")])
    return list(found), reduce(or_, found.values())


def _cards(reader: Reader, question: Question, hits: Sequence[Hit]) -> str:
    parameters: dict[str, object] = {
        "places": [hit.place for hit in hits],
        "names": [hit.name for hit in hits],
        "inherited": [hit.inherited for hit in hits],
        "codes": [hit.code for hit in hits],
        "kinds": [hit.kind for hit in hits],
        "tiers": [TIER_NAMES.get(hit.tier, hit.tier) for hit in hits],
        "distances": [hit.distance if question.near else None for hit in hits],
    }
    if question.as_of:
        row = reader.one(statement("past_cards"), parameters | {"as_of": question.as_of})
    else:
        row = reader.one(statement("cards"), parameters)
    return str(row[0]) if row else "[]"


def nearest(reader: Reader, lon: float, lat: float, as_of: date) -> list[dict[str, Any]]:
    """The ten nearest places that are not divisions, with metres."""
    row = reader.one(statement("nearest"), {"lon": lon, "lat": lat, "as_of": as_of})
    found: list[dict[str, Any]] = json.loads(row[0]) if row else []
    return found
