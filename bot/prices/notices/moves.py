"""The task of alerts: who is told that a price has moved, once a day at most.

What an alert's price is measured against is the price told last, remembered at its row in the transaction in which
the message is queued. The alerts of one commodity, place and told price are treated as one, however many they are.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, case, literal_column, select, update

from bot.config import Settings
from bot.contacts import service as contacts
from bot.contacts.models import Contact
from bot.db import reading, table, writing
from bot.messages.models import Purpose
from bot.messages.notices import Notice, Notices, recipients
from bot.prices.facts import CORRECTABLE
from bot.prices.knowledge import Knowledge
from bot.prices.models import PriceAlert, PriceReport, ReportState
from bot.prices.notices.alerts import AWAITED, about
from bot.prices.notices.quoting import Quoting
from bot.prices.units import from_minor, to_minor
from flows.facts import Quote
from flows.prices import alert
from flows.prompts import Money

PARTS_OF_PRICE = 20  # a move of one of these, 5 %, is told
LOOKS_EVERY = timedelta(minutes=1)
SLICE = 500  # people of one transaction
MOST_SLICES = 40  # of one tick, and a last commodity
MOST_PLACES = 5000  # of one statement
_alert, _contact, _report = table(PriceAlert), table(Contact), table(PriceReport)
# Written out, not bound: PostgreSQL groups by what it sees to be the same.
_NEAR = case((_alert.c.place != literal_column("''"), _alert.c.place), else_=_contact.c.place)
_WITH_PLACE = _alert.join(_contact, _contact.c.id == _alert.c.contact_id)
_TOLD = (_alert.c.told, _alert.c.told_as, _alert.c.told_on)
_FOLLOWED = (
    select(_alert.c.commodity, _NEAR.label("near"), *_TOLD)
    .select_from(_WITH_PLACE)
    .group_by(_alert.c.commodity, _NEAR, *_TOLD)
    .order_by(_alert.c.commodity)
)


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of alerts of one commodity with the same price told: this quote is told as well or only learned.

    `usual` is what is remembered, in smallest units.
    """

    alike: Alike
    quote: Quote
    usual: int
    tells: bool


class Alike(NamedTuple):
    """What alerts share that are treated as one."""

    commodity: str
    told: int | None
    told_as: str
    told_on: date | None


class Moves:
    """Looks once a minute by day, at what is to be told until midnight."""

    def __init__(self, engine: Engine, notices: Notices, knowledge: Knowledge, settings: Settings):
        self._engine = engine
        self._notices = notices
        self._knowledge = knowledge
        self._settings = settings
        self._looked: datetime | None = None

    def __call__(self, now: datetime) -> None:
        """Tell and learn what is due."""
        local = now.astimezone(self._settings.timezone)
        quiet = self._settings.quiet_hours
        if quiet is not None and quiet.end_after(local) is not None:
            return  # by the morning it may be another price
        if self._looked is not None and timedelta(0) <= now - self._looked < LOOKS_EVERY:
            return
        self._looked = now
        slices = 0
        for step, places in self._steps(now, local.date()).items():
            for begin in range(0, len(places), MOST_PLACES):
                while self._take(step, places[begin : begin + MOST_PLACES], now, local.date()):
                    slices += 1
                slices += 1
            if slices >= MOST_SLICES:
                self._looked = None  # other tasks wait: the rest at the next tick
                return

    def _steps(self, now: datetime, today: date) -> Mapping[Step, list[str]]:
        """What is due, and near which places."""
        with reading(self._engine) as connection:
            followed = connection.execute(_FOLLOWED).all()
            if not followed:
                return {}
            goods = {row.commodity for row in followed}
            quoting = Quoting(connection, self._knowledge.now(), today, now, goods)
            settled = Settled(connection, now)
            found: dict[Step, list[str]] = {}
            for row in followed:
                alike = Alike(row.commodity, row.told, row.told_as, row.told_on)
                step = _step(alike, quoting.best(row.commodity, row.near), settled, today)
                if step is not None:
                    found.setdefault(step, []).append(row.near)
        return found

    def _take(self, step: Step, places: Sequence[str], now: datetime, today: date) -> bool:
        """Do it for some of them, in one transaction. Returns whether there may be more."""
        with writing(self._engine) as connection:
            some = connection.execute(_some(step.alike, places)).all()
            if not some:
                return False
            learned: dict[str, Any] = {"told": step.usual, "told_as": told_as(step.quote)}
            if step.tells:
                learned["told_on"] = today
                self._tell(connection, step, {row.contact_id: row.since for row in some}, now, today)
            which = (_alert.c.commodity == step.alike.commodity, _alert.c.contact_id.in_([r.contact_id for r in some]))
            connection.execute(update(_alert).where(*which).values(learned))
        return len(some) == SLICE

    def _tell(self, connection: Connection, step: Step, since: dict[int, datetime], now: datetime, today: date) -> None:
        said = contacts.last_said(connection, since)
        to = [
            replace(one, asked=since[one.id])
            for one in recipients(connection, since)
            if one.id not in said or not said[one.id].holds_back(since[one.id])
        ]
        commodity, quote = step.alike.commodity, step.quote
        before = None if step.alike.told is None else from_minor(step.alike.told, quote.currency)
        near = self._knowledge.now().markets[quote.market].place
        notice = Notice(
            (alert.arrived(quote) if before is None else alert.moved(quote, Money(before, quote.currency)),),
            Purpose.SUBSCRIPTION,
            key=f"{about(commodity)}:{today}",
            about=about(commodity),
            expires=datetime.combine(today + timedelta(days=1), time(), self._settings.timezone),
            opens=alert.BEGINS,
            data={"commodity": commodity, "place": near},
        )
        if to:
            self._notices.tell(connection, to, notice, now)


