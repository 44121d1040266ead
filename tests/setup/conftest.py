"""Home folders that any account of the system may enter, and the programs of PostgreSQL."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy import suite
from deploy.setup import postgis, steps
from deploy.setup.steps import PROJECT
from foundation.cluster import PrivateCluster, Programs
from foundation.cluster.private import base_folder


@pytest.fixture(scope="session")
def programs() -> Programs:
    """PostgreSQL with PostGIS on this machine."""
    found = postgis.find(base_folder(steps.home()) / "postgis")
    if found is None:
        pytest.skip("这台机器上没有 PostgreSQL 和 PostGIS 的程序(DATABASE_URL 指向别处)")
    return found


@contextmanager
def home_folder() -> Iterator[Path]:
    """A home folder of its own. pytest's own temporary folders are closed to the database's account."""
    folder = Path(tempfile.mkdtemp(prefix="diming-test-"))
    folder.chmod(0o755)
    suite.lend_programs(folder)
    yield folder
    found = postgis.find(folder / "postgis")
    if found is not None and (folder / "cluster").exists():
        PrivateCluster(folder, found).stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def home() -> Iterator[Path]:
    """A home folder for one test."""
    with home_folder() as folder:
        yield folder


@pytest.fixture
def clean_environment(home: Path) -> dict[str, str]:
    """An environment for `./diming` that knows this home folder and no other database."""
    kept = {name: value for name, value in os.environ.items() if name not in suite.HIDDEN}
    return {**kept, "DIMING_HOME": str(home)}


LAUNCHER = PROJECT / "diming"
