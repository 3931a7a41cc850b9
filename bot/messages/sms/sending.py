"""Sending what is due: a job of some seconds that claims rows in bulk and hands them over with many threads.

No session is held during a call. The holder of a lease stops handing over well before it ends: what is not handed
over by then goes back untouched.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Protocol

import structlog
from sqlalchemy import Engine

from bot.db import writing
from bot.messages import breaker
from bot.messages.breaker import OPENS_AFTER, SMS, Gate
from bot.messages.bucket import Bucket, Slots
from bot.messages.sms import admission as sms_admission
from bot.messages.sms import outbox as sms_outbox
from bot.messages.sms.admission import Rules
from bot.messages.sms.outbox import LEASE, ClaimedMessage
from bot.messages.sms.settling import CarrierAnswer, SendOutcome, write_back
from bot.vault import Vault

log = structlog.get_logger()

THREADS = 64
AT_ONCE = 256  # rows of a claim
FEW = 3 * THREADS  # fewer rows in hand than this: it is time for the next claim
LASTS = 4.5  # seconds for which a job hands over
AHEAD = 1.0  # seconds of the channel's pace that are claimed at once
MARGIN = 22.0  # seconds before the end of a lease: the longest that a call may take
TOGETHER, GATHERED = 128, 0.2  # answers that are written at once, and the seconds they may be waited for
REST = 1.0  # seconds, when others have taken all slots of a job's time


class Sender(Protocol):
    """What the outbox needs of a carrier."""

    def send(self, to: str, text: str, outbox_id: int, attempt: int) -> CarrierAnswer:
        """Hand one message over; never raises for what the carrier does."""


@dataclass(frozen=True, slots=True)
class _Broken:
    """What is known when handing over broke off in our own code: nothing."""

    error: str
    result: str = "ambiguous"
    sid: str | None = None
    retry_after: float = 0.0


@dataclass(frozen=True, slots=True)
class Sending:
    """All that it takes to send."""

    engine: Engine
    vault: Vault
    sender: Sender
    bucket: Bucket
    rules: Rules
    clock: Callable[[], datetime]

    def send_due(self, more: Callable[[], object] = lambda: None) -> bool:
        """Send what is due for some seconds, while the carrier serves. Returns whether more may be due.

        `more` is called as soon as there is work for another worker too.
        """
        gate = breaker.ask(self.engine, SMS, self.clock())
        if gate is Gate.OPEN:
            return False
        job = _Job(self, more, probes=gate is Gate.HALF_OPEN)
        job.run()
        return job.left_some


class _Job:
    """One job: rows in hand, threads that hand them over, answers on their way into SQL."""

    def __init__(self, sending: Sending, more: Callable[[], object], *, probes: bool):
        self._to = sending
        self._more = more
        self._probes = probes
        self._at_once = 1 if probes else min(AT_ONCE, max(1, int(AHEAD * sending.bucket.per_second)))
        self._until = time.monotonic() + LASTS
        self._answers: SimpleQueue[SendOutcome] = SimpleQueue()
        self._in_hand = 0
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._failures = 0  # in a row
        self._served = False
        self._last_error = ""
        self.left_some = False

    def run(self) -> None:
        """Send until nothing is due, the time is over, or the carrier fails everybody."""
        dry = False
        with ThreadPoolExecutor(THREADS, thread_name_prefix="send") as pool:
            try:
                while True:
                    if not dry and self._in_hand < min(FEW, self._at_once) and self._goes_on():
                        dry = not self._claim(pool)
                    if self._in_hand:
                        self._write(self._gather())
                    elif dry or not self._goes_on():
                        break
            finally:
                self._stop.set()  # whatever broke here: nothing more is handed over
        if self._served or self._failures:
            with writing(self._to.engine) as connection:
                now = self._to.clock()
                breaker.note(connection, SMS, self._served, self._failures, self._last_error, now)

    def _goes_on(self) -> bool:
        return not self._stop.is_set() and time.monotonic() < self._until

    def _claim(self, pool: ThreadPoolExecutor) -> bool:
        """Take rows in hand, as many as the pace allows. False when there is nothing more to take."""
        to = self._to
        slots = to.bucket.take(self._at_once, self._until - time.monotonic())
        if not slots.count:
            self.left_some = True
            if not self._in_hand:
                time.sleep(REST)
            return False
        begun = time.monotonic()
        with writing(to.engine) as connection:
            claimed = sms_outbox.claim(connection, to.vault, to.clock(), slots.count)
            admitted = sms_admission.admit(connection, to.rules, claimed, to.clock())
        if len(admitted) < slots.count:
            to.bucket.give_back(slots.count - len(admitted))
        full = len(claimed) == slots.count
        if full and not self.left_some:
            self._more()  # first: the threads would make it wait
        self.left_some = full
        self._submit(pool, admitted, slots, begun)
        return full and not self._probes

    def _submit(self, pool: ThreadPoolExecutor, rows: Sequence[ClaimedMessage], slots: Slots, begun: float) -> None:
        deadline = begun + LEASE.total_seconds() - MARGIN
        self._in_hand += len(rows)
        for number, row in enumerate(rows):
            pool.submit(self._hand_over, row, begun + slots.wait + number * slots.gap, deadline)

    def _hand_over(self, row: ClaimedMessage, at: float, deadline: float) -> None:
        pause = at - time.monotonic()
        if pause > 0:
            self._stop.wait(pause)
        if self._stop.is_set() or time.monotonic() > deadline:
            self._answers.put(SendOutcome(row, None))
            return
        handed: CarrierAnswer
        try:
            handed = self._to.sender.send(row.to, row.text, row.id, row.attempts)
        except Exception as error:  # whatever it is, the message may be on its way
            handed = _Broken(type(error).__name__[:16])
        self._count(handed)
        self._answers.put(SendOutcome(row, handed))

    def _count(self, handed: CarrierAnswer) -> None:
        with self._lock:
            if handed.result in ("taken", "refused"):
                self._served, self._failures = True, 0
                return
            self._failures += 1
            self._last_error = handed.error
            if self._failures >= OPENS_AFTER:
                self._served = False
                self._stop.set()

    def _gather(self) -> list[SendOutcome]:
        """Some answers, as soon as there are enough of them or they have waited long enough."""
        gathered: list[SendOutcome] = []
        until = time.monotonic() + GATHERED
        while self._in_hand and len(gathered) < TOGETHER:
            try:
                gathered.append(self._answers.get(timeout=max(0.0, until - time.monotonic())))
            except Empty:
                break
            self._in_hand -= 1
        return gathered

    def _write(self, outcomes: list[SendOutcome]) -> None:
        if not outcomes:
            return
        with writing(self._to.engine) as connection:
            write_back(connection, self._to.vault, outcomes, self._to.clock())
        self.left_some = self.left_some or any(outcome.handed is None for outcome in outcomes)
        handed = [outcome.handed.result for outcome in outcomes if outcome.handed is not None]
        log.info("outbox", **{result: handed.count(result) for result in sorted(set(handed))})
        for outcome in outcomes:
            if outcome.handed is not None and outcome.handed.error:
                log.info("not sent", id=outcome.row.id, result=str(outcome.handed.result), error=outcome.handed.error)
