"""The house as its tests read it: its modules, what they import, and where a statement stands."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from foundation.settings import PROJECT

PACKAGES = ("api", "benchmarks", "boundaries", "commands", "deploy", "foundation", "placenames", "processes")
REGISTERS = ("boundaries", "placenames")


@dataclass(frozen=True)
class Module:
    """A Python file of the house, read and parsed."""

    path: str
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        """The folder that it lies in."""
        return self.path.rpartition("/")[0]

    def imports(self) -> set[str]:
        """Every module that it imports, at any depth of its code."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        return found

    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function in it."""
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@cache
def read(path: Path) -> Module:
    """One file of the house."""
    text = path.read_text(encoding="utf-8")
    return Module(path.relative_to(PROJECT).as_posix(), text, ast.parse(text))


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Every module below some folders."""
    return tuple(read(path) for folder in folders for path in sorted((PROJECT / folder).rglob("*.py")))


def product() -> tuple[Module, ...]:
    """Every module of the product: the packages, the command line, the migrations; no tests."""
    return (read(PROJECT / "manage.py"), *modules(*PACKAGES, "migrations"))
