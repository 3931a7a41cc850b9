"""What becomes of a message after the carrier took it: queued, sent, delivered, each told to the line.

Owns the background threads. The store remembers where each message stands, so a restart goes on.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from dataclasses import dataclass, field

from bot.simulator.carrier import Poster, status_parameters
from bot.simulator.settings import SimulatorSettings
from bot.simulator.store import Store

_NEXT = {"queued": "sent", "sent": "delivered"}
_THREADS = 4
_TRIES_AFTER = (0.5, 2.0)  # seconds; a callback is tried once and then after each of these


@dataclass(frozen=True, slots=True, order=True)
class _Step:
    """A status to tell now; `tried` counts the failures so far."""

    due: float
    turn: int
    sid: str = field(compare=False)
    tried: int = field(compare=False, default=0)


class StatusReports:
    """Moves messages on and posts the callbacks. One message's statuses are told in their order."""

    def __init__(self, settings: SimulatorSettings, store: Store, poster: Poster) -> None:
        self._settings = settings
        self._store = store
        self._poster = poster
        self._steps: list[_Step] = []
        self._turns = itertools.count()
        self._change = threading.Condition()
        self._stopped = False
        self._threads = [
            threading.Thread(target=self._work, name=f"status-{number}", daemon=True) for number in range(_THREADS)
        ]

    def start(self) -> None:
        """Begin, with whatever an earlier process left unfinished."""
        for sid in self._store.unsettled():
            self.track(sid)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after the posts that are under way."""
        with self._change:
            self._stopped = True
            self._change.notify_all()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def track(self, sid: str) -> None:
        """Tell the present status of this message and see it through to the last."""
        self._plan(sid, 0.0)

    def _plan(self, sid: str, pause: float, tried: int = 0) -> None:
        with self._change:
            heapq.heappush(self._steps, _Step(time.monotonic() + pause, next(self._turns), sid, tried))
            self._change.notify()

    def _work(self) -> None:
        while (step := self._take()) is not None:
            self._tell(step)

    def _take(self) -> _Step | None:
        """The next step when it is due; None when all is over."""
        with self._change:
            while not self._stopped:
                pause = self._steps[0].due - time.monotonic() if self._steps else None
                if pause is not None and pause <= 0:
                    return heapq.heappop(self._steps)
                self._change.wait(pause)
            return None

    def _tell(self, step: _Step) -> None:
        message = self._store.message(step.sid)
        if message is None:  # deleted meanwhile: nothing more is told
            return
        if message.callback is not None:
            form = status_parameters(message, self._settings.account_sid)
            answer = self._poster.post(message.callback, form)
            if (answer.fault or answer.code >= 500) and step.tried < len(_TRIES_AFTER):
                self._plan(step.sid, _TRIES_AFTER[step.tried], step.tried + 1)
                return
            if answer.fault or answer.code >= 300:
                self._store.callback_failed(step.sid, answer.fault or f"HTTP {answer.code}")
        following = _NEXT.get(message.status)
        if following is not None:
            self._store.settle(step.sid, following)
            self._plan(step.sid, self._settings.status_pause)
