"""Bulk loads: what they leave is what single acts would leave, however often they are stopped or killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.country.checksum import checksums
from foundation import bulk as keeping
from foundation import journal
from foundation.database import engine, set_addresses
from foundation.errors import Refused
from foundation.models import BulkLoad
from foundation.settings import PROJECT
from placenames.register.actions import record_places
from placenames.search import bulk as derived_in_bulk
from placenames.search import index
from processes import bulk, search
from processes.edge import writing
from tests.conftest import Databases
from tests.makers import make_place
from tests.processes.content import derived
from tests.processes.loaded import maker

COUNT = 500


class Stopped(Exception):
    """Somebody pulled the plug."""


def quiet(line: str) -> None:
    """Say nothing."""


def stopping(after: int) -> Callable[[str], None]:
    """A voice that fails when it is to speak once more."""
    left = iter(range(after))

    def say(line: str) -> None:
        if next(left, None) is None:
            raise Stopped

    return say


@pytest.fixture(scope="module")
def whole(databases: Databases, demo_template: str) -> dict[str, Any]:
    """The checksums of a load that nobody disturbed."""
    set_addresses(databases.clone(demo_template, "whole"), None)
    bulk.load(maker(COUNT), quiet, workers=1)
    return checksums()


def structure() -> list[tuple[Any, ...]]:
    """Every index and constraint of the register."""
    with engine().connect() as connection:
        return [
            tuple(row)
            for question in (
                "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'placenames' ORDER BY 1",
                "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
                " WHERE connamespace = 'placenames'::regnamespace ORDER BY 1, 2",
            )
            for row in connection.execute(text(question))
        ]


def test_a_load_leaves_what_single_acts_would_leave(
    own_demo_address: str, databases: Databases, demo_template: str
) -> None:
    before = structure()
    phases = bulk.load(maker(COUNT), quiet, workers=2)
    assert [phase.name for phase in phases][:2] == ["rows", "indexes"]
    assert structure() == before
    with engine().connect() as connection:
        assert journal.verify(connection)[1] is None
        told = connection.scalar(text("SELECT count(*) FROM foundation.journal WHERE reason = '测试'"))
    assert told == COUNT
    found = derived(own_demo_address)
    with writing() as session:
        index.rebuild(session)
    assert derived(own_demo_address) == found
    address = databases.clone(demo_template, "acts")
    set_addresses(address, None)
    source = maker(COUNT)()
    with writing(long=True) as session:
        every = [draft for number in range(len(source.sizes())) for draft in source.chunk(number)]
        record_places(session, every, reason="测试")
    by_acts = derived(address)
    assert by_acts.keys() == found.keys()
    for table in by_acts:
        assert by_acts[table] == found[table], table


def test_a_register_that_is_loaded_finds_its_streets(own_demo_address: str) -> None:
    bulk.load(maker(60), quiet, workers=1)
    with engine().connect() as connection:
        found = connection.scalars(text(
            "SELECT DISTINCT s.text FROM published.search_spoken s JOIN published.search_row r USING (form_id)"
            " WHERE s.pinyin = 'lanyuejie' AND r.current"
        )).all()  # fmt: skip
    assert found == ["揽月街"]


def test_the_public_sees_of_a_load_what_was_announced_and_is_not_secret(own_demo_address: str) -> None:
    bulk.load(maker(120), quiet, workers=1)
    with engine().connect() as connection:
        rows = connection.execute(text(
            "SELECT p.id, p.secrecy = '公开' AND n.published_at IS NOT NULL AS open FROM placenames.place p"
            " JOIN placenames.place_name n ON n.place_id = p.id AND n.kind = 'standard' WHERE p.source = '批量测试'"
            " AND NOT EXISTS (SELECT FROM placenames.place_name f WHERE f.place_id = p.id AND f.kind = 'former')"
        )).all()  # fmt: skip
        for view, column in (
            ("place", "id"), ("place_name", "place_id"), ("search_row", "place_id"),
            ("search_place", "place_id"), ("search_card", "place_id"),
        ):  # fmt: skip
            seen = set(connection.scalars(text(f"SELECT {column} FROM published.{view}")))
            assert {row.id for row in rows if row.open} <= seen, view
            assert not {row.id for row in rows if not row.open} & seen, view
        drawn = set(connection.scalars(text("SELECT place_id FROM published.map_point")))
    assert not {row.id for row in rows if not row.open} & drawn
    assert {row.id for row in rows if row.open} & drawn


def test_nobody_edits_and_nobody_reindexes_while_a_load_is_unfinished(own_demo_address: str) -> None:
    with pytest.raises(Stopped):
        bulk.load(maker(60), stopping(2), workers=1)
    with pytest.raises(Refused, match="批量载入"), writing() as session:
        make_place(session, "揽月路")
    with pytest.raises(Refused, match="批量载入"):
        search.reindex(quiet)
    bulk.load(maker(60), quiet, workers=1)
    with writing() as session:
        make_place(session, "揽月路")
    search.reindex(quiet)


def test_a_load_that_is_stopped_while_it_begins_counts_from_the_same_numbers(
    own_demo_address: str, whole: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    set_addresses(own_demo_address, None)
    put_aside = keeping.put_aside

    def stop(session: Session, load: str, tables: Sequence[str], unordered: Sequence[str]) -> int:
        put_aside(session, load, tables, unordered)
        raise Stopped

    before = structure()
    monkeypatch.setattr(keeping, "put_aside", stop)
    for _ in range(2):
        with pytest.raises(Stopped):
            bulk.load(maker(COUNT), quiet, workers=1)
        assert structure() == before
    monkeypatch.setattr(keeping, "put_aside", put_aside)
    bulk.load(maker(COUNT), quiet, workers=1)
    assert checksums() == whole


def test_places_that_the_register_has_already_are_refused_with_the_reason(own_demo_address: str) -> None:
    bulk.load(maker(60), quiet, workers=1)
    with pytest.raises(Refused, match="uq_place_source_source_key"):
        bulk.load(maker(60, name="once more"), quiet, workers=1)


@pytest.mark.parametrize("after", [1, 2, 5, 9, 12, 14, 15, 16, 18, 21, 26])
def test_a_load_that_is_stopped_anywhere_goes_on_and_ends_in_the_same_content(
    own_demo_address: str, whole: dict[str, Any], after: int
) -> None:
    set_addresses(own_demo_address, None)
    with pytest.raises(Stopped):
        bulk.load(maker(COUNT), stopping(after), workers=1)
    bulk.load(maker(COUNT), quiet, workers=1)
    assert checksums() == whole


PHASES = ("rows", "indexes", "forms listed", "forms", "tokens, points", "search indexes", "lineage", "tidy", "done")


@pytest.mark.parametrize("into", PHASES[1:])
def test_a_load_that_is_stopped_on_the_way_into_a_phase_does_nothing_twice(
    own_demo_address: str, whole: dict[str, Any], into: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_addresses(own_demo_address, None)
    reach = keeping.reach

    def stop(load: BulkLoad, phase: str, done: int, of: int) -> None:
        if phase == into:
            raise Stopped
        reach(load, phase, done, of)

    monkeypatch.setattr(keeping, "reach", stop)
    with pytest.raises(Stopped):
        bulk.load(maker(COUNT), quiet, workers=1)
    monkeypatch.setattr(keeping, "reach", reach)
    went = bulk.load(maker(COUNT), quiet, workers=1)
    assert [phase.name for phase in went] == list(PHASES[PHASES.index(into) - 1 : -1])
    assert checksums() == whole


def test_a_load_that_is_sent_back_to_its_forms_leaves_nothing_of_what_it_had_written(
    own_demo_address: str, whole: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A migration sends it back, and coarser public positions do, when forms, tokens and points are there already."""
    set_addresses(own_demo_address, None)
    reach = keeping.reach

    def stop(load: BulkLoad, phase: str, done: int, of: int) -> None:
        if phase == "search indexes":
            raise Stopped
        reach(load, phase, done, of)

    monkeypatch.setattr(keeping, "reach", stop)
    with pytest.raises(Stopped):
        bulk.load(maker(COUNT), quiet, workers=1)
    monkeypatch.setattr(keeping, "reach", reach)
    with engine().begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM placenames.map_point"))
        connection.execute(text("UPDATE foundation.bulk_load SET phase = 'forms listed', done = 0"))
    bulk.load(maker(COUNT), quiet, workers=1)
    assert checksums() == whole


