"""The files that carry the project to another machine: lock, CI, compose file, image.

No Docker engine is needed: the compose file and the Dockerfile are read, not run.
"""

import os
import re
import subprocess
import tomllib
from configparser import ConfigParser
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, cast

import pytest
import typer
import yaml
from packaging.requirements import Requirement

from sql import settings

ROOT = Path(__file__).parent.parent
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
CI = ROOT / ".ci" / "run"


def test_the_lock_pins_everything_the_project_asks_for() -> None:
    pinned = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", LOCK, re.MULTILINE))
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [
        *pyproject["build-system"]["requires"],
        *pyproject["project"]["dependencies"],
        *(one for extra in pyproject["project"]["optional-dependencies"].values() for one in extra),
    ]
    for requirement in map(Requirement, asked):
        assert requirement.name in pinned, f"{requirement.name} is not in the lock: run make lock"
        assert requirement.specifier.contains(pinned[requirement.name]), f"{requirement}: run make lock"


def test_every_package_of_the_lock_has_hashes_and_no_address() -> None:
    entries = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert entries
    assert not [
        entry.splitlines()[0] for entry in entries if not re.search(r"--hash=sha256:[0-9a-f]{64}", entry)
    ]
    options = [line for line in LOCK.splitlines() if line.startswith("-")]
    assert not options, "the lock holds options of this machine's pip"
    assert not re.search(r"://|\.(org|com|io|net)\b|@", LOCK)


def test_ci_runs_both_commands_and_lets_nothing_skip() -> None:
    text = CI.read_text(encoding="utf-8")
    assert os.access(CI, os.X_OK)
    assert subprocess.run(["bash", "-n", CI], check=False).returncode == 0
    assert re.search(r"^set -euo pipefail$", text, re.MULTILINE)
    assert [line.split()[-1] for line in text.splitlines() if line.startswith("timeout")] == ["check", "test"]
    assert "BOROUGH_REQUIRE_ALL=1" in text


def test_the_services_of_the_compose_file() -> None:
    services = COMPOSE["services"]
    assert services.keys() == {"database", "migrate", "loader", "api", "refresh"}
    assert services["database"]["image"] == "postgres:18"
    # From version 18 on the image refuses a volume at its former place, one folder deeper.
    assert services["database"]["volumes"] == ["database:/var/lib/postgresql"]
    assert "healthcheck" in services["database"]
    assert "healthcheck" in services["api"]
    assert all("restart" not in services[name] for name in ("migrate", "loader")), "these run once"


def test_every_volume_is_named_or_given() -> None:
    for service in COMPOSE["services"].values():
        for volume in service.get("volumes", []):
            source = volume.rpartition("}")[0] or volume.split(":")[0]
            assert source in COMPOSE["volumes"] or source.startswith("${BOROUGH_FILES:?")


def test_services_wait_for_what_they_need() -> None:
    waits = {
        name: {other: how["condition"] for other, how in service.get("depends_on", {}).items()}
        for name, service in COMPOSE["services"].items()
    }
    migrated = {"migrate": "service_completed_successfully"}
    assert waits == {
        "database": {},
        "migrate": {"database": "service_healthy"},
        "loader": migrated,
        "api": migrated,
        "refresh": migrated,
    }


@pytest.mark.parametrize("name", ["migrate", "loader", "api"])
def test_the_commands_of_the_compose_file_exist(name: str) -> None:
    import cli

    program, command, *arguments = COMPOSE["services"][name]["command"]
    assert program == "borough"
    chosen = cast(Any, typer.main.get_command(cli.app)).commands[command]
    chosen.make_context(command, arguments)


def test_the_refresh_service_asks_publishers_only_where_that_was_chosen() -> None:
    refresh = COMPOSE["services"]["refresh"]
    assert refresh["profiles"] == ["refresh"]
    assert refresh["restart"] == "unless-stopped"
    known = {name for name, _, _ in settings.describe()} | {"PGPASSWORD", "REFRESH_SECONDS"}
    assert refresh["environment"].keys() <= known
    shell, option, script = refresh["command"]
    # compose turns $$ into $
    script = script.replace("$$", "$")
    assert (shell, option) == ("sh", "-c")
    assert subprocess.run(["sh", "-n", "-c", script], check=False).returncode == 0
    (words,) = re.findall(r"^ *borough (.*?) \|\|", script, re.MULTILINE)
    assert_command(words.split())


