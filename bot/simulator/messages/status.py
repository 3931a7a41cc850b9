"""What becomes of a message after the carrier took it: queued, sent, delivered or not, each told to the line.

Owns the order of the statuses and of arrivals. The store remembers where each message stands, so a restart goes on.
"""

from __future__ import annotations

import threading
from functools import partial

from bot.simulator.carrier.agenda import Agenda
from bot.simulator.carrier.profile import Profile, profile_of, status_parameters
from bot.simulator.carrier.reports import Reporter, StatusReport
from bot.simulator.carrier.trouble import Channel, TroubleKind, Troubles
from bot.simulator.settings import SimulatorSettings
from bot.simulator.store import UNSETTLED, Message, Store


class StatusReports:
    """Moves messages on and tells of it. One message's statuses are told in their order, but for trouble."""

    def __init__(
        self, settings: SimulatorSettings, store: Store, reporter: Reporter, agenda: Agenda, troubles: Troubles
    ) -> None:
        self._settings = settings
        self._store = store
        self._reporter = reporter
        self._agenda = agenda
        self._troubles = troubles
        self._lock = threading.Lock()
        self._waiting: dict[int, str] = {}  # by phone: the message that a later one is to overtake

    def start(self) -> None:
        """Take up whatever an earlier process left unfinished."""
        for sid in self._store.unsettled():
            self.track(sid)

    def track(self, sid: str) -> None:
        """Tell the present status of this message and see it through to the last."""
        self._agenda.plan(0.0, partial(self._tell, sid))

    def _tell(self, sid: str) -> None:
        message = self._store.message(sid)
        if message is None:  # deleted meanwhile: nothing more is told
            return
        then = partial(self._go_on, message)
        if message.callback is None:
            then()
            return
        form = status_parameters(message, self._settings.account_sid)
        last = message.status not in UNSETTLED
        report = StatusReport(sid, message.callback, form, Channel.SMS, message.recipient, last)
        self._reporter.tell(report, partial(self._store.callback_failed, sid), then)

    def _go_on(self, message: Message) -> None:
        """Bring a message one status further."""
        if message.status == "queued":
            self._settle(message.sid, "sent")
        elif message.status == "sent":
            self._arrive(message)

    def _arrive(self, message: Message) -> None:
        """The message reaches its phone, or does not, or waits until a later one has."""
        number = message.recipient
        if trouble := self._troubles.strikes(TroubleKind.UNDELIVERED, Channel.SMS, number):
            somleng = profile_of(self._store) is Profile.SOMLENG  # which has one word for it and no codes
            self._settle(message.sid, "failed" if somleng else "undelivered", None if somleng else trouble.code)
            return
        with self._lock:
            earlier = self._waiting.pop(message.phone_id, None)
        trouble = self._troubles.strikes(TroubleKind.SHUFFLE_MESSAGES, Channel.SMS, number) if earlier is None else None
        if trouble is not None:
            with self._lock:
                overtaken = self._waiting.setdefault(message.phone_id, message.sid) == message.sid
            if overtaken:
                pause = trouble.seconds or 0.0
                self._agenda.plan(pause, partial(self._waited_enough, message.phone_id, message.sid))
                return
        self._settle(message.sid, "delivered")
        if earlier is not None:
            self._late(earlier)

    def _waited_enough(self, phone_id: int, sid: str) -> None:
        """No later message came: it arrives after all."""
        with self._lock:
            if self._waiting.get(phone_id) != sid:
                return
            del self._waiting[phone_id]
        self._late(sid)

    def _late(self, sid: str) -> None:
        self._store.overtaken(sid)
        self._settle(sid, "delivered")

    def _settle(self, sid: str, status: str, error_code: int | None = None) -> None:
        """Keep the new status, and tell it in a moment."""
        self._store.settle(sid, status, error_code)
        self._agenda.plan(self._settings.status_pause, partial(self._tell, sid))
