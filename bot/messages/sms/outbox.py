"""The outbox: every message to somebody is a row; the queue carries only the wish to look at the rows.

Owns the states, the order in which rows are taken and the lease. Whether a row may be sent is decided in
messages.sms.admission, what became of it in messages.sms.settling.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    bindparam,
    exists,
    func,
    literal_column,
    select,
    union_all,
    update,
)

from bot.contacts.models import Contact
from bot.db import reading, table, writing
from bot.messages import cancellations
from bot.messages.inbound.received import SEALED_NOTHING
from bot.messages.models import Outbound, OutState, Purpose
from bot.messages.sms import broadcast_text
from bot.messages.sms.broadcast_text import Turned
from bot.messages.sms.steps import STEPS
from bot.upsert import insert_new
from bot.vault import Vault, VaultError

LEASE = timedelta(seconds=30)
MOST_TURNED = 10  # claims in one transaction that find nothing to send
SLICE, SLICE_SQLITE, REST_SQLITE = 5_000, 1_000, 0.12  # rows of a transaction; on SQLite others write in the rest
LASTS_A_TICK = 3.0  # seconds of sweeping or forgetting
NEWS_WITHIN = timedelta(minutes=10)  # after which the carrier is asked what became of a message
# How long a message is worth sending, where whoever queues it says nothing else.
LASTS = {
    Purpose.ANSWER: timedelta(minutes=10),
    Purpose.OWN: timedelta(days=7),
    Purpose.REMINDER: timedelta(hours=24),
    Purpose.SUBSCRIPTION: timedelta(hours=24),
    Purpose.BROADCAST: timedelta(hours=24),
}

_out = table(Outbound)
_contact = table(Contact)
# Written out, not bound: a partial index is of use only to who is seen to ask for what it holds.
IS_QUEUED: ColumnElement[bool] = _out.c.state == literal_column("'queued'")
HAS_WORDS: ColumnElement[bool] = func.length(_out.c.text) > literal_column(str(SEALED_NOTHING))


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message for a contact, to be sent from `due` (at once) to `expires` (see LASTS).

    `key` names the due thing it belongs to (subject, id, phase, date; 100 characters): queued again it changes
    nothing. `asked` is when the person asked for it: a STOP before that does not hold it back. What is `about`
    the same (40 characters) can be called off together.
    """

    contact: int
    text: str
    purpose: Purpose
    key: str | None = None
    due: datetime | None = None
    expires: datetime | None = None
    asked: datetime | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class ClaimedMessage:
    """A row in our hands: to whom, what, and the token that proves the lease."""

    id: int
    contact: int
    to: str
    text: str
    purpose: Purpose
    attempts: int  # this one included
    rounds: int
    expires_at: datetime
    asked_at: datetime | None
    token: str


def queue(
    connection: Connection,
    vault: Vault,
    message: Outgoing,
    now: datetime,
) -> int:
    """Put a message into the outbox; one that is queued again under its key changes nothing. Returns its id."""
    due = message.due or now
    values = {
        "contact_id": message.contact,
        "purpose": message.purpose,
        "unique_key": message.key,
        "about": message.about,
        "text": vault.seal(message.text),
        "state": OutState.QUEUED,
        "due_at": due,
        "expires_at": message.expires or due + LASTS[message.purpose],
        "asked_at": message.asked,
        "attempts": 0,
        "rounds": 0,
        "error": "",
        "created_at": now,
        "changed_at": now,
    }
    statement = insert_new(connection, Outbound).values(values).returning(_out.c.id)
    id = connection.execute(statement).scalar_one_or_none()
    if id is None:
        id = connection.execute(select(_out.c.id).where(_out.c.unique_key == message.key)).scalar_one()
    return int(id)


def _due_first() -> Any:
    """The ids of what is due, the most urgent purpose first: a walk along the index for each, as far as needed."""
    each = [
        select(_out.c.id)
        .where(IS_QUEUED, _out.c.purpose == literal_column(f"'{purpose}'"), _out.c.due_at <= bindparam("now"))
        .order_by(_out.c.due_at, _out.c.id)
        .limit(bindparam("size"))
        .with_for_update(skip_locked=True)
        .subquery()
        for purpose in Purpose
    ]
    due = union_all(*(select(rows.c.id) for rows in each)).limit(bindparam("size")).cte("due")
    # Worked out once: walked along again it would skip what it has locked, and take more than it should.
    return due.prefix_with("MATERIALIZED")


