"""Walks the tiers of a question: forms best first, and the places that are known by them, or those of a part at once.

A place is told once, in the best tier it answers in: `matching` decides from all names it is known by. Within a tier
names in use come before former ones, then rank, distance, form, the bureau's own area and place decide, so that a
page begins where the one before ended. A list of hot codes (`hot`) spares sorting what very many forms hold.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from foundation.database import Reader
from placenames.search.forms import Batch, Filters, Forms, Part, statement
from placenames.search.matching import Known, Matcher
from placenames.search.question import COUNTED, FAR, LATIN_TIERS, LOOSE, STRICT, Cursor, Question
from placenames.search.tokens import holding

LOWEST = -(2**31)
# Filters that leave next to nothing of what very many forms hold: the walk ends here, and the total is "at least".
MOST_FORMS = 20_000


@dataclass(frozen=True)
class Hit:
    """One place found, in the order of its tier: by a name, or by a code of a kind."""

    step: int
    rank: int
    distance: float
    form: int
    away: int
    place: int
    tier: str
    name: int | None = None
    inherited: bool = False
    code: str | None = None
    kind: str | None = None


class Finder:
    """Answers one question within its filters."""

    def __init__(self, reader: Reader, question: Question, filters: Filters) -> None:
        self.reader, self.question = reader, question
        west, south, east, north = question.bbox or (None, None, None, None)
        lon, lat = question.near or (None, None)
        self.parameters: Mapping[str, object] = {
            "division": filters.division, "classes": filters.classes, "mask": filters.mask, "as_of": question.as_of,
            "west": west, "south": south, "east": east, "north": north, "lon": lon, "lat": lat,
        }  # fmt: skip
        self.matcher = Matcher(question)
        # The first page is also counted.
        self.count = 1 + (question.limit if question.cursor else max(question.limit, COUNTED))
        self.broken_off = False
        """Whether there may be more than was looked at."""
        self.forms = Forms(question, filters, self.ask)

    def hits(self, start: Cursor, *, loose: bool) -> Iterator[Hit]:
        """Hits from the cursor on; `loose` asks for names of other characters too."""
        told: set[int] = set()
        tiers = [tier for tier in self.question.tiers if loose or tier not in LOOSE]
        for group in (("code",), STRICT, LATIN_TIERS, LOOSE):
            for hit in self.together([tier for tier in tiers if tier in group], start):
                if hit.place not in told:
                    told.add(hit.place)
                    yield hit

    def together(self, tiers: Sequence[str], start: Cursor) -> Iterator[Hit]:
        """Hits of some tiers of one group: of a part of the register, or by forms, the first of which come at once."""
        tiers = [tier for tier in tiers if 2 * self.number(tier) + 1 >= start.step]
        if tiers == ["code"]:
            yield from self.by_code(start)
            return
        if tiers and (part := self.forms.inside(tiers[0])):
            yield from self.within(part, tiers, start)
            return
        first = self.forms.look(tiers) if tiers else {}
        for tier in tiers:
            yield from self.by_name(tier, first[tier], start)

    def number(self, tier: str) -> int:
        """Where a tier comes among those of the question."""
        return self.question.tiers.index(tier)

    def by_code(self, start: Cursor) -> Iterator[Hit]:
        """Divisions by their codes; those that are no more answer with their heirs."""
        if start.step > 0:
            return
        name = "past_code" if self.question.as_of else "code"
        after = {"after_rank": start.rank, "after_distance": start.distance, "after_place": start.place}
        for row in self.ask(name, q=self.question.text, **after, count=self.count):
            place, rank, distance, code, kind = row
            yield Hit(0, rank, distance, -1, 0, place, tier="code", code=code, kind=kind)

    def within(self, part: Part, tiers: Sequence[str], start: Cursor) -> Iterator[Hit]:
        """Places of a part of the register in some tiers of one group."""
        name, first = ("within", STRICT[0]) if tiers[0] in STRICT else ("within_spoken", LATIN_TIERS[0])
        text = self.question.text if tiers[0] in STRICT else self.question.latin
        values = {"terms": part.terms, "areas": part.areas, "initials": self.question.initials}
        values |= {"characters": [*map(ord, part.characters)], "holding": [*map(holding, part.characters)]}
        until = 2 * self.number(tiers[-1]) + 2
        at = start
        while rows := self.ask(
            name, q=text, tier=self.number(first), until=until, home=self.question.home, count=self.count,
            **values, **_after(at),
        ):  # fmt: skip
            for hit, known in map(self.read, rows):
                at = Cursor(hit.step, hit.rank, hit.distance, hit.form, hit.away, hit.place)
                if self.matcher.best(known) == (hit.step, hit.form):
                    yield hit
            if len(rows) < self.count:
                return

    def by_name(self, tier: str, first: Batch, start: Cursor) -> Iterator[Hit]:
        """Places of one tier in their order, however many forms it takes; `first` are the best of these."""
        at = max(start, Cursor(step=2 * self.number(tier)), key=lambda at: at.step)
        at = yield from self.places(tier, self.answering(tier, first), at, first)
        if first.last:
            return
        forms: dict[int, int] = {}
        for batch in self.forms.of(tier):
            forms |= self.answering(tier, batch)
            at = yield from self.places(tier, forms, at, batch)
            if len(forms) > MOST_FORMS:
                self.broken_off = True
                return

    def answering(self, tier: str, batch: Batch) -> dict[int, int]:
        """The forms of a batch that answer in a tier and in no better one, with their ranks."""
        return {form.id: form.rank for form in batch.forms if self.matcher.tier(form.text) == tier}

    def places(self, tier: str, forms: Mapping[int, int], at: Cursor, batch: Batch) -> Generator[Hit, None, Cursor]:
        """Places known by some forms, as far as no form after the batch can bring one before them; returns how far."""
        more = bool(forms)
        least = self.least(tier, forms, at)
        while more:
            rows = self.rows(tier, forms, least, at)
            # Where low ranks were left out, former names must wait for what these bring.
            left_out = least > LOWEST
            furthest = max(2 * self.number(tier), at.step) if left_out else FAR[0]
            more, least = len(rows) == self.count or left_out, LOWEST
            for hit, known in rows:
                if hit.step > furthest:
                    break
                if not batch.last and not self.final(hit, tier, batch):
                    return at
                at = Cursor(hit.step, hit.rank, hit.distance, hit.form, hit.away, hit.place)
                if self.matcher.best(known) == (hit.step, hit.form):
                    yield hit
        return at

    def final(self, hit: Hit, tier: str, batch: Batch) -> bool:
        """Whether no form of the tier after the batch can bring a hit that comes before this one."""
        # Of an empty batch that may go on nothing can be final.
        if hit.step > 2 * self.number(tier) or not batch.forms:
            return False
        bound = batch.forms[-1]
        if self.question.near:
            return hit.rank > bound.rank
        return (-hit.rank, hit.form) <= (-bound.rank, bound.id)

    def least(self, tier: str, forms: Mapping[int, int], at: Cursor) -> int:
        """The rank that as many forms reach as hits are wanted: those alone may fill the page.

        A form's best place has the form's rank, so it is still to come where the form's rank is below the cursor's.
        """
        to_come = [rank for rank in forms.values() if rank < at.rank or at.step < 2 * self.number(tier)]
        return sorted(to_come, reverse=True)[self.count - 1] if len(to_come) >= self.count else LOWEST

    def rows(self, tier: str, forms: Mapping[int, int], least: int, at: Cursor) -> list[tuple[Hit, list[Known]]]:
        """The next places known by some forms, with every name they are known by."""
        part = self.forms.loose if tier in LOOSE else None
        name = "past_rows" if self.question.as_of else "rows_within" if part else "rows"
        name += "_near" if (self.question.near or self.question.home) and not part else ""
        inside = {"terms": part.terms, "areas": part.areas} if part else {}
        found = self.ask(
            name, forms=list(forms), tier=self.number(tier), least=least, home=self.question.home,
            count=self.count, **inside, **_after(at),
        )  # fmt: skip
        return list(map(self.read, found))

    def read(self, row: tuple[Any, ...]) -> tuple[Hit, list[Known]]:
        """A row of `rows.sql` and its like: the place, and every name that it is known by."""
        step, form, place, rank, distance, away, name_id, inherited, known = row
        tier = self.question.tiers[step // 2]
        return Hit(step, rank, distance, form, away, place, tier, name_id, inherited), [_known(it) for it in known]

    def ask(self, name: str, **values: object) -> Sequence[tuple[Any, ...]]:
        """Rows of a statement, given what it declares of the filters and values."""
        asked = statement(name)
        declared = {parameter for parameter, _ in asked.parameters}
        both = {**self.parameters, **values}
        return self.reader.rows(asked, {key: value for key, value in both.items() if key in declared})


def _after(at: Cursor) -> dict[str, float]:
    """The last place that was told, as the statements want it."""
    return {
        "after_step": at.step, "after_rank": at.rank, "after_distance": at.distance, "after_form": at.form,
        "after_away": at.away, "after_place": at.place,
    }  # fmt: skip


def _known(written: str) -> Known:
    """A name as `rows.sql` writes it: the number of its form, + or -, its text."""
    digits = next(at for at, char in enumerate(written) if char in "+-")
    return Known(int(written[:digits]), written[digits + 1 :], written[digits] == "-")
