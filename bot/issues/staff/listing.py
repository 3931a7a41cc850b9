"""Issues as staff list them: by state, office, category, place; what is stuck. Nobody behind one is among it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, or_, select

from bot.db import table
from bot.issues.calendar import load_calendar
from bot.issues.models import Issue, Office, Official
from bot.issues.routing import CONFIRMED
from bot.issues.steps import LIVE, OPEN

HELD_FOR = 2  # working days with staff, from which on it is stuck
MOST_STEPS = 3  # after the last one upwards it is stuck
_issue, _office, _official = table(Issue), table(Office), table(Official)
_meant = table(Office).alias("meant")


def _unheard(office: ColumnElement[int | None]) -> ColumnElement[bool]:
    """Whether nobody of an office has confirmed."""
    return and_(office.is_not(None), ~exists().where(_official.c.office_id == office, CONFIRMED))


_SHOWN = (
    _issue.c.id,
    _issue.c.code,
    _issue.c.category,
    _issue.c.place,
    _issue.c.state,
    _issue.c.voices,
    _issue.c.overdue,
    _issue.c.office_at,
    _issue.c.hidden,
    _issue.c.created_at,
    _office.c.code.label("office"),
    _meant.c.code.label("meant_for"),
    _unheard(_issue.c.meant_for_id).label("meant_unheard"),
    _unheard(_issue.c.office_id).label("unheard"),
)
_ROWS = select(*_SHOWN).select_from(
    _issue.outerjoin(_office, _office.c.id == _issue.c.office_id).outerjoin(
        _meant, _meant.c.id == _issue.c.meant_for_id
    )
)


def page(
    connection: Connection,
    *,
    state: str = "",
    office: str = "",
    category: str = "",
    place: str = "",
    before: int = 0,
    size: int = 20,
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Up to `size` issues, the newest first, older than the issue `before` (an id). state: one, "open", or all."""
    which: list[ColumnElement[bool]] = []
    if state == "open":
        which.append(_issue.c.state.in_(OPEN))
    elif state:
        which.append(_issue.c.state == state)
    if office:
        which.append(_issue.c.office_id == select(_office.c.id).where(_office.c.code == office).scalar_subquery())
    if category:
        which.append(_issue.c.category == category)
    if place:
        column = {2: _issue.c.province, 4: _issue.c.district}.get(len(place), _issue.c.place)
        which += [column == place, _issue.c.province == place[:2]]
    if before:
        which.append(_issue.c.id < before)
    return connection.execute(_ROWS.where(*which).order_by(_issue.c.id.desc()).limit(size)).all()


def stuck(
    connection: Connection, zone: ZoneInfo, now: datetime, after: int = 0, size: int = 20
) -> Sequence[Row[*tuple[Any, ...]]]:
    """What does not go on by itself, oldest first: staff have held it for two working days, no office is in charge,
    the offices above have been told for the last time, or nobody of the office it is meant for has confirmed."""
    long_ago = load_calendar(connection, zone).begun_before(now, HELD_FOR)
    held = and_(_issue.c.office_at.is_(None), _issue.c.created_at < long_ago)
    nobodys = _issue.c.office_id.is_(None)
    given_up = and_(_issue.c.overdue >= MOST_STEPS, _issue.c.state.in_(OPEN))
    unheard = and_(
        _issue.c.state.in_(OPEN),
        _issue.c.office_at.is_not(None),
        or_(_unheard(_issue.c.meant_for_id), _unheard(_issue.c.office_id)),
    )
    live = _issue.c.state.in_(LIVE)
    return connection.execute(
        _ROWS.where(live, or_(held, nobodys, given_up, unheard), _issue.c.id > after).order_by(_issue.c.id).limit(size)
    ).all()


def why_stuck(row: Row[*tuple[Any, ...]]) -> str:
    """In words."""
    if row.office is None:
        return "no office"
    if row.office_at is None:
        return "held by staff"
    if row.overdue >= MOST_STEPS:
        return "nobody answers"
    if row.meant_unheard:
        return f"meant for {row.meant_for}, of which nobody has confirmed; see: flask offices invite {row.meant_for}"
    return f"nobody of the office has confirmed; see: flask offices invite {row.office}"
