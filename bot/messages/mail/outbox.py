"""The outbox of e-mail: every mail to somebody is a row; the queue carries only the wish to look at the rows.

Owns the states of a mail, the lease and the ladder of tries. Addresses and words are sealed, and blanked in time;
what is kept of a refusal is its code. Speaking to the mail server is messages.mail.sending's.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, update

from bot.db import table
from bot.messages.models import MAIL_WAITS, WORDED, Mail, MailState
from bot.upsert import insert_new
from bot.vault import Vault, VaultError

LASTS = timedelta(days=3)  # where whoever queues it says nothing else
LEASE = timedelta(minutes=3)  # longer than the queue lets a job run: who holds a row is gone by then
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))  # after each try; the last one again and again
MOST_TRIES = 32_000  # as far as the column counts
MOST_FORGOTTEN = 2_000  # mails of one look
_mail = table(Mail)

# From each state the states it may go to; a state outside the table is final.
STEPS = {
    MailState.QUEUED: (MailState.SENDING, MailState.FAILED, MailState.EXPIRED, MailState.CANCELLED),
    MailState.SENDING: (
        MailState.QUEUED,
        MailState.SENT,
        MailState.FAILED,
        MailState.EXPIRED,
        MailState.CANCELLED,
    ),
    MailState.CANCELLED: (MailState.SENT,),  # it was in somebody's hands, and is gone
}


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """A mail in our hands: to whom, what, and the token that proves the lease."""

    id: int
    to: str
    subject: str
    text: str
    html: str | None
    about: str
    attempts: int  # this one included
    created_at: datetime
    token: str


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A mail to one address, to be sent from `due` (at once) to `expires` (LASTS later).

    `key` names the due thing it belongs to (100 characters): queued again under it nothing changes. What is `about`
    the same (40 characters) can be called off together. `text` is never empty; with `html` a reader has both.
    """

    to: str
    subject: str
    text: str
    html: str | None
    key: str
    about: str = ""
    due: datetime | None = None
    expires: datetime | None = None


def queue(
    connection: Connection,
    vault: Vault,
    mail: OutgoingMail,
    now: datetime,
) -> None:
    """Put a mail into the outbox; one that is queued again under its key changes nothing."""
    if not mail.text:
        raise ValueError("a mail without words")
    due = mail.due or now
    values = {
        "unique_key": mail.key,
        "about": mail.about,
        "to": vault.seal(mail.to),
        "subject": vault.seal(mail.subject),
        "text": vault.seal(mail.text),
        "html": None if mail.html is None else vault.seal(mail.html),
        "state": MailState.QUEUED,
        "due_at": due,
        "expires_at": mail.expires or due + LASTS,
        "attempts": 0,
        "error": "",
        "created_at": now,
        "changed_at": now,
    }
    connection.execute(insert_new(connection, Mail), values)


def cancel(connection: Connection, about: str, now: datetime) -> int:
    """Send nothing of what still waits about something. Returns how many mails that was.

    One that is in somebody's hands may go out all the same; it is not tried again.
    """
    gone = update(_mail).where(_mail.c.about == about, MAIL_WAITS)
    return connection.execute(gone.values(state=MailState.CANCELLED, changed_at=now)).rowcount


def claim(connection: Connection, vault: Vault, now: datetime) -> ClaimedMail | None:
    """Take the mail that is due longest; nobody else gets it before its lease is over. None: nothing is due.

    The lease lasts as long as the ladder would wait: a mail that ends its worker comes back no sooner than another.
    """
    while (row := _longest_due(connection, now)) is not None:
        mine = update(_mail).where(_mail.c.id == row.id)
        if row.expires_at <= now:
            connection.execute(mine.values(state=MailState.EXPIRED, token=None, changed_at=now))
            continue
        try:
            to, subject, text = (vault.open(sealed) for sealed in (row.to, row.subject, row.text))
            html = None if row.html is None else vault.open(row.html)
        except VaultError:
            connection.execute(mine.values(state=MailState.FAILED, error="unreadable", token=None, changed_at=now))
            continue
        token, attempts = secrets.token_hex(8), min(row.attempts + 1, MOST_TRIES)
        taken = {"state": MailState.SENDING, "token": token, "attempts": attempts, "changed_at": now}
        connection.execute(mine.values(**taken, due_at=now + max(LEASE, _wait(attempts))))
        return ClaimedMail(row.id, to, subject, text, html, row.about, attempts, row.created_at, token)
    return None


