"""The embedded server: started by anybody, shared, outliving its callers, recovering, refusing."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from sql import Settings, connect, embedded, migrate
from sql.cluster import closed_folder, find
from sql.errors import DataFolderRefused, DiskFull, EmbeddedFailed, VersionTooOld
from sql.migrate import read_files

START = """
import pathlib, sys
from sql import embedded
print(embedded.start(pathlib.Path(sys.argv[1])), flush=True)
"""
WAIT = f"{START}\nimport time; time.sleep(600)"

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to give up its rights")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A data folder with a cluster that the tests of this module share; each leaves it able to start."""
    yield from _data_folder()


@pytest.fixture
def new_folder() -> Iterator[Path]:
    """A data folder in which nothing was started yet."""
    yield from _data_folder()


def _data_folder() -> Iterator[Path]:
    parent = Path(tempfile.mkdtemp(prefix=f"borough-test-{os.getpid()}-", dir="/tmp"))
    parent.chmod(0o755)
    try:
        yield parent / "data"
    finally:
        embedded.stop(parent / "data")
        shutil.rmtree(parent)


async def ask(address: str, query: str) -> object:
    connection = await asyncpg.connect(address)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def python(code: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


async def test_it_starts_where_nothing_was_and_answers(new_folder: Path) -> None:
    assert embedded.status(new_folder).state == "absent"
    address = embedded.start(new_folder)
    assert str(await ask(address, "show server_version")).startswith("18.")
    assert await ask(address, "show listen_addresses") == ""
    assert await ask(address, "show synchronous_commit") == "on"
    assert await ask(address, "show fsync") == "on"
    assert await ask(address, "show shared_buffers") == "256MB"
    assert await ask(address, "show timezone") == "UTC"
    assert embedded.status(new_folder).state == "ready"
    assert embedded.status(new_folder).dsn == address


def test_starting_twice_gives_the_one_server(folder: Path) -> None:
    first = embedded.start(folder)
    pid = embedded.status(folder).pid
    assert embedded.start(folder) == first
    assert embedded.status(folder).pid == pid


def test_processes_that_start_it_at_once_share_one_server(new_folder: Path) -> None:
    callers = [python(START, new_folder) for _ in range(4)]
    # Reading to the end of the pipes also shows that the server does not hold them.
    answers = [caller.communicate(timeout=120) for caller in callers]
    assert [caller.returncode for caller in callers] == [0, 0, 0, 0], answers
    assert len({out for out, _ in answers}) == 1
    servers = [
        p
        for p in psutil.process_iter(["cmdline"])
        if str(new_folder / "postgres") in (p.info["cmdline"] or [])
    ]
    assert len(servers) == 1


async def test_it_outlives_a_caller_whose_whole_process_group_is_killed(folder: Path) -> None:
    embedded.stop(folder)
    caller = python(WAIT, folder)
    assert caller.stdout is not None
    address = caller.stdout.readline().strip()
    pid = embedded.status(folder).pid
    os.killpg(caller.pid, signal.SIGKILL)
    caller.communicate(timeout=60)
    assert await ask(address, "select 1") == 1
    assert embedded.start(folder) == address
    assert embedded.status(folder).pid == pid


async def test_after_a_crash_it_recovers_what_was_committed(folder: Path) -> None:
    address = embedded.start(folder)
    connection = await asyncpg.connect(address)
    await connection.execute(
        "drop table if exists kept; create table kept as select generate_series(1, 50000) as n"
    )
    await connection.execute("begin; insert into kept select generate_series(1, 1000)")
    pid = embedded.status(folder).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    connection.terminate()
    assert embedded.start(folder) == address
    assert embedded.status(folder).pid != pid
    assert await ask(address, "select count(*) from kept") == 50000


async def test_a_server_starting_after_a_crash_is_waited_for_by_every_caller(folder: Path) -> None:
    embedded.start(folder)
    pid = embedded.status(folder).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    callers = [python(START, folder) for _ in range(3)]
    answers = [caller.communicate(timeout=120) for caller in callers]
    assert [caller.returncode for caller in callers] == [0, 0, 0], answers


def test_stopping_tells_whether_there_was_a_server(folder: Path) -> None:
    embedded.start(folder)
    assert embedded.stop(folder) is True
    assert embedded.status(folder).state == "stopped"
    assert embedded.stop(folder) is False


def test_stopping_where_nothing_is_makes_nothing(new_folder: Path) -> None:
    assert embedded.stop(new_folder) is False
    assert not new_folder.exists()


async def test_a_long_path_is_no_hindrance(new_folder: Path) -> None:
    deep = new_folder.parent / ("a long name " * 6) / ("it's another " * 6) / "data"
    address = embedded.start(deep)
    try:
        assert len(str(deep)) > 150
        assert await ask(address, "select 1") == 1
    finally:
        embedded.stop(deep)


async def test_a_socket_that_was_swept_away_is_made_again(folder: Path) -> None:
    socket_folder = Path(embedded.start(folder).partition("host=")[2].partition("&")[0])
    shutil.rmtree(socket_folder)
    assert await ask(embedded.start(folder), "select 1") == 1


def test_the_socket_is_open_to_its_owner_only(folder: Path) -> None:
    socket_folder = Path(embedded.start(folder).partition("host=")[2].partition("&")[0])
    assert stat.S_IMODE(socket_folder.stat().st_mode) == 0o700
    assert socket_folder.stat().st_uid == find(folder).uid


@pytest.mark.parametrize("kind", ["open folder", "link"])
def test_a_socket_folder_that_another_laid_out_is_refused(folder: Path, kind: str) -> None:
    socket_folder = Path(embedded.start(folder).partition("host=")[2].partition("&")[0])
    embedded.stop(folder)
    if kind == "link":
        socket_folder.symlink_to("/tmp")
    else:
        socket_folder.mkdir()
        socket_folder.chmod(0o777)
    try:
        with pytest.raises(DataFolderRefused, match="remove it and run the same command again"):
            embedded.start(folder)
    finally:
        socket_folder.unlink() if kind == "link" else socket_folder.rmdir()


async def test_a_process_number_that_now_belongs_to_another_is_no_hindrance(folder: Path) -> None:
    embedded.start(folder)
    embedded.stop(folder)
    stale = folder / "postgres" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{folder / 'postgres'}\n1700000000\n5432\n/tmp\n\n 1 1\nready   \n")
    assert embedded.status(folder).state == "stopped"
    assert await ask(embedded.start(folder), "select 1") == 1


async def test_the_callers_postgres_variables_change_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded.stop(folder)
    for name, value in {
        "PGPORT": "6543",
        "PGDATA": "/nowhere",
        "PGUSER": "nobody",
        "LC_ALL": "xx_YY",
    }.items():
        monkeypatch.setenv(name, value)
    assert await ask(embedded.start(folder), "select current_user::text") == "postgres"


def test_a_first_start_that_was_killed_leaves_nothing_half(new_folder: Path) -> None:
    leftover = new_folder / "postgres.new-killed"
    leftover.mkdir(parents=True)
    (leftover / "PG_VERSION").write_text("18\n")
    new_folder.chmod(0o755)
    embedded.start(new_folder)
    assert sorted(path.name for path in new_folder.iterdir()) == ["postgres", "postgres.lock"]


@as_root
def test_root_is_refused_a_data_folder_inside_a_private_one(new_folder: Path) -> None:
    private = new_folder.parent / "private"
    private.mkdir(mode=0o700)
    with pytest.raises(DataFolderRefused, match=rf"may not enter {private} \(mode 0700\).*set BOROUGH_DATA"):
        embedded.start(private / "here" / "data")
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert list(private.iterdir()) == []


@as_root
def test_a_cluster_of_root_is_refused(new_folder: Path) -> None:
    files = new_folder / "postgres"
    files.mkdir(parents=True)
    with pytest.raises(DataFolderRefused, match="PostgreSQL does not run as root"):
        embedded.start(new_folder)
    files.rmdir()


def test_the_first_closed_folder_on_the_way_is_named(tmp_path: Path) -> None:
    closed = tmp_path / "open" / "closed"
    (closed / "below").mkdir(parents=True)
    for path, mode in (
        (tmp_path, 0o755),
        (tmp_path / "open", 0o711),
        (closed, 0o700),
        (closed / "below", 0o755),
    ):
        path.chmod(mode)
    uid, gid = os.geteuid(), os.getegid()
    stranger = closed_folder(closed / "below", uid + 1, gid + 1)
    assert stranger is not None
    assert stranger == closed or closed.is_relative_to(stranger)
    assert closed_folder(closed / "below" / "not there yet", uid, gid) is None


def test_a_file_in_the_place_of_the_folder_is_refused(new_folder: Path) -> None:
    new_folder.write_text("a file")
    with pytest.raises(DataFolderRefused, match="set BOROUGH_DATA to a folder"):
        embedded.start(new_folder)
    new_folder.unlink()


def test_files_of_another_version_are_refused(new_folder: Path) -> None:
    files = new_folder / "postgres"
    files.mkdir(parents=True)
    (files / "PG_VERSION").write_text("16\n")
    if os.geteuid() == 0:
        os.chown(files, 65534, 65534)
    with pytest.raises(VersionTooOld, match=r"made by PostgreSQL 16.*brings PostgreSQL 18"):
        embedded.start(new_folder)


def test_a_setting_that_the_server_refuses_becomes_a_sentence(folder: Path) -> None:
    embedded.stop(folder)
    with pytest.raises(EmbeddedFailed, match=r"did not start or stop \(.*work_mem.*see .*server\.log"):
        embedded.start(folder, extra={"work_mem": "a lot"})


def test_a_full_disk_becomes_a_sentence(folder: Path) -> None:
    said = "selecting dynamic shared memory ... posix\nFATAL:  could not write: No space left on device"
    assert isinstance(embedded._failure(find(folder), said), DiskFull)


async def test_connecting_without_an_address_starts_it_and_makes_the_tables(new_folder: Path) -> None:
    settings = Settings(data=new_folder)
    async with await connect(settings, role="reader", max_size=1) as pool:
        assert await pool.fetchval("select count(*) > 0 from schema_migration")
        assert await pool.fetchval("select current_user::text") == "borough_reader"


async def test_a_user_of_the_server_who_may_make_roles_can_do_all_that_is_needed(new_folder: Path) -> None:
    address = embedded.start(new_folder)
    connection = await asyncpg.connect(address)
    await connection.execute("create role clerk login createrole")
    await connection.execute("create database figures owner clerk")
    await connection.close()
    settings = Settings(database_url=address.replace("postgres@/postgres", "clerk@/figures"))
    async with await connect(settings, max_size=1) as pool, pool.acquire() as connection:
        assert await migrate(connection) == [migration.name for migration in read_files()]
    async with await connect(settings, role="reader", max_size=1) as pool:
        assert await pool.fetchval("select current_user::text") == "borough_reader"
        assert await pool.fetchval("select count(*) > 0 from schema_migration")
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await pool.execute("delete from schema_migration")
