"""The task of the public board: what was raised, answered and solved, in sum, by category, province and office.

Owns what counts: only issues that everybody may know of. An office with few of them has no line of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Row,
    and_,
    delete,
    func,
    or_,
    select,
    update,
)

from bot.db import reading, table, writing
from bot.issues.models import Figure, Issue, IssueState, PlaceCount
from bot.issues.steps import OPEN
from bot.issues.visibility import FEWEST
from bot.upsert import upsert

TOTAL, CATEGORY, PROVINCE, OFFICE = "total", "category", "province", "office"
ALL = "all"  # the key of the total
_issue, _figure, _counted = table(Issue), table(Figure), table(PlaceCount)

# The states an issue can be in that everybody may know of.
_UNKNOWN = (IssueState.MERGED, IssueState.REJECTED, IssueState.WITHDRAWN)
KNOWN = tuple(state for state in IssueState if state not in _UNKNOWN)


def public(issue: FromClause) -> ColumnElement[bool]:
    """Whether everybody may know of these issues."""
    return and_(issue.c.office_at.is_not(None), ~issue.c.hidden, issue.c.state.in_(KNOWN))


PUBLIC = public(_issue)


def is_public(row: Row[*tuple[Any, ...]]) -> bool:
    """The same of one row."""
    return bool(row.office_at is not None and not row.hidden and row.state in KNOWN)


@dataclass(slots=True)
class Sum:
    """The counts of one line."""

    raised: int = 0
    answered: int = 0
    solved: int = 0
    overdue: int = 0
    acked: int = 0  # of those raised, the ones with a time to acknowledge
    closed: int = 0  # the ones with a time to resolve

    def add(self, other: Sum) -> None:
        """Count the other's in."""
        self.raised += other.raised
        self.answered += other.answered
        self.solved += other.solved
        self.overdue += other.overdue
        self.acked += other.acked
        self.closed += other.closed


class FiguresTeller:
    """Once a day, after midnight, tells what has become of the counts: nobody sees one move because of who acted."""

    def __init__(self, engine: Engine, zone: ZoneInfo):
        self._engine, self._zone = engine, zone

    def __call__(self, now: datetime) -> None:
        """Do it, if it is time. All lines change at once; those there is nothing to tell of any more vanish."""
        with reading(self._engine) as connection:
            if not self._is_due(connection, now):
                return
        with writing(self._engine) as connection:
            moved = update(_issue).where(_issue.c.voices_told != _issue.c.voices)
            connection.execute(moved.values(voices_told=_issue.c.voices))
            grown = update(_counted).where(_counted.c.told != _counted.c.people)
            connection.execute(grown.values(told=_counted.c.people))
        with reading(self._engine) as connection:
            sums = _sums(connection)
            rows = [
                {"kind": kind, "key": key, **_counts(one), **_medians(connection, kind, key, one), "at": now}
                for (kind, key), one in sums.items()
            ]
        with writing(self._engine) as connection:
            connection.execute(upsert(connection, Figure), rows)
            connection.execute(delete(_figure).where(_figure.c.at < now))

    def _is_due(self, connection: Connection, now: datetime) -> bool:
        """Whether it was not done today, and there is anything to tell of."""
        last = select(_figure.c.at).where(_figure.c.kind == TOTAL, _figure.c.key == ALL)
        if (at := connection.execute(last).scalar_one_or_none()) is not None:
            return bool(at.astimezone(self._zone).date() < now.astimezone(self._zone).date())
        return connection.execute(select(_issue.c.id).limit(1)).first() is not None


def _sums(connection: Connection) -> Mapping[tuple[str, str], Sum]:
    """Every line with its counts, in one pass over the issues."""
    answered = or_(_issue.c.answered_at.is_not(None), _issue.c.resolved_at.is_not(None))
    rows = connection.execute(
        select(
            _issue.c.category,
            _issue.c.province,
            _issue.c.office_id,
            func.count().label("raised"),
            func.count().filter(answered).label("answered"),
            func.count().filter(_issue.c.state == IssueState.CONFIRMED).label("solved"),
            func.count().filter(_issue.c.overdue > 0, _issue.c.state.in_(OPEN)).label("overdue"),
            func.count(_issue.c.ack_minutes).label("acked"),
            func.count(_issue.c.solve_minutes).label("closed"),
        )
        .where(PUBLIC)
        .group_by(_issue.c.category, _issue.c.province, _issue.c.office_id)
    )
    sums: dict[tuple[str, str], Sum] = defaultdict(Sum, {(TOTAL, ALL): Sum()})
    for row in rows:
        one = Sum(row.raised, row.answered, row.solved, row.overdue, row.acked, row.closed)
        sums[TOTAL, ALL].add(one)
        sums[CATEGORY, row.category].add(one)
        sums[PROVINCE, row.province].add(one)
        if row.office_id is not None:
            sums[OFFICE, str(row.office_id)].add(one)
    return {line: one for line, one in sums.items() if line[0] != OFFICE or one.raised >= FEWEST}


def _counts(one: Sum) -> dict[str, int]:
    return {"raised": one.raised, "answered": one.answered, "solved": one.solved, "overdue": one.overdue}


def _medians(connection: Connection, kind: str, key: str, one: Sum) -> dict[str, int | None]:
    """An office's median times, in minutes; other lines have none."""
    if kind != OFFICE:
        return {"ack_minutes": None, "solve_minutes": None}
    return {
        "ack_minutes": _median(connection, int(key), _issue.c.ack_minutes, one.acked),
        "solve_minutes": _median(connection, int(key), _issue.c.solve_minutes, one.closed),
    }


def _median(connection: Connection, office: int, column: Column[int | None], count: int) -> int | None:
    """The middle of so many values, read from the index; of an even number the mean of the two."""
    if count < FEWEST:
        return None
    middle = connection.execute(
        select(column)
        .where(_issue.c.office_id == office, column.is_not(None), PUBLIC)
        .order_by(column)
        .offset((count - 1) // 2)
        .limit(2 - count % 2)
    ).scalars()
    values = [value for value in middle if value is not None]
    return sum(values) // len(values) if values else None
