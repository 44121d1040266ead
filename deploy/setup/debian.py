"""Debian packages brought without root: a private apt state, verified downloads, unpacked side by side."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from deploy.setup import steps
from deploy.setup.steps import Say
from foundation.errors import Unavailable

# `--print-uris` writes: 'address' file_name size hash
URI_LINE = re.compile(r"^'[^']+' (?P<file>\S+\.deb) \d+ ", re.MULTILINE)


def available() -> bool:
    """Whether this machine has apt and dpkg-deb at all."""
    return bool(shutil.which("apt-get") and shutil.which("apt-cache") and shutil.which("dpkg-deb"))


class PrivateApt:
    """apt with its lists and downloads in a folder of ours; sources and keys stay the machine's own."""

    def __init__(self, folder: Path, log: Path, hold: int | None = None) -> None:
        self.folder = folder
        self.log = log
        self.hold = hold
        for part in ("state/lists/partial", "cache/archives/partial", "debs"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        self.options = (
            "-o", f"Dir::State={folder}/state",
            "-o", "Dir::State::status=/var/lib/dpkg/status",
            "-o", f"Dir::Cache={folder}/cache",
            "-o", "Debug::NoLocking=1",
            "-o", "APT::Sandbox::User=",
            "-o", "APT::Update::Post-Invoke-Success::=/bin/true",
            "-o", "Acquire::Languages=none",
            "-o", "Acquire::Retries=3",
        )  # fmt: skip

    def update(self, say: Say) -> None:
        """Fetch the lists of the machine's own sources."""
        say("正在读取系统软件源的目录……")
        # apt-get update ends with 0 even when every source failed, unless told otherwise.
        steps.run(
            ("apt-get", *self.options, "-o", "APT::Update::Error-Mode=any", "update"),
            log=self.log,
            failure="读取系统软件源失败",
            hold=self.hold,
        )

    def newest(self, names: Sequence[str]) -> str | None:
        """The first of `names` that the sources offer."""
        return _newest(self.options, names)

    def closure(self, *names: str) -> list[str]:
        """`name=version` of the packages that are missing on this machine for `names` to work."""
        told = subprocess.run(
            ("apt-get", *self.options, "install", "--no-install-recommends", "--print-uris", "-qq", "-y", *names),
            capture_output=True,
            text=True,
            check=False,
        )
        if told.returncode != 0:
            raise steps.explain(told.stdout + told.stderr, "计算所需的系统软件包失败", self.log)
        return packages_in(told.stdout)

    def download(self, packages: Sequence[str], progress: Callable[[str], None] | None = None) -> list[Path]:
        """Download packages; apt verifies each against the signed lists."""
        debs = self.folder / "debs"
        steps.run(
            ("apt-get", *self.options, "download", *packages),
            log=self.log,
            failure="下载系统软件包失败",
            cwd=debs,
            hold=self.hold,
            progress=progress,
        )
        return sorted(debs.glob("*.deb"))


def packages_in(uris: str) -> list[str]:
    """`name=version` of each package that `apt-get --print-uris` lists."""
    names = (match["file"].split("_") for match in URI_LINE.finditer(uris))
    return [f"{name}={version.replace('%3a', ':')}" for name, version, *_ in names]


def unpack(debs: Sequence[Path], target: Path) -> None:
    """Unpack the files of packages below `target`; no script of theirs is run."""
    target.mkdir(parents=True, exist_ok=True)
    for deb in debs:
        told = subprocess.run(("dpkg-deb", "-x", str(deb), str(target)), capture_output=True, text=True, check=False)
        if told.returncode != 0:
            raise Unavailable(f"解开软件包 {deb.name} 失败:{told.stderr.strip()}")


def system_newest(names: Sequence[str]) -> str | None:
    """The first of `names` that the system's own lists offer."""
    return _newest((), names)


def _newest(options: Sequence[str], names: Sequence[str]) -> str | None:
    for name in names:
        told = subprocess.run(
            ("apt-cache", *options, "show", "--no-all-versions", name), capture_output=True, text=True, check=False
        )
        if told.returncode == 0 and told.stdout.strip():
            return name
    return None
