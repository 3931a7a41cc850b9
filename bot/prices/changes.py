"""The counters that tell every process what it keeps in memory is out of date. See prices.knowledge for who looks."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.prices.models import Change
from bot.upsert import upsert


def raise_change(connection: Connection, subject: str) -> None:
    """Tell every running process that what it keeps in memory of a subject is out of date."""
    version = connection.execute(select(Change.version).where(Change.subject == subject)).scalar_one_or_none()
    connection.execute(upsert(connection, Change), {"subject": subject, "version": (version or 0) + 1})
