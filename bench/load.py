"""The load: a light client in a process of its own that plays requests made beforehand, as fast as they are answered.

It only moves bytes, so that the server and never the client is what is measured.
"""

from __future__ import annotations

import multiprocessing
import re
import selectors
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import ParamSpec, TypeVar

CONNECTIONS = 6
TOO_LONG = 60.0  # seconds; a server that needs more for one round is broken
MESSAGE = b"<Message"
P = ParamSpec("P")
T = TypeVar("T")
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Round:
    """How long the requests took together, in seconds, and how many were not answered as they should be."""

    seconds: float
    failed: int


class Client:
    """Has requests played by the other process."""

    def __init__(self, pipe: Connection):
        self._pipe = pipe

    def play(self, port: int, requests: Sequence[bytes], shows: bytes = MESSAGE) -> Round:
        """All requests once, over CONNECTIONS kept-alive connections, each sending when it was answered.

        An answer without the bytes of `shows` in it has failed.
        """
        return self.run(TOO_LONG, _play, port, list(requests), shows)

    def run(self, within: float, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What a module's function returns in the other process, within so many seconds."""
        self._pipe.send((work, args, kwargs))
        if not self._pipe.poll(within + 5):
            raise SystemExit("the load process gave no answer")
        fault, answer = self._pipe.recv()
        if fault:
            raise SystemExit(f"the load process failed: {fault}")
        done: T = answer
        return done


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
            work, args, kwargs = pipe.recv()
            pipe.send(("", work(*args, **kwargs)))
        except (EOFError, KeyboardInterrupt):
            return
        except (OSError, ValueError) as error:
            pipe.send((f"{type(error).__name__}: {error}", None))


def _play(port: int, requests: list[bytes], shows: bytes) -> Round:
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
                    failed += not (got.startswith(b"HTTP/1.1 200") and shows in got)
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
    length = LENGTH.search(got, 0, head)
    if length is None:
        raise ValueError("an answer without a length")
    return len(got) >= head + 4 + int(length[1])
