"""Queue entries of the calls we place and of the recordings we fetch. A job carries nothing: SQL says what is due.

The queue may lose every job: the clock asks SQL what is due and queues another. No session is held while a
carrier is asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog
from redis import Redis
from sqlalchemy import Connection, Engine

from bot.db import reading, writing
from bot.messages import breaker
from bot.messages.breaker import VOICE, Gate
from bot.messages.bucket import Bucket
from bot.messages.calls import admission as call_admission
from bot.messages.calls import minutes
from bot.messages.calls import outbox as call_outbox
from bot.messages.calls.admission import Limits
from bot.messages.calls.models import CallState
from bot.messages.inbound import inbox, recordings
from bot.messages.jobs import announce
from bot.messages.sms.settling import CarrierAnswer
from bot.vault import Vault

log = structlog.get_logger()

JOB_LASTS = 3.0  # seconds; the messages behind a job wait for it, and go before the next
REST = 1.0  # seconds, when others have taken all slots of a job's time
SILENCE = "silence"  # the error of a recording in which nothing is heard
MOST_SECONDS = 300.0  # of a recording; the line asks for two minutes at most


class Dialler(Protocol):
    """What calling back needs of a carrier."""

    def call(self, to: str, url: str, status_callback: str) -> CarrierAnswer:
        """Have somebody rung; never raises for what the carrier does."""


class Fetched(Protocol):
    """What a carrier says of a recording: here, not yet, or a reason why it will never be."""

    @property
    def found(self) -> str:
        """here, not yet, or anything else."""

    @property
    def data(self) -> bytes:
        """The recording, when it is here."""

    @property
    def error(self) -> str:
        """The carrier's code, when not; at most 16 characters."""


class Archive(Protocol):
    """What recordings need of a carrier."""

    def fetch(self, url: str) -> Fetched:
        """Get a recording; never raises for what the carrier does."""

    def delete(self, url: str) -> str:
        """Have the carrier's copy deleted. Returns why not; empty when there is none any more."""


AFTER = {
    "taken": CallState.DIALLING,
    "refused": CallState.FAILED,
    "later": CallState.QUEUED,
    "ambiguous": CallState.UNKNOWN,
}


CALLS, RECORDINGS = "worker.place_due_calls", "worker.fetch_recordings"


def wake_calls(redis: Redis) -> bool:
    """Ask a worker to place the calls that are due. False when Redis is away; the clock will ask again."""
    return announce(redis, CALLS)


def wake_recordings(redis: Redis) -> bool:
    """Ask a worker to fetch the recordings that are due. False when Redis is away; the clock will ask again."""
    return announce(redis, RECORDINGS)


@dataclass(frozen=True, slots=True)
class Calling:
    """All that it takes to place calls."""

    engine: Engine
    vault: Vault
    carrier: Dialler
    bucket: Bucket
    limits: Limits
    clock: Callable[[], datetime]
    public_url: str

    def place_due(self) -> bool:
        """Place what is due for JOB_LASTS, while the carrier serves. Returns whether more may be due.

        One call is claimed at a time: a worker killed at any point leaves at most one of which nobody knows whether
        the carrier dials it.
        """
        until, first = time.monotonic() + JOB_LASTS, True
        while (left := until - time.monotonic()) > 0:
            with reading(self.engine) as connection:
                if not call_outbox.is_due(connection, self.clock()):
                    return False
            slots = self.bucket.take(1, left)
            if not slots.count:  # others place calls all the time
                time.sleep(min(left, REST))
                return True
            # Before the first call too: whoever has just been refused still hears the busy tone.
            time.sleep(max(slots.wait, slots.gap) if first else slots.wait)
            first = False
            gate = breaker.ask(self.engine, VOICE, self.clock())
            if gate is Gate.OPEN or not self._place_next() or gate is Gate.HALF_OPEN:
                return gate is Gate.HALF_OPEN
        return True

    def _place_next(self) -> bool:
        """Have the most urgent call dialled. False when nothing is due, or the carrier wants to be left alone."""
        now = self.clock()
        with writing(self.engine) as connection:
            minutes.keep_within(connection, now, self.limits.midnight(now), self.limits.most_back)
            claimed = call_outbox.claim(connection, self.vault, now)
            admitted = claimed is not None and call_admission.admit(connection, self.limits, claimed, now)
        if not admitted:
            self.bucket.give_back(1)
        if claimed is None or not admitted:
            return claimed is not None
        handed = self.carrier.call(
            claimed.to,
            f"{self.public_url}/voice/back/{claimed.id}",
            f"{self.public_url}/voice/status/{claimed.id}?attempt={claimed.attempts}",
        )
        state, served = AFTER[handed.result], handed.result in ("taken", "refused")
        with writing(self.engine) as connection:
            now = self.clock()
            call_outbox.settle(connection, claimed, state, now, sid=handed.sid or "", error=handed.error)
            breaker.note(connection, VOICE, served, int(not served), handed.error, now)
        log.info("call", id=claimed.id, purpose=str(claimed.purpose), state=str(state), error=handed.error)
        return state is not CallState.QUEUED


