"""A carrier of 100 ms for the benchmarks of sending: takes every message, counts them, and costs little itself.

A process of its own that speaks just enough HTTP; when messages came is read from its own clock.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from bench.environment import HOST
from bench.load import LENGTH

LATENCY = 0.1  # seconds


class Counted:
    """The carrier as the benchmark sees it."""

    def __init__(self, port: int, pipe: Connection):
        self.url = f"http://{HOST}:{port}"
        self._pipe = pipe

    def seen(self) -> tuple[int, float]:
        """How many messages came since it was last begun, and the seconds from the first to the last."""
        self._pipe.send("seen")
        count, lasted = self._pipe.recv()
        return int(count), float(lasted)

    def begin(self) -> None:
        """Count from nothing again."""
        self._pipe.send("begin")
        self._pipe.recv()


@contextmanager
def slow_carrier() -> Iterator[Counted]:
    """Serve until the end."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield Counted(ours.recv(), ours)
    finally:
        process.terminate()
        process.join(5)


def _serve(pipe: Connection) -> None:
    try:
        asyncio.run(_answer_all(pipe))
    except KeyboardInterrupt:
        return


async def _answer_all(pipe: Connection) -> None:
    came: list[float] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = LENGTH.search(head[:-2].replace(b"\r\nContent", b"\r\ncontent") + b"\r\n")
                await reader.readexactly(int(length[1]) if length else 0)
                came.append(time.perf_counter())
                body = b'{"sid":"SM%032d","status":"queued"}' % len(came)
                await asyncio.sleep(LATENCY)
                head = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                writer.write(head % len(body) + body)
        except (OSError, EOFError):
            writer.close()

    def asked() -> None:
        if pipe.recv() == "begin":
            came.clear()
        pipe.send((len(came), came[-1] - came[0] if came else 0.0))

    server = await asyncio.start_server(serve, HOST, 0, backlog=512)
    pipe.send(server.sockets[0].getsockname()[1])
    asyncio.get_running_loop().add_reader(pipe.fileno(), asked)
    await asyncio.Event().wait()
