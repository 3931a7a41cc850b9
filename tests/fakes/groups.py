"""Groups on a fresh database, without anything served: what leaders and members decide, and what reaches whom.

The clock moves only when a test says so.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, Row, insert, select, text, update

from bot.config import QuietHours
from bot.contacts import service as contacts
from bot.contacts.models import Contact
from bot.contacts.phone import read_address
from bot.contacts.service import Decision
from bot.db import make_engine, table, writing
from bot.language.saying.catalogue import VOICES, load_catalogue
from bot.language.words.lexicon import Lexicon
from bot.meetings import arranging, groups
from bot.meetings.facts import MeetingFacts
from bot.meetings.groups import Statement
from bot.meetings.models import Group, Member, Membership, Role
from bot.meetings.reminders import Reminders
from bot.meetings.telling import Telling
from bot.messages.notices import Notices
from bot.messages.sms import outbox as sms_outbox
from bot.messages.sms.admission import Rules, admit
from bot.vault import Vault
from flows.prompts import Prompt, Titled

ZONE = ZoneInfo("Asia/Phnom_Penh")
QUIET = QuietHours(time(20), time(7))
RICE = Titled("Rice")
SUNDAY = datetime(2026, 11, 22, 10, tzinfo=ZONE)


def local(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """A local time of the year, as flows have it."""
    return datetime(2026, month, day, hour, minute)


@dataclass
class Room:
    """Groups, their people and the clock."""

    engine: Engine
    vault: Vault
    now: datetime = SUNDAY
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(855_12_000_100))
    _looks: list[Connection] = field(default_factory=list)
    _sids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        catalogues = {voice: load_catalogue(voice) for voice in VOICES}
        lexicon = Lexicon.load()
        self.telling = Telling(Notices(self.vault, catalogues, lambda: lexicon), ZONE, QUIET)
        self.reminders = Reminders(self.engine, self.telling)

    def person(self, number: str = "", **columns: Any) -> int:
        """Somebody who reads English; known by a number nobody has."""
        number = number or f"+{next(self._numbers)}"
        with writing(self.engine) as connection:
            contacts.add(connection, self.vault, read_address(number), self.now)
            who = table(Contact).c.address_hash == self.vault.look_up(number)
            connection.execute(
                update(table(Contact)).where(who).values({"language": "en", "may_found": True, **columns})
            )
            return int(connection.execute(select(Contact.id).where(who)).scalar_one())

    def people(self, count: int) -> list[int]:
        """Many at once."""
        numbers = [f"+{next(self._numbers)}" for _ in range(count)]
        with writing(self.engine) as connection:
            rows = [contacts.fresh(self.vault, read_address(number), self.now) for number in numbers]
            connection.execute(insert(table(Contact)), [{**row, "language": "en"} for row in rows])
            hashes = [self.vault.look_up(number) for number in numbers]
            ids = connection.execute(select(Contact.id).where(Contact.address_hash.in_(hashes))).scalars()
            return sorted(ids)

    def group(self, leader: int, *members: int, deputy: int | None = None, name: str = "Rice") -> int:
        """A group whose people have confirmed, in this order."""
        with writing(self.engine) as connection:
            values = {"name_km": name, "name_en": "", "kind": "", "place": "", "written": 0, "created_at": self.now}
            id = int(connection.execute(insert(table(Group)).values(values).returning(Group.id)).scalar_one())
            roles = {leader: Role.LEADER, **({deputy: Role.DEPUTY} if deputy else {})}
            everybody = [leader, *([deputy] if deputy else []), *members]
            connection.execute(
                insert(table(Member)),
                [
                    {
                        "group_id": id,
                        "contact_id": one,
                        "role": roles.get(one, Role.MEMBER),
                        "state": Membership.CONFIRMED,
                        "since": self.now + timedelta(seconds=number),
                    }
                    for number, one in enumerate(everybody)
                ],
            )
        return id

    def by(self, contact: int, words: str = "") -> Statement:
        """Somebody's word, now."""
        return Statement(contact, self.now, "sms", f"SM{next(self._sids)}", words)

    @contextmanager
    def turn(self) -> Iterator[Connection]:
        """A transaction."""
        with writing(self.engine) as connection:
            yield connection

    def arrange(self, group: int, by: int, starts: datetime, where: str = "pagoda", repeats: str = "") -> str:
        """A leader arranges a meeting."""
        with self.turn() as connection:
            return arranging.arrange(connection, self.telling, group, starts, where, repeats, by=self.by(by))

    def move(self, meeting: int, by: int, starts: datetime, where: str = "") -> str:
        """A leader moves one."""
        with self.turn() as connection:
            return arranging.move(connection, self.telling, meeting, starts, where, by=self.by(by))

    def cancel(self, meeting: int, by: int, *, series: bool = False) -> str:
        """A leader cancels one."""
        with self.turn() as connection:
            return arranging.cancel(connection, self.telling, meeting, series=series, by=self.by(by))

    def say(self, meeting: int, by: int, answer: str) -> str:
        """A member answers."""
        with self.turn() as connection:
            return arranging.answer(connection, self.telling, meeting, answer, by=self.by(by))

    def report(self, meeting: int, by: int, came: int = 3, decided: str = "we sell together") -> str:
        """A leader says how it was."""
        with self.turn() as connection:
            return arranging.report(connection, self.telling, meeting, came, decided, by=self.by(by))

    def invite(self, group: int, by: int, *numbers: str) -> str:
        """A leader invites numbers."""
        with self.turn() as connection:
            return groups.invite(connection, self.telling, group, numbers, self.by(by))

    def reply(self, group: int, by: int, *, joins: bool) -> str:
        """Somebody answers an invitation."""
        with self.turn() as connection:
            return groups.answer(connection, self.telling, group, self.by(by, "1"), joins=joins)

    def leave(self, group: int, by: int) -> None:
        """Somebody leaves."""
        with self.turn() as connection:
            groups.leave(connection, self.telling, group, self.by(by, "LEAVE"))

    def write(self, group: int, by: int, words: str) -> str:
        """A leader writes to all."""
        with self.turn() as connection:
            return groups.write(connection, self.telling, group, words, self.by(by))

    def stops(self, contact: int) -> None:
        """Somebody says STOP."""
        with self.turn() as connection:
            contacts.record_consent(
                connection,
                self.vault,
                contact,
                self.now,
                Decision(given=False, channel="sms", words="STOP", proof="SM0"),
            )

    def tick(self, at: datetime | None = None) -> None:
        """The clock does its tasks, at a local time."""
        if at is not None:
            self.now = at.replace(tzinfo=ZONE)
        self.reminders(self.now)

    def facts(self, contact: int) -> MeetingFacts:
        """What a conversation may ask for them, looked at in a connection of its own that ends with the room."""
        self._looks.append(self.engine.connect())
        return MeetingFacts(self._looks[-1], self.vault, contact, self.now, ZONE)

    def close(self) -> None:
        """End all connections."""
        for connection in self._looks:
            connection.close()
        self.engine.dispose()

    def meeting(self, group: int) -> int:
        """The newest meeting of a group."""
        return int(self.rows("SELECT max(id) FROM meeting WHERE group_id = :g", g=group)[0][0])

    def said(self, prompt: Prompt) -> str:
        """How a prompt reads in English."""
        return self.telling.notices.text((prompt,), "en")

    def queued(self, contact: int | None = None) -> list[str]:
        """What waits to be sent, to one person or to all, oldest first."""
        which = "" if contact is None else " AND contact_id = :c"
        rows = self.rows(f"SELECT text FROM outbox WHERE state = 'queued'{which} ORDER BY id", c=contact)
        return [self.vault.open(bytes(row.text)) for row in rows]

    def sent(self) -> dict[int, list[str]]:
        """Take what is due as a worker does, by its rules; each person's messages."""
        found: dict[int, list[str]] = {}
        while True:
            with self.turn() as connection:
                claimed = sms_outbox.claim(connection, self.vault, self.now, 500)
                admitted = admit(connection, Rules(QUIET, ZONE), claimed, self.now)
            for row in admitted:
                found.setdefault(row.contact, []).append(row.text)
            if not claimed:
                return found

    def rows(self, statement: str, **values: Any) -> Sequence[Row[Any]]:
        """What the database holds."""
        named = {name: value for name, value in values.items() if f":{name}" in statement}
        with self.engine.connect() as connection:
            return connection.execute(text(statement), named).all()


@contextmanager
def gathered(url: str) -> Iterator[Room]:
    """A room on a migrated database."""
    room = Room(make_engine(url), Vault("a key for tests only"))
    try:
        yield room
    finally:
        room.close()
