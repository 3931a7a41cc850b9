"""The spool: webhooks that came while the database was away, kept sealed until a worker can take them.

Owns where they lie: in a hash of Redis, else a file each in a folder. An entry is deleted only when the database
has it; read twice it must have the effect of once, which whoever replays it sees to.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

import structlog
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Connection, exists, select
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, InterfaceError, NotSupportedError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.db import table
from bot.messages.models import Outbound, Purpose
from bot.messages.sms import outbox as sms_outbox
from bot.messages.sms.outbox import Outgoing
from bot.vault import Vault, VaultError

log = structlog.get_logger()

KEY = "phsar:spool"  # in Redis: a sealed entry by its name
REPLAY = "worker.replay_spool"
MOST_IN_REDIS, MOST_ON_DISK = 20_000, 10_000  # entries, of a few hundred bytes each, eight thousand at most
DAMAGED = "damaged"  # the folder of what does not open; put back into the folder above it is tried again
AWAY_FOR = 5.0  # seconds after a failure in which Redis is not asked again
HANDED_AT_ONCE = 100
FRESH_FOR = timedelta(minutes=10)  # an answer later than that waits for the morning and ends with a STOP
WORTH_FOR = timedelta(hours=24)
LEFT_BY_A_CRASH = 3600.0  # seconds after which a half-written file is taken away
# When it came, in microseconds, and which webhook it was: the order of names is the order of arrival.
NAME = re.compile(r"[0-9a-f]{16}-[0-9a-f]{16}")
_out = table(Outbound)


class WebhookKind(StrEnum):
    """What a spooled webhook told us."""

    SMS = "sms"
    SMS_STATUS = "sms status"
    CALL_STATUS = "call status"  # of a call we placed
    CALL_END = "call end"  # of one that came in


@dataclass(frozen=True, slots=True)
class SpooledWebhook:
    """One webhook: of its form only what is needed."""

    told: WebhookKind
    values: Mapping[str, str]
    received: datetime


class FullError(Exception):
    """The spool takes nothing more: the carrier is to come again."""


class DamagedError(Exception):
    """An entry that does not open, or holds what no release wrote."""


def is_away(error: Exception) -> bool:
    """Whether the database could not be asked; it may be the statement's fault, never the values'."""
    ours = isinstance(error, IntegrityError | DataError | NotSupportedError)
    return isinstance(error, DatabaseError | InterfaceError | PoolTimeoutError) and not ours


class Spool:
    """The spool as one process sees it: Redis, and the folder on its machine. Shared by threads."""

    def __init__(self, redis: Redis, vault: Vault, folder: Path):
        self._redis = redis
        self._vault = vault
        self._folder = folder
        self._rests_until = 0.0  # Redis, by the monotonic clock
        self._handing = threading.Lock()
        self._waits: bool | None = None  # whether this process left something here; None: not looked yet

    def keep(self, told: WebhookKind, id: str, values: Mapping[str, str], received: datetime) -> None:
        """Keep a webhook through any crash. `id` tells it from others. Raises FullError."""
        name = f"{int(received.timestamp() * 1e6):016x}-{self._vault.look_up(f'{told} {id}')[:16]}"
        kept = {"told": told, "values": dict(values), "received": received.astimezone(UTC).isoformat()}
        sealed = self._vault.seal(json.dumps(kept))
        if not self._kept_in_redis(name, sealed):
            self._keep_on_disk(name, sealed)
        self._waits = True

    def _kept_in_redis(self, name: str, sealed: bytes) -> bool:
        if time.monotonic() < self._rests_until:
            return False
        try:
            with self._redis.pipeline() as both:
                both.hset(KEY, name, sealed)
                both.hlen(KEY)
                count = both.execute()[1]
            if count <= MOST_IN_REDIS:
                return True
            self._redis.hdel(KEY, name)
        except RedisError as error:
            self._rests_until = time.monotonic() + AWAY_FOR
            log.warning("spooled on disk", error=type(error).__name__)
        return False

    def _keep_on_disk(self, name: str, sealed: bytes) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if len(self._on_disk()) >= MOST_ON_DISK:
                raise FullError
            _write(self._folder / name, sealed)
        except OSError as error:
            raise FullError from error

    def names(self) -> list[str]:
        """What waits, the oldest first. Without Redis only what lies on this machine's disk."""
        found = set(self._on_disk())
        self._clear_up()
        with contextlib.suppress(RedisError):
            found |= {
                name
                for key in cast("list[bytes]", self._redis.hkeys(KEY))
                if NAME.fullmatch(name := str(key, "ascii", "replace"))
            }
        return sorted(found)

    def read(self, name: str) -> SpooledWebhook | None:
        """An entry; None when somebody else has dealt with it. Raises DamagedError, RedisError, OSError."""
        sealed = self._sealed(name)
        if sealed is None:
            return None
        try:
            kept = json.loads(self._vault.open(sealed))
            values = {str(key): str(value) for key, value in kept["values"].items()}
            return SpooledWebhook(
                WebhookKind(kept["told"]), values, datetime.fromisoformat(kept["received"]).astimezone(UTC)
            )
        except (VaultError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise DamagedError from error

    def drop(self, name: str) -> None:
        """Forget an entry, wherever it lies: it is done. What Redis is not there to forget is done again."""
        (self._folder / name).unlink(missing_ok=True)
        if time.monotonic() < self._rests_until:
            return
        try:
            self._redis.hdel(KEY, name)
        except RedisError:
            self._rests_until = time.monotonic() + AWAY_FOR

    def set_aside(self, name: str) -> None:
        """Put an entry where it is in nobody's way and an operator finds it. Raises RedisError, OSError."""
        sealed = self._sealed(name)
        if sealed is not None:
            aside = self._folder / DAMAGED
            aside.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(aside / name, sealed)
        self.drop(name)

    def depth(self) -> dict[str, int]:
        """How many entries lie in Redis, on this machine's disk, and set aside there. Raises RedisError."""
        aside = _named(self._folder / DAMAGED)
        return {"disk": len(self._on_disk()), DAMAGED: len(aside), "redis": int(self._redis.hlen(KEY))}

    def waits(self) -> bool:
        """Whether there is anything to replay; False where nobody can tell."""
        try:
            return bool(self._on_disk()) or bool(self._redis.hlen(KEY))
        except RedisError:
            return False

    def returned(self, announce: Callable[[], bool]) -> None:
        """The database is there. What this process left is handed to the workers, if there is any.

        Done by a thread: whoever brought the news waits on the line. `announce` asks a worker for REPLAY.
        """
        if self._waits is None:
            self._waits = bool(self._on_disk())
        if not self._waits or time.monotonic() < self._rests_until or not self._handing.acquire(blocking=False):
            return
        threading.Thread(target=self._hand_over, args=(announce,), daemon=True, name="spool").start()

    def _hand_over(self, announce: Callable[[], bool]) -> None:
        """Move what lies on this disk to Redis, since the workers may be on other machines."""
        try:
            self._waits = False
            names = self._on_disk()
            for begin in range(0, len(names), HANDED_AT_ONCE):
                if self._redis.hlen(KEY) + HANDED_AT_ONCE > MOST_IN_REDIS:
                    self._waits = True
                    break
                some = names[begin : begin + HANDED_AT_ONCE]
                there = ((name, _read(self._folder / name)) for name in some)
                found: dict[Any, Any] = {name: sealed for name, sealed in there if sealed is not None}
                if found:
                    self._redis.hset(KEY, mapping=found)
                for name in found:
                    (self._folder / name).unlink(missing_ok=True)
            if not announce():
                self._waits = True
        except (RedisError, OSError) as error:
            self._rests_until = time.monotonic() + AWAY_FOR
            self._waits = True
            log.warning("spool not handed over", error=type(error).__name__)
        finally:
            self._handing.release()

    def _sealed(self, name: str) -> bytes | None:
        found = _read(self._folder / name)
        if found is None:
            found = cast("bytes | None", self._redis.hget(KEY, name))  # no client of ours reads texts
        return found

    def _on_disk(self) -> list[str]:
        return _named(self._folder)

    def _clear_up(self) -> None:
        """Take away what a crash left half written: nobody was told that it is kept."""
        for begun in self._folder.glob(".*"):
            with contextlib.suppress(OSError):
                if time.time() - begun.stat().st_mtime > LEFT_BY_A_CRASH:
                    begun.unlink()


def queue_answer(
    connection: Connection, vault: Vault, contact: int, sid: str, text: str, asked: datetime, now: datetime
) -> None:
    """Queue the answer to a message that was spooled, in the transaction of its turn.

    Soon after, it is an answer like any other. Later it is what they asked for: it waits for the morning, and for
    nobody who has said STOP since. What they said STOP with is itself answered.
    """
    key = f"spool:{sid}"
    if now - asked <= FRESH_FOR:
        sms_outbox.queue(connection, vault, Outgoing(contact, text, Purpose.ANSWER, key=key), now)
        return
    after = asked + timedelta(microseconds=1)
    sms_outbox.queue(
        connection, vault, Outgoing(contact, text, Purpose.OWN, key=key, expires=asked + WORTH_FOR, asked=after), now
    )


def is_answered(connection: Connection, sid: str) -> bool:
    """Whether the answer to a message went by the outbox."""
    return bool(connection.execute(select(exists().where(_out.c.unique_key == f"spool:{sid}"))).scalar_one())


def _named(folder: Path) -> list[str]:
    """The entries in a folder, the oldest first; none when there is no such folder."""
    try:
        with os.scandir(folder) as found:
            return sorted(one.name for one in found if NAME.fullmatch(one.name))
    except OSError:
        return []


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _write(path: Path, data: bytes) -> None:
    """Write a file that is there wholly or not at all, through a loss of power. Raises OSError."""
    begun = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        with os.fdopen(os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        begun.replace(path)
    except OSError:
        begun.unlink(missing_ok=True)
        raise
    listing = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(listing)
    finally:
        os.close(listing)
