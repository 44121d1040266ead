"""The schema comes up, goes down and comes up again the same, for one or for two at once, and never from the future.

`DIMING_WRITE_CATALOGUE=1` writes `catalogue.txt` anew; whoever does so reads the difference before committing it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.util.exc import CommandError
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session

from foundation import journal
from foundation.database import make_engine
from foundation.errors import Refused
from foundation.settings import PROJECT, settings
from placenames.search import index
from processes import schema
from tests.foundation.catalogue import catalogue
from tests.foundation.test_journal import act, line
from tests.processes.content import derived

CATALOGUE = Path(__file__).with_name("catalogue.txt")
WRITTEN_BY = 15
OURS = ("foundation", "boundaries", "placenames", "published", "jobs")


@contextmanager
def connected(address: str) -> Iterator[Connection]:
    """A connection of the owner, each statement by itself."""
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def transaction(empty_address: str) -> Iterator[Connection]:
    """A transaction of the owner on a migrated register, rolled back after the test."""
    engine = create_engine(empty_address)
    with engine.connect() as connection:
        connection.begin()
        yield connection
        connection.rollback()
    engine.dispose()


def read(address: str) -> str:
    """The catalogue of a database."""
    with connected(address) as connection:
        return catalogue(connection)


def revision(address: str) -> str | None:
    """The revision of a database."""
    with connected(address) as connection:
        return schema.current(connection)


def steps() -> list[str]:
    """All revisions, the newest first."""
    found = (path.stem.split("_")[0] for path in (PROJECT / "migrations" / "versions").glob("[0-9]*.py"))
    return sorted(found, reverse=True)


def write_a_line(address: str) -> None:
    """Make the register one that holds data."""
    engine = make_engine(address)
    act(engine, line())
    engine.dispose()


def test_the_schema_goes_down_step_by_step_and_comes_up_the_same(bare_address: str) -> None:
    with connected(bare_address) as connection:
        assert schema.current(connection) is None
    schema.migrate(bare_address, lambda line: None)
    whole = read(bare_address)
    seen = {whole}
    for step in [*steps()[1:], "base"]:
        schema.downgrade(bare_address, step)
        assert revision(bare_address) == (None if step == "base" else step)
        assert read(bare_address) not in seen, f"the step down to {step} changed nothing"
        seen.add(read(bare_address))
        schema.migrate(bare_address, lambda line: None)
        assert revision(bare_address) == schema.head()
        assert read(bare_address) == whole
    schema.differences(bare_address)


@pytest.mark.parametrize("back_to", ["0007", "0012", "0014"])
def test_a_register_with_names_is_found_by_search_after_its_derived_tables_were_made_anew(
    own_demo_address: str, monkeypatch: pytest.MonkeyPatch, back_to: str
) -> None:
    before = derived(own_demo_address)
    schema.downgrade(own_demo_address, back_to)

    def killed(session: Session) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(index, "rebuild", killed)
    with pytest.raises(KeyboardInterrupt):
        schema.migrate(own_demo_address, lambda line: None)
    monkeypatch.undo()
    assert derived(own_demo_address) != before
    schema.migrate(own_demo_address, lambda line: None)
    assert derived(own_demo_address) == before
    said: list[str] = []
    schema.migrate(own_demo_address, said.append)
    assert said == [], "once is enough"


def test_coarser_positions_for_the_public_are_derived_anew_at_once(
    own_demo_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connected(own_demo_address) as connection:
        connection.execute(text(
            "INSERT INTO foundation.bulk_load VALUES ('broken off', '', 'search indexes', 3, 9, 1, 1, now(), now())"
        ))  # fmt: skip
        connection.commit()
    monkeypatch.setenv("DIMING_PUBLIC_DECIMALS", "2")
    settings.cache_clear()
    try:
        schema.migrate(own_demo_address, lambda line: None)
        with connected(own_demo_address) as connection:
            told = connection.execute(text("DELETE FROM foundation.bulk_load RETURNING phase, done")).one()
            assert tuple(told) == ("forms listed", 0), "what it had written goes by the finer ones"
            connection.execute(text("INSERT INTO foundation.policy VALUES ('to_derive', '')"))
            connection.commit()
        schema.migrate(own_demo_address, lambda line: None)
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    with connected(own_demo_address) as connection:
        finer = connection.scalar(text(
            "SELECT count(*) FROM placenames.map_point m JOIN placenames.place p ON p.id = m.place_id"
            " WHERE ST_Distance(m.geom, ST_Transform(ST_SnapToGrid(p.point, 0.01), 3857)) > 0.01"
        ))  # fmt: skip
        elsewhere = connection.scalar(text(
            "SELECT count(*) FROM placenames.search_token t JOIN placenames.place p ON p.id = t.place_id"
            " WHERE p.point IS NOT NULL AND NOT t.terms @> ARRAY[placenames.cell(ST_SnapToGrid(p.point, 0.01))]"
        ))  # fmt: skip
    assert (finer, elsewhere) == (0, 0)


def test_a_register_that_went_down_to_the_ground_leaves_nothing_of_ours(bare_address: str) -> None:
    schema.migrate(bare_address, lambda line: None)
    schema.downgrade(bare_address, "base")
    with connected(bare_address) as connection:
        left = text("SELECT nspname FROM pg_namespace WHERE nspname = ANY(:ours)")
        assert list(connection.scalars(left, {"ours": [*OURS]})) == []


def test_the_models_and_the_migrated_schema_are_the_same(empty_address: str) -> None:
    schema.differences(empty_address)


@pytest.mark.parametrize(
    "drift",
    [
        "ALTER TABLE placenames.place ADD COLUMN extra text",
        "ALTER TABLE placenames.place ALTER COLUMN location DROP NOT NULL",
        "ALTER TABLE foundation.job ALTER COLUMN note TYPE varchar(9)",
        "DROP INDEX placenames.ix_place_division",
        "CREATE TABLE foundation.extra (id integer)",
    ],
)
def test_a_schema_that_drifted_from_the_models_is_found(transaction: Connection, drift: str) -> None:
    transaction.execute(text(drift))
    with pytest.raises(CommandError, match="New upgrade operations"):
        command.check(schema._alembic(transaction))


def test_the_catalogue_is_the_one_that_was_reviewed(empty_address: str) -> None:
    with connected(empty_address) as connection:
        number = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10000
        now = catalogue(connection)
    if number != WRITTEN_BY:
        pytest.skip(f"catalogue.txt is in the words of PostgreSQL {WRITTEN_BY}, this is {number}")
    if os.environ.get("DIMING_WRITE_CATALOGUE"):
        CATALOGUE.write_text(now, encoding="utf-8")
    assert now.splitlines() == CATALOGUE.read_text(encoding="utf-8").splitlines(), (
        "the schema changed: run again with DIMING_WRITE_CATALOGUE=1 and read the difference"
    )


@pytest.mark.parametrize(
    "drift",
    [
        "ALTER TABLE placenames.place DROP CONSTRAINT ck_place_secrecy",
        "DROP TRIGGER journal_is_append_only ON foundation.journal",
        "ALTER TABLE foundation.journal DISABLE TRIGGER journal_is_append_only",
        "CREATE OR REPLACE FUNCTION placenames.is_public(status text, secrecy text, published_at timestamptz)"
        " RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true'",
        "DROP INDEX placenames.ix_search_token_heir;"
        " CREATE INDEX ix_search_token_heir ON placenames.search_token (name_id) WHERE inherited AND public",
        "ALTER TABLE boundaries.division_version DROP CONSTRAINT ex_division_version_code",
        "GRANT SELECT ON foundation.journal TO diming_public",
        "GRANT USAGE ON SCHEMA placenames TO PUBLIC",
        "CREATE OR REPLACE VIEW published.policy AS SELECT name, value FROM foundation.policy",
        "ALTER VIEW published.search_place SET (security_barrier = true)",
    ],
)
def test_a_change_that_alembic_does_not_see_is_seen_in_the_catalogue(transaction: Connection, drift: str) -> None:
    whole = catalogue(transaction)
    transaction.execute(text(drift))
    command.check(schema._alembic(transaction))
    assert catalogue(transaction) != whole


def test_a_newer_database_is_refused_in_one_line_and_left_alone(own_address: str) -> None:
    with connected(own_address) as connection:
        connection.execute(text("UPDATE public.alembic_version SET version_num = '9999'"))
    before, said = read(own_address), list[str]()
    with pytest.raises(Refused, match="比本程序新") as refusal:
        schema.migrate(own_address, said.append, lambda: pytest.fail("there is nothing to back up for"))
    assert "\n" not in refusal.value.line()
    assert refusal.value.remedy
    assert (read(own_address), said) == (before, [])


MIGRATE = """
import sys
from placenames.search import index
from processes import schema
schema.check_server(sys.argv[1])
schema.migrate(sys.argv[1], print)
"""


def test_two_who_migrate_at_once_both_succeed(bare_address: str) -> None:
    both = [
        subprocess.Popen(
            [sys.executable, "-c", MIGRATE, bare_address],
            cwd=PROJECT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]  # fmt: skip
    for process in both:
        _, told = process.communicate(timeout=120)
        assert process.returncode == 0, told
    assert revision(bare_address) == schema.head()
    schema.differences(bare_address)


def test_a_register_without_data_is_migrated_without_a_backup(own_address: str) -> None:
    schema.downgrade(own_address, steps()[1])
    schema.migrate(own_address, lambda line: None, lambda: pytest.fail("an empty register needs no backup"))


def test_a_register_with_data_is_backed_up_before_it_is_touched(own_address: str) -> None:
    write_a_line(own_address)
    schema.downgrade(own_address, steps()[1])
    at_backup: list[str | None] = []
    said: list[str] = []
    schema.migrate(own_address, said.append, lambda: at_backup.append(revision(own_address)))
    assert at_backup == [steps()[1]]
    assert revision(own_address) == schema.head()
    assert len(said) == 2
    engine = make_engine(own_address)
    with engine.connect() as connection:
        assert journal.verify(connection) == (1, None)
    engine.dispose()


def test_a_register_whose_backup_fails_is_not_touched(own_address: str) -> None:
    write_a_line(own_address)
    schema.downgrade(own_address, steps()[1])

    def full() -> None:
        raise Refused("磁盘空间不足。")

    with pytest.raises(Refused, match="磁盘"):
        schema.migrate(own_address, lambda line: None, full)
    assert revision(own_address) == steps()[1]


def test_a_register_that_is_up_to_date_is_left_as_it_is_without_a_word(own_address: str) -> None:
    write_a_line(own_address)
    before, said = read(own_address), list[str]()
    schema.migrate(own_address, said.append, lambda: pytest.fail("nothing is migrated, nothing is backed up"))
    assert (read(own_address), said) == (before, [])


def test_a_migration_that_fails_takes_back_everything_and_says_why_in_one_line(own_address: str) -> None:
    schema.downgrade(own_address, steps()[steps().index("0005") + 1])
    with connected(own_address) as connection:
        connection.execute(text("CREATE SCHEMA jobs"))
    before = read(own_address)
    with pytest.raises(Refused, match="全部撤回") as refusal:
        schema.migrate(own_address, lambda line: None)
    assert "\n" not in refusal.value.line()
    assert read(own_address) == before
