"""`group:ID` in the segment of a broadcast: the confirmed members of a group, by its code or its number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, or_, select

from bot.broadcasts.segments import MOST_SHOWN, unknown
from bot.contacts.models import Contact
from bot.db import table
from bot.meetings.models import Group, Member, Membership

_group, _member = table(Group), table(Member)


def in_group(connection: Connection, value: str, _now: datetime) -> ColumnElement[bool]:
    """The members who confirmed. Raises SegmentError for a group nobody knows."""
    numbered = _group.c.id == int(value) if value.isascii() and value.isdigit() and len(value) < 18 else None
    which = _group.c.code == value if numbered is None else or_(_group.c.code == value, numbered)
    # A list may have given another group the number of this one as its code: the code is what staff read.
    first = select(_group.c.id).where(which).order_by(_group.c.code != value, _group.c.id).limit(1)
    id = connection.execute(first).scalar_one_or_none()
    if id is None:
        some = connection.execute(select(_group.c.id, _group.c.code).order_by(_group.c.id).limit(MOST_SHOWN + 1))
        raise unknown("group", value, (row.code or str(row.id) for row in some))
    confirmed = select(_member.c.contact_id).where(
        _member.c.group_id == id, _member.c.state == str(Membership.CONFIRMED)
    )
    return table(Contact).c.id.in_(confirmed)


def groups_known(connection: Connection, most: int) -> Sequence[str]:
    """The codes of groups, or their numbers, with their names."""
    rows = connection.execute(select(_group.c.id, _group.c.code, _group.c.name_km).order_by(_group.c.id).limit(most))
    return [f"{row.code or row.id} ({row.name_km})" for row in rows]
