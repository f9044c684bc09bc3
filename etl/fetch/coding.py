"""Compression that a server used on the way, undone piece by piece: a few bytes may hide gigabytes."""

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import brotli

from etl.fetch.errors import Broken, KeptOut

PIECE = 1 << 20
KNOWN = ("gzip", "x-gzip", "deflate", "br")
# what is asked for where a compressed answer is wanted
ACCEPTED = "gzip, br"


def decode(path: Path, encoding: str, target: Path, largest: int) -> None:
    """Undo the compression of a file. Raises Broken where it is damaged, KeptOut where it is unknown or too much."""
    check_encoding(encoding)
    with path.open("rb") as file, target.open("wb") as out:
        for piece in unpack_pieces(iter(lambda: file.read(PIECE), b""), encoding, largest):
            out.write(piece)


def decode_bytes(body: bytes, encoding: str, largest: int) -> bytes:
    """Undo the compression of a small answer; `encoding` '': there is none. Raises as `decode`."""
    if encoding in ("", "identity"):
        return body
    check_encoding(encoding)
    return b"".join(unpack_pieces([body], encoding, largest))


def decode_start(body: bytes, encoding: str, most: int) -> bytes:
    """As much of the start of an answer as can be read, of at most `most` bytes: of a refusal, say. Never raises."""
    if encoding not in KNOWN:
        return body[:most]
    start = bytearray()
    try:
        for piece in _unpack([body], encoding, most):
            start += piece
            if len(start) >= most:
                break
    except (zlib.error, brotli.error, EOFError):
        pass
    return bytes(start[:most])


def check_encoding(encoding: str) -> None:
    """Raise KeptOut where a compression is not known here."""
    if encoding not in KNOWN:
        raise KeptOut(f"The file came compressed as {encoding!r}, which was not asked for.", 200)


def unpack_pieces(packed: Iterable[bytes], encoding: str, largest: int) -> Iterator[bytes]:
    """What is packed, in pieces. Raises KeptOut where it comes to more than `largest` bytes, Broken where it is damaged."""
    size = 0
    try:
        for piece in _unpack(packed, encoding, PIECE):
            size += len(piece)
            if size > largest:
                raise KeptOut(f"The file is of more than {largest:,} bytes.", 200)
            yield piece
    except (zlib.error, brotli.error, EOFError) as error:
        raise Broken(f"The file was garbled on its way ({error}).") from error


def _unpack(packed: Iterable[bytes], encoding: str, most: int) -> Iterator[bytes]:
    """In pieces of about `most` bytes. Raises zlib.error, brotli.error, EOFError."""
    if encoding == "br":
        unpacker = brotli.Decompressor()
        for piece in packed:
            yield unpacker.process(piece, output_buffer_limit=most)
            while not unpacker.can_accept_more_data():
                yield unpacker.process(b"", output_buffer_limit=most)
        if not unpacker.is_finished():
            raise EOFError("it ends too soon")
        return
    # 32 + 15: gzip or zlib, whichever it is
    inflater = zlib.decompressobj(47)
    for piece in packed:
        while piece:
            yield inflater.decompress(piece, most)
            piece = inflater.unconsumed_tail
    yield inflater.flush()
    if not inflater.eof:
        raise EOFError("it ends too soon")
