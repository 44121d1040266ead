"""Imports point down, only the edge commits, no SQL is glued, and every route names who may use it."""

from __future__ import annotations

import ast
import configparser
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Mount, Route

from api.access import NAMED, Public
from api.app import create_app
from foundation.settings import PROJECT
from tests.house.source import PACKAGES, REGISTERS, Module, modules, product, read

# Who may end a transaction, and why.
COMMITS = {
    "processes/edge.py": "the edge of every write",
    "processes/schema.py": "migrations, each whole",
    "foundation/jobs.py": "progress, seen while the act is open",
}
# Statements made of a constant of our own and never of a value: the constant or the place it comes from.
MADE_OF_CONSTANTS = {
    "foundation/sqlfiles.py": "two questions that are files, side by side",
    "foundation/copying.py": "table and columns of the caller's code",
    "placenames/search/bulk.py": "the names of the tables between the steps",
    "placenames/search/index.py": "the names of the derived tables",
    "processes/bulk.py": "the names of the derived tables",
    "processes/schema.py": "a whole number from the settings, in a function's body that takes no parameter",
}
SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH|COPY|CREATE|ALTER|DROP|TRUNCATE|SET|LOCK|GRANT)\b")
BELOW_THE_EDGE = ("boundaries", "deploy", "foundation", "placenames", "processes", "migrations")


def path_of(module: Module) -> str:
    """The path as a test's name shows it."""
    return module.path


def ours(module: Module) -> set[str]:
    """The packages of the house that a module imports."""
    return {name.split(".")[0] for name in module.imports()} & {*PACKAGES, "manage", "migrations", "heritage"}


