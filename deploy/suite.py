"""Runs the test suite on a private database of its own, never on the register."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from deploy import ground
from deploy.setup import assets, steps
from deploy.setup.steps import PROJECT
from foundation.cluster.private import base_folder

Say = Callable[[str], None]

# Whatever points to a real register stays outside the tests.
HIDDEN = ("DATABASE_URL", "READ_DATABASE_URLS", "DIMING_PUBLIC_DATABASE_URL", "DIMING_HOME")


def run(arguments: Sequence[str], *, everything: bool, say: Say) -> int:
    """Set up what the tests need and run pytest; 0 when all passed, 2 for wrong arguments, else 1."""
    assets.ensure(say)
    home = steps.home() / "test"
    with ground.database(say, home, durable=False) as found:
        # Only now are programs that had to be unpacked there to be lent.
        lend_programs(home)
        environment = {name: value for name, value in os.environ.items() if name not in HIDDEN}
        environment["DIMING_TEST_DATABASE_URL"] = found.owner
        environment["DIMING_HOME"] = str(home)
        command = [sys.executable, "-m", "pytest", *defaults(arguments, everything), *arguments]
        code = subprocess.run(command, cwd=PROJECT, env=environment, check=False).returncode
    return {0: 0, 4: 2}.get(code, 1)


def lend_programs(home: Path) -> None:
    """Let the tests' home folder use the programs that were unpacked for the real one."""
    unpacked = base_folder(steps.home()) / "postgis"
    link = base_folder(home) / "postgis"
    if unpacked.is_dir() and not link.exists():
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(unpacked)


def defaults(arguments: Sequence[str], everything: bool) -> list[str]:
    """What pytest is told unless the person's own arguments say otherwise."""
    words = []
    if not everything and "-m" not in arguments:
        words += ["-m", "not slow"]
    alone = {"-n", "--pdb", "--collect-only", "--co", "-s", "-p"}
    if not any(argument in alone or argument.startswith(("-n", "--numprocesses")) for argument in arguments):
        words += ["-n", "2", "--dist", "loadgroup"]
    return words