def fetch_due(
    engine: Engine,
    vault: Vault,
    carrier: Archive,
    re_encode: Callable[[bytes], tuple[bytes, float]],
    clock: Callable[[], datetime],
) -> bool:
    """Fetch the recordings that are due, and have those deleted at the provider that we keep, for JOB_LASTS.

    `re_encode` makes a WAV of what the carrier has, and says how many seconds it lasts; nothing at all of a silence,
    and it raises ValueError for what is no sound. Returns whether more may be due.
    """
    begun = time.monotonic()
    while time.monotonic() - begun < JOB_LASTS:
        with writing(engine) as connection:
            claimed = recordings.claim(connection, vault, clock())
        if claimed is None:
            return False
        kept = _fetch(engine, vault, carrier, re_encode, claimed, clock) if claimed.to_fetch else claimed
        if kept is not None:
            _delete(engine, vault, carrier, kept, clock)
    return True


def _fetch(
    engine: Engine,
    vault: Vault,
    carrier: Archive,
    re_encode: Callable[[bytes], tuple[bytes, float]],
    claimed: recordings.ClaimedRecording,
    clock: Callable[[], datetime],
) -> recordings.ClaimedRecording | None:
    """Fetch one recording and keep it; None when it is not ours yet, or never will be."""
    fetched = carrier.fetch(claimed.url)
    kept, error, wav, seconds = None, fetched.error, b"", 0.0
    if fetched.found == "here":
        try:
            wav, seconds = re_encode(fetched.data)
            error = "" if wav else SILENCE
        except ValueError:
            error = "no sound"
    with writing(engine) as connection:
        if wav:
            kept = recordings.store(connection, vault, claimed, wav, seconds, clock())
        elif fetched.found == "not yet":
            recordings.try_later(connection, claimed, error, clock())
        elif recordings.lose(connection, claimed, error, clock()) and error == SILENCE:
            _close_item(connection, vault, claimed.item, clock())
    log.info("recording", id=claimed.id, kept=kept is not None, error=error, tries=claimed.attempts)
    return kept


def _close_item(connection: Connection, vault: Vault, item: int | None, now: datetime) -> None:
    """Nobody need read an item of which the only recording is a silence."""
    if item is not None and len(recordings.of_item(connection, item)) == 1:
        inbox.close(connection, vault, item, "nothing was said", now)


def _delete(
    engine: Engine, vault: Vault, carrier: Archive, claimed: recordings.ClaimedRecording, clock: Callable[[], datetime]
) -> None:
    error = carrier.delete(claimed.url)
    with writing(engine) as connection:
        if error:
            recordings.try_later(connection, claimed, error, clock())
        else:
            recordings.deleted(connection, vault, claimed, clock())
    if error:
        log.warning("recording not deleted at the provider", id=claimed.id, error=error)
