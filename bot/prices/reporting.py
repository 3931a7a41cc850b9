"""Price reports as they are written down. Owns what is accepted, held, superseded and released.

Every change of a report remakes the day's quoted price in the same transaction.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bot.db import table
from bot.prices.daily import Key, refresh
from bot.prices.models import PriceReport, ReportState
from bot.prices.service import CORRECTABLE, amounts
from flows.events import Draft

AGREES = Decimal("0.10")  # how near a second reporter must be to release a held report
AGREES_WITHIN = timedelta(days=1)
COUNTING = (ReportState.ACCEPTED, ReportState.HELD)
_report = table(PriceReport)
_KEY = ("commodity", "market", "level", "grade", "unit", "currency")


def report(connection: Connection, draft: Draft, fault: str, contact: int, today: date, now: datetime) -> str:
    """Write a report down. Returns accepted, held or released (it agrees with somebody's held one)."""
    key = _key(draft)
    connection.execute(
        update(_report)
        .where(
            *_is(key),
            _report.c.observed_on == today,
            _report.c.contact_id == contact,
            _report.c.state.in_(COUNTING),
        )
        .values(state=ReportState.SUPERSEDED)
    )
    released = _agreeing(connection, key, draft, contact, today) if fault != "inconsistent" else []
    state = ReportState.HELD if fault and not released else ReportState.ACCEPTED
    connection.execute(
        insert(_report).values(
            **key._asdict(),
            **amounts(draft),
            observed_on=today,
            state=state,
            reason=fault if state is ReportState.HELD else "",
            contact_id=contact,
            created_at=now,
        )
    )
    days = {(key, today)}
    for row in released:
        _set(connection, row.id, ReportState.ACCEPTED)
        days.add((key, row.observed_on))
    refresh(connection, days)
    return "released" if released else str(state)


def correct(
    connection: Connection, id: int, draft: Draft, fault: str, contact: int, today: date, now: datetime
) -> str:
    """Replace this contact's report of the last 30 minutes. Returns as `report`, or too_late."""
    row = connection.execute(
        select(_report).where(
            _report.c.id == id,
            _report.c.contact_id == contact,
            _report.c.state.in_(COUNTING),
            _report.c.created_at >= now - CORRECTABLE,
        )
    ).one_or_none()
    if row is None:
        return "too_late"
    _set(connection, id, ReportState.SUPERSEDED)
    refresh(connection, {(key_of(row), row.observed_on)})
    return report(connection, draft, fault, contact, today, now)


def release(connection: Connection, id: int) -> bool:
    """Accept a held report. False when there is no such held report."""
    return _settle(connection, id, ReportState.HELD, ReportState.ACCEPTED)


def hold(connection: Connection, id: int) -> bool:
    """Take an accepted report out of the quotes until it is released."""
    return _settle(connection, id, ReportState.ACCEPTED, ReportState.HELD, "staff")


def reject(connection: Connection, id: int) -> bool:
    """Refuse a held report for good."""
    return _settle(connection, id, ReportState.HELD, ReportState.REJECTED)


def key_of(row: Row[Any]) -> Key:
    """The key a report's row counts under."""
    return Key(*(getattr(row, name) for name in Key._fields))


def _settle(connection: Connection, id: int, at: ReportState, to: ReportState, reason: str = "") -> bool:
    row = connection.execute(select(_report).where(_report.c.id == id, _report.c.state == at)).one_or_none()
    if row is None:
        return False
    _set(connection, id, to, reason)
    refresh(connection, {(key_of(row), row.observed_on)})
    return True


def _set(connection: Connection, id: int, state: ReportState, reason: str = "") -> None:
    connection.execute(update(_report).where(_report.c.id == id).values(state=state, reason=reason))


def _key(draft: Draft) -> Key:
    return Key(
        commodity=draft.commodity,
        market=draft.market,
        level=draft.level,
        grade="",
        unit=draft.unit,
        currency=draft.currency,
    )


def _is(key: Key) -> list[Any]:
    return [_report.c[name] == getattr(key, name) for name in _KEY]


def _agreeing(connection: Connection, key: Key, draft: Draft, contact: int, today: date) -> list[Row[Any]]:
    """Held reports of others for the same key, a day back at most, whose usual price is near this one."""
    rows = connection.execute(
        select(_report).where(
            *_is(key),
            _report.c.observed_on >= today - AGREES_WITHIN,
            _report.c.state == ReportState.HELD,
            _report.c.reason != "inconsistent",
            _report.c.contact_id != contact,
        )
    ).all()
    usual = amounts(draft)["usual"]
    return [row for row in rows if abs(row.usual - usual) <= AGREES * max(row.usual, usual)]
