"""No gateway for spam: who may found a group, whom an invitation reaches, and what all leaders together may send.

Owns the numbers. Members who asked for it are told of their meetings whatever a stranger does: what is limited is what
one person makes the line send to others.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, or_, select

from bot.contacts.models import Contact
from bot.db import table
from bot.meetings.facts import INVITATION, midnight
from bot.meetings.telling import Telling, about_group
from bot.messages import alarms
from bot.messages.models import OpenQuestion, Outbound

FOUNDS_AFTER = timedelta(days=3)  # since they first wrote; staff may allow it sooner
INVITED_A_MONTH = 3  # invitations that one person gets, from whichever group
MONTH = timedelta(days=30)
_contact, _question, _out = table(Contact), table(OpenQuestion), table(Outbound)
SPENT = "members get no more unasked messages today; UNASKED_SMS_DAY is reached; see: flask outbox"


def may_found(connection: Connection, contact: int, now: datetime) -> bool:
    """Whether somebody may found a group: they are no stranger, or staff know them."""
    row = connection.execute(select(_contact.c.created_at, _contact.c.may_found).where(_contact.c.id == contact)).one()
    return bool(row.may_found or row.created_at <= now - FOUNDS_AFTER)


def let_alone(connection: Connection, people: Sequence[int], now: datetime) -> set[int]:
    """Those of these people whom no group may invite now: an invitation waits for their answer, or they had enough."""
    mine = (_question.c.kind == INVITATION, _question.c.contact_id.in_(people))
    waits = select(_question.c.contact_id).where(*mine, _question.c.answer == "", _question.c.until > now)
    lately = select(_question.c.contact_id).where(*mine, _question.c.asked_at > now - MONTH)
    often = lately.group_by(_question.c.contact_id).having(func.count() >= INVITED_A_MONTH)
    return {*connection.execute(waits).scalars(), *connection.execute(often).scalars()}


def is_spent(connection: Connection, telling: Telling, more: int, now: datetime) -> bool:
    """Whether so many more messages are too many for a day of all groups together; staff are told then."""
    since = midnight(now, telling.zone)
    ours = or_(_out.c.about.startswith(about_group("")), _out.c.about.startswith("meeting:"))
    # The texts of a day are not forgotten yet: their index answers this.
    today = (_out.c.created_at >= since, func.length(_out.c.text) > 29)
    sent = connection.execute(select(func.count()).where(*today, ours)).scalar_one()
    if sent + more <= telling.most_a_day:
        return False
    alarms.sound(connection, "unasked messages", SPENT, now)
    return True
