"""The calls we place: their states, the lease of whoever dials, and what the carrier says of them.

What the carrier may be dialling without having told us is marked unknown and never placed again by itself.
Whom we call back is decided in messages.calls.callbacks, whom we call unasked in messages.calls.admission. Whoever
locks a call and its contact locks the call first; who holds a contact passes over the calls that somebody else holds.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, func, literal_column, or_, select, update

from bot.contacts.models import Contact
from bot.contacts.phone import Address, AddressKind, is_mobile, read_address
from bot.db import table
from bot.messages import cancellations
from bot.messages.calls import fallback_sms
from bot.messages.calls.minutes import OURS, begun_minutes, dialled_today
from bot.messages.calls.models import Call, CallState, Direction
from bot.messages.calls.steps import STEPS, UNANSWERED, may_come_from, values_of
from bot.messages.models import Purpose
from bot.vault import Vault, VaultError

MOST_A_DAY = 5  # times one phone is dialled
MOST_ATTEMPTS = 3  # of one call-back
RETRY_AFTER = timedelta(minutes=15)
LASTS = timedelta(hours=2)  # after that nobody expects the call any more
ANSWERS_FOR = timedelta(minutes=10)  # the call that answers a ring; later it is one unasked again
WRITTEN_BEFORE = timedelta(minutes=5)  # what a call is to tell is over: who had no call yet is written to
ITS_TURN = timedelta(minutes=1)  # for a call that is due
LEASE = timedelta(seconds=30)
NO_NEWS_FOR = timedelta(minutes=10)  # a call of which the carrier says nothing for so long rings no more
OPEN_FOR = timedelta(hours=2)
BACK_OFF = (timedelta(seconds=5), timedelta(minutes=10))  # the shortest and the longest while the carrier is busy

NO_DOCUMENT, NO_KEY = "no document", "no key"  # the errors of calls that ended and reached nobody
_call, _contact = table(Call), table(Contact)
# Written out, not bound: a partial index is of use only to who is seen to ask for what it holds.
IS_QUEUED: ColumnElement[bool] = _call.c.state == literal_column("'queued'")


@dataclass(frozen=True, slots=True)
class ClaimedCall:
    """A call in our hands: whom to dial, the token that proves the lease, and how it was before."""

    id: int
    contact: int
    to: str
    purpose: Purpose
    about: str
    expires_at: datetime
    asked_at: datetime | None
    attempts: int  # this one included
    token: str
    created_at: datetime
    dialled_before: datetime | None
    answers: bool = False  # a ring of theirs, once: dialled again it is what its purpose says


@dataclass(frozen=True, slots=True)
class CallReport:
    """A carrier's last word on a call we placed. `attempt` tells the dials of one row apart; 0: it is not known."""

    id: int
    state: CallState
    attempt: int = 0
    sid: str = ""
    seconds: int = 0
    error: str = ""


def is_new(connection: Connection, sid: str) -> bool:
    """Whether a carrier's name for a call can be kept: no other call has it."""
    return 0 < len(sid) <= 64 and not connection.execute(select(exists().where(_call.c.sid == sid))).scalar_one()


def may_be_dialled(address: Address) -> bool:
    """Whether an address is surely a mobile phone of the country: any other might cost a fortune to ring."""
    return is_mobile(address)


def lock(connection: Connection, contact: int) -> None:
    """Wait for whoever decides about the calls of a contact; nobody else does until the end."""
    connection.execute(select(_contact.c.id).where(_contact.c.id == contact).with_for_update(key_share=True))


