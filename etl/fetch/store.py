"""What was fetched, on disk: `raw/<source>/<retrieved>/<file>`, a manifest beside each file, the last good copy of each key.

A file and its manifest are written whole or not at all, and no file is ever changed or removed: what a figure came from
can be opened again. Bytes that are there already are not stored again. What is not data goes to
`raw/<source>/kept-out/<retrieved>/`, under a name that no loader takes for data.
"""

import contextlib
import os
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from etl.fetch.files import KEPT_OUT, MANIFEST, PARTS, check_name, sync, write_whole
from etl.fetch.part import Part, open_part
from etl.fetch.wanted import Clock, Wanted

INDEX = "index.json"
STAMP = "%Y-%m-%dT%H%M%SZ"
# what the clock of a manifest tells apart
TICK = timedelta(microseconds=1)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a server said of a file."""

    final_url: str
    status: int = 200
    etag: str | None = None
    last_modified: str | None = None
    content_type: str | None = None


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a stored file.

    `path`: relative to `raw`; it may name an earlier file of the same bytes. `retrieved_at`: when it came.
    `confirmed_at`: when it was last seen to be what is published. `kept_out`: why it is not the data.
    """

    source: str
    key: str
    publisher: str
    path: str
    url: str
    final_url: str
    status: int
    etag: str | None
    last_modified: str | None
    content_type: str | None
    bytes: int
    sha256: str
    retrieved_at: datetime
    confirmed_at: datetime
    kept_out: str | None = None


class Kept(msgspec.Struct, frozen=True):
    """Where a file stands, whether it is new there, and what to say of it."""

    manifest: Manifest
    is_new: bool
    message: str


class _Entry(msgspec.Struct, frozen=True):
    """A manifest as the index has it: by its file's time and size, so that another is noticed."""

    mtime_ns: int
    size: int
    manifest: Manifest


