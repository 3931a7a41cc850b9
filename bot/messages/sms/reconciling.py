"""What nobody told us: messages that may have been taken are looked for at the carrier, silent ones asked after.

A message is sent again only when the carrier's list, read a minute after the attempt, does not have it. When it
cannot be told apart from another, staff see it as unknown and nothing repeats it.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from sqlalchemy import ColumnElement, Connection, Engine, Row, exists, select, update

from bot.contacts.models import Contact
from bot.db import reading, table, writing
from bot.messages import carrier_errors
from bot.messages.models import Outbound, OutState
from bot.messages.sms import broadcast_text
from bot.messages.sms.outbox import NEWS_WITHIN
from bot.messages.sms.settling import MessageReport, note_status
from bot.vault import Vault, VaultError

log = structlog.get_logger()

AT_ONCE = 200
LEASE = timedelta(seconds=120)  # of whoever asks: longer than a list may take, and than all questions together
THREADS = 16
SURE_AFTER = timedelta(seconds=60)  # after the attempt; a carrier's list may lag behind
LOOK_AGAIN = timedelta(seconds=15)
SLACK = timedelta(seconds=60)  # between the carrier's clock and ours
TAKEN_WITHIN = timedelta(seconds=120)  # from the attempt, whose call may have waited
# A message sent so long ago is asked after again after so long; then it stays sent, which is true too.
ASK_AGAIN = ((timedelta(hours=1), timedelta(minutes=20)), (timedelta(hours=24), timedelta(hours=6)))
_out, _contact = table(Outbound), table(Contact)


class Listed(Protocol):
    """A message as the carrier has it."""

    @property
    def sid(self) -> str:
        """Its name there."""

    @property
    def to(self) -> str:
        """Who it is for."""

    @property
    def body(self) -> str:
        """Its text."""

    @property
    def status(self) -> str:
        """What became of it, in the carrier's word."""

    @property
    def error(self) -> str:
        """The carrier's code, or nothing."""

    @property
    def at(self) -> datetime | None:
        """When the carrier took it."""


class Registry(Protocol):
    """What settling needs of a carrier. Neither method raises for what it or the network does."""

    def sent_since(self, since: datetime) -> Sequence[Listed] | None:
        """All that we sent since a time, oldest first; None when the list cannot be read to its end."""

    def message(self, sid: str) -> Listed | None:
        """One message; None when the carrier does not say."""


@dataclass(frozen=True, slots=True)
class _Lost:
    """A message that may have been taken."""

    id: int
    contact: int
    to: str
    texts: tuple[str, ...]  # one; of a broadcast each it has: who reads it may have chosen another since
    tried_at: datetime
    faults: int

    @property
    def looks(self) -> list[tuple[str, str]]:
        """How the carrier may have it."""
        return [_looks(self.to, text) for text in self.texts]


IS_OPEN: ColumnElement[bool] = _out.c.state.in_((OutState.SENDING, OutState.SENT))


def is_due(connection: Connection, now: datetime) -> bool:
    """Whether anything waits to be settled."""
    return bool(connection.execute(select(exists().where(_out.c.leased_until <= now, IS_OPEN))).scalar_one())


def settle_due(engine: Engine, vault: Vault, registry: Registry, clock: Callable[[], datetime]) -> bool:
    """Settle what nobody holds and nobody told of. No session is held while the carrier is asked.

    Returns whether there may be more.
    """
    with writing(engine) as connection:
        token, rows = _take(connection, clock())
    if not rows:
        return False
    sending = [row for row in rows if row.state == OutState.SENDING]
    _find(engine, vault, registry, token, sending, clock)
    _ask_after(engine, vault, registry, token, [row for row in rows if row.state == OutState.SENT], clock)
    log.info("settled", sending=len(sending), sent=len(rows) - len(sending))
    return len(rows) == AT_ONCE


def _take(connection: Connection, now: datetime) -> tuple[str, Sequence[Row[Any]]]:
    """Take rows whose time is over; whoever held them cannot write them any more."""
    token = secrets.token_hex(8)
    waiting = (
        select(_out.c.id)
        .where(_out.c.leased_until <= now, IS_OPEN)
        .order_by(_out.c.leased_until)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
        .cte("waiting")
        .prefix_with("MATERIALIZED")
    )
    taken = update(_out).where(_out.c.id.in_(select(waiting.c.id))).values(token=token, leased_until=now + LEASE)
    return token, connection.execute(taken.returning(*_out.c)).all()


def _find(
    engine: Engine,
    vault: Vault,
    registry: Registry,
    token: str,
    rows: Sequence[Row[Any]],
    clock: Callable[[], datetime],
) -> None:
    """Look for messages in the carrier's list, and decide about each."""
    if not rows:
        return
    lost, unreadable = _opened(engine, vault, rows)
    listed = registry.sent_since(min(row.tried_at for row in rows) - SLACK)
    now = clock()
    fates: dict[int, dict[str, object]] = {id: _given_up("unreadable") for id in unreadable}
    found: dict[int, Listed] = {}
    with writing(engine) as connection:
        if listed is None:
            fates |= {one.id: {"leased_until": now + SURE_AFTER} for one in lost}
        else:
            found, alike = _matched(lost, _not_ours_yet(connection, lost, listed))
            fates |= {id: _given_up("two alike") for id in alike}
            for one in lost:
                if one.id not in found and one.id not in alike:
                    fates[one.id] = _not_found(one, now)
        for id, message in found.items():
            fates[id] = {"state": OutState.SENT, "sid": message.sid, "error": "", "leased_until": now + NEWS_WITHIN}
        _write(connection, token, fates, now)
        for id, message in found.items():
            _hear(connection, vault, id, message, now)
    log.info("looked for", lost=len(rows), found=len(found), readable=listed is not None)


