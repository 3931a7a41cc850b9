"""Whether what is claimed may go out now: consent, quiet hours, caps and expiry, looked at when it is sent.

What may not be sent is put back for later, skipped with its reason, or expires. The rules are the same for messages
and for calls (see messages.calls.admission); here the messages are written back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, func, select, union_all, update

from bot.config import QuietHours
from bot.contacts import service as contacts
from bot.db import table
from bot.messages.calls.models import Call, CallState
from bot.messages.models import Outbound, OutState, Purpose
from bot.messages.sms.outbox import ClaimedMessage

CAP_DAY, CAP_WEEK = 1, 3  # broadcasts to one person
# What was never sent takes nobody's place.
NOT_SENT = (OutState.FAILED, OutState.EXPIRED, OutState.CANCELLED, OutState.SKIPPED)
NOT_RUNG = (CallState.FAILED, CallState.EXPIRED, CallState.CANCELLED, CallState.SKIPPED)
_out, _call = table(Outbound), table(Call)


@dataclass(frozen=True, slots=True)
class Rules:
    """What is allowed when, and where it is night."""

    quiet: QuietHours | None
    timezone: ZoneInfo


class Leaving(Protocol):
    """What the rules look at: a message or a call that is to go out."""

    @property
    def id(self) -> int:
        """The row."""

    @property
    def contact(self) -> int:
        """Whom it is for."""

    @property
    def purpose(self) -> Purpose:
        """Why it goes out."""

    @property
    def expires_at(self) -> datetime:
        """When it is senseless."""

    @property
    def asked_at(self) -> datetime | None:
        """When they asked for it."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of what may not go out now: queued again from `due`, skipped for a reason, or expired."""

    state: str
    error: str = ""
    due: datetime | None = None


def admit(
    connection: Connection, rules: Rules, claimed: Sequence[ClaimedMessage], now: datetime
) -> list[ClaimedMessage]:
    """Those that may be sent now, in their order; the others are written back. In the transaction of the claim."""
    fates = held_up(connection, rules, claimed, now, messages=[row.id for row in claimed])
    _write(connection, fates, now)
    return [row for row in claimed if row.id not in fates]


def held_up(
    connection: Connection,
    rules: Rules,
    leaving: Sequence[Leaving],
    now: datetime,
    *,
    messages: Sequence[int] = (),
    calls: Sequence[int] = (),
) -> dict[int, Fate]:
    """What may not go out now, by id. `messages` and `calls`: the rows that are being decided on.

    The people who get a broadcast are locked, so that two workers do not both give them the day's only one: whoever
    comes second sees what the first has claimed.
    """
    unasked = sorted({row.contact for row in leaving if row.purpose is Purpose.BROADCAST})
    if unasked:
        contacts.lock(connection, unasked)
    with_consent = {row.contact for row in leaving if row.purpose is not Purpose.ANSWER}
    said = contacts.last_said(connection, with_consent) if with_consent else {}
    held = contacts.held(connection, with_consent, now) if with_consent else {}
    got = _broadcasts(connection, unasked, rules, now, messages, calls) if unasked else {}
    night_ends = rules.quiet.end_after(now.astimezone(rules.timezone)) if rules.quiet else None
    fates = {}
    for row in leaving:
        fate = _fate(row, now, night_ends) or _held_back(row, said) or _doubted(row, held) or _capped(row, got)
        if fate is not None:
            fates[row.id] = fate
    return fates


def _fate(row: Leaving, now: datetime, night_ends: datetime | None) -> Fate | None:
    if row.expires_at <= now:
        return Fate(OutState.EXPIRED)
    if night_ends is None or row.purpose is Purpose.ANSWER:
        return None
    return put_off(row, night_ends, "quiet hours")


def put_off(row: Leaving, until: datetime, reason: str) -> Fate:
    """Not before a time; skipped for this reason when it is senseless by then."""
    return Fate(OutState.SKIPPED, reason) if until >= row.expires_at else Fate(OutState.QUEUED, due=until)


def _held_back(row: Leaving, said: Mapping[int, contacts.LatestConsent]) -> Fate | None:
    """Whether their newest word keeps it from being sent: a broadcast needs a yes, the rest no STOP since."""
    if row.purpose is Purpose.ANSWER:
        return None
    newest = said.get(row.contact)
    if row.purpose is Purpose.BROADCAST:
        return None if newest is not None and newest.given else Fate(OutState.SKIPPED, "no consent")
    stopped = newest is not None and not newest.given and (row.asked_at is None or newest.at >= row.asked_at)
    return Fate(OutState.SKIPPED, "stopped") if stopped else None


def _doubted(row: Leaving, held: Mapping[int, datetime]) -> Fate | None:
    """Who may have meant STOP is asked; what is unasked for waits for the answer, or a few days."""
    if row.purpose is Purpose.ANSWER or row.contact not in held:
        return None
    return put_off(row, held[row.contact], "perhaps stopped")


def _capped(row: Leaving, got: dict[int, tuple[int, int]]) -> Fate | None:
    if row.purpose is not Purpose.BROADCAST:
        return None
    today, week = got.get(row.contact, (0, 0))
    if today >= CAP_DAY:
        return Fate(OutState.SKIPPED, "one a day")
    if week >= CAP_WEEK:
        return Fate(OutState.SKIPPED, "three a week")
    got[row.contact] = today + 1, week + 1
    return None


def _broadcasts(
    connection: Connection,
    people: Sequence[int],
    rules: Rules,
    now: datetime,
    messages: Sequence[int],
    calls: Sequence[int],
) -> dict[int, tuple[int, int]]:
    """How many broadcasts each got today and in the seven days that end today, by SMS or call; but these rows."""
    midnight = datetime.combine(now.astimezone(rules.timezone), time(), rules.timezone)
    since = midnight - timedelta(days=6)
    written = select(_out.c.contact_id, _out.c.tried_at.label("at")).where(
        _out.c.contact_id.in_(people),
        _out.c.purpose == Purpose.BROADCAST,
        _out.c.tried_at >= since,
        _out.c.state.not_in(NOT_SENT),
        _out.c.id.not_in(messages),
    )
    rung = select(_call.c.contact_id, _call.c.placed_at.label("at")).where(
        _call.c.contact_id.in_(people),
        _call.c.purpose == Purpose.BROADCAST,
        _call.c.placed_at >= since,
        _call.c.state.not_in(NOT_RUNG),
        _call.c.id.not_in(calls),
    )
    rows = connection.execute(union_all(written, rung)).all()
    week = Counter(row.contact_id for row in rows)
    today = Counter(row.contact_id for row in rows if row.at >= midnight)
    return {person: (today[person], week[person]) for person in week}


_GO = (
    update(_out)
    .where(_out.c.id == bindparam("row"))
    .values(
        state=bindparam("becomes"),
        due_at=func.coalesce(bindparam("later", type_=_out.c.due_at.type), _out.c.due_at),
        error=bindparam("why"),
        changed_at=bindparam("at", type_=_out.c.changed_at.type),
        attempts=_out.c.attempts - 1,
        tried_at=None,
        token=None,
        leased_until=None,
    )
)


def _write(connection: Connection, fates: Mapping[int, Fate], now: datetime) -> None:
    if fates:
        connection.execute(
            _GO,
            [
                {"row": id, "becomes": fate.state, "later": fate.due, "why": fate.error, "at": now}
                for id, fate in fates.items()
            ],
        )
