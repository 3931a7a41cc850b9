"""Prices that were asked for and that nobody has: counts by month, good and place, which lead to no person.

Owns how such a question is counted and listed. Whether there is a price is the flow's to find.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, func, select, update

from bot.db import table
from bot.prices.models import PriceWanted
from bot.upsert import insert_new

_wanted = table(PriceWanted)
PROVINCE = 2  # letters of a place's code that are kept: finer counts might point at somebody


def month_of(day: date) -> str:
    """A month as it is kept: 2026-11."""
    return f"{day:%Y-%m}"


def count(connection: Connection, commodity: str, place: str, day: date) -> None:
    """One more person asked."""
    key = {"month": month_of(day), "commodity": commodity, "province": place[:PROVINCE]}
    connection.execute(insert_new(connection, PriceWanted), {**key, "asked": 0})
    connection.execute(
        update(_wanted)
        .where(*(_wanted.c[name] == value for name, value in key.items()))
        .values(asked=_wanted.c.asked + 1)
    )


def listed(
    connection: Connection, since: str, *, commodity: str = "", province: str = "", after: int = 0, size: int = 20
) -> list[tuple[str, str, int, str]]:
    """Commodity, province, how often and the last month, most wanted first; `after`: how many to pass over."""
    asked = func.sum(_wanted.c.asked)
    statement = (
        select(_wanted.c.commodity, _wanted.c.province, asked, func.max(_wanted.c.month))
        .where(_wanted.c.month >= since)
        .group_by(_wanted.c.commodity, _wanted.c.province)
        .order_by(asked.desc(), _wanted.c.commodity, _wanted.c.province)
        .limit(size)
        .offset(after)
    )
    if commodity:
        statement = statement.where(_wanted.c.commodity == commodity)
    if province:
        statement = statement.where(_wanted.c.province == province)
    return [(row[0], row[1], int(row[2]), row[3]) for row in connection.execute(statement)]
