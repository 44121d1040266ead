"""Every setting with its meaning and value, secrets hidden."""

from __future__ import annotations

import json
from typing import Any

from pydantic import SecretStr

from foundation.settings import Settings, settings


def show(*, as_json: bool) -> None:
    """Print the settings as lines for a person, or as JSON for a machine."""
    listed = entries()
    if as_json:
        print(json.dumps(listed, ensure_ascii=False, indent=1))
        return
    for entry in listed:
        value = "(未设)" if entry["value"] in (None, "") else entry["value"]
        print(f"{entry['variable']}={value}\n    {entry['meaning']}")


def entries() -> list[dict[str, Any]]:
    """Name of the environment variable, meaning, value, and whether it differs from the default."""
    current = settings()
    found = []
    for name, field in Settings.model_fields.items():
        value = getattr(current, name)
        if isinstance(value, SecretStr):
            value = "********"
        elif value is not None and not isinstance(value, int | str):
            value = str(value)
        variable = field.validation_alias if isinstance(field.validation_alias, str) else f"DIMING_{name.upper()}"
        found.append({"variable": variable, "value": value, "meaning": field.description or "",
                      "set": name in current.model_fields_set})  # fmt: skip
    return found
