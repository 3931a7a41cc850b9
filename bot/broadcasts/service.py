"""Broadcasts: made, paused, resumed, cancelled, counted, done. Planning them is broadcasts.planning's.

A command that stops in the middle is finished by the clock: what a broadcast's rows have to be follows from its
state.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, String, Table, cast, exists, func, insert, literal, select, update

from bot.db import reading, table, writing
from bot.messages import sounds
from bot.messages.calls.models import Call, CallState
from bot.messages.models import Broadcast, BroadcastState, Outbound, OutState
from bot.messages.sms.broadcast_text import ABOUT, Texts, about

SLICE, SLICE_SQLITE, REST_SQLITE = 5_000, 1_000, 0.12  # rows of a transaction; on SQLite others write in the rest
LOOKS_BACK = timedelta(days=2)  # how long the rows of a cancelled broadcast are looked after
WAITING = (OutState.QUEUED, OutState.HELD, OutState.SENDING)
RINGING = (CallState.QUEUED, CallState.HELD, CallState.DIALLING, CallState.OPEN)
_broadcast, _out, _call = table(Broadcast), table(Outbound), table(Call)

# From each state the states it may go to.
STEPS = {
    BroadcastState.SCHEDULED: (BroadcastState.PLANNING, BroadcastState.PAUSED, BroadcastState.CANCELLED),
    BroadcastState.PLANNING: (BroadcastState.SENDING, BroadcastState.PAUSED, BroadcastState.CANCELLED),
    BroadcastState.SENDING: (BroadcastState.DONE, BroadcastState.PAUSED, BroadcastState.CANCELLED),
    BroadcastState.PAUSED: (
        BroadcastState.SCHEDULED,
        BroadcastState.PLANNING,
        BroadcastState.SENDING,
        BroadcastState.CANCELLED,
    ),
}
# Where the rows that wait have to be while the broadcast is in a state.
_BELONGS = {
    BroadcastState.PLANNING: ((OutState.HELD,), OutState.QUEUED),
    BroadcastState.SENDING: ((OutState.HELD,), OutState.QUEUED),
    BroadcastState.PAUSED: ((OutState.QUEUED,), OutState.HELD),
    BroadcastState.CANCELLED: ((OutState.QUEUED, OutState.HELD), OutState.CANCELLED),
}


class BroadcastError(Exception):
    """What was wanted of a broadcast cannot be done; one line that says why."""


Sounded = tuple[str, bytes]  # a recording: the name of its clip and its content; both empty: there is none


@dataclass(frozen=True, slots=True)
class Draft:
    """A broadcast to be made. `sounds` are its recordings, Khmer and English, when it is a call.

    `due` and `expires` are its times; `starts`: it goes by itself, else somebody has to resume it.
    """

    segment: str
    texts: Texts
    due: datetime
    expires: datetime
    starts: bool
    sounds: tuple[Sounded, Sounded] = (("", b""), ("", b""))

    @property
    def channel(self) -> str:
        """sms, or voice for a recorded message."""
        return "voice" if self.sounds[0][0] else "sms"


def create(connection: Connection, draft: Draft, now: datetime) -> int:
    """Keep a broadcast; whoever looks next plans it when it is due. Returns its id."""
    for name, data in draft.sounds:
        if name:
            sounds.keep(connection, name, data, now)
    waits = {"state": BroadcastState.PAUSED, "resumes": BroadcastState.SCHEDULED}
    values = {
        "segment": draft.segment,
        "channel": draft.channel,
        "text_km": draft.texts.km,
        "text_latn": draft.texts.latn,
        "text_en": draft.texts.en,
        "audio_km": draft.sounds[0][0],
        "audio_en": draft.sounds[1][0],
        "due_at": draft.due,
        "expires_at": draft.expires,
        "planned_to": 0,
        "looked_at": 0,
        "planned": 0,
        "created_at": now,
        "changed_at": now,
        **({"state": BroadcastState.SCHEDULED, "resumes": ""} if draft.starts else waits),
    }
    return int(connection.execute(insert(_broadcast).values(values).returning(_broadcast.c.id)).scalar_one())


def find(connection: Connection, id: int) -> Row[Any]:
    """One broadcast. Raises BroadcastError where there is none."""
    row = connection.execute(select(_broadcast).where(_broadcast.c.id == id)).one_or_none()
    if row is None:
        raise BroadcastError(f"there is no broadcast {id}; see: flask broadcast list")
    return row


def page(connection: Connection, before: int | None, size: int) -> Sequence[Row[Any]]:
    """Up to `size` broadcasts, newest first, before an id."""
    statement = select(_broadcast).order_by(_broadcast.c.id.desc()).limit(size)
    return connection.execute(statement if before is None else statement.where(_broadcast.c.id < before)).all()


def counts(connection: Connection, row: Row[Any]) -> tuple[dict[str, int], dict[str, int]]:
    """How many messages (or calls) of a broadcast are in each state, and how many have each error."""
    rows, states = _rows(row), [*CallState] if row.channel == "voice" else [*OutState]
    each = connection.execute(
        select(rows.c.state, rows.c.error, func.count())
        .where(rows.c.about == about(row.id))
        .group_by(rows.c.state, rows.c.error)
    ).all()
    by_state = {str(state): 0 for state in states}
    by_error: dict[str, int] = {}
    for state, error, count in each:
        by_state[state] += count
        if error:
            by_error[error] = by_error.get(error, 0) + count
    return by_state, dict(sorted(by_error.items(), key=lambda one: (-one[1], one[0])))


def pause(engine: Engine, id: int, now: datetime) -> None:
    """Stop at once: nothing more is planned or claimed; what is in a worker's hands still goes. BroadcastError."""
    with writing(engine) as connection:
        row = _locked(connection, id, BroadcastState.PAUSED, "paused")
        _become(connection, row, now, state=BroadcastState.PAUSED, resumes=row.state)
    settle_rows(engine, id, now)


