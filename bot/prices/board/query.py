"""The price board: what the public page shows of a market or a commodity, read in a few bounded statements.

Owns which price stands on the board for a good and in which group; how it looks is the page's. Reads
latest_price by the head of its key and price by its whole key for two weeks, never history as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, select

from bot.prices.daily import Key
from bot.prices.facts import QUOTABLE, freshness, trend
from bot.prices.models import Commodity, LatestPrice, Market, Price, PriceReport, ReportState
from bot.prices.reference import groups
from bot.prices.units import LEVELS
from flows.prompts import N_

DAYS = 14  # of a line, today among them
REMEMBERED = 56  # days for which a price too old to be shown is still spoken of

# What stands together on the board, in this order; data/commodities.csv says what stands where.
GROUPS = {
    "animals": N_("Animals, meat and fish"),
    "crops": N_("Rice and field crops"),
    "produce": N_("Vegetables and fruit"),
    "food": N_("Food and drink"),
    "crafts": N_("Crafts and forest"),
    "supplies": N_("Farm supplies, fuel and water"),
    "tools": N_("Tools, machines and household"),
    "building": N_("Building materials"),
    "labour": N_("Labour and transport"),
}
OTHER = N_("Other goods")


class Place(NamedTuple):
    """A market of the choice: its names, its official place code, whether others are measured by it."""

    id: str
    name_km: str
    name_en: str
    place: str
    reference: bool


class Good(NamedTuple):
    """What the board needs of a commodity."""

    id: str
    unit: str
    perishable: bool
    rank: int


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One line of the board. Amounts in the currency's smallest unit; `age` in days.

    `before` is the usual price of the last earlier day; `days` the usual prices of two weeks, oldest first.
    """

    key: Key
    day: date
    low: int
    high: int
    usual: int
    before: int | None
    age: int
    freshness: str  # fresh, old (shown, and said to be old), withheld
    days: tuple[tuple[date, int], ...] = ()

    @property
    def trend(self) -> str:
        """up, down, same, or "" where there is nothing to compare with or the price is old."""
        return trend(self.usual, self.before) if self.freshness == "fresh" else ""


@dataclass(frozen=True, slots=True)
class Board:
    """The lines that may be shown, those too old to be, the levels there are and where prices came from.

    An empty string among the sources stands for the enumerators.
    """

    lines: tuple[PriceRow, ...] = ()
    withheld: tuple[PriceRow, ...] = ()
    levels: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    level: str = ""  # the one asked for, if there is a price of it


def group_of(commodity: str) -> str:
    """The heading a commodity stands under."""
    return GROUPS.get(groups().get(commodity, ""), OTHER)


def read_markets(connection: Connection) -> dict[str, Place]:
    """Every market by its id, in the order of the choice: by place."""
    rows = connection.execute(
        select(Market.id, Market.name_km, Market.name_en, Market.place, Market.reference).order_by(
            Market.place, Market.id
        )
    )
    return {row.id: Place(*row) for row in rows}


def read_goods(connection: Connection) -> dict[str, Good]:
    """Every commodity by its id, the first to offer first."""
    rows = connection.execute(
        select(Commodity.id, Commodity.unit, Commodity.perishable, Commodity.rank).order_by(
            Commodity.rank, Commodity.id
        )
    )
    return {row.id: Good(*row) for row in rows}


def busiest_market(connection: Connection, today: date) -> str | None:
    """The market with most prices of the last week, if there is one. Reads the whole of latest_price."""
    count = func.count()
    return connection.execute(
        select(LatestPrice.market)
        .where(LatestPrice.observed_on >= today - timedelta(days=QUOTABLE))
        .group_by(LatestPrice.market)
        .order_by(count.desc(), LatestPrice.market)
        .limit(1)
    ).scalar()


def of_market(connection: Connection, goods: Mapping[str, Good], market: str, level: str, today: date) -> Board:
    """What a market's goods cost: one line for each good and grade, in the goods' order."""
    # The key begins with the commodity: with all of them named, each is one look into the index.
    wanted = and_(LatestPrice.commodity.in_(list(goods)), LatestPrice.market == market)
    board = _read(connection, goods, wanted, level, today)
    order = {id: place for place, id in enumerate(goods)}

    def rank(line: PriceRow) -> tuple[int, str]:
        return order[line.key.commodity], line.key.grade

    return replace(board, lines=tuple(sorted(board.lines, key=rank)), withheld=tuple(sorted(board.withheld, key=rank)))


