"""What people said on the phone: fetched from the provider, kept sealed, heard by signed links, forgotten in time.

Owns the states of a recording and the ladder of tries. The provider's copy is deleted as soon as ours is kept,
or as soon as it is sure that nothing can be heard.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer
from sqlalchemy import Connection, Row, and_, case, func, or_, select, update

from bot.db import table
from bot.messages.inbound.received import SEALED_NOTHING
from bot.messages.models import Recording, RecordingState
from bot.upsert import insert_new
from bot.vault import Vault, VaultError

LEASE = timedelta(minutes=2)
WAITS = (10, 30, 120, 600, 3600)  # seconds after the first, second … try; the last one again and again
COMES_WITHIN = timedelta(days=1)
NEVER_CAME = ("404", "410")  # after that time and LEAST_TRIES; whatever else goes wrong may be mended
LEAST_TRIES = 8
KEPT_FOR = timedelta(days=90)
LINK_LASTS = 24 * 3600  # seconds
MOST_TRIES = 40  # those that were answered count no further than LEAST_TRIES: it ends what ends the worker
ELSEWHERE = "elsewhere"  # the error of what is not at the carrier's
NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # when what has nothing left to do is due
_recording = table(Recording)
# All but the sound.
_NEEDED = [column for column in _recording.c if column.name != "audio"]
_at_provider = func.length(_recording.c.source) > SEALED_NOTHING


@dataclass(frozen=True, slots=True)
class ClaimedRecording:
    """A recording in our hands: where it lies at the provider, and whether to fetch it or to have it deleted."""

    id: int
    url: str
    to_fetch: bool
    attempts: int
    token: str
    created_at: datetime
    item: int | None


def add(connection: Connection, vault: Vault, url: str, contact: int | None, item: int | None, now: datetime) -> None:
    """Write down that a recording lies at the provider's. Told twice it is still one."""
    values = {
        "source_hash": vault.look_up(url),
        "source": vault.seal(url),
        "contact_id": contact,
        "item_id": item,
        "state": RecordingState.WAITING,
        "due_at": now,
        "attempts": 0,
        "seconds": 0,
        "error": "",
        "created_at": now,
        "changed_at": now,
    }
    connection.execute(insert_new(connection, Recording), values)


def claim(connection: Connection, vault: Vault, now: datetime) -> ClaimedRecording | None:
    """Take the recording that is due longest for LEASE. None: nothing is due."""
    while (row := _longest_due(connection, now)) is not None:
        to_fetch = row.state == RecordingState.WAITING
        mine, error = update(_recording).where(_recording.c.id == row.id), ""
        try:
            url = vault.open(row.source)
        except VaultError:
            error = "unreadable"
        if to_fetch and row.attempts >= MOST_TRIES and not error:
            connection.execute(mine.values(**_lost("given up", now)))
            continue
        if error:
            # What is ours already is kept; the provider is not asked any more.
            state = RecordingState.LOST if to_fetch else row.state
            gone = {"source": vault.seal(""), "error": error, "due_at": NEVER, "changed_at": now}
            connection.execute(mine.values(**gone, state=state))
            continue
        token = secrets.token_hex(8)
        connection.execute(mine.values(token=token, leased_until=now + LEASE, attempts=row.attempts + 1))
        return ClaimedRecording(row.id, url, to_fetch, row.attempts + 1, token, row.created_at, row.item_id)
    return None


