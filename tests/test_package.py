"""The project as it is installed: as a wheel, which holds all it needs, and in place, for working on it."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("api", "etl", "geo", "sql")
# Puts the folder of an install before all others and leaves out the project's own, which this Python may know
# from its install in place; imports the rooms, reads data of each kind, says where the modules came from.
PROBE = """
import site, sys
folder, root = sys.argv[1:]
others = [path for path in sys.path if path not in ("", root)]
sys.path[:] = others
site.addsitedir(folder)
sys.path[:] = [path for path in sys.path if path not in others] + others

import cli, api.app, etl.load, etl.reference, geo.areas, geo.boundary, sql
from sql.measure import load_measures
assert len(load_measures()) >= 11
assert len(geo.areas.load_boroughs()) == 33
assert geo.boundary.load_outline()
assert sql.load("add_release")
assert etl.reference.read_toml("vocabulary.toml")
print(cli.__file__, api.app.__file__, etl.load.__file__, geo.areas.__file__, sql.__file__, sep="\\n")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built of the tree as it stands."""
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the wheel is installed, and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    pip("install", "--no-deps", "--target", str(folder), str(wheel))
    return folder


def test_the_wheel_holds_every_file_of_every_room(wheel: Path) -> None:
    files = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as held:
        names = set(held.namelist())
    assert {Path(name).suffix for name in files} >= {".py", ".sql", ".csv", ".toml", ".geojson"}
    assert {name for name in names if ".dist-info/" not in name} == files | {"cli.py"}


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    with zipfile.ZipFile(wheel) as held:
        (metadata,) = (name for name in held.namelist() if name.endswith("METADATA"))
        text = held.read(metadata).decode()
        (entries,) = (name for name in held.namelist() if name.endswith("entry_points.txt"))
        assert "borough = cli:main" in held.read(entries).decode()
    assert f"Version: {project['version']}\n" in text
    assert "License-Expression: MIT\n" in text
    assert "Requires-Python: >=3.11\n" in text


def test_an_installed_wheel_works_without_the_project_s_folder(installed: Path, tmp_path: Path) -> None:
    for file in probe(installed, tmp_path):
        assert Path(file).is_relative_to(installed)


def test_the_command_of_an_installed_wheel_answers(installed: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [installed / "bin" / "borough", "--help"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(installed), "PATH": "", "TERM": "dumb"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "load" in done.stdout
    assert "demo" in done.stdout


def test_an_editable_install_runs_the_project_s_folder(tmp_path: Path) -> None:
    folder = tmp_path / "editable"
    pip("install", "--no-deps", "--no-build-isolation", "--target", str(folder), "--editable", str(ROOT))
    for file in probe(folder, tmp_path):
        assert Path(file).is_relative_to(ROOT)


def probe(folder: Path, elsewhere: Path) -> list[str]:
    """Where the modules come from when `folder` stands first among the places of installed packages."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, folder, ROOT],
        cwd=elsewhere,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def pip(command: str, *arguments: str) -> None:
    """Run this Python's pip, without any network."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            command,
            "--no-index",
            "--quiet",
            "--disable-pip-version-check",
            *arguments,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
