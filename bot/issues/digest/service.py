"""The daily digest: at half past seven of a working day each office is told of its issues, by SMS and e-mail.

Owns when and to whom. A row for each office and day is written first, in the same transaction as what is queued: told
is told, however often the clock comes by. The open side: of people only officials are known here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, exists, or_, select, update

from bot.db import reading, table, writing
from bot.issues.calendar import load_calendar
from bot.issues.digest import figures as digest_figures
from bot.issues.digest import mail as digest_mail
from bot.issues.digest.figures import DigestFigures
from bot.issues.digest.mail import Content, DigestMail
from bot.issues.models import Digest, Official, Reached
from bot.issues.visibility import offices as desks
from bot.language.text.sms_parts import parts
from bot.messages import alarms
from bot.messages.mail import outbox as mail_outbox
from bot.messages.mail.outbox import OutgoingMail
from bot.messages.models import Purpose
from bot.messages.notices import Notice, Notices, Recipient, recipients
from bot.upsert import insert_new
from flows.issues.digest_notices import Counted, told
from flows.prompts import Prompt, Titled

log = structlog.get_logger()

BEGINS, ENDS = time(7, 30), time(17)
USELESS_AFTER = time(20)  # an SMS; tomorrow there is a newer one
MONDAY = 0
MOST_PARTS = 2
AT_ONCE = 5  # offices of one transaction
_official, _digest = table(Official), table(Digest)

Link = Callable[[int, int, datetime], str]  # the page of an official's office: their id, the serial of their links


def in_short(figures: DigestFigures) -> Counted:
    """What an SMS tells of the figures."""
    own, below = figures.own, figures.provinces.values()
    return Counted(
        new=own.new,
        unread=own.unread,
        overdue=own.overdue,
        code=figures.longest,
        reopened=own.reopened,
        below=figures.below,
        provinces=(sum(sums.new for sums in below), sum(sums.overdue for sums in below)),
        joined=figures.joined,
        voices=figures.voices,
        confirmed=own.confirmed,
    )


def sms(notices: Notices, figures: DigestFigures, office: Titled, link: str, voice: str) -> tuple[Prompt, ...]:
    """The longest wording that costs MOST_PARTS at most."""
    for prompts in told(in_short(figures), office, link):
        if parts(notices.text(prompts, voice)).parts <= MOST_PARTS:
            break
    return prompts


def before(connection: Connection, office: int, day: date) -> Row[*tuple[Any, ...]] | None:
    """The last digest of an office before a day: when it was made, and what it told."""
    last = select(_digest).where(_digest.c.office_id == office, _digest.c.day < day)
    return connection.execute(last.order_by(_digest.c.day.desc()).limit(1)).one_or_none()


@dataclass(frozen=True, slots=True)
class Digests:
    """The task. `link` leads an official to their office; without `mails` there is no mail server."""

    engine: Engine
    notices: Notices
    zone: ZoneInfo
    link: Link
    letters: DigestMail
    mails: bool

    def __call__(self, now: datetime) -> None:
        """Tell every office that was not told today; a clock that slept does it later, until the offices close."""
        local = now.astimezone(self.zone)
        if not BEGINS <= local.time() < ENDS:
            return
        day = local.date()
        with reading(self.engine) as connection:
            offices = self._untold(connection, day) if load_calendar(connection, self.zone).is_working(day) else []
        for begin in range(0, len(offices), AT_ONCE):
            failed = self._tell_some(offices[begin : begin + AT_ONCE], day, now)
            if failed:
                with writing(self.engine) as connection:
                    told = f"the digest of office {failed[0]} cannot be made; see the clock's log"
                    alarms.sound(connection, "digest", told, now)

    def _untold(self, connection: Connection, day: date) -> Sequence[int]:
        """Offices in which somebody can be told, and nobody was on this day."""
        done = exists().where(_digest.c.office_id == _official.c.office_id, _digest.c.day == day)
        wanted = select(_official.c.office_id).where(self._reachable, ~done).distinct()
        return connection.execute(wanted.order_by(_official.c.office_id)).scalars().all()

    @property
    def _reachable(self) -> ColumnElement[bool]:
        by_mail = _official.c.mail == Reached.CONFIRMED
        by_phone = _official.c.phone == Reached.CONFIRMED
        return and_(_official.c.removed_at.is_(None), or_(by_phone, by_mail) if self.mails else by_phone)

    def _tell_some(self, offices: Sequence[int], day: date, now: datetime) -> list[int]:
        """Tell some offices in one transaction. Returns those of which something is wrong: the others are told."""
        failed = []
        with writing(self.engine) as connection:
            for office in offices:
                try:
                    with connection.begin_nested():
                        self._tell(connection, office, day, now)
                except Exception as error:
                    # Without a database the next statement raises, and that ends it.
                    log.error("digest failed", office=office, error=type(error).__name__)
                    failed.append(office)
        return failed

    def _tell(self, connection: Connection, office: int, day: date, now: datetime) -> None:
        first = {"office_id": office, "day": day, "figures": "{}", "created_at": now}
        if not connection.execute(insert_new(connection, Digest).returning(_digest.c.day), first).all():
            return  # another clock was quicker
        last = before(connection, office, day)
        since = None if last is None else last.created_at
        figures = digest_figures.count(connection, desks(connection, [office])[office], since, now)
        if not figures.tells and day.weekday() != MONDAY:
            return
        kept = json.dumps(figures.kept(), separators=(",", ":"))
        mine = (_digest.c.office_id == office, _digest.c.day == day)
        connection.execute(update(_digest).where(*mine).values(figures=kept))
        officials = connection.execute(
            select(_official).where(_official.c.office_id == office, self._reachable).order_by(_official.c.id)
        ).all()
        contacts = {row.contact_id for row in officials if row.contact_id is not None}
        read_as = {one.id: one for one in recipients(connection, contacts)}
        content: Content | None = None
        for official in officials:
            link, reader = self.link(official.id, official.serial, now), read_as.get(official.contact_id)
            if official.phone == Reached.CONFIRMED and reader is not None:
                self._text(connection, office, replace(reader, asked=official.phone_at), figures, link, day, now)
            if self.mails and official.mail == Reached.CONFIRMED and official.mail_to is not None:
                content = content or digest_mail.gather(connection, self.notices.vault, office, figures, since, now)
                self._mail(connection, official, content, reader, link, day, now)

    def _text(
        self,
        connection: Connection,
        office: int,
        to: Recipient,
        figures: DigestFigures,
        link: str,
        day: date,
        now: datetime,
    ) -> None:
        name = desks(connection, [office])[office].name
        prompts = sms(self.notices, figures, name, link, to.voice)
        until = datetime.combine(day, USELESS_AFTER, self.zone).astimezone(UTC)
        notice = Notice(prompts, Purpose.OWN, key(office, day), f"office:{office}", expires=until)
        self.notices.tell(connection, [replace(to, reach="sms")], notice, now)

    def _mail(
        self,
        connection: Connection,
        official: Row[*tuple[Any, ...]],
        content: Content,
        reader: Recipient | None,
        link: str,
        day: date,
        now: datetime,
    ) -> None:
        language = "en" if reader is not None and reader.voice == "en" else "km"
        letter, office = self.letters.write(content, language, link), official.office_id
        vault, named = self.notices.vault, f"{key(office, day)}:{official.id}"
        to = vault.open(official.mail_to)
        mail = OutgoingMail(to, letter.subject, letter.text, letter.html, key=named, about=f"office:{office}")
        mail_outbox.queue(connection, vault, mail, now)


def key(office: int, day: date) -> str:
    """The name of an office's digest of a day."""
    return f"digest:{office}:{day}"
