"""Price reports as they are written down. Owns what is accepted, held, superseded and released.

Every change of a report remakes the day's quoted price in the same transaction.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bot.db import table
from bot.prices.daily import Key, refresh
from bot.prices.facts import CORRECTABLE, agreeing, amounts
from bot.prices.models import PriceReport, ReportState
from flows.events import Draft

COUNTING = (ReportState.ACCEPTED, ReportState.HELD)
_report = table(PriceReport)
_KEY = ("commodity", "market", "level", "grade", "unit", "currency")


def report(
    connection: Connection,
    draft: Draft,
    fault: str,
    contact: int,
    now: datetime,
    *also: tuple[Key, date],
) -> str:
    """Write a report down. Returns accepted, held or released (it agrees with somebody's held one).

    `also`: other days that changed in this transaction; all are remade at once, in one order, for no two turns
    to wait for each other.
    """
    key = _key(draft)
    released = agreeing(connection, draft, contact) if fault != "inconsistent" else []
    state = ReportState.HELD if fault and not released else ReportState.ACCEPTED
    _supersede(connection, key, draft.day, contact, state)
    connection.execute(
        insert(_report).values(
            **key._asdict(),
            **amounts(draft),
            observed_on=draft.day,
            state=state,
            reason=fault if state is ReportState.HELD else "",
            contact_id=contact,
            created_at=now,
        )
    )
    outcome = str(state)
    for row in released:
        if _settle(connection, row.id, ReportState.HELD, ReportState.ACCEPTED):
            outcome = "released"
    refresh(connection, {(key, draft.day), *also})
    return outcome


def correct(connection: Connection, id: int, draft: Draft, fault: str, contact: int, now: datetime) -> str:
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
    connection.execute(update(_report).where(_report.c.id == id).values(state=ReportState.SUPERSEDED))
    return report(connection, draft, fault, contact, now, (key_of(row), row.observed_on))


def release(connection: Connection, id: int) -> bool:
    """Accept a held report. False when there is no such held report."""
    return _settle(connection, id, ReportState.HELD, ReportState.ACCEPTED)


def hold(connection: Connection, id: int) -> bool:
    """Take an accepted report out of the quotes until it is released."""
    return _settle(connection, id, ReportState.ACCEPTED, ReportState.HELD, "staff")


def reject(connection: Connection, id: int) -> bool:
    """Refuse a held report for good."""
    return _settle(connection, id, ReportState.HELD, ReportState.REJECTED)


def key_of(row: Row[*tuple[Any, ...]]) -> Key:
    """The key a report's row counts under."""
    return Key(*(getattr(row, name) for name in Key._fields))


def _supersede(connection: Connection, key: Key, day: date, contact: int, state: ReportState, but: int = 0) -> None:
    """One report a reporter, key and day counts. A held one waits beside the accepted one it may replace."""
    replaced = COUNTING if state is ReportState.ACCEPTED else (ReportState.HELD,)
    connection.execute(
        update(_report)
        .where(
            *_is(key),
            _report.c.observed_on == day,
            _report.c.contact_id == contact,
            _report.c.state.in_(replaced),
            _report.c.id != but,
        )
        .values(state=ReportState.SUPERSEDED)
    )


def _settle(connection: Connection, id: int, at: ReportState, to: ReportState, reason: str = "") -> bool:
    row = connection.execute(
        update(_report)
        .where(_report.c.id == id, _report.c.state == at)
        .values(state=to, reason=reason)
        .returning(*_report.c)
    ).one_or_none()
    if row is None:
        return False
    if to is ReportState.ACCEPTED and row.contact_id is not None:
        _supersede(connection, key_of(row), row.observed_on, row.contact_id, to, but=id)
    refresh(connection, {(key_of(row), row.observed_on)})
    return True


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