class Store:
    """The folder `raw`. `opened`: the time that the folders of this run are named by."""

    def __init__(self, raw: Path, clock: Clock) -> None:
        self.raw = raw
        self.clock = clock
        self.opened = clock.now()
        self._entries: dict[str, _Entry] = {}
        # names of manifests, by source and key, and by the hash of their files
        self._by_key: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self._by_sha: defaultdict[str, set[str]] = defaultdict(set)
        raw.mkdir(parents=True, exist_ok=True)
        self._read_index()

    def last(self, source: str, key: str) -> Manifest | None:
        """The last good copy, None where there is none, or where its file is gone."""
        copies = [one for one in self._of(source, key) if not one.kept_out and self._is_whole(one)]
        return max(copies, key=lambda one: (one.confirmed_at, one.retrieved_at), default=None)

    def copies(self) -> list[Manifest]:
        """The last good copy of every source and key, in their order."""
        found = (self.last(source, key) for source, key in sorted(self._by_key))
        return [manifest for manifest in found if manifest]

    def path(self, manifest: Manifest) -> Path:
        """The file of a manifest."""
        return self.raw / manifest.path

    def part(self, wanted: Wanted, purpose: str = "file") -> Part:
        """The begun download of a key, or an empty one; it is this process's until it is closed. Raises FetchFailed."""
        folder = self.raw / check_name(wanted.source) / PARTS
        return open_part(folder, wanted.key, purpose)

    def confirm(self, last: Manifest, answer: Answer | None = None) -> Manifest:
        """Note that a copy is what is published now, and what its server says of it."""
        changed: dict[str, object] = {"confirmed_at": self._confirm_now(last.source, last.key)}
        if answer:
            changed |= {
                "etag": answer.etag or last.etag,
                "last_modified": answer.last_modified or last.last_modified,
            }
        manifest = msgspec.structs.replace(last, **changed)
        for name in self._by_key[last.source, last.key]:
            if self._entries[name].manifest == last:
                self._write(name, manifest)
                break
        return manifest

    def accept(self, wanted: Wanted, answer: Answer, file: Path, sha256: str) -> Kept:
        """Give a file that was checked its place, or find that its bytes are there. The file is gone after that."""
        last = self.last(wanted.source, wanted.key)
        same = self._find(wanted.source, sha256, wanted.key)
        if same and same.key == wanted.key:
            file.unlink()
            manifest = self.confirm(same, answer)
            if last and same.sha256 == last.sha256:
                return Kept(manifest, False, f"The same as on {last.retrieved_at:%Y-%m-%d}.")
            return Kept(
                manifest, True, f"Its publisher went back to the copy of {same.retrieved_at:%Y-%m-%d}."
            )
        manifest = self._describe(wanted, answer, file, sha256)
        place = self._place(wanted.source, self._stamp(), wanted.file_name)
        if same:
            file.unlink()
            self._write(place + MANIFEST, msgspec.structs.replace(manifest, path=same.path))
            return Kept(
                msgspec.structs.replace(manifest, path=same.path), False, f"The same bytes as {same.path}."
            )
        manifest = msgspec.structs.replace(manifest, path=place)
        self._move(file, place, manifest)
        return Kept(manifest, True, f"{manifest.bytes:,} bytes.")

    def keep_out(self, wanted: Wanted, answer: Answer, file: Path, sha256: str, reason: str) -> Kept:
        """Put what is not the data aside, once for the same bytes. The file is gone after that."""
        for one in self._of(wanted.source, wanted.key):
            if one.kept_out and one.sha256 == sha256 and self._is_whole(one):
                file.unlink()
                return Kept(self.confirm(one, answer), False, reason)
        manifest = self._describe(wanted, answer, file, sha256)
        place = self._place(wanted.source, f"{KEPT_OUT}/{self._stamp()}", f"{wanted.file_name}.{KEPT_OUT}")
        manifest = msgspec.structs.replace(manifest, path=place, kept_out=reason)
        self._move(file, place, manifest)
        return Kept(manifest, True, reason)

    def close(self) -> None:
        """Write the index, which only saves reading the manifests one by one."""
        # on a full disk the run goes on without it
        with contextlib.suppress(OSError):
            write_whole(self.raw / INDEX, msgspec.json.encode(self._entries))

    def _describe(self, wanted: Wanted, answer: Answer, file: Path, sha256: str) -> Manifest:
        now = self.clock.now()
        return Manifest(
            source=wanted.source,
            key=wanted.key,
            publisher=wanted.publisher,
            path="",
            url=wanted.url,
            final_url=answer.final_url,
            status=answer.status,
            etag=answer.etag,
            last_modified=answer.last_modified,
            content_type=answer.content_type,
            bytes=file.stat().st_size,
            sha256=sha256,
            retrieved_at=now,
            confirmed_at=self._confirm_now(wanted.source, wanted.key),
        )

    def _confirm_now(self, source: str, key: str) -> datetime:
        """The time, but later than of any copy of the key: a clock that was ahead once does not make an old copy the last one."""
        before = [one.confirmed_at for one in self._of(source, key)]
        return max([self.clock.now(), *(moment + TICK for moment in before)])

    def _stamp(self) -> str:
        return self.opened.strftime(STAMP)

    def _place(self, source: str, folder: str, name: str) -> str:
        """A path, relative to `raw`, where nothing is yet."""
        number = 1
        while True:
            suffix = f"-{number}" if number > 1 else ""
            place = f"{check_name(source)}/{folder}{suffix}/{check_name(name)}"
            if not ((self.raw / place).exists() or (self.raw / (place + MANIFEST)).exists()):
                return place
            number += 1

    def _move(self, file: Path, place: str, manifest: Manifest) -> None:
        """The manifest first: killed between the two, a manifest without a file is passed over, and the part is still there."""
        target = self.raw / place
        target.parent.mkdir(parents=True, exist_ok=True)
        sync(file)
        # loaders take the time of a file as the day when it was retrieved
        moment = manifest.retrieved_at.timestamp()
        os.utime(file, (moment, moment))
        self._write(place + MANIFEST, manifest)
        file.replace(target)
        sync(target.parent)

    def _write(self, name: str, manifest: Manifest) -> None:
        path = self.raw / name
        write_whole(path, msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        stat = path.stat()
        self._remember(name, _Entry(stat.st_mtime_ns, stat.st_size, manifest))

    def _remember(self, name: str, entry: _Entry) -> None:
        self._entries[name] = entry
        self._by_key[entry.manifest.source, entry.manifest.key].add(name)
        self._by_sha[entry.manifest.sha256].add(name)

    def _of(self, source: str, key: str) -> Iterator[Manifest]:
        yield from (self._entries[name].manifest for name in self._by_key.get((source, key), ()))

    def _find(self, source: str, sha256: str, key: str) -> Manifest | None:
        """A good copy of the same bytes, of the same key if there is one."""
        copies = [self._entries[name].manifest for name in self._by_sha.get(sha256, ())]
        found = [one for one in copies if one.source == source and not one.kept_out and self._is_whole(one)]
        return max(found, key=lambda one: (one.key == key, one.retrieved_at), default=None)

    def _is_whole(self, manifest: Manifest) -> bool:
        try:
            return (self.raw / manifest.path).stat().st_size == manifest.bytes
        except OSError:
            return False

    def _read_index(self) -> None:
        """Take from the index what still holds; read the other manifests. Without an index all are read."""
        try:
            known = msgspec.json.decode((self.raw / INDEX).read_bytes(), type=dict[str, _Entry])
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            known = {}
        for path in sorted(self.raw.rglob(f"*{MANIFEST}")):
            name, stat = path.relative_to(self.raw).as_posix(), path.stat()
            entry = known.get(name)
            if entry and (entry.mtime_ns, entry.size) == (stat.st_mtime_ns, stat.st_size):
                self._remember(name, entry)
                continue
            try:
                manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                # not ours, or spoilt: the file beside it is fetched again
                continue
            self._remember(name, _Entry(stat.st_mtime_ns, stat.st_size, manifest))
