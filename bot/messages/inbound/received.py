"""What came in: the message with its answer, the run, and the counters that cut loops of machines.

The path of every message: one look-up, one insert, one upsert. Owns what counts as a repeat and as a loop.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Row, Table, bindparam, delete, exists, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.contacts.models import Contact
from bot.db import table
from bot.messages.models import Message, OpenQuestion, SavedRun
from bot.vault import Vault
from flows.engine import Run
from flows.heard import Heard, Intent

BURST = timedelta(minutes=5)
MOST_IN_BURST, MOST_SENSIBLE = 60, 200  # messages: of which nothing can be made, and at all
MOST_IDENTICAL, MOST_IDENTICAL_UNHEARD = 20, 3  # the same words in a row: understood, and not
MOST_UNHEARD = 8  # in a row, whatever the words
FORGETS = timedelta(hours=6)  # after such a pause the same words are no loop
# The same text within so long is one message, delivered twice; to answer "1" to two questions takes longer.
TWICE, TWICE_BRIEF = timedelta(seconds=20), timedelta(seconds=4)
BRIEF = 3  # letters
MANNERS = (Intent.THANKS, Intent.HELLO)
NOTICE = 24  # letters: a longer text is the same one whatever the numbers in it, a balance or an hour
SEALED_NOTHING = 29  # bytes of a sealed empty text

_contact, _run, _message = table(Contact), table(SavedRun), table(Message)
_question = table(OpenQuestion)

# Whether somebody of whom a statement loads the row has a question of ours to answer.
ASKED = (
    exists()
    .where(
        _question.c.contact_id == _contact.c.id,
        _question.c.until > bindparam("now", type_=_question.c.until.type),
    )
    .label("asked")
)

# Who wrote, where they stand on this channel, and whether this very message was answered before. On PostgreSQL the row
# of the contact is locked; who waited for it, and who read on SQLite, may have the run as it was before (see _save).
LOAD = (
    select(
        _contact.c.id,
        _contact.c.language,
        _contact.c.script,
        _contact.c.place,
        _contact.c.may_report,
        _contact.c.reach,
        ASKED,
        _run.c.body,
        _run.c.hint,
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
    .with_for_update(of=_contact, key_share=True)  # others may queue something for them meanwhile
)
LOCK = select(_contact.c.id).where(_contact.c.address_hash == bindparam("address_hash")).with_for_update(key_share=True)
BY_SID = select(_message.c.id, _message.c.answer).where(_message.c.sid == bindparam("sid"))
RECORD = insert(_message)


@dataclass(frozen=True, slots=True)
class Burst:
    """How fast one number has been writing: since when, how much, and how often the same."""

    since: datetime
    count: int
    same_hash: str
    same_count: int

    def more(self, words_hash: str, now: datetime, last: datetime) -> Burst:
        """The counters with one more message behind the `last`. How fast begins anew with each window, the same not."""
        same = self.same_count + 1 if words_hash == self.same_hash and now - last <= FORGETS else 1
        if now - self.since > BURST:
            return Burst(now, 1, words_hash, same)
        return Burst(self.since, self.count + 1, words_hash, same)

    def is_loop(self, unheard: int) -> bool:
        """Whether this looks like a machine answering a machine, whatever its pace.

        `unheard`: how many messages in a row, this one included, had no sense; with 0 it is a sensible one, which is
        answered as soon as it is another than before.
        """
        if not unheard:
            return self.same_count > MOST_IDENTICAL or self.count > MOST_SENSIBLE
        same = min(self.same_count, unheard)
        return same > MOST_IDENTICAL_UNHEARD or unheard > MOST_UNHEARD or self.count > MOST_IN_BURST


def wording(text: str) -> str:
    """What makes two texts the same words: of a long one without its numbers, a short one as it is."""
    letters = re.sub(r"[\W\d_]+", "", text.lower())
    return letters if len(letters) >= NOTICE else text


class OvertakenError(Exception):
    """Another message of this contact was taken since the run was read: the turn must be taken anew."""


def lock(connection: Connection, address_hash: str) -> None:
    """Wait for whoever takes a message of this contact; what is read after this stays true until the end."""
    connection.execute(LOCK, {"address_hash": address_hash})


def load(
    connection: Connection, address_hash: str, channel: str, sid: str, now: datetime
) -> Row[*tuple[Any, ...]] | None:
    """The row of LOAD for a sender; None when nobody of that address is known."""
    values = {"address_hash": address_hash, "channel": channel, "sid": sid, "now": now}
    return connection.execute(LOAD, values).one_or_none()


def burst_of(row: Row[*tuple[Any, ...]], now: datetime) -> Burst:
    """The counters saved with a run."""
    if row.burst_from is None:
        return Burst(now, 0, "", 0)
    return Burst(row.burst_from, row.burst_count, row.same_hash, row.same_count)


def unheard(run: Run, heard: Heard, *, missed: bool) -> int:
    """How many messages in a row, with this one, had no sense: nothing could be made of them, or they were manners."""
    if not missed and heard.intent not in MANNERS:
        return 0
    before = run.memory.get("unheard")
    return 1 + (before if isinstance(before, int) else 0)


def delivered_twice(
    connection: Connection, vault: Vault, row: Row[*tuple[Any, ...]], text: str, words_hash: str, now: datetime
) -> Row[*tuple[Any, ...]] | None:
    """The message that this is once more, under another sid: the contact's last one, the same text some seconds ago."""
    if row.same_hash != words_hash or not timedelta(0) <= now - row.saved_at <= TWICE:
        return None
    if len(text.strip()) <= BRIEF and now - row.saved_at > TWICE_BRIEF:
        return None
    last = select(_message).where(_message.c.contact_id == row.id).order_by(_message.c.at.desc(), _message.c.id.desc())
    found = connection.execute(last.limit(1)).one_or_none()
    return found if found is not None and vault.open(found.text) == text else None


