"""Mornings of a village's offices: issues put there directly, officials with telephone and e-mail, the task itself."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import update

from bot.contacts.models import Contact
from bot.db import table, writing
from bot.issues.digest.mail import DigestMail
from bot.issues.digest.service import Digests
from bot.issues.models import Holiday, Issue, Official, Reached
from bot.issues.office.links import Links
from bot.language.words.lexicon import Lexicon
from bot.messages.mail.sending import MailHeaders, Mailing
from bot.upsert import insert_new
from tests.fakes.groups import ZONE
from tests.fakes.issues import Village
from tests.fakes.raised import Raised

HOST = "phsar.example.org"
MONDAY, TUESDAY, FRIDAY = date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 4)


class Mornings:
    """The digests of a village."""

    def __init__(self, place: Village, public_url: str = f"https://{HOST}", *, mails: bool = True):
        lexicon = Lexicon.load()
        self.place = place
        self.raised = Raised(place.engine, place.vault, at(MONDAY))
        self.links = Links("a secret for tests only", public_url)
        self.letters = DigestMail(lambda: lexicon, ZONE)
        notices = place.telling.notices
        self.task = Digests(place.engine, notices, ZONE, self.links.to, self.letters, mails)
        place.now = at(MONDAY)

    def issue(self, office: str = "commune", words: str = "the well smells", **columns: Any) -> int:
        """An issue at an office; `ago`: how long before now it came to it."""
        self.raised.now = self.place.now
        return self.raised.issue(words, office_id=self.place.offices[office], **columns)

    def changes(self, issue: int, **columns: Any) -> None:
        """Something becomes of an issue."""
        with writing(self.place.engine) as connection:
            connection.execute(update(table(Issue)).where(Issue.id == issue).values(columns))

    def code(self, issue: int) -> str:
        """An issue's code as people write it."""
        digits = str(self.place.issue(issue).code)
        return f"{digits[:3]}-{digits[3:]}"

    def official(self, office: str = "commune", *, mail: str = "", phone: bool = True, **contact: Any) -> int:
        """Somebody of an office, by telephone, e-mail or both; their contact."""
        id, who = self.place.official(office, confirmed=phone)
        values: dict[str, Any] = {}
        if mail:
            values = {"mail": Reached.CONFIRMED, "mail_at": self.place.now, "mail_to": self.place.vault.seal(mail)}
        if contact:
            with writing(self.place.engine) as connection:
                connection.execute(update(table(Contact)).where(Contact.id == who).values(contact))
        if values:
            with writing(self.place.engine) as connection:
                connection.execute(update(table(Official)).where(Official.id == id).values(values))
        return who

    def holiday(self, day: date) -> None:
        """Offices are closed on a day."""
        with writing(self.place.engine) as connection:
            new = insert_new(connection, Holiday)
            connection.execute(new, {"day": day, "name_km": "ថ្ងៃឈប់", "name_en": "Sample day"})

    def comes(self, day: date, hour: int = 7, minute: int = 30) -> dict[int, list[str]]:
        """The clock comes by at a local time; what is sent to whom then."""
        self.place.now = at(day, hour, minute)
        self.task(self.place.now)
        return self.place.sent()

    def told(self) -> list[tuple[int, str, str]]:
        """The digests there are: office, day, figures."""
        rows = self.place.rows("SELECT office_id, day, figures FROM digest ORDER BY day, office_id")
        return [(row.office_id, str(row.day), row.figures) for row in rows]

    def posts(self, url: str) -> None:
        """A worker sends the e-mails."""
        mailing = Mailing(self.place.engine, self.place.vault, url, MailHeaders(HOST), lambda: self.place.now)
        while mailing.send_due():
            pass


def at(day: date, hour: int = 7, minute: int = 30) -> datetime:
    """A local time."""
    return datetime.combine(day, time(hour, minute), ZONE)


def days(number: float) -> timedelta:
    """So many days."""
    return timedelta(days=number)
