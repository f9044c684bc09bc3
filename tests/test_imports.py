"""Who may import whom, what an import may do, and how long a module may be."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("api", "etl", "geo", "sql")
OURS = {*ROOMS, "cli", "docs", "tests"}
# Room: what it may import of ours, itself apart.
MAY_IMPORT = {
    "sql": set[str](),
    "geo": set[str](),
    "etl": {"geo", "sql"},
    "api": {"geo", "sql"},
    "cli": set(ROOMS),
}
# The only package that talks to others over the network, and what it takes to do so.
FETCHER = "etl/fetch/"
FETCHING = ("httpx", "requests", "aiohttp", "urllib.request", "http.client", "ftplib")
LONGEST = 300

MODULES = sorted(
    [path.relative_to(ROOT).as_posix() for room in ROOMS for path in (ROOT / room).rglob("*.py")] + ["cli.py"]
)
# What an import may not do, by the names of Python's audit events.
WATCHER = """
import importlib, os, sys, threading
from pathlib import Path

root, modules = Path(sys.argv[1]), sys.argv[2:]
forbidden = {"socket.connect", "socket.bind", "subprocess.Popen", "os.system", "os.posix_spawn", "os.fork"}
code = {".py", ".pyc"}

def watch(event, arguments):
    if event in forbidden:
        sys.exit(f"{event} {arguments}")
    if event == "open" and isinstance(arguments[0], str):
        path = Path(os.path.abspath(arguments[0]))
        inside = path.is_relative_to(root) and not path.is_relative_to(root / ".venv")
        if inside and not code & set(path.suffixes):
            sys.exit(f"reads or writes {path.relative_to(root)}")

sys.addaudithook(watch)
for module in modules:
    importlib.import_module(module)
assert threading.active_count() == 1, f"threads: {threading.enumerate()}"
"""


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_the_table_allows(room: str) -> None:
    forbidden = OURS - {room} - MAY_IMPORT[room]
    modules = [path for path in MODULES if path.split("/")[0].removesuffix(".py") == room]
    assert modules
    assert not [
        f"{path} imports {name}"
        for path in modules
        for name in find_imports(path)
        if name.split(".")[0] in forbidden
    ]


def test_only_the_fetcher_talks_to_the_network() -> None:
    assert not [
        f"{path} imports {name}"
        for path in MODULES
        for name in find_imports(path)
        if not path.startswith(FETCHER) and any(is_within(name, module) for module in FETCHING)
    ]


def test_the_command_line_imports_rooms_only_inside_its_commands() -> None:
    done = run("import sys, cli; print(*sys.modules)")
    loaded = {name.split(".")[0] for name in done.split()}
    assert "typer" in loaded
    assert not loaded & {*ROOMS, "polars", "litestar", "numpy", "geopandas", "asyncpg"}


def test_importing_does_no_work() -> None:
    names = [path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in MODULES]
    run(WATCHER, str(ROOT), *names)


def test_every_package_that_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {re.split(r"[<>=~!\[; ]", one)[0] for one in project["dependencies"]}
    of_module = packages_distributions()
    for path in MODULES:
        for name in find_imports(path):
            module = name.split(".")[0]
            if module in OURS or module in sys.stdlib_module_names:
                continue
            found = {re.sub(r"[-_.]+", "-", package).lower() for package in of_module.get(module, [])}
            assert found & declared, f"{path} imports {module}, which pyproject.toml does not declare"


def test_every_folder_of_a_room_is_a_package() -> None:
    folders = {(ROOT / path).parent for path in MODULES if "/" in path}
    assert not [str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists()]


def test_a_module_can_be_read_in_one_sitting() -> None:
    lines = {path: (ROOT / path).read_text(encoding="utf-8").count("\n") for path in MODULES}
    assert not {path: count for path, count in lines.items() if count > LONGEST}, "divide them"


def find_imports(path: str) -> Iterator[str]:
    """The full name of every import in a file of the project, inside functions too."""
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_within(name: str, module: str) -> bool:
    """Whether a name is the module or something in it."""
    return name == module or name.startswith(f"{module}.")


def run(code: str, *arguments: str) -> str:
    """What a fresh Python, started in the project's folder, prints."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
