"""What is asked of the search, read from what people type. Pure: no session, no database."""

from __future__ import annotations

import base64
import json
import math
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date

from foundation.errors import FieldError, Malformed
from placenames.spelling.readings import read, search_keys
from placenames.spelling.syllables import key

LONGEST = 100
MOST = 200
FIRST_PAGE = 20
FAR = (2**31 - 1, -1.0, -1)
# Metres told for a place without a position, so that it comes last in its rank; never shown.
FAR_AWAY = 1e9
# Counting goes this far, or as far as the page; beyond it a total is "at least".
COUNTED = 20
# Where so many names have the characters that were typed, nobody meant others.
ENOUGH = 10
SHORTEST_HOMOPHONE = 2
LONGEST_CURSOR = 300
MOST_WAYS = 100
MOST_PARTS = 4
# What stands between characters without a meaning of its own: blanks, those that nobody sees, quotation marks, dots.
_BLANK = re.compile(r"[\s\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff'’‘`·\"“”„«»\-]+")
# What people type around a name: marks of a sentence and pictures. A question of nothing else stays what it is.
_MARKS = re.compile(
    r"[,、;。?!《》〈〉「」『』【】〔〕"
    r"\u200d\u20e3\u2600-\u27bf\ufe0f\U0001f000-\U0001faff\U000e0020-\U000e007f]+|^[.:~]+|[.:~]+$"
)
_BETWEEN = re.compile(r"[\s,\uff0c、;\uff1b。]+")
_LATIN = re.compile(r"[a-z]+")
# What people say around the name that they ask for.
_ASKED = re.compile(
    r"(?:请问|我想问|查一下|查询|帮我查|我要去|导航到)?(?:以前的|原来的)?(.{2,}?)"
    r"(?:(?:现在|如今|目前)?(?:改名)?(?:叫什么|叫啥|叫什么名字|是什么地方|是哪里|在哪里|在哪儿|在哪|怎么走"
    r"|(?:在|归|属|属于)哪(?:里|个省|个市|个县|个区|个镇|个街道)管?)|(?:现在|如今)的名字)"
)
_CODE = re.compile(r"\d{2,12}")

HAN = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_RUNS = re.compile(rf"{HAN.pattern}+|[^{HAN.pattern[1:]}+")
_LETTERS_OR_HAN = re.compile(rf"(?:{HAN.pattern}|[a-z])+")

STRICT = ("exact", "prefix", "substring")
LOOSE = ("homophone", "fuzzy")
HAN_TIERS = (*STRICT, *LOOSE)
LATIN_TIERS = ("pinyin", "pinyin_prefix", "initials")
MIXED_TIERS = (*STRICT, *LATIN_TIERS)
CODE_TIERS = ("code", *STRICT)


@dataclass(frozen=True)
class Cursor:
    """Where a page ended, and the total that was told with the first page.

    `step` counts the tiers twice: names in use, then former ones. Then rank, distance, form, whether it lies
    away from the bureau's area (0 or 1), and place of the last entry. `loose` says whether the tiers of other
    characters are asked, `way` which reading of the question it is.
    """

    step: int = 0
    rank: int = FAR[0]
    distance: float = FAR[1]
    form: int = -1
    away: int = -1
    place: int = FAR[2]
    total: int = 0
    exact: bool = True
    loose: bool = True
    way: int = 0

    def written(self) -> str:
        """The cursor as a text for an address."""
        fields = [
            self.step, self.rank, self.distance, self.form, self.away, self.place, self.total, self.exact, self.loose,
            self.way,
        ]  # fmt: skip
        return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")


def read_cursor(written: str) -> Cursor:
    """The cursor that an earlier page gave; raises `Malformed` for anything else."""
    try:
        if len(written) > LONGEST_CURSOR:
            raise ValueError(written)
        fields = json.loads(base64.urlsafe_b64decode(written + "=" * (-len(written) % 4)))
        step, rank, distance, form, away, place, total, exact, loose, way = fields
        cursor = Cursor(
            int(step), int(rank), float(distance), int(form), int(away), int(place), int(total), bool(exact),
            bool(loose), int(way),
        )  # fmt: skip
    except (ValueError, TypeError, OverflowError):
        cursor = None
    if cursor is None or not (
        0 <= cursor.step < 2 * max(map(len, (HAN_TIERS, LATIN_TIERS, MIXED_TIERS, CODE_TIERS)))
        and abs(cursor.rank) <= FAR[0]
        and -1 <= cursor.form < 1 << 31
        and -1 <= cursor.distance <= FAR_AWAY
        and -1 <= cursor.away <= 1
        and -1 <= cursor.place < 1 << 63
        and 0 <= cursor.total <= MOST
        and 0 <= cursor.way < MOST_WAYS
    ):
        raise Malformed([FieldError("cursor", "翻页标记无效", "请从第一页重新查询")])
    return cursor