def _opened(engine: Engine, vault: Vault, rows: Sequence[Row[Any]]) -> tuple[list[_Lost], list[int]]:
    """The rows with their words, oldest attempt first; and those that do not open."""
    with reading(engine) as connection:
        people = select(_contact.c.id, _contact.c.address).where(_contact.c.id.in_({row.contact_id for row in rows}))
        addresses = {row.id: row.address for row in connection.execute(people)}
        public = {row.about for row in rows if row.text is None}
        texts = broadcast_text.candidates(connection, public) if public else {}
    lost, unreadable = [], []
    for row in sorted(rows, key=lambda row: (row.tried_at, row.id)):
        try:
            to = vault.open(addresses[row.contact_id])
            words = (vault.open(row.text),) if row.text is not None else texts.get(row.about, ())
        except VaultError:
            unreadable.append(row.id)
            continue
        lost.append(_Lost(row.id, row.contact_id, to, words, row.tried_at, row.attempts - row.rounds))
    return lost, unreadable


def _not_ours_yet(connection: Connection, lost: Iterable[_Lost], listed: Iterable[Listed]) -> list[Listed]:
    """Listed messages that are like one of the lost, and are known as no other row's."""
    wanted = {looks for one in lost for looks in one.looks}
    alike = [message for message in listed if _looks(message.to, message.body) in wanted]
    if not alike:
        return []
    theirs = select(_out.c.sid).where(_out.c.contact_id.in_({one.contact for one in lost}), _out.c.sid.is_not(None))
    known = set(connection.execute(theirs).scalars())
    return [message for message in alike if message.sid not in known]


def _looks(to: str, body: str) -> tuple[str, str]:
    return to.removeprefix("+"), body.strip()


def _matched(lost: Sequence[_Lost], listed: Iterable[Listed]) -> tuple[dict[int, Listed], set[int]]:
    """The message of each lost row that has one; and the rows for which there are too many to tell."""
    shelves: dict[tuple[str, str], list[Listed]] = defaultdict(list)
    for message in listed:
        shelves[_looks(message.to, message.body)].append(message)
    found: dict[int, Listed] = {}
    alike: set[int] = set()
    for one in lost:
        first, last = one.tried_at - SLACK, one.tried_at + TAKEN_WITHIN
        here = [message for looks in one.looks for message in shelves[looks]]
        fits = [message for message in here if message.at is None or first <= message.at <= last]
        if len(fits) > 1:
            alike.add(one.id)
        elif fits:
            found[one.id] = fits[0]
            shelves[_looks(fits[0].to, fits[0].body)].remove(fits[0])
    return found, alike


def _given_up(why: str) -> dict[str, object]:
    return {"state": OutState.UNKNOWN, "error": why, "leased_until": None}


def _not_found(one: _Lost, now: datetime) -> dict[str, object]:
    if now < one.tried_at + SURE_AFTER:
        return {"leased_until": min(now + LOOK_AGAIN, one.tried_at + SURE_AFTER)}
    again = now + carrier_errors.rest_wait(one.faults)
    return {"state": OutState.QUEUED, "due_at": again, "leased_until": None}


def _ask_after(
    engine: Engine,
    vault: Vault,
    registry: Registry,
    token: str,
    rows: Sequence[Row[Any]],
    clock: Callable[[], datetime],
) -> None:
    """Ask the carrier what became of messages it took and said nothing more about."""
    if not rows:
        return
    named = [row for row in rows if row.sid]
    with ThreadPoolExecutor(THREADS) as pool:
        answers = dict(
            zip((row.id for row in named), pool.map(registry.message, (row.sid for row in named)), strict=True)
        )
    now = clock()
    with writing(engine) as connection:
        _write(connection, token, {row.id: {"leased_until": _next_question(row, now)} for row in rows}, now)
        for id, message in answers.items():
            if message is not None:
                _hear(connection, vault, id, message, now)


def _next_question(row: Row[Any], now: datetime) -> datetime | None:
    age = now - (row.tried_at or row.created_at)
    return next((now + wait for younger, wait in ASK_AGAIN if row.sid and age < younger), None)


def _hear(connection: Connection, vault: Vault, id: int, message: Listed, now: datetime) -> None:
    state = carrier_errors.STATES.get(message.status)
    if state is not None and state is not OutState.SENT:
        note_status(connection, vault, MessageReport(id, state, sid=message.sid, error=message.error), now)


def _write(connection: Connection, token: str, fates: Mapping[int, Mapping[str, object]], now: datetime) -> None:
    """Write what was decided about rows that are still ours and still open."""
    for id, fate in fates.items():
        changed = {"changed_at": now} if "state" in fate else {}
        ours = (_out.c.id == id, _out.c.token == token, IS_OPEN)
        connection.execute(update(_out).where(*ours).values({**fate, **changed}))
