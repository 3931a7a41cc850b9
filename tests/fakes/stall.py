"""A line with three markets, their prices and people who follow them, without anything served.

The clock moves only when a test says so; times are local. November 22, 2026 is a Sunday.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, text, update

from bot.app import build
from bot.call.calls import Ring
from bot.call.step import CallInput
from bot.config import Settings
from bot.contacts import service as contacts
from bot.contacts.models import Contact
from bot.contacts.phone import read_address
from bot.db import table, writing
from bot.due_tasks import due_tasks
from bot.messages.models import Outbound
from bot.messages.sms import outbox as sms_outbox
from bot.messages.sms.admission import Rules, admit
from bot.prices.daily import Key
from bot.prices.imports import Listed, store_prices
from bot.prices.models import Change, Market
from bot.prices.reference import load_reference
from bot.turn import Inbound
from bot.upsert import upsert
from tests.fakes.airwaves import ZONE
from tests.fakes.deployment import MARKETS


@dataclass
class Stall:
    """The line, and the phones that write to it."""

    settings: Settings
    now: datetime = field(default_factory=lambda: datetime(2026, 11, 22, 10, tzinfo=ZONE))
    _sids: Iterator[int] = field(default_factory=itertools.count)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(855_12_000_100))

    def __post_init__(self) -> None:
        self.line = build(self.settings, clock=lambda: self.now)
        self.engine = self.line.engine
        with writing(self.engine) as connection:
            load_reference(connection)
            names = ("id", "name_km", "name_en", "place", "reference")
            connection.execute(insert(table(Market)), [dict(zip(names, row, strict=True)) for row in MARKETS])
            connection.execute(upsert(connection, Change), {"subject": "markets", "version": 1})

    def person(self, place: str = "0305", **columns: Any) -> str:
        """The number of somebody who reads English."""
        number = f"+{next(self._numbers)}"
        with writing(self.engine) as connection:
            contacts.add(connection, self.line.vault, read_address(number), self.now)
            who = table(Contact).c.id == self._id(number)
            connection.execute(update(table(Contact)).where(who).values({"language": "en", "place": place, **columns}))
        return number

    def _id(self, number: str) -> Any:
        return select(Contact.id).where(Contact.address_hash == self.line.vault.look_up(number)).scalar_subquery()

    def say(self, number: str, words: str) -> str:
        """A message from a phone, and its answer."""
        sender = read_address(number)
        return self.line.conversation.turn(Inbound(f"SM{next(self._sids)}", "sms", sender, words)).text

    def price(self, usual: int, days_ago: int = 0, **more: Any) -> None:
        """A price from a list, as an import would store it now."""
        at = {"commodity": "pig_live", "market": "kg_cham", "level": "wholesale", "grade": ""}
        key = Key(**{**at, "unit": "kg", "currency": "khr", **more})
        day = self.now.date() - timedelta(days_ago)
        with writing(self.engine) as connection:
            store_prices(connection, [Listed(key, day, "list", usual, usual, usual)], self.now)

    def passes(self, minutes: float = 31) -> None:
        """Let time pass; no longer than that may a report be corrected."""
        self.now += timedelta(minutes=minutes)

    def tick(self) -> None:
        """A clock that has just begun does its tasks."""
        for task in due_tasks(self.line.deps):
            task(self.now)

    def plan(self) -> list[tuple[str, str]]:
        """Tick; what then waits: what each message is about, and its words."""
        self.tick()
        with self.engine.connect() as connection:
            waits = select(table(Outbound)).where(Outbound.state == "queued").order_by(Outbound.id)
            return [(row.about, self.line.vault.open(row.text)) for row in connection.execute(waits)]

    def sent(self) -> dict[str, list[str]]:
        """Tick, then take what is due as a worker does, by its rules: the messages by number."""
        self.tick()
        return self.send()

    def send(self) -> dict[str, list[str]]:
        """What is due, taken as a worker does."""
        found: dict[str, list[str]] = {}
        rules = Rules(self.settings.quiet_hours, self.settings.timezone)
        while True:
            with writing(self.engine) as connection:
                claimed = sms_outbox.claim(connection, self.line.vault, self.now, 500)
                admitted = admit(connection, rules, claimed, self.now)
            for row in admitted:
                found.setdefault(row.to, []).append(row.text)
            if not claimed:
                return found

    def picks_up(self, number: str, *keys: str) -> list[list[str]]:
        """Somebody answers the newest call we have for them and presses keys; what is heard at each step."""
        (call,) = self.rows(
            "SELECT max(id) AS id FROM call WHERE contact_id = (SELECT id FROM contact WHERE address_hash = :h)",
            h=self.line.vault.look_up(number),
        )
        sid = f"CA{next(self._sids)}"
        spoken = [self.line.calls.answered(call.id, sid)]
        for key in keys:
            spoken.append(self.line.calls.turn(Ring(sid, read_address(number)), spoken[-1].step + 1, CallInput(key)))
        return [[sentence.text for sentence in one.script.sentences] for one in spoken]

    def rows(self, statement: str, **values: Any) -> Sequence[Row[Any]]:
        """What the database holds."""
        with self.engine.connect() as connection:
            return connection.execute(text(statement), values).all()


@contextmanager
def open_stall(settings: Settings) -> Iterator[Stall]:
    """A line on a migrated database."""
    stall = Stall(settings)
    try:
        yield stall
    finally:
        stall.line.engine.dispose()
        stall.line.redis.close()
