"""Whose an issue is: by category and place, else the parent; and which offices are above and below one.

Reads the offices; moves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, or_, select

from bot.db import table
from bot.issues.models import Level, Office, OfficeCategory, Official, Reached

MOST_LEVELS = 10  # of offices above each other: a list with a circle ends there
# An office knows its own place best: the smallest answers first.
_RANK = {level: number for number, level in enumerate(Level)}
_office, _answers_for, _official = table(Office), table(OfficeCategory), table(Official)
# An official who has said, from their telephone or e-mail, that they are one.
CONFIRMED = and_(
    _official.c.removed_at.is_(None),
    or_(_official.c.phone == Reached.CONFIRMED, _official.c.mail == Reached.CONFIRMED),
)


def office_for(connection: Connection, category: str, place: str, *, above: bool) -> int | None:
    """The office in charge; None when staff have to say.

    It is the one of the smallest place around `place` that answers for the category, by name before one that answers
    for everything. `above`: it goes to that office's parent, or to staff where there is none.
    """
    around = [place[:length] for length in (6, 4, 2) if len(place) >= length]
    named = exists().where(_answers_for.c.office_id == _office.c.id, _answers_for.c.category == category)
    any_named = exists().where(_answers_for.c.office_id == _office.c.id)
    rows = connection.execute(
        select(_office.c.id, _office.c.level, _office.c.parent_id, named.label("named"))
        .where(_covers(around), or_(named, ~any_named))
        .order_by(func.length(_office.c.place).desc(), _office.c.id)
    ).all()
    if not rows:
        return None
    first = min(rows, key=lambda row: (_RANK[Level(row.level)], not row.named))
    return first.parent_id if above else int(first.id)


def answering(connection: Connection, office: int | None) -> int | None:
    """Who gets what is meant for an office: itself, else the nearest above it of which somebody has confirmed.

    Where nobody up to the top has, it stays with the office: staff find it among what is stuck.
    """
    above = [office, *ancestors(connection, office)] if office is not None else []
    rows = connection.execute(select(_official.c.office_id).where(_official.c.office_id.in_(above), CONFIRMED))
    heard = set(rows.scalars()) if above else set()
    return next((one for one in above if one in heard), office)


def _covers(around: Sequence[str]) -> ColumnElement[bool]:
    return or_(_office.c.place.in_(around), _office.c.level == Level.MINISTRY)


def ancestors(connection: Connection, office: int | None) -> list[int]:
    """The offices above one, nearest first."""
    found: list[int] = []
    while office is not None and len(found) < MOST_LEVELS:
        office = connection.execute(select(_office.c.parent_id).where(_office.c.id == office)).scalar_one_or_none()
        if office is None or office in found:
            break
        found.append(office)
    return found


def transfer_targets(
    connection: Connection, office: int, place: str, size: int = 50
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Where an office may pass an issue of a place: its parent, the offices beside it and those right below, but none
    of another province, which could do nothing there. id, names, level."""
    own = select(_office.c.parent_id).where(_office.c.id == office).scalar_subquery()
    near = or_(_office.c.id == own, _office.c.parent_id == own, _office.c.parent_id == office)
    there = or_(_office.c.place == "", func.substr(_office.c.place, 1, 2) == place[:2])
    rows = select(_office.c.id, _office.c.name_km, _office.c.name_en, _office.c.level).where(near, there)
    return connection.execute(
        rows.where(_office.c.id != office)
        .order_by(_office.c.id != own, _office.c.parent_id != own, _office.c.id)
        .limit(size)
    ).all()
