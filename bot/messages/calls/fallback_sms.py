"""The message that goes out where a call of ours reached nobody: the same words, written.

Nobody is reached who pressed no key: a machine may have picked up. Owns who gets it: whoever was to be reminded or
told of what they asked for. A broadcast is not repeated in writing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select, update

from bot.db import table
from bot.messages import cancellations
from bot.messages.calls.models import Call
from bot.messages.cancellations import INSTEAD
from bot.messages.models import Outbound, OutState
from bot.upsert import insert_new

MOST_AT_ONCE = 2_000
_call = table(Call)


def write(connection: Connection, call: int, now: datetime) -> None:
    """Queue the message kept with a call, once; nothing where none is kept, it is too late for it or it was called
    off. It is not kept with the call any longer."""
    write_all(connection, [_call.c.id == call], now)
    drop(connection, call)


def write_all(connection: Connection, which: Sequence[ColumnElement[bool]], now: datetime) -> Sequence[int]:
    """The same for each of these calls that nobody holds, MOST_AT_ONCE of them. Returns which they were."""
    kept = (_call.c.text.is_not(None), _call.c.unique_key.is_not(None), _call.c.expires_at > now)
    found = select(_call).where(*which, *kept).order_by(_call.c.expires_at, _call.c.id).limit(MOST_AT_ONCE)
    rows = connection.execute(found.with_for_update(skip_locked=True)).all()
    if not rows:
        return []
    ids = [row.id for row in rows]
    off = cancellations.calls(connection, ids)
    values = [_written(row, now) for row in rows if row.id not in off]
    if values:
        connection.execute(insert_new(connection, Outbound), values)
    if anew := [id for id, free in off.items() if free]:
        connection.execute(update(_call).where(_call.c.id.in_(anew)).values(unique_key=None))
    connection.execute(update(_call).where(_call.c.id.in_(ids)).values(text=None))
    return ids


def _written(row: Row[Any], now: datetime) -> dict[str, object]:
    return {
        "contact_id": row.contact_id,
        "purpose": row.rings_as or row.purpose,
        "unique_key": f"{row.unique_key}{INSTEAD}",
        "about": row.about,
        "text": row.text,
        "state": OutState.QUEUED,
        "due_at": max(now, row.due_at),
        "expires_at": row.expires_at,
        "asked_at": row.asked_at,
        "attempts": 0,
        "rounds": 0,
        "error": "",
        "created_at": now,
        "changed_at": now,
    }


def drop(connection: Connection, call: int) -> None:
    """Keep no message with a call any longer: it must not go out either."""
    connection.execute(update(_call).where(_call.c.id == call).values(text=None))
