"""`GET /api/search` and `GET /api/lookup`: finding names, and what is here."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.access import Public, PublicReader
from api.installation import installation
from boundaries.divisions import queries as divisions
from foundation import clock, dates
from foundation.coordinates import CHINA, grid
from foundation.errors import FieldError, Malformed
from placenames.search import queries
from placenames.search.question import FIRST_PAGE, MOST, Question, narrowed, numbers, read_cursor, read_question
from placenames.search.schemas import LookupAnswer, SearchAnswer

router = APIRouter(tags=["公众查询"])
Limit = Annotated[int, Query(ge=1, le=MOST, description="每页条数")]
ASKED = {
    "q": "地名、拼音、拼音首字母或区划代码,最多 100 字",
    "division": "只查这个区划(六位代码)以内",
    "class": "类别代码(几个类别同码的,指这一组)或名称",
    "bbox": "只查这个范围:西,南,东,北",
    "near": "经度,纬度;匹配程度、重要性相同的,近的在前,并给出距离",
    "as_of": "某日或某年(12月31日)的情形",
    "limit": "每页条数",
    "cursor": "上一页给出的 next",
}
_LIMIT = {"type": "integer", "minimum": 1, "maximum": MOST, "default": FIRST_PAGE}
_DESCRIBED = [
    {
        "name": name, "in": "query", "required": False, "description": meaning,
        "schema": _LIMIT if name == "limit" else {"type": "string"},
    }
    for name, meaning in ASKED.items()
]  # fmt: skip


# It reads its parameters itself: declared ones would cost as much again as the rest of the way to the database.
@router.get(
    "/api/search", summary="按名称、拼音、首字母或代码查地名", responses={200: {"model": SearchAnswer}},
    openapi_extra={"parameters": _DESCRIBED},
)  # fmt: skip
def search(access: Public, reader: PublicReader, request: Request) -> Response:
    """Tier by tier: exact, prefix, substring; pinyin and initials, also beside characters (如gao); codes.

    Former names find the present place. Where nothing has the name as typed, traditional characters, house numbers
    (`note`: 门牌未收录) and whole addresses are read; then names that sound alike or differ by one character.
    """
    given = request.query_params.get
    asked = question(
        given("q", ""), home=installation(reader).home, division=given("division"), class_=given("class"),
        bbox=given("bbox"), near=given("near"), as_of=given("as_of"), limit=_limit(given("limit")),
        cursor=given("cursor"),
    )  # fmt: skip
    return Response(queries.search(reader, asked), media_type="application/json")


def _limit(written: str | None) -> int:
    if written is None:
        return FIRST_PAGE
    if written.isascii() and written.isdigit() and len(written) <= len(str(MOST)) and 1 <= int(written) <= MOST:
        return int(written)
    raise Malformed([FieldError("limit", "每页条数不对", f"请写 1–{MOST} 的整数")])


def question(
    q: str,
    *,
    home: int | None,
    division: str | None = None,
    class_: str | None = None,
    bbox: str | None = None,
    near: str | None = None,
    as_of: str | None = None,
    limit: int = FIRST_PAGE,
    cursor: str | None = None,
) -> Question:
    """A question as an address writes it, for the API and for the page; raises `Malformed` for what is not one."""
    return narrowed(
        read_question(q, limit=limit),
        division=division or None,
        class_=class_ or None,
        bbox=numbers(bbox, "bbox", ("west", "south", "east", "north")),
        near=numbers(near, "near", ("lon", "lat")),
        as_of=dates.as_of(as_of, clock.today()) if as_of else None,
        home=home,
        cursor=read_cursor(cursor) if cursor else None,
    )


@router.get("/api/lookup", summary="这里是哪里:所在区划和附近的地名", responses={200: {"model": LookupAnswer}})
def lookup(
    access: Public,
    reader: PublicReader,
    lon: Annotated[float, Query(description="经度(CGCS2000)")],
    lat: Annotated[float, Query(description="纬度(CGCS2000)")],
    as_of: Annotated[str | None, Query(description="某日或某年(12月31日)的情形")] = None,
) -> dict[str, object]:
    """The divisions that contain the point, from the highest down, and the nearest places with metres."""
    check_position(lon, lat)
    today = clock.today()
    day = dates.as_of(as_of, today)
    found = divisions.containing(reader, lon, lat, day if day < today else None)
    return {"lon": lon, "lat": lat, "grid": grid(lon, lat), **found, "places": queries.nearest(reader, lon, lat, day)}


def check_position(lon: float, lat: float) -> None:
    """Raise `Malformed` for a position outside China, and say so where only the axes are swapped."""
    west, south, east, north = CHINA
    if west <= lon <= east and south <= lat <= north:
        return
    if west <= lat <= east and south <= lon <= north:
        raise Malformed([FieldError("lon", "经度和纬度写反了", f"请改为 lon={lat}&lat={lon}")])
    raise Malformed([FieldError("lon", "坐标不在我国范围内", "请用十进制度,经度 73–136,纬度 3–54")])