def claim(connection: Connection, vault: Vault, now: datetime) -> ClaimedCall | None:
    """Take the most urgent call that is due for LEASE, as dialled: a crash must not dial twice. None: nothing is due.

    It is not to be dialled before messages.calls.admission has admitted it, in the same transaction.
    """
    while (row := _most_urgent(connection, now)) is not None:
        kind = None
        mine = update(_call).where(_call.c.id == row.id)
        if (anew := cancellations.calls(connection, [row.id]).get(row.id)) is not None:
            free = {"unique_key": None} if anew else {}
            connection.execute(mine.values({**values_of(CallState.CANCELLED, now), **free}))
            continue
        try:
            to = read_address(vault.open(row.address))
            kind, error = to.kind, "" if may_be_dialled(to) else "no mobile"
        except VaultError:
            error = "unreadable"
        if error:
            connection.execute(mine.values(**values_of(CallState.FAILED, now), error=error))
            if kind is AddressKind.MOBILE:
                fallback_sms.write(connection, row.id, now)
            continue
        token, attempts = secrets.token_hex(8), row.attempts + 1
        dialled = {"token": token, "sid": None, "error": "", "attempts": attempts, "placed_at": now}
        # The minute of one that was asked for is set aside since then.
        dialled |= {"leased_until": now + LEASE, "minutes": max(row.minutes, 1)}
        dialled |= {"purpose": row.rings_as or row.purpose, "rings_as": ""}
        connection.execute(mine.values({**values_of(CallState.DIALLING, now), **dialled}))
        purpose = Purpose(row.rings_as or row.purpose)
        told = (purpose, row.about, row.expires_at, row.asked_at)
        before = (row.created_at, row.placed_at, bool(row.rings_as) and row.due_at > now - ANSWERS_FOR)
        return ClaimedCall(row.id, row.contact_id, to.value, *told, attempts, token, *before)
    return None


def _most_urgent(connection: Connection, now: datetime) -> Row[*tuple[Any, ...]] | None:
    for purpose in Purpose:
        row = connection.execute(
            select(_call, _contact.c.address)
            .join_from(_call, _contact, _contact.c.id == _call.c.contact_id)
            .where(IS_QUEUED, _call.c.purpose == purpose, _call.c.due_at <= now, _call.c.expires_at > now)
            .order_by(_call.c.due_at, _call.c.id)
            .limit(1)
            .with_for_update(of=_call, skip_locked=True)
        ).one_or_none()
        if row is not None:
            return row
    return None


def settle(
    connection: Connection, claimed: ClaimedCall, state: CallState, now: datetime, *, sid: str = "", error: str = ""
) -> None:
    """Write back what the carrier said of a claimed call: dialling, unknown, failed, or queued (not now).

    A callback or the first fetch may have been quicker: then only the sid is added.
    """
    mine = (_call.c.id == claimed.id, _call.c.token == claimed.token)
    if sid and is_new(connection, sid):
        connection.execute(update(_call).where(*mine, _call.c.sid.is_(None)).values(sid=sid))
    values = {**values_of(state, now), "error": error}
    if state is CallState.QUEUED:  # never dialled; the longer that goes on, the longer the next wait
        wait = min(max((now - claimed.created_at) / 2, BACK_OFF[0]), BACK_OFF[1])
        before = {"attempts": claimed.attempts - 1, "placed_at": claimed.dialled_before}
        values |= {**before, "due_at": now + wait}
        if claimed.answers and wait < BACK_OFF[1]:
            values |= {"purpose": Purpose.ANSWER, "rings_as": claimed.purpose}
    changed = connection.execute(update(_call).where(*mine, _call.c.state == CallState.DIALLING).values(values))
    if state is CallState.FAILED and changed.rowcount:
        fallback_sms.write(connection, claimed.id, now)


def note_status(connection: Connection, told: CallReport, now: datetime, day_began: datetime) -> None:
    """Take the carrier's last word on a call: ended, busy, no answer or failed; late, early, twice or unasked.

    Who did not answer is dialled again later, within the limits, unless we have spoken since.
    """
    mine = (_call.c.id == told.id, OURS)
    row = connection.execute(select(_call).where(*mine).with_for_update()).one_or_none()
    if row is None:
        return
    if told.state in UNANSWERED:  # it may be queued again: nobody must decide on a ring meanwhile
        lock(connection, row.contact_id)
    if (told.attempt and told.attempt != row.attempts) or (told.sid and row.sid and told.sid != row.sid):
        return  # it is about an earlier dial
    if told.sid and row.sid is None and is_new(connection, told.sid):
        connection.execute(update(_call).where(*mine).values(sid=told.sid))
    after = _after(connection, row, told, now, day_began)
    connection.execute(update(_call).where(*mine).values(after))
    if after.get("state") in (*UNANSWERED, CallState.FAILED, CallState.ENDED):
        fallback_sms.write(connection, row.id, now)  # whoever pressed a key has no words kept any more


