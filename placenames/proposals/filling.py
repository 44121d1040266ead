"""Writes given fields into a case, checked one by one; every fault is told at once, the spelling follows the name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import shapely
from geoalchemy2.elements import WKBElement
from geoalchemy2.shape import from_shape, to_shape
from sqlalchemy.orm import Session

from foundation import coordinates
from foundation.database import SessionReader
from foundation.errors import FieldError, Malformed, Refused
from foundation.files.models import SECRECIES
from foundation.texts import LINE, read_text
from placenames.proposals import findings, ways
from placenames.proposals.drafts import read_geometry, read_name
from placenames.proposals.models import Proposal
from placenames.spelling.rules import Spelling, spell
from placenames.spelling.syllables import toneless

LONGEST = {"meaning": 4000, "reason": 4000, "location": 500}
NAMES = ("name", "specific", "generic")


class Faults:
    """The faults found so far; `noted()` keeps one and goes on."""

    def __init__(self) -> None:
        self.found: list[FieldError] = []

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Keep what is wrong with one field, and go on with the next."""
        try:
            yield
        except Malformed as bad:
            self.found.extend(bad.errors)

    def tell(self) -> None:
        """Raise `Malformed` with every fault, where there is one."""
        if self.found:
            raise Malformed(self.found)


def fill(session: Session, case: Proposal, way: ways.Way, fields: Mapping[str, Any]) -> None:
    """Write the fields of a request body into a case; raises `Malformed` with every fault, `Refused` for 秘密."""
    faults = Faults()
    given = {name: value for name, value in fields.items() if value is not None}
    before = case.name
    if "name" in given and given["name"] != before and not {"specific", "generic"} & set(given):
        # The old parts do not make up the new name: it is split anew.
        case.specific = case.generic = ""
    for name in NAMES:
        if name in given:
            with faults.noted():
                setattr(case, name, read_name(given[name], name))
    for name, longest in LONGEST.items():
        if name in given:
            with faults.noted():
                setattr(case, name, read_text(given[name], name, longest))
    for name, value in given.get("applicant", {}).items():
        with faults.noted():
            setattr(case, f"applicant_{name}", read_text(value, f"applicant.{name}", LINE))
    if "secrecy" in given:
        with faults.noted():
            case.secrecy = _secrecy(given["secrecy"])
    with faults.noted():
        _locate(session, case, way, fields)
    if not faults.found:
        # What an officer confirmed stays confirmed as long as the name is the same.
        confirmed = case.readings if case.readings_certain and case.name == before else None
        with faults.noted():
            _spell(case, way, given.get("readings") or confirmed)
    faults.tell()


def _secrecy(given: str) -> str:
    if given == "秘密":
        raise Refused("本系统不能存放秘密级材料。", remedy="请线下办理,这里不要录入任何内容。")
    if given not in SECRECIES:
        raise Malformed([FieldError("secrecy", f"没有“{given[:10]}”这个密级", "请选公开或内部")])
    return given


def _locate(session: Session, case: Proposal, way: ways.Way, fields: Mapping[str, Any]) -> None:
    """Take the geometry that is given (null: 待采集), or look again at the one there: the division may be new."""
    drawn = read_geometry(fields["geometry"]) if "geometry" in fields else shape_of(case)
    if drawn is not None:
        reader, text = SessionReader(session), shapely.to_geojson(drawn)
        # A township whose area is not known is looked at by its county.
        beyond = ways.outside(reader, way.division_id, text) or ways.outside(reader, way.handler_id, text)
        if beyond is not None and (fault := findings.outside(*beyond)):
            raise Malformed([fault])
    case.geom = None if drawn is None else from_shape(drawn, srid=coordinates.CGCS2000)


def shape_of(case: Proposal) -> shapely.Geometry | None:
    """The geometry of a case (EPSG:4490), or None: 待采集."""
    return to_shape(case.geom) if isinstance(case.geom, WKBElement) else None


def _spell(case: Proposal, way: ways.Way, readings: list[str] | None) -> None:
    """Split and spell the name; parts that are given must make it up (DOMAIN §2.4)."""
    if not case.name:
        case.readings, case.readings_certain, case.roman, case.plain, case.sound = [], False, "", "", ""
        return
    whole = bool(case.specific and case.generic)
    if whole and case.specific + case.generic != case.name:
        msg = f"专名“{case.specific}”加通名“{case.generic}”不等于名称“{case.name}”"
        raise Malformed([FieldError("specific", msg, "请核对:专名 + 通名 = 名称")])
    spelling = spelled(case, way, readings)
    if not whole:
        case.specific, case.generic = spelling.specific, spelling.generic
    case.readings = [reading.reading for reading in spelling.readings]
    case.readings_certain = all(reading.certain for reading in spelling.readings)
    case.roman, case.plain = spelling.roman, spelling.plain
    case.sound = "".join(toneless(reading) for reading in case.readings).lower().replace("ü", "v")


def spelled(case: Proposal, way: ways.Way, readings: list[str] | None) -> Spelling:
    """The spelling of the case's name; an officer's own cut counts only where it is not the usual one.

    A cut given by hand switches the rule of numerals off (纬三路 is Wěi 3 Lù; 1984 rules, 7).
    """
    usual = spell(case.name, way.spelling_kind, readings=readings, division=way.code)
    if not (case.specific and case.generic) or case.specific == usual.specific:
        return usual
    return spell(case.name, way.spelling_kind, readings=readings, split=len(case.specific), division=way.code)


def content(case: Proposal) -> dict[str, Any]:
    """What the journal keeps of a case's content."""
    drawn = shape_of(case)
    names = (
        "class_label", "division_id", *NAMES, "roman", *LONGEST, "secrecy", "applicant_name", "applicant_code",
        "applicant_contact", "applicant_phone",
    )  # fmt: skip
    told: dict[str, Any] = {name: getattr(case, name) for name in names}
    return told | {"geometry": None if drawn is None else shapely.to_wkt(drawn, 7)}
