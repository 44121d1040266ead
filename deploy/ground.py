"""The database under a command: the given one, or the private cluster, started when needed and left in order."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from deploy.setup import postgis, steps
from foundation.cluster import PrivateCluster
from foundation.cluster.private import base_folder, data_major
from foundation.errors import Refused, Unavailable

Say = Callable[[str], None]


@dataclass(frozen=True)
class Ground:
    """The addresses of the register; `cluster` is None where DATABASE_URL was given."""

    owner: str
    public: str | None
    cluster: PrivateCluster | None


def given() -> str | None:
    """The address that the environment gives, if any; Refused where it is no address of a PostgreSQL."""
    address = os.environ.get("DATABASE_URL") or None
    if address and not re.match(r"postgres(ql)?(\+\w+)?://", address):
        raise Refused("DATABASE_URL 不是 PostgreSQL 的地址。", remedy="写法:postgresql://用户:密码@主机:5432/库名。")
    return address


def exists() -> bool:
    """Whether there is a register to ask: a given address, or a private cluster that was made before."""
    return given() is not None or data_major(steps.home()) is not None


@contextmanager
def database(say: Say, home: Path | None = None, *, durable: bool = True) -> Iterator[Ground]:
    """The database for the length of a command; a private cluster that nobody else uses is stopped after it."""
    address = given()
    if address is not None:
        yield Ground(address, os.environ.get("DIMING_PUBLIC_DATABASE_URL"), None)
        return
    home = home or steps.home()
    cluster = PrivateCluster(home, postgis.find_or_bring(say, data_major(home)), durable=durable)
    try:
        addresses = cluster.ensure_running(say)
        yield Ground(addresses.owner, addresses.public, cluster)
    finally:
        cluster.release()


def running() -> Ground:
    """The database that is there already; nothing is set up or started. Raises Refused where there is none."""
    address = given()
    if address is not None:
        return Ground(address, os.environ.get("DIMING_PUBLIC_DATABASE_URL"), None)
    home = steps.home()
    programs = postgis.find(base_folder(home) / "postgis", data_major(home))
    cluster = PrivateCluster(home, programs) if programs else None
    addresses = cluster.addresses() if cluster else None
    if cluster is None or addresses is None:
        raise Refused("没有可用的数据库。", remedy="请设置 DATABASE_URL,或先用 ./diming up 启动。")
    return Ground(addresses.owner, addresses.public, cluster)


def stop_cluster(home: Path) -> bool:
    """Stop the private cluster of `home` when it runs; True when it did."""
    programs = postgis.find(base_folder(home) / "postgis", data_major(home))
    return PrivateCluster(home, programs).stop() if programs else False


def client(ground: Ground, name: str) -> tuple[Path, str, dict[str, str]]:
    """A client program, the address for it without password, and its environment with the password."""
    address, password = split_password(ground.owner)
    secret = {"PGPASSWORD": password} if password else {}
    programs = ground.cluster.programs if ground.cluster else postgis.find(base_folder(steps.home()) / "postgis")
    if programs is None:
        raise Refused(f"这台机器上没有 {name}。", remedy="请安装 PostgreSQL 的客户端程序(postgresql-client)。")
    if ground.cluster:
        return programs.path(name), address, programs.environment(secret)
    return programs.path(name), address, {**os.environ, **programs.env, **secret}


def split_password(address: str) -> tuple[str, str]:
    """An address as libpq takes it, and its password apart: command lines are seen by everyone on the machine."""
    parts = urlsplit(address)
    user, at, place = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    return urlunsplit(("postgresql", name + at + place, parts.path, parts.query, parts.fragment)), unquote(password)


def backup(ground: Ground, say: Say) -> Path:
    """Write the whole register to `<home>/backups/`, under a temporary name until it is whole."""
    folder = steps.home() / "backups"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / time.strftime("diming-%Y%m%d-%H%M%S.dump")
    half = target.with_suffix(".half")
    program, address, environment = client(ground, "pg_dump")
    say(f"正在备份到 {target} ……")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        told = subprocess.run(
            (program, "--format=custom", "--dbname", address),
            stdout=out, stderr=subprocess.PIPE, env=environment, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        os.fsync(out.fileno())
    if told.returncode != 0:
        half.unlink(missing_ok=True)
        why = told.stderr.decode(errors="replace").strip().splitlines()
        raise Unavailable(f"备份失败:{why[-1] if why else '原因不明'}。", remedy="请检查磁盘空间和数据库后重试。")
    half.rename(target)
    return target
