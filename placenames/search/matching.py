"""How a name answers a question: its tier, by plain rules over texts and readings. Pure: no session, no database."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from placenames.search.question import Question
from placenames.search.tokens import NEAR_LENGTHS, query_near_codes
from placenames.spelling.readings import SearchKey, search_keys


@dataclass(frozen=True)
class Known:
    """A name under which a place is known: the number of its form, its text, and whether it is a former one."""

    form: int
    text: str
    former: bool


class Matcher:
    """Sorts names into the tiers of one question."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self._tiers = {name: _RULES[name] for name in question.tiers if name in _RULES}
        self._found: dict[str, str | None] = {}

    def tier(self, text: str) -> str | None:
        """The best tier in which a name answers, None where it does not."""
        if text not in self._found:
            rules = ((name, rule) for name, rule in self._tiers.items())
            self._found[text] = next((name for name, rule in rules if rule(self.question, text)), None)
        return self._found[text]

    def step(self, text: str, *, former: bool) -> int | None:
        """Where a name comes in the order of the question: tier by tier, names in use before former ones."""
        tier = self.tier(text)
        return None if tier is None else 2 * self.question.tiers.index(tier) + former

    def best(self, names: Iterable[Known]) -> tuple[int, int] | None:
        """Step and form under which a place is told, of all the names it is known by; None where none answers."""
        steps = ((self.step(name.text, former=name.former), name.form) for name in names)
        return min(((step, form) for step, form in steps if step is not None), default=None)


@lru_cache(maxsize=20_000)
def sounds(text: str) -> tuple[SearchKey, ...]:
    """What people may type for a name (see `search_keys`), kept for names that are asked for again."""
    return search_keys(text)


def one_apart(one: str, other: str) -> bool:
    """Whether two texts differ by one character: wrong, missing, extra, or swapped with its neighbour."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, also = one[start:], other[start:]
    if len(rest) == len(also):
        return rest[1:] == also[1:] or (len(rest) > 1 and rest[:2] == also[1::-1] and rest[2:] == also[2:])
    return rest[1:] == also or rest == also[1:]


def _exact(question: Question, text: str) -> bool:
    return text == question.text


def _prefix(question: Question, text: str) -> bool:
    return text.startswith(question.text)


def _substring(question: Question, text: str) -> bool:
    return question.text in text


def _pinyin(question: Question, text: str) -> bool:
    return question.holds_its_characters(text) and any(key.pinyin == question.latin for key in sounds(text))


def _pinyin_prefix(question: Question, text: str) -> bool:
    return question.holds_its_characters(text) and any(key.pinyin.startswith(question.latin) for key in sounds(text))


def _initials(question: Question, text: str) -> bool:
    return question.holds_its_characters(text) and any(key.initials == question.initials for key in sounds(text))


def _homophone(question: Question, text: str) -> bool:
    return bool(question.keys) and not question.keys.isdisjoint(key.pinyin for key in sounds(text))


def _fuzzy(question: Question, text: str) -> bool:
    # No others than those that codes of neighbours are kept for (`tokens.near_codes`).
    kept = len(text) in NEAR_LENGTHS or len(text) < len(question.text)
    return bool(question.keys and query_near_codes(question.text)) and kept and one_apart(question.text, text)


_RULES: dict[str, Callable[[Question, str], bool]] = {
    "exact": _exact, "prefix": _prefix, "substring": _substring, "pinyin": _pinyin, "pinyin_prefix": _pinyin_prefix,
    "initials": _initials, "homophone": _homophone, "fuzzy": _fuzzy,
}  # fmt: skip
