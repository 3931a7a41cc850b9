"""Replies to broadcasts: what somebody writes within days of one, and nothing else can be made of.

Owns what counts as a reply. It is an item of the inbox like any other, under the name of its broadcast.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from bot.db import table
from bot.messages.inbound import inbox
from bot.messages.models import InboxItem, Outbound, OutState, Purpose
from bot.messages.sms.broadcast_text import broadcast_of
from bot.vault import Vault

ANSWERED_WITHIN = timedelta(days=2)
_out, _item = table(Outbound), table(InboxItem)
_THERE = (OutState.SENT, OutState.DELIVERED, OutState.SENDING, OutState.UNKNOWN)


def answers_to(connection: Connection, contact: int, now: datetime) -> int:
    """The broadcast a contact had last, if that was lately; else 0."""
    had = (_out.c.contact_id == contact, _out.c.purpose == Purpose.BROADCAST, _out.c.state.in_(_THERE))
    newest = select(_out.c.about).where(*had, _out.c.tried_at >= now - ANSWERED_WITHIN)
    about = connection.execute(newest.order_by(_out.c.tried_at.desc()).limit(1)).scalar_one_or_none()
    return broadcast_of(about or "") or 0


def reason_of(broadcast: int) -> str:
    """Under what its replies stand in the inbox."""
    return f"broadcast {broadcast}"


def keep(connection: Connection, vault: Vault, broadcast: int, contact: int, words: str, now: datetime) -> None:
    """Keep a reply for staff to read."""
    inbox.add(connection, vault, contact, reason_of(broadcast), words, now)


def page(connection: Connection, vault: Vault, broadcast: int, after: int, size: int) -> list[inbox.StaffItem]:
    """Up to `size` replies to a broadcast, oldest first, behind the item `after`."""
    return inbox.of_reason(connection, vault, reason_of(broadcast), after, size)


def count(connection: Connection, broadcast: int) -> int:
    """How many replies a broadcast has."""
    mine = _item.c.reason == reason_of(broadcast)
    return int(connection.execute(select(func.count()).where(mine)).scalar_one())
