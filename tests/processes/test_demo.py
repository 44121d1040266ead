"""The demonstration holds what the issue promises: Jiangsu's divisions in time, and its places where they lie."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, text

from foundation import journal
from foundation.database import engine
from foundation.errors import Refused
from processes import demo, search
from tests.processes.content import derived


def one(connection: Connection, question: str, **parameters: object) -> Any:
    """The first value of a question."""
    return connection.scalar(text(question), parameters)


def many(connection: Connection, question: str, **parameters: object) -> list[tuple[Any, ...]]:
    """The rows of a question."""
    return [tuple(row) for row in connection.execute(text(question), parameters)]


def test_the_province_its_cities_and_counties_are_there(connection: Connection) -> None:
    living = many(
        connection,
        "SELECT level, count(*), count(geom) FROM boundaries.division_version WHERE valid_to IS NULL GROUP BY level",
    )
    assert sorted(living) == [("county", 95, 95), ("prefecture", 13, 13), ("province", 1, 1)]
    assert one(connection, "SELECT count(*) FROM boundaries.division_version") == 297


def test_no_past_version_pretends_to_know_its_boundary(connection: Connection) -> None:
    past = "SELECT count(geom) FROM boundaries.division_version WHERE valid_to IS NOT NULL"
    assert one(connection, past) == 0


def test_every_living_division_has_exactly_one_standard_name_with_its_spelling(connection: Connection) -> None:
    rows = many(
        connection,
        "SELECT v.name, n.text, n.roman, n.plain FROM boundaries.division_version v"
        " JOIN placenames.place p ON p.own_division_id = v.division_id"
        " LEFT JOIN placenames.place_name n ON n.place_id = p.id AND n.kind = 'standard' AND n.status = 'standard'"
        " AND n.valid_to IS NULL WHERE v.valid_to IS NULL",
    )
    assert len(rows) == 109
    for name, spoken, roman, plain in rows:
        assert spoken == name
        assert roman
        assert roman[0].isupper()
        assert plain.isascii() or "ü" in plain
    assert ("如皋市", "如皋市", "Rúgāo Shì", "Rugao Shi") in rows


def test_a_division_that_ended_has_a_place_that_says_what_became_of_it(connection: Connection) -> None:
    lost = many(
        connection,
        "SELECT p.id FROM placenames.place p WHERE own_division_id IS NOT NULL"
        " AND NOT EXISTS (SELECT FROM boundaries.division_version v"
        "                 WHERE v.division_id = own_division_id AND v.valid_to IS NULL)"
        " AND NOT EXISTS (SELECT FROM placenames.place_lineage l WHERE l.from_place_id = p.id)",
    )
    assert lost == []


def test_tongzhou_city_is_a_former_name_of_tongzhou_district(connection: Connection) -> None:
    rows = many(
        connection,
        "SELECT n.kind, n.valid_to, s.name FROM placenames.place_name n JOIN published.search_place s"
        " ON s.place_id = n.place_id WHERE n.text = '通州市'",
    )
    assert [(kind, place) for kind, _, place in rows] == [("former", "通州区")]
    assert date(2009, 1, 1) <= rows[0][1] <= date(2009, 12, 31)


def test_the_place_of_pingjiang_district_leads_to_gusu_district(connection: Connection) -> None:
    rows = many(
        connection,
        "SELECT b.name, l.relation FROM placenames.place_name n"
        " JOIN placenames.place_lineage l ON l.from_place_id = n.place_id"
        " JOIN published.search_place b ON b.place_id = l.to_place_id WHERE n.text = '平江区'",
    )
    assert rows == [("姑苏区", "merged")]


def test_every_place_of_geonames_keeps_its_datum_its_source_and_its_key(connection: Connection) -> None:
    rows = many(
        connection,
        "SELECT datum, source, count(*), count(DISTINCT source_key), count(point) FROM placenames.place"
        " WHERE own_division_id IS NULL GROUP BY 1, 2",
    )
    assert rows == [("WGS84", "GeoNames", 746, 746, 746)]
    statuses = many(
        connection,
        "SELECT DISTINCT n.status FROM placenames.place_name n JOIN placenames.place p ON p.id = n.place_id"
        " WHERE p.source = 'GeoNames'",
    )
    assert statuses == [("recorded",)]


def test_every_place_lies_in_the_county_that_it_is_put_in(connection: Connection) -> None:
    wrong = many(
        connection,
        "SELECT p.id, v.name FROM placenames.place p JOIN boundaries.division_version v"
        " ON v.division_id = p.division_id AND v.valid_to IS NULL WHERE p.own_division_id IS NULL"
        " AND NOT (v.level = 'county' AND ST_Covers(v.geom, p.point))",
    )
    assert wrong == []
    unplaced = many(
        connection,
        "SELECT p.id FROM placenames.place p WHERE p.division_id IS NULL AND EXISTS"
        " (SELECT FROM boundaries.division_version v WHERE level = 'county' AND ST_Covers(v.geom, p.point))",
    )
    assert unplaced == []


def test_who_lies_in_no_county_is_seen_by_nobody(connection: Connection) -> None:
    outside = "SELECT count(*) FROM placenames.place WHERE division_id IS NULL AND own_division_id IS NULL"
    number = one(connection, outside)
    assert 0 < number < 40
    seen = "SELECT count(*) FROM published.{0} WHERE {1} IN (SELECT id FROM placenames.place WHERE division_id IS NULL)"
    for view, column in (("place", "id"), ("place_name", "place_id"), ("search_place", "place_id"),
                         ("search_row", "place_id"), ("map_point", "place_id")):  # fmt: skip
        assert one(connection, seen.format(view, column)) == 0, view


def test_everything_else_is_seen_by_everyone(connection: Connection) -> None:
    public = one(connection, "SELECT count(*) FROM published.place")
    hidden = one(connection, "SELECT count(*) FROM placenames.place WHERE division_id IS NULL")
    assert public + hidden == one(connection, "SELECT count(*) FROM placenames.place")


def test_the_register_says_that_it_holds_the_demonstration(connection: Connection) -> None:
    assert one(connection, "SELECT value FROM published.policy WHERE name = 'dataset'") == "demo-jiangsu"


def test_the_journal_has_a_line_for_every_record_and_its_chain_holds(connection: Connection) -> None:
    rows = many(connection, "SELECT subject_kind, verb, reason, count(*) FROM foundation.journal GROUP BY 1, 2, 3")
    places = one(connection, "SELECT count(*) FROM placenames.place")
    people = one(connection, "SELECT count(*) FROM foundation.person")
    assert sorted(rows) == [
        ("division", "record", "载入演示数据", 297),
        ("person", "add", "", people),
        ("person", "grant", "", people),
        ("place", "record", "载入演示数据", places),
    ]
    assert journal.verify(connection) == (297 + places + 2 * people, None)


def test_a_loaded_demonstration_is_not_loaded_again(own_demo_address: str) -> None:
    assert not demo.needed("jiangsu")
    said: list[str] = []
    with engine().connect() as connection:
        before = one(connection, "SELECT count(*) FROM foundation.journal")
    assert demo.load(lambda done, of, note: said.append(note)) == {"summary": "演示数据已经载入"}
    assert said == []
    with engine().connect() as connection:
        assert one(connection, "SELECT count(*) FROM foundation.journal") == before


def test_the_demonstration_is_not_mixed_into_a_register_of_its_own(own_demo_address: str) -> None:
    with engine().begin() as connection:
        connection.execute(text("DELETE FROM foundation.policy WHERE name = 'dataset'"))
    said: list[str] = []
    with pytest.raises(Refused, match="已有数据"):
        demo.load(lambda done, of, note: said.append(note))
    assert said == []


def test_an_empty_register_needs_the_demonstration_only_when_it_is_wanted(own_address: str) -> None:
    assert demo.needed("jiangsu")
    assert not demo.needed("none")


def test_reindex_leaves_the_derived_rows_as_they_were(own_demo_address: str) -> None:
    before = derived(own_demo_address)
    # The demonstration is too small for hot codes.
    assert all(rows for table, rows in before.items() if table != "search_top")
    said: list[str] = []
    search.reindex(said.append)
    assert derived(own_demo_address) == before
    assert said


def test_reindex_mends_what_was_damaged(own_demo_address: str) -> None:
    from foundation.database import engine

    before = derived(own_demo_address)
    with engine().begin() as connection:
        connection.execute(text("DELETE FROM placenames.search_token WHERE rank = 80000"))
        connection.execute(text("UPDATE placenames.map_point SET min_zoom = 0"))
        connection.execute(text("UPDATE placenames.search_form SET rank = 7 WHERE id % 7 = 0"))
        connection.execute(text("DELETE FROM boundaries.division_area WHERE min_zoom = 7"))
        connection.execute(text("DELETE FROM boundaries.division_fill WHERE band = 7"))
        connection.execute(text("UPDATE boundaries.division_line SET other_id = NULL"))
    assert derived(own_demo_address) != before
    search.reindex(lambda line: None)
    assert derived(own_demo_address) == before
