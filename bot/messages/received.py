"""What came in: the message with its answer, the run, and the counters that cut loops of machines.

The path of every message: one look-up, one insert, one upsert. Owns what counts as a repeat and as a loop.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select

from bot.contacts.models import Contact
from bot.db import table
from bot.messages.models import Message, SavedRun
from bot.upsert import upsert

BURST = timedelta(minutes=5)
MOST_IN_BURST = 60
MOST_IDENTICAL = 20

_contact, _run, _message = table(Contact), table(SavedRun), table(Message)

# Who wrote, where they stand on this channel, and whether this very message was answered before. The row of the
# contact is locked, so that two messages of one person are taken one after the other on PostgreSQL too.
LOAD = (
    select(
        _contact.c.id,
        _contact.c.language,
        _contact.c.script,
        _contact.c.place,
        _contact.c.may_report,
        _run.c.body,
        _run.c.saved_at,
        _run.c.burst_from,
        _run.c.burst_count,
        _run.c.same_hash,
        _run.c.same_count,
        _message.c.id.label("repeat_of"),
        _message.c.answer,
    )
    .select_from(
        _contact.outerjoin(
            _run, (_run.c.contact_id == _contact.c.id) & (_run.c.channel == bindparam("channel"))
        ).outerjoin(_message, _message.c.sid == bindparam("sid"))
    )
    .where(_contact.c.address_hash == bindparam("address_hash"))
    .with_for_update(of=_contact)
)
BY_SID = select(_message.c.id, _message.c.answer).where(_message.c.sid == bindparam("sid"))
RECORD = insert(_message)


@dataclass(frozen=True, slots=True)
class Burst:
    """How fast one number has been writing: since when, how much, and how often the same."""

    since: datetime
    count: int
    same_hash: str
    same_count: int

    def more(self, words_hash: str, now: datetime) -> Burst:
        """The counters with one more message; they begin anew when the window is over."""
        if now - self.since > BURST:
            return Burst(now, 1, words_hash, 1)
        same = self.same_count + 1 if words_hash == self.same_hash else 1
        return Burst(self.since, self.count + 1, words_hash, same)

    @property
    def is_loop(self) -> bool:
        """Whether this looks like a machine answering a machine."""
        return self.count > MOST_IN_BURST or self.same_count > MOST_IDENTICAL


def load(connection: Connection, address_hash: str, channel: str, sid: str) -> Row[*tuple[Any, ...]] | None:
    """The row of LOAD for a sender; None when nobody of that address is known."""
    values = {"address_hash": address_hash, "channel": channel, "sid": sid}
    return connection.execute(LOAD, values).one_or_none()


def burst_of(row: Row[*tuple[Any, ...]], now: datetime) -> Burst:
    """The counters saved with a run."""
    if row.burst_from is None:
        return Burst(now, 0, "", 0)
    return Burst(row.burst_from, row.burst_count, row.same_hash, row.same_count)


def save_run(connection: Connection, contact: int, channel: str, body: str, burst: Burst, now: datetime) -> None:
    """Keep where a contact stands."""
    connection.execute(
        upsert(connection, SavedRun),
        {
            "contact_id": contact,
            "channel": channel,
            "body": body,
            "saved_at": now,
            "burst_from": burst.since,
            "burst_count": burst.count,
            "same_hash": burst.same_hash,
            "same_count": burst.same_count,
        },
    )
