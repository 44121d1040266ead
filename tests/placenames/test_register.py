"""The register of places: what is recorded is journalled, one name is standard, lineage is noted once."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from foundation.dates import parse
from foundation.errors import NotFound
from placenames.register.actions import CHANGED, note_lineage, record_places, write_classes
from placenames.register.queries import place as read_place
from processes.edge import finish
from tests.conftest import SavepointReader
from tests.makers import make_name, make_place

TODAY = date(2026, 11, 22)


def test_a_place_is_recorded_with_its_name_and_spelling(session: Session) -> None:
    place = make_place(session, "东大街")
    name = session.execute(
        text("SELECT text, specific, generic, roman, plain, readings FROM placenames.place_name WHERE place_id = :id"),
        {"id": place},
    ).one()
    assert name.text == "东大街" == name.specific + name.generic
    assert name.generic.endswith("街")
    assert (name.roman, name.plain) == ("Dōng Dàjiē", "Dong Dajie")
    assert len(name.readings) == 3


def test_ids_come_back_in_the_order_of_what_was_recorded(session: Session) -> None:
    from placenames.register.drafts import PlaceDraft

    drafts = [
        PlaceDraft(
            class_label="街路巷", names=(make_name(f"{n}号路"),), source="测试", source_key=f"order-{n}", rank=n
        )
        for n in range(50)
    ]  # fmt: skip
    ids = record_places(session, drafts, reason="测试")
    rows = session.execute(text("SELECT id, rank FROM placenames.place WHERE source_key LIKE 'order-%' ORDER BY rank"))
    assert [row.id for row in rows] == ids


def test_nothing_to_record_records_nothing(session: Session) -> None:
    assert record_places(session, [], reason="测试") == []
    assert "journal" not in session.info


def test_every_recorded_place_has_one_line_in_the_journal(session: Session) -> None:
    before = session.scalar(text("SELECT count(*) FROM foundation.journal"))
    place = make_place(session, "东大街")
    assert session.scalar(text("SELECT count(*) FROM foundation.journal")) == before, "the edge writes it, not the verb"
    finish(session)
    line = session.execute(
        text("SELECT verb, reason, after FROM foundation.journal WHERE subject_kind = 'place' AND subject_id = :id"),
        {"id": place},
    ).one()
    assert (line.verb, line.reason) == ("record", "测试")
    assert line.after["names"] == [{"text": "东大街", "kind": "standard", "status": "standard"}]
    assert line.after["position"] == [120.56, 32.39]


def test_the_edge_is_told_once_which_places_changed(session: Session) -> None:
    place = make_place(session)
    assert session.info[CHANGED] == {place}
    finish(session)
    assert CHANGED not in session.info


def test_a_place_has_at_most_one_standard_name_in_use(session: Session) -> None:
    with pytest.raises(IntegrityError, match="ix_place_name_one_standard"):
        make_place(session, names=(make_name("东大街"), make_name("西大街")))


def test_a_deemed_name_is_a_standard_name_too(session: Session) -> None:
    with pytest.raises(IntegrityError, match="ix_place_name_one_standard"):
        make_place(session, names=(make_name("东大街"), make_name("西大街", status="deemed")))


def test_beside_the_standard_name_stand_former_names_and_aliases(session: Session) -> None:
    former = make_name("西大街", status="historic", valid_from=parse("1950"), valid_to=parse("1990"))
    place = make_place(session, names=(make_name("东大街"), former, make_name("东街", kind="alias")))
    count = session.scalar(text("SELECT count(*) FROM placenames.place_name WHERE place_id = :id"), {"id": place})
    assert count == 3


def test_a_name_cannot_end_before_it_begins(session: Session) -> None:
    with pytest.raises(IntegrityError, match="ck_place_name_period"):
        make_place(session, names=(make_name(valid_from=parse("1990"), valid_to=parse("1980")),))


@pytest.mark.parametrize(
    ("names", "constraint"),
    [
        ((make_name(kind="nickname"),), "ck_place_name_kind"),
        ((make_name(status="wished"),), "ck_place_name_status"),
    ],
)
def test_no_other_kind_or_status_is_taken(session: Session, names: tuple[object, ...], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        make_place(session, names=names)  # type: ignore[arg-type]


def test_no_other_secrecy_is_taken(session: Session) -> None:
    with pytest.raises(IntegrityError, match="ck_place_secrecy"):
        make_place(session, secrecy="绝密")


def test_no_other_class_is_taken(session: Session) -> None:
    with pytest.raises(IntegrityError, match="fk_place_class_label_place_class"):
        make_place(session, class_label="宇宙")


def test_the_same_entry_of_the_same_source_is_recorded_once(session: Session) -> None:
    from placenames.register.drafts import PlaceDraft

    draft = PlaceDraft(class_label="街路巷", names=(make_name(),), source="测试", source_key="same", rank=1)
    record_places(session, [draft], reason="测试")
    with pytest.raises(IntegrityError, match="uq_place_source_source_key"):
        record_places(session, [draft], reason="测试")


def test_the_same_lineage_noted_twice_stands_once_and_both_ends_are_told(session: Session) -> None:
    one, other = make_place(session, "东大街"), make_place(session, "西大街")
    finish(session)
    for _ in range(2):
        note_lineage(session, [(one, other, date(2020, 1, 1), "day", "merged", "")])
    assert session.info[CHANGED] == {one, other}
    count = session.scalar(text("SELECT count(*) FROM placenames.place_lineage WHERE from_place_id = :id"), {"id": one})
    assert count == 1


def test_the_bureau_s_changes_of_a_class_outlive_what_is_shipped(session: Session) -> None:
    session.execute(text("UPDATE placenames.place_class SET verified = 'yes' WHERE label = '隧道'"))
    shipped = {
        "label": "隧道", "code": "99999", "attribute": "", "verified": "no", "approval_category": "facility",
        "spelling_kind": "building",
    }  # fmt: skip
    write_classes(session, [shipped, shipped | {"label": "试验类"}])
    rows = session.execute(text("SELECT label, code FROM placenames.place_class WHERE label IN ('隧道', '试验类')"))
    assert {row.label: row.code for row in rows} == {"隧道": "23620", "试验类": "99999"}


def test_every_class_of_the_contract_is_shipped_with_its_mark(session: Session) -> None:
    rows = session.execute(text("SELECT label, code, verified, approval_category FROM placenames.place_class")).all()
    known = {row.label: (row.code, row.verified, row.approval_category) for row in rows}
    assert known["县级行政区"] == ("21400", "yes", "division")
    assert known["行政村"] == ("21610", "yes", "village_seat")
    assert known["街路巷"] == ("21800", "likely", "street")
    assert known["楼宇"] == ("26100", "no", "estate_building")
    assert known["河流"] == ("12100", "yes", "natural")


@pytest.mark.parametrize("written", ["", "0", "-1", "abc", "1.0", "²", "9223372036854775808", "9" * 5000])
def test_what_is_no_id_is_not_found(reader: SavepointReader, written: str) -> None:
    with pytest.raises(NotFound):
        read_place(reader, written, TODAY)


@pytest.mark.parametrize("secrecy", ["公开", "内部", "秘密"])
@pytest.mark.parametrize("published", [True, False])
@pytest.mark.parametrize("status", ["standard", "deemed", "recorded", "planned", "reserved", "historic", "cancelled"])
def test_only_announced_open_names_in_the_public_statuses_are_seen(
    session: Session, reader: SavepointReader, status: str, published: bool, secrecy: str
) -> None:
    place = make_place(session, names=(make_name(status=status, published=published),), secrecy=secrecy)
    finish(session)
    if secrecy == "公开" and published and status not in {"planned", "reserved"}:
        assert f'"id" : "{place}"' in read_place(reader, str(place), TODAY)
    else:
        with pytest.raises(NotFound):
            read_place(reader, str(place), TODAY)
