"""A zip on a server, of which only the table of contents and the wanted members are moved.

The monthly archive of data.police.uk holds all forces and up to 36 months in more than 1 GB; two forces are some
hundredths of it.
"""

from collections.abc import AsyncIterator, Iterable

from etl.fetch.asking import Asker
from etl.fetch.errors import Broken, FetchFailed, NoRanges
from etl.fetch.part import Version
from etl.fetch.transfer import CONTENT_RANGE, read_version
from etl.fetch.zip_directory import Member, Needed, NoZip, find_directory, gather, read_members, unpack

TAIL = 65_536
# members with less than this between them come in one request, which is about this large at most
GAP = 32_768
RUN = 8 << 20
SAY_AGAIN = "Fetch the whole file, or run the command again later."

__all__ = ["Member", "RemoteZip", "read_directory"]


class RemoteZip:
    """A zip on a server. `size`: its bytes. `members`: in the order of the archive. `bytes_moved`: so far, over all tries."""

    def __init__(self, asker: Asker, url: str, publisher: str, source: str) -> None:
        self.url = url
        self.publisher = publisher
        self.source = source
        self.bytes_moved = 0
        self.members: tuple[Member, ...] = ()
        self._asker = asker
        self._version: Version | None = None

    @property
    def size(self) -> int:
        """Bytes of the archive."""
        return (self._version.total or 0) if self._version else 0

    @property
    def etag(self) -> str | None:
        """Of the archive."""
        return self._version.etag if self._version else None

    @property
    def last_modified(self) -> str | None:
        """Of the archive, as its server writes dates."""
        return self._version.last_modified if self._version else None

    async def extract(self, member: Member) -> bytes:
        """A member's content, its checksum compared. Raises FetchError."""
        return (await self._persist([member]))[0]

    async def extract_many(self, members: Iterable[Member]) -> AsyncIterator[tuple[Member, bytes]]:
        """Several members, each once, in the order of the archive; neighbours come in one request. Raises FetchError."""
        for run in gather(members, GAP, RUN):
            contents = await self._persist(run)
            for member, content in zip(run, contents, strict=True):
                yield member, content

    async def open(self) -> None:
        """Read the table of contents. Raises NoRanges, FetchError."""

        async def read() -> tuple[Member, ...]:
            self._version = None
            tail = await self._read_tail()
            place = find_directory(tail, self.size)
            if isinstance(place, Needed):
                place = find_directory(tail, self.size, await self._read_from(place.start, place.size))
            if isinstance(place, Needed):
                raise NoZip("its table of contents is damaged")
            first = place.start - (self.size - len(tail))
            directory = (
                tail[first : first + place.size]
                if first >= 0
                else await self._read_from(place.start, place.size)
            )
            return read_members(directory, place)

        async with self._asker.limits.turn(self.publisher):
            try:
                self.members = await self._asker.limits.persist(self.publisher, read)
            except NoZip as error:
                raise FetchFailed(
                    f"{self.url} is no zip: {error}. Correct the address of {self.source}."
                ) from error

    async def _persist(self, run: list[Member]) -> list[bytes]:
        async def read() -> list[bytes]:
            start = run[0].offset
            data = memoryview(await self._read_from(start, run[-1].end - start))
            try:
                return [unpack(one, bytes(data[one.offset - start : one.end - start])) for one in run]
            except NoZip as error:
                # garbled on its way, perhaps: once more cannot hurt
                raise Broken(f"{self.url}: {error}.") from error

        async with self._asker.limits.turn(self.publisher):
            return await self._asker.limits.persist(self.publisher, read)

    async def _read_tail(self) -> bytes:
        try:
            return await self._read(f"bytes=-{TAIL}")
        except NoRanges as error:
            # some (Azure's stores) send ranges, but not one that is counted from the end
            if not error.total:
                raise
            return await self._read(f"bytes={max(0, error.total - TAIL)}-{error.total - 1}")

    async def _read_from(self, start: int, size: int) -> bytes:
        data = await self._read(f"bytes={start}-{start + size - 1}")
        if len(data) != size:
            raise Broken(f"{self.url} was cut short: {len(data):,} of {size:,} bytes.")
        return data

    async def _read(self, wanted: str) -> bytes:
        """A range of the archive, of the version that was seen first."""
        headers = {"Accept-Encoding": "identity", "Range": wanted}
        if self._version and self._version.validator:
            headers["If-Range"] = self._version.validator
        async with self._asker.open(self.url, self.publisher, headers) as response:
            version = read_version(response, self.url)
            found = CONTENT_RANGE.match(response.headers.get("content-range", ""))
            if self._version and response.status_code == 200 and not version.validator:
                # from something on the way: a server that had a new archive would say which
                raise Broken(f"{self.url}: the answer is of no known version.")
            if self._version and (
                response.status_code == 200
                or (version.etag, version.last_modified, version.total)
                != (self.etag, self.last_modified, self._version.total)
            ):
                raise FetchFailed(f"{self.url} was changed while it was read. Run the command again.")
            if response.status_code != 206 or not found or version.total is None or version.encoding:
                raise NoRanges(f"{self.url}: its server sends whole files only. {SAY_AGAIN}", version.total)
            self._version = self._version or version
            body = bytearray()
            most = int(found[2]) - int(found[1]) + 1
            async for piece in self._asker.pieces(response):
                body += piece
                self.bytes_moved += len(piece)
                if len(body) > most:
                    raise NoRanges(f"{self.url}: its server sends more than was asked. {SAY_AGAIN}")
        if len(body) != most:
            raise Broken(f"{self.url} was cut short: {len(body):,} of {most:,} bytes.")
        return bytes(body)


async def read_directory(asker: Asker, url: str, publisher: str, source: str) -> RemoteZip:
    """The table of contents of a zip on a server. Raises NoRanges where it sends whole files only, FetchError."""
    archive = RemoteZip(asker, url, publisher, source)
    await archive.open()
    return archive
