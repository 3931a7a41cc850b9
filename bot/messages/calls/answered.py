"""Calls as they are answered: where each stands, step by step.

The path of every key: one look-up, one update, one insert. Whom we call back is the callbacks' business.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, or_, select, update

from bot.contacts.models import Contact
from bot.db import table
from bot.messages.calls.models import Call, CallState, Direction
from bot.messages.inbound.received import ASKED, RECORD, OvertakenError
from bot.messages.models import Message, SavedRun

_call, _contact, _message, _run = table(Call), table(Contact), table(Message), table(SavedRun)
_PERSON = (
    _contact.c.address,
    _contact.c.language,
    _contact.c.script,
    _contact.c.place,
    _contact.c.may_report,
    _contact.c.reach,
    ASKED,
)

# Where a call stands, who is on it, and whether this very step was answered before. The call is locked.
LOAD = (
    select(
        _call.c.id,
        _call.c.contact_id,
        _call.c.direction,
        _call.c.state,
        _call.c.step,
        _call.c.body,
        _call.c.placed_at,
        *_PERSON,
        _message.c.id.label("repeat_of"),
        _message.c.answer,
    )
    .select_from(
        _call.outerjoin(_contact, _contact.c.id == _call.c.contact_id).outerjoin(
            _message, _message.c.sid == bindparam("step_sid")
        )
    )
    .where(_call.c.sid == bindparam("sid"))
    .with_for_update(of=_call)
)
CALLER = (
    select(_contact.c.id.label("contact_id"), *_PERSON)
    .where(_contact.c.address_hash == bindparam("address_hash"))
    .with_for_update(of=_contact, key_share=True)
)
CALLED = (
    select(_contact.c.id.label("contact_id"), *_PERSON)
    .where(_contact.c.id == bindparam("contact"))
    .with_for_update(of=_contact, key_share=True)
)
LAST = (
    select(_call.c.body, _call.c.saved_at)
    .where(_call.c.contact_id == bindparam("contact"), _call.c.body.is_not(None))
    .order_by(_call.c.id.desc())
    .limit(1)
)
WRITTEN = select(_run.c.body).where(_run.c.contact_id == bindparam("contact"), _run.c.channel == "sms")
_STAND = (
    update(_call)
    .where(_call.c.id == bindparam("call"), _call.c.step == bindparam("step_before"))
    .values(
        step=bindparam("step_now"),
        body=bindparam("body_now"),
        state=bindparam("state_now"),
        saved_at=bindparam("at"),
        changed_at=bindparam("at"),
    )
)


def load(connection: Connection, sid: str, step_sid: str, now: datetime) -> Row[*tuple[Any, ...]] | None:
    """The row of LOAD; None for a call nobody has seen."""
    return connection.execute(LOAD, {"sid": sid, "step_sid": step_sid, "now": now}).one_or_none()


def caller(connection: Connection, address_hash: str, now: datetime) -> Row[*tuple[Any, ...]] | None:
    """Who rings: id and what is known of them, the row locked; None for somebody new."""
    return connection.execute(CALLER, {"address_hash": address_hash, "now": now}).one_or_none()


def called(connection: Connection, contact: int, now: datetime) -> Row[*tuple[Any, ...]]:
    """Whom we have called."""
    return connection.execute(CALLED, {"contact": contact, "now": now}).one()


def last(connection: Connection, contact: int) -> tuple[bytes, datetime] | None:
    """Where the contact's latest call stood, and when."""
    row = connection.execute(LAST, {"contact": contact}).one_or_none()
    return None if row is None else (row.body, row.saved_at)


def written(connection: Connection, contact: int) -> bytes | None:
    """Where the contact stands by SMS: what they ask most is in it."""
    found: bytes | None = connection.execute(WRITTEN, {"contact": contact}).scalar_one_or_none()
    return found


def open_in(connection: Connection, sid: str, contact: int | None, now: datetime) -> int:
    """A call that came in and is picked up. Returns its id; raises IntegrityError when it is there already."""
    values = {"step": 0, "attempts": 0, "minutes": 0, "error": "", "created_at": now, "changed_at": now}
    values |= {"sid": sid, "contact_id": contact, "direction": Direction.IN, "state": CallState.OPEN}
    return int(connection.execute(insert(_call).values(values).returning(_call.c.id)).scalar_one())


def forget(connection: Connection, contact: int, but: str) -> None:
    """Drop where every call of a contact stood and what it remembered; not of the call of the sid `but`."""
    others = or_(_call.c.sid.is_(None), _call.c.sid != but)
    # The contact is locked: one that somebody is just taking a step in is passed over (see messages.calls.outbox).
    free = select(_call.c.id).where(_call.c.contact_id == contact, others).with_for_update(skip_locked=True)
    connection.execute(update(_call).where(_call.c.id.in_(free.scalar_subquery())).values(body=None))


def keep(
    connection: Connection, call: int, before: int, step: int, body: bytes, state: str, message: Mapping[str, object]
) -> None:
    """Keep where a call stands after a step, and the message that led there.

    Raises OvertakenError when the call moved on meanwhile; then neither is kept.
    """
    values = {"call": call, "step_before": before, "step_now": step, "body_now": body, "state_now": state}
    if not connection.execute(_STAND, {**values, "at": message["at"]}).rowcount:
        raise OvertakenError
    connection.execute(RECORD, message)
