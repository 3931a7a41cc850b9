"""The carrier's list of the messages we sent, read page by page, newest first, over as many readings as it takes.

Owns how far the list is read. A list too long for the time of one reading is gone on with where that stopped: a page's
address names the message behind which it begins, so that what is sent meanwhile moves nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

LASTS = 40.0  # seconds of one reading
KEPT = 600.0  # seconds after which what was read is of no use any more
MOST_KEPT = 100_000  # messages
SLACK = timedelta(seconds=60)  # a carrier may list a message a little late


@dataclass(frozen=True, slots=True)
class Listed:
    """A message as the carrier has it: its word on what became of it, and when it took it."""

    sid: str
    to: str
    body: str
    status: str
    error: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class SentPage:
    """A page: our messages on it, the times of all on it, and how the next one is got; None: it is the last."""

    ours: Sequence[Listed]
    times: Sequence[datetime | None]
    turn: Callable[[], SentPage] | None


@dataclass(slots=True)
class _Walk:
    """A way through the list from its newest page back to `until`."""

    turn: Callable[[], SentPage]
    until: datetime
    newest: datetime | None = None  # what was sent before this it has seen
    found: dict[str, Listed] = field(default_factory=dict)


class SentList:
    """What is known of the list; not for several threads. `first` gets its newest page, `now` tells seconds."""

    def __init__(self, first: Callable[[], SentPage], lasts: float = LASTS, now: Callable[[], float] = time.monotonic):
        self._first = first
        self._lasts = lasts
        self._now = now
        self._known: dict[str, Listed] = {}
        self._from: datetime | None = None  # all that was sent between these two is known
        self._to: datetime | None = None
        self._walk: _Walk | None = None
        self._used = now()

    def since(self, since: datetime) -> list[Listed] | None:
        """Our messages since a time, oldest first; None when there was no time to read all of them yet."""
        begun = self._now()
        if begun - self._used > KEPT or len(self._known) > MOST_KEPT:
            self._forget()
        self._used = begun
        if self._from is not None and self._to is not None and not self._from <= since <= self._to - SLACK:
            self._forget()  # it begins before what is known, or behind it
        if self._walk is not None:  # first what is older, then what came meanwhile
            self._walk.until = min(self._walk.until, since) if self._to is None else self._walk.until
            if not self._go_on(self._walk, begun):
                return None
            self._take(self._walk)
        walk = self._walk = _Walk(self._first, since if self._to is None else self._to - SLACK)
        if not self._go_on(walk, begun):
            return None
        self._take(walk)
        self._from = since if self._from is None else self._from
        found = [entry for entry in reversed(self._known.values()) if entry.at is None or entry.at >= since]
        return sorted(found, key=lambda entry: entry.at or since)

    def _go_on(self, walk: _Walk, begun: float) -> bool:
        """Walk on until the end of the way; False when the time of this reading is over before."""
        while True:
            page = walk.turn()
            walk.found |= {entry.sid: entry for entry in page.ours}
            times = [at for at in page.times if at is not None]
            walk.newest = max((*times, *((walk.newest,) if walk.newest else ())), default=None)
            is_older = len(times) == len(page.times) and all(at < walk.until for at in times)
            if page.turn is None or is_older:
                return True
            walk.turn = page.turn
            if self._now() - begun > self._lasts:
                return False

    def _take(self, walk: _Walk) -> None:
        """What a way has shown is known from now on."""
        self._known |= walk.found
        self._from = walk.until if self._from is None else self._from
        self._to = walk.newest or self._to or walk.until
        self._walk = None

    def _forget(self) -> None:
        self._known, self._from, self._to, self._walk = {}, None, None, None
