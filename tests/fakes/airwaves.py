"""A radio programme and its listeners on a fresh database, without anything served.

The clock moves only when a test says so; times are local.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select, text, update

from bot.config import QuietHours
from bot.contacts import service as contacts
from bot.contacts import subscriptions
from bot.contacts.models import Contact
from bot.contacts.phone import read_address
from bot.contacts.subscriptions import RADIO, Statement
from bot.csvfile import ImportOutcome
from bot.db import make_engine, table, writing
from bot.language.saying.catalogue import VOICES, load_catalogue
from bot.language.words.lexicon import Lexicon
from bot.messages.notices import Notices
from bot.messages.sms import outbox as sms_outbox
from bot.messages.sms.admission import Rules, admit
from bot.radio import facts
from bot.radio.imports import import_episodes, import_stations
from bot.radio.phases import Phases
from bot.vault import Vault

ZONE = ZoneInfo("Asia/Phnom_Penh")
QUIET = QuietHours(time(20), time(7))
BY = Statement("sms", "radio", "SM1")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A local time of November 2026; the 22nd is a Sunday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


@dataclass
class Airwaves:
    """Stations `river` (provinces 03 and 14) and `lake` (the whole country), their listeners and the clock."""

    url: str
    folder: Path
    now: datetime = field(default_factory=lambda: at(22, 10))
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(855_12_000_100))

    def __post_init__(self) -> None:
        self.engine = make_engine(self.url)
        self.vault = Vault("a key for tests only")
        catalogues = {voice: load_catalogue(voice) for voice in VOICES}
        lexicon = Lexicon.load()
        self.notices = Notices(self.vault, catalogues, lambda: lexicon)
        self.phases = self.another_clock()
        self.stations(
            {"id": "river", "name_km": "ទន្លេ", "name_en": "River FM", "places": "03 14"},
            {"id": "lake", "name_km": "បឹង", "name_en": "Lake FM", "places": ""},
        )

    def another_clock(self) -> Phases:
        """The task as a clock begins with it."""
        return Phases(self.engine, self.notices, ZONE, QUIET)

    def listener(self, place: str = "0305", **columns: Any) -> int:
        """Somebody who reads English, subscribed now."""
        number = f"+{next(self._numbers)}"
        with writing(self.engine) as connection:
            contacts.add(connection, self.vault, read_address(number), self.now)
            who = table(Contact).c.address_hash == self.vault.look_up(number)
            connection.execute(update(table(Contact)).where(who).values({"language": "en", "place": place, **columns}))
            id = int(connection.execute(select(Contact.id).where(who)).scalar_one())
        self.subscribe(id)
        return id

    def subscribe(self, contact: int) -> None:
        """Somebody subscribes, as by SMS."""
        with writing(self.engine) as connection:
            subscriptions.subscribe(connection, self.vault, contact, RADIO, BY, self.now)
            facts.is_told_anew(connection, contact, self.now)

    def leave(self, contact: int) -> None:
        """Somebody leaves, as by SMS."""
        with writing(self.engine) as connection:
            subscriptions.unsubscribe(connection, self.vault, contact, RADIO, BY, self.now)
            facts.is_told_anew(connection, contact, self.now)

    def moves_to(self, contact: int, place: str) -> None:
        """Somebody says that they live elsewhere."""
        with writing(self.engine) as connection:
            contacts.choose_place(connection, contact, place)
            facts.is_told_anew(connection, contact, self.now)

    def stations(self, *rows: Mapping[str, str]) -> ImportOutcome:
        """Import stations; fails on a fault."""
        outcome = import_stations(self.engine, self.vault, self._csv(rows), self.now)
        assert not outcome.faults, outcome.faults
        return outcome

    def airs(self, station: str, when: datetime, number: int = 5, **texts: str) -> int:
        """Import one airing of an episode of 30 minutes; its id. The same one again moves it."""
        row = {"number": str(number), "title_km": "ជ្រូក", "title_en": "Pigs that pay", "station": station}
        row |= {"airs_at": f"{when:%Y-%m-%d %H:%M}", **texts}
        outcome = import_episodes(self.engine, self._csv([row]), ZONE, self.now)
        assert not outcome.faults, outcome.faults
        which = "SELECT id FROM airing WHERE station_id = :s AND episode = :n"
        return int(self.rows(which, s=station, n=number)[0].id)

    def cancel(self, airing: int) -> str:
        """Staff cancel an airing."""
        with writing(self.engine) as connection:
            return facts.cancel(connection, airing, self.now)

    def _csv(self, rows: Sequence[Mapping[str, str]]) -> Path:
        path = self.folder / "list.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return path

    def tick(self, when: datetime | None = None) -> None:
        """The clock does its tasks."""
        self.now = when or self.now + timedelta(seconds=15)
        self.phases(self.now)

    def due(self) -> dict[int, list[tuple[datetime, str]]]:
        """What waits: each person's messages and when they are due."""
        found: dict[int, list[tuple[datetime, str]]] = {}
        for row in self.rows("SELECT id FROM outbox WHERE state = 'queued' ORDER BY id"):
            one = self._row(row.id)
            found.setdefault(one.contact_id, []).append((one.due_at.astimezone(ZONE), self.vault.open(one.text)))
        return found

    def _row(self, id: int) -> Row[Any]:
        from bot.messages.models import Outbound

        with self.engine.connect() as connection:
            return connection.execute(select(table(Outbound)).where(Outbound.id == id)).one()

    def sent(self, when: datetime | None = None) -> dict[int, list[str]]:
        """Tick, then take what is due as a worker does, by its rules; each person's messages."""
        self.tick(when)
        found: dict[int, list[str]] = {}
        while True:
            with writing(self.engine) as connection:
                claimed = sms_outbox.claim(connection, self.vault, self.now, 500)
                admitted = admit(connection, Rules(QUIET, ZONE), claimed, self.now)
            for row in admitted:
                found.setdefault(row.contact, []).append(row.text)
            if not claimed:
                return found

    def rows(self, statement: str, **values: Any) -> Sequence[Row[Any]]:
        """What the database holds."""
        with self.engine.connect() as connection:
            return connection.execute(text(statement), values).all()


@contextmanager
def on_air(url: str, folder: Path) -> Iterator[Airwaves]:
    """A programme on a migrated database."""
    airwaves = Airwaves(url, folder)
    try:
        yield airwaves
    finally:
        airwaves.engine.dispose()
