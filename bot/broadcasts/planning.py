"""Planning: the messages of a broadcast are put into the outbox, a slice of people at a time, beside the sending.

A slice is one transaction that also says how far it got: a crash goes on where it stopped, and two planners take
turns. Who has not agreed gets no row; everything else is looked at when a message is sent.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    String,
    cast,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    true,
    update,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from bot.broadcasts.segments import SegmentError, Segments
from bot.contacts.models import Contact
from bot.contacts.service import newest_word
from bot.db import reading, table, writing
from bot.messages import alarms
from bot.messages.calls.models import Call, CallState, Direction
from bot.messages.models import Broadcast, BroadcastState, Outbound, OutState, Purpose
from bot.messages.sms.broadcast_text import about
from bot.upsert import insert_new

log = structlog.get_logger()

ANNOUNCES = "announcement.play"  # where a call with a recorded message begins
LASTS = 4.0  # seconds after which a job that plans ends, when it has nothing in hand
LOOKS_EVERY = 0.05  # seconds, while there is nothing to send yet
# People of a slice. On SQLite whoever else writes waits for a slice, and finds its turn in the rest after it.
SLICE, SLICE_SQLITE, REST_SQLITE = 5_000, 1_500, 0.12
_broadcast, _contact = table(Broadcast), table(Contact)
TO_PLAN = (BroadcastState.SCHEDULED, BroadcastState.PLANNING)


def is_due(connection: Connection, now: datetime) -> bool:
    """Whether anything is to be planned now."""
    due = (_broadcast.c.state.in_(TO_PLAN), _broadcast.c.due_at <= now)
    return bool(connection.execute(select(exists().where(*due))).scalar_one())


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans what is due. `announce` asks another worker to send; it may be called often."""

    engine: Engine
    segments: Segments
    clock: Callable[[], datetime]
    announce: Callable[[], object] = lambda: None

    def plan_beside(self, send: Callable[[], bool]) -> bool:
        """Send what is due, and plan meanwhile if there is a broadcast to plan. Returns whether more is left."""
        with reading(self.engine) as connection:
            due = is_due(connection, self.clock())
        if not due:
            return send()
        stop, until = threading.Event(), time.monotonic() + LASTS
        with ThreadPoolExecutor(1, thread_name_prefix="plan") as pool:
            try:
                planned = pool.submit(self.plan_due, stop)
                left = send()
                while not planned.done() and time.monotonic() < until:
                    time.sleep(LOOKS_EVERY)
                    left = send()
            finally:
                stop.set()
            return planned.result() or left

    def plan_due(self, stop: threading.Event) -> bool:
        """Plan slice by slice until told to stop. Returns whether there is more."""
        on_sqlite = self.engine.dialect.name == "sqlite"
        size = SLICE_SQLITE if on_sqlite else SLICE
        while not stop.is_set():
            try:
                with writing(self.engine) as connection:
                    count = plan_slice(connection, self.segments, self.clock(), size)
            except SQLAlchemyError as error:
                log.error("planning", error=type(error).__name__)  # the clock asks again
                return False
            if count is None:
                return False
            if count:
                self.announce()
            if on_sqlite:
                stop.wait(REST_SQLITE)
        return True


def plan_slice(connection: Connection, segments: Segments, now: datetime, size: int) -> int | None:
    """Plan for the next `size` people of the broadcast that is due longest. How many rows; None: nothing to plan."""
    due = (_broadcast.c.state.in_(TO_PLAN), _broadcast.c.due_at <= now)
    longest = select(_broadcast).where(*due).order_by(_broadcast.c.due_at, _broadcast.c.id).limit(1)
    row = connection.execute(longest.with_for_update(skip_locked=True)).one_or_none()
    if row is None:
        return None
    mine = update(_broadcast).where(_broadcast.c.id == row.id)
    if row.expires_at <= now:
        _give_up(connection, row, now)
        return 0
    try:
        segment = segments.condition(connection, row.segment, now)
    except SegmentError as error:
        stopped = {"state": BroadcastState.PAUSED, "resumes": row.state, "changed_at": now}
        connection.execute(mine.values(stopped))
        alarms.sound(connection, f"broadcast {row.id}", f"broadcast {row.id} is paused: {error}"[:200], now)
        return 0
    people = select(_contact.c.id).where(segment, _contact.c.id > row.planned_to)
    first = people.order_by(_contact.c.id).limit(size).subquery()
    last, looked_at = connection.execute(select(func.max(first.c.id), func.count()).select_from(first)).one()
    planned = _plan(connection, row, segment, last, now) if looked_at else 0
    state = BroadcastState.PLANNING if looked_at == size else BroadcastState.SENDING
    connection.execute(
        mine.values(
            state=state,
            planned_to=last or row.planned_to,
            planned=_broadcast.c.planned + planned,
            looked_at=_broadcast.c.looked_at + looked_at,
            changed_at=now,
        )
    )
    if state is BroadcastState.SENDING:
        log.info("planned", broadcast=row.id, looked_at=row.looked_at + looked_at, planned=row.planned + planned)
    return planned


def _give_up(connection: Connection, row: Row[Any], now: datetime) -> None:
    """It is too late for who is not planned yet."""
    begun = row.state == BroadcastState.PLANNING
    state = BroadcastState.SENDING if begun else BroadcastState.CANCELLED
    connection.execute(update(_broadcast).where(_broadcast.c.id == row.id).values(state=state, changed_at=now))
    why = "not all of it was planned" if begun else "nobody was there to plan it"
    alarms.sound(connection, f"broadcast {row.id}", f"broadcast {row.id} expired: {why}", now)


def _plan(connection: Connection, row: Row[Any], segment: ColumnElement[bool], last: int, now: datetime) -> int:
    """Insert the rows for the people up to `last` in one statement. Whoever has one already gets no second."""
    same: dict[str, Any] = {
        "purpose": Purpose.BROADCAST,
        "about": about(row.id),
        "due_at": row.due_at,
        "expires_at": row.expires_at,
        "attempts": 0,
        "error": "",
        "created_at": now,
        "changed_at": now,
    }
    if row.channel == "voice":
        model: type[Outbound | Call] = Call
        data = json.dumps({"broadcast": row.id})
        same |= {"direction": Direction.OUT, "state": CallState.QUEUED, "opens": ANNOUNCES, "data": data}
        same |= {"step": 0, "minutes": 0}
    else:
        model = Outbound
        same |= {"state": OutState.QUEUED, "rounds": 0, "text": None}
    columns = table(model).c
    values = [null() if value is None else literal(value, columns[name].type) for name, value in same.items()]
    key = literal(f"{about(row.id)}:") + _in_order(connection, _contact.c.id)
    people = select(_contact.c.id, key, *values).where(
        segment,
        _contact.c.id > row.planned_to,
        _contact.c.id <= last,
        newest_word().is_(true()),
    )
    names, counted = ["contact_id", "unique_key", *same], {"preserve_rowcount": True}
    # The slice says how far it got, so nobody is met twice: asking each row whether it is there costs a fifth more.
    try:
        with connection.begin_nested():
            return connection.execute(
                insert(table(model)).from_select(names, people), execution_options=counted
            ).rowcount
    except IntegrityError:
        known = insert_new(connection, model).from_select(names, people)
        return connection.execute(known, execution_options=counted).rowcount


def _in_order(connection: Connection, id: ColumnElement[int]) -> ColumnElement[str]:
    """A number as text that sorts as numbers do: an index into which keys come in order takes half the time."""
    if connection.dialect.name == "postgresql":
        return func.lpad(cast(id, String(20)), 19, "0")
    return func.printf("%019d", id)
