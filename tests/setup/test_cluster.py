"""The private cluster: made once, shared, survives kill -9, stopped by its last user."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest

from foundation.cluster import Addresses, PrivateCluster, Programs
from foundation.cluster.programs import Account, can_enter
from foundation.errors import Unavailable
from tests.setup.conftest import home_folder

Make = Callable[[], PrivateCluster]


@pytest.fixture
def make(home: Path, programs: Programs) -> Make:
    return lambda: PrivateCluster(home, programs, durable=False)


@pytest.fixture(scope="module")
def shared(programs: Programs) -> Iterator[PrivateCluster]:
    """A running cluster for the tests that only look."""
    with home_folder() as folder:
        cluster = PrivateCluster(folder, programs, durable=False)
        cluster.ensure_running(silent)
        yield cluster


def silent(line: str) -> None:
    """Nobody listens."""


def ask(address: str, question: str) -> object:
    connection = psycopg2.connect(address.replace("+psycopg2", ""))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(question)
        row = cursor.fetchone() if cursor.description else None
    connection.close()
    return row[0] if row else None


def test_it_carries_postgis_and_keeps_its_data_over_a_restart(make: Make) -> None:
    cluster = make()
    addresses = cluster.ensure_running(silent)
    ask(addresses.owner, "create extension postgis")
    # Needs the data of PROJ: 南通 in the three-degree zone of 120° E.
    point = "st_x(st_transform(st_setsrid(st_point(120.86, 32.01), 4490), 4549))"
    assert ask(addresses.owner, f"select round({point}::numeric, 3)::text") == "581256.628"
    assert ask(addresses.owner, "select length(st_asmvt(q)) > 0 from (select 1 as id, st_asmvtgeom("
               "st_makeenvelope(0,0,9,9,3857), st_makeenvelope(0,0,9,9,3857)) as g) as q")  # fmt: skip
    ask(addresses.owner, "create table kept as select 7 as value")
    assert cluster.release()
    assert not cluster.running()
    assert ask(make().ensure_running(silent).owner, "select value from kept") == 7


def test_its_settings(shared: PrivateCluster) -> None:
    owner = shared.ensure_running(silent).owner
    for setting, value in {
        "listen_addresses": "127.0.0.1",
        "jit": "off",
        "timezone": "Asia/Shanghai",
        "server_encoding": "UTF8",
        "unix_socket_directories": "",
    }.items():
        assert ask(owner, f"show {setting}") == value
    # Under the locale C there are no trigrams of Han characters.
    assert ask(owner, "select datcollate from pg_database where datname = 'diming'") != "C"


def test_only_the_right_password_enters(shared: PrivateCluster) -> None:
    addresses = shared.ensure_running(silent)
    for address in (addresses.owner, addresses.public):
        password = address.split(":")[2].split("@")[0]
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            ask(address.replace(password, "guess"), "select 1")
    kept = shared.folder / "passwords.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(shared.folder.stat().st_mode) == 0o700


def test_the_public_role_owns_nothing(shared: PrivateCluster) -> None:
    addresses = shared.ensure_running(silent)
    assert ask(addresses.public, "select current_user") == "diming_public"
    assert ask(addresses.public, "select rolsuper or rolcreatedb or rolcreaterole from pg_roles"
               " where rolname = current_user") is False  # fmt: skip


def test_addresses_start_nothing(make: Make) -> None:
    cluster = make()
    assert cluster.addresses() is None
    assert not cluster.folder.exists()
    given = cluster.ensure_running(silent)
    assert make().addresses() == given


def test_the_last_user_stops_it(make: Make) -> None:
    first, second = make(), make()
    assert first.ensure_running(silent) == second.ensure_running(silent)
    assert first.release() is False
    assert second.running()
    assert second.release() is True
    assert not second.running()


def test_two_starts_at_once_make_one_cluster(make: Make) -> None:
    found: list[Addresses] = []
    clusters = [make() for _ in range(4)]
    threads = [threading.Thread(target=lambda c=each: found.append(c.ensure_running(silent))) for each in clusters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_after_kill_9_it_starts_again_and_has_what_was_committed(home: Path, programs: Programs) -> None:
    cluster = PrivateCluster(home, programs)
    addresses = cluster.ensure_running(silent)
    ask(addresses.owner, "create table kept as select 7 as value")
    state = cluster.postmaster.alive()
    assert state is not None
    os.kill(state.pid, signal.SIGKILL)
    again = PrivateCluster(home, programs).ensure_running(silent)
    assert ask(again.owner, "select value from kept") == 7


def test_a_pid_file_whose_number_belongs_to_another_program(make: Make) -> None:
    cluster = make()
    cluster.ensure_running(silent)
    cluster.release()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        text = f"{stranger.pid}\n{cluster.folder / 'data'}\n1\n5432\n\n127.0.0.1\n\nready\n"
        (cluster.folder / "data" / "postmaster.pid").write_text(text, encoding="utf-8")
        assert not cluster.running()
        assert ask(make().ensure_running(silent).owner, "select 1") == 1
        assert stranger.poll() is None
        stranger.kill()


def test_a_half_made_cluster_is_not_taken_for_a_whole_one(make: Make) -> None:
    cluster = make()
    half = cluster.base / "cluster.new-1234abcd"
    (half / "data").mkdir(parents=True)
    (half / "data" / "PG_VERSION").write_text("15\n", encoding="utf-8")
    assert ask(cluster.ensure_running(silent).owner, "select 1") == 1
    assert not half.exists()


def test_a_failed_initdb_leaves_nothing_and_says_one_line(home: Path, tmp_path: Path) -> None:
    broken = tmp_path / "initdb"
    broken.write_text("#!/bin/sh\necho 'initdb: error: No space left on device' >&2; exit 1\n", encoding="utf-8")
    broken.chmod(0o755)
    tmp_path.chmod(0o755)
    cluster = PrivateCluster(home, Programs(_reachable(tmp_path, home)))
    with pytest.raises(Unavailable) as caught:
        cluster.ensure_running(silent)
    assert "磁盘空间不足" in caught.value.line()
    assert not cluster.folder.exists()
    assert not list(cluster.base.glob("cluster.new-*"))


def _reachable(folder: Path, home: Path) -> Path:
    """A copy of `folder` where the database's account may read it."""
    target = home / "programs"
    target.mkdir(mode=0o755)
    for path in folder.iterdir():
        (target / path.name).write_bytes(path.read_bytes())
        (target / path.name).chmod(0o755)
    return target


def test_a_server_that_does_not_start_says_why(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = make()
    cluster.ensure_running(silent)
    cluster.release()
    (cluster.folder / "data" / "PG_VERSION").write_text("9\n", encoding="utf-8")
    monkeypatch.setattr("foundation.cluster.postmaster.START_ATTEMPT_SECONDS", 1.0)
    with pytest.raises(Unavailable, match="另一个版本"):
        make().ensure_running(silent)


def test_which_folders_an_account_may_enter(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert not can_enter(tmp_path / "deeper", Account("stranger", 4242, 4242))
    status = tmp_path.stat()
    assert can_enter(tmp_path, Account("owner", status.st_uid, status.st_gid)) or os.geteuid() == 0


def test_release_without_start_is_harmless(make: Make) -> None:
    assert make().release() is False
    begun = time.monotonic()
    assert make().stop() is False
    assert time.monotonic() - begun < 5
