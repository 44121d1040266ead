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

LONGEST = 100
MOST = 200
FIRST_PAGE = 20
FAR = (2**31 - 1, -1.0, -1)
# Metres told for a place without a position, so that it comes last in its rank; never shown.
FAR_AWAY = 1e9
# Counting goes this far; beyond it a total is "at least".
COUNTED = 200
LONGEST_CURSOR = 300
_BLANK = re.compile(r"[\s'’‘`·\-]+")
_LATIN = re.compile(r"[a-z]+")
_CODE = re.compile(r"\d{2,12}")

HAN_TIERS = ("exact", "prefix", "substring")
LATIN_TIERS = ("pinyin", "pinyin_prefix", "initials")
CODE_TIERS = ("code", *HAN_TIERS)


@dataclass(frozen=True)
class Cursor:
    """Where a page ended: tier, rank, distance and place of its last entry, and the total told with the first page."""

    tier: int = 0
    rank: int = FAR[0]
    distance: float = FAR[1]
    place: int = FAR[2]
    total: int = 0
    exact: bool = True

    def written(self) -> str:
        """The cursor as a text for an address."""
        fields = [self.tier, self.rank, self.distance, self.place, self.total, self.exact]
        return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")


def read_cursor(written: str) -> Cursor:
    """The cursor that an earlier page gave; raises `Malformed` for anything else."""
    try:
        if len(written) > LONGEST_CURSOR:
            raise ValueError(written)
        fields = json.loads(base64.urlsafe_b64decode(written + "=" * (-len(written) % 4)))
        tier, rank, distance, place, total, exact = fields
        cursor = Cursor(int(tier), int(rank), float(distance), int(place), int(total), bool(exact))
    except (ValueError, TypeError, OverflowError):
        cursor = None
    if cursor is None or not (
        0 <= cursor.tier < max(map(len, (HAN_TIERS, LATIN_TIERS, CODE_TIERS)))
        and abs(cursor.rank) <= FAR[0]
        and -1 <= cursor.distance <= FAR_AWAY
        and -1 <= cursor.place < 1 << 63
        and 0 <= cursor.total <= COUNTED
    ):
        raise Malformed([FieldError("cursor", "翻页标记无效", "请从第一页重新查询")])
    return cursor


@dataclass(frozen=True)
class Question:
    """A question ready to be asked: the text in the form its tiers compare, and what narrows it."""

    asked: str
    text: str
    tiers: tuple[str, ...]
    limit: int
    division: str | None = None
    class_: str | None = None
    bbox: tuple[float, float, float, float] | None = None
    near: tuple[float, float] | None = None
    as_of: date | None = None
    cursor: Cursor | None = None


def read_question(asked: str, *, limit: int = FIRST_PAGE) -> Question:
    """Read what was typed: Han characters, pinyin with or without tones, initials, or a code.

    Characters are never turned into pinyin. Raises `Malformed` for an empty or too long question.
    """
    shown = asked.strip()
    text = _BLANK.sub("", unicodedata.normalize("NFKC", shown).replace("\x00", ""))
    if not text or len(asked) > LONGEST:
        why, remedy = ("请输入要查的地名", "可输入汉字、拼音、拼音首字母或区划代码") if not text else (
            f"输入太长(最多{LONGEST}个字)", "请只输入地名本身"
        )  # fmt: skip
        raise Malformed([FieldError("q", why, remedy)])
    latin = _untoned(text)
    if _LATIN.fullmatch(latin):
        return Question(shown, latin, LATIN_TIERS, limit)
    return Question(shown, text, CODE_TIERS if _CODE.fullmatch(text) else HAN_TIERS, limit)


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
        raise Malformed([FieldError(loc, "坐标写法不对", f"请写成 {','.join(names)},用十进制度")])
    return values


def narrowed(question: Question, **narrowing: object) -> Question:
    """The question with its filters."""
    return replace(question, **narrowing)  # type: ignore[arg-type]