def _after(
    connection: Connection, row: Row[Any], told: CallReport, now: datetime, day_began: datetime
) -> Mapping[str, object]:
    """What a carrier's word changes in a row."""
    was = CallState(row.state)
    # Somebody listened: whatever the carrier calls the end, it was a call.
    state = CallState.ENDED if was is CallState.OPEN else told.state
    if state is CallState.ENDED and was in (*may_come_from(state), CallState.ENDED):
        spent = max(row.minutes, begun_minutes(told.seconds))
        return {**values_of(state, now), "minutes": spent, "error": row.error or _unheard(row)}
    if state not in STEPS.get(was, ()):
        return {"changed_at": row.changed_at}
    again = max(now, (row.placed_at or now) + RETRY_AFTER)
    if state in UNANSWERED and again < row.expires_at and _may_retry(connection, row, day_began):
        waits = {"due_at": again, "minutes": 0, "error": told.error or str(state)}  # nobody was talked to
        return {**values_of(CallState.QUEUED, now), **waits}
    return {**values_of(state, now), "error": told.error or str(state)}


def _unheard(row: Row[Any]) -> str:
    """Why a call that was to tell something reached nobody: nothing was ever fetched, or no key was pressed."""
    if row.direction != Direction.OUT:
        return ""
    if row.saved_at is None:
        return NO_DOCUMENT
    return NO_KEY if row.text is not None else ""


def is_over(connection: Connection, call: int, now: datetime) -> None:
    """A call of ours is over: to whom pressed no key it goes out in writing."""
    mine = (_call.c.id == call, _call.c.direction == Direction.OUT, _call.c.text.is_not(None))
    if connection.execute(update(_call).where(*mine).values(error=NO_KEY)).rowcount:
        fallback_sms.write(connection, call, now)


def _may_retry(connection: Connection, row: Row[Any], day_began: datetime) -> bool:
    return (
        row.attempts < MOST_ATTEMPTS
        and not _is_written(row)
        and not (row.direction == Direction.BACK and _spoken_since(connection, row))
        and dialled_today(connection, row.contact_id, day_began) < MOST_A_DAY
    )


def _is_written(row: Row[Any]) -> bool:
    """Whether a message went out instead meanwhile."""
    return row.direction == Direction.OUT and row.purpose != Purpose.BROADCAST and row.text is None


def _spoken_since(connection: Connection, row: Row[Any]) -> bool:
    """Whether a later call has taken the place of one that was asked for; not one that only waits to be placed."""
    listened = or_(_call.c.direction != Direction.OUT, _call.c.state.in_((CallState.OPEN, CallState.ENDED)))
    newer = (_call.c.contact_id == row.contact_id, _call.c.id > row.id, _call.c.state != CallState.REFUSED, listened)
    return bool(connection.execute(select(exists().where(*newer))).scalar_one())


def note_end(connection: Connection, sid: str, now: datetime) -> None:
    """Take the carrier's word that a call that came in is over."""
    mine = (_call.c.sid == sid, _call.c.direction == Direction.IN, _call.c.state == CallState.OPEN)
    connection.execute(update(_call).where(*mine).values(values_of(CallState.ENDED, now)))


