"""Markets and prices from an operator's CSV: all rows or none, and the same file twice changes nothing.

Staff lists count as approved: their prices are accepted, but an implausible one is held like anybody's until staff
release it. Nobody is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, RowMapping, bindparam, insert, select, update

from bot.csvfile import Fault, ImportOutcome, Row, read_csv
from bot.db import reading, table, writing
from bot.lists import judge_rows
from bot.prices.changes import raise_change
from bot.prices.daily import Key, refresh
from bot.prices.models import Commodity, Market, PriceReport, ReportState
from bot.prices.units import DECIMALS, LEVELS, UNITS, holds, in_riel, is_whole, standard_amount, to_minor
from bot.upsert import upsert

_MARKETS = ("id", "name_km", "name_en", "place")
_PRICES = ("observed_on", "commodity", "market", "level", "unit", "usual")
_PRICES_MAY = ("grade", "currency", "low", "high", "source")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
# Characters. Even the longest of both leave an answer's barest wording within two parts of an SMS.
LONGEST_NAME, LONGEST_GRADE = 40, 20
HELD = "held until staff release it: flask prices list"
_CHUNK = 5000  # rows written at once
_market, _report = table(Market), table(PriceReport)


class Listed(NamedTuple):
    """One price of a list, amounts in the smallest unit of the key's currency. `fault`: why it is held, if it is."""

    key: Key
    day: date
    source: str
    low: int
    high: int
    usual: int
    fault: str = ""


def import_markets(engine: Engine, path: Path) -> ImportOutcome:
    """Add and change markets. Running processes see the raised counter and read them anew."""
    rows, faults = read_csv(path, _MARKETS, ("reference",))
    judged = judge_rows(rows, _read_market, lambda said: (said["id"],), "id")
    if faults := sorted(faults + judged.faults):
        return ImportOutcome(faults=tuple(faults))
    markets = list(judged.kept.values())
    with writing(engine) as connection:
        there = {row["id"]: row for row in connection.execute(select(_market)).mappings()}
        added = [{"reference": False, **said} for said in markets if said["id"] not in there]
        changed = [
            {**there[said["id"]], **said}
            for said in markets
            if said["id"] in there and {**there[said["id"]], **said} != there[said["id"]]
        ]
        if added or changed:
            connection.execute(upsert(connection, Market), added + changed)
            raise_change(connection, "markets")
    return ImportOutcome(len(added), len(changed), len(markets) - len(added) - len(changed))


def _read_market(row: Row) -> dict[str, Any] | None:
    id = row.text("id", 40, needed=True)
    if id and not _ID.fullmatch(id):
        row.fault("id", "use letters a to z, digits, - and _ only, such as phsar_leu")
    said: dict[str, Any] = {
        "id": id,
        "name_km": row.text("name_km", LONGEST_NAME, needed=True),
        "name_en": row.text("name_en", LONGEST_NAME, needed=True),
        "place": row.place("place", needed=True),
    }
    if row.has("reference"):
        said["reference"] = row.flag("reference")
    return None if row.faults else said


@dataclass(frozen=True, slots=True)
class _Known:
    """What a row of a list of prices may name."""

    goods: Mapping[str, RowMapping]
    markets: frozenset[str]
    today: date


def import_prices(engine: Engine, path: Path, today: date, now: datetime) -> ImportOutcome:
    """Add prices as accepted reports; the same source's earlier report of the same key and day is replaced.

    Notes list prices outside the commodity's plausible range: they are held until staff release them.
    """
    rows, faults = read_csv(path, _PRICES, _PRICES_MAY)
    with reading(engine) as connection:
        goods = {row["id"]: row for row in connection.execute(select(table(Commodity))).mappings()}
        known = _Known(goods, frozenset(connection.execute(select(_market.c.id)).scalars()), today)
    judged = judge_rows(
        rows,
        lambda row: _read_price(row, known),
        lambda price: (*price.key, price.day.isoformat(), price.source),
        "usual",
    )
    if faults := sorted(faults + judged.faults):
        return ImportOutcome(faults=tuple(faults))
    listed = judged.kept
    notes = [note for line, said in listed.items() if (note := _implausible(line, said, goods))]
    for note in notes:
        listed[note.line] = listed[note.line]._replace(fault="implausible")
    with writing(engine) as connection:
        added, changed, kept = store_prices(connection, list(listed.values()), now)
    if kept:
        notes.append(Fault(0, "", f"{kept} prices that staff held or rejected stay so; see flask prices"))
    return ImportOutcome(added, changed, len(listed) - added - changed, notes=tuple(notes))


