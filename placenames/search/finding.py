"""Walks the tiers of a question: forms best first, and the places that are known by them.

A place is told once, in the best tier it answers in: `matching` decides from all names it is known by. Within a tier
names in use come before former ones, then rank, distance, form and place decide, so that a page begins where the one
before ended. A list of hot codes (`hot`) spares sorting what very many forms hold.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from foundation.database import Reader
from placenames.search.forms import Batch, Filters, Forms, FoundForm, statement
from placenames.search.matching import Known, Matcher
from placenames.search.question import COUNTED, FAR, LATIN_TIERS, LOOSE, STRICT, Cursor, Question

LOWEST = -(2**31)
# Filters that leave next to nothing of what very many forms hold: the walk ends here, and the total is "at least".
MOST_FORMS = 20_000
Tiered = tuple[str, int]
"""The tier and the rank of a form."""


@dataclass(frozen=True)
class Hit:
    """One place found, in the order of its tier: by a name, or by a code of a kind."""

    step: int
    rank: int
    distance: float
    form: int
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
            "division": filters.division, "classes": filters.classes, "as_of": question.as_of,
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
        """Hits of some tiers: those whose forms are few are asked for at once, others are walked through."""
        tiers = [tier for tier in tiers if 2 * self.number(tier) + 1 >= start.step]
        if tiers == ["code"]:
            yield from self.by_code(start)
            return
        first = self.forms.look(tiers) if tiers else {}
        waiting: list[tuple[str, Batch]] = []
        for tier in tiers:
            waiting.append((tier, first[tier]))
            if not first[tier].last:
                after = yield from self.at_once(waiting, start)
                yield from self.by_name(tier, after)
                waiting = []
        if waiting:
            yield from self.at_once(waiting, start)

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
            yield Hit(0, rank, distance, -1, place, tier="code", code=code, kind=kind)

    def at_once(self, batches: Sequence[tuple[str, Batch]], start: Cursor) -> Generator[Hit, None, Cursor]:
        """Hits of the first forms of some tiers, of which only the last may have more; returns where it came to."""
        forms: dict[int, Tiered] = {}
        for tier, batch in batches:
            forms |= self.answering(tier, batch)
        return (yield from self.places(forms, self.begin(batches[0][0], start), self.bound(*batches[-1])))

    def by_name(self, tier: str, start: Cursor) -> Iterator[Hit]:
        """Places of one tier in their order, however many forms it takes."""
        forms: dict[int, Tiered] = {}
        at = self.begin(tier, start)
        for batch in self.forms.of(tier):
            forms |= self.answering(tier, batch)
            at = yield from self.places(forms, at, self.bound(tier, batch))
            if len(forms) > MOST_FORMS:
                self.broken_off = True
                return

    def begin(self, tier: str, start: Cursor) -> Cursor:
        """Where a tier begins, or further on where the page does."""
        return max(start, Cursor(step=2 * self.number(tier)), key=lambda at: at.step)

    def answering(self, tier: str, batch: Batch) -> dict[int, Tiered]:
        """The forms of a batch that answer in a tier and in no better one."""
        return {form.id: (tier, form.rank) for form in batch.forms if self.matcher.tier(form.text) == tier}

    def bound(self, tier: str, batch: Batch) -> tuple[int, FoundForm] | None:
        """The step and the form after which others may follow; None behind the last batch."""
        if batch.last:
            return None
        # Of an empty batch that may go on nothing can be final.
        return 2 * self.number(tier), batch.forms[-1] if batch.forms else FoundForm(-1, "", FAR[0])

    def places(
        self, forms: Mapping[int, Tiered], at: Cursor, bound: tuple[int, FoundForm] | None
    ) -> Generator[Hit, None, Cursor]:
        """Places known by some forms, each with its tier, as far as no other form can bring one before them."""
        more = bool(forms)
        leasts = self.leasts(forms, at)
        while more:
            rows = self.rows(forms, leasts, at)
            # Where low ranks were left out of a tier, what comes behind the step they belong to must wait for them.
            both = zip(forms.values(), leasts, strict=True)
            left_out = [2 * self.number(tier) for (tier, _), least in both if least > LOWEST]
            furthest = max(min(left_out), at.step) if left_out else FAR[0]
            more, leasts = len(rows) == self.count or bool(left_out), [LOWEST] * len(forms)
            for hit, known in rows:
                if hit.step > furthest:
                    break
                if bound is not None and not self.final(hit, *bound):
                    return at
                at = Cursor(hit.step, hit.rank, hit.distance, hit.form, hit.place)
                if self.matcher.best(known) == (hit.step, hit.form):
                    yield hit
        return at

    def final(self, hit: Hit, step: int, bound: FoundForm) -> bool:
        """Whether no form of that step after `bound` can bring a hit that comes before this one."""
        if hit.step != step:
            return hit.step < step
        if self.question.near:
            return hit.rank > bound.rank
        return (-hit.rank, hit.form) <= (-bound.rank, bound.id)

    def leasts(self, forms: Mapping[int, Tiered], at: Cursor) -> list[int]:
        """The rank of each form's tier that as many forms reach as hits are wanted: those alone may fill the page.

        A form's best place has the form's rank, so it is still to come where the form's rank is below the cursor's.
        """
        ranks: dict[str, list[int]] = {}
        for tier, rank in forms.values():
            if rank < at.rank or at.step < 2 * self.number(tier):
                ranks.setdefault(tier, []).append(rank)
        least = {
            tier: sorted(found, reverse=True)[self.count - 1]
            for tier, found in ranks.items()
            if len(found) >= self.count
        }
        return [least.get(tier, LOWEST) for tier, _ in forms.values()]

    def rows(self, forms: Mapping[int, Tiered], leasts: Sequence[int], at: Cursor) -> list[tuple[Hit, list[Known]]]:
        """The next places known by some forms, with every name they are known by."""
        inside = any(self.forms.inside(tier) for tier, _ in forms.values())
        name = "past_rows" if self.question.as_of else "rows_within" if inside else "rows"
        name += "_near" if self.question.near and not inside else ""
        found = self.ask(
            name, forms=list(forms), tiers=[self.number(tier) for tier, _ in forms.values()], leasts=list(leasts),
            count=self.count, terms=self.forms.within, after_step=at.step, after_rank=at.rank,
            after_distance=at.distance, after_form=at.form, after_place=at.place,
        )  # fmt: skip
        return [
            (
                Hit(step, rank, distance, form, place, forms[form][0], name_id, inherited),
                [_known(each) for each in known],
            )
            for step, form, place, rank, distance, name_id, inherited, known in found
        ]

    def ask(self, name: str, **values: object) -> Sequence[tuple[Any, ...]]:
        """Rows of a statement, given what it declares of the filters and values."""
        asked = statement(name)
        declared = {parameter for parameter, _ in asked.parameters}
        both = {**self.parameters, **values}
        return self.reader.rows(asked, {key: value for key, value in both.items() if key in declared})


def _known(written: str) -> Known:
    """A name as `rows.sql` writes it: the number of its form, + or -, its text."""
    digits = next(at for at, char in enumerate(written) if char in "+-")
    return Known(int(written[:digits]), written[digits + 1 :], written[digits] == "-")
