"""Where the programs of PostgreSQL lie, and how they are run: environment, account, errors."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from foundation.errors import Unavailable


@dataclass(frozen=True)
class Account:
    """The account of the system that runs the database where we are root, which PostgreSQL refuses."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Programs:
    """The folder of `postgres`, `initdb`, `psql` …, and what their environment needs beside ours."""

    bin_dir: Path
    env: dict[str, str] = field(default_factory=dict)

    def path(self, name: str) -> Path:
        """The full path of one program."""
        return self.bin_dir / name

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """An environment for these programs; settings of another PostgreSQL (`PG*`) stay outside."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
        locale = "C.UTF-8" if os.uname().sysname == "Linux" else "en_US.UTF-8"
        return {**kept, "LANG": locale, "LC_ALL": locale, **self.env, **(extra or {})}

    def run(
        self,
        name: str,
        *arguments: str | Path,
        cwd: Path,
        account: Account | None = None,
        env: Mapping[str, str] | None = None,
        stdin: str | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run one program to its end, output captured; the caller looks at the return code."""
        return subprocess.run(
            [str(self.path(name)), *map(str, arguments)],
            input=stdin if stdin is not None else "",
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            cwd=cwd,
            env=self.environment(env),
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )


def serving_account() -> Account | None:
    """None for a plain user; for root the account `postgres` where there is one, else `nobody`."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise Unavailable("数据库不能以 root 身份运行,而系统里没有 postgres 或 nobody 账户。", remedy="请换普通用户运行。")


def can_enter(folder: Path, account: Account) -> bool:
    """Whether `account` may pass through every existing folder on the way to `folder`."""
    for step in (folder, *folder.parents):
        try:
            status = step.stat()
        except FileNotFoundError:
            continue
        if status.st_uid == account.uid:
            allowed = 0o100
        elif status.st_gid == account.gid:
            allowed = 0o010
        else:
            allowed = 0o001
        if not status.st_mode & allowed:
            return False
    return True
