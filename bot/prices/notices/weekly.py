"""The task of the weekly prices: on Saturday morning each subscriber gets the few prices that concern them.

What a person gets is made from what they follow and ask about; who has neither gets what their province asks most.
Each slice of people is planned in a transaction of its own; a key by the week keeps it from being planned twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Engine, String, bindparam, cast, exists, func, literal, select

from bot.contacts import service as contacts
from bot.contacts.models import Contact, Subscription
from bot.db import table, writing
from bot.language.text.sms_parts import parts
from bot.messages.calls.models import Call
from bot.messages.models import Message, Outbound, Purpose
from bot.messages.notices import Notice, Notices, Recipient, recipients
from bot.prices.facts import trend
from bot.prices.knowledge import Knowledge
from bot.prices.models import Interest, Price, PriceAlert
from bot.prices.notices.quoting import Quoting
from bot.prices.units import to_minor
from flows.facts import Quote
from flows.prices import weekly
from flows.prompts import Prompt

BEGINS, ENDS = time(7, 30), time(20)  # Saturday, Sunday
SATURDAY = 5
ASKED_WITHIN = timedelta(days=90)
MOST_PARTS = 2
SLICE = 500  # people of one transaction
MOST_SLICES = 10  # of one tick: other tasks wait
_subscription, _contact, _alert = table(Subscription), table(Contact), table(PriceAlert)
_message, _interest, _price = table(Message), table(Interest), table(Price)
# The newest price of a week ago: prices that are reported once a week are not always so on the same day.
_WEEK_BEFORE = (
    select(_price.c.usual)
    .where(
        *(_price.c[name] == bindparam(name) for name in ("commodity", "market", "level", "grade", "unit", "currency")),
        _price.c.observed_on.between(bindparam("first"), bindparam("last")),
    )
    .order_by(_price.c.observed_on.desc())
    .limit(1)
)
WEEK_BEFORE = timedelta(days=14), timedelta(days=5)


def week_of(local: datetime) -> tuple[datetime, datetime] | None:
    """From when to when the prices of this week are told; None where it is not the time."""
    saturday = local.date() - timedelta(days=(local.weekday() - SATURDAY) % 7)
    begins = datetime.combine(saturday, BEGINS, local.tzinfo)
    ends = datetime.combine(saturday + timedelta(days=1), ENDS, local.tzinfo)
    return (begins, ends) if begins <= local < ends else None


class Weekly:
    """Plans the week once, for who subscribed before its Saturday morning."""

    def __init__(self, engine: Engine, notices: Notices, knowledge: Knowledge, zone: ZoneInfo):
        self._engine = engine
        self._notices = notices
        self._knowledge = knowledge
        self._zone = zone
        self._after = 0  # the last person it has planned for
        self._done: datetime | None = None  # the week this clock has planned; after a restart it looks again

    def __call__(self, now: datetime) -> None:
        """Plan what is due; a clock that slept does it late, until Sunday evening."""
        week = week_of(now.astimezone(self._zone))
        if week is None or self._done == week[0]:
            return
        for _ in range(MOST_SLICES):
            planned = self._slice(self._after, week, now)
            if planned is None:
                self._after, self._done = 0, week[0]
                return
            self._after = planned

    def _slice(self, after: int, week: tuple[datetime, datetime], now: datetime) -> int | None:
        """Plan some people with ids after this one. Returns the last one; None when there was nobody left."""
        begins, ends = week
        key = f"weekly:{begins:%G-W%V}"
        with writing(self._engine) as connection:
            rows = connection.execute(_untold(after, key, begins)).all()
            if not rows:
                return None
            said = contacts.last_said(connection, [row.contact_id for row in rows])
            since = {
                row.contact_id: row.since
                for row in rows
                if row.contact_id not in said or not said[row.contact_id].holds_back(row.since)
            }
            places = {row.contact_id: row.place for row in rows}
            to = [replace(one, asked=since[one.id]) for one in recipients(connection, since)]
            for prompts, data, people in self._letters(connection, to, places, now):
                what = (prompts, Purpose.SUBSCRIPTION, key, weekly.NAME)
                notice = Notice(*what, expires=ends, opens=weekly.BEGINS, data=data)
                self._notices.tell(connection, people, notice, now)
        return int(rows[-1].contact_id)

    def _letters(
        self, connection: Connection, to: Sequence[Recipient], places: Mapping[int, str], now: datetime
    ) -> Iterable[tuple[tuple[Prompt, ...], dict[str, Any], list[Recipient]]]:
        """The words with what a call tells, and whom they are for: who would read the same is told together."""
        today = now.astimezone(self._zone).date()
        quoting = Quoting(connection, self._knowledge.now(), today, now)
        before = LastWeek(connection)
        concerns = _concerns(connection, places, now)
        alike: dict[tuple[str, str, tuple[Quote, ...]], list[Recipient]] = {}
        for one in to:
            found = (quoting.best(id, places[one.id]) for id in concerns[one.id])
            quotes = tuple(quote for quote in found if quote is not None)[: weekly.MOST]
            if quotes:
                # Who is rung hears the prices as they are then, where they are.
                place = places[one.id] if one.reach == "voice" else ""
                alike.setdefault((one.voice, place, quotes), []).append(one)
        for (voice, place, quotes), people in alike.items():
            prompts, count = self._fitting([before.priced(quote) for quote in quotes], voice)
            yield prompts, {"goods": [quote.commodity for quote in quotes[:count]], "place": place}, people

    def _fitting(self, prices: Sequence[weekly.Priced], voice: str) -> tuple[tuple[Prompt, ...], int]:
        """As many prices as two parts hold, one at least; how to end it where there is room."""
        tried = [(count, end) for count in range(len(prices), 0, -1) for end in (True, False)]
        for count, end in tried:
            prompts = weekly.told(prices[:count], how_to_end=end)
            if parts(self._notices.text(prompts, voice)).parts <= MOST_PARTS:
                return prompts, count
        return weekly.told(prices[:1], how_to_end=False), 1


def _untold(after: int, key: str, before: datetime) -> Any:
    """Subscribers of whom nothing is planned yet, some of them, locked."""
    own = literal(f"{key}:") + cast(_subscription.c.contact_id, String)
    planned: list[ColumnElement[bool]] = [
        exists().where(rows.c.unique_key == own) for rows in (table(Outbound), table(Call))
    ]
    return (
        select(_subscription.c.contact_id, _subscription.c.since, _contact.c.place)
        .join(_contact, _contact.c.id == _subscription.c.contact_id)
        .where(
            _subscription.c.name == weekly.NAME,
            _subscription.c.contact_id > after,
            _subscription.c.since < before,
            *(~found for found in planned),
        )
        .order_by(_subscription.c.contact_id)
        .limit(SLICE)
        .with_for_update(of=_subscription)
    )


def _concerns(connection: Connection, places: Mapping[int, str], now: datetime) -> dict[int, list[str]]:
    """The goods of each person: those they follow, then those they ask about, else those their province asks about."""
    own: dict[int, list[str]] = {id: [] for id in places}
    followed = select(_alert.c.contact_id, _alert.c.commodity).where(_alert.c.contact_id.in_(places))
    for row in connection.execute(followed.order_by(_alert.c.since, _alert.c.commodity)):
        own[row.contact_id].append(row.commodity)
    asked = (
        select(_message.c.contact_id, _message.c.commodity)
        .where(_message.c.contact_id.in_(places), _message.c.at >= now - ASKED_WITHIN, _message.c.commodity != "")
        .group_by(_message.c.contact_id, _message.c.commodity)
        .order_by(func.count().desc(), _message.c.commodity)
    )
    for row in connection.execute(asked):
        own[row.contact_id].append(row.commodity)
    province = _of_provinces(connection)
    return {id: list(dict.fromkeys(goods)) or province.get(places[id][:2], province[""]) for id, goods in own.items()}


def _of_provinces(connection: Connection) -> dict[str, list[str]]:
    """What each province asks about, most first; under an empty name, what all of them do."""
    found: dict[str, list[str]] = {"": []}
    for row in connection.execute(select(_interest).order_by(_interest.c.asked.desc(), _interest.c.commodity)):
        found.setdefault(row.province, []).append(row.commodity)
        if row.commodity not in found[""]:
            found[""].append(row.commodity)
    return found


class LastWeek:
    """How prices stand against those of the week before; each is looked up once."""

    def __init__(self, connection: Connection):
        self._connection = connection
        self._found: dict[Quote, str] = {}

    def priced(self, quote: Quote) -> weekly.Priced:
        """The price with its direction."""
        if quote not in self._found:
            names = ("commodity", "market", "level", "grade", "unit", "currency")
            first, last = (quote.day - back for back in WEEK_BEFORE)
            values = {name: getattr(quote, name) for name in names} | {"first": first, "last": last}
            before = self._connection.execute(_WEEK_BEFORE, values).scalar_one_or_none()
            self._found[quote] = trend(to_minor(quote.usual, quote.currency), before)
        return weekly.Priced(quote, self._found[quote])
