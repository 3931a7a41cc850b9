"""The message that goes out where a call of ours came through to nobody: the same words, written.

Owns who gets it: whoever was to be reminded or told of what they asked for. A broadcast is not repeated in writing.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from bot.db import table
from bot.messages import called_off
from bot.messages.called_off import INSTEAD
from bot.messages.models import Call, Outbound, OutState
from bot.upsert import insert_new

_call = table(Call)


def write(connection: Connection, call: int, now: datetime) -> None:
    """Queue the message kept with a call, once; nothing where none is kept, it is too late for it or it was called
    off. It is not kept with the call any longer."""
    kept = (_call.c.id == call, _call.c.text.is_not(None), _call.c.unique_key.is_not(None), _call.c.expires_at > now)
    row = connection.execute(select(_call).where(*kept)).one_or_none()
    drop(connection, call)
    if row is None:
        return
    if (anew := called_off.calls(connection, [call]).get(call)) is not None:
        if anew:
            connection.execute(update(_call).where(_call.c.id == call).values(unique_key=None))
        return
    values = {
        "contact_id": row.contact_id,
        "purpose": row.purpose,
        "unique_key": f"{row.unique_key}{INSTEAD}",
        "about": row.about,
        "text": row.text,
        "state": OutState.QUEUED,
        "due_at": now,
        "expires_at": row.expires_at,
        "asked_at": row.asked_at,
        "attempts": 0,
        "rounds": 0,
        "error": "",
        "created_at": now,
        "changed_at": now,
    }
    connection.execute(insert_new(connection, Outbound).values(values))


def drop(connection: Connection, call: int) -> None:
    """Keep no message with a call any longer: it must not go out either."""
    connection.execute(update(_call).where(_call.c.id == call).values(text=None))