def sweep(connection: Connection, now: datetime) -> int:
    """Settle what nobody holds any more and what came too late. Returns how many calls are due to be placed."""

    def becomes(state: CallState, *which: ColumnElement[bool], **more: object) -> None:
        connection.execute(update(_call).where(*which).values(**values_of(state, now), **more))

    dialling, queued = _call.c.state == CallState.DIALLING, _call.c.state == CallState.QUEUED
    becomes(CallState.UNKNOWN, dialling, _call.c.leased_until < now, error="lease")
    silent = _call.c.leased_until.is_(None) & (_call.c.placed_at < now - NO_NEWS_FOR)
    becomes(CallState.UNKNOWN, dialling, silent, error="no news")
    _write_instead(connection, now)
    becomes(CallState.EXPIRED, queued | (_call.c.state == CallState.HELD), _call.c.expires_at <= now)
    unknown = (_call.c.state == CallState.UNKNOWN, _call.c.text.is_not(None), _call.c.expires_at <= now)
    connection.execute(update(_call).where(*unknown).values(text=None))
    _end_forgotten(connection, now)
    return due(connection, now)


def _write_instead(connection: Connection, now: datetime) -> None:
    """Write to whom a call will not tell it in time any more, or of whose call nobody has heard."""
    soon, turn = (
        _call.c.expires_at <= now + WRITTEN_BEFORE,
        or_(_call.c.due_at <= now - ITS_TURN, _call.c.expires_at <= now + ITS_TURN),
    )
    late = fallback_sms.write_all(connection, [IS_QUEUED, OURS, soon, turn], now)
    given_up = {**values_of(CallState.EXPIRED, now), "error": "no turn"}
    connection.execute(update(_call).where(_call.c.id.in_(late)).values(given_up))
    silent = or_(soon, _call.c.placed_at <= now - NO_NEWS_FOR)
    fallback_sms.write_all(connection, [_call.c.state == CallState.UNKNOWN, OURS, silent], now)


def due(connection: Connection, now: datetime) -> int:
    """How many calls are to be placed now."""
    which = (IS_QUEUED, _call.c.due_at <= now, _call.c.expires_at > now)
    return int(connection.execute(select(func.count()).where(*which)).scalar_one())


def is_due(connection: Connection, now: datetime) -> bool:
    """Whether any call is to be placed now."""
    which = (IS_QUEUED, _call.c.due_at <= now, _call.c.expires_at > now)
    return any(
        connection.execute(select(exists().where(*which, _call.c.purpose == purpose))).scalar_one()
        for purpose in Purpose
    )


def _end_forgotten(connection: Connection, now: datetime) -> None:
    """End open calls nobody has heard of for long; what they cost is guessed from their last sign of life."""
    last_sign = func.coalesce(_call.c.saved_at, _call.c.changed_at)
    forgotten = (_call.c.state == CallState.OPEN, last_sign < now - OPEN_FOR)
    rows = connection.execute(
        select(_call.c.id, _call.c.placed_at, _call.c.minutes, last_sign.label("last_sign")).where(*forgotten)
    ).all()
    for row in rows:
        lasted = (row.last_sign - row.placed_at).total_seconds() if row.placed_at else 0.0
        spent = max(row.minutes, begun_minutes(int(lasted))) if row.placed_at else row.minutes
        ended = {**values_of(CallState.ENDED, now), "minutes": spent}
        connection.execute(update(_call).where(_call.c.id == row.id, *forgotten).values(ended))
        is_over(connection, row.id, now)


def page(connection: Connection, state: str | None, before: int | None, size: int) -> Sequence[Row[Any]]:
    """Up to `size` calls, of a state or of any, newest first, before an id."""
    statement = select(_call).order_by(_call.c.id.desc()).limit(size)
    if state is not None:
        statement = statement.where(_call.c.state == state)
    if before is not None:
        statement = statement.where(_call.c.id < before)
    return connection.execute(statement).all()


def counts(connection: Connection) -> dict[str, int]:
    """How many calls are in each state that is not final."""
    states = [state for state in CallState if state in STEPS]
    rows = connection.execute(
        select(_call.c.state, func.count()).where(_call.c.state.in_(states)).group_by(_call.c.state)
    )
    found = {row[0]: int(row[1]) for row in rows}
    return {str(state): found.get(state, 0) for state in states}
