"""Calls that we place to tell something: whether one may be dialled now, and what is called off.

What holds for messages holds for calls (messages.sms.admission); a phone is not rung while it is on the line, nor soon
after it rang, nor more often in a day than anybody likes, nor beyond the day's minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from bot.contacts import service as contacts
from bot.db import table
from bot.messages import alarms, cancellations, sounds
from bot.messages.calls import fallback_sms, minutes
from bot.messages.calls.models import Call, CallState, Direction
from bot.messages.calls.outbox import MOST_A_DAY, NO_NEWS_FOR, ClaimedCall
from bot.messages.calls.steps import values_of
from bot.messages.models import Broadcast, BroadcastState, Purpose
from bot.messages.sms import admission as sms_admission
from bot.messages.sms.admission import Fate, Rules
from bot.messages.sms.broadcast_text import broadcast_of

APART = timedelta(minutes=10)  # between two calls of ours to one phone
LOOK_AGAIN = timedelta(minutes=2)  # at a phone that was on the line
TALKS_FOR = timedelta(minutes=5)  # without a sign of life a call that nobody ended is over
ON_THE_LINE, RANG_LATELY, OFTEN, SPENT = "on the line", "rang lately", "five a day", "spent"
NO_SOUND = "no sound"
_call, _broadcast = table(Call), table(Broadcast)
WAITING: ColumnElement[bool] = _call.c.state.in_((CallState.QUEUED, CallState.HELD))
_NOT_NOW = {BroadcastState.PAUSED: CallState.HELD, BroadcastState.CANCELLED: CallState.CANCELLED}


@dataclass(frozen=True, slots=True)
class Limits:
    """What is allowed when, and how many begun minutes a day all calls of ours may last together."""

    rules: Rules
    most_minutes: int
    most_back: int = 300  # of those, for rings that we return, apart from the rest

    def midnight(self, now: datetime) -> datetime:
        """When the local day began."""
        return datetime.combine(now.astimezone(self.rules.timezone), time(), self.rules.timezone)


def admit(connection: Connection, limits: Limits, claimed: ClaimedCall, now: datetime) -> bool:
    """Whether a claimed call may be dialled now; else it is written back. In the transaction of the claim.

    Whom we call back, or who rang for what we had to tell, was decided when they rang. The contact is locked: two
    workers do not ring one phone.
    """
    if claimed.purpose is Purpose.ANSWER or claimed.answers:
        return True
    contacts.lock(connection, [claimed.contact])
    fate = _of_its_broadcast(connection, claimed, now)
    fate = fate or sms_admission.held_up(connection, limits.rules, [claimed], now, calls=[claimed.id]).get(claimed.id)
    if fate is not None:
        _write_back(connection, claimed, fate, now)
        if fate.state == CallState.SKIPPED:
            fallback_sms.drop(connection, claimed.id)
        return False
    hindered = _hindered(connection, limits, claimed, now)
    if hindered is None:
        return True
    _write_back(connection, claimed, hindered, now)
    if hindered.state == CallState.SKIPPED:
        fallback_sms.write(connection, claimed.id, now)
    return False


def _of_its_broadcast(connection: Connection, claimed: ClaimedCall, now: datetime) -> Fate | None:
    """What becomes of a call whose broadcast may not go out now."""
    if not (id := broadcast_of(claimed.about)):
        return None
    row = connection.execute(select(_broadcast).where(_broadcast.c.id == id)).one_or_none()
    turned = _NOT_NOW.get(row.state, CallState.QUEUED) if row is not None else CallState.CANCELLED
    if row is None or turned is not CallState.QUEUED:
        return Fate(turned)
    if not sounds.missing(connection, (row.audio_km, row.audio_en)):
        return None
    # Whoever answered would hear tones.
    told = f"broadcast {id} rings nobody: its recording is not in the database; cancel it and create it again"
    alarms.sound(connection, f"broadcast {id} silent", told, now)
    return sms_admission.put_off(claimed, now + LOOK_AGAIN, NO_SOUND)


def _hindered(connection: Connection, limits: Limits, claimed: ClaimedCall, now: datetime) -> Fate | None:
    """Why the phone, or the purse, does not allow it yet: not before a time, or never if that is too late."""
    mine = and_(_call.c.contact_id == claimed.contact, _call.c.id != claimed.id)
    if _is_on_the_line(connection, mine, now):
        return sms_admission.put_off(claimed, now + LOOK_AGAIN, ON_THE_LINE)
    lately = select(func.max(_call.c.placed_at)).where(mine, _call.c.placed_at > now - APART)
    rang = connection.execute(lately).scalar_one()
    if rang is not None:
        return sms_admission.put_off(claimed, rang + APART, RANG_LATELY)
    midnight = limits.midnight(now)
    tomorrow = limits.midnight(now + timedelta(days=1))
    if minutes.dialled_today(connection, claimed.contact, midnight) > MOST_A_DAY:  # this time included
        return sms_admission.put_off(claimed, tomorrow, OFTEN)
    if minutes.spent(connection, midnight, now, Direction.OUT) > limits.most_minutes:
        return sms_admission.put_off(claimed, tomorrow, SPENT)
    return None


def _is_on_the_line(connection: Connection, mine: ColumnElement[bool], now: datetime) -> bool:
    rings = and_(_call.c.state == CallState.DIALLING, _call.c.placed_at > now - NO_NEWS_FOR)
    sign_of_life = func.coalesce(_call.c.saved_at, _call.c.changed_at)
    talks = and_(_call.c.state == CallState.OPEN, sign_of_life > now - TALKS_FOR)
    return connection.execute(select(_call.c.id).where(mine, or_(rings, talks)).limit(1)).one_or_none() is not None


def _write_back(connection: Connection, claimed: ClaimedCall, fate: Fate, now: datetime) -> None:
    """As if it had not been claimed, but for its fate."""
    state = CallState(str(fate.state))
    before = {"attempts": claimed.attempts - 1, "placed_at": claimed.dialled_before, "token": None, "minutes": 0}
    values: dict[str, Any] = {**values_of(state, now), **before, "error": fate.error}
    values |= {} if fate.due is None else {"due_at": fate.due}
    connection.execute(update(_call).where(_call.c.id == claimed.id).values(values))


def recordings_of(connection: Connection, about: str) -> dict[str, str]:
    """The names of the clips of a broadcast as they are now, by language; none where a call is about something else."""
    names = select(_broadcast.c.audio_km, _broadcast.c.audio_en).where(_broadcast.c.id == broadcast_of(about))
    row = connection.execute(names).one_or_none()
    return {} if row is None else {"km": row.audio_km, "en": row.audio_en}


def call_off(connection: Connection, about: str, now: datetime, contact: int | None = None) -> int:
    """Place nothing of what still waits about something, to anybody or to one contact. Returns how many it was."""
    which = [_call.c.about == about, _call.c.direction == Direction.OUT]
    if contact is not None:
        which.append(_call.c.contact_id == contact)
    # What is just being claimed is placed, unless the claim lets it wait: whoever calls this may hold its contact, and
    # nobody waits for the other.
    waiting = select(_call.c.id).where(*which, WAITING).with_for_update(skip_locked=True)
    changed = update(_call).where(_call.c.id.in_(waiting.scalar_subquery()))
    count = connection.execute(changed.values(values_of(CallState.CANCELLED, now))).rowcount
    cancellations.note_calls(connection, now, *which)
    return count
