"""What is to be done a moment from now: status reports, the end of ringing.

Owns the background threads. Remembers nothing over a restart; who plans something knows it again from the store.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_THREADS = 4


@dataclass(frozen=True, slots=True, order=True)
class _Item:
    due: float
    turn: int
    action: Callable[[], None] = field(compare=False)


class Agenda:
    """Runs each action in its time, several at once."""

    def __init__(self) -> None:
        self._items: list[_Item] = []
        self._turns = itertools.count()
        self._change = threading.Condition()
        self._stopped = False
        self._threads = [
            threading.Thread(target=self._work, name=f"agenda-{number}", daemon=True) for number in range(_THREADS)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after what is under way; the rest is not done."""
        with self._change:
            self._stopped = True
            self._change.notify_all()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def plan(self, pause: float, action: Callable[[], None]) -> None:
        """Do this after so many seconds."""
        with self._change:
            heapq.heappush(self._items, _Item(time.monotonic() + pause, next(self._turns), action))
            self._change.notify()

    def _work(self) -> None:
        while (action := self._take()) is not None:
            action()

    def _take(self) -> Callable[[], None] | None:
        """The next action when it is due; None when all is over."""
        with self._change:
            while not self._stopped:
                pause = self._items[0].due - time.monotonic() if self._items else None
                if pause is not None and pause <= 0:
                    return heapq.heappop(self._items).action
                self._change.wait(pause)
            return None
