"""The launcher and the command line: help, wrong usage, errors in one line, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from deploy import ground, telling, words
from foundation.errors import Refused
from tests.setup.conftest import LAUNCHER


def diming(environment: dict[str, str], *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(LAUNCHER), *arguments], capture_output=True, text=True, check=False, env=environment, cwd=cwd, timeout=60
    )


def one_line(told: subprocess.CompletedProcess[str], code: int) -> str:
    """The only line of an error."""
    assert told.returncode == code, told
    assert "Traceback" not in told.stderr
    lines = told.stderr.strip().splitlines()
    assert len(lines) == 1, told.stderr
    return lines[0]


def test_help_is_chinese_and_needs_no_set_up(clean_environment: dict[str, str], home: Path) -> None:
    told = diming(clean_environment, "--help")
    assert told.returncode == 0
    for command in ("up", "test", "serve", "stop", "migrate", "reindex", "journal", "settings", "doctor", "psql"):
        assert f"\n  {command} " in told.stdout
    assert "jobs" not in told.stdout
    for word in ("Options", "Commands", "Show this message"):
        assert word not in told.stdout
    assert not list(home.iterdir()) or [path.name for path in home.iterdir()] == ["postgis"]


@pytest.mark.parametrize("command", ["up", "test", "serve", "stop", "migrate", "reindex", "settings", "doctor", "psql"])
def test_every_command_has_help(clean_environment: dict[str, str], command: str) -> None:
    told = diming(clean_environment, command, "--help")
    assert told.returncode == 0
    assert "选项" in told.stdout


def test_it_is_found_through_a_link_from_anywhere(clean_environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "first").symlink_to(LAUNCHER)
    (tmp_path / "second").symlink_to(Path("bin") / "first")
    told = subprocess.run(
        [str(tmp_path / "second"), "--help"],
        capture_output=True,
        text=True,
        check=False,
        env=clean_environment,
        cwd="/",
    )
    assert told.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "words_in_it"),
    [
        (("fly",), "没有命令"),
        (("up", "--prt", "1"), "没有选项 --prt"),
        (("up", "--port", "x"), "--port"),
        (("up", "--port", "70000"), "--port"),
        (("up", "--data", "mars"), "--data"),
        (("stop", "now"), "now"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(
    clean_environment: dict[str, str], arguments: tuple[str, ...], words_in_it: str
) -> None:
    line = one_line(diming(clean_environment, *arguments), 2)
    assert words_in_it in line
    assert "--help" in line


def test_settings_hide_passwords(clean_environment: dict[str, str]) -> None:
    secret = {"DATABASE_URL": "postgresql://diming:geheim@127.0.0.1:1/diming"}
    told = diming({**clean_environment, **secret}, "settings", "--json")
    assert told.returncode == 0
    listed = {entry["variable"]: entry for entry in json.loads(told.stdout)}
    assert listed["DATABASE_URL"]["value"] == "********"
    assert listed["DATABASE_URL"]["set"]
    assert "geheim" not in told.stdout
    assert all(entry["meaning"] for entry in listed.values())


def test_serve_without_a_database_is_one_line(clean_environment: dict[str, str]) -> None:
    line = one_line(diming(clean_environment, "serve", "--port", "0"), 1)
    assert "DATABASE_URL" in line


@pytest.mark.parametrize("command", [("psql", "-c", "select 1"), ("journal", "verify"), ("reindex",)])
def test_a_question_to_a_register_that_was_never_made_brings_nothing(
    clean_environment: dict[str, str], home: Path, command: tuple[str, ...]
) -> None:
    before = {path.name for path in home.iterdir()}
    assert "./diming up" in one_line(diming(clean_environment, *command), 1)
    assert {path.name for path in home.iterdir()} == before


@pytest.mark.parametrize(("variable", "value"), [("DIMING_CLOCK", "gestern"), ("DIMING_PUBLIC_DECIMALS", "x")])
def test_a_setting_that_cannot_be_read_is_named_before_anything_begins(
    clean_environment: dict[str, str], variable: str, value: str
) -> None:
    told = one_line(diming(clean_environment | {variable: value}, "up", "--port", "0"), 1)
    assert variable in told


def test_stop_with_nothing_running_is_well(clean_environment: dict[str, str]) -> None:
    assert diming(clean_environment, "stop").returncode == 0


def test_a_home_folder_that_cannot_be_written_is_one_line(clean_environment: dict[str, str], tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    line = one_line(diming({**clean_environment, "DIMING_HOME": str(blocked)}, "up", "--port", "0"), 1)
    assert str(blocked) in line


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (OSError(28, "No space left on device", "/x"), "磁盘空间不足"),
        (PermissionError(13, "Permission denied", "/x"), "没有权限"),
        (Refused("不行。", remedy="换一个。"), "不行。 换一个。"),
        (KeyboardInterrupt(), "已中断"),
    ],
)
def test_failures_are_told_in_one_line(error: BaseException, word: str, capfd: pytest.CaptureFixture[str]) -> None:
    def broken(**_: object) -> None:
        raise error

    assert telling.run(broken) == 1
    told = capfd.readouterr().err
    assert word in told
    assert told.count("\n") == 1


def test_a_mistake_of_ours_keeps_its_trace_in_a_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(**_: object) -> None:
        raise ZeroDivisionError("ours")

    monkeypatch.setenv("DIMING_HOME", str(tmp_path))
    assert telling.run(broken) == 1
    told = capfd.readouterr().err
    assert str(tmp_path / "log" / "error.log") in told
    assert "Traceback" not in told
    assert "ZeroDivisionError: ours" in (tmp_path / "log" / "error.log").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("No such option: --prt (Possible options: --port)", "没有选项 --prt。"),
        ("Missing argument 'FILE'.", "缺少参数 FILE。"),
        ("Got unexpected extra argument(s) (now)", "多出了不认识的词:now。"),
        ("Option '--port' requires an argument.", "选项 --port 后面要写值。"),
    ],
)
def test_mistakes_are_told_in_chinese(english: str, chinese: str) -> None:
    assert words.mistake(english) == chinese


@pytest.mark.parametrize(
    ("address", "shown", "password"),
    [
        (
            "postgresql+psycopg2://me:p%40ss@db:5432/x?sslmode=require",
            "postgresql://me@db:5432/x?sslmode=require",
            "p@ss",
        ),
        ("postgres://db/x", "postgresql://db/x", ""),
        ("postgresql://me@db/x", "postgresql://me@db/x", ""),
    ],
)
def test_passwords_stay_off_the_command_lines(address: str, shown: str, password: str) -> None:
    assert ground.split_password(address) == (shown, password)


def test_the_launcher_is_plain_sh() -> None:
    assert LAUNCHER.read_text(encoding="utf-8").startswith("#!/bin/sh\n")
    assert os.access(LAUNCHER, os.X_OK)
    assert subprocess.run(["sh", "-n", str(LAUNCHER)], check=False).returncode == 0
