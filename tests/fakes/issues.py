"""Offices and issues on a fresh database, without anything served: what people and officials do, and what reaches whom.

The clock moves only when a test says so. Everybody reads English.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, inspect, select, update

from bot.db import make_engine, table, writing
from bot.issues import handling, history, limits, raising
from bot.issues.due import Terms
from bot.issues.facts import Asker, IssueFacts, midnight
from bot.issues.handling import Actor
from bot.issues.models import By, Category, IssueEntry, Office, OfficeCategory, Official, Reached
from bot.issues.notifications import IssueDeps
from bot.language.words.lexicon import Lexicon
from bot.vault import Vault
from flows import codes
from tests.fakes.groups import ZONE, Room

MONDAY = datetime(2026, 11, 30, 10, tzinfo=ZONE)
# id, sensitive, above, goods, working days
CATEGORIES = (
    ("licence", False, False, False, 10),
    ("unofficial_fee", True, True, False, 10),
    ("market_access", False, False, True, 15),
    ("animal_disease", False, False, True, 5),
    ("water", False, False, False, 20),
    ("road", False, False, False, 30),
    ("other", True, False, False, 15),
)
# code, Khmer name, English name, level, place, parent, categories
OFFICES = (
    ("ministry", "ក្រសួង", "Ministry", "ministry", "", "", ""),
    ("province", "សាលាខេត្តកំពង់ចាម", "Kampong Cham hall", "province", "03", "ministry", ""),
    ("vets", "ពេទ្យសត្វខេត្តកំពង់ចាម", "Kampong Cham vets", "province", "03", "ministry", "animal_disease"),
    ("district", "សាលាស្រុកព្រៃឈរ", "Prey Chhor office", "district", "0313", "province", ""),
    ("commune", "សាលាឃុំជ្រៃវៀន", "Chrey Vien office", "commune", "031303", "district", ""),
)
PLACE = "031303"


def found(connection: Connection, now: datetime) -> dict[str, int]:
    """The categories and offices of the village. Returns the offices' ids by code."""
    names = ("id", "sensitive", "above", "goods", "days")
    known = set(connection.execute(select(Category.id)).scalars())
    unnamed = {"name_km": "", "name_latn": "", "name_en": ""}
    for rank, row in enumerate(CATEGORIES, 1):
        if row[0] not in known:
            category_row = {**dict(zip(names, row, strict=True)), **unnamed, "rank": rank}
            connection.execute(insert(table(Category)).values(category_row))
    made: dict[str, int] = {}
    for code, khmer, english, level, place, parent, categories in OFFICES:
        values = {"code": code, "name_km": khmer, "name_en": english, "level": level, "place": place}
        values |= {"parent_id": made.get(parent), "created_at": now}
        made[code] = int(connection.execute(insert(table(Office)).values(values).returning(Office.id)).scalar_one())
        for category in categories.split():
            of_it = {"office_id": made[code], "category": category}
            connection.execute(insert(table(OfficeCategory)), of_it)
    return made


@dataclass
class Village(Room):
    """Offices above a commune, the people in it, and the clock."""

    now: datetime = MONDAY
    offices: dict[str, int] = field(default_factory=dict)
    _numbers_of_codes: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.deps = IssueDeps(self.telling.notices, ZONE)
        self.terms = Terms(self.engine, self.deps)
        self.places = Lexicon.load().places

    def found(self) -> None:
        """The categories and offices of this village."""
        with writing(self.engine) as connection:
            self.offices = found(connection, self.now)

    def official(self, office: str, number: str = "", *, confirmed: bool = True) -> tuple[int, int]:
        """Somebody of an office: the official's id and their contact's."""
        contact = self.person(number)
        values = {"office_id": self.offices[office], "contact_id": contact, "name": self.vault.seal("Sample official")}
        values |= {"phone": Reached.CONFIRMED if confirmed else Reached.LISTED, "phone_at": self.now}
        values |= {"mail": Reached.NONE, "mail_hash": "", "serial": 0, "created_at": self.now}
        with writing(self.engine) as connection:
            new = insert(table(Official)).values(values).returning(Official.id)
            return int(connection.execute(new).scalar_one()), contact

    def word(self, contact: int) -> limits.Author:
        """Somebody says something now."""
        return limits.Author(contact, self.now, midnight(self.now, ZONE))

    def tell(self, contact: int, words: str = "the well smells", **more: Any) -> tuple[str, int]:
        """Somebody raises an issue: how it ended, and its id (0: none)."""
        self._numbers_of_codes += 1
        code = codes.made(self._numbers_of_codes)
        values = {"category": "water", "place": PLACE, **more}
        with self.turn() as connection:
            said = raising.raise_(
                connection, self.deps, raising.ReportedIssue(code=code, words=words, **values), self.word(contact)
            )
            row = history.with_code(connection, code)
            return said, 0 if row is None else int(row.id)

    def join(self, contact: int, issue: int, words: str = "") -> str:
        """Me too."""
        with self.turn() as connection:
            return raising.join(connection, self.deps, issue, self.word(contact), words)

    def more(self, contact: int, issue: int, words: str) -> str:
        """Somebody behind it adds words."""
        with self.turn() as connection:
            return raising.more(connection, self.deps, issue, self.word(contact), words)

    def judge(self, contact: int, issue: int, *, solved: bool) -> str:
        """Who raised it says whether it is solved."""
        with self.turn() as connection:
            return raising.judge(connection, self.deps, issue, self.word(contact), solved=solved)

    def does(self, office: str, action: str, issue: int, *words: Any) -> str:
        """An office acts: acknowledge, answer, resolve, ask, transfer."""
        by = Actor(By.OFFICE, self.offices[office], None, self.now)
        with self.turn() as connection:
            said: str = getattr(handling, action)(connection, self.deps, issue, by, *words)
            return said

    def release(self, issue: int) -> bool:
        """Staff have looked at its words: the office may see it."""
        with self.turn() as connection:
            connection.execute(update(table(IssueEntry)).where(IssueEntry.issue_id == issue).values(office_may=True))
            return raising.release(connection, self.deps, issue, self.now)

    def known_to(self, contact: int | None) -> IssueFacts:
        """What a conversation may ask for somebody, in a connection that ends with the village."""
        self._looks.append(self.engine.connect())
        return IssueFacts(self._looks[-1], self.vault, self.places, Asker(contact), self.now, ZONE)

    def ticks(self, at: datetime | None = None) -> None:
        """The clock does its task of issues, at a local time."""
        if at is not None:
            self.now = at.replace(tzinfo=ZONE)
        self.terms(self.now)

    def issue(self, id: int) -> Row[Any]:
        """The row of an issue."""
        (row,) = self.rows("SELECT * FROM issue WHERE id = :i", i=id)
        return row

    def columns(self, table_name: str) -> list[str]:
        """The names of a table's columns."""
        return [column["name"] for column in inspect(self.engine).get_columns(table_name)]

    def entries(self, id: int) -> list[str]:
        """The kinds of its entries."""
        return [row.kind for row in self.rows("SELECT kind FROM issue_entry WHERE issue_id = :i ORDER BY id", i=id)]


@contextmanager
def village(url: str) -> Iterator[Village]:
    """A village on a migrated database, with its offices."""
    made = Village(make_engine(url), Vault("a key for tests only"))
    try:
        made.found()
        yield made
    finally:
        made.close()
