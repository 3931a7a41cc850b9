"""Many calls at once, each at its own pace: a key every few seconds, whether or not the server keeps up.

Runs in the load's process and only moves bytes: at fifty requests a second it takes little of one core.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from bench.environment import HOST
from bench.load import LENGTH


@dataclass(frozen=True, slots=True)
class Fetch:
    """One document of a call: when it is due (seconds from the start), what is sent, what the answer must show."""

    due: float
    request: bytes
    shows: bytes


@dataclass(frozen=True, slots=True)
class Paced:
    """Seconds from when each document was due until it was there, and how many were wrong or never came.

    A document that is late because the one before it was, or because the client was slow to send, is late all the
    same.
    """

    waits: tuple[float, ...]
    failed: int


def play(port: int, calls: list[list[Fetch]], patience: float) -> Paced:
    """All calls at once. `patience`: seconds a document may take; a call that waits longer is broken off."""
    return asyncio.run(_all(port, calls, patience))


async def _all(port: int, calls: list[list[Fetch]], patience: float) -> Paced:
    begun = time.perf_counter()
    heard = await asyncio.gather(*(_call(port, fetches, begun, patience) for fetches in calls))
    waits = tuple(wait for one in heard for wait in one)
    return Paced(waits, sum(map(len, calls)) - len(waits))


async def _call(port: int, fetches: list[Fetch], begun: float, patience: float) -> list[float]:
    """The waits of one call until its end, or until an answer that is not as it should be."""
    waits: list[float] = []
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        for fetch in fetches:
            await asyncio.sleep(begun + fetch.due - time.perf_counter())
            writer.write(fetch.request)
            answer = await asyncio.wait_for(_answer(reader), patience)
            if not (answer.startswith(b"HTTP/1.1 200") and fetch.shows in answer):
                break
            waits.append(time.perf_counter() - begun - fetch.due)
    except (OSError, EOFError):
        pass  # what has not come is counted by whoever asked
    finally:
        writer.close()
    return waits


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = LENGTH.search(head)
    if length is None:
        raise ValueError("an answer without a length")
    return head + await reader.readexactly(int(length[1]))
