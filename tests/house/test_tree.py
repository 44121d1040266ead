"""From the tree alone a stranger can tell what lies where: every entry and every room is named with its purpose."""

from __future__ import annotations

import ast
import json
import re

import pytest

from foundation.settings import PROJECT
from tests.house.source import REGISTERS, Module, modules, product, read

ENTRIES = {
    ".ci": "what continuous integration runs",
    ".gitignore": "what is made on a machine and not kept",
    ".importlinter": "the direction of imports, as contracts",
    "LICENSE": "Apache-2.0",
    "Makefile": "for maintainers: the locks",
    "NOTICE": "the sources of demo data and assets",
    "README.md": "what it is, the two commands, where things are",
    "alembic.ini": "where the migrations lie",
    "api": "HTTP only: routes, pages, viewer",
    "benchmarks": "what the house is measured by",
    "boundaries": "register 2: divisions over time",
    "commands": "the commands by subject, put together by manage.py",
    "data": "shipped facts and defaults",
    "deploy": "set-up and supervision",
    "diming": "the launcher of the two commands",
    "docs": "decisions and guides",
    "foundation": "what every register stands on",
    "manage.py": "the command line: composition root no. 2",
    "migrations": "the schema as a numbered story",
    "package-lock.json": "the exact browser assets",
    "package.json": "the browser assets",
    "placenames": "register 1: places, names, spelling, search",
    "processes": "verbs that write more than one register",
    "pyproject.toml": "dependencies and the settings of the checks",
    "requirements-dev.txt": "the hashed lock of the tests",
    "requirements-node.txt": "the hashed lock of node, where npm is missing",
    "requirements.txt": "the hashed lock of the service",
    "tests": "the tests",
}
# Entries that tools and set-ups make; .gitignore keeps them out of the repository.
MADE = re.compile(r"\.git|\.venv(\..+)?|\.diming|node_modules|__pycache__|\..+_cache|\.hypothesis")

# The same in every room, so that knowing one is knowing all.
ALWAYS = {"__init__.py", "lifecycle.py", "models.py", "schemas.py", "rules.py", "actions.py", "queries.py", "sql"}
# What a room has beyond them, with its purpose.
BEYOND = {
    "boundaries/divisions": {
        "areas.py": "derived areas for the map",
        "bands.py": "which zooms share a drawing",
        "cutting.py": "areas and borders in pieces",
    },
    "placenames/proposals": {
        "decisions.py": "what a step does to the register",
        "drafts.py": "names, texts, geometries as people give them",
        "findings.py": "equal and like-sounding names, positions beyond the border",
        "filling.py": "given fields into a case",
        "replies.py": "the instrument that decides",
        "ways.py": "who handles and who decides",
    },
    "placenames/register": {"bulk.py": "many drafts as rows for COPY", "drafts.py": "a place before it has an id"},
    "placenames/search": {
        "bulk.py": "derived data all at once",
        "finding.py": "the walk through tiers, forms and places",
        "forms.py": "the forms that may answer",
        "hot.py": "the best forms of codes that very many have",
        "matching.py": "how a name answers a question",
        "index.py": "the one owner of derived data",
        "question.py": "what is asked, read and narrowed",
        "tiles.py": "what the map draws of places",
        "tokens.py": "what a name is found by",
        "ways.py": "other readings of what was typed",
    },
    "placenames/spelling": {
        "generics.py": "the table of generic terms",
        "numerals.py": "numbers in names",
        "readings.py": "characters with several readings",
        "splitting.py": "specific and generic part",
        "syllables.py": "joining syllables",
    },
}
LONGEST_MODULE = 300
LONGEST_FUNCTION = 60


def rooms() -> list[str]:
    """Every room of a register."""
    folders = (path for register in REGISTERS for path in (PROJECT / register).iterdir())
    return sorted(path.relative_to(PROJECT).as_posix() for path in folders if path.is_dir() and path.name[0] != "_")


def path_of(module: Module) -> str:
    """The path as a test's name shows it."""
    return module.path


