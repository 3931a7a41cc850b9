"""The inbox of staff: what a person should read. Texts are sealed, answers go by the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, func, insert, or_, select, update

from bot.contacts.models import Contact
from bot.contacts.phone import WITHHELD, Address, AddressKind, read_address
from bot.db import table
from bot.messages.inbound.received import SEALED_NOTHING
from bot.messages.models import InboxItem, ItemState, Purpose, Recording
from bot.messages.sms import outbox as sms_outbox
from bot.messages.sms.outbox import Outgoing
from bot.vault import Vault, VaultError

_item, _recording, _contact = table(InboxItem), table(Recording), table(Contact)
WITH_RECORDED = select(_item, exists().where(_recording.c.item_id == _item.c.id).label("recorded"))
NO_SMS = (AddressKind.LANDLINE, AddressKind.SHORT, AddressKind.WITHHELD)
MISSED = "missed"  # the reason of what was not understood
MOST_MISSED = 800  # letters of one item
MOST_WITHHELD = 20  # open items of senders without a number


@dataclass(frozen=True, slots=True)
class StaffItem:
    """An item as staff read it; the number stays out of it."""

    id: int
    contact: int | None
    reason: str
    state: str
    words: str
    note: str
    created_at: datetime
    recorded: bool  # words were spoken with it: see messages.inbound.recordings


def add(
    connection: Connection, vault: Vault, contact: int | None, reason: str, words: str, now: datetime
) -> int | None:
    """Leave something for staff to read. Returns its id.

    Senders without a number cannot be answered and may leave only a few; None when that was one too many. What was not
    understood of somebody is one item as long as nobody has read it, with all of their words.
    """
    if contact is not None and reason == MISSED and (id := _gone_on_with(connection, vault, contact, words)):
        return id
    if contact is None:
        waiting = select(func.count()).where(_item.c.state == ItemState.OPEN, _item.c.contact_id.is_(None))
        if connection.execute(waiting).scalar_one() >= MOST_WITHHELD:
            return None
    statement = insert(_item).values(
        contact_id=contact,
        reason=reason,
        state=ItemState.OPEN,
        words=vault.seal(words),
        created_at=now,
    )
    return int(connection.execute(statement.returning(_item.c.id)).scalar_one())


def _gone_on_with(connection: Connection, vault: Vault, contact: int, words: str) -> int | None:
    """The open item of somebody of whom something was not understood before, with these words in it as well."""
    mine = (_item.c.contact_id == contact, _item.c.state == ItemState.OPEN, _item.c.reason == MISSED)
    found = connection.execute(select(_item.c.id, _item.c.words).where(*mine).order_by(_item.c.id.desc())).first()
    if found is None:
        return None
    before = vault.open(found.words)
    if words not in before and len(before) + len(words) < MOST_MISSED:
        more = vault.seal(f"{before}\n{words}")
        connection.execute(update(_item).where(_item.c.id == found.id).values(words=more))
    return int(found.id)


def newest_withheld(connection: Connection) -> int | None:
    """The newest open item of somebody without a number, or None."""
    waiting = select(func.max(_item.c.id)).where(_item.c.state == ItemState.OPEN, _item.c.contact_id.is_(None))
    found: int | None = connection.execute(waiting).scalar_one()
    return found


def sender(connection: Connection, vault: Vault, id: int) -> Address:
    """The address behind an item; withheld when there is none, or none that opens."""
    statement = select(_contact.c.address).join(_item, _item.c.contact_id == _contact.c.id).where(_item.c.id == id)
    sealed = connection.execute(statement).scalar_one_or_none()
    try:
        return WITHHELD if sealed is None else read_address(vault.open(sealed))
    except VaultError:
        return WITHHELD


def page(
    connection: Connection, vault: Vault, state: str = ItemState.OPEN, after: int = 0, size: int = 20
) -> list[StaffItem]:
    """Up to `size` items of a state, oldest first, behind the item `after`."""
    rows = connection.execute(
        WITH_RECORDED.where(_item.c.state == state, _item.c.id > after).order_by(_item.c.id).limit(size)
    )
    return [_read(row, vault) for row in rows]


def of_reason(connection: Connection, vault: Vault, reason: str, after: int, size: int) -> list[StaffItem]:
    """Up to `size` items left for one reason, whatever became of them, oldest first, behind the item `after`."""
    mine = WITH_RECORDED.where(_item.c.reason == reason, _item.c.id > after)
    return [_read(row, vault) for row in connection.execute(mine.order_by(_item.c.id).limit(size))]


def show(connection: Connection, vault: Vault, id: int) -> StaffItem | None:
    """One item, or None."""
    row = connection.execute(WITH_RECORDED.where(_item.c.id == id)).one_or_none()
    return None if row is None else _read(row, vault)


def answer(connection: Connection, vault: Vault, id: int, text: str, now: datetime) -> bool:
    """Answer an open item by SMS through the outbox. False when no such item is open or no SMS reaches its sender."""
    if sender(connection, vault, id).kind in NO_SMS:
        return False
    asked = connection.execute(
        update(_item)
        .where(_item.c.id == id, _item.c.state == ItemState.OPEN, _item.c.contact_id.is_not(None))
        .values(state=ItemState.ANSWERED, note=vault.seal(text), closed_at=now)
        .returning(_item.c.contact_id, _item.c.created_at)
    ).one_or_none()
    if asked is None:
        return False
    sms_outbox.queue(connection, vault, Outgoing(asked.contact_id, text, Purpose.OWN, asked=asked.created_at), now)
    return True


def close_all(connection: Connection, vault: Vault, contact: int, note: str, now: datetime) -> None:
    """Close every open item of a contact."""
    connection.execute(
        update(_item)
        .where(_item.c.contact_id == contact, _item.c.state == ItemState.OPEN)
        .values(state=ItemState.CLOSED, note=vault.seal(note), closed_at=now)
    )


def close(connection: Connection, vault: Vault, id: int, note: str, now: datetime) -> bool:
    """Close an open item without an answer. False when there is no such open item."""
    closed = connection.execute(
        update(_item)
        .where(_item.c.id == id, _item.c.state == ItemState.OPEN)
        .values(state=ItemState.CLOSED, note=vault.seal(note), closed_at=now)
    )
    return closed.rowcount == 1


def forget(connection: Connection, vault: Vault, until: datetime) -> None:
    """Blank the words and notes of items left before a time; what is blank already is not touched."""
    told = or_(func.length(_item.c.words) > SEALED_NOTHING, _item.c.note.is_not(None))
    connection.execute(update(_item).where(_item.c.created_at < until, told).values(words=vault.seal(""), note=None))


def _read(row: Row[Any], vault: Vault) -> StaffItem:
    return StaffItem(
        id=row.id,
        contact=row.contact_id,
        reason=row.reason,
        state=row.state,
        words=vault.open(row.words),
        note=vault.open(row.note) if row.note else "",
        created_at=row.created_at,
        recorded=row.recorded,
    )
