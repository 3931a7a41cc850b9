"""The queries of price facts: few rows by index, however long the history."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from bot.db import table
from bot.prices.models import Interest, LatestPrice, Price, PriceReport, ReportState

NEAR = 12  # markets looked at for one question


class Latest(NamedTuple):
    """A row of latest_price. Its fields are read far more often than a row of the library likes to be."""

    commodity: str
    market: str
    level: str
    grade: str
    unit: str
    currency: str
    observed_on: date
    low: int
    high: int
    usual: int
    reporters: int
    before: int | None


_latest = table(LatestPrice)
NEAR_PRICES = select(*(_latest.c[name] for name in Latest._fields)).where(
    _latest.c.commodity == bindparam("commodity"),
    _latest.c.market.in_([bindparam(f"m{number}") for number in range(NEAR)]),
)
ALL_PRICES = select(*(_latest.c[name] for name in Latest._fields))
NEWEST_PRICES = (
    select(*(_latest.c[name] for name in Latest._fields))
    .where(_latest.c.commodity == bindparam("commodity"))
    .order_by(_latest.c.observed_on.desc())
    .limit(NEAR)
)
_report = table(PriceReport)
LAST_REPORT = (
    select(_report)
    .where(
        _report.c.contact_id == bindparam("contact"),
        _report.c.state.in_([ReportState.ACCEPTED, ReportState.HELD]),
        _report.c.created_at >= bindparam("since"),
    )
    .order_by(_report.c.id.desc())
    .limit(1)
)
OWN_MARKETS = (
    select(_report.c.market)
    .where(
        _report.c.contact_id == bindparam("contact"),
        _report.c.state.in_([ReportState.ACCEPTED, ReportState.HELD]),
    )
    .order_by(_report.c.id.desc())
    .limit(10)
)
HELD_OF = select(_report).where(
    *(_report.c[name] == bindparam(name) for name in ("commodity", "market", "level", "unit", "currency")),
    _report.c.grade == "",
    _report.c.observed_on.between(bindparam("since"), bindparam("until")),
    _report.c.state == ReportState.HELD,
    _report.c.reason.not_in(("inconsistent", "staff")),
    _report.c.contact_id != bindparam("contact"),
)
_price = table(Price)
HISTORY_OF = select(_price.c.usual).where(
    *(_price.c[name] == bindparam(name) for name in ("commodity", "market", "level", "grade", "unit", "currency")),
    _price.c.observed_on >= bindparam("since"),
    _price.c.observed_on < bindparam("day"),
)
MOST_ASKED = (
    select(Interest.commodity)
    .where(Interest.province == bindparam("province"))
    .order_by(Interest.asked.desc())
    .limit(4)
)
ASKING_MOST = select(Interest.province).group_by(Interest.province).order_by(func.sum(Interest.asked).desc()).limit(4)
