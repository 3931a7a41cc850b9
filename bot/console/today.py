"""The page of today: what waits for staff, what goes out next, and the last two weeks as small charts.

Counts no table: what waits is counted up to MOST, and a day that is over is counted once by a process.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response
from markupsafe import Markup
from sqlalchemy import Connection, Select, bindparam, func, select

from bot.console.access import Door, Visit
from bot.db import table
from bot.issues.models import IssueEntry, Public
from bot.issues.staff import listing
from bot.messages.calls.models import Call, Direction
from bot.messages.models import (
    Alarm,
    Broadcast,
    BroadcastState,
    InboxItem,
    ItemState,
    Message,
    Outbound,
    OutState,
    Purpose,
)
from bot.prices.models import PriceReport, ReportState
from bot.users.rights import Right
from bot.web.languages import Words
from flows.prompts import N_

MOST = 100  # of one kind that are counted
DAYS = 14
RECENT = timedelta(days=1)
WIDTH, HEIGHT = 280, 48  # of a chart
PURPOSES = {
    Purpose.ANSWER: N_("Answers"),
    Purpose.OWN: N_("News about what people asked for"),
    Purpose.REMINDER: N_("Reminders"),
    Purpose.SUBSCRIPTION: N_("Price alerts, the week, the radio"),
    Purpose.BROADCAST: N_("Broadcasts"),
}
_report, _item, _entry, _outbox = table(PriceReport), table(InboxItem), table(IssueEntry), table(Outbound)
_message, _call, _alarm, _broadcast = table(Message), table(Call), table(Alarm), table(Broadcast)


@dataclass(frozen=True, slots=True)
class Waits:
    """Something that waits: how much, and where it is settled. No page yet: `command` does it."""

    name: str
    count: str
    link: str = ""
    command: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class Next:
    """What goes out next: how many, and when the first."""

    name: str
    count: str
    at: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One row of days."""

    name: str
    last: int
    picture: Markup
    days: tuple[tuple[str, int], ...]


