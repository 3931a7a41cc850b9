"""What the clock does for the radio: the reminder before an airing, its new time where it moved, the summary after it.

Owns who is told when. Everybody is told once of an episode, of the earliest airing they hear; every message has a
key, and what is planned is planned again whenever an airing or a listener changes. No reminder is planned for the
night: it would come when the programme is over.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    String,
    and_,
    cast,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    union_all,
)

from bot.config import QuietHours
from bot.contacts.models import Contact, Subscription
from bot.contacts.subscriptions import RADIO
from bot.db import reading, table, writing
from bot.messages.models import Call, CallState, Outbound, OutState, Purpose
from bot.messages.notices import Notice, Notices, recipients
from bot.radio.models import Airing
from bot.radio.service import OnAir, lock, planned
from flows import radio
from flows.prompts import Prompt

BEFORE = timedelta(minutes=30)
PLANS_AHEAD = timedelta(hours=3)
SUMMARY_LASTS = timedelta(hours=24)
LONGEST = timedelta(hours=12)  # of an airing
SMALL_MOVE = timedelta(minutes=15)  # nobody is told of it
MOVES_FOR = timedelta(days=7)  # for so long after a change it is looked whom it concerns
AGAIN_AFTER = timedelta(minutes=1)  # listeners who move are seen by then
SLICE = 500  # people of one transaction
LASTS = 4.0  # seconds of one tick
_airing, _contact, _subscription = table(Airing), table(Contact), table(Subscription)
_out, _call = table(Outbound), table(Call)
# What has reached somebody, or is on its way.
_WENT = (
    (_out, _out.c.state.in_((OutState.SENDING, OutState.SENT, OutState.DELIVERED, OutState.UNKNOWN))),
    (_call, _call.c.state.in_((CallState.DIALLING, CallState.OPEN, CallState.ENDED, CallState.UNKNOWN))),
)


@dataclass(frozen=True, slots=True)
class Telling:
    """A notice of an airing, and to whom: a condition on a row of contact beside its subscription."""

    airing: OnAir
    notice: Notice
    to: ColumnElement[bool]


@dataclass(slots=True)
class Phases:
    """The chores of the radio. What it remembers only spares work: another clock begins with nothing."""

    engine: Engine
    notices: Notices
    zone: ZoneInfo
    quiet: QuietHours | None
    _until: float = 0.0
    _looked: dict[int, tuple[object, datetime]] = field(default_factory=dict)

    def __call__(self, now: datetime) -> None:
        """Do what is due, for some seconds; what is left then is done at the next tick."""
        self._until = time.monotonic() + LASTS
        with reading(self.engine) as connection:
            near = planned(connection, *self._near(now))
            listeners = self._listeners(connection) if near else ()
        episodes: dict[int, list[OnAir]] = {}
        for airing in near:
            episodes.setdefault(airing.episode, []).append(airing)
        self._looked = {number: seen for number, seen in self._looked.items() if number in episodes}
        for number, airings in episodes.items():
            phases = [(airing.begins > now, airing.ends > now) for airing in airings]
            state = (listeners, airings, phases)
            seen, at = self._looked.get(number, (None, now))
            looked = seen == state and timedelta(0) <= now - at < AGAIN_AFTER
            if not looked and self._episode(number, now):
                self._looked[number] = state, now

    def _near(self, now: datetime) -> tuple[ColumnElement[bool], ...]:
        """The airings of which anything may be told now."""
        soon = _airing.c.airs_at.between(now - SUMMARY_LASTS - LONGEST, now + PLANS_AHEAD)
        about = literal("airing:") + cast(_airing.c.id, String(20))
        told = or_(*(exists().where(rows.c.about == about, went) for rows, went in _WENT))
        moved = (_airing.c.airs_at > now) & (_airing.c.changed_at > now - MOVES_FOR) & told
        return (or_(soon, moved),)

    @staticmethod
    def _listeners(connection: Connection) -> tuple[Any, ...]:
        """What tells that somebody has begun or left."""
        count = select(func.count(), func.max(_subscription.c.since)).where(_subscription.c.name == RADIO)
        return tuple(connection.execute(count).one())

    def _episode(self, number: int, now: datetime) -> bool:
        """Tell all that is due of one episode. Returns whether that is done."""
        with reading(self.engine) as connection:
            airings = planned(connection, _airing.c.episode == number)
            due = [*self._reminders(airings, now), *_summaries(airings, now), *self._moves(connection, airings, now)]
        return all(self._tell(telling, airings, now) for telling in due)

    def _tell(self, telling: Telling, airings: Sequence[OnAir], now: datetime) -> bool:
        """Tell a slice of people after the other. Returns whether all were told before time was up or an airing
        changed."""
        after, left = 0, True
        while left:
            if time.monotonic() > self._until:
                return False
            with writing(self.engine) as connection:
                lock(connection, [telling.airing.episode])
                if planned(connection, _airing.c.episode == telling.airing.episode) != airings:
                    return False
                since = self._untold(connection, telling, after)
                to = [replace(one, asked=since[one.id]) for one in recipients(connection, since)]
                self.notices.tell(connection, to, telling.notice, now)
            after, left = max(since, default=after), len(since) == SLICE
        return True

    @staticmethod
    def _untold(connection: Connection, telling: Telling, after: int) -> dict[int, datetime]:
        """The next people to tell who have not been told, each with when they asked for it."""
        key = literal(f"{telling.notice.key}:") + cast(_contact.c.id, String(20))
        told = or_(*(exists().where(rows.c.unique_key == key) for rows in (_out, _call)))
        people = (
            select(_contact.c.id, _subscription.c.since)
            .join(_subscription, _subscription.c.contact_id == _contact.c.id)
            .where(_subscription.c.name == RADIO, _contact.c.id > after, telling.to, not_(told))
            .order_by(_contact.c.id)
            .limit(SLICE)
        )
        return {row.id: row.since for row in connection.execute(people)}

    def _reminders(self, airings: Iterable[OnAir], now: datetime) -> Iterator[Telling]:
        """Of those who hear several airings, the earliest; who began after it was due was told then and there."""
        earlier: list[ColumnElement[bool]] = []
        for airing in airings:
            due = airing.begins - BEFORE
            night_ends = self.quiet.end_after(due.astimezone(self.zone)) if self.quiet else None
            if airing.begins <= now or (night_ends is not None and night_ends >= airing.begins):
                continue
            to = and_(airing.listens(), _subscription.c.since <= due, not_(or_(false(), *earlier)))
            earlier.append(airing.listens())
            if airing.begins <= now + PLANS_AHEAD:
                words = radio.reminder(airing.seen(self.zone), airing.reminder)
                yield Telling(airing, _notice(airing, "reminder", words, due, airing.begins, rings=True), to)

    def _moves(self, connection: Connection, airings: Iterable[OnAir], now: datetime) -> Iterator[Telling]:
        """Whoever was told another time of an airing to come, and not the right one since."""
        for airing in airings:
            if airing.begins > now and (wrong := _told_another_time(connection, airing)):
                words = radio.moved(airing.seen(self.zone))
                phase = f"moved:{airing.id}:{airing.changed_at:%y%m%d%H%M%S}"
                notice = _notice(airing, phase, words, now, airing.begins, rings=True)
                for begin in range(0, len(wrong), SLICE):
                    yield Telling(airing, notice, _contact.c.id.in_(wrong[begin : begin + SLICE]))


def _notice(
    airing: OnAir, phase: str, words: Prompt, due: datetime, expires: datetime, *, rings: bool = False
) -> Notice:
    """A call says when it is on air; what only staff's words tell is written to everybody."""
    opens = radio.BEGINS if rings else ""
    key, data = f"episode:{airing.episode}:{phase}", {"airing": airing.id}
    return Notice((words,), Purpose.SUBSCRIPTION, key, airing.about, due, expires, opens, data)


