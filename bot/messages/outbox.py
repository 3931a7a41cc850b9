"""The outbox: every message to somebody is a row; the queue carries only the wish to look at the rows.

Owns the states and the lease. A row is claimed with a token and may be sent until its lease is over; what the
carrier may have taken without telling us is marked unknown and never sent again by itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from bot.contacts.models import Contact
from bot.db import table
from bot.messages.models import Outbound, OutState
from bot.messages.received import SEALED_NOTHING
from bot.vault import Vault, VaultError

LEASE = timedelta(seconds=30)
ANSWER_LASTS = timedelta(days=7)
ASKED_LASTS = timedelta(minutes=10)  # of what a caller asked for: later it answers nothing any more
RETRY_AFTER = (5, 30, 120, 600)  # seconds after the first, second … refusal that may pass

# From each state the states it may go to; a state outside the table is final.
STEPS = {
    OutState.QUEUED: (OutState.SENDING, OutState.EXPIRED, OutState.CANCELLED),
    OutState.SENDING: (
        *(OutState.QUEUED, OutState.SENT, OutState.FAILED, OutState.UNKNOWN),
        *(OutState.DELIVERED, OutState.UNDELIVERED),  # a callback may be quicker than the carrier's answer
    ),
    OutState.SENT: (OutState.DELIVERED, OutState.UNDELIVERED, OutState.FAILED),
    OutState.UNKNOWN: (OutState.SENT, OutState.DELIVERED, OutState.UNDELIVERED, OutState.FAILED),
}
_out = table(Outbound)
_contact = table(Contact)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row in our hands: to whom, what, and the token that proves the lease."""

    id: int
    contact: int
    to: str
    text: str
    attempts: int
    token: str


def may_come_from(state: OutState) -> list[OutState]:
    """The states that may lead to this one."""
    return [origin for origin, targets in STEPS.items() if state in targets]


def queue(
    connection: Connection, vault: Vault, contact: int, text: str, now: datetime, lasts: timedelta = ANSWER_LASTS
) -> int:
    """Put a message for a contact into the outbox; unsent after `lasts` it expires. Returns its id."""
    statement = insert(_out).values(
        contact_id=contact,
        text=vault.seal(text),
        state=OutState.QUEUED,
        due_at=now,
        expires_at=now + lasts,
        attempts=0,
        error="",
        created_at=now,
        changed_at=now,
    )
    return int(connection.execute(statement.returning(_out.c.id)).scalar_one())


def claim(connection: Connection, vault: Vault, now: datetime, size: int) -> list[Claimed]:
    """Take up to `size` due rows for LEASE; nobody else gets them meanwhile."""
    token = secrets.token_hex(8)
    due = (
        select(_out.c.id)
        .where(_out.c.state == OutState.QUEUED, _out.c.due_at <= now, _out.c.expires_at > now)
        .order_by(_out.c.due_at, _out.c.id)
        .limit(size)
        .with_for_update(skip_locked=True)
    )
    rows = connection.execute(
        update(_out)
        .where(_out.c.id.in_(due.scalar_subquery()))
        .values(
            state=OutState.SENDING,
            token=token,
            leased_until=now + LEASE,
            attempts=_out.c.attempts + 1,
            changed_at=now,
        )
        .returning(_out.c.id, _out.c.contact_id, _out.c.text, _out.c.attempts)
    ).all()
    wanted = {row.contact_id for row in rows}
    addresses = connection.execute(select(_contact.c.id, _contact.c.address).where(_contact.c.id.in_(wanted)))
    to = {row.id: row.address for row in addresses}
    claimed = []
    for row in sorted(rows, key=lambda row: row.id):
        try:
            address, words = vault.open(to[row.contact_id]), vault.open(row.text)
        except VaultError:
            unreadable = {"state": OutState.FAILED, "error": "unreadable", "leased_until": None}
            connection.execute(update(_out).where(_out.c.id == row.id).values(unreadable))
            continue
        claimed.append(Claimed(row.id, row.contact_id, address, words, row.attempts, token))
    # A row that does not open must not keep the ones behind it waiting.
    return claimed if claimed or not rows else claim(connection, vault, now, size)


