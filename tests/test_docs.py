"""The docs say what is so: what they take from the code is up to date, what they name is there."""

import os
import re
import shlex
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
import typer

from api.app import create_app
from api.charts import SIGNAL_COLUMNS
from api.envelope import ATTRIBUTION
from api.figures.status import FLAGS
from api.model import BASE_YEAR_COLUMNS, RATIO_COLUMNS
from api.scorecard import SCORECARD_COLUMNS
from api.standing import STANDING_COLUMNS
from docs import build
from etl.reference import read_toml
from sql import Settings, settings
from sql.measure import load_measures

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
# Parts, so that this file does not name what it forbids.
REGISTRY_HOSTS = re.compile(
    r"\b(py" + r"pi|python" + r"hosted|npm" + r"js|de" + r"bian|crates|docker|quay|ghcr)\.(org|com|io)\b"
)
MACHINE_PATHS = re.compile(r"(?<![\w.~}])/(work|farm|root|home/\w+|Users/\w+|opt)/")
LARGEST_BYTES = 512 * 1024


@pytest.mark.parametrize("path", build.build(), ids=lambda path: path.name)
def test_what_is_taken_from_the_code_is_up_to_date(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == build.build()[path], "run: make docs"


@pytest.mark.parametrize("metric", sorted(path.stem for path in (ROOT / "sql" / "measures").glob("*.sql")))
def test_every_measure_is_documented(metric: str) -> None:
    text = build.METRICS.read_text(encoding="utf-8")
    measure = load_measures()[metric]
    assert f"\n## {metric}\n" in text
    assert measure.definition in text
    assert all(caveat in text for caveat in measure.caveats)


def test_every_setting_is_documented() -> None:
    assert all(f"| `{name}` |" in README for name, _, _ in settings.describe())
    assert {"DATABASE_URL", "BOROUGH_DATA"} <= {name for name, _, _ in settings.describe()}


def test_every_environment_variable_that_is_read_has_a_place_in_the_docs() -> None:
    read = set[str]()
    for room in ("api", "etl", "geo", "sql"):
        for path in (ROOT / room).rglob("*.py"):
            read |= set(re.findall(r"\"(BOROUGH_[A-Z_]+)\"", path.read_text(encoding="utf-8")))
    assert not {name for name in read if name not in README}


def test_every_package_has_a_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    decisions = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
    names = {re.split(r"[<>=~!\[; ]", one)[0] for one in project["dependencies"]}
    listed = set(re.findall(r"^\| ([a-z0-9-]+) \| ", decisions, re.MULTILINE)) - {"package", "---"}
    assert listed == names
    tools = {re.split(r"[<>=~!\[; ]", one)[0] for one in project["optional-dependencies"]["dev"]}
    assert not {name for name in tools if not re.search(rf"\b{name}\b", decisions)}


def test_the_changelog_tells_of_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    newest = text.split("\n## ")[1]
    assert version in newest.splitlines()[0]
    assert "- " in newest


def test_the_attribution_is_the_one_that_is_served() -> None:
    assert ATTRIBUTION in re.sub(r"\s+(> )?", " ", README)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert not [target for target in targets if not (page.parent / target).exists()]


def test_every_command_of_the_readme_exists() -> None:
    commands = list_commands(README)
    assert {("make", "demo"), ("make", "test")} <= {command[:2] for command in commands}
    for command in commands:
        match command:
            case ("make", target, *_):
                assert target in list_targets(), f"the Makefile has no {target}"
            case ("borough", name, *words):
                assert_known(name, words)


def find_path(paths: dict[str, Any], address: str) -> dict[str, Any]:
    """The path that answers an address: its own, or one with a name in braces for a part of it."""
    if address in paths:
        return dict(paths[address])
    return next(
        dict(paths[path]) for path in paths if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", path), address)
    )


def test_every_address_of_the_readme_exists() -> None:
    addresses = [word for command in list_commands(README) if command[0] == "curl" for word in command[1:]]
    assert len(addresses) >= 3
    paths = list_paths()
    for address in addresses:
        parts = urlsplit(address)
        assert parts.netloc == "127.0.0.1:8000"
        operation = find_path(paths, parts.path)["get"]
        known = {one["name"] for one in operation["parameters"]}
        query = parse_qs(parts.query, strict_parsing=True)
        assert query.keys() <= known, f"{address}: {sorted(query.keys() - known)}"
        assert set(query.get("metric", [])) <= load_measures().keys()


def test_the_help_of_make_names_every_target() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert not [name for name in list_targets() - {"help"} if f"'make {name} " not in text]


def test_no_file_names_a_registry_or_a_place_on_a_machine() -> None:
    found = []
    for path in list_files():
        text = path.read_bytes().decode("utf-8", errors="replace")
        hits = [match[0] for rule in (REGISTRY_HOSTS, MACHINE_PATHS) for match in rule.finditer(text)]
        found += [f"{path.relative_to(ROOT)}: {hit}" for hit in hits]
    assert not found


def test_no_file_is_large() -> None:
    files = list_files()
    assert ROOT / "cli.py" in files
    assert not {path for path in files if path.stat().st_size > LARGEST_BYTES}


def list_commands(text: str) -> list[tuple[str, ...]]:
    """Every command in the shell blocks of a page and between single backquotes, as words."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"`((?:make|borough) [^`]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    found = [tuple(shlex.split(line, comments=True)) for line in lines]
    return [words for words in found if words and words[0] in {"make", "borough", "curl"}]


@cache
def list_targets() -> set[str]:
    """The targets that the Makefile gives to people."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)[0].split())


def assert_known(name: str, words: list[str]) -> None:
    """Fail unless `borough` has the command and each of the options."""
    import cli

    commands: dict[str, Any] = cast(Any, typer.main.get_command(cli.app)).commands
    assert name in commands, f"borough has no command {name}"
    options = {option for one in commands[name].params for option in one.opts} | {"--help"}
    assert not [word for word in words if word.startswith("--") and word.split("=")[0] not in options]


@cache
def list_paths() -> dict[str, Any]:
    """The paths of the OpenAPI document. No database is asked."""
    router: Any = create_app(Settings()).application
    paths: dict[str, Any] = router.openapi_schema.to_schema()["paths"]
    return paths


@cache
def list_files() -> frozenset[Path]:
    """Every file of the project that is not ignored."""
    ignored = {line.rstrip("/") for line in (ROOT / ".gitignore").read_text().splitlines()} | {".git"}
    found = set()
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in ignored]
        found |= {Path(folder) / name for name in files if name not in ignored}
    return frozenset(found)


def test_every_flag_and_field_of_a_figure_is_explained() -> None:
    text = (ROOT / "docs" / "fields.md").read_text(encoding="utf-8")
    names = {
        *RATIO_COLUMNS,
        *BASE_YEAR_COLUMNS,
        *SCORECARD_COLUMNS,
        *STANDING_COLUMNS,
        *SIGNAL_COLUMNS,
        *FLAGS.values(),
        *read_toml("breaks.toml"),
    }
    assert not sorted(name for name in names if f"`{name}`" not in text)
