"""`commodity:ID` in the segment of a broadcast: who asked about it in the last months, or is told when it moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, exists, or_, select

from bot.broadcasts.segments import unknown
from bot.contacts.models import Contact
from bot.db import table
from bot.messages.models import Message
from bot.prices.models import Commodity, PriceAlert

ASKED_WITHIN = timedelta(days=90)
_contact, _message, _alert, _commodity = table(Contact), table(Message), table(PriceAlert), table(Commodity)


def interested_in(connection: Connection, value: str, now: datetime) -> ColumnElement[bool]:
    """Who is interested in a commodity. Raises SegmentError for one nobody knows."""
    known = set(connection.execute(select(_commodity.c.id)).scalars())
    if value not in known:
        raise unknown("commodity", value, known)
    asked = exists().where(
        _message.c.contact_id == _contact.c.id, _message.c.commodity == value, _message.c.at >= now - ASKED_WITHIN
    )
    alerted = select(_alert.c.contact_id).where(_alert.c.commodity == value)
    return or_(asked, _contact.c.id.in_(alerted))


def commodities_known(connection: Connection, most: int) -> Sequence[str]:
    """The ids of commodities, those asked for most first."""
    ids = select(_commodity.c.id).order_by(_commodity.c.rank, _commodity.c.id).limit(most)
    return [str(id) for id in connection.execute(ids).scalars()]