def cancel(connection: Connection, contact: int, now: datetime) -> None:
    """Send nothing of what still waits for a contact: somebody else has the number."""
    waiting = (_out.c.contact_id == contact, _out.c.state == OutState.QUEUED)
    connection.execute(update(_out).where(*waiting).values(state=OutState.CANCELLED, changed_at=now))


def settle(
    connection: Connection,
    claimed: Claimed,
    state: OutState,
    now: datetime,
    *,
    sid: str | None = None,
    error: str = "",
) -> None:
    """Write back what became of a claimed row, unless somebody else holds it by now.

    A status callback may have been quicker than this write: then only the sid is added.
    """
    mine = (_out.c.id == claimed.id) & (_out.c.token == claimed.token)
    values: dict[str, object] = {"state": state, "error": error, "changed_at": now, "leased_until": None}
    if state is OutState.QUEUED:
        wait = RETRY_AFTER[min(claimed.attempts, len(RETRY_AFTER)) - 1]
        values["due_at"] = now + timedelta(seconds=wait)
    if sid:
        values["sid"] = sid
    held = update(_out).where(mine, _out.c.state == OutState.SENDING).values(values)
    if not connection.execute(held).rowcount and sid:
        connection.execute(update(_out).where(mine).values(sid=sid))


def note_status(connection: Connection, id: int, state: OutState, error: str, now: datetime) -> bool:
    """Take a carrier's word on a row. A state never moves backwards and a final one never changes."""
    statement = (
        update(_out)
        .where(_out.c.id == id, _out.c.state.in_(may_come_from(state)))
        .values(state=state, changed_at=now, error=func.coalesce(func.nullif(error, ""), _out.c.error))
    )
    return bool(connection.execute(statement).rowcount)


def forget(connection: Connection, vault: Vault, until: datetime) -> None:
    """Blank the texts of messages made before a time; what is blank already is not touched."""
    told = func.length(_out.c.text) > SEALED_NOTHING
    connection.execute(update(_out).where(_out.c.created_at < until, told).values(text=vault.seal("")))


def sweep(connection: Connection, now: datetime) -> int:
    """Settle what nobody holds any more and what came too late. Returns how many rows are due to be sent."""
    connection.execute(
        update(_out)
        .where(_out.c.state == OutState.SENDING, _out.c.leased_until < now)
        .values(state=OutState.UNKNOWN, changed_at=now, error="lease")
    )
    connection.execute(
        update(_out)
        .where(_out.c.state == OutState.QUEUED, _out.c.expires_at <= now)
        .values(state=OutState.EXPIRED, changed_at=now)
    )
    due = select(func.count()).where(_out.c.state == OutState.QUEUED, _out.c.due_at <= now)
    return int(connection.execute(due).scalar_one())


def page(connection: Connection, state: str, before: int | None, size: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Up to `size` rows of a state, newest first, before an id: id, contact_id, attempts, error, sid, changed_at."""
    columns = (_out.c.id, _out.c.contact_id, _out.c.attempts, _out.c.error, _out.c.sid, _out.c.changed_at)
    statement = select(*columns).where(_out.c.state == state).order_by(_out.c.id.desc()).limit(size)
    if before is not None:
        statement = statement.where(_out.c.id < before)
    return connection.execute(statement).all()


def counts(connection: Connection) -> dict[str, int]:
    """How many rows are in each state that is not final, for the metrics."""
    open_states = [state for state in OutState if state in STEPS]
    rows = connection.execute(
        select(_out.c.state, func.count())
        .where(or_(*(_out.c.state == state for state in open_states)))
        .group_by(_out.c.state)
    )
    found = {row[0]: int(row[1]) for row in rows}
    return {str(state): found.get(state, 0) for state in open_states}
