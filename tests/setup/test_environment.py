"""The Python environment: whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.setup import environment, steps
from foundation.errors import Unavailable


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a lock that needs nothing, so that no network is needed either."""
    (tmp_path / "deploy").mkdir()
    (tmp_path / "requirements.txt").write_text("# nothing\n", encoding="utf-8")
    (tmp_path / "requirements-dev.txt").write_text("# nothing more\n", encoding="utf-8")
    monkeypatch.setenv("DIMING_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(environment, "PROJECT", tmp_path)
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "STAMPS", tmp_path / ".venv" / ".diming")
    return tmp_path


def half_made(project: Path) -> None:
    """What a kill in the middle leaves: programs, but no stamp."""
    (project / ".venv" / "bin").mkdir(parents=True)
    (project / ".venv" / "bin" / "python").touch()
    (project / ".venv" / "half").touch()


def test_without_stamp_it_is_not_whole(project: Path) -> None:
    half_made(project)
    assert not environment.stamped()
    assert not environment.current("requirements.txt")


def test_the_stamp_is_the_lock_itself(project: Path) -> None:
    half_made(project)
    environment.stamp("requirements.txt")
    assert environment.current("requirements.txt")
    assert not environment.current("requirements-dev.txt")
    (project / "requirements.txt").write_text("# changed\n", encoding="utf-8")
    assert not environment.current("requirements.txt")


def test_the_larger_lock_includes_the_smaller(project: Path) -> None:
    half_made(project)
    environment.stamp("requirements-dev.txt")
    assert environment.current("requirements.txt")
    assert environment.current("requirements-dev.txt")


@pytest.mark.slow
def test_a_half_made_environment_is_built_anew(project: Path) -> None:
    half_made(project)
    told: list[str] = []
    environment.ensure("requirements.txt", told.append)
    assert environment.current("requirements.txt")
    assert not (project / ".venv" / "half").exists()
    assert not list(project.glob(".venv.old*"))
    count = len(told)
    environment.ensure("requirements.txt", told.append)
    assert len(told) == count


@pytest.mark.slow
def test_a_failed_update_leaves_no_stamp(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment.ensure("requirements.txt", lambda _: None)
    line = "absent-package==1.0 --hash=sha256:" + "0" * 64
    (project / "requirements.txt").write_text(line + "\n", encoding="utf-8")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(Unavailable):
        environment.ensure("requirements.txt", lambda _: None)
    assert not environment.stamped()


def test_a_system_python_without_pip_takes_the_wheel_of_the_system(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = project / "home" / "pip"
    kept.mkdir(parents=True)
    (kept / "pip-23.0.1-py3-none-any.whl").touch()
    monkeypatch.setattr(environment, "SYSTEM_WHEELS", project / "absent")
    found = environment.pip_wheel(project / "log", 0, steps.say)
    assert found == kept / "pip-23.0.1-py3-none-any.whl"
