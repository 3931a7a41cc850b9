"""What the line is told of a call: Twilio tells each event asked for, Somleng only the end.

Owns the status callbacks of calls and their order; a callback that fails is repeated.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from email.utils import formatdate
from functools import partial

from bot.simulator.agenda import Agenda
from bot.simulator.carrier import Poster, Profile
from bot.simulator.course import TERMINAL, Ends, call_parameters
from bot.simulator.records import CallRecord, Records
from bot.simulator.status import TRIES_AFTER

EVENTS = {"queued": "initiated", "ringing": "ringing", "in-progress": "answered"} | dict.fromkeys(TERMINAL, "completed")


class CallReports:
    """Posts the callbacks of calls; those of one call in their order."""

    def __init__(self, records: Records, poster: Poster, agenda: Agenda) -> None:
        self._records = records
        self._poster = poster
        self._agenda = agenda
        self._lock = threading.Lock()
        self._open: dict[str, deque[tuple[str, Mapping[str, str]]]] = {}
        self._counts: dict[str, int] = {}

    def tell(self, record: CallRecord) -> None:
        """Tell the status this call has now, if the line asked to know."""
        if record.callback is None:
            return
        last = record.status in TERMINAL
        asked = last if record.profile == Profile.SOMLENG else EVENTS[record.status] in record.events.split()
        if not asked:
            if last:
                self._records.told(record.sid)
            return
        with self._lock:
            number = self._counts[record.sid] = self._counts.get(record.sid, -1) + 1
            waiting = self._open.get(record.sid)
            if waiting is None:
                self._agenda.plan(0.0, partial(self._post, record.sid, 0))
                waiting = self._open[record.sid] = deque()
            waiting.append((record.callback, status_form(record, number)))

    def _post(self, sid: str, tried: int) -> None:
        """Post the oldest form of this call; `tried` counts the failures so far."""
        with self._lock:
            url, form = self._open[sid][0]
        answer = self._poster.post(url, form)
        if (answer.fault or answer.code >= 500) and tried < len(TRIES_AFTER):
            self._agenda.plan(TRIES_AFTER[tried], partial(self._post, sid, tried + 1))
            return
        failed = answer.fault or (f"HTTP {answer.code}" if answer.code >= 300 else "")
        if failed or form["CallStatus"] in TERMINAL:
            self._records.told(sid, failed)
        with self._lock:
            self._open[sid].popleft()
            if self._open[sid]:
                self._agenda.plan(0.0, partial(self._post, sid, 0))
            else:
                del self._open[sid]
                if form["CallStatus"] in TERMINAL:
                    self._counts.pop(sid, None)


def status_form(record: CallRecord, number: int) -> dict[str, str]:
    """The form of one callback, the `number`th of its call, from 0."""
    profile = Profile(record.profile)
    ends = Ends(record.sid, record.account, profile, record.sender, record.recipient, record.direction)
    form = call_parameters(ends, record.status)
    if record.duration is not None:
        form["CallDuration"] = str(record.duration)
    if profile is Profile.TWILIO:
        form |= {
            "Timestamp": formatdate(record.ended or record.answered or record.created),
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(number),
        }
        if record.duration is not None:
            form["Duration"] = str(-(-record.duration // 60))  # begun minutes
    return form
