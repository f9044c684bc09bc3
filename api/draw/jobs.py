"""What is said between the application and the process that draws: one message each way, its length before it."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from api.draw.drawings import Drawing, write_drawing

Form = Literal["page", "bare", "svg", "png", "pdf"]
# A length is four bytes, the first the highest.
LENGTH_BYTES = 4


class DrawJob(msgspec.Struct, frozen=True, tag="draw"):
    """Draw a drawing (as `write_drawing` writes it) in a form."""

    drawing: bytes
    form: Form


class TypesetJob(msgspec.Struct, frozen=True, tag="typeset"):
    """Make a PDF/UA-1 file of a typst document and the files that it names."""

    main: bytes
    files: dict[str, bytes]


class Done(msgspec.Struct, frozen=True, tag="done"):
    """What was made."""

    content: bytes


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """Why it could not be made, in a sentence."""

    sentence: str


Job = DrawJob | TypesetJob
Outcome = Done | Failed
_JOBS: Any = msgspec.msgpack.Decoder(Job)
_OUTCOMES: Any = msgspec.msgpack.Decoder(Outcome)


def write_draw_job(drawing: Drawing, form: Form) -> bytes:
    """The message that asks for a picture."""
    return msgspec.msgpack.encode(DrawJob(write_drawing(drawing), form))


def write_typeset_job(main: bytes, files: Mapping[str, bytes]) -> bytes:
    """The message that asks for a PDF."""
    return msgspec.msgpack.encode(TypesetJob(main, dict(files)))


def read_job(message: bytes) -> Job:
    """The job of a message."""
    job: Job = _JOBS.decode(message)
    return job


def write_outcome(outcome: Outcome) -> bytes:
    """The message that answers."""
    return msgspec.msgpack.encode(outcome)


def read_outcome(message: bytes) -> Outcome:
    """The outcome of a message."""
    outcome: Outcome = _OUTCOMES.decode(message)
    return outcome


def frame(message: bytes) -> bytes:
    """The message with its length before it."""
    return len(message).to_bytes(LENGTH_BYTES, "big") + message
