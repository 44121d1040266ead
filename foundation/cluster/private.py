"""The private cluster: made once, started on demand, shared by the commands that run, stopped by the last."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from foundation.cluster.postmaster import Postmaster
from foundation.cluster.programs import Programs, can_enter, serving_account
from foundation.errors import Unavailable

OWNER = "diming"
PUBLIC = "diming_public"
DATABASE = "diming"
PASSWORDS = "passwords.json"
PREPARED = "prepared"

# psql's \gexec runs what the query before it wrote, so that each step may be repeated after a kill.
PREPARE_SQL = """
select 'create role {public} login' where not exists (select from pg_roles where rolname = '{public}') \\gexec
alter role {public} with login nosuperuser nocreatedb nocreaterole password '{password}';
select 'create database {database} owner {owner} template template0'
where not exists (select from pg_database where datname = '{database}') \\gexec
"""


@dataclass(frozen=True)
class Addresses:
    """The two logins of the register, as SQLAlchemy writes addresses."""

    owner: str
    public: str


def base_folder(home: Path) -> Path:
    """Where cluster files may lie: the home folder, or a system folder where root's home bars the account."""
    account = serving_account()
    if account is None or can_enter(home, account):
        return home
    digest = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    return Path(f"/var/lib/diming-{digest}")


class PrivateCluster:
    """One cluster below `home`. `durable=False` is for tests: fast, and lost when the machine crashes."""

    def __init__(self, home: Path, programs: Programs, *, durable: bool = True) -> None:
        self.home = home.absolute()
        self.programs = programs
        self.durable = durable
        self.account = serving_account()
        self.base = base_folder(self.home)
        self.folder = self.base / "cluster"
        self._users: int | None = None
        data = self.folder / "data"
        self.postmaster = Postmaster(programs, data, self.folder / "postgres.log", self.account)

    @property
    def psql(self) -> Path:
        """The program psql of this cluster's version."""
        return self.programs.path("psql")

    @property
    def pg_dump(self) -> Path:
        """The program pg_dump of this cluster's version."""
        return self.programs.path("pg_dump")

    def major(self) -> int | None:
        """The PostgreSQL version the data was made with; None before the first start."""
        return data_major(self.home)

    def ensure_running(self, say: Callable[[str], None]) -> Addresses:
        """Make and start the cluster as far as needed, and count as one of its users until `release`."""
        self.base.mkdir(parents=True, exist_ok=True)
        with self._start_lock():
            self._join()
            if not self.folder.exists():
                self._initialise(say)
            port = self.postmaster.ensure_ready(self.durable, say)
            if not (self.folder / PREPARED).exists():
                self._prepare(port)
        return self._addresses(port)

    def alive(self) -> bool:
        """Whether a server process is there at all, ready or recovering."""
        return self.postmaster.alive() is not None

    def running(self) -> bool:
        """Whether the server is up and takes connections."""
        state = self.postmaster.alive()
        return bool(state and state.ready)

    def addresses(self) -> Addresses | None:
        """The addresses when it already runs; nothing is started."""
        state = self.postmaster.alive()
        if state is None or not state.ready or not (self.folder / PREPARED).exists():
            return None
        return self._addresses(state.port)

    def release(self) -> bool:
        """Stop being a user; the last user stops the server. True when it was stopped."""
        if self._users is None:
            return False
        descriptor, self._users = self._users, None
        try:
            with self._start_lock():
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return False
                self.postmaster.stop()
                return True
        finally:
            os.close(descriptor)

    def stop(self) -> bool:
        """Stop the server whoever uses it. True when it ran."""
        if not self.base.exists():
            return False
        with self._start_lock():
            ran = self.postmaster.alive() is not None
            self.postmaster.stop()
            return ran

    @contextmanager
    def _start_lock(self) -> Iterator[None]:
        with (self.base / "cluster.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _join(self) -> None:
        """Take the users' lock in common; the kernel gives it back even after kill -9."""
        if self._users is None:
            self._users = os.open(self.base / "cluster.users", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            fcntl.flock(self._users, fcntl.LOCK_SH)

    def _initialise(self, say: Callable[[str], None]) -> None:
        """initdb under a temporary name, then rename: a half-made cluster is never taken for a whole one."""
        say("正在建立自带的数据库……")
        for old in self.base.glob("cluster.new-*"):
            shutil.rmtree(old, ignore_errors=True)
        fresh = self.base / f"cluster.new-{secrets.token_hex(4)}"
        fresh.mkdir(mode=0o700)
        passwords = {OWNER: secrets.token_urlsafe(24), PUBLIC: secrets.token_urlsafe(24)}
        secret = fresh / "owner-password"
        _write_private(secret, passwords[OWNER])
        _write_private(fresh / PASSWORDS, json.dumps(passwords))
        if self.account:
            for path in (fresh, secret):
                os.chown(path, self.account.uid, self.account.gid)
        # Never the locale C: trigrams of Han characters are empty there.
        locale = "C.UTF-8" if os.uname().sysname == "Linux" else "en_US.UTF-8"
        told = self.programs.run(
            "initdb", "--pgdata", fresh / "data", "--username", OWNER, "--pwfile", secret, "--auth", "scram-sha-256",
            "--locale", locale, "--encoding", "UTF8", "--no-instructions", cwd=fresh, account=self.account,
        )  # fmt: skip
        if told.returncode != 0:
            log = self.base / "initdb.log"
            log.write_text(told.stdout + told.stderr, encoding="utf-8")
            shutil.rmtree(fresh, ignore_errors=True)
            full = "No space left on device" in told.stderr
            raise Unavailable(f"建立数据库失败{':磁盘空间不足' if full else ''}。", remedy=f"详情见 {log}。")
        secret.unlink()
        fresh.rename(self.folder)

    def _prepare(self, port: int) -> None:
        """Make the second role and the database; every step may be repeated.

        The owner is the superuser that initdb made: on a cluster that holds nothing but Diming this is the
        simplest way to let it create the postgis extension and the databases of tests and copies.
        """
        passwords = self._passwords()
        sql = PREPARE_SQL.format(public=PUBLIC, owner=OWNER, database=DATABASE, password=passwords[PUBLIC])
        told = self.programs.run(
            "psql", "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--host", "127.0.0.1", "--port", str(port),
            "--username", OWNER, "--dbname", "postgres",
            cwd=self.base, env={"PGPASSWORD": passwords[OWNER]}, stdin=sql,
        )  # fmt: skip
        if told.returncode != 0:
            raise Unavailable(f"准备自带的数据库失败:{told.stderr.strip().splitlines()[-1:]}。")
        (self.folder / PREPARED).touch()

    def _passwords(self) -> dict[str, str]:
        passwords: dict[str, str] = json.loads((self.folder / PASSWORDS).read_text(encoding="utf-8"))
        return passwords

    def _addresses(self, port: int) -> Addresses:
        passwords = self._passwords()
        owner, public = (
            f"postgresql+psycopg2://{role}:{passwords[role]}@127.0.0.1:{port}/{DATABASE}" for role in (OWNER, PUBLIC)
        )
        return Addresses(owner, public)


def data_major(home: Path) -> int | None:
    """The PostgreSQL version of the cluster below `home`; None where there is none yet."""
    try:
        text = (base_folder(home.absolute()) / "cluster" / "data" / "PG_VERSION").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return int(text)


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, from its first byte on."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
