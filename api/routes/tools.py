"""What the forms ask while somebody writes: classes, the route of a class, the spelling of a name."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.access import Public, PublicReader, Staff, StaffReader
from placenames.proposals import queries
from placenames.register.queries import classes
from placenames.spelling.rules import Kind, spell

router = APIRouter(tags=["工具"], prefix="/api")


class SpellBody(BaseModel):
    """A name to spell, with what a person has decided about it."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=100)
    kind: Kind
    division: str | None = None
    readings: list[str] | None = None
    split: int | list[int] | None = None
    ordinal: bool | None = None


@router.get("/classes", summary="地名类别")
def listed(access: Public, reader: PublicReader) -> dict[str, Any]:
    """The table of classes."""
    return {"items": classes(reader), "next": None}


@router.get("/routes", summary="办理路径:由谁受理、由谁批准")
def route(
    actor: Staff,
    reader: StaffReader,
    class_: Annotated[str, Query(alias="class", description="类别名称或五位代码")],
    division: Annotated[str, Query(description="六位区划代码")],
) -> dict[str, Any]:
    """Who handles and who decides on a class in a division, before anyone writes a word."""
    return queries.route(reader, class_, division)


@router.post("/names/spell", summary="罗马字母拼写")
def spelled(access: Public, given: SpellBody) -> dict[str, Any]:
    """The Roman spelling of a name by the rules of 1984, with its parts and readings."""
    found = spell(
        given.name, given.kind, readings=given.readings, split=given.split, ordinal=given.ordinal,
        division=given.division,
    )  # fmt: skip
    return {
        "roman": found.roman, "plain": found.plain,
        "parts": [{"text": part.text, "roman": part.roman} for part in found.parts],
        "readings": [{"char": r.char, "reading": r.reading, "certain": r.certain} for r in found.readings],
    }  # fmt: skip
