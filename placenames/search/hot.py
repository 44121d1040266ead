"""Hot codes: what very many forms hold or begin with, and the lists of their best forms.

The best twenty of the 700,000 names that hold 村委 are found in a list kept by rank; without it they would all be
sorted. Which codes are hot is chosen from a sample when everything is derived; it decides how fast an answer is and
never what it is.
"""

from __future__ import annotations

import operator
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from zlib import crc32

from sqlalchemy import text
from sqlalchemy.orm import Session

from foundation.copying import copy_rows
from placenames.search.tokens import Form, form, hot_codes

SAMPLE = 40_000  # forms that are looked at to choose the hot codes
MANY_FORMS = 5_000  # a code that so many forms have is hot
TIES = 8  # times so many where ranks tie, and no more
LISTED = 500  # about so many forms are listed for each
COUNTERS = 1 << 18  # of codes, while hot ones are chosen
Hot = Mapping[str, tuple[int, int]]
"""Number and least rank of each hot code."""


def step(of: int) -> int:
    """Every how many-th form is looked at."""
    return max(1, of // SAMPLE)


def choose(sample: Iterable[tuple[str, int]], step: int) -> dict[str, int]:
    """The hot codes among every `step`-th form (text, rank), with the rank that about `LISTED` forms reach."""
    # Nearly all codes are rare: they are counted in a small table by a hash, and only what may be hot is kept by name.
    forms = [(Form(text_, (), form(text_).sounds), rank) for text_, rank in sample]
    counts = array("L", bytes(COUNTERS * array("L").itemsize))
    for made, _ in forms:
        for code in hot_codes(made):
            counts[_counter(code)] += 1
    found: dict[str, list[int]] = {}
    for made, rank in forms:
        for code in hot_codes(made):
            if counts[_counter(code)] * step >= MANY_FORMS:
                found.setdefault(code, []).append(rank)
    chosen = ((code, _least(found[code], step)) for code in sorted(found) if len(found[code]) * step >= MANY_FORMS)
    return {code: least for code, least in chosen if least is not None}


def _counter(code: str) -> int:
    return crc32(code.encode()) % COUNTERS


def _least(ranks: list[int], step: int) -> int | None:
    """The rank that about `LISTED` forms reach; a higher one where very many tie, None where they tie at the top."""
    ranks.sort(reverse=True)
    least = ranks[min(len(ranks), -(-LISTED // step)) - 1]
    reach = bisect_right(ranks, -least, key=operator.neg)
    if reach * step > TIES * LISTED:
        return next((rank for rank in reversed(ranks[:reach]) if rank > least), None)
    return least


def write(session: Session, chosen: Mapping[str, int]) -> None:
    """Write the hot codes, in place of any others."""
    session.execute(text("DELETE FROM placenames.search_top"))
    session.execute(text("DELETE FROM placenames.search_hot"))
    rows = ((number, code, least) for number, (code, least) in enumerate(chosen.items(), start=1))
    copy_rows(session, "placenames.search_hot", ("id", "code", "least"), rows)


def known(session: Session) -> Hot:
    """Every hot code."""
    return {row.code: (row.id, row.least) for row in session.execute(_ALL)}


def lists_of(made: Form, rank: int | None, among: Hot) -> Iterator[int]:
    """The numbers of the hot codes among whose best a form of that rank is."""
    if rank is None or not among:
        return
    for code in sorted(hot_codes(made) & among.keys()):
        number, least = among[code]
        if rank >= least:
            yield number


def list_anew(session: Session, form_ids: Sequence[int]) -> None:
    """Put forms into the lists that they belong to now, and out of all others."""
    session.execute(_LEAVE, {"ids": form_ids})
    forms = [(row.id, form(row.text), row.rank) for row in session.execute(_FORMS, {"ids": form_ids})]
    codes = {code for _, made, _ in forms for code in hot_codes(made)}
    among = {row.code: (row.id, row.least) for row in session.execute(_SOME, {"codes": sorted(codes)})}
    rows = [(hot_id, rank, form_id) for form_id, made, rank in forms for hot_id in lists_of(made, rank, among)]
    copy_rows(session, "placenames.search_top", ("hot_id", "rank", "form_id"), rows)


_ALL = text("SELECT id, code, least FROM placenames.search_hot")
_SOME = text("SELECT id, code, least FROM placenames.search_hot WHERE code = ANY(:codes)")
_LEAVE = text("DELETE FROM placenames.search_top WHERE form_id = ANY(:ids)")
_FORMS = text("SELECT id, text, rank FROM placenames.search_form WHERE id = ANY(:ids) AND rank IS NOT NULL")
