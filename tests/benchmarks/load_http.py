"""A small load generator: some keep-alive connections on plain sockets, bounded in time.

It sends the same GET over and over and counts whole answers by their length (nothing is parsed but the first
answer), so that it is not what limits the measurement.
"""

import selectors
import socket
import statistics
import time
from collections.abc import Sequence


class Connection:
    """One connection that stays open: which request is under way, and how many bytes came back so far."""

    def __init__(self, port: int, turn: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.turn = turn
        self.received = 0


def measure_rate(
    port: int, requests: Sequence[bytes], *, connections: int = 8, seconds: float = 2.0
) -> float:
    """Answers a second from 127.0.0.1:port, each connection sending the requests in turn, one at a time.

    All answers to one request must have the length of its first. Raises RuntimeError for any status but 200.
    """
    sizes = [measure_size(port, request) for request in requests]
    chooser = selectors.DefaultSelector()
    states: list[Connection] = []
    try:
        for number in range(connections):
            connection = Connection(port, number % len(requests))
            states.append(connection)
            chooser.register(connection.socket, selectors.EVENT_READ, connection)
            connection.socket.sendall(requests[connection.turn])
        answers = 0
        began = time.perf_counter()
        ends = began + seconds
        while time.perf_counter() < ends:
            for key, _ in chooser.select(1.0):
                connection = key.data
                received = len(connection.socket.recv(1 << 20))
                if not received:
                    raise RuntimeError("the server closed a connection")
                connection.received += received
                if connection.received >= sizes[connection.turn]:
                    answers += 1
                    connection.received = 0
                    connection.turn = (connection.turn + 1) % len(requests)
                    connection.socket.sendall(requests[connection.turn])
        return answers / (time.perf_counter() - began)
    finally:
        for state in states:
            state.socket.close()
        chooser.close()


def measure_seconds(port: int, requests: Sequence[bytes]) -> float:
    """The median seconds of one answer, the requests sent one after another over one connection."""
    times = []
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in requests:
            began = time.perf_counter()
            connection.sendall(request)
            read_answer(connection)
            times.append(time.perf_counter() - began)
    return statistics.median(times)


def measure_size(port: int, request: bytes) -> int:
    """The bytes of a whole answer, head included."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request)
        head, body = read_answer(connection)
        return len(head) + len(body)


def read_answer(connection: socket.socket) -> tuple[bytes, bytes]:
    """Head (with its blank line) and body of one answer that has a Content-Length. Raises RuntimeError."""
    data = b""
    while b"\r\n\r\n" not in data:
        received = connection.recv(1 << 20)
        if not received:
            raise RuntimeError("the server closed the connection")
        data += received
    head, _, body = data.partition(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n", 1)[0]:
        raise RuntimeError(f"not a 200: {head[:300]!r} {body[:300]!r}")
    length = next(
        int(line.split(b":", 1)[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    )
    while len(body) < length:
        body += connection.recv(1 << 20)
    return head + b"\r\n\r\n", body


def make_request(path: str, *headers: str) -> bytes:
    """A GET over a connection that stays open."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