def _longest_due(connection: Connection, now: datetime) -> Row[*tuple[Any, ...]] | None:
    return connection.execute(
        select(*_NEEDED)
        .where(_is_due(now))
        .order_by(_recording.c.due_at, _recording.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()


def _is_due(now: datetime) -> Any:
    """What is to be fetched, and what is to be deleted at the provider."""
    return and_(
        _recording.c.state.in_(list(RecordingState)),  # every one: the index begins with it
        _recording.c.due_at <= now,
        or_(_recording.c.state == RecordingState.WAITING, _at_provider),
        or_(_recording.c.leased_until.is_(None), _recording.c.leased_until < now),
    )


def store(
    connection: Connection, vault: Vault, claimed: ClaimedRecording, wav: bytes, seconds: float, now: datetime
) -> ClaimedRecording | None:
    """Keep the sound of a claimed recording. It stays in our hands: the provider's copy is to be deleted.

    None: somebody else has it by now.
    """
    values = {
        "state": RecordingState.STORED,
        "audio": vault.seal_bytes(wav),
        "seconds": min(max(1, round(seconds)), 32_767),
        "error": "",
        "attempts": 1,
        "due_at": now,
        "token": claimed.token,
        "leased_until": now + LEASE,
    }
    kept = _settle(connection, claimed, now, RecordingState.WAITING, **values)
    return replace(claimed, to_fetch=False, attempts=1) if kept else None


def lose(connection: Connection, claimed: ClaimedRecording, error: str, now: datetime) -> bool:
    """There is nothing to hear and there will not be. False: somebody else has it by now."""
    return _settle(connection, claimed, now, RecordingState.WAITING, **_lost(error, now))


def _lost(error: str, now: datetime) -> dict[str, object]:
    # What lies elsewhere is not the carrier's to delete.
    due = NEVER if error == ELSEWHERE else now
    return {"state": RecordingState.LOST, "error": error, "attempts": 0, "due_at": due, "changed_at": now}


def try_later(connection: Connection, claimed: ClaimedRecording, error: str, now: datetime) -> None:
    """Ask again by the ladder, or give up a recording that never came."""
    waited = claimed.attempts >= LEAST_TRIES and now - claimed.created_at >= COMES_WITHIN
    if claimed.to_fetch and waited and error in NEVER_CAME:
        lose(connection, claimed, error, now)
        return
    wait = WAITS[min(claimed.attempts, len(WAITS)) - 1]
    values = {"due_at": now + timedelta(seconds=wait), "attempts": min(claimed.attempts, LEAST_TRIES)}
    _settle(connection, claimed, now, None, error=_unless_lost(error), **values)


def _unless_lost(error: str) -> Any:
    """An error to keep, except where a row tells already why its recording is lost."""
    return case((_recording.c.state == RecordingState.LOST, _recording.c.error), else_=error)


def deleted(connection: Connection, vault: Vault, claimed: ClaimedRecording, now: datetime) -> None:
    """The provider has no copy any more."""
    _settle(connection, claimed, now, None, source=vault.seal(""), error=_unless_lost(""), due_at=NEVER)


def _settle(
    connection: Connection, claimed: ClaimedRecording, now: datetime, origin: RecordingState | None, **values: object
) -> bool:
    """Write back what became of a claimed row, unless somebody else holds it by now."""
    mine = [_recording.c.id == claimed.id, _recording.c.token == claimed.token]
    if origin is not None:
        mine.append(_recording.c.state == origin)
    free = {"leased_until": None, "token": None, "changed_at": now}
    return bool(connection.execute(update(_recording).where(*mine).values({**free, **values})).rowcount)


def due(connection: Connection, now: datetime) -> int:
    """How many recordings are to be fetched or deleted now."""
    return int(connection.execute(select(func.count()).select_from(_recording).where(_is_due(now))).scalar_one())


def forget(connection: Connection, now: datetime) -> int:
    """Blank the sound of recordings that were kept their time; what the provider still has is to be deleted.

    Returns how many.
    """
    known = (RecordingState.WAITING, RecordingState.STORED, RecordingState.LOST)
    forgotten = connection.execute(
        update(_recording)
        .where(_recording.c.created_at < now - KEPT_FOR, _recording.c.state.in_(known))
        .values(state=RecordingState.FORGOTTEN, audio=None, due_at=now, attempts=0, changed_at=now)
    )
    return int(forgotten.rowcount)


def of_item(connection: Connection, item: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """The recordings of an inbox item, oldest first: id, state, seconds, attempts, error."""
    columns = (_recording.c.id, _recording.c.state, _recording.c.seconds, _recording.c.attempts, _recording.c.error)
    statement = select(*columns).where(_recording.c.item_id == item).order_by(_recording.c.id)
    return connection.execute(statement).all()


def sound(connection: Connection, vault: Vault, id: int) -> bytes | None:
    """The WAV of a recording; None when there is none (any more). Raises VaultError."""
    sealed = connection.execute(select(_recording.c.audio).where(_recording.c.id == id)).scalar_one_or_none()
    return None if sealed is None else vault.open_bytes(sealed)


class LinkError(Exception):
    """A link that leads nowhere; `expired` tells whether it once did."""

    def __init__(self, expired: bool):
        super().__init__("expired" if expired else "unknown")
        self.expired = expired


class Links:
    """Private links to recordings: they name an id, nobody else can make one, and they end by themselves."""

    def __init__(self, secret_key: str, public_url: str):
        self._signer = URLSafeTimedSerializer(secret_key, salt="phsar/recording")
        self._public_url = public_url

    def to(self, id: int) -> str:
        """A link that leads to a recording for LINK_LASTS seconds."""
        return f"{self._public_url}/recordings/{self._signer.dumps(id)}"

    def read(self, token: str) -> int:
        """The id a token names. Raises LinkError."""
        try:
            id = self._signer.loads(token, max_age=LINK_LASTS)
        except SignatureExpired as error:
            raise LinkError(expired=True) from error
        except BadSignature as error:
            raise LinkError(expired=False) from error
        if type(id) is not int or not 0 < id < 2**62:
            raise LinkError(expired=False)
        return id
