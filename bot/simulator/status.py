"""What becomes of a message after the carrier took it: queued, sent, delivered, each told to the line.

Owns the order of the statuses. The store remembers where each message stands, so a restart goes on.
"""

from __future__ import annotations

from functools import partial

from bot.simulator.agenda import Agenda
from bot.simulator.carrier import Poster, status_parameters
from bot.simulator.settings import SimulatorSettings
from bot.simulator.store import Store

_NEXT = {"queued": "sent", "sent": "delivered"}
TRIES_AFTER = (0.5, 2.0)  # seconds; a callback is tried once and then after each of these


class StatusReports:
    """Moves messages on and posts the callbacks. One message's statuses are told in their order."""

    def __init__(self, settings: SimulatorSettings, store: Store, poster: Poster, agenda: Agenda) -> None:
        self._settings = settings
        self._store = store
        self._poster = poster
        self._agenda = agenda

    def start(self) -> None:
        """Take up whatever an earlier process left unfinished."""
        for sid in self._store.unsettled():
            self.track(sid)

    def track(self, sid: str) -> None:
        """Tell the present status of this message and see it through to the last."""
        self._plan(sid, 0.0)

    def _plan(self, sid: str, pause: float, tried: int = 0) -> None:
        self._agenda.plan(pause, partial(self._tell, sid, tried))

    def _tell(self, sid: str, tried: int) -> None:
        """Tell it now; `tried` counts the failures so far."""
        message = self._store.message(sid)
        if message is None:  # deleted meanwhile: nothing more is told
            return
        if message.callback is not None:
            form = status_parameters(message, self._settings.account_sid)
            answer = self._poster.post(message.callback, form)
            if (answer.fault or answer.code >= 500) and tried < len(TRIES_AFTER):
                self._plan(sid, TRIES_AFTER[tried], tried + 1)
                return
            if answer.fault or answer.code >= 300:
                self._store.callback_failed(sid, answer.fault or f"HTTP {answer.code}")
        following = _NEXT.get(message.status)
        if following is not None:
            self._store.settle(sid, following)
            self._plan(sid, self._settings.status_pause)
