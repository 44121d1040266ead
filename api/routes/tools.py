"""Tools for everyone: the table of classes, the Roman spelling of a name (CONTRACT §3)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.access import Public, PublicReader
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