def test_every_entry_of_the_repository_is_named_with_its_purpose() -> None:
    found = {path.name for path in PROJECT.iterdir() if not MADE.fullmatch(path.name)}
    assert found - set(ENTRIES) == set(), "name the new entry and its purpose"
    assert set(ENTRIES) - found == set(), "the entry is gone: take its name away"


def test_every_room_of_a_register_is_known() -> None:
    assert set(rooms()) == set(BEYOND)
    for register in REGISTERS:
        files = {path.name for path in (PROJECT / register).iterdir() if path.is_file()}
        assert files == {"__init__.py"}, f"{register} is divided by subject: no file beside its rooms"


@pytest.mark.parametrize("room", rooms())
def test_a_room_holds_only_the_files_that_every_room_has_and_those_named_for_it(room: str) -> None:
    found = {path.name for path in (PROJECT / room).iterdir() if path.name != "__pycache__"}
    assert found <= ALWAYS | set(BEYOND[room])
    assert set(BEYOND[room]) <= found, "the file is gone: take its name away"
    assert {path.suffix for path in (PROJECT / room / "sql").rglob("*") if path.is_file()} <= {".sql"}


@pytest.mark.parametrize("module", product(), ids=path_of)
def test_nothing_is_called_utils_helpers_or_common(module: Module) -> None:
    assert not re.search(r"\b(utils?|helpers?|common|misc|base|service|manager)\b", module.path.removesuffix(".py"))


@pytest.mark.parametrize("module", [*product(), *modules("tests")], ids=path_of)
def test_every_module_opens_with_a_sentence_that_says_what_it_is(module: Module) -> None:
    docstring = ast.get_docstring(module.tree) or ""
    first = docstring.split("\n\n")[0]
    assert len(first) > 10
    assert first[0].isupper() or first[0] == "`"
    assert first.endswith((".", ":", "…", "!", "?")), "the first paragraph is a whole sentence"


@pytest.mark.parametrize("module", [m for m in product() if not m.path.startswith("migrations/")], ids=path_of)
def test_no_module_and_no_function_is_too_long_to_be_read_at_once(module: Module) -> None:
    assert len(module.text.splitlines()) <= LONGEST_MODULE
    lengths = {f.name: (f.end_lineno or 0) - f.lineno + 1 for f in module.functions()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-node.txt")
PEERS = tuple(f"benchmarks/locks/{name}.txt" for name in ("names", "pygeoapi", "tipg"))


@pytest.mark.parametrize("lock", [*LOCKS, *PEERS])
def test_a_lock_pins_every_package_by_hash_and_names_no_address(lock: str) -> None:
    text = (PROJECT / lock).read_text(encoding="utf-8")
    assert not re.search(r"://|--index-url|--find-links|\bgit\+|@ file", text)
    pins = re.split(r"\n(?=[a-zA-Z0-9])", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).strip())
    assert len(pins) > 0
    for pin in pins:
        assert re.match(r"[\w.\[\]-]+==[^\s;]+.*?--hash=sha256:[0-9a-f]{64}", pin, re.DOTALL), pin.splitlines()[0]


def test_the_lock_of_the_browser_assets_pins_by_hash_and_names_no_address_to_download_from() -> None:
    lock = json.loads((PROJECT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    for name, entry in packages.items():
        assert "resolved" not in entry, name
        assert entry["integrity"].startswith("sha512-"), name
        without = {key: value for key, value in entry.items() if key != "funding"}
        assert "://" not in json.dumps(without), name
    wanted = json.loads((PROJECT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    for name, version in wanted.items():
        assert packages[f"node_modules/{name}"]["version"] == version, f"{name} is not pinned exactly"


def test_migrations_are_a_numbered_story_without_gap() -> None:
    steps = sorted(path for path in (PROJECT / "migrations" / "versions").glob("*.py"))
    names = [path.stem for path in steps]
    assert [name[:5] for name in names] == [f"{number:04}_" for number in range(1, len(names) + 1)]
    for step, before in zip(steps, [None, *names], strict=False):
        told = {
            target.id: node.value.value
            for node in read(step).tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        assert told["revision"] == step.stem[:4]
        assert told["down_revision"] == (before[:4] if before else None)
        assert "SET LOCAL lock_timeout" in read(step).text