@dataclass(frozen=True)
class Question:
    """A question ready to be asked: the text in the form its tiers compare, and what narrows it.

    `latin` and `initials` are its letters as pinyin and as initials; where characters stand beside letters (如gao)
    those are read, and a name must have them where they stand. `keys` are the readings of characters alone. `home` is
    the bureau's division: among places of one name and rank its own come first.
    """

    asked: str
    text: str
    tiers: tuple[str, ...]
    limit: int
    latin: str = ""
    initials: str = ""
    keys: frozenset[str] = frozenset()
    division: str | None = None
    class_: str | None = None
    bbox: tuple[float, float, float, float] | None = None
    near: tuple[float, float] | None = None
    as_of: date | None = None
    home: int | None = None
    cursor: Cursor | None = None

    @property
    def plain(self) -> bool:
        """Whether nothing narrows the question or prefers a part of the answers, and its first page is asked for."""
        return not any((self.division, self.class_, self.bbox, self.near, self.home, self.as_of, self.cursor))

    def holds_its_characters(self, text: str) -> bool:
        """Whether a name has the characters that were typed between letters, each run after the one before."""
        if self.tiers is not MIXED_TIERS:
            return True
        at = 0
        for number, run in enumerate(_RUNS.findall(self.text)):
            if not HAN.match(run):
                at += 1  # letters stand for one character at least
                continue
            found = text.find(run, at)
            if found < 0 or (number == 0 and found > 0):
                return False
            at = found + len(run)
        return at <= len(text)


def read_question(asked: str, *, limit: int = FIRST_PAGE) -> Question:
    """Read what was typed: Han characters, pinyin with or without tones, initials, or a code.

    Characters are never turned into pinyin. Raises `Malformed` for an empty or too long question.
    """
    shown = asked.strip()
    text = _BLANK.sub("", unicodedata.normalize("NFKC", shown).replace("\x00", ""))
    text = _MARKS.sub("", text) or text
    if not text or len(asked) > LONGEST:
        why, remedy = ("请输入要查的地名", "可输入汉字、拼音、拼音首字母或区划代码") if not text else (
            f"输入太长(最多{LONGEST}个字)", "请只输入地名本身"
        )  # fmt: skip
        raise Malformed([FieldError("q", why, remedy)])
    asked_for = _ASKED.fullmatch(text)
    text = asked_for[1] if asked_for else text
    latin = _untoned(text)
    if _LATIN.fullmatch(latin):
        return Question(shown, latin, LATIN_TIERS, limit, latin, latin)
    if _CODE.fullmatch(text):
        return Question(shown, text, CODE_TIERS, limit)
    if _LETTERS_OR_HAN.fullmatch(latin):
        return _with_characters(Question(shown, text, HAN_TIERS, limit), latin)
    return Question(shown, text, HAN_TIERS, limit)


def turned_round(question: Question) -> str | None:
    """The parts of what was typed from the last to the first (白蒲 如皋); None where it is in one part, or in many."""
    parts = [part for part in _BETWEEN.split(question.asked) if part]
    if not 1 < len(parts) <= MOST_PARTS or not all(map(HAN.search, parts)):
        return None
    return read_question("".join(reversed(parts))).text


def _with_characters(question: Question, latin: str) -> Question:
    """A question of characters, alone or between letters, with its readings."""
    if _LATIN.search(latin):
        # Letters stay as they are; only characters are read.
        read_ = [
            syllable
            for run in _RUNS.findall(latin)
            for syllable in ([key(it.reading) for it in read(run)] if HAN.match(run) else run)
        ]
        initials = "".join(syllable[:1] for syllable in read_)
        return replace(question, tiers=MIXED_TIERS, latin="".join(read_), initials=initials)
    if len(latin) < SHORTEST_HOMOPHONE:
        return question
    return replace(question, keys=frozenset(found.pinyin for found in search_keys(latin)))


def _untoned(text: str) -> str:
    """Pinyin as the index keeps it: lower case, no tones, v for ü."""
    marked = unicodedata.normalize("NFD", text.lower()).replace("u\u0308", "v")
    # A tone may stand between u and its two dots, or after them.
    marked = re.sub("u[\u0300\u0301\u0304\u030c]\u0308", "v", marked)
    return "".join(char for char in marked if not unicodedata.combining(char))


def numbers(text: str | None, loc: str, names: tuple[str, ...]) -> tuple[float, ...] | None:
    """Read `a,b,…` as finite numbers; raises `Malformed` naming what is expected."""
    if text is None or text == "":
        return None
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        values = ()
    limits = {"west": 180, "east": 180, "lon": 180, "south": 90, "north": 90, "lat": 90}
    outside = any(abs(value) > limits[name] for name, value in zip(names, values, strict=False))
    turned = len(values) == len(names) == 4 and (values[0] > values[2] or values[1] > values[3])
    if outside or turned or len(values) != len(names) or any(map(math.isnan, values)):
        why = "范围的西应小于东,南应小于北" if turned and not outside else "坐标写法不对"
        raise Malformed([FieldError(loc, why, f"请写成 {','.join(names)},用十进制度")])
    return values


def narrowed(question: Question, **narrowing: object) -> Question:
    """The question with its filters."""
    return replace(question, **narrowing)  # type: ignore[arg-type]
