"""A small load generator: some keep-alive connections on plain sockets, bounded in time.

It sends the same GET over and over and counts whole answers by their length, so that it is not what limits the
measurement: no parsing but the first answer's.
"""

import selectors
import socket
import statistics
import time
from collections.abc import Sequence


def measure_rate(
    port: int, requests: Sequence[bytes], *, connections: int = 8, seconds: float = 2.0
) -> float:
    """Answers a second from 127.0.0.1:port, each connection sending the requests in turn, one at a time.

    All answers to one request must have the length of its first one. Raises RuntimeError for any status but 200.
    """
    sizes = [measure_size(port, request) for request in requests]
    chooser = selectors.DefaultSelector()
    states = []
    try:
        for number in range(connections):
            connection = socket.create_connection(("127.0.0.1", port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            state = [connection, number % len(requests), 0]
            states.append(state)
            chooser.register(connection, selectors.EVENT_READ, state)
            connection.sendall(requests[state[1]])
        answers = 0
        began = time.perf_counter()
        ends = began + seconds
        while time.perf_counter() < ends:
            for key, _ in chooser.select(1.0):
                state = key.data
                received = len(state[0].recv(1 << 20))
                if not received:
                    raise RuntimeError("the server closed a connection")
                state[2] += received
                if state[2] >= sizes[state[1]]:
                    answers += 1
                    state[2] = 0
                    state[1] = (state[1] + 1) % len(requests)
                    state[0].sendall(requests[state[1]])
        return answers / (time.perf_counter() - began)
    finally:
        for state in states:
            state[0].close()
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