class DaysCounted:
    """How many there were on days that are over: they do not change any more, so each is counted once."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._known: dict[tuple[str, date], int] = {}

    def read(self, connection: Connection, what: str, statement: Select[Any], days: Iterable[date]) -> list[int]:
        """The numbers of these days, the last of which is not over. `statement` counts between :begin and :end."""
        wanted = list(days)
        found = []
        for day in wanted:
            count = self._known.get((what, day))
            if count is None:
                begin = datetime.combine(day, time(), self._zone)
                values = {"begin": begin, "end": begin + timedelta(days=1)}
                count = int(connection.execute(statement, values).scalar_one())
                if day != wanted[-1]:
                    self._known[what, day] = count
            found.append(count)
        self._known = {key: count for key, count in self._known.items() if key[1] >= wanted[0]}
        return found


def add_today(door: Door) -> None:
    """Add the page to the blueprint."""
    counted = DaysCounted(door.deps.settings.timezone)

    @door.page("", Right.ENTER)
    def show_today(visit: Visit) -> Response:
        today = visit.local(visit.now).date()
        return visit.show(
            "today",
            day=f"{today:%d/%m/%Y}",
            waits=[one for one in _waits(visit) if one.count != "0"],
            alarms=_alarms(visit),
            next=_next(visit),
            charts=_charts(visit, counted, today),
        )


def at_most(connection: Connection, statement: Select[Any], most: int = MOST) -> str:
    """How many rows a statement gives; a plus where there are more than `most`."""
    found = len(connection.execute(statement.limit(most + 1)).all())
    return f"{most}+" if found > most else str(found)


def _waits(visit: Visit) -> list[Waits]:
    connection, words, may = visit.connection, visit.words, visit.session.may
    found = []
    if may(Right.SEE_PRICES):
        held = at_most(connection, select(_report.c.id).where(_report.c.state == ReportState.HELD))
        found.append(Waits(str(words(N_("prices to look at"))), held, command="flask prices list"))
    if may(Right.READ_INBOX):
        items = at_most(connection, select(_item.c.id).where(_item.c.state == ItemState.OPEN))
        found.append(Waits(str(words(N_("messages and recordings to read"))), items, command="flask inbox list"))
        unread = at_most(connection, select(_entry.c.id).where(_entry.c.public == Public.WAITING))
        found.append(Waits(str(words(N_("words of problems to look at"))), unread, command="flask issues waiting"))
    stuck = len(listing.stuck(connection, visit.deps.settings.timezone, visit.now, size=MOST))
    name = str(words(N_("problems that do not go on")))
    found.append(Waits(name, str(stuck), command="flask issues stuck", late=True))
    for state, name in (
        (OutState.FAILED, N_("messages that failed since yesterday")),
        (OutState.UNKNOWN, N_("messages of which nobody knows whether they arrived")),
    ):
        newest = select(_outbox.c.id, _outbox.c.changed_at).where(_outbox.c.state == state)
        rows = connection.execute(newest.order_by(_outbox.c.id.desc()).limit(MOST)).all()
        recent = sum(row.changed_at > visit.now - RECENT for row in rows)
        command = f"flask outbox list --state {state}"
        found.append(Waits(str(words(name)), str(recent), command=command, late=True))
    return found


def _alarms(visit: Visit) -> list[dict[str, str]]:
    rows = visit.connection.execute(select(_alarm).limit(MOST)).all()
    recent = [(row.raised_at or row.told_at, row) for row in rows if row.raised_at or row.told_at]
    return [
        {"name": row.name, "detail": row.detail, "at": f"{visit.local(at):%d/%m %H:%M}"}
        for at, row in sorted(recent, key=lambda one: one[0], reverse=True)
        if at > visit.now - RECENT
    ]


def _next(visit: Visit) -> list[Next]:
    connection, found = visit.connection, []
    for purpose, name in PURPOSES.items():
        queued = select(_outbox.c.due_at).where(_outbox.c.state == OutState.QUEUED, _outbox.c.purpose == purpose)
        first = connection.execute(queued.order_by(_outbox.c.due_at).limit(1)).scalar_one_or_none()
        if first is not None:
            at = f"{visit.local(first):%d/%m %H:%M}"
            found.append(Next(str(visit.words(name)), at_most(connection, queued), at))
    planned = select(_broadcast).where(_broadcast.c.state == BroadcastState.SCHEDULED)
    for row in connection.execute(planned.order_by(_broadcast.c.due_at).limit(5)):
        name = str(visit.words(N_("Broadcast {number} to {people}"), number=row.id, people=row.segment))
        found.append(Next(name, "●", f"{visit.local(row.due_at):%d/%m %H:%M}"))
    return found


def _between(column: Any, *also: Any) -> Select[Any]:
    within = (column >= bindparam("begin"), column < bindparam("end"), *also)
    return select(func.count()).select_from(column.table).where(*within)


CHARTS = {
    "messages": (N_("Messages that came in"), _between(_message.c.at)),
    "calls": (N_("Calls that came in"), _between(_call.c.created_at, _call.c.direction == Direction.IN)),
}


def _charts(visit: Visit, counted: DaysCounted, today: date) -> list[Chart]:
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    charts = []
    for what, (name, statement) in CHARTS.items():
        counts = counted.read(visit.connection, what, statement, days)
        named = tuple(zip((f"{day:%d/%m}" for day in days), counts, strict=True))
        charts.append(Chart(str(visit.words(name)), counts[-1], bars(visit.words, name, counts), named))
    return charts


def bars(words: Words, name: str, counts: list[int]) -> Markup:
    """A bar a day, today's last."""
    highest, step = max(*counts, 1), WIDTH / len(counts)
    said = words(N_("{name}: from {low} to {high} a day"), name=words(name), low=min(counts), high=max(counts))
    drawn = Markup("").join(
        Markup('<rect x="{:.0f}" y="{}" width="{:.0f}" height="{}"/>').format(
            place * step, HEIGHT - _height(count, highest), step - 3, _height(count, highest)
        )
        for place, count in enumerate(counts)
    )
    frame = Markup('<svg viewBox="0 0 {} {}" preserveAspectRatio="none" role="img"><title>{}</title>{}</svg>')
    return frame.format(WIDTH, HEIGHT, said, drawn)


def _height(count: int, highest: int) -> int:
    return max(1, round(HEIGHT * count / highest))
