"""Sample data to try the line with: markets, two weeks of invented prices, the simulator's invented people.

The same day always gives the same prices, so that it can be loaded again and again. Never for a real line.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from hashlib import blake2b
from math import sqrt
from pathlib import Path

from sqlalchemy import Engine

from bot.contacts.imports import import_contacts
from bot.csvfile import ImportOutcome
from bot.db import writing
from bot.prices.daily import Key
from bot.prices.imports import Listed, import_markets, store_prices
from bot.prices.reference import Rule, commodities, load_reference
from bot.vault import Vault

_DATA = Path(__file__).parent / "data"
DAYS = 14
SOURCES = ("sample", "sample 2")
# The markets that trade nearly everything, and how many of the first commodities each kind has.
_LARGE = (
    "doeum_kor",
    "kampong_cham",
    "phsar_leu",
    "boeung_chhouk",
    "takeo",
    "kampot",
    "prey_veng",
    "kampong_thom",
)
_SMALL = ("ta_khmau", "pursat", "kampong_chhnang", "suong")
_AT_LARGE, _AT_SMALL, _AT_RETAIL, _ALWAYS = 56, 16, 20, 12
_FARMGATE = ("pig_live", "rice_paddy", "cassava", "cashew", "pepper")
# These stopped some days ago: one reads what the line says of an old price, and of one too old to quote.
_STOPPED = {("pepper", "kampot"): 5, ("honey", "phsar_leu"): 5, ("cashew", "kampong_thom"): 10}
_LEVEL = {"farmgate": 0.88, "wholesale": 1.0, "retail": 1.12}


def load_demo(engine: Engine, vault: Vault, today: date, now: datetime) -> ImportOutcome:
    """Load the sample data up to today; a later day adds the days since. `now` carries the local zone."""
    with writing(engine) as connection:
        load_reference(connection)
    lists = (
        import_markets(engine, _DATA / "demo_markets.csv"),
        import_contacts(engine, vault, _DATA / "demo_contacts.csv", now),
    )
    prices = list(_prices(today))
    with writing(engine) as connection:
        added, changed, _ = store_prices(connection, prices, now)
    return ImportOutcome(
        added + sum(done.added for done in lists),
        changed + sum(done.changed for done in lists),
        len(prices) - added - changed + sum(done.unchanged for done in lists),
        tuple(fault for done in lists for fault in done.faults),
    )


def _prices(today: date) -> Iterator[Listed]:
    for rule, key in _keys():
        age = _STOPPED.get((key.commodity, key.market), 0)
        if key.level != "wholesale" and age:
            continue
        for back in range(age, DAYS):
            day = today - timedelta(back)
            # Nobody reports every day; what people try first is there every day.
            if rule.rank > _ALWAYS and back != age and _chance(*key, str(day)) < 0.15:
                continue
            for source in SOURCES[: 1 + (_chance(*key) < 0.3)]:
                yield _listed(rule, key, day, source)


def _keys() -> Iterator[tuple[Rule, Key]]:
    for rule in commodities()[:_AT_LARGE]:
        for market in (*_LARGE, *_SMALL):
            if market in _SMALL and rule.rank > _AT_SMALL:
                continue
            # Some markets do not have some goods.
            if rule.rank > _ALWAYS and _chance(rule.id, market) < 0.2:
                continue
            levels = ["wholesale"]
            if rule.rank <= _AT_RETAIL and market in _LARGE[:4]:
                levels.append("retail")
            if rule.id in _FARMGATE and market in _LARGE[1:4]:
                levels.append("farmgate")
            for level in levels:
                yield rule, Key(rule.id, market, level, "", rule.unit, "khr")


def _listed(rule: Rule, key: Key, day: date, source: str) -> Listed:
    """An invented price: the middle of what is plausible, a little apart by market, drifting week by week."""
    typical = sqrt(rule.low * rule.high) * _LEVEL[key.level]
    market = 0.94 + 0.12 * _chance(rule.id, key.market)
    week, weekday = divmod(day.toordinal(), 7)
    here, there = (_chance(*key, str(number)) - 0.5 for number in (week, week + 1))
    drift = 1 + 0.16 * (here + (there - here) * weekday / 7) + 0.02 * (_chance(*key, source, str(day)) - 0.5)
    step = _step(typical)
    usual = max(1, round(typical * market * drift / step)) * step
    apart = step * int(3 * _chance(*key, source, "range"))
    return Listed(key, day, source, max(step, usual - apart), usual + apart, usual)


def _step(typical: float) -> int:
    """What people round a price of this size to, in riel."""
    return next(step for below, step in ((500, 10), (5000, 50), (50_000, 100), (float("inf"), 1000)) if typical < below)


def _chance(*words: str) -> float:
    """A number from 0 to 1 that is always the same for the same words."""
    return int.from_bytes(blake2b("\n".join(words).encode(), digest_size=4).digest()) / 2**32
