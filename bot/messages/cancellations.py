"""What was called off while a worker, the carrier or a phone had it: should it come back, it goes out no more.

Whoever calls something off may hold its people, and never waits for a row that somebody else holds: the word is
written beside the row. Nothing leaves but by a claim, and each claim asks here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, exists, func, insert, literal, select, union_all

from bot.db import table
from bot.messages.calls.models import Call, CallState
from bot.messages.models import CalledOff, Outbound, OutState

MESSAGE, CALL = "message", "call"
INSTEAD = ":sms"  # ends the key of the message that goes out where a call came through to nobody
KEPT = timedelta(days=90)  # longer than anything can come back
_out, _call, _note = table(Outbound), table(Call), table(CalledOff)
_MAY_COME_BACK = {
    MESSAGE: (OutState.QUEUED, OutState.HELD, OutState.SENDING, OutState.SENT),
    CALL: (CallState.QUEUED, CallState.HELD, CallState.DIALLING, CallState.UNKNOWN),
}


def note_messages(connection: Connection, now: datetime, *which: ColumnElement[bool], anew: bool = False) -> None:
    """Note which messages go out no more, should they come back; after those that wait were cancelled.

    `anew`: the key of one that comes back is free again: what it told is planned anew.
    """
    _add(connection, MESSAGE, now, which, anew)


def note_calls(connection: Connection, now: datetime, *which: ColumnElement[bool], anew: bool = False) -> None:
    """The same of calls; nor is one written instead of them."""
    _add(connection, CALL, now, which, anew)


def _add(connection: Connection, kind: str, now: datetime, which: Sequence[ColumnElement[bool]], anew: bool) -> None:
    rows = _out if kind == MESSAGE else _call
    noted = exists().where(_note.c.kind == kind, _note.c.row_id == rows.c.id, _note.c.anew.is_(anew))
    # What is past its time comes back no more by itself.
    there = select(literal(kind), rows.c.id, literal(anew), literal(now, _note.c.at.type)).where(
        rows.c.state.in_(_MAY_COME_BACK[kind]), rows.c.expires_at > now, ~noted, *which
    )
    connection.execute(insert(_note).from_select(["kind", "row_id", "anew", "at"], there))


def messages(connection: Connection, ids: Sequence[int]) -> dict[int, bool]:
    """Which of these messages were called off, themselves or the call they are sent instead of; and whether anew."""
    if not ids:
        return {}
    themselves = select(_note.c.row_id, _note.c.anew).where(_note.c.kind == MESSAGE, _note.c.row_id.in_(ids))
    call_key = func.substr(_out.c.unique_key, 1, func.length(_out.c.unique_key) - len(INSTEAD))
    instead = (
        select(_out.c.id, _note.c.anew)
        .join(_call, (_call.c.unique_key == call_key) & _call.c.unique_key.is_not(None))
        .join(_note, (_note.c.row_id == _call.c.id) & (_note.c.kind == CALL))
        .where(_out.c.id.in_(ids), _out.c.unique_key.endswith(INSTEAD))
    )
    return _found(connection.execute(union_all(themselves, instead)).all())


def calls(connection: Connection, ids: Sequence[int]) -> dict[int, bool]:
    """Which of these calls were called off; and whether anew."""
    which = (_note.c.kind == CALL, _note.c.row_id.in_(ids))
    return _found(connection.execute(select(_note.c.row_id, _note.c.anew).where(*which)).all())


def _found(rows: Sequence[Sequence[object]]) -> dict[int, bool]:
    found: dict[int, bool] = {}
    for id, anew in rows:
        found[int(str(id))] = bool(anew) or found.get(int(str(id)), False)
    return found


def forget(connection: Connection, now: datetime) -> None:
    """Drop the notes that nothing can need any more."""
    connection.execute(delete(_note).where(_note.c.at < now - KEPT))
