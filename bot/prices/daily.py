"""The prices that are quoted: each key's day made from its accepted reports, and the newest day of each key.

The only writer of `price` and `latest_price`. Whoever adds a report or changes its state calls `refresh` for
the day in the same transaction. Decides nothing about what may be accepted.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, delete, select, text

from bot.prices.models import LatestPrice, Price, PriceReport, ReportState
from bot.upsert import upsert


class Key(NamedTuple):
    """What a price is the price of: ids of the vocabulary; grade may be empty."""

    commodity: str
    market: str
    level: str
    grade: str
    unit: str
    currency: str


_Report = Row[date, int, int, int, int | None, str]

# An older price says nothing about the direction of the newest one.
COMPARABLE = timedelta(days=14)
_CHUNK = 2000  # rows written at once
_LOCKS = 512  # far below PostgreSQL's limit of locks in one transaction
_LOCK_CLASS = 7001  # tells these locks from other advisory locks
_TAKE_LOCKS = text("SELECT pg_advisory_xact_lock(:class, bucket) FROM unnest(CAST(:buckets AS integer[])) AS bucket")

_REPORTS = select(
    PriceReport.observed_on,
    PriceReport.low,
    PriceReport.high,
    PriceReport.usual,
    PriceReport.contact_id,
    PriceReport.source,
).where(
    *(getattr(PriceReport, name) == bindparam(name) for name in Key._fields),
    PriceReport.observed_on.between(bindparam("first"), bindparam("last")),
    PriceReport.state == ReportState.ACCEPTED,
)
_NEWEST = (
    select(Price.observed_on, Price.low, Price.high, Price.usual, Price.reporters)
    .where(*(getattr(Price, name) == bindparam(name) for name in Key._fields))
    .order_by(Price.observed_on.desc())
    .limit(2)
)
_DROP_DAY = delete(Price).where(
    *(getattr(Price, name) == bindparam(f"at_{name}") for name in (*Key._fields, "observed_on"))
)
_DROP_LATEST = delete(LatestPrice).where(
    *(getattr(LatestPrice, name) == bindparam(f"at_{name}") for name in Key._fields)
)


def refresh(connection: Connection, days: Iterable[tuple[Key, date]]) -> None:
    """Remake the quoted prices of these days, then the newest price of their keys.

    Four short statements for one day (five on PostgreSQL); chunked for many. The reports must be written
    before, in the same transaction.
    """
    touched: dict[Key, set[date]] = {}
    for key, day in days:
        touched.setdefault(key, set()).add(day)
    if not touched:
        return
    _lock(connection, touched)
    _remake_days(connection, touched)
    _remake_latest(connection, touched)


def _lock(connection: Connection, keys: Iterable[Key]) -> None:
    # Two reports of one key at once: each transaction would see only its own and the later would undo the
    # other. SQLite has one writer anyway; on PostgreSQL the second waits here and then reads both.
    if connection.dialect.name != "postgresql":
        return
    buckets = sorted({zlib.crc32("\n".join(key).encode()) % _LOCKS for key in keys})
    connection.execute(
        _TAKE_LOCKS,
        {"class": _LOCK_CLASS, "buckets": buckets},
    )


def _remake_days(connection: Connection, touched: Mapping[Key, set[date]]) -> None:
    made: list[dict[str, Any]] = []
    gone: list[dict[str, Any]] = []
    for key, days in touched.items():
        at = key._asdict()
        rows = connection.execute(_REPORTS, {**at, "first": min(days), "last": max(days)})
        of_day: dict[date, list[_Report]] = {}
        for row in rows:
            of_day.setdefault(row.observed_on, []).append(row)
        for day in days:
            if reports := of_day.get(day):
                made.append({**at, "observed_on": day, **_summary(reports)})
            else:
                gone.append({f"at_{name}": value for name, value in at.items()} | {"at_observed_on": day})
    if gone:
        connection.execute(_DROP_DAY, gone)
    for start in range(0, len(made), _CHUNK):
        connection.execute(upsert(connection, Price), made[start : start + _CHUNK])


def _summary(reports: Sequence[_Report]) -> dict[str, int]:
    """One day's price: the widest range, the median of what is usual, how many different reporters."""
    usual = sorted(report.usual for report in reports)
    middle = usual[(len(usual) - 1) // 2] + usual[len(usual) // 2]
    return {
        "low": min(report.low for report in reports),
        "high": max(report.high for report in reports),
        "usual": (middle + 1) // 2,  # half a riel is rounded up
        "reporters": len({report.contact_id or report.source for report in reports}),
    }


def _remake_latest(connection: Connection, keys: Iterable[Key]) -> None:
    made: list[dict[str, Any]] = []
    gone: list[dict[str, Any]] = []
    for key in keys:
        at = key._asdict()
        newest = connection.execute(_NEWEST, at).all()
        if not newest:
            gone.append({f"at_{name}": value for name, value in at.items()})
            continue
        latest = newest[0]
        comparable = len(newest) > 1 and latest.observed_on - newest[1].observed_on <= COMPARABLE
        made.append({**at, **latest._mapping, "before": newest[1].usual if comparable else None})
    if gone:
        connection.execute(_DROP_LATEST, gone)
    for start in range(0, len(made), _CHUNK):
        connection.execute(upsert(connection, LatestPrice), made[start : start + _CHUNK])
