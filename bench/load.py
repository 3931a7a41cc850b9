"""The load: a light client in a process of its own that plays requests made beforehand.

It only moves bytes, so that the server and never the client is what is measured.
"""

from __future__ import annotations

import multiprocessing
import re
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection

CONNECTIONS = 6
TOO_LONG = 60.0  # seconds; a server that needs more for one round is broken
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Round:
    """How long the requests took together, in seconds, and how many were not answered with a message."""

    seconds: float
    failed: int


class Client:
    """Has requests played by the other process."""

    def __init__(self, pipe: Connection):
        self._pipe = pipe

    def play(self, port: int, requests: Sequence[bytes]) -> Round:
        """All requests once, over CONNECTIONS kept-alive connections, each sending when it was answered."""
        self._pipe.send((port, list(requests)))
        if not self._pipe.poll(TOO_LONG + 5):
            raise SystemExit("the load process gave no answer")
        answer = self._pipe.recv()
        if not isinstance(answer, Round):
            raise SystemExit(f"the load process failed: {answer}")
        return answer


@contextmanager
def client() -> Iterator[Client]:
    """The other process, for as long as it is needed."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield Client(ours)
    finally:
        process.terminate()
        process.join(5)


def _serve(pipe: Connection) -> None:
    while True:
        try:
            port, requests = pipe.recv()
            pipe.send(_play(port, requests))
        except (EOFError, KeyboardInterrupt):
            return
        except (OSError, ValueError) as error:
            pipe.send(f"{type(error).__name__}: {error}")


def _play(port: int, requests: list[bytes]) -> Round:
    waiting, failed, open_requests = list(reversed(requests)), 0, 0
    with ExitStack() as stack:
        poll = stack.enter_context(selectors.DefaultSelector())
        sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]
        for connection in sockets:
            stack.callback(connection.close)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            poll.register(connection, selectors.EVENT_READ, bytearray())
        begun = time.perf_counter()
        for connection in sockets:
            if waiting:
                connection.sendall(waiting.pop())
                open_requests += 1
        while open_requests:
            ready = poll.select(TOO_LONG)
            if not ready or time.perf_counter() - begun > TOO_LONG:
                raise TimeoutError(f"{open_requests + len(waiting)} requests unanswered")
            for key, _ in ready:
                got: bytearray = key.data
                ours = key.fileobj
                assert isinstance(ours, socket.socket)
                chunk = ours.recv(65536)
                if not chunk:
                    raise ConnectionError("the server closed the connection")
                got += chunk
                if _whole(got):
                    failed += not (got.startswith(b"HTTP/1.1 200") and b"<Message>" in got)
                    got.clear()
                    open_requests -= 1
                    if waiting:
                        ours.sendall(waiting.pop())
                        open_requests += 1
        return Round(time.perf_counter() - begun, failed)


def _whole(got: bytearray) -> bool:
    head = got.find(b"\r\n\r\n")
    if head < 0:
        return False
    length = _LENGTH.search(got, 0, head)
    if length is None:
        raise ValueError("an answer without a length")
    return len(got) >= head + 4 + int(length[1])
