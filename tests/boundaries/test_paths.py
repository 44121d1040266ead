"""The path of a division, from the province down: it follows every version, whoever writes that."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from boundaries.divisions import areas
from tests.makers import division_id

RUGAO = "320682"


def told(session: Session, code: str) -> list[str]:
    found: list[str] = session.execute(
        text("SELECT path FROM boundaries.division_path WHERE division_id = :id"), {"id": division_id(session, code)}
    ).scalar_one()
    return found


def by_hand(session: Session) -> dict[int, tuple[str, list[str]]]:
    """Code and path of every division that has a version: as it is today, or as it was on its last day."""
    rows = session.execute(text(
        "SELECT division_id, code, name, parent_id, valid_from, valid_to FROM boundaries.division_version"
        " ORDER BY valid_from"
    )).all()  # fmt: skip
    latest = {row.division_id: row for row in rows}

    def path(id_: int | None, end: date | None) -> list[str]:
        then = [row for row in rows if row.division_id == id_ and (end is None or row.valid_from < end)]
        return [*path(then[-1].parent_id, end), then[-1].name] if then else []

    return {id_: (row.code, path(id_, row.valid_to)) for id_, row in latest.items()}


def written(session: Session) -> dict[int, tuple[str, list[str]]]:
    rows = session.execute(text("SELECT division_id, code, path FROM boundaries.division_path"))
    return {row.division_id: (row.code, row.path) for row in rows}


def test_every_division_has_the_names_above_it_those_that_are_no_more_included(session: Session) -> None:
    assert told(session, RUGAO) == ["江苏省", "南通市", "如皋市"]
    assert written(session) == by_hand(session)
    ended = session.scalar(text(
        "SELECT count(*) FROM boundaries.division_path p WHERE NOT EXISTS (SELECT FROM boundaries.division_version v"
        " WHERE v.division_id = p.division_id AND v.valid_to IS NULL)"
    ))  # fmt: skip
    assert ended


def test_a_city_that_is_renamed_is_renamed_in_the_paths_of_its_counties(session: Session) -> None:
    city = division_id(session, "320600")
    session.execute(
        text("UPDATE boundaries.division_version SET name = '江海市' WHERE division_id = :id AND valid_to IS NULL"),
        {"id": city},
    )
    assert told(session, RUGAO) == ["江苏省", "江海市", "如皋市"]
    assert written(session) == by_hand(session)


def test_a_county_that_goes_to_another_city_is_found_under_that(session: Session) -> None:
    county, city = division_id(session, RUGAO), division_id(session, "321200")
    ids = {"county": county, "city": city}
    session.execute(text(
        "UPDATE boundaries.division_version SET valid_to = '2026-06-01', to_precision = 'day'"
        " WHERE division_id = :county AND valid_to IS NULL"
    ), ids)  # fmt: skip
    session.execute(text("""
        INSERT INTO boundaries.division_version
            (division_id, code, code_system, name, level, type, parent_id, valid_from, from_precision, source, note)
        SELECT division_id, '321299', code_system, name, level, type, :city, '2026-06-01', 'day', source, note
        FROM boundaries.division_version WHERE division_id = :county AND valid_to = '2026-06-01'
    """), ids)  # fmt: skip
    found = session.execute(text("SELECT code, path FROM boundaries.division_path WHERE division_id = :county"), ids)
    assert tuple(found.one()) == ("321299", ["江苏省", "泰州市", "如皋市"])
    session.execute(text(
        "DELETE FROM boundaries.division_version WHERE division_id = :county AND valid_from = '2026-06-01'"
    ), ids)  # fmt: skip
    assert written(session) == by_hand(session)


def test_paths_that_were_spoilt_by_hand_are_mended_when_everything_is_derived_anew(session: Session) -> None:
    right = written(session)
    session.execute(text("UPDATE boundaries.division_path SET path = '{错}' WHERE code LIKE '3206%'"))
    session.execute(text("DELETE FROM boundaries.division_path WHERE code LIKE '3205%'"))
    areas.rebuild(session)
    assert written(session) == right


def test_a_city_that_is_no_more_is_told_under_the_names_of_its_last_day(session: Session) -> None:
    of_suqian = text(
        "SELECT p.path FROM boundaries.division_path p JOIN boundaries.division_version v USING (division_id)"
        " WHERE v.name = '宿迁市' AND v.level = 'county' AND v.valid_to IS NOT NULL"
    )
    assert ["江苏省", "淮阴市", "宿迁市"] in list(session.scalars(of_suqian))