def _summaries(airings: Iterable[OnAir], now: datetime) -> Iterator[Telling]:
    """To those who wanted it while it was on air, after the first airing they hear."""
    for airing in sorted(airings, key=lambda airing: airing.ends):
        until = airing.ends + SUMMARY_LASTS
        if airing.summary.km and airing.ends <= now < until:
            notice = _notice(airing, "summary", radio.summary(airing.summary), airing.ends, until)
            yield Telling(airing, notice, and_(airing.listens(), _subscription.c.since <= airing.ends))


def _told_another_time(connection: Connection, airing: OnAir) -> list[int]:
    """Contacts whose newest word of an airing, as its expiry shows, is of a time that is none any more."""
    said = union_all(
        *(
            select(rows.c.contact_id, rows.c.expires_at, rows.c.created_at).where(
                rows.c.about == airing.about,
                or_(went, rows.c.state == "queued"),
                or_(*(rows.c.unique_key.startswith(f"episode:{airing.episode}:{p}:") for p in ("reminder", "moved"))),
            )
            for rows, went in _WENT
        )
    ).subquery()
    right = said.c.expires_at.between(airing.begins - SMALL_MOVE, airing.begins + SMALL_MOVE)
    wrong = connection.execute(select(said).where(not_(right)).order_by(said.c.created_at)).all()
    if not wrong:
        return []
    newest = {row.contact_id: row.created_at for row in wrong}
    for row in connection.execute(select(said).where(right)):
        if row.contact_id in newest and row.created_at > newest[row.contact_id]:
            del newest[row.contact_id]
    return sorted(newest)
