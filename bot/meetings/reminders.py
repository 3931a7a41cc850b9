"""What the clock does for meetings: reminders, the counts for whoever leads, the question how it was, the next one.

Each is planned when it is due, so that who joined, left or answered meanwhile is treated as they are now; a mark at
the meeting's row says how far it is, and every message has a key. What is overdue is done late while it is worth it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, Select, or_, select, update

from bot.db import reading, table, writing
from bot.meetings.facts import counts
from bot.meetings.models import Attendance, Meeting, MeetingState, Reminded
from bot.meetings.series import REMINDS_WITHIN, plan_next
from bot.meetings.telling import Gathering, MeetingRow, Telling, counted, is_in_hand
from bot.messages import alarms
from bot.messages.notices import call_off
from flows.meetings import notices as meeting_notices

log = structlog.get_logger()

EVENING = time(18)
SOON = timedelta(hours=2)
APART = timedelta(minutes=30)  # of two reminders of one meeting
UNHEARD = "?"  # the counts its leader heard, when they are to hear them in any case
COUNTS_APART = timedelta(minutes=10)
OVER_AFTER = timedelta(hours=3)
ASKS_BETWEEN = (time(7, 30), time(20))
ASKS_WITHIN = timedelta(days=3)
MOST_AT_ONCE = 1000  # meetings of one tick
_meeting, _attendance = table(Meeting), table(Attendance)
PLANNED = _meeting.c.state == MeetingState.PLANNED


@dataclass(frozen=True, slots=True)
class Reminders:
    """The tasks of meetings. Each meeting has a transaction of its own, in which its row is locked."""

    engine: Engine
    telling: Telling

    def __call__(self, now: datetime) -> None:
        """Do all that is due."""
        self.go_on(now)
        self.remind(now)
        self.count(now)
        self.ask(now)

    def go_on(self, now: datetime) -> None:
        """Plan the next one of each series whose newest has begun, or would have."""
        began = select(_meeting.c.id).where(_meeting.c.repeats != "", _meeting.c.starts_at <= now)
        self._each(began, self._go_on, now)

    def _go_on(self, connection: Connection, meeting: Gathering, now: datetime) -> None:
        row = meeting.row
        if not row.repeats or row.starts_at > now:
            return
        if self.telling.leader(connection, row.group_id):
            plan_next(connection, row, self.telling.zone, now)
        else:  # all have left
            connection.execute(update(_meeting).where(_meeting.c.id == row.id).values(repeats=""))

    def remind(self, now: datetime) -> None:
        """Remind of the meetings that come, the evening before and two hours before."""
        columns = (_meeting.c[name] for name in ("id", "starts_at", "changed_at", "reminded", "follows", "moves"))
        ahead = (_meeting.c.starts_at > now, _meeting.c.starts_at <= now + REMINDS_WITHIN)
        open_ones = _meeting.c.reminded.in_((Reminded.NOTHING, Reminded.EVENING))
        with reading(self.engine) as connection:
            rows = connection.execute(select(*columns).where(PLANNED, open_ones, *ahead)).all()
        due = [row.id for row in rows if self._phase_of(row, now) is not None]
        self._each(select(_meeting.c.id).where(_meeting.c.id.in_(due)), self._remind, now)

    def _phase_of(self, row: MeetingRow, now: datetime) -> tuple[Reminded, bool] | None:
        # Of one of a series nobody was told at once, unless it was moved.
        known = None if row.follows is not None and not row.moves else row.changed_at
        return self.phase(row.starts_at, known, row.reminded, now)

    def phase(
        self, starts: datetime, known: datetime | None, reminded: str, now: datetime
    ) -> tuple[Reminded, bool] | None:
        """How far the reminders of a meeting get now, and whether anything is told; None when nothing is due.

        `known`: when its members were told at once, if they were. Of two reminders that are due only the later is
        told, and none that comes before another or within half an hour of it.
        """
        evening, soon = self._evening_before(starts), self.telling.awake(starts - SOON)
        earliest = None if known is None else self.telling.awake(known) + APART
        if now >= starts - SOON:
            return Reminded.SOON, earliest is None or soon >= earliest
        if reminded == Reminded.NOTHING and now >= evening:
            tells = soon - self.telling.awake(now) >= APART and (earliest is None or evening >= earliest)
            return Reminded.EVENING, tells
        return None

    def _evening_before(self, starts: datetime) -> datetime:
        local = starts.astimezone(self.telling.zone)
        return datetime.combine(local.date() - timedelta(days=1), EVENING, self.telling.zone)

    def _remind(self, connection: Connection, meeting: Gathering, now: datetime) -> None:
        """Everybody but who said no: who has not answered is asked; whoever leads gets the count two hours before."""
        row, telling = meeting.row, self.telling
        phase = self._phase_of(row, now)
        if phase is None or row.state != MeetingState.PLANNED or row.starts_at <= now or row.reminded == phase[0]:
            return
        reached, tells = phase
        connection.execute(update(_meeting).where(_meeting.c.id == row.id).values(reminded=reached))
        if not tells:
            return
        given = select(_attendance.c.contact_id, _attendance.c.answer).where(_attendance.c.meeting_id == row.id)
        said = {one.contact_id: one.answer for one in connection.execute(given)}
        leading = {one.id for one in telling.leaders(connection, row.group_id)} if reached is Reminded.SOON else set()
        to = [
            one
            for one in telling.members(connection, row.group_id)
            if said.get(one.id) != "no" and one.id not in leading
        ]
        silent = [one for one in to if one.id not in said and one.id != row.made_by]
        coming = [one for one in to if one.id in said or one.id == row.made_by]
        what = (meeting.group, meeting.starts, meeting.where)
        telling.ask(connection, meeting, silent, meeting_notices.asked(*what), now, phase=reached)
        telling.ask(connection, meeting, coming, meeting_notices.reminded(*what), now, phase=reached)
        if leading:
            self._tell_count(connection, meeting, now, phase="summary")

    def count(self, now: datetime) -> None:
        """Tell whoever leads how many come, when that has changed; at most every ten minutes, not at night."""
        if self.telling.awake(now) != now:
            return
        lately = or_(_meeting.c.told_at.is_(None), _meeting.c.told_at <= now - COUNTS_APART)
        news = (PLANNED, _meeting.c.starts_at > now - SOON, _meeting.c.answered_at.is_not(None), lately)
        self._each(select(_meeting.c.id).where(*news), self._count, now)

    def _count(self, connection: Connection, meeting: Gathering, now: datetime) -> None:
        if meeting.row.answered_at is not None and meeting.row.state == MeetingState.PLANNED:
            self._tell_count(connection, meeting, now, phase="")

    def _tell_count(self, connection: Connection, meeting: Gathering, now: datetime, *, phase: str) -> None:
        """`phase` is that of a count which is told in any case; else it is told when it is another one."""
        row, about = meeting.row, f"count:{meeting.row.id}"
        if is_in_hand(connection, about, now):
            # The count in a worker's hands could leave after this one: it is told when that one has left.
            waits = {"answered_at": row.answered_at or now, **({"told": UNHEARD, "told_at": None} if phase else {})}
            connection.execute(update(_meeting).where(_meeting.c.id == row.id).values(waits))
            return
        answers = counts(connection, [row.id]).get(row.id, {})
        sums = counted(answers)
        values: dict[str, object] = {"answered_at": None}
        if phase or sums != (row.told or counted({})):
            values |= {"told": sums, "told_at": now}
            call_off(connection, about, now)  # an earlier count that still waits is old
            key = meeting.key(phase or f"count:{now:%y%m%d%H%M%S}")
            to = self.telling.leaders(connection, row.group_id)
            prompt = meeting_notices.counted(meeting.group, meeting.starts, answers)
            expires = max(row.starts_at, now + SOON)
            self.telling.tell(connection, to, prompt, now, key=key, about=about, expires=expires)
        connection.execute(update(_meeting).where(_meeting.c.id == row.id).values(values))

    def ask(self, now: datetime) -> None:
        """Ask the leader once how it was: three hours after it began, by day."""
        begins, ends = ASKS_BETWEEN
        if begins <= now.astimezone(self.telling.zone).time() < ends:
            over = _meeting.c.starts_at.between(now - ASKS_WITHIN, now - OVER_AFTER)
            unasked = select(_meeting.c.id).where(PLANNED, over, _meeting.c.reminded != Reminded.ASKED)
            self._each(unasked, self._ask, now)

    def _ask(self, connection: Connection, meeting: Gathering, now: datetime) -> None:
        row = meeting.row
        if row.state != MeetingState.PLANNED or row.reminded == Reminded.ASKED:
            return
        connection.execute(update(_meeting).where(_meeting.c.id == row.id).values(reminded=Reminded.ASKED))
        to, prompt = self.telling.leader(connection, row.group_id), meeting_notices.ask_report(meeting.group)
        self.telling.tell(connection, to, prompt, now, key=meeting.key("report"), about=meeting.about)

    def _each(self, ids: Select[Any], do: Callable[[Connection, Gathering, datetime], None], now: datetime) -> None:
        with reading(self.engine) as connection:
            found = connection.execute(ids.order_by(_meeting.c.starts_at).limit(MOST_AT_ONCE)).scalars().all()
        for id in found:
            try:
                with writing(self.engine) as connection:
                    # Another clock may have done it meanwhile: what is due is looked at again under the lock.
                    meeting = self.telling.gathering(connection, id, lock=True)
                    if meeting is not None:
                        do(connection, meeting, now)
            except Exception as error:
                # Whatever is wrong with one meeting, those after it are due as well. Without a database this raises.
                log.error("meeting failed", meeting=id, error=type(error).__name__)
                with writing(self.engine) as connection:
                    alarms.sound(connection, "meeting", f"meeting {id} cannot be dealt with; see the clock's log", now)