def test_the_contracts_of_imports_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run([linter, "--no-cache"], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout[-3000:]
    assert "0 broken" in told.stdout


def test_every_package_of_the_house_and_every_room_has_its_place_in_the_contracts() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(PROJECT / ".importlinter")
    assert set(contracts["importlinter"]["root_packages"].split()) == set(PACKAGES)
    exhaustive = {
        name
        for section in contracts.values()
        if section.get("exhaustive") == "True" and section["type"] == "layers"
        for name in section["containers"].split()
    }
    assert exhaustive == {*REGISTERS, "foundation"}
    assert "exhaustive_ignores" not in (PROJECT / ".importlinter").read_text()
    assert "ignore_imports" not in (PROJECT / ".importlinter").read_text()


def test_every_package_that_lies_there_is_known() -> None:
    found = {path.parent.name for path in PROJECT.glob("*/__init__.py")}
    assert found == {*PACKAGES, "migrations", "tests"}


@pytest.mark.parametrize("register", REGISTERS)
def test_registers_never_import_each_other(register: str) -> None:
    for module in modules(register):
        assert ours(module) <= {register, "foundation"}, module.path


def test_the_foundation_stands_on_nothing_of_the_house() -> None:
    for module in modules("foundation"):
        assert ours(module) <= {"foundation"}, module.path


@pytest.mark.parametrize("module", modules(*BELOW_THE_EDGE), ids=path_of)
def test_there_is_no_http_below_the_edge(module: Module) -> None:
    assert not {name.split(".")[0] for name in module.imports()} & {"fastapi", "starlette", "uvicorn"} or (
        module.path == "deploy/web.py" and "uvicorn" in module.text
    )


def test_the_command_line_stands_above_the_processes_and_reaches_past_none() -> None:
    assert ours(read(PROJECT / "manage.py")) <= {"commands", "deploy", "processes", "foundation", "api"}
    for module in modules("commands"):
        assert ours(module) <= {"commands", "deploy", "processes", "foundation"}, module.path
    for module in product()[1:]:
        assert "manage" not in ours(module), module.path


def test_the_migrations_stand_above_the_processes_and_reach_past_none() -> None:
    assert ours(read(PROJECT / "migrations" / "env.py")) <= {"processes", "foundation"}
    for module in modules("migrations/versions"):
        assert ours(module) == set(), f"{module.path}: a step of the story must not change with the code"
    for module in modules(*PACKAGES):
        assert "migrations" not in ours(module), module.path


@pytest.mark.parametrize("module", product(), ids=path_of)
def test_only_the_edge_commits(module: Module) -> None:
    ends = re.findall(r"\.commit\(|\.begin\(\)|isolation_level=.AUTOCOMMIT", module.text)
    assert not ends or module.path in COMMITS


def test_everyone_who_may_commit_does() -> None:
    for path in COMMITS:
        assert re.search(r"\.commit\(|\.begin\(\)", read(PROJECT / path).text), f"{path} has no need of the right"


def first_piece(node: ast.AST) -> object:
    """The first piece of a text that is put together: by an f-string, by + or %, or by format()."""
    match node:
        case ast.JoinedStr(values=[ast.Constant(value=piece), *_]):
            return piece
        case ast.BinOp(op=ast.Add() | ast.Mod(), left=ast.Constant(value=piece)):
            return piece
        case ast.Call(func=ast.Attribute(attr="format", value=ast.Constant(value=piece))):
            return piece
    return None


def glued(module: Module) -> list[str]:
    """The statements of a module that are put together from pieces."""
    return [ast.unparse(node) for node in ast.walk(module.tree) if SQL.match(str(first_piece(node) or ""))]


@pytest.mark.parametrize("module", [m for m in product() if not m.path.startswith("migrations/")], ids=path_of)
def test_no_sql_is_glued_together(module: Module) -> None:
    assert glued(module) == [] or module.path in MADE_OF_CONSTANTS


@pytest.mark.parametrize("module", [m for m in product() if m.path.endswith("queries.py")], ids=path_of)
def test_a_question_lives_in_its_own_file_and_not_in_python(module: Module) -> None:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not re.match(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\s", node.value), node.value[:60]


@pytest.mark.parametrize("module", modules("api"), ids=path_of)
def test_routes_are_plain_functions_because_the_driver_waits(module: Module) -> None:
    waiting = [f.name for f in module.functions() if isinstance(f, ast.AsyncFunctionDef)]
    # These two look at what is there: a thread for each would cost more than they do.
    allowed = ["anyone", "public_reader"] if module.path == "api/access.py" else []
    # Tiles of another server are waited for in a queue that holds no thread (docs/decisions/0015).
    queued = {"api/tianditu.py", "api/routes/basemap.py"}
    assert waiting == allowed or module.path in {"api/app.py", "api/headers.py", "api/wechat.py", *queued}


def every_route(routes: list[Any]) -> Iterator[Any]:
    """All routes of an application, those of its routers included, at whatever depth they were taken in."""
    for route in routes:
        inner = getattr(route, "original_router", None) or getattr(route, "app", None)
        if inner is not None and hasattr(inner, "routes") and not isinstance(route, Mount | Route):
            yield from every_route(inner.routes)
        else:
            yield route


def access_of(route: APIRoute) -> set[Any]:
    """The dependencies of a route that name an access."""
    waiting, found = [route.dependant], set()
    while waiting:
        dependant = waiting.pop()
        found |= {dependant.call} & NAMED
        waiting += dependant.dependencies
    return found


def unnamed(routes: list[Any]) -> list[str]:
    """The routes that do not say who may use them; the static files and the API's own description need not."""
    bad = []
    for route in every_route(routes):
        if isinstance(route, APIRoute):
            if len(access_of(route)) != 1:
                bad.append(route.path)
        elif not (isinstance(route, Mount) and route.path == "/static") and route.path != "/openapi.json":
            bad.append(f"{type(route).__name__} {getattr(route, 'path', '')}")
    return bad


def test_every_route_names_its_access() -> None:
    routes = list(every_route(list(create_app().routes)))
    assert len([route for route in routes if isinstance(route, APIRoute)]) > 10
    assert unnamed(create_app().routes) == []


def test_a_route_that_names_no_access_is_found() -> None:
    app = create_app()

    def open_to_whom() -> None:
        """Names nobody."""

    def for_anyone(access: Public) -> None:
        """Names everyone."""

    app.get("/named")(for_anyone)
    assert unnamed(app.routes) == []
    app.get("/unnamed")(open_to_whom)
    app.mount("/other", create_app())
    assert unnamed(app.routes) == ["/unnamed", "Mount /other"]


def test_what_the_description_lists_is_what_the_walk_found() -> None:
    app = create_app()
    walked = {r.path for r in every_route(list(app.routes)) if isinstance(r, APIRoute) and r.include_in_schema}
    assert set(app.openapi()["paths"]) == walked