_CLAIM = (
    update(_out)
    .where(_out.c.id.in_(select(_due_first().c.id)))
    .values(
        state=OutState.SENDING,
        token=bindparam("taken_by"),
        leased_until=bindparam("lease_ends"),
        attempts=_out.c.attempts + 1,
        tried_at=bindparam("now"),
        sid=None,
        changed_at=bindparam("now"),
    )
    .returning(
        _out.c.id,
        _out.c.contact_id,
        _out.c.purpose,
        _out.c.text,
        _out.c.attempts,
        _out.c.rounds,
        _out.c.expires_at,
        _out.c.asked_at,
        _out.c.due_at,
        _out.c.about,
    )
)
_URGENCY = {str(purpose): number for number, purpose in enumerate(Purpose)}


def claim(connection: Connection, vault: Vault, now: datetime, size: int) -> list[ClaimedMessage]:
    """Take up to `size` due rows for LEASE, the most urgent first; nobody else gets them meanwhile.

    They are not to be sent before messages.sms.admission has said so, in the same transaction.
    """
    token = secrets.token_hex(8)
    values = {"now": now, "size": size, "taken_by": token, "lease_ends": now + LEASE}
    claimed: list[ClaimedMessage] = []
    # Rows that do not open, or are of a broadcast that was paused, must not keep the ones behind them waiting.
    for _ in range(MOST_TURNED):
        rows = connection.execute(_CLAIM, values).all()
        claimed = _opened(connection, vault, rows, token, now)
        if claimed or not rows:
            break
    return claimed


def _opened(
    connection: Connection, vault: Vault, rows: Sequence[Row[Any]], token: str, now: datetime
) -> list[ClaimedMessage]:
    """Claimed rows with their words, in their order; those that are not to be sent go where they belong."""
    wanted = {row.contact_id for row in rows}
    addresses = connection.execute(select(_contact.c.id, _contact.c.address).where(_contact.c.id.in_(wanted)))
    to = {row.id: row.address for row in addresses} if rows else {}
    public = [row for row in rows if row.text is None]
    said = broadcast_text.words(connection, public) if public else {}
    claimed: list[ClaimedMessage] = []
    turned: dict[Turned, list[int]] = {}
    off = cancellations.messages(connection, [row.id for row in rows])
    if anew := [id for id, free in off.items() if free]:
        connection.execute(update(_out).where(_out.c.id.in_(anew)).values(unique_key=None))
    for row in sorted(rows, key=lambda row: (_URGENCY[row.purpose], row.due_at, row.id)):
        try:
            address = vault.open(to[row.contact_id])
            words = said[row.id] if row.text is None else vault.open(row.text)
        except VaultError:
            words = broadcast_text.UNREADABLE
        if row.text is None and not isinstance(words, Turned) and not broadcast_text.is_textable(address):
            words = Turned(OutState.SKIPPED, broadcast_text.NO_MOBILE)
        if row.id in off:
            words = Turned(OutState.CANCELLED)
        if isinstance(words, Turned):
            turned.setdefault(words, []).append(row.id)
            continue
        told = (row.attempts, row.rounds, row.expires_at, row.asked_at, token)
        claimed.append(ClaimedMessage(row.id, row.contact_id, address, words, Purpose(row.purpose), *told))
    for fate, ids in turned.items():
        back = {"attempts": _out.c.attempts - 1, "tried_at": None, "token": None, "leased_until": None}
        becomes = {"state": fate.state, "error": fate.error, "changed_at": now, **back}
        connection.execute(update(_out).where(_out.c.id.in_(ids)).values(becomes))
    return claimed


def cancel(connection: Connection, contact: int, now: datetime) -> None:
    """Send nothing of what still waits for a contact: somebody else has the number."""
    # Who claims locks messages, then people; whoever calls this has locked the person. Nobody waits for the other.
    waits = _out.c.state.in_((OutState.QUEUED, OutState.HELD))
    waiting = select(_out.c.id).where(_out.c.contact_id == contact, waits).with_for_update(skip_locked=True)
    gone = update(_out).where(_out.c.id.in_(waiting.scalar_subquery()))
    connection.execute(gone.values(state=OutState.CANCELLED, changed_at=now))
    cancellations.note_messages(connection, now, _out.c.contact_id == contact)


def call_off(connection: Connection, about: str, now: datetime, contact: int | None = None) -> int:
    """Send nothing of what still waits about something, to anybody or to one contact. Returns how many it was."""
    which = [_out.c.about == about]
    if contact is not None:
        which.append(_out.c.contact_id == contact)
    # As in cancel: what is just being claimed goes out, unless the claim lets it wait; nobody waits for the other.
    waits = _out.c.state.in_((OutState.QUEUED, OutState.HELD))
    waiting = select(_out.c.id).where(*which, waits).with_for_update(skip_locked=True)
    gone = update(_out).where(_out.c.id.in_(waiting.scalar_subquery()))
    count = connection.execute(gone.values(state=OutState.CANCELLED, changed_at=now)).rowcount
    cancellations.note_messages(connection, now, *which)
    return count


