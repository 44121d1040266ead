"""Settings come from the environment, each with its meaning, and never show a secret."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from foundation.settings import Settings, settings

SECRET = "postgresql://diming:geheim-9@db.example/diming"


def test_passwords_are_hidden_wherever_settings_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", SECRET)
    monkeypatch.setenv("DIMING_PUBLIC_DATABASE_URL", SECRET)
    shown = Settings()
    assert shown.database_url is not None
    assert shown.database_url.get_secret_value() == SECRET
    for text in (repr(shown), str(shown), str(shown.model_dump()), shown.model_dump_json()):
        assert "geheim" not in text


def test_every_setting_tells_its_meaning_in_chinese() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert re.search("[一-鿿]", field.description), name


def test_the_database_keeps_its_customary_name_and_the_others_their_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", SECRET)
    monkeypatch.setenv("DIMING_PROVINCE", "330000")
    monkeypatch.setenv("DIMING_HOME", "/var/lib/diming")
    monkeypatch.setenv("PROVINCE", "110000")
    read = Settings()
    assert read.province == "330000"
    assert read.home == Path("/var/lib/diming")


def test_settings_are_read_once_and_anew_when_they_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIMING_PROVINCE", "330000")
    settings.cache_clear()
    assert settings().province == "330000"
    monkeypatch.setenv("DIMING_PROVINCE", "340000")
    assert settings().province == "330000"
    settings.cache_clear()
    assert settings().province == "340000"


@pytest.mark.parametrize(
    ("name", "value"), [("DIMING_THREADS", "0"), ("DIMING_THREADS", "viele"), ("DIMING_PUBLIC_DECIMALS", "9")]
)
def test_a_setting_beyond_its_bounds_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match=name.removeprefix("DIMING_").lower()):
        Settings()
