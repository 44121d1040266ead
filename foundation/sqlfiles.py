"""The questions: one readable `.sql` file each, with named and typed parameters in its head.

A file opens with comment lines: what it answers, one line `-- :name type  meaning` per parameter, and the
index that serves it. The text uses `:name`; here it becomes a prepared statement (reads) or a driver
statement (writes). Nothing is ever glued into it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

_DECLARED = re.compile(r"^--\s*:(\w+)\s+([a-z_]+[a-z0-9_ ]*?(?:\[\])?)(?:\s{2,}.*)?$", re.MULTILINE)
_USED = re.compile(r"(?<![:\w]):([a-z_]\w*)")
_COMMENT = re.compile(r"--[^\n]*")


@dataclass(frozen=True)
class SqlFile:
    """One question: its name (unique in the process), its parameters in order with their SQL types, its text."""

    name: str
    parameters: tuple[tuple[str, str], ...]
    body: str

    @cached_property
    def prepare(self) -> str:
        """The PREPARE statement, with `$n` for the parameters."""
        order = {name: index for index, (name, _) in enumerate(self.parameters, start=1)}
        text = _USED.sub(lambda match: f"${order[match[1]]}", self.body)
        types = ", ".join(kind for _, kind in self.parameters)
        return f'PREPARE "{self.name}"{f" ({types})" if types else ""} AS {text}'

    @cached_property
    def execute(self) -> str:
        """The EXECUTE statement for psycopg2, with one placeholder for each parameter in order."""
        places = ", ".join(f"%({name})s" for name, _ in self.parameters)
        return f'EXECUTE "{self.name}"{f" ({places})" if places else ""}'

    @cached_property
    def driver_text(self) -> str:
        """The statement for a writing connection of psycopg2, each parameter cast to its declared type."""
        kinds = dict(self.parameters)
        escaped = self.body.replace("%", "%%")
        return _USED.sub(lambda match: f"CAST(%({match[1]})s AS {kinds[match[1]]})", escaped)


@cache
def load(path: Path) -> SqlFile:
    """Read a question; raises `ValueError` where a used parameter is not declared or the other way round."""
    text = path.read_text(encoding="utf-8")
    declared = tuple((match[1], match[2].strip()) for match in _DECLARED.finditer(text))
    body = _COMMENT.sub("", text).strip().rstrip(";")
    used = set(_USED.findall(body))
    if used != {name for name, _ in declared}:
        raise ValueError(f"{path.name}: declared {sorted(dict(declared))}, used {sorted(used)}")
    room = path.parent.parent.name
    return SqlFile(f"{room}.{path.stem}", declared, body)


@cache
def together(one: SqlFile, other: SqlFile) -> SqlFile:
    """Two questions of one value each, asked at one go: one row of both. What has one name in both is given once."""
    kinds = dict(one.parameters) | dict(other.parameters)
    if differing := [name for name, kind in one.parameters if kinds[name] != kind]:
        raise ValueError(f"{one.name}, {other.name}: two types of {differing}")
    return SqlFile(f"{one.name}+{other.name}", tuple(kinds.items()), f"SELECT ({one.body}), ({other.body})")


def folder(module_file: str) -> Path:
    """The `sql/` folder beside a module."""
    return Path(module_file).resolve().parent / "sql"


def every(root: Path) -> list[Path]:
    """Every `.sql` file of the house, for the test that prepares them all."""
    skipped = {".venv", "node_modules", ".diming"}
    return sorted(path for path in root.glob("*/**/sql/*.sql") if not skipped & set(path.parts))
