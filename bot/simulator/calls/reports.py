"""What the line is told of a call: Twilio tells each event asked for, Somleng only the end.

Owns which reports there are about a call, their forms and their order.
"""

from __future__ import annotations

import threading
from collections import deque
from email.utils import formatdate
from functools import partial

from bot.simulator.calls.course import INBOUND, TERMINAL, Ends, call_parameters
from bot.simulator.calls.records import CallRecord, Records
from bot.simulator.carrier.agenda import Agenda
from bot.simulator.carrier.profile import Profile
from bot.simulator.carrier.reports import Reporter, StatusReport
from bot.simulator.carrier.trouble import Channel

EVENTS = {"queued": "initiated", "ringing": "ringing", "in-progress": "answered"} | dict.fromkeys(TERMINAL, "completed")


class CallReports:
    """Tells of calls; those reports that are about one call in their order, but for trouble."""

    def __init__(self, records: Records, reporter: Reporter, agenda: Agenda) -> None:
        self._records = records
        self._reporter = reporter
        self._agenda = agenda
        self._lock = threading.Lock()
        self._open: dict[str, deque[StatusReport]] = {}
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
                self._agenda.plan(0.0, partial(self._tell, record.sid))
                waiting = self._open[record.sid] = deque()
            theirs = record.sender if record.direction == INBOUND else record.recipient
            form = status_form(record, number)
            waiting.append(StatusReport(record.sid, record.callback, form, Channel.CALLS, theirs, last))

    def _tell(self, sid: str) -> None:
        """Tell the oldest report of this call."""
        with self._lock:
            report = self._open[sid][0]
        self._reporter.tell(report, partial(self._records.told, sid), partial(self._note_told, report))

    def _note_told(self, report: StatusReport) -> None:
        sid = report.sid
        if report.last:
            self._records.told(sid)
        with self._lock:
            self._open[sid].popleft()
            if self._open[sid]:
                self._agenda.plan(0.0, partial(self._tell, sid))
            else:
                del self._open[sid]
                if report.last:
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
