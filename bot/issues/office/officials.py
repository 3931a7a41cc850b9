"""Officials: who answers for an office, and that each has said so before anything is sent to them.

Owns the states of their telephone and e-mail, and what they are sent about themselves: the question whether they are
of the office, and new links to its page. What their office does with an issue is issues.handling's.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, or_, select, update

from bot.db import table
from bot.issues import visibility
from bot.issues.models import Official, Reached
from bot.issues.notifications import OFFICIAL, IssueDeps, officials_of
from bot.issues.office import mail as office_mail
from bot.issues.office import pending
from bot.issues.office.links import Links
from bot.issues.office.mail import Letter
from bot.messages import notices
from bot.messages.mail import outbox as mail_outbox
from bot.messages.mail.outbox import OutgoingMail
from bot.messages.models import Mail, OpenQuestion, Outbound, Purpose
from bot.messages.notices import Notice, recipients
from bot.messages.questions import close_questions, open_questions
from bot.web.languages import load_words
from flows.issues import notices as issue_notices
from flows.prompts import Prompt

ANSWERS_WITHIN = timedelta(days=14)  # then they may be asked again
LINKS_A_DAY = 3  # to one official
LINK_COMES_WITHIN = timedelta(hours=1)
_official, _question, _out, _mail = table(Official), table(OpenQuestion), table(Outbound), table(Mail)
Person = Row[*tuple[Any, ...]]


def about(official: int) -> str:
    """The name under which everything about an official is called off."""
    return f"official:{official}"


def find(connection: Connection, official: int) -> Person | None:
    """An official who has not been removed."""
    mine = (_official.c.id == official, _official.c.removed_at.is_(None))
    return connection.execute(select(_official).where(*mine)).one_or_none()


def invite(connection: Connection, deps: IssueDeps, links: Links, office: int | None, now: datetime) -> tuple[int, int]:
    """Ask those on the list, of one office or of all, whether they are of it; who was asked long ago is asked again.

    Returns how many were asked by telephone and by e-mail. Until they say so nothing else is sent to them.
    """
    phone = _to_ask(_official.c.phone, _official.c.phone_at, now)
    address = _to_ask(_official.c.mail, _official.c.mail_at, now)
    which = [_official.c.removed_at.is_(None), or_(phone, address)]
    if office is not None:
        which.append(_official.c.office_id == office)
    wanted = select(_official, phone.label("by_phone"), address.label("by_mail")).where(*which).order_by(_official.c.id)
    rows = connection.execute(wanted.with_for_update()).all()
    for row in rows:
        if row.by_phone:
            _ask_by_phone(connection, deps, row, now)
        if row.by_mail:
            link = links.to_mail(row.id, row.serial, row.mail_hash, now)
            _write(connection, deps, row, office_mail.ASKED, link, f"{now:%y%m%d}:ask", now)
            _set(connection, row, mail=Reached.ASKED, mail_at=now)
    return sum(bool(row.by_phone) for row in rows), sum(bool(row.by_mail) for row in rows)


def _to_ask(state: ColumnElement[Any], since: ColumnElement[Any], now: datetime) -> ColumnElement[bool]:
    return or_(state == Reached.LISTED, and_(state == Reached.ASKED, since <= now - ANSWERS_WITHIN))


def _ask_by_phone(connection: Connection, deps: IssueDeps, row: Person, now: datetime) -> None:
    desk = visibility.offices(connection, [row.office_id])[row.office_id]
    prompt = Prompt(issue_notices.ARE_YOU, {"office": desk.name})
    key = f"{about(row.id)}:{row.serial}:{now:%y%m%d}:ask"
    to = recipients(connection, [row.contact_id])
    deps.notices.tell(connection, to, Notice((prompt,), Purpose.OWN, key, about(row.id)), now)
    open_questions(connection, OFFICIAL, row.id, [row.contact_id], now, now + ANSWERS_WITHIN)
    _set(connection, row, phone=Reached.ASKED, phone_at=now)


def _write(
    connection: Connection, deps: IssueDeps, row: Person, letter: Letter, link: str, key: str, now: datetime
) -> None:
    desk = visibility.offices(connection, [row.office_id])[row.office_id]
    subject, text = office_mail.write(letter, desk, link, load_words())
    to = deps.vault.open(row.mail_to)
    key = f"{about(row.id)}:{row.mail_hash[:8]}:{row.serial}:{key}"
    mail = OutgoingMail(to, subject, text, None, key=key, about=about(row.id))
    mail_outbox.queue(connection, deps.vault, mail, now)


def _set(connection: Connection, row: Person, **values: object) -> None:
    connection.execute(update(_official).where(_official.c.id == row.id).values(values))


def answer(connection: Connection, official: int, contact: int, yes: bool, now: datetime) -> str:
    """Somebody on a list says whether they are of that office. Outcomes: accepted, gone."""
    mine = (_official.c.id == official, _official.c.contact_id == contact, _official.c.removed_at.is_(None))
    values: dict[str, Any] = {"phone": Reached.CONFIRMED if yes else Reached.DECLINED, "phone_at": now}
    if not yes:  # what was sent to this telephone opens nothing any more
        were = _official.c.phone == Reached.CONFIRMED
        values["serial"] = case((were, _official.c.serial + 1), else_=_official.c.serial)
        pending.undo_all(connection, official)
    if not connection.execute(update(_official).where(*mine).values(values)).rowcount:
        return "gone"
    asked = (_question.c.kind == OFFICIAL, _question.c.subject == official, _question.c.contact_id == contact)
    connection.execute(update(_question).where(*asked).values(answer="yes" if yes else "no"))
    return "accepted"


def confirm_mail(connection: Connection, official: int, now: datetime) -> str:
    """Who reads their e-mail says that they are of that office. Outcomes: accepted, gone."""
    mine = (_official.c.id == official, _official.c.removed_at.is_(None), _official.c.mail != Reached.NONE)
    confirmed = update(_official).where(*mine).values(mail=Reached.CONFIRMED, mail_at=now)
    return "accepted" if connection.execute(confirmed).rowcount else "gone"


def new_link(connection: Connection, deps: IssueDeps, links: Links, official: int, now: datetime) -> bool:
    """Send an official a new link, to the telephone they answered from, else to their e-mail.

    False: they have had LINKS_A_DAY today, or there is no way to them.
    """
    mine = (_official.c.id == official, _official.c.removed_at.is_(None))
    row = connection.execute(select(_official).where(*mine).with_for_update()).one_or_none()
    if row is None:
        return False
    link = links.to(row.id, row.serial, now)
    if row.phone == Reached.CONFIRMED:
        return _link_by_sms(connection, deps, row, link, now)
    return row.mail == Reached.CONFIRMED and _link_by_mail(connection, deps, row, link, now)


def _link_by_sms(connection: Connection, deps: IssueDeps, row: Person, link: str, now: datetime) -> bool:
    day = f"{now.astimezone(deps.zone):%y%m%d}"
    keys = [f"{about(row.id)}:{day}:link:{number}" for number in range(LINKS_A_DAY)]
    whole = [f"{key}:{row.contact_id}" for key in keys]
    sent = set(connection.execute(select(_out.c.unique_key).where(_out.c.unique_key.in_(whole))).scalars())
    left = [key for key, one in zip(keys, whole, strict=True) if one not in sent]
    if not left:
        return False
    # They have just asked for it: it is an answer, at night as well, and of no use later.
    prompt, expires = Prompt(issue_notices.LINK, {"link": link}), now + LINK_COMES_WITHIN
    notice = Notice((prompt,), Purpose.ANSWER, left[0], about(row.id), expires=expires)
    to = [one for one in officials_of(connection, row.office_id) if one.id == row.contact_id]
    deps.notices.tell(connection, to, notice, now)
    return True


def _link_by_mail(connection: Connection, deps: IssueDeps, row: Person, link: str, now: datetime) -> bool:
    today = (_mail.c.about == about(row.id), _mail.c.created_at > now - timedelta(days=1))
    if len(connection.execute(select(_mail.c.id).where(*today)).all()) >= LINKS_A_DAY:
        return False
    _write(connection, deps, row, office_mail.NEW_LINK, link, f"{now:%y%m%d%H%M%S}:link", now)
    return True


def remove(connection: Connection, official: int, now: datetime) -> None:
    """Somebody no longer answers for an office: their links end, and nothing more is sent to them for it."""
    mine = (_official.c.id == official, _official.c.removed_at.is_(None))
    gone = {"removed_at": now, "serial": _official.c.serial + 1}
    if connection.execute(update(_official).where(*mine).values(gone)).rowcount:
        _end(connection, official, now)


def disown(connection: Connection, contact: int, now: datetime) -> None:
    """The number changed hands: it is no official's any more, and their links end."""
    mine = (_official.c.contact_id == contact, _official.c.removed_at.is_(None))
    gone = {"phone": Reached.DECLINED, "phone_at": now, "serial": _official.c.serial + 1}
    theirs = connection.execute(update(_official).where(*mine).values(gone).returning(_official.c.id)).scalars().all()
    for official in theirs:
        _end(connection, official, now)


def moved(connection: Connection, official: int, now: datetime, *, phone: bool) -> None:
    """An address of theirs is another one: letters that wait hold links that have ended, and the question whether they
    are of the office is not the old telephone's to answer."""
    if phone:
        _end(connection, official, now)
    else:
        mail_outbox.cancel(connection, about(official), now)


def _end(connection: Connection, official: int, now: datetime) -> None:
    pending.undo_all(connection, official)
    close_questions(connection, OFFICIAL, [official], now)
    notices.call_off(connection, about(official), now)
    mail_outbox.cancel(connection, about(official), now)
