"""What the clock does for the radio: the reminder before an airing, its new time where it moved, the summary after it.

Owns who is told when. Everybody is told once of an episode, of the earliest airing they hear; every message has a
key, and what is planned is planned again whenever an airing or a listener changes. No reminder is planned for the
night: it would come when the programme is over.
"""

from __future__ import annotations

import itertools
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
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
    literal,
    not_,
    or_,
    select,
    true,
    union_all,
)

from bot.config import QuietHours
from bot.contacts.models import Contact, Subscription
from bot.contacts.subscriptions import RADIO
from bot.db import reading, table, writing
from bot.messages.calls.models import Call, CallState
from bot.messages.models import Outbound, OutState, Purpose
from bot.messages.notices import Notice, Notices, recipients
from bot.radio.facts import OnAir, lock, planned
from bot.radio.models import Airing
from flows.prompts import Prompt
from flows.radio import programme as radio

BEFORE = timedelta(minutes=30)
PLANS_AHEAD = timedelta(hours=3)
SUMMARY_LASTS = timedelta(hours=24)
LONGEST = timedelta(hours=12)  # of an airing
SMALL_MOVE = timedelta(minutes=15)  # nobody is told of it
MOVES_FOR = timedelta(days=7)  # for so long after a change it is looked whom it concerns
AGAIN_AFTER = timedelta(minutes=3)  # listeners who live elsewhere now are seen by then
SEEN_WITHIN = timedelta(minutes=2)  # who subscribes is: a transaction may end a while after it took its time
AHEAD = 5_000  # people looked up at once
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
    """A notice of an airing, and to whom: a condition on a row of contact beside its subscription.

    `airings` are those of the episode as they were when it was made. `corrects`: it is for those only who were told
    another time.
    """

    airing: OnAir
    airings: Sequence[OnAir]
    notice: Notice
    to: ColumnElement[bool]
    corrects: bool = False

    @property
    def name(self) -> tuple[str, int]:
        """What tells it from every other."""
        return self.notice.key, self.airing.id


@dataclass(slots=True)
class Walk:
    """How far a telling got among its people, whose ids ascend. It is begun again when `state` changes."""

    state: object
    began: datetime
    after: int = 0
    ahead: Sequence[int] = ()  # who comes next, as they were looked up
    is_last: bool = False  # nobody comes after these
    is_done: bool = False
    turn: int = 0


