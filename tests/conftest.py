"""What every test may ask for: a real PostgreSQL, a fresh migrated database, the real data if there."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import psutil
import pytest
from hypothesis import settings

from sql import Settings, connect, embedded, migrate

ROOT = Path(__file__).parent.parent
TEMPLATE = f"borough_template_{os.getpid()}"

# How long an example takes depends on what else the machine does.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Name a case by its bytes only where they are short text.

    What a packer made carries the time: processes that share out one list of tests would not call them alike.
    """
    del config
    if isinstance(val, bytes) and not (len(val) <= 60 and val.isascii() and val.decode().isprintable()):
        return argname
    return None


@pytest.fixture(scope="session", autouse=True)
def data() -> Iterator[Path]:
    """An empty data folder with a short path; it, and the server in it, are gone when the session ends.

    The environment points to it, so that no test can reach the database of the person who runs the tests.
    """
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"borough-test-{os.getpid()}-", dir="/tmp"))
    # As root the server runs as another user, who has to get in.
    folder.chmod(0o755)
    with pytest.MonkeyPatch.context() as environment:
        for name in [
            name
            for name in os.environ
            if name.startswith(("PG", "BOROUGH_FETCH", "BOROUGH_POOL", "BOROUGH_STATEMENT"))
        ]:
            environment.delenv(name)
        environment.delenv("DATABASE_URL", raising=False)
        environment.setenv("BOROUGH_DATA", str(folder))
        try:
            yield folder
        finally:
            _remove(folder)


@pytest.fixture(scope="session")
def server(data: Path) -> str:
    """The address of a PostgreSQL for databases of tests: DATABASE_URL_TEST, or an embedded one.

    The embedded one does not wait for the disk: what a test stores need not outlive a crash.
    """
    given = os.environ.get("DATABASE_URL_TEST")
    return given or embedded.start(data, extra={"fsync": "off", "full_page_writes": "off"})


@pytest.fixture(scope="session")
async def template(server: str) -> AsyncIterator[str]:
    """The name of a migrated, empty database, to be copied."""
    await _administer(server, f'drop database if exists "{TEMPLATE}"', f'create database "{TEMPLATE}"')
    connection = await asyncpg.connect(name_database(server, TEMPLATE))
    try:
        await migrate(connection)
    finally:
        await connection.close()
    yield TEMPLATE
    await _administer(server, f'drop database "{TEMPLATE}" with (force)')


@pytest.fixture(scope="module")
async def database(server: str, template: str, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The address of a database of this test module's own: migrated, empty."""
    name = f"{request.module.__name__.rpartition('.')[2]}_{os.getpid()}"
    await _administer(
        server, f'drop database if exists "{name}"', f'create database "{name}" template "{template}"'
    )
    yield name_database(server, name)
    await _administer(server, f'drop database "{name}" with (force)')


@pytest.fixture(scope="module")
async def pool(database: str) -> AsyncIterator[asyncpg.Pool]:
    """A pool that may do everything, on `database`."""
    async with await connect(Settings(database_url=database), max_size=4) as pool:
        yield pool


@pytest.fixture(scope="module")
async def reader(database: str) -> AsyncIterator[asyncpg.Pool]:
    """A pool as the API has it, on `database`."""
    async with await connect(Settings(database_url=database), role="reader", max_size=4) as pool:
        yield pool


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of the published files; without it the test skips, or fails if BOROUGH_REQUIRE_ALL=1."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        message = "the published files are not at ../shared/data, seen from the project's root"
        if os.environ.get("BOROUGH_REQUIRE_ALL") == "1":
            pytest.fail(f"{message}, and BOROUGH_REQUIRE_ALL=1 asks for every test")
        pytest.skip(message)
    return folder


def name_database(address: str, name: str) -> str:
    """The same server's address with another database."""
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


async def _administer(server: str, *statements: str) -> None:
    connection = await asyncpg.connect(server)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def _remove(folder: Path) -> None:
    try:
        embedded.stop(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    """Remove what sessions that were killed left behind."""
    for folder in Path("/tmp").glob("borough-test-*"):
        number = folder.name.split("-")[2]
        is_mine = folder.stat().st_uid == os.geteuid()
        if is_mine and number.isdigit() and not psutil.pid_exists(int(number)):
            _remove(folder)