def _longest_due(connection: Connection, now: datetime) -> Row[*tuple[Any, ...]] | None:
    return connection.execute(
        select(_mail)
        .where(_is_due(now))
        .order_by(_mail.c.due_at, _mail.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(MAIL_WAITS, _mail.c.due_at <= now)


def _wait(attempts: int) -> timedelta:
    return WAITS[min(attempts, len(WAITS)) - 1]


def sent(connection: Connection, claimed: ClaimedMail, now: datetime) -> bool:
    """The server has taken it. False: somebody else has it by now."""
    return _settle(connection, claimed, MailState.SENT, now, error="")


def refused(connection: Connection, claimed: ClaimedMail, error: str, now: datetime) -> bool:
    """It will never be taken; `error` is the server's code. False: somebody else has it by now."""
    return _settle(connection, claimed, MailState.FAILED, now, error=error[:40])


def try_later(connection: Connection, claimed: ClaimedMail, error: str, now: datetime) -> bool:
    """Try again by the ladder, until it expires. False: somebody else has it by now."""
    due = now + _wait(claimed.attempts)
    return _settle(connection, claimed, MailState.QUEUED, now, error=error[:40], due_at=due)


def _settle(connection: Connection, claimed: ClaimedMail, state: MailState, now: datetime, **values: object) -> bool:
    origins = [origin for origin, after in STEPS.items() if state in after and origin is not MailState.QUEUED]
    mine = (_mail.c.id == claimed.id, _mail.c.token == claimed.token, _mail.c.state.in_(origins))
    settled = {"state": state, "token": None, "changed_at": now, **values}
    return bool(connection.execute(update(_mail).where(*mine).values(settled)).rowcount)


def sweep(connection: Connection, now: datetime) -> bool:
    """Let expire what came too late. Returns whether anything is due to be sent."""
    late = update(_mail).where(_is_due(now), _mail.c.expires_at <= now)
    connection.execute(late.values(state=MailState.EXPIRED, token=None, changed_at=now))
    return is_due(connection, now)


def is_due(connection: Connection, now: datetime) -> bool:
    """Whether anything is to be sent now."""
    return connection.execute(select(_mail.c.id).where(_is_due(now)).limit(1)).first() is not None


def forget(connection: Connection, vault: Vault, until: datetime) -> None:
    """Blank addresses and words of mails made before a time, some at each look; what is blank is not touched."""
    old = select(_mail.c.id).where(WORDED, _mail.c.created_at < until).order_by(_mail.c.created_at)
    nothing = vault.seal("")
    blank = {"to": nothing, "subject": nothing, "text": nothing, "html": None}
    some = old.limit(MOST_FORGOTTEN).scalar_subquery()
    connection.execute(update(_mail).where(_mail.c.id.in_(some)).values(blank))


def counts(connection: Connection) -> Mapping[str, int]:
    """How many mails wait, by state, for the metrics."""
    rows = connection.execute(select(_mail.c.state, func.count()).where(MAIL_WAITS).group_by(_mail.c.state))
    found = {row[0]: int(row[1]) for row in rows}
    return {str(state): found.get(state, 0) for state in (MailState.QUEUED, MailState.SENDING)}


def oldest_due(connection: Connection, now: datetime) -> datetime | None:
    """When the oldest mail that waits and is due, or was tried in vain, was made: the ladder makes none younger."""
    waits = (MAIL_WAITS, or_(_mail.c.due_at <= now, _mail.c.attempts > 0))
    found: datetime | None = connection.execute(select(func.min(_mail.c.created_at)).where(*waits)).scalar_one()
    return found
