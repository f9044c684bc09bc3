"""The process that draws: `python -m api.draw.worker`. It reads jobs from its input until that ends, one at a time.

Only this process imports what draws: it takes a third of a second and 100 MB, and holds the interpreter's lock.
"""

import os
import signal
import sys
from typing import BinaryIO

from api.draw.drawings import read_drawing
from api.draw.jobs import LENGTH_BYTES, Done, DrawJob, Failed, Job, Outcome, frame, read_job, write_outcome


def main() -> None:
    """Do jobs until the input ends, which it does when the application goes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Answers get a descriptor of their own: what a library prints must not come between them.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while (message := read_message(sys.stdin.buffer)) is not None:
        answers.write(frame(write_outcome(do(read_job(message)))))
        answers.flush()


def read_message(stream: BinaryIO) -> bytes | None:
    """The next message; None where there is no more."""
    head = stream.read(LENGTH_BYTES)
    if len(head) < LENGTH_BYTES:
        return None
    length = int.from_bytes(head, "big")
    message = stream.read(length)
    return message if len(message) == length else None


def do(job: Job) -> Outcome:
    """Do a job. Whatever goes wrong is a sentence: the next job is another's."""
    from api.draw.picture import draw
    from api.draw.typeset import typeset

    try:
        if isinstance(job, DrawJob):
            return Done(draw(read_drawing(job.drawing), job.form))
        return Done(typeset(job.main, job.files))
    except Exception as error:
        return Failed(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