def resume(engine: Engine, id: int, now: datetime) -> None:
    """Go on where it stopped. One that had not begun keeps its time if that is still to come. BroadcastError."""
    with writing(engine) as connection:
        row = _locked(connection, id, BroadcastState.SCHEDULED, "resumed")
        times = {}
        if row.resumes == BroadcastState.SCHEDULED and row.due_at < now:
            times = {"due_at": now, "expires_at": now + (row.expires_at - row.due_at)}
        elif row.expires_at <= now:
            raise BroadcastError(f"broadcast {id} expired meanwhile; cancel it and make a new one")
        _become(connection, row, now, state=row.resumes or BroadcastState.SCHEDULED, resumes="", **times)
    settle_rows(engine, id, now)


def cancel(engine: Engine, id: int, now: datetime) -> None:
    """Send nothing of it any more; what is in a worker's hands still goes. BroadcastError."""
    with writing(engine) as connection:
        row = _locked(connection, id, BroadcastState.CANCELLED, "cancelled")
        _become(connection, row, now, state=BroadcastState.CANCELLED, resumes="")
    settle_rows(engine, id, now)


def tend(engine: Engine, now: datetime) -> None:
    """The clock's: finish what a command or a planner left half done, and note which broadcasts are done."""
    cancelled_lately = (_broadcast.c.state == BroadcastState.CANCELLED) & (_broadcast.c.changed_at > now - LOOKS_BACK)
    looked_after = cancelled_lately | _broadcast.c.state.in_((BroadcastState.SENDING, BroadcastState.PAUSED))
    with reading(engine) as connection:
        ids = connection.execute(select(_broadcast.c.id).where(looked_after)).scalars().all()
    for id in ids:
        settle_rows(engine, id, now)
    with writing(engine) as connection:
        name = literal(ABOUT) + cast(_broadcast.c.id, String(20))
        waits = [
            exists().where(rows.c.about == name, rows.c.state.in_(states))
            for rows, states in ((_out, WAITING), (_call, RINGING))
        ]
        nothing = (_broadcast.c.state == BroadcastState.SENDING, *(~one for one in waits))
        connection.execute(update(_broadcast).where(*nothing).values(state=BroadcastState.DONE, changed_at=now))


def settle_rows(engine: Engine, id: int, now: datetime) -> None:
    """Bring the waiting rows of a broadcast to where its state wants them, a slice at a time.

    The broadcast is locked for each slice: should its rows belong elsewhere meanwhile, whoever changed it goes on.
    """
    with reading(engine) as connection:
        begun = find(connection, id)
    on_sqlite = engine.dialect.name == "sqlite"
    while True:
        with writing(engine) as connection:
            row = connection.execute(select(_broadcast).where(_broadcast.c.id == id).with_for_update()).one()
            if _BELONGS.get(row.state) != _BELONGS.get(begun.state):
                return
            if _settle_slice(connection, row, now, SLICE_SQLITE if on_sqlite else SLICE) == 0:
                return
        if on_sqlite:
            time.sleep(REST_SQLITE)


def _settle_slice(connection: Connection, row: Row[Any], now: datetime, size: int) -> int:
    belongs = _BELONGS.get(BroadcastState(row.state))
    if belongs is None:
        return 0
    stray, state = belongs
    rows = _rows(row)
    # A row that is locked is just being claimed; should it come back it is held or cancelled when claimed again.
    some = select(rows.c.id).where(rows.c.about == about(row.id), rows.c.state.in_(stray)).limit(size)
    slice = some.with_for_update(skip_locked=True).cte("slice").prefix_with("MATERIALIZED")
    moved = update(rows).where(rows.c.id.in_(select(slice.c.id))).values(state=state, changed_at=now)
    # Python's SQLite does not count what a statement changed that begins with WITH.
    return len(connection.execute(moved.returning(rows.c.id)).all())


def _rows(row: Row[Any]) -> Table:
    """Where the rows of a broadcast are; the states in which they wait are called alike."""
    return _call if row.channel == "voice" else _out


def _locked(connection: Connection, id: int, wanted: BroadcastState, done: str) -> Row[Any]:
    find(connection, id)
    row = connection.execute(select(_broadcast).where(_broadcast.c.id == id).with_for_update()).one()
    if wanted not in STEPS.get(BroadcastState(row.state), ()):
        raise BroadcastError(f"broadcast {id} is {row.state}: it cannot be {done}")
    return row


def _become(connection: Connection, row: Row[Any], now: datetime, **values: object) -> None:
    connection.execute(update(_broadcast).where(_broadcast.c.id == row.id).values(**values, changed_at=now))