@pytest.mark.parametrize("first", ["write_tokens", "write_points"])
def test_of_two_acts_at_once_the_one_that_was_done_is_not_done_again(
    own_demo_address: str, whole: dict[str, Any], first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_addresses(own_demo_address, None)
    acts = {name: getattr(derived_in_bulk, name) for name in ("write_tokens", "write_points")}
    (second,) = acts.keys() - {first}

    def stop(session: Session) -> None:
        raise Stopped

    monkeypatch.setattr(derived_in_bulk, second, stop)
    with pytest.raises(Stopped):
        bulk.load(maker(COUNT), quiet, workers=1)
    monkeypatch.setattr(derived_in_bulk, second, acts[second])
    monkeypatch.setattr(derived_in_bulk, first, stop)
    bulk.load(maker(COUNT), quiet, workers=1)
    assert checksums() == whole


def test_a_register_that_holds_more_than_is_loaded_keeps_its_indexes(
    own_demo_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST_BESIDE", 100)
    before = structure()
    with pytest.raises(Refused, match="不能再批量载入"):
        bulk.load(maker(60), quiet, workers=1)
    assert structure() == before


def test_what_is_loaded_is_not_loaded_again(own_demo_address: str) -> None:
    bulk.load(maker(60), quiet, workers=1)
    before = checksums()
    assert bulk.load(maker(60), quiet, workers=1) == []
    assert checksums() == before


def test_another_content_under_the_same_name_is_refused(own_demo_address: str) -> None:
    with pytest.raises(Stopped):
        bulk.load(maker(60), stopping(0), workers=1)
    with pytest.raises(Refused, match="别的内容"):
        bulk.load(maker(60, version="2"), quiet, workers=1)


def test_another_load_waits_until_the_first_is_done(own_demo_address: str) -> None:
    with pytest.raises(Stopped):
        bulk.load(maker(60), stopping(0), workers=1)
    with pytest.raises(Refused, match="还没有做完"):
        bulk.load(maker(60, name="others"), quiet, workers=1)


def test_two_loads_at_once_are_refused(own_demo_address: str) -> None:
    with bulk._alone(), pytest.raises(Refused, match="正在进行"):
        bulk.load(maker(60), quiet, workers=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_load_that_is_killed_again_and_again_ends_in_the_same_content(
    own_demo_address: str, whole: dict[str, Any], seed: int
) -> None:
    set_addresses(own_demo_address, None)
    lots, killed = random.Random(seed), 0
    command = [sys.executable, "-m", "tests.processes.loaded", str(COUNT)]
    environment = {**os.environ, "DATABASE_URL": own_demo_address}
    for _ in range(40):
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        # Let it come to work, then so many lines, and a moment into what follows.
        for _ in range(lots.randint(1, 6)):
            process.stdout.readline()
        time.sleep(lots.random() * 0.05)
        process.send_signal(signal.SIGKILL)
        if process.wait() == 0:
            break
        killed += 1
        process.stdout.close()
    else:
        subprocess.run(command, cwd=PROJECT, env=environment, check=True, stdout=subprocess.DEVNULL)
    assert killed > 3
    assert checksums() == whole
