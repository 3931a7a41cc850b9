"""How status reports reach the line: posted, repeated when the line fails, and whatever trouble does to them.

Owns the posting of reports about messages and calls. What there is to tell, and when, others know.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from bot.simulator.carrier.agenda import Agenda
from bot.simulator.carrier.profile import Poster
from bot.simulator.carrier.trouble import Channel, TroubleKind, Troubles

TRIES_AFTER = (0.5, 2.0)  # seconds; a report is tried once and then after each of these


@dataclass(frozen=True, slots=True)
class StatusReport:
    """One report: about which message or call (`sid`) of which phone, and whether it is the last about it."""

    sid: str
    url: str
    form: Mapping[str, str]
    channel: Channel
    number: str
    last: bool


def _nothing() -> None:
    pass


class Reporter:
    """Brings reports to the line. Only in threads of the agenda, since a post waits for the line."""

    def __init__(self, poster: Poster, agenda: Agenda, troubles: Troubles) -> None:
        self._poster = poster
        self._agenda = agenda
        self._troubles = troubles
        self._lock = threading.Lock()
        self._held: dict[str, list[Callable[[], None]]] = {}  # by sid: what is told after the last report

    def tell(self, report: StatusReport, failed: Callable[[str], None], then: Callable[[], None]) -> None:
        """Tell it; `failed` hears why it could not be told, `then` is done when the next one may be."""
        if self._strikes(TroubleKind.LOSE_REPORTS, report):
            if report.last:
                self._release(report.sid)
            then()
            return
        times = 2 if self._strikes(TroubleKind.DOUBLE_REPORTS, report) else 1
        if not report.last and self._strikes(TroubleKind.SHUFFLE_REPORTS, report):
            with self._lock:
                self._held.setdefault(report.sid, []).append(partial(self._post, report, failed, _nothing, times))
            then()
        elif late := self._troubles.strikes(TroubleKind.LATE_REPORTS, report.channel, report.number):
            self._agenda.plan(late.seconds or 0.0, partial(self._post, report, failed, _nothing, times))
            then()
        else:
            self._post(report, failed, then, times)

    def _strikes(self, kind: TroubleKind, report: StatusReport) -> bool:
        return self._troubles.strikes(kind, report.channel, report.number) is not None

    def _post(
        self, report: StatusReport, failed: Callable[[str], None], then: Callable[[], None], times: int, tried: int = 0
    ) -> None:
        """Post it now; `tried` counts the failures so far."""
        answer = self._poster.post(report.url, report.form)
        if (answer.fault or answer.code >= 500) and tried < len(TRIES_AFTER):
            self._agenda.plan(TRIES_AFTER[tried], partial(self._post, report, failed, then, times, tried + 1))
            return
        if answer.fault or answer.code >= 300:
            failed(answer.fault or f"HTTP {answer.code}")
        elif times > 1:
            self._post(report, failed, then, times - 1)
            return
        if report.last:
            self._release(report.sid)
        then()

    def _release(self, sid: str) -> None:
        """Tell what was held back until the end was told, the latest first."""
        with self._lock:
            held = self._held.pop(sid, [])
        for post in reversed(held):
            post()
