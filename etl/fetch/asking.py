"""One question to a server, and its answer: redirects, refusals, cut connections and bodies that drip."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version

import httpx

from etl.fetch.checks import find_wall, is_login_address
from etl.fetch.coding import decode_bytes, decode_start
from etl.fetch.errors import Broken, FetchFailed, KeptOut
from etl.fetch.limits import Limits, read_retry_after
from etl.fetch.wanted import Clock, FetchSettings

MOST_REDIRECTS = 5
# as much of a refusal as is kept
BODY_OF_REFUSAL = 65_536
# a small answer may take so many times the longest silence
SMALL_ANSWER = 4
# 416: the part that was asked for is not there
ANSWERS = (200, 206, 304, 416)
NOT_IMPLEMENTED = (501, 505)
BY_HAND = "Open the address in a browser, save the file into a folder and load that."
CORRECT = "Correct the address."
REFUSALS = {
    401: ("asks for a login", BY_HAND),
    403: ("refuses programs, or this one", BY_HAND),
    404: ("has nothing at this address", CORRECT),
    410: ("has taken it away for good", CORRECT),
    451: ("may not show it", BY_HAND),
}


class Asker:
    """Asks servers, within the limits."""

    def __init__(
        self, client: httpx.AsyncClient, limits: Limits, settings: FetchSettings, clock: Clock
    ) -> None:
        self.client = client
        self.limits = limits
        self.settings = settings
        self.clock = clock

    @asynccontextmanager
    async def open(
        self,
        url: str,
        publisher: str,
        headers: Mapping[str, str] | None = None,
        *,
        own: Mapping[str, str] | None = None,
        method: str = "GET",
    ) -> AsyncIterator[httpx.Response]:
        """An answer with one of ANSWERS as its status, its body not yet read.

        `own`: headers for this server only, not for another that it redirects to. Raises Broken where another try may help,
        KeptOut where the answer is a refusal, FetchFailed otherwise.
        """
        try:
            response = await self._follow(url, publisher, dict(headers or {}), dict(own or {}), method)
            try:
                if response.status_code not in ANSWERS:
                    await self._refuse(response)
                yield response
            finally:
                await response.aclose()
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise FetchFailed(f"{url} is no address of a web page ({error}). Correct it.") from error
        except httpx.TransportError as error:
            raise describe(error, url) from error

    async def pieces(self, response: httpx.Response) -> AsyncIterator[bytes]:
        """The body as it comes, not decoded. Raises Broken where it comes too slowly."""
        began, moved = self.clock.monotonic(), 0
        async for piece in response.aiter_raw():
            yield piece
            moved += len(piece)
            seconds = self.clock.monotonic() - began
            if seconds >= self.settings.timeout_seconds:
                if moved < self.settings.slowest_bytes_per_second * seconds:
                    raise Broken(f"{response.url} came too slowly: {moved} bytes in {seconds:.1f} s.")
                began, moved = self.clock.monotonic(), 0

    async def read(self, response: httpx.Response, most: int) -> bytes:
        """The whole body, decoded. Raises KeptOut where it is more than `most` bytes, Broken where it drips."""
        body = bytearray()
        try:
            async with asyncio.timeout(SMALL_ANSWER * self.settings.timeout_seconds):
                async for piece in response.aiter_raw():
                    body += piece
                    if len(body) > most:
                        raise KeptOut(f"{response.url} answers with more than {most:,} bytes.", 200)
        except TimeoutError as error:
            raise Broken(f"{response.url} came too slowly: {len(body):,} bytes.") from error
        try:
            # the client would unpack a whole piece at once, however large it becomes
            return await asyncio.to_thread(decode_bytes, bytes(body), read_encoding(response), most)
        except Broken as error:
            raise Broken(f"{response.url}: {error.sentence}") from error
        except KeptOut as error:
            raise KeptOut(f"{response.url}: {error.sentence}", 200) from error

    async def _follow(
        self, url: str, publisher: str, headers: dict[str, str], own: dict[str, str], method: str
    ) -> httpx.Response:
        first = httpx.URL(url)
        if first.scheme not in ("http", "https") or not first.host:
            raise FetchFailed(f"{url!r} is no address of a web page. Correct it.")
        here = first
        for _ in range(MOST_REDIRECTS + 1):
            await self.limits.pace(publisher)
            mine = own if here.host == first.host else {}
            request = self.client.build_request(method, here, headers=headers | mine)
            try:
                # a server that drips its headers is cut here; the client's own limit is on each silence
                async with asyncio.timeout(2 * self.settings.timeout_seconds):
                    response = await self.client.send(request, stream=True)
            except TimeoutError as error:
                raise Broken(f"{here} did not answer in time.", is_unanswered=True) from error
            if response.next_request is None:
                return response
            there = response.next_request.url
            await response.aclose()
            if here.scheme == "https" and there.scheme == "http":
                raise KeptOut(f"{here} redirects to {there}, which is not encrypted. {BY_HAND}", 302)
            if is_login_address(str(there)) and not is_login_address(url):
                raise KeptOut(f"{here} redirects to a login page, {there}. {BY_HAND}", 302)
            here = there
        raise FetchFailed(f"{url} redirects more than {MOST_REDIRECTS} times. Correct the address.")

    async def _refuse(self, response: httpx.Response) -> None:
        """Raise what an answer without data means."""
        status = response.status_code
        if status in (408, 425, 429) or (status >= 500 and status not in NOT_IMPLEMENTED):
            after = read_retry_after(response.headers.get("retry-after"), self.clock.now())
            raise Broken(f"{response.url}: the server answers {status}.", after)
        body = b""
        async for piece in response.aiter_raw():
            body += piece
            if len(body) >= BODY_OF_REFUSAL:
                break
        body = decode_start(body, read_encoding(response), BODY_OF_REFUSAL)
        if wall := find_wall(status, response.headers, body):
            raise KeptOut(f"{response.url}: {wall} {BY_HAND}", status, body)
        meaning, advice = REFUSALS.get(status, ("refuses" if status >= 400 else "sends no data", CORRECT))
        raise KeptOut(f"{response.url}: the server {meaning} (status {status}). {advice}", status, body)


def describe(error: httpx.TransportError, url: str) -> FetchFailed:
    """What happened on the way. A wrong certificate stays wrong; the rest may mend itself."""
    text = str(error) or type(error).__name__
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return FetchFailed(f"{url}: the server's certificate cannot be trusted ({text}).")
    if f"[Errno {socket.EAI_NONAME}]" in text:
        host = httpx.URL(url).host
        return FetchFailed(
            f"{url}: there is no {host}. Check that this machine is on the network; if it is, the address has moved."
        )
    if isinstance(error, httpx.ConnectTimeout | httpx.ReadTimeout):
        return Broken(f"{url}: the server was silent for too long.", is_unanswered=True)
    return Broken(f"{url}: the connection broke ({text}).", is_lost=isinstance(error, httpx.ConnectError))


def read_encoding(response: httpx.Response) -> str:
    """How an answer was compressed on its way, '' where it was not."""
    encoding = response.headers.get("content-encoding", "").strip().lower()
    return "" if encoding == "identity" else encoding


def write_user_agent(contact: str | None) -> str:
    """Who asks: the program, its version, and whom to write to."""
    try:
        number = version("borough-accountability")
    except PackageNotFoundError:
        number = "0"
    return f"borough-accountability/{number}" + (f" (+{contact})" if contact else "")