def _read_price(row: Row, known: _Known) -> Listed | None:
    units = f"use one of {', '.join(sorted(UNITS))}"
    market = row.values["market"]
    if market not in known.markets:  # small letters are tried only then: an id may have capitals
        market = row.one_of("market", known.markets, hint="import it first: flask import markets FILE") or ""
    commodity = row.one_of("commodity", known.goods, hint="the ids stand in bot/prices/data/commodities.csv")
    level = row.one_of("level", LEVELS)
    unit = row.one_of("unit", UNITS, hint=units)
    currency = row.one_of("currency", DECIMALS, needed=False)
    grade = row.text("grade", LONGEST_GRADE)
    source = row.text("source", 80)
    day = row.day("observed_on", known.today)
    usual = row.amount("usual")
    low = row.amount("low") if row.values.get("low") else usual
    high = row.amount("high") if row.values.get("high") else usual
    if not (commodity and market and level and unit and day and low and high and usual) or row.faults:
        return None
    currency = currency or "khr"
    if not low <= usual <= high:
        row.fault("usual", "is not between low and high; check the three amounts")
    for name, amount in (("low", low), ("high", high), ("usual", usual)):
        if not is_whole(amount, currency):
            row.fault(name, f"has more decimals than {currency} has: {DECIMALS[currency]}")
    if row.faults:
        return None
    unit, amounts = _per_base((low, high, usual), unit, str(known.goods[commodity]["unit"]), currency)
    key = Key(commodity, market, level, grade or "", unit, currency)
    low_minor, high_minor, usual_minor = (to_minor(amount, currency) for amount in amounts)
    return Listed(key, day, source or "list", low_minor, high_minor, usual_minor)


def _per_base(amounts: tuple[Decimal, ...], unit: str, base: str, currency: str) -> tuple[str, tuple[Decimal, ...]]:
    """The amounts per base unit where all three are exact, else as they are."""
    if unit == base:
        return unit, amounts
    exact = [standard_amount(amount, unit, base, currency) for amount in amounts]
    converted = tuple(amount for amount in exact if amount is not None)
    return (base, converted) if len(converted) == len(amounts) else (unit, amounts)


def _implausible(line: int, said: Listed, goods: Mapping[str, RowMapping]) -> Fault | None:
    key, rule = said.key, goods[said.key.commodity]
    packed = holds(key.unit, rule["unit"], key.commodity)
    if packed is None:
        return Fault(line, "unit", f"{key.commodity} is sold by the {rule['unit']}, not the {key.unit}; {HELD}")
    low, high = in_riel(said.low, key.currency), in_riel(said.high, key.currency)
    least, most = round(rule["low"] * packed[0]), round(rule["high"] * packed[1])
    if least <= low and high <= most:
        return None
    return Fault(line, "usual", f"{key.commodity} is outside {least} to {most} riel a {key.unit}; {HELD}")


_OF_LISTS = select(
    *(_report.c[name] for name in ("id", "observed_on", "source", "low", "high", "usual", "state"))
).where(
    *(_report.c[name] == bindparam(name) for name in Key._fields),
    _report.c.observed_on.between(bindparam("first"), bindparam("last")),
    _report.c.contact_id.is_(None),
    _report.c.state != ReportState.SUPERSEDED,
)
_SUPERSEDE = update(_report).where(_report.c.id == bindparam("at")).values(state=ReportState.SUPERSEDED)


def store_prices(connection: Connection, prices: Sequence[Listed], now: datetime) -> tuple[int, int, int]:
    """Write prices of lists and remake the quoted ones. Gives how many were new, how many replaced another,
    and how many were left as they are because staff held or rejected exactly these."""
    there = _reports_of_lists(connection, prices)
    added: list[Listed] = []
    changed: list[Listed] = []
    superseded: list[dict[str, int]] = []
    kept = 0
    for price in prices:
        earlier = there.get((price.key, price.day, price.source))
        if earlier is None:
            added.append(price)
        elif (earlier.low, earlier.high, earlier.usual) != price[3:6]:
            changed.append(price)
            superseded.append({"at": earlier.id})
        else:
            kept += earlier.state != ReportState.ACCEPTED
    if superseded:
        connection.execute(_SUPERSEDE, superseded)
    fresh = added + changed
    for start in range(0, len(fresh), _CHUNK):
        connection.execute(insert(_report), [_as_row(price, now) for price in fresh[start : start + _CHUNK]])
    refresh(connection, ((price.key, price.day) for price in fresh))
    return len(added), len(changed), kept


def _reports_of_lists(connection: Connection, prices: Iterable[Listed]) -> dict[tuple[Key, date, str], Any]:
    days: dict[Key, list[date]] = {}
    for price in prices:
        days.setdefault(price.key, []).append(price.day)
    return {
        (key, row.observed_on, row.source): row
        for key, of_key in days.items()
        for row in connection.execute(_OF_LISTS, {**key._asdict(), "first": min(of_key), "last": max(of_key)})
    }


def _as_row(price: Listed, now: datetime) -> dict[str, Any]:
    return {
        **price.key._asdict(),
        "observed_on": price.day,
        "low": price.low,
        "high": price.high,
        "usual": price.usual,
        "state": ReportState.HELD if price.fault else ReportState.ACCEPTED,
        "reason": price.fault,
        "source": price.source,
        "contact_id": None,
        "created_at": now,
    }