@dataclass(slots=True)
class Phases:
    """The tasks of the radio. What it remembers only spares work: another clock begins with nothing."""

    engine: Engine
    notices: Notices
    zone: ZoneInfo
    quiet: QuietHours | None
    _until: float = 0.0
    _walks: dict[tuple[str, int], Walk] = field(default_factory=dict)
    _seen: datetime | None = None  # who subscribed before is told of all there was, or will be by a walk
    _turns: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __call__(self, now: datetime) -> None:
        """Do what is due, for some seconds; what is left then is done at the next tick."""
        self._until = time.monotonic() + LASTS
        with reading(self.engine) as connection:
            near = {airing.episode for airing in planned(connection, *self._near(now))}
            airings = planned(connection, _airing.c.episode.in_(near)) if near else []
        episodes: dict[int, list[OnAir]] = {}
        for airing in airings:
            episodes.setdefault(airing.episode, []).append(airing)
        walks = [(telling, self._walk(telling, now)) for each in episodes.values() for telling in self._due(each, now)]
        self._walks = {telling.name: walk for telling, walk in walks}
        if self._tell_newcomers([telling for telling, _ in walks], now):
            self._seen = now
        self._go_on(walks, now)

    def _near(self, now: datetime) -> tuple[ColumnElement[bool], ...]:
        """The airings of which anything may be told now."""
        soon = _airing.c.airs_at.between(now - SUMMARY_LASTS - LONGEST, now + PLANS_AHEAD)
        about = literal("airing:") + cast(_airing.c.id, String(20))
        told = or_(*(exists().where(rows.c.about == about, went) for rows, went in _WENT))
        moved = (_airing.c.airs_at > now) & (_airing.c.changed_at > now - MOVES_FOR) & told
        return (or_(soon, moved),)

    def _due(self, airings: Sequence[OnAir], now: datetime) -> Sequence[Telling]:
        """All that is to be told of one episode."""
        return [*self._reminders(airings, now), *_summaries(airings, now), *self._moves(airings, now)]

    def _walk(self, telling: Telling, now: datetime) -> Walk:
        """Where a telling stands. It begins again when its episode changes, and some minutes after it was done."""
        state = telling.airings, [(airing.begins > now, airing.ends > now) for airing in telling.airings]
        walk = self._walks.get(telling.name)
        if walk is None or walk.state != state:
            return Walk(state, now)
        if walk.is_done and not timedelta(0) <= now - walk.began < AGAIN_AFTER:
            return Walk(state, now, turn=walk.turn)
        return walk

    def _tell_newcomers(self, tellings: Iterable[Telling], now: datetime) -> bool:
        """Tell who subscribed lately, however far the walks are. Returns whether all were told in time."""
        if self._seen is None or not timedelta(0) <= now - self._seen < AGAIN_AFTER:
            return True  # every walk begins at the beginning
        lately = (_subscription.c.name == RADIO, _subscription.c.since > self._seen - SEEN_WITHIN)
        with reading(self.engine) as connection:
            new = connection.execute(select(_subscription.c.contact_id).where(*lately)).scalars().all()
        for telling in tellings:
            for begin in range(0, 0 if telling.corrects else len(new), SLICE):
                if time.monotonic() > self._until:
                    return False
                with reading(self.engine) as connection:
                    people = _people(connection, telling, SLICE, _contact.c.id.in_(new[begin : begin + SLICE]))
                    untold = _untold(connection, telling, people)
                if untold:
                    self._tell(telling, untold, now)
        return True

    def _go_on(self, walks: Iterable[tuple[Telling, Walk]], now: datetime) -> None:
        """Give every telling that is not done a slice of people in turn, whoever waited longest first."""
        waits = deque(sorted((one for one in walks if not one[1].is_done), key=lambda one: one[1].turn))
        while waits and time.monotonic() <= self._until:
            telling, walk = waits.popleft()
            walk.turn = next(self._turns)
            if not self._step(telling, walk, now):
                return  # what was to be told is not so any more: the next tick sees how it is
            if not walk.is_done:
                waits.append((telling, walk))

    def _step(self, telling: Telling, walk: Walk, now: datetime) -> bool:
        """Tell the next slice of people; only where there is anybody to tell it writes. Returns whether it could."""
        with reading(self.engine) as connection:
            if not walk.ahead:
                if telling.corrects:
                    walk.ahead, walk.is_last = _told_another_time(connection, telling.airing), True
                else:
                    walk.ahead = list(_people(connection, telling, AHEAD, _contact.c.id > walk.after))
                    walk.is_last = len(walk.ahead) < AHEAD
            people = walk.ahead[:SLICE]
            untold = _untold(connection, telling, people)
        if untold and not self._tell(telling, untold, now):
            return False
        walk.after, walk.ahead = max(people, default=walk.after), walk.ahead[SLICE:]
        walk.is_done = walk.is_last and not walk.ahead
        return True

    def _tell(self, telling: Telling, some: Sequence[int], now: datetime) -> bool:
        """Tell those of some people whom it still concerns. Returns whether the airings are as they were."""
        with writing(self.engine) as connection:
            lock(connection, [telling.airing.episode])
            if planned(connection, _airing.c.episode == telling.airing.episode) != telling.airings:
                return False
            since = _people(connection, telling, SLICE, _contact.c.id.in_(some))
            untold = _untold(connection, telling, since)
            to = [replace(one, asked=since[one.id]) for one in recipients(connection, untold)]
            self.notices.tell(connection, to, telling.notice, now)
        return True

    def _reminders(self, airings: Sequence[OnAir], now: datetime) -> Iterator[Telling]:
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
                notice = _notice(airing, "reminder", words, due, airing.begins, rings=True)
                yield Telling(airing, airings, notice, to)

    def _moves(self, airings: Sequence[OnAir], now: datetime) -> Iterator[Telling]:
        """Whoever was told another time of an airing to come, and not the right one since."""
        for airing in airings:
            if airing.begins > now:
                words = radio.moved(airing.seen(self.zone))
                phase = f"moved:{airing.id}:{airing.changed_at:%y%m%d%H%M%S}"
                notice = _notice(airing, phase, words, now, airing.begins, rings=True)
                yield Telling(airing, airings, notice, true(), corrects=True)


def _people(connection: Connection, telling: Telling, size: int, *which: ColumnElement[bool]) -> Mapping[int, datetime]:
    """The next people a telling concerns, told or not, in the order of their ids; each with when they asked for it."""
    people = (
        select(_contact.c.id, _subscription.c.since)
        .join(_subscription, _subscription.c.contact_id == _contact.c.id)
        .where(_subscription.c.name == RADIO, telling.to, *which)
        .order_by(_contact.c.id)
        .limit(size)
    )
    return {row.id: row.since for row in connection.execute(people)}


def _untold(connection: Connection, telling: Telling, people: Iterable[int]) -> Sequence[int]:
    """Who of a slice of people has not been told."""
    # Their keys are looked up, one by one: joined to all that was ever sent, the database might read that instead.
    keys = {f"{telling.notice.key}:{id}": id for id in people}
    for rows in (_out, _call):
        if keys:
            for key in connection.execute(select(rows.c.unique_key).where(rows.c.unique_key.in_(list(keys)))).scalars():
                del keys[key]
    return list(keys.values())


def _notice(
    airing: OnAir, phase: str, words: Prompt, due: datetime, expires: datetime, *, rings: bool = False
) -> Notice:
    """A call says when it is on air; what only staff's words tell is written to everybody."""
    opens = radio.BEGINS if rings else ""
    key, data = f"episode:{airing.episode}:{phase}", {"airing": airing.id}
    return Notice((words,), Purpose.SUBSCRIPTION, key, airing.about, due, expires, opens, data)


def _summaries(airings: Sequence[OnAir], now: datetime) -> Iterator[Telling]:
    """To those who wanted it while it was on air, after the first airing they hear."""
    for airing in sorted(airings, key=lambda airing: airing.ends):
        until = airing.ends + SUMMARY_LASTS
        if airing.summary.km and airing.ends <= now < until:
            notice = _notice(airing, "summary", radio.summary(airing.summary), airing.ends, until)
            yield Telling(airing, airings, notice, and_(airing.listens(), _subscription.c.since <= airing.ends))


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