def _some(alike: Alike, places: Sequence[str]) -> Any:
    """Some of the alerts that are alike, near these places, locked."""
    told = [_same(column, value) for column, value in zip(_TOLD, alike[1:], strict=True)]
    return (
        select(_alert.c.contact_id, _alert.c.since)
        .select_from(_WITH_PLACE)
        .where(_alert.c.commodity == alike.commodity, _NEAR.in_(places), *told)
        .order_by(_alert.c.contact_id)
        .limit(SLICE)
        .with_for_update(of=_alert, skip_locked=True)
    )


def _same(column: Any, value: Any) -> ColumnElement[bool]:
    same: ColumnElement[bool] = column.is_(None) if value is None else column == value
    return same


def _step(alike: Alike, quote: Quote | None, settled: Settled, today: date) -> Step | None:
    """What is due for alike alerts: nothing where the price is old, has not moved, or may yet be taken back."""
    if quote is None or quote.old:
        return None
    usual = to_minor(quote.usual, quote.currency)
    if alike.told_as == AWAITED:
        certain = settled.usual(quote)
        return None if certain is None else Step(alike, quote, certain, tells=True)
    if alike.told is None or alike.told_as != told_as(quote):
        certain = settled.usual(quote)
        return None if certain is None else Step(alike, quote, certain, tells=False)
    if alike.told_on == today or not has_moved(usual, alike.told):
        return None
    certain = settled.usual(quote)
    if certain is None or not has_moved(certain, alike.told) or (certain > alike.told) != (usual > alike.told):
        return None
    return Step(alike, quote, usual, tells=True)


def has_moved(usual: int, told: int) -> bool:
    """Whether a price is 5 % or more away from another."""
    return abs(usual - told) * PARTS_OF_PRICE >= told


def told_as(quote: Quote) -> str:
    """What two prices must share to be compared."""
    return "|".join((quote.market, quote.level, quote.unit, quote.currency, quote.grade))


class Settled:
    """The reports that nobody can correct any more: what they say does not turn out a slip of a key."""

    def __init__(self, connection: Connection, now: datetime):
        self._connection = connection
        self._until = now - CORRECTABLE
        self._found: dict[tuple[str, str, date], int | None] = {}

    def usual(self, quote: Quote) -> int | None:
        """The median of what they say, in smallest units; None while there is none."""
        key = quote.commodity, told_as(quote), quote.day
        if key not in self._found:
            self._found[key] = self._read(quote)
        return self._found[key]

    def _read(self, quote: Quote) -> int | None:
        names = ("commodity", "market", "level", "grade", "unit", "currency")
        reports: Sequence[int] = (
            self._connection.execute(
                select(_report.c.usual).where(
                    *(_report.c[name] == getattr(quote, name) for name in names),
                    _report.c.observed_on == quote.day,
                    _report.c.state == ReportState.ACCEPTED,
                    _report.c.created_at <= self._until,
                )
            )
            .scalars()
            .all()
        )
        return int(statistics.median(reports)) if reports else None
