"""What each province asks about most: counted once a day, so that a key of a menu means the same all day.

Reads messages of the last 30 days up to midnight; what it counts is offered first, nothing else.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, delete, func, insert, select, text

from bot.contacts.models import Contact
from bot.db import table, writing
from bot.messages.models import Message
from bot.prices.models import Interest

LOOKS_BACK = timedelta(days=30)
_message, _contact, _interest = table(Message), table(Contact), table(Interest)


class Interests:
    """The task of what is offered first. A clock that begins counts anew, and finds the same."""

    def __init__(self, engine: Engine, zone: ZoneInfo):
        self._engine = engine
        self._zone = zone
        self._counted: date | None = None

    def __call__(self, now: datetime) -> None:
        """Count, where today nobody has."""
        midnight = now.astimezone(self._zone).replace(hour=0, minute=0, second=0, microsecond=0)
        if self._counted == midnight.date():
            return
        province = func.substr(_contact.c.place, 1, 2)
        asked = (
            select(province, _message.c.commodity, func.count())
            .join_from(_message, _contact, _contact.c.id == _message.c.contact_id)
            .where(
                _message.c.at >= midnight - LOOKS_BACK,
                _message.c.at < midnight,
                _message.c.intent == "price",
                _message.c.commodity != "",
                _contact.c.place != "",
            )
            .group_by(province, _message.c.commodity)
        )
        with writing(self._engine) as connection:
            _wait_for_others(connection)
            connection.execute(delete(_interest))
            connection.execute(insert(_interest).from_select(["province", "commodity", "asked"], asked))
        self._counted = midnight.date()


def _wait_for_others(connection: Connection) -> None:
    """Let one clock at a time replace the rows: each removes what the one before it wrote. Readers wait for nobody."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        connection.execute(text("LOCK TABLE interest IN SHARE ROW EXCLUSIVE MODE"))
