"""The installation of one bureau, for the tests of what it prefers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api import installation
from foundation.settings import settings
from tests.makers import RUGAO


@pytest.fixture
def bureau_of_rugao(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The installation of the bureau of 如皋, whose register holds the whole province."""
    monkeypatch.setenv("DIMING_BUREAU_AREA", RUGAO)
    settings.cache_clear()
    installation._known.clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()
    installation._known.clear()