def keep_again(connection: Connection, found: Row[*tuple[Any, ...]], sid: str, now: datetime) -> None:
    """Keep a message that was delivered twice under its second sid, with the same answer."""
    values = {name: value for name, value in found._mapping.items() if name != "id"}
    connection.execute(RECORD, {**values, "sid": sid, "at": now})


def keep(
    connection: Connection,
    row: Row[*tuple[Any, ...]],
    body: bytes,
    hint: str,
    burst: Burst,
    message: Mapping[str, object],
) -> None:
    """Keep where the contact of a LOAD row stands, how they write, and the message that led there (a row of `message`).

    Raises OvertakenError when somebody else did meanwhile; then neither is kept.
    """
    run = {
        "contact_id": row.id,
        "channel": message["channel"],
        "body": body,
        "hint": hint,
        "saved_at": message["at"],
        "burst_from": burst.since,
        "burst_count": burst.count,
        "same_hash": burst.same_hash,
        "same_count": burst.same_count,
        "seen_at": row.saved_at or message["at"],
        "seen_count": row.burst_count or 0,
    }
    values = {f"run_{name}": value for name, value in run.items()}
    if connection.dialect.name == "postgresql":
        kept = connection.execute(_save_and_record(), {**values, **message})
    else:
        kept = connection.execute(_save(sqlite.insert), values)
    if not kept.rowcount:
        raise OvertakenError
    if connection.dialect.name != "postgresql":
        connection.execute(RECORD, message)


@cache
def _save(inserting: Callable[[Table], Any]) -> Any:
    """The run, unless it is no longer as it was read."""
    new_run = inserting(_run).values({column.name: bindparam(f"run_{column.name}") for column in _run.columns})
    names = ("body", "hint", "saved_at", "burst_from", "burst_count", "same_hash", "same_count")
    return new_run.on_conflict_do_update(
        index_elements=list(_run.primary_key),
        set_={name: new_run.excluded[name] for name in names},
        where=(_run.c.saved_at == bindparam("run_seen_at", type_=_run.c.saved_at.type))
        & (_run.c.burst_count == bindparam("run_seen_count")),
    ).execution_options(preserve_rowcount=True)


@cache
def _save_and_record() -> Insert:
    """Both at once, which saves PostgreSQL a round trip: the message only where the run was saved."""
    saved = _save(postgresql.insert).returning(_run.c.contact_id).cte("saved")
    columns = [column for column in _message.columns if not column.primary_key]
    values = select(*(bindparam(column.name, type_=column.type).label(column.name) for column in columns))
    return (
        insert(_message)
        .from_select([column.name for column in columns], values.where(exists(select(saved))), include_defaults=False)
        .execution_options(preserve_rowcount=True)
    )


def forget_runs(connection: Connection, contact: int, but: str) -> None:
    """Drop where a contact stands on every channel except one."""
    connection.execute(delete(_run).where(_run.c.contact_id == contact, _run.c.channel != but))


def lately(connection: Connection, vault: Vault, contact: int, until: datetime, size: int) -> list[tuple[str, str]]:
    """The last SMS of a contact up to a time, oldest first, each with its answer (empty: none was given)."""
    rows = connection.execute(
        select(_message.c.text, _message.c.answer)
        .where(_message.c.contact_id == contact, _message.c.channel == "sms", _message.c.at <= until)
        .order_by(_message.c.at.desc())
        .limit(size)
    ).all()
    return [(vault.open(row.text), vault.open(row.answer) if row.answer else "") for row in reversed(rows)]


def forget(connection: Connection, vault: Vault, until: datetime, since: datetime | None) -> int:
    """Blank texts and answers of a stretch of time; None: since ever. Returns how many were not blank before."""
    blanked = connection.execute(
        update(_message)
        .where(
            _message.c.at < until,
            *(() if since is None else (_message.c.at >= since,)),
            func.length(_message.c.text) > SEALED_NOTHING,
        )
        .values(text=vault.seal(""), answer=None)
    )
    return int(blanked.rowcount)
