"""Whether a claimed message may be sent now: consent, quiet hours, caps and expiry, looked at when it is sent.

What may not be sent is put back for later, skipped with its reason, or expires.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, func, select, update

from bot.config import QuietHours
from bot.contacts import service as contacts
from bot.db import table
from bot.messages.models import Outbound, OutState, Purpose
from bot.messages.outbox import Claimed

CAP_DAY, CAP_WEEK = 1, 3  # broadcasts to one person
# What was never sent takes nobody's place.
NOT_SENT = (OutState.FAILED, OutState.EXPIRED, OutState.CANCELLED, OutState.SKIPPED)
_out = table(Outbound)


@dataclass(frozen=True, slots=True)
class Rules:
    """What is allowed when, and where it is night."""

    quiet: QuietHours | None
    timezone: ZoneInfo


def admit(connection: Connection, rules: Rules, claimed: Sequence[Claimed], now: datetime) -> list[Claimed]:
    """Those that may be sent now, in their order; the others are written back. In the transaction of the claim.

    The people who get a broadcast are locked, so that two workers do not both give them the day's only one: whoever
    comes second sees what the first has claimed.
    """
    unasked = sorted({row.contact for row in claimed if row.purpose is Purpose.BROADCAST})
    if unasked:
        contacts.lock(connection, unasked)
    with_consent = {row.contact for row in claimed if row.purpose is not Purpose.ANSWER}
    said = contacts.last_said(connection, with_consent) if with_consent else {}
    got = _broadcasts(connection, unasked, claimed, rules, now) if unasked else {}
    night_ends = rules.quiet.end_after(now.astimezone(rules.timezone)) if rules.quiet else None
    fates: dict[int, dict[str, object]] = {}
    admitted = []
    for row in claimed:
        fate = _fate(row, now, night_ends) or _held_back(row, said) or _capped(row, got)
        if fate is None:
            admitted.append(row)
        else:
            fates[row.id] = fate
    _write(connection, fates, now)
    return admitted


def _fate(row: Claimed, now: datetime, night_ends: datetime | None) -> dict[str, object] | None:
    if row.expires_at <= now:
        return {"state": OutState.EXPIRED}
    if night_ends is None or row.purpose is Purpose.ANSWER:
        return None
    if night_ends >= row.expires_at:
        return _skipped("quiet hours")
    return {"state": OutState.QUEUED, "due_at": night_ends}


def _held_back(row: Claimed, said: Mapping[int, contacts.Said]) -> dict[str, object] | None:
    """Whether their newest word keeps it from being sent: a broadcast needs a yes, the rest no STOP since."""
    if row.purpose is Purpose.ANSWER:
        return None
    newest = said.get(row.contact)
    if row.purpose is Purpose.BROADCAST:
        return None if newest is not None and newest.given else _skipped("no consent")
    stopped = newest is not None and not newest.given and (row.asked_at is None or newest.at >= row.asked_at)
    return _skipped("stopped") if stopped else None


def _capped(row: Claimed, got: dict[int, tuple[int, int]]) -> dict[str, object] | None:
    if row.purpose is not Purpose.BROADCAST:
        return None
    today, week = got.get(row.contact, (0, 0))
    if today >= CAP_DAY:
        return _skipped("one a day")
    if week >= CAP_WEEK:
        return _skipped("three a week")
    got[row.contact] = today + 1, week + 1
    return None


def _skipped(reason: str) -> dict[str, object]:
    return {"state": OutState.SKIPPED, "error": reason}


def _broadcasts(
    connection: Connection, people: Sequence[int], claimed: Sequence[Claimed], rules: Rules, now: datetime
) -> dict[int, tuple[int, int]]:
    """How many broadcasts each got today and in the seven days that end today; these rows do not count."""
    midnight = datetime.combine(now.astimezone(rules.timezone), time(), rules.timezone)
    rows = connection.execute(
        select(_out.c.contact_id, _out.c.id, _out.c.tried_at).where(
            _out.c.contact_id.in_(people),
            _out.c.purpose == Purpose.BROADCAST,
            _out.c.tried_at >= midnight - timedelta(days=6),
            _out.c.state.not_in(NOT_SENT),
        )
    ).all()
    ours = {row.id for row in claimed}
    week = Counter(row.contact_id for row in rows if row.id not in ours)
    today = Counter(row.contact_id for row in rows if row.id not in ours and row.tried_at >= midnight)
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


def _write(connection: Connection, fates: Mapping[int, Mapping[str, Any]], now: datetime) -> None:
    if fates:
        connection.execute(
            _GO,
            [
                {
                    "row": id,
                    "becomes": fate["state"],
                    "later": fate.get("due_at"),
                    "why": fate.get("error", ""),
                    "at": now,
                }
                for id, fate in fates.items()
            ],
        )