def test_the_schedule_of_the_refresh_service_runs() -> None:
    """The script itself, with `borough` and `sleep` put in its place: expect a run, its exit told, and the pause."""
    script = COMPOSE["services"]["refresh"]["command"][2].replace("$$", "$")
    stubs = 'borough() { echo "ran $*"; return 1; }; sleep() { echo "sleeps $1"; exit 0; }; '
    done = subprocess.run(
        ["sh", "-c", stubs + script],
        env={**os.environ, "REFRESH_SECONDS": "100"},
        capture_output=True,
        text=True,
        check=False,
    )
    ran, told, sleeps = done.stdout.splitlines()
    assert ran == "ran refresh --quiet"
    assert told == "borough refresh ended with 1"
    assert 100 <= int(sleeps.split()[1]) < 100 + 7200


def test_the_units_of_systemd_run_the_command() -> None:
    folder = ROOT / "docs" / "deploy"
    service, timer = (read_unit(folder / f"borough-refresh.{kind}") for kind in ("service", "timer"))
    program, *words = service["Service"]["ExecStart"].split()
    assert program.endswith("/borough")
    assert_command(words)
    assert service["Service"]["Type"] == "oneshot"
    assert service["Service"]["Environment"].partition("=")[0] in {name for name, _, _ in settings.describe()}
    assert re.fullmatch(r"[A-Z][a-z]{2} \*-\*-\* \d\d:\d\d:\d\d", timer["Timer"]["OnCalendar"])
    assert timer["Timer"]["RandomizedDelaySec"] == "2h"
    assert timer["Timer"]["Persistent"] == "true"
    assert timer["Install"]["WantedBy"] == "timers.target"


def read_unit(path: Path) -> ConfigParser:
    """A unit of systemd."""
    unit = ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(path.read_text(encoding="utf-8"))
    return unit


def assert_command(words: list[str]) -> None:
    """That `borough` takes these words."""
    import cli

    command, *arguments = words
    chosen = cast(Any, typer.main.get_command(cli.app)).commands[command]
    chosen.make_context(command, arguments)


def test_no_secret_stands_in_the_compose_file() -> None:
    for service in COMPOSE["services"].values():
        for name, value in service["environment"].items():
            if "PASSWORD" in name:
                assert value.startswith("${POSTGRES_PASSWORD:?"), f"{name} must come from outside"
            else:
                assert not re.search(r"://[^/@]*:[^/@]*@", value), f"{name} holds a password"
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()


def test_the_program_is_given_settings_that_it_has() -> None:
    known = {name for name, _, _ in settings.describe()} | {"PGPASSWORD"}
    assert COMPOSE["services"]["api"]["environment"].keys() <= known
    given = {name for line in re.findall(r"^ENV (.*)$", DOCKERFILE, re.MULTILINE) for name in assigned(line)}
    assert not {name for name in given if name.startswith(("BOROUGH", "DATABASE"))} - known


def test_the_image_does_not_run_as_root() -> None:
    last = DOCKERFILE.split("\nFROM ")[-1]
    assert re.findall(r"^USER (.*)$", last, re.MULTILINE) == ["borough"]
    assert last.index("\nUSER ") < last.index("\nCMD ")


def test_the_image_installs_the_lock() -> None:
    assert "--require-hashes --no-deps" in DOCKERFILE
    assert DOCKERFILE.count("pip install") == DOCKERFILE.count("pip install --no-index")


def test_what_the_image_is_built_of_is_let_through() -> None:
    rules = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert rules[0] == "*"
    let_through = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert {
        *wheel["only-include"],
        "pyproject.toml",
        "requirements.lock",
        "README.md",
        "LICENSE",
    } == let_through
    assert all((ROOT / name).exists() for name in let_through)
    assert not [name for name in let_through if fnmatch(name, "*.env*")]


def assigned(line: str) -> list[str]:
    """The names of `NAME=value NAME=value`."""
    return [word.partition("=")[0] for word in line.split()]
