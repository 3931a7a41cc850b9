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
from zoneinfo import ZoneInfo

import structlog
from redis import Redis
from sqlalchemy import Connection, Engine

from bot.db import reading, writing
from bot.messages import dialling, inbox, recordings
from bot.messages.jobs import announce
from bot.messages.models import CallState
from bot.messages.settling import Handed
from bot.vault import Vault

log = structlog.get_logger()

JOB_LASTS = 3.0  # seconds; the messages behind a job wait for it, and go before the next
SILENCE = "silence"  # the error of a recording in which nothing is heard
MOST_SECONDS = 300.0  # of a recording; the line asks for two minutes at most


class Dialler(Protocol):
    """What calling back needs of a carrier."""

    def call(self, to: str, url: str, status_callback: str) -> Handed:
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
class Limits:
    """How fast calls are placed, and how many begun minutes a day of the zone they may last all together."""

    per_second: int
    most_minutes: int
    zone: ZoneInfo


def place_due(
    engine: Engine, vault: Vault, carrier: Dialler, clock: Callable[[], datetime], limits: Limits, public_url: str
) -> bool:
    """Place what is due for JOB_LASTS. Returns whether more may be due.

    One call is claimed at a time: a worker killed at any point leaves at most one of which nobody knows whether
    the carrier dials it.
    """
    begun = last = time.monotonic()
    while time.monotonic() - begun < JOB_LASTS:
        with reading(engine) as connection:
            if not dialling.due(connection, clock()):
                return False
        # Before the first call too: whoever has just been refused still hears the busy tone.
        time.sleep(max(0.0, last + 1 / limits.per_second - time.monotonic()))
        last, now = time.monotonic(), clock()
        midnight = now.astimezone(limits.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        with writing(engine) as connection:
            dialling.keep_within(connection, now, midnight, limits.most_minutes)
            claimed = dialling.claim(connection, vault, now)
        if claimed is not None and not _place(engine, carrier, claimed, clock, public_url):
            return False
    return True


def _place(
    engine: Engine, carrier: Dialler, claimed: dialling.Claimed, clock: Callable[[], datetime], public_url: str
) -> bool:
    """Have one call dialled. False when the carrier wants to be left alone for a while."""
    handed = carrier.call(
        claimed.to,
        f"{public_url}/voice/back/{claimed.id}",
        f"{public_url}/voice/status/{claimed.id}?attempt={claimed.attempts}",
    )
    state = AFTER[handed.result]
    with writing(engine) as connection:
        dialling.settle(connection, claimed, state, clock(), sid=handed.sid or "", error=handed.error)
    log.info("call", id=claimed.id, state=str(state), error=handed.error)
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
    claimed: recordings.Claimed,
    clock: Callable[[], datetime],
) -> recordings.Claimed | None:
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
    engine: Engine, vault: Vault, carrier: Archive, claimed: recordings.Claimed, clock: Callable[[], datetime]
) -> None:
    error = carrier.delete(claimed.url)
    with writing(engine) as connection:
        if error:
            recordings.try_later(connection, claimed, error, clock())
        else:
            recordings.deleted(connection, vault, claimed, clock())
    if error:
        log.warning("recording not deleted at the provider", id=claimed.id, error=error)