def forget(engine: Engine, vault: Vault, until: datetime) -> None:
    """Blank the texts of messages made before a time, a slice at a time; what is blank already is not touched."""
    old = select(_out.c.id).where(HAS_WORDS, _out.c.created_at < until).order_by(_out.c.created_at)
    _in_slices(engine, old, {"text": vault.seal("")})


def sweep(engine: Engine, now: datetime) -> bool:
    """Let expire what came too late, a slice at a time. Returns whether anything is due to be sent."""
    # SQLite thinks few rows have a state, and would read all that waits.
    waits = func.likely(IS_QUEUED) if engine.dialect.name == "sqlite" else IS_QUEUED
    late = select(_out.c.id).where(waits, _out.c.expires_at <= now).order_by(_out.c.expires_at)
    _in_slices(engine, late, {"state": OutState.EXPIRED, "changed_at": now})
    with reading(engine) as connection:
        return is_due(connection, now)


def _in_slices(engine: Engine, which: Select[tuple[int]], values: Mapping[str, object]) -> None:
    """Change rows for LASTS_A_TICK seconds, so that nobody waits long; what is left then is found the next time."""
    on_sqlite, until = engine.dialect.name == "sqlite", time.monotonic() + LASTS_A_TICK
    size = SLICE_SQLITE if on_sqlite else SLICE
    with reading(engine) as connection:  # an idle clock writes nothing
        left = connection.execute(which.limit(1)).first() is not None
    while left:
        with writing(engine) as connection:
            some = which.limit(size).with_for_update(skip_locked=True).cte("some").prefix_with("MATERIALIZED")
            changed = update(_out).where(_out.c.id.in_(select(some.c.id))).values(values).returning(_out.c.id)
            # Python's SQLite does not count what a statement changed that begins with WITH.
            left = len(connection.execute(changed).all()) == size
        if left and time.monotonic() > until:
            return
        if left and on_sqlite:
            time.sleep(REST_SQLITE)


def is_due(connection: Connection, now: datetime) -> bool:
    """Whether anything is to be sent now."""
    return any(
        connection.execute(
            select(exists().where(IS_QUEUED, _out.c.purpose == str(purpose), _out.c.due_at <= now))
        ).scalar_one()
        for purpose in Purpose
    )


def page(connection: Connection, state: str, before: int | None, size: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Up to `size` rows of a state, newest first, before an id: ids, purpose, about, tries, error, sid, times."""
    columns = (_out.c.id, _out.c.contact_id, _out.c.purpose, _out.c.about, _out.c.attempts, _out.c.error, _out.c.sid)
    times = (_out.c.due_at, _out.c.changed_at)
    statement = select(*columns, *times).where(_out.c.state == state).order_by(_out.c.id.desc())
    if before is not None:
        statement = statement.where(_out.c.id < before)
    return connection.execute(statement.limit(size)).all()


def counts(connection: Connection) -> dict[str, int]:
    """How many rows are in each state that is not final, for the metrics; of those that were sent only the ones of
    which the carrier is still to tell: by a carrier that tells nothing all stay as they were sent."""
    open_states = [state for state in OutState if state in STEPS]
    others = [state for state in open_states if state is not OutState.SENT]
    rows = connection.execute(
        select(_out.c.state, func.count()).where(_out.c.state.in_(others)).group_by(_out.c.state)
    ).all()
    # Hidden from the index by state, which holds all that was ever sent.
    is_sent = _out.c.state.concat("") == OutState.SENT
    sent = connection.execute(select(func.count()).where(_out.c.leased_until.is_not(None), is_sent)).scalar_one()
    found = {row[0]: int(row[1]) for row in rows} | {OutState.SENT: int(sent)}
    return {str(state): found.get(state, 0) for state in open_states}


def waiting(connection: Connection) -> dict[tuple[str, str], int]:
    """How many rows wait, by state (queued, held) and purpose, the most urgent first."""
    waits = _out.c.state.in_((OutState.QUEUED, OutState.HELD))
    rows = connection.execute(
        select(_out.c.state, _out.c.purpose, func.count()).where(waits).group_by(_out.c.state, _out.c.purpose)
    )
    return {(row[0], row[1]): int(row[2]) for row in sorted(rows, key=lambda row: _URGENCY[row[1]])}
