"""Prices as a conversation asks for them. Owns which price may be quoted and which report is held.

Reads few rows by index, however long the history: the newest price of a dozen near markets, two weeks of one.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row

from bot.prices.knowledge import Known
from bot.prices.queries import (
    ASKING_MOST,
    HELD_OF,
    HISTORY_OF,
    LAST_REPORT,
    MOST_ASKED,
    NEAR,
    NEAR_PRICES,
    NEWEST_PRICES,
    OWN_MARKETS,
    Latest,
)
from bot.prices.reference import groups
from bot.prices.units import ROUGH_RIEL, from_minor, holds, per_base, to_minor
from flows.events import Draft
from flows.facts import Found, LastReport, Quote, Verdict

FRESH, QUOTABLE = 2, 7  # days; after these a price is said to be old, then withheld
FRESH_PERISHABLE, QUOTABLE_PERISHABLE = 1, 3
HISTORY = timedelta(days=14)
OUT_OF_LINE = Decimal("0.30")
AGREES = Decimal("0.10")  # how near a second reporter must be to release a held report
AGREES_WITHIN = timedelta(days=1)
CORRECTABLE = timedelta(minutes=30)
NOTICEABLE = Decimal("0.01")  # a smaller move is called steady


def freshness(age: int, *, perishable: bool) -> str:
    """fresh, old or withheld, for a price `age` days old."""
    fresh, quotable = (FRESH_PERISHABLE, QUOTABLE_PERISHABLE) if perishable else (FRESH, QUOTABLE)
    if age <= fresh:
        return "fresh"
    return "old" if age <= quotable else "withheld"


def trend(usual: int, before: int | None) -> str:
    """up, down or same against the last earlier day; empty when there is none."""
    if not before:
        return ""
    move = Decimal(usual - before) / before
    if abs(move) < NOTICEABLE:
        return "same"
    return "up" if move > 0 else "down"


class Quotable(NamedTuple):
    """A row that may be quoted, before the few that will be are made into quotes."""

    row: Latest
    age: int
    old: bool

    @property
    def kind(self) -> tuple[str, str, str, str]:
        """What two prices must share to stand in one sentence."""
        return self.row.level, self.row.unit, self.row.currency, self.row.grade

    def said(self) -> Quote:
        """The quote."""
        return _as_quote(self.row, self.age, old=self.old)


class PriceFacts:
    """What a flow may ask about prices, within one turn and its transaction."""

    def __init__(self, connection: Connection, known: Known, contact: int | None, today: date, now: datetime):
        self._connection = connection
        self._known = known
        self._contact = contact
        self._today = today
        self._now = now
        self._near_prices: dict[tuple[str, ...], list[Latest]] = {}  # asked for twice when a call tells and offers

    def find(self, commodity: str, place: str, market: str, level: str, unit: str) -> Found:
        if market not in self._known.markets:
            market = ""
        where = place or (self._known.markets[market].place if market else "")
        order = self._known.nearest(where)
        if market:
            order = (market, *(id for id in order if id != market))
        rows = self._near(commodity, order[:NEAR])
        quotes = self._quotes(rows, level or "wholesale", unit or self.usual_unit(commodity), order)
        if not quotes and len(order) > NEAR:
            rows = [Latest(*row) for row in self._connection.execute(NEWEST_PRICES, {"commodity": commodity})]
            quotes = self._quotes(rows, level or "wholesale", unit or self.usual_unit(commodity), order)
        return self._found(quotes, rows, place, market)

    def among(self, rows: Sequence[Latest], commodity: str, place: str) -> Found:
        """What `find` says of a commodity near a place, from all its newest prices, read before for many places."""
        order = self._known.nearest(place)
        close = set(order[:NEAR])
        near = [row for row in rows if row.market in close]
        quotes = self._quotes(near, "wholesale", self.usual_unit(commodity), order)
        if not quotes and len(order) > NEAR:
            near = sorted(rows, key=lambda row: row.observed_on, reverse=True)[:NEAR]
            quotes = self._quotes(near, "wholesale", self.usual_unit(commodity), order)
        return self._found(quotes, near, place, "")

    def _near(self, commodity: str, markets: Sequence[str]) -> list[Latest]:
        asked = (commodity, *markets)
        if (rows := self._near_prices.get(asked)) is None:
            padded = [*markets, *[""] * (NEAR - len(markets))]
            values = {f"m{number}": id for number, id in enumerate(padded)}
            found = self._connection.execute(NEAR_PRICES, {"commodity": commodity, **values})
            rows = self._near_prices[asked] = [Latest(*row) for row in found.all()]
        return rows

    def _quotes(self, rows: Iterable[Latest], level: str, unit: str, order: Sequence[str]) -> list[Quotable]:
        """One quotable price a market, in the order of nearness; level and unit as asked before any other."""
        best: dict[str, tuple[tuple[bool, bool, bool, str], Quotable]] = {}
        for row in rows:
            if row.market not in self._known.markets:
                continue
            age = max(0, (self._today - row.observed_on).days)
            good = self._known.goods.get(row.commodity)
            state = freshness(age, perishable=good is not None and good.perishable)
            if state == "withheld":
                continue
            fit = (row.level != level, row.unit != unit, row.currency != "khr", row.grade)
            if row.market not in best or fit < best[row.market][0]:
                best[row.market] = fit, Quotable(row, age, state == "old")
        return [best[market][1] for market in order if market in best]

    def _found(self, quotes: list[Quotable], rows: Sequence[Latest], place: str, market: str) -> Found:
        inside = [
            quote
            for quote in quotes
            if (quote.row.market == market if market else not place or self._known.inside(quote.row.market, place))
        ]
        # Where it was asked for, an old price beats a fresh one elsewhere; else the nearest fresh one wins.
        best = min(inside or quotes, key=lambda quote: quote.old, default=None)
        if best is None:
            last = max(rows, key=lambda row: row.observed_on, default=None)
            age = 0 if last is None else (self._today - last.observed_on).days
            return Found(last=None if last is None else _as_quote(last, age, old=True))
        same = best.kind
        others = [quote for quote in quotes if quote is not best and not quote.old and quote.kind == same]
        return Found(best=best.said(), here=bool(inside), others=tuple(quote.said() for quote in others[:2]))

    def asked_most(self, commodities: tuple[str, ...], place: str) -> tuple[str, ...]:
        province = self._connection.execute(MOST_ASKED, {"province": place[:2]}).scalars()
        goods = self._known.goods
        by_rank = sorted(goods, key=lambda id: goods[id].rank)
        return tuple(dict.fromkeys(id for id in (*commodities, *province, *by_rank) if id in goods))

    def provinces(self) -> tuple[str, ...]:
        asking = self._connection.execute(ASKING_MOST).scalars()
        with_markets = (market.place[:2] for market in self._known.markets.values())
        return tuple(dict.fromkeys((*asking, *with_markets, *self._known.lexicon.provinces())))

    def markets_in(self, place: str) -> tuple[str, ...]:
        return tuple(id for id in self._known.nearest(place) if self._known.inside(id, place))

    def market_place(self, market: str) -> str:
        return self._known.markets[market].place if market in self._known.markets else ""

    def usual_unit(self, commodity: str) -> str:
        good = self._known.goods.get(commodity)
        return good.unit if good else "kg"

    def standard(self, draft: Draft) -> Draft:
        base = self.usual_unit(draft.commodity)
        factor = per_base(draft.unit, base)
        if draft.unit == base or factor is None:
            return draft
        low, high, usual = (amount / factor for amount in (draft.low, draft.high, draft.usual))
        return replace(draft, unit=base, low=low, high=high, usual=usual)

    def check(self, draft: Draft) -> Verdict:
        if not draft.low <= draft.usual <= draft.high:
            return Verdict("inconsistent")
        verdict = self._outside(draft)
        if verdict.fault and self._contact is not None:
            agreed = bool(agreeing(self._connection, draft, self._contact))
            return replace(verdict, agreed=agreed)
        return verdict

    def _outside(self, draft: Draft) -> Verdict:
        """Held against the plausible range, then against the two weeks before at this market."""
        if draft.low <= 0:
            return Verdict("implausible")
        median = self._median(draft)
        good = self._known.goods.get(draft.commodity)
        if good is not None:
            packed = holds(draft.unit, good.unit, draft.commodity)
            if packed is None:
                return Verdict("implausible")  # nobody sells it by this unit
            riel = ROUGH_RIEL[draft.currency]
            low, high = good.low * packed[0] / riel, good.high * packed[1] / riel
            if not (low <= draft.low and draft.high <= high):
                return Verdict("implausible", _meant(draft.usual, low, high, median))
        if median and abs(draft.usual - median) > OUT_OF_LINE * median:
            return Verdict("out_of_line", _meant(draft.usual, median * 7 / 10, median * 13 / 10, median))
        return Verdict()

    def _median(self, draft: Draft) -> Decimal | None:
        names = ("commodity", "market", "level", "unit", "currency")
        values = {name: getattr(draft, name) for name in names} | {"grade": ""}
        values |= {"since": draft.day - HISTORY, "day": draft.day}
        usual = self._connection.execute(HISTORY_OF, values).scalars().all()
        return from_minor(int(statistics.median(usual)), draft.currency) if usual else None

    def last_report(self) -> LastReport | None:
        row = self._connection.execute(
            LAST_REPORT, {"contact": self._contact, "since": self._now - CORRECTABLE}
        ).one_or_none()
        return None if row is None else LastReport(row.id, draft_of(row))

    def own_market(self) -> str:
        markets = set(self._connection.execute(OWN_MARKETS, {"contact": self._contact}).scalars())
        return markets.pop() if len(markets) == 1 else ""

    def alike(self, commodity: str) -> tuple[str, ...]:
        return self._known.lexicon.alike(commodity)

    def groups(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(groups().values()))

    def of_group(self, group: str) -> tuple[str, ...]:
        goods = self._known.goods
        return tuple(sorted((id for id in goods if groups().get(id) == group), key=lambda id: goods[id].rank))


def agreeing(connection: Connection, draft: Draft, contact: int) -> list[Row[*tuple[Any, ...]]]:
    """Held reports of others for the same thing, a day back at most, whose usual price is near this one."""
    usual = amounts(draft)["usual"]
    values = {name: getattr(draft, name) for name in ("commodity", "market", "level", "unit", "currency")}
    rows = connection.execute(
        HELD_OF, {**values, "since": draft.day - AGREES_WITHIN, "until": draft.day, "contact": contact}
    ).all()
    return [row for row in rows if abs(row.usual - usual) <= AGREES * max(row.usual, usual)]


def draft_of(row: Row[*tuple[Any, ...]]) -> Draft:
    """The draft a report's row holds."""
    return Draft(
        commodity=row.commodity,
        market=row.market,
        level=row.level,
        unit=row.unit,
        currency=row.currency,
        low=from_minor(row.low, row.currency),
        high=from_minor(row.high, row.currency),
        usual=from_minor(row.usual, row.currency),
        day=row.observed_on,
    )


def amounts(draft: Draft) -> dict[str, int]:
    """The draft's low, high and usual as they are stored."""
    return {name: to_minor(getattr(draft, name), draft.currency) for name in ("low", "high", "usual")}


def _as_quote(row: Latest, age: int, *, old: bool) -> Quote:
    return Quote(
        commodity=row.commodity,
        grade=row.grade,
        market=row.market,
        level=row.level,
        unit=row.unit,
        currency=row.currency,
        low=from_minor(row.low, row.currency),
        high=from_minor(row.high, row.currency),
        usual=from_minor(row.usual, row.currency),
        reporters=row.reporters,
        day=row.observed_on,
        age=age,
        old=old,
        trend=trend(row.usual, row.before),
    )


def _meant(usual: Decimal, low: Decimal, high: Decimal, median: Decimal | None) -> Decimal | None:
    """The price a slip explains: a zero too many or too few, or thousands left out."""
    slips = [usual * factor for factor in (Decimal("0.1"), Decimal(10), Decimal(1000), Decimal("0.01"))]
    fitting = [slip for slip in slips if low <= slip <= high]
    if median:
        fitting.sort(key=lambda slip: abs(slip - median))
    return fitting[0].normalize() + 0 if fitting else None
