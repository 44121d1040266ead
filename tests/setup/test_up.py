"""`./diming up` as people meet it: twice at once, killed at any moment, stopped, given a wrong database."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import psycopg2
import pytest

from deploy import ground
from deploy.supervisor import listen
from foundation.cluster import PrivateCluster, Programs
from processes import schema
from tests.setup.conftest import LAUNCHER
from tests.setup.test_command_line import diming, one_line
from tests.setup.test_supervision import eventually, gone

pytestmark = pytest.mark.slow

START_SECONDS = 120
# Provinces, cities and counties of Jiangsu with a polygon; its populated places with Han names.
FEWEST_PLACES = 800


class Up:
    """One running `./diming up`, its lines read as they come."""

    def __init__(self, environment: dict[str, str], home: Path, *arguments: str) -> None:
        self.out = home / "up.out"
        with self.out.open("wb") as sink:
            self.process = subprocess.Popen(
                [str(LAUNCHER), "up", "--port", "0", *arguments], stdout=sink, stderr=sink, env=environment
            )

    def told(self) -> str:
        """Everything it has written so far."""
        return self.out.read_text(encoding="utf-8")

    def says(self, words: str) -> bool:
        """Wait until it says something; False when it ended without."""
        ended = eventually(lambda: words in self.told() or self.process.poll() is not None, START_SECONDS)
        assert ended, self.told()
        return words in self.told()

    def url(self) -> str:
        """Wait until it serves; where."""
        logs = self.out.parent / "log"
        assert self.says("ready: "), [self.told(), *(path.read_text(encoding="utf-8") for path in logs.glob("*.log"))]
        return next(line.removeprefix("ready: ") for line in self.told().splitlines() if line.startswith("ready: "))

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """End it as a service manager would; its exit code."""
        self.process.terminate()
        return self.process.wait(timeout=60)


@contextmanager
def up(environment: dict[str, str], home: Path, *arguments: str) -> Iterator[Up]:
    running = Up(environment, home, *arguments)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.kill()


def ask(environment: dict[str, str], question: str) -> str:
    told = diming(environment, "psql", "-Atc", question)
    assert told.returncode == 0, told.stderr
    return told.stdout.strip()


def descendants(pid: int) -> list[int]:
    told = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(word) for word in told.stdout.split()]


def test_it_serves_stops_cleanly_and_starts_again(clean_environment: dict[str, str], home: Path) -> None:
    with up(clean_environment, home, "--data", "none", "--workers", "2") as running:
        url = running.url()
        with urlopen(url + "health/live") as answer:
            assert answer.status == 200
        # Another one on the same folder says where the first serves.
        line = one_line(diming(clean_environment, "up", "--port", "0"), 1)
        assert url in line
        children = descendants(running.process.pid)
        assert len(children) == 3
        assert running.stop() == 0
        assert all(gone(child) for child in children)
    assert "Traceback" not in running.told()
    assert diming(clean_environment, "doctor").returncode == 1  # the database does not run now
    with up(clean_environment, home, "--data", "none") as running:
        assert running.url()
        assert diming(clean_environment, "stop").returncode == 0
        assert running.process.wait(timeout=60) == 0


def test_a_taken_port_is_one_line(clean_environment: dict[str, str], home: Path) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = str(taken.getsockname()[1])
        line = one_line(diming(clean_environment, "up", "--port", port), 1)
    assert port in line
    assert "--port" in line
    assert not (home / "cluster").exists()


def test_a_web_process_that_dies_is_started_again(clean_environment: dict[str, str], home: Path) -> None:
    with up(clean_environment, home, "--data", "none") as running:
        url = running.url()
        for child in descendants(running.process.pid):
            os.kill(child, signal.SIGKILL)
        assert running.says("重新启动")
        with urlopen(url + "health/live", timeout=20) as answer:
            assert answer.status == 200


def test_a_database_that_dies_under_it_is_started_again(clean_environment: dict[str, str], home: Path) -> None:
    with up(clean_environment, home, "--data", "none") as running:
        url = running.url()
        postmaster = next(home.glob("**/postmaster.pid"))
        os.kill(int(postmaster.read_text(encoding="utf-8").splitlines()[0]), signal.SIGKILL)
        assert running.says("自带的数据库已恢复"), running.told()
        with urlopen(url + "health/ready", timeout=20) as answer:
            assert answer.status == 200


@pytest.mark.parametrize(
    "moment",
    ["正在建立自带的数据库", "建立或升级数据库结构", "载入演示数据", "写入居民点", "建立搜索索引", "ready: "],
)
def test_killed_at_any_moment_the_next_up_loses_and_doubles_nothing(
    clean_environment: dict[str, str], home: Path, moment: str
) -> None:
    with up(clean_environment, home) as first:
        assert first.says(moment), first.told()
        children = descendants(first.process.pid)
        first.kill()
    assert eventually(lambda: all(gone(child) for child in children if is_ours(child)))
    with up(clean_environment, home) as second:
        assert second.url()
        assert "Traceback" not in second.told()
        places = int(ask(clean_environment, "select count(*) from placenames.place"))
        assert places > FEWEST_PLACES
        told = ask(
            clean_environment,
            "select (result->>'divisions')::int + (result->>'places')::int from foundation.job where state = 'done'",
        )
        assert told == str(places)
        assert diming(clean_environment, "journal", "verify").returncode == 0
        assert second.stop() == 0


def is_ours(pid: int) -> bool:
    """Whether a child is one of ours; initdb and pg_ctl may finish what they began."""
    try:
        return b"deploy.web" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return False


def test_killed_at_no_special_moment(clean_environment: dict[str, str], home: Path) -> None:
    for seconds in (0.3, 0.8, 1.3, 1.8, 2.5, 3.5):
        with up(clean_environment, home) as running:
            time.sleep(seconds)
            running.kill()
    with up(clean_environment, home) as running:
        assert running.url()
        assert int(ask(clean_environment, "select count(*) from placenames.place")) > FEWEST_PLACES


@pytest.fixture
def cluster(home: Path, programs: Programs) -> Iterator[PrivateCluster]:
    """A server to be given as DATABASE_URL."""
    found = PrivateCluster(home / "given", programs, durable=False)
    (home / "given").mkdir()
    found.ensure_running(lambda _: None)
    yield found
    found.stop()


def given(environment: dict[str, str], address: str) -> dict[str, str]:
    return {**environment, "DATABASE_URL": address}


def test_a_database_without_rights_is_one_line(clean_environment: dict[str, str], cluster: PrivateCluster) -> None:
    addresses = cluster.addresses()
    assert addresses is not None
    for command in (("up", "--port", "0"), ("migrate",)):
        line = one_line(diming(given(clean_environment, addresses.public), *command), 1)
        assert "权限" in line
        assert "授权" in line


def test_a_database_that_does_not_answer_is_one_line_without_its_password(clean_environment: dict[str, str]) -> None:
    address = "postgresql://diming:geheim@127.0.0.1:1/diming"
    line = one_line(diming(given(clean_environment, address), "migrate"), 1)
    assert "DATABASE_URL" in line
    assert "geheim" not in line


def test_an_address_that_is_none_is_one_line(clean_environment: dict[str, str]) -> None:
    assert "DATABASE_URL" in one_line(diming(given(clean_environment, "nonsense"), "migrate"), 1)


def test_a_given_database_is_used_and_none_is_brought(
    clean_environment: dict[str, str], home: Path, cluster: PrivateCluster
) -> None:
    addresses = cluster.addresses()
    assert addresses is not None
    environment = given(clean_environment, addresses.owner)
    with up(environment, home, "--data", "none") as running:
        assert running.url()
        assert not (home / "cluster").exists()
        assert running.stop() == 0
    assert cluster.running()
    assert diming(environment, "serve", "--help").returncode == 0


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [("POSTGRESQL", 990000, "太旧"), ("POSTGIS", (99, 0), "太旧"), ("EXTENSIONS", ("btree_gist",), "没有 PostGIS")],
)
def test_an_unfit_server_is_refused(
    cluster: PrivateCluster, monkeypatch: pytest.MonkeyPatch, name: str, value: object, word: str
) -> None:
    addresses = cluster.addresses()
    assert addresses is not None
    monkeypatch.setattr(schema, name, value)
    with pytest.raises(Exception, match=word) as caught:
        schema.check_server(addresses.owner)
    assert getattr(caught.value, "remedy", "")


def test_a_backup_is_whole_and_private(home: Path, cluster: PrivateCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    addresses = cluster.addresses()
    assert addresses is not None
    monkeypatch.setenv("DIMING_HOME", str(home))
    connection = psycopg2.connect(addresses.owner.replace("+psycopg2", ""))
    with connection, connection.cursor() as cursor:
        cursor.execute("create table kept as select 7 as value")
    connection.close()
    found = ground.Ground(addresses.owner, addresses.public, cluster)
    dump = ground.backup(found, lambda _: None)
    assert dump.stat().st_mode & 0o077 == 0
    assert list(dump.parent.iterdir()) == [dump]
    listing = subprocess.run(
        [cluster.programs.path("pg_restore"), "--list", dump],
        capture_output=True, text=True, check=True, env=cluster.programs.environment(),
    ).stdout  # fmt: skip
    assert "kept" in listing