def of_commodity(connection: Connection, goods: Mapping[str, Good], commodity: str, level: str, today: date) -> Board:
    """What a good costs at every market: one line for each market and grade, the best price first."""
    board = _read(connection, goods, LatestPrice.commodity == commodity, level, today)

    def best_first(line: PriceRow) -> tuple[str, str, str, int, str]:
        return line.key.grade, line.key.unit, line.key.currency, -line.usual, line.key.market

    return replace(
        board,
        lines=tuple(sorted(board.lines, key=best_first)),
        withheld=tuple(sorted(board.withheld, key=lambda line: (-line.day.toordinal(), line.key))),
    )


_KEY = tuple(getattr(LatestPrice, name) for name in Key._fields)


def _same_key(model: Any) -> ColumnElement[bool]:
    return and_(*(getattr(model, name) == column for name, column in zip(Key._fields, _KEY, strict=True)))


def _read(
    connection: Connection, goods: Mapping[str, Good], wanted: ColumnElement[bool], level: str, today: date
) -> Board:
    latest = connection.execute(
        select(
            *_KEY,
            LatestPrice.observed_on,
            LatestPrice.low,
            LatestPrice.high,
            LatestPrice.usual,
            LatestPrice.before,
        ).where(wanted)
    )
    every = [_line(row, goods, today) for row in latest]
    shown = [line for line in every if line.freshness != "withheld"]
    levels = tuple(known for known in LEVELS if any(line.key.level == known for line in shown))
    level = level if level in levels else ""
    lines = _one_a_good(shown, goods, level)
    there = {(line.key.commodity, line.key.market, line.key.grade) for line in shown}
    gone = [
        line
        for line in every
        if (line.key.commodity, line.key.market, line.key.grade) not in there and line.age <= REMEMBERED
    ]
    days = _history(connection, wanted, today) if lines else {}
    return Board(
        tuple(replace(line, days=tuple(days.get(line.key, ()))) for line in lines),
        tuple(_one_a_good(gone, goods, "")),
        levels,
        _sources(connection, wanted, today) if lines else (),
        level,
    )


def _line(row: Any, goods: Mapping[str, Good], today: date) -> PriceRow:
    key = Key(*row[: len(Key._fields)])
    age = max(0, (today - row.observed_on).days)
    fresh = freshness(age, perishable=goods[key.commodity].perishable)
    return PriceRow(key, row.observed_on, row.low, row.high, row.usual, row.before, age, fresh)


def _one_a_good(lines: Iterable[PriceRow], goods: Mapping[str, Good], level: str) -> list[PriceRow]:
    """The line to show for each good, grade and market: by level, then unit, currency and age."""
    best: dict[tuple[str, str, str], PriceRow] = {}
    for line in lines:
        if level and line.key.level != level:
            continue
        good = (line.key.commodity, line.key.grade, line.key.market)
        if good not in best or _preference(line, goods) < _preference(best[good], goods):
            best[good] = line
    return list(best.values())


def _preference(line: PriceRow, goods: Mapping[str, Good]) -> tuple[int, bool, bool, int, Key]:
    level = LEVELS.index(line.key.level) if line.key.level in LEVELS else len(LEVELS)
    unit = goods[line.key.commodity].unit
    return level, line.key.unit != unit, line.key.currency != "khr", line.age, line.key


def _history(connection: Connection, wanted: ColumnElement[bool], today: date) -> dict[Key, list[tuple[date, int]]]:
    """The usual prices of the last two weeks by key, oldest first."""
    rows = connection.execute(
        select(*_KEY, Price.observed_on, Price.usual)
        .select_from(LatestPrice)
        .join(Price, and_(_same_key(Price), Price.observed_on.between(today - timedelta(days=DAYS - 1), today)))
        .where(wanted, LatestPrice.observed_on >= today - timedelta(days=QUOTABLE))
        .order_by(Price.observed_on)
    )
    days: dict[Key, list[tuple[date, int]]] = {}
    for *key, day, usual in rows:
        days.setdefault(Key(*key), []).append((day, usual))
    return days


def _sources(connection: Connection, wanted: ColumnElement[bool], today: date) -> tuple[str, ...]:
    """Where the newest prices came from."""
    rows = connection.execute(
        select(PriceReport.source)
        .select_from(LatestPrice)
        .join(PriceReport, and_(_same_key(PriceReport), PriceReport.observed_on == LatestPrice.observed_on))
        .where(
            wanted,
            LatestPrice.observed_on >= today - timedelta(days=QUOTABLE),
            PriceReport.state == ReportState.ACCEPTED,
        )
        .distinct()
    )
    return tuple(sorted(rows.scalars()))
