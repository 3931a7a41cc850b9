"""The honest forecast of a broadcast: how many people, who is skipped and why, parts, and when it would leave.

Looks at what a worker will look at when it sends (planning, public_words, admission), and changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, union_all

from bot.broadcasts.segments import Segments
from bot.broadcasts.service import Draft
from bot.contacts.phone import read_address
from bot.contacts.service import newest_word
from bot.db import table
from bot.language.saying.wording import voice_of
from bot.language.text.sms_parts import Dear, dear, parts
from bot.messages.calls import outbox as call_outbox
from bot.messages.calls.models import Call, CallState
from bot.messages.models import Outbound, OutState, Purpose
from bot.messages.recipients import READS_AS, WITH_RUN
from bot.messages.sms.admission import CAP_DAY, CAP_WEEK, NOT_RUNG, NOT_SENT, Rules
from bot.messages.sms.broadcast_text import is_textable
from bot.vault import Vault, VaultError

AT_ONCE = 2_000  # people of a statement
NAMES = {"km": "km", "km_Latn": "latn", "en": "en"}  # of voices, as the options call them
_out, _call, _contact = table(Outbound), table(Call), WITH_RUN.left


@dataclass(frozen=True, slots=True)
class Forecast:
    """What would happen. `skipped` are people by reason, `sent` by language.

    `parts` are of one message of each, `dear` what makes it so.
    """

    people: int
    skipped: Mapping[str, int]
    sent: Mapping[str, int]
    parts: Mapping[str, int]
    dear: Mapping[str, Dear]
    ahead: int  # other messages that wait already
    begins: datetime | None  # None: nothing of it leaves in time
    ends: datetime | None
    unread: int = 0  # of those sent: who reads Khmer in Latin letters and gets it in Khmer ones

    @property
    def messages(self) -> int:
        """How many would be sent."""
        return sum(self.sent.values())

    @property
    def all_parts(self) -> int:
        """SMS parts of all messages together."""
        return sum(count * self.parts[name] for name, count in self.sent.items())


@dataclass(frozen=True, slots=True)
class Timetable:
    """When messages may leave: from a time to another, so many a second, not in quiet hours."""

    start: datetime
    end: datetime
    per_second: float
    rules: Rules
    windows: list[tuple[datetime, datetime]] = field(default_factory=list)

    def __post_init__(self) -> None:
        quiet, at = self.rules.quiet, self.start
        while at < self.end:
            local = at.astimezone(self.rules.timezone)
            if quiet is not None and (morning := quiet.end_after(local)) is not None:
                at = morning
                continue
            until = self.end
            if quiet is not None:
                night = datetime.combine(local.date(), quiet.begin, local.tzinfo)
                until = min(until, night if night > at else night + timedelta(days=1))
            self.windows.append((at, until))
            at = until

    @property
    def room(self) -> int:
        """How many leave before the end."""
        return sum(int((until - at).total_seconds() * self.per_second) for at, until in self.windows)

    def leaves(self, number: int) -> datetime | None:
        """When so many have left; None when that is too late."""
        left = number / self.per_second
        for at, until in self.windows:
            lasts = (until - at).total_seconds()
            if left <= lasts:
                return at + timedelta(seconds=left)
            left -= lasts
        return None


def forecast(
    connection: Connection,
    vault: Vault,
    segments: Segments,
    draft: Draft,
    rules: Rules,
    per_second: float,
    now: datetime,
) -> Forecast:
    """What a broadcast would do that is planned when it is due, or now. Raises SegmentError."""
    segment = segments.condition(connection, draft.segment, now)
    start = max(draft.due, now)
    timetable = Timetable(start, draft.expires, per_second, rules)
    room, first = timetable.room, timetable.leaves(0)
    people, skipped, sent = 0, Counter[str](), Counter[str]()
    after = 0
    while rows := _people(connection, segment, after):
        got = _broadcasts(connection, after, rows[-1].id, rules, first or start)
        for row in rows:
            why = _skipped(row, vault, draft, got)
            if why is None and room <= 0:
                why = "too late"
            if why is None:
                sent[NAMES[voice_of(row.language, row.script, row.hint or "")]] += 1
                room -= 1
            else:
                skipped[why] += 1
        people += len(rows)
        after = rows[-1].id
    texts = draft.texts
    sizes = {NAMES[voice]: parts(texts.in_voice(voice)).parts for voice in NAMES}
    saving = {NAMES[voice]: less for voice in NAMES if (less := dear(texts.in_voice(voice))) is not None}
    ahead = select(func.count()).where(_out.c.state == OutState.QUEUED, _out.c.due_at <= start)
    ends = timetable.leaves(sum(sent.values()))
    unread = sent["latn"] if texts.km and not texts.latn else 0
    waiting = connection.execute(ahead).scalar_one()
    return Forecast(people, skipped, sent, sizes, saving, waiting, first, ends, unread)


def _people(connection: Connection, segment: ColumnElement[bool], after: int) -> list[Row[Any]]:
    newest = newest_word().label("agrees")
    page = select(_contact.c.id, _contact.c.address, newest, *READS_AS).select_from(WITH_RUN)
    wanted = page.where(segment, _contact.c.id > after).order_by(_contact.c.id).limit(AT_ONCE)
    return [*connection.execute(wanted)]


def _broadcasts(
    connection: Connection, after: int, last: int, rules: Rules, day: datetime
) -> dict[int, tuple[int, int]]:
    """How many broadcasts people have had, on the day this one leaves and in the week before, with what waits."""
    midnight = datetime.combine(day.astimezone(rules.timezone), time(), rules.timezone)
    waits = [and_(rows.c.state == "queued", rows.c.due_at < midnight + timedelta(days=1)) for rows in (_out, _call)]
    since = midnight - timedelta(days=6)
    written = or_(waits[0], and_(_out.c.state.not_in((*NOT_SENT, OutState.HELD)), _out.c.tried_at >= since))
    rung = or_(waits[1], and_(_call.c.state.not_in((*NOT_RUNG, CallState.HELD)), _call.c.placed_at >= since))
    each = union_all(
        select(_out.c.contact_id, or_(waits[0], _out.c.tried_at >= midnight).label("today"))
        .where(_out.c.contact_id > after, _out.c.contact_id <= last)
        .where(_out.c.purpose == Purpose.BROADCAST, written),
        select(_call.c.contact_id, or_(waits[1], _call.c.placed_at >= midnight).label("today"))
        .where(_call.c.contact_id > after, _call.c.contact_id <= last)
        .where(_call.c.purpose == Purpose.BROADCAST, rung),
    )
    got: dict[int, tuple[int, int]] = {}
    for contact, is_today in connection.execute(each):
        today, week = got.get(contact, (0, 0))
        got[contact] = today + bool(is_today), week + 1
    return got


def _skipped(row: Row[Any], vault: Vault, draft: Draft, got: Mapping[int, tuple[int, int]]) -> str | None:
    """Why somebody would get nothing."""
    if not row.agrees:
        return "no consent" if row.agrees is None else "stopped"
    try:
        address = vault.open(row.address)
    except VaultError:
        return "unreadable"
    if not (call_outbox.may_be_dialled(read_address(address)) if draft.channel == "voice" else is_textable(address)):
        return "no mobile number"
    today, week = got.get(row.id, (0, 0))
    if today >= CAP_DAY:
        return "one a day"
    return "three a week" if week >= CAP_WEEK else None
