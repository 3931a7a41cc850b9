"""Calling back: who rings is not picked up and gets one call from us, however often they ring.

Owns the rules: whom, how often, and what the day may cost. The calls themselves are in messages.calls.outbox.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, exists, func, insert, or_, select, update

from bot.config import QuietHours
from bot.contacts.models import Contact
from bot.contacts.phone import Address
from bot.db import table
from bot.messages import alarms, cancellations
from bot.messages.calls.minutes import OURS, dialled_today, spent
from bot.messages.calls.models import Call, CallState, Direction
from bot.messages.calls.outbox import IS_QUEUED, LASTS, MOST_A_DAY, NO_NEWS_FOR, is_new, lock, may_be_dialled
from bot.messages.calls.steps import may_come_from, values_of
from bot.messages.models import Message, Purpose

APART = timedelta(minutes=10)  # between two call-backs to one phone
HANGS_UP = timedelta(seconds=15)  # what it takes who asked for a call until the phone is free
QUIET_FOR = timedelta(minutes=5)  # longer than any sentence or recording: a call that asks for nothing is over
WAITS = "waiting"  # in `error` of a ring that found a call back under way
HOUR = timedelta(hours=1)
_call, _message, _contact = table(Call), table(Message), table(Contact)


@dataclass(frozen=True, slots=True)
class Budget:
    """What ringing back may cost: begun minutes a day, calls an hour; and when strangers are not rung."""

    minutes: int
    an_hour: int = 120
    quiet: QuietHours | None = None
    zone: tzinfo = UTC


class RingDecision(StrEnum):
    """What to do with somebody who rings."""

    CALL_BACK = "call_back"  # refuse the ring: a call is queued
    WAITING = "waiting"  # refuse the ring: a call is under way already
    ANSWER = "answer"  # pick up instead


def rung(
    connection: Connection,
    contact: int | None,
    address: Address,
    sid: str,
    now: datetime,
    day_began: datetime,
    budget: Budget,
) -> RingDecision:
    """Decide on a ring and write it down; the budget is that of everybody together.

    The same ring told again gets the same decision. The contact is locked. A ring to answer is not written: that
    is for whoever answers it.
    """
    if contact is None or not may_be_dialled(address):
        return RingDecision.ANSWER
    lock(connection, contact)
    known = connection.execute(select(_call.c.state, _call.c.error).where(_call.c.sid == sid)).one_or_none()
    if known is not None and known.state != CallState.REFUSED:
        return RingDecision.ANSWER
    if known is not None:
        return RingDecision.WAITING if known.error == WAITS else RingDecision.CALL_BACK
    decision = _under_way(connection, contact, now)
    if decision is None:
        allowed = _may_dial(connection, contact, now, day_began) and _affords(
            connection, contact, budget, now, day_began
        )
        decision = RingDecision.CALL_BACK if allowed else RingDecision.ANSWER
    if decision is not RingDecision.ANSWER:
        waits = WAITS if decision is RingDecision.WAITING else ""
        _add(connection, contact, now, sid=sid, direction=Direction.IN, state=CallState.REFUSED, error=waits)
    if decision is RingDecision.CALL_BACK:
        due = {"due_at": now, "expires_at": now + LASTS}
        # A minute is set aside at once: many who ring together must not all find the day's last one.
        _add(connection, contact, now, direction=Direction.BACK, state=CallState.QUEUED, minutes=1, **due)
    return decision


@dataclass(frozen=True, slots=True)
class Begins:
    """Where a call back begins: a state, empty for home, and its data."""

    opens: str = ""
    data: Mapping[str, str] = field(default_factory=dict)


def ask(
    connection: Connection,
    contact: int,
    address: Address,
    begins: Begins,
    now: datetime,
    day_began: datetime,
    budget: Budget,
) -> str:
    """Queue a call to somebody who rang, was picked up and wants to be rung: the limits are those of `rung`.

    Returns accepted, or full: nobody may be rung now. The contact is locked.
    """
    lock(connection, contact)
    if any(row.direction == Direction.BACK for row in _unfinished(connection, contact)):
        return "accepted"
    if not may_be_dialled(address) or not _may_dial(connection, contact, now, day_began):
        return "full"
    if not _affords(connection, contact, budget, now, day_began):
        return "full"
    due = {"due_at": now + HANGS_UP, "expires_at": now + LASTS, "opens": begins.opens}
    data = json.dumps(dict(begins.data)) if begins.data else ""
    _add(connection, contact, now, direction=Direction.BACK, state=CallState.QUEUED, minutes=1, data=data, **due)
    return "accepted"


def _under_way(connection: Connection, contact: int, now: datetime) -> RingDecision | None:
    """What a call back that is on its way makes of a new ring; None when there is none."""
    found = None
    for row in _unfinished(connection, contact):
        match CallState(row.state):
            case CallState.QUEUED if row.expires_at <= now:
                continue
            case CallState.QUEUED if row.direction == Direction.OUT:
                # They missed what we had to tell and ring: now they ask for it, and hear it at once.
                asked = {"purpose": Purpose.ANSWER, "rings_as": row.rings_as or row.purpose}
                _change(connection, row.id, {**asked, "due_at": now, "changed_at": now})
            case CallState.QUEUED if row.due_at <= now - APART or (row.attempts and row.placed_at > now - APART):
                # No worker places calls; or we rang, they missed it and ring again: now they have us.
                if _change(connection, row.id, values_of(CallState.CANCELLED, now)):
                    return RingDecision.ANSWER
            case CallState.QUEUED if row.attempts and row.due_at > now:
                _change(connection, row.id, {"due_at": now, "changed_at": now})
            case CallState.DIALLING if row.placed_at <= now - NO_NEWS_FOR:
                continue
            case CallState.OPEN if max(row.saved_at or row.changed_at, row.changed_at) <= now - QUIET_FOR:
                continue  # they hung up and nobody told us
        found = RingDecision.WAITING
    return found


def _unfinished(connection: Connection, contact: int) -> Sequence[Row[Any]]:
    """Our calls to them that are under way; not one of which they cannot know yet."""
    states = (CallState.QUEUED, CallState.DIALLING, CallState.OPEN)
    known = or_(_call.c.direction == Direction.BACK, _call.c.placed_at.is_not(None))
    ours = (_call.c.contact_id == contact, OURS, known, _call.c.state.in_(states))
    return connection.execute(select(_call).where(*ours).order_by(_call.c.id)).all()


def _change(connection: Connection, id: int, values: dict[str, object]) -> bool:
    """Change a call that still waits. False: somebody else has just taken it."""
    waits = select(_call.c.id).where(_call.c.id == id, IS_QUEUED).with_for_update(skip_locked=True)
    changed = update(_call).where(_call.c.id.in_(waits.scalar_subquery())).values(values)
    return bool(connection.execute(changed).rowcount)


def _affords(connection: Connection, contact: int, budget: Budget, now: datetime, day_began: datetime) -> bool:
    """Whether the budget has a call left for somebody; at night strangers are not rung: a number is easily shown."""
    if spent(connection, day_began, now, Direction.BACK) >= budget.minutes:
        alarms.sound(connection, "call-backs of a day", "rings are returned no more today: CALL_BACK_DAY", now)
        return False
    lately = (_call.c.direction == Direction.BACK, _call.c.created_at > now - HOUR)
    if connection.execute(select(func.count()).where(*lately)).scalar_one() >= budget.an_hour:
        alarms.sound(connection, "call-backs of an hour", "many rings at once; CALL_BACK_HOUR is reached", now)
        return False
    night = budget.quiet is not None and budget.quiet.end_after(now.astimezone(budget.zone)) is not None
    return not night or _is_known(connection, contact)


def _is_known(connection: Connection, contact: int) -> bool:
    """Whether we ever heard from a number by more than rings: a message from it, or a call of ours that they took."""
    wrote = exists().where(_message.c.contact_id == contact, _message.c.channel == "sms")
    took = exists().where(_call.c.contact_id == contact, OURS, _call.c.step > 0)
    listed = exists().where(_contact.c.id == contact, _contact.c.may_found)
    return bool(connection.execute(select(or_(wrote, took, listed))).scalar_one())


def _may_dial(connection: Connection, contact: int, now: datetime, day_began: datetime) -> bool:
    back = (_call.c.contact_id == contact, _call.c.direction == Direction.BACK)
    lately = connection.execute(select(exists().where(*back, _call.c.placed_at > now - APART))).scalar_one()
    return not lately and dialled_today(connection, contact, day_began) < MOST_A_DAY


def _add(connection: Connection, contact: int, now: datetime, **values: object) -> None:
    begun = {"step": 0, "attempts": 0, "minutes": 0, "error": "", "created_at": now, "changed_at": now}
    connection.execute(insert(_call).values({**begun, "contact_id": contact, **values}))


def answered(connection: Connection, id: int, sid: str, now: datetime) -> Row[Any] | None:
    """The row of a call we placed, now open: the carrier fetches its first document, perhaps not for the first time.

    None when there is no such call, when it is over, or when it has another sid.
    """
    mine = (_call.c.id == id, OURS)
    row = connection.execute(select(_call).where(*mine).with_for_update()).one_or_none()
    if row is None:
        return None
    lock(connection, row.contact_id)
    before = (*mine, _call.c.state.in_(may_come_from(CallState.OPEN)))
    if row.sid is None and is_new(connection, sid):
        connection.execute(update(_call).where(*before).values(sid=sid))
    opened = {**values_of(CallState.OPEN, now), "error": "", "placed_at": func.coalesce(_call.c.placed_at, now)}
    connection.execute(update(_call).where(*before, _call.c.sid == sid).values(opened))
    opened_before = (*mine, _call.c.sid == sid, _call.c.state == CallState.OPEN)
    return connection.execute(select(_call).where(*opened_before)).one_or_none()


def cancel(connection: Connection, contact: int, now: datetime) -> None:
    """Place nothing of what still waits for a contact: somebody else has the number."""
    states, mine = (CallState.QUEUED, CallState.HELD), (_call.c.contact_id == contact, OURS)
    waiting = select(_call.c.id).where(*mine, _call.c.state.in_(states))
    ours = _call.c.id.in_(waiting.with_for_update(skip_locked=True).scalar_subquery())
    connection.execute(update(_call).where(ours).values(values_of(CallState.CANCELLED, now)))
    cancellations.note_calls(connection, now, *mine)
