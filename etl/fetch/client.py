"""The one who asks publishers for files: politely, in parts where a server allows it, keeping only what is data."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import msgspec

from etl.fetch.asking import Asker, write_user_agent
from etl.fetch.checks import check_content, check_size, examine, find_wall
from etl.fetch.coding import ACCEPTED, decode
from etl.fetch.errors import FetchError, FetchFailed, KeptOut
from etl.fetch.files import hash_file
from etl.fetch.limits import Limits
from etl.fetch.part import Part, Version
from etl.fetch.remote_zip import RemoteZip, read_directory
from etl.fetch.store import Answer, Manifest, Store
from etl.fetch.transfer import Meter, transfer
from etl.fetch.wanted import (
    Clock,
    Fetched,
    FetchProgress,
    FetchSettings,
    Status,
    SystemClock,
    Wanted,
)

# larger answers, such as pages of boundaries, are asked again
MOST_REMEMBERED = 1 << 20
REACHED_LIMIT = (
    "It was not here after {:,.0f} s. What came is kept: run the command again and it goes on from there."
)


class Fetcher:
    """An async context manager, one for one run: all its files go to folders of one time.

    `raw`: BOROUGH_DATA/raw. `rates`: requests a second of publishers that want fewer than the setting.
    """

    def __init__(
        self,
        raw: Path,
        settings: FetchSettings | None = None,
        progress: FetchProgress | None = None,
        *,
        clock: Clock | None = None,
        rates: Mapping[str, float] | None = None,
    ) -> None:
        self.settings = settings or FetchSettings()
        self.progress = progress or FetchProgress()
        self.clock = clock or SystemClock()
        self.store = Store(raw, self.clock)
        limits = Limits(self.settings, self.clock, rates or {}, self.progress)
        self._limits = limits
        silence = self.settings.timeout_seconds
        # waiting for a connection of the pool has no limit: `Limits.turn` lets fewer in than the pool has
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(silence, pool=None),
            headers={"User-Agent": write_user_agent(self.settings.contact), "Accept": "*/*"},
            follow_redirects=False,
        )
        self._asker = Asker(self._client, limits, self.settings, self.clock)
        self._answers: dict[str, tuple[bytes, str]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()
        self.store.close()

    async def get(self, wanted: Wanted) -> Fetched:
        """Fetch a file if it has changed. Never raises for what a publisher does: see `Fetched.status`."""
        meter = Meter()
        try:
            async with self._limits.turn(wanted.publisher):
                with self.store.part(wanted) as part:
                    fetched = await self._get(wanted, part, meter)
        except FetchError as error:
            fetched = self._tell(wanted, "failed", error.sentence, meter.moved)
        except OSError as error:
            sentence = f"{wanted.file_name} could not be written: {error}. Make room, or correct the folder."
            fetched = self._tell(wanted, "failed", sentence, meter.moved)
        self.progress.ended(fetched)
        return fetched

    async def keep(
        self,
        wanted: Wanted,
        data: bytes | Path,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        bytes_moved: int = 0,
    ) -> Fetched:
        """Store what was put together from several answers (pages of an API, members of an archive), checked as a file.

        `data`: the bytes, or a file of the folder `raw` that goes to its place, so that a large one is never held in memory.
        The bytes of the same content must be the same (fixed dates in a zip), so that nothing is stored twice.
        """
        try:
            answer = Answer(final_url=wanted.url, etag=etag, last_modified=last_modified)
            if isinstance(data, Path):
                fetched = await self._settle(wanted, data, answer, bytes_moved)
            else:
                with self.store.part(wanted, "kept") as part:
                    part.clear()
                    part.write(data)
                    fetched = await self._settle(wanted, part.path, answer, bytes_moved)
        except (FetchError, OSError) as error:
            fetched = self._tell(wanted, "failed", str(error), bytes_moved)
        self.progress.ended(fetched)
        return fetched

    def last(self, wanted: Wanted) -> Manifest | None:
        """What is known of the last good copy, None where there is none."""
        return self.store.last(wanted.source, wanted.key)

    def confirm(self, wanted: Wanted, *, bytes_moved: int = 0) -> Fetched:
        """Note that the last good copy is what is published now (of the same ETag, say). Raises FetchFailed without one."""
        last = self.last(wanted)
        if last is None:
            raise FetchFailed(f"There is no copy of {wanted.key} yet.")
        self.store.confirm(last)
        fetched = self._tell(wanted, "unchanged", _same_as(last), bytes_moved)
        self.progress.ended(fetched)
        return fetched

    @asynccontextmanager
    async def borrow(self, wanted: Wanted) -> AsyncIterator[Path]:
        """A whole file for as long as the block lasts: for an archive of which only some members are kept.

        A broken download goes on where it stopped. At the end the file is removed; after an error in the block it stays
        for the next run. Raises FetchError.
        """
        with self.store.part(wanted) as part:
            async with self._limits.turn(wanted.publisher):
                had = await self._transfer(wanted, part, None, Meter())
            if had is None or had.encoding:
                part.clear()
                raise FetchFailed(f"{wanted.url} came compressed on its way, which was not asked for.")
            reason = check_size(part.size) or await asyncio.to_thread(
                check_content, part.path, wanted.expects, had.content_type
            )
            if reason:
                part.clear()
                raise KeptOut(f"{wanted.url}: {reason}", 200)
            yield part.path
            part.remove()

    async def read_json(self, url: str, publisher: str) -> Any:
        """The answer of an API; a small one is remembered for this run. Raises FetchError."""
        body, _ = await self._read(url, publisher, "application/json")
        try:
            return msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            wall = find_wall(200, {}, body) or "The answer is no JSON."
            raise KeptOut(f"{url}: {wall} It begins {body[:80].decode(errors='replace')!r}.", 200) from error

    async def read_text(self, url: str, publisher: str) -> str:
        """A page or a text; a small one is remembered for this run. Raises FetchError."""
        body, charset = await self._read(url, publisher, "text/html, text/*;q=0.9, */*;q=0.8")
        if wall := find_wall(200, {}, body):
            raise KeptOut(f"{url}: {wall}", 200)
        for encoding in (charset, "utf-8-sig", "cp1252"):
            try:
                return body.decode(encoding)
            except (UnicodeDecodeError, LookupError):
                continue
        return body.decode("utf-8", errors="replace")

    async def open_zip(self, url: str, publisher: str, source: str) -> RemoteZip:
        """The table of contents of a zip, by Range. Raises NoRanges where the server sends whole files only; FetchError.

        `source`: for messages.
        """
        return await read_directory(self._asker, url, publisher, source)

    async def measure(self, url: str, publisher: str) -> int | None:
        """The size of a file in bytes, None where its server does not say. Raises FetchError."""

        async def ask() -> int | None:
            headers = {"Accept-Encoding": "identity"}
            async with self._asker.open(url, publisher, headers, method="HEAD") as response:
                length = response.headers.get("content-length", "")
                return int(length) if length.isdigit() else None

        try:
            async with self._limits.turn(publisher):
                return await self._limits.persist(publisher, ask)
        except KeptOut as error:
            if error.status in (405, 501):
                return None
            raise

    async def _get(self, wanted: Wanted, part: Part, meter: Meter) -> Fetched:
        unpacked = part.path.with_suffix(".unpacked")
        try:
            last = self.last(wanted)
            had = await self._transfer(wanted, part, last, meter)
            if had is None:
                self.store.confirm(last) if last else None
                return self._tell(wanted, "unchanged", _same_as(last), meter.moved)
            answer = Answer(
                final_url=had.final_url,
                etag=had.etag,
                last_modified=had.last_modified,
                content_type=had.content_type,
            )
            if had.encoding is None:
                return await self._settle(wanted, part.path, answer, meter.moved)
            try:
                await asyncio.to_thread(
                    decode, part.path, had.encoding, unpacked, self.settings.largest_bytes
                )
                return await self._settle(wanted, unpacked, answer, meter.moved)
            finally:
                part.clear()
                unpacked.unlink(missing_ok=True)
        except KeptOut as error:
            return self._keep_out(wanted, error, meter.moved)

    def _keep_out(self, wanted: Wanted, error: KeptOut, moved: int) -> Fetched:
        """Put the start of a refusal aside, and say so."""
        with self.store.part(wanted, "refused") as refused:
            refused.clear()
            refused.write(error.body)
            answer = Answer(final_url=wanted.url, status=error.status or 0)
            self.store.keep_out(wanted, answer, refused.path, hash_file(refused.path), error.sentence)
        return self._tell(wanted, "kept_out", error.sentence, moved)

    async def _transfer(
        self, wanted: Wanted, part: Part, last: Manifest | None, meter: Meter
    ) -> Version | None:
        seconds = self.settings.longest_seconds
        try:
            async with asyncio.timeout(seconds):
                return await transfer(self._asker, wanted, part, last, meter, self.progress)
        except TimeoutError as error:
            raise FetchFailed(f"{wanted.url}: {REACHED_LIMIT.format(seconds)}") from error

    async def _settle(self, wanted: Wanted, file: Path, answer: Answer, moved: int) -> Fetched:
        """Give a file its place, or keep it out. It is gone from where it was after that."""
        last = self.last(wanted)
        before = last.bytes if last else None
        reason, sha256 = await asyncio.to_thread(examine, file, wanted, answer.content_type, before)
        if reason:
            kept = self.store.keep_out(wanted, answer, file, sha256, reason)
            return self._tell(wanted, "kept_out", kept.message, moved)
        kept = self.store.accept(wanted, answer, file, sha256)
        return self._tell(wanted, "new" if kept.is_new else "unchanged", kept.message, moved, kept.manifest)

    async def _read(self, url: str, publisher: str, accept: str) -> tuple[bytes, str]:
        """A small answer and its character set."""

        async def ask() -> tuple[bytes, str]:
            headers = {"Accept": accept, "Accept-Encoding": ACCEPTED}
            async with self._asker.open(url, publisher, headers) as response:
                if response.status_code != 200:
                    raise FetchFailed(f"{url} answers {response.status_code}, which nobody asked.")
                body = await self._asker.read(response, self.settings.largest_answer_bytes)
                return body, response.charset_encoding or "utf-8-sig"

        if answer := self._answers.get(url):
            return answer
        async with self._limits.turn(publisher):
            answer = await self._limits.persist(publisher, ask)
        if len(answer[0]) <= MOST_REMEMBERED:
            self._answers[url] = answer
        return answer

    def _tell(
        self, wanted: Wanted, status: Status, message: str, moved: int, manifest: Manifest | None = None
    ) -> Fetched:
        """What came of it, with the copy that is to be used now."""
        manifest = manifest or self.last(wanted)
        if status in ("kept_out", "failed") and manifest:
            message += f" The copy of {manifest.retrieved_at:%Y-%m-%d} stays."
        return Fetched(
            wanted=wanted,
            status=status,
            path=self.store.path(manifest) if manifest else None,
            bytes_moved=moved,
            sha256=manifest.sha256 if manifest else None,
            retrieved=manifest.retrieved_at if manifest else self.clock.now(),
            message=message,
        )


def _same_as(last: Manifest | None) -> str:
    return f"The same as on {last.retrieved_at:%Y-%m-%d}." if last else "Nothing has changed."
