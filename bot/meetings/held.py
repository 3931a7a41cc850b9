"""Meetings that were held without us: kept with how many came and what was decided, and told to the members once."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import Connection, exists, func, insert, select

from bot.db import table
from bot.meetings import groups, limits
from bot.meetings.facts import MEETINGS_A_DAY, REPORTABLE, midnight, title
from bot.meetings.models import Meeting, MeetingState, Reminded
from bot.meetings.telling import Telling, about_meeting
from flows.meetings import notices as meeting_notices
from flows.meetings.events import MeetingHeld

NOON = time(12)  # the hour of a meeting of which only the day is known
_meeting = table(Meeting)


def hold(connection: Connection, telling: Telling, told: MeetingHeld, by: groups.Statement) -> str:
    """Keep that a meeting was held."""
    row = groups.lock(connection, told.group)
    if row is None or not groups.leads(connection, told.group, by.contact):
        return "gone"
    begins = datetime.combine(told.day, time(), telling.zone)
    if begins > by.now or begins + timedelta(days=1) < by.now - REPORTABLE:
        return "old"
    of_group = (_meeting.c.group_id == told.group, _meeting.c.state == MeetingState.REPORTED)
    of_day = (_meeting.c.starts_at >= begins, _meeting.c.starts_at < begins + timedelta(days=1))
    if connection.execute(select(exists().where(*of_group, *of_day))).scalar_one():
        return "same"
    to = telling.members(connection, told.group, but=by.contact)
    made = (_meeting.c.group_id == told.group, _meeting.c.created_at >= midnight(by.now, telling.zone))
    if connection.execute(select(func.count()).where(*made)).scalar_one() >= MEETINGS_A_DAY:
        return "full"
    if limits.is_spent(connection, telling, len(to), by.now):
        return "full"
    seal, decided = telling.notices.vault.seal, " ".join(told.decided.split())
    starts_at = min(datetime.combine(told.day, NOON, telling.zone), by.now)
    values = {"group_id": told.group, "starts_at": starts_at, "place": seal(""), "repeats": "", "turn": 0, "moves": 0}
    values |= {"made_by": by.contact, "state": MeetingState.REPORTED, "reminded": Reminded.ASKED, "told": ""}
    values |= {"came": told.came, "decided": seal(decided), "created_at": by.now, "changed_at": by.now}
    id = connection.execute(insert(_meeting).values(values).returning(_meeting.c.id)).scalar_one()
    prompt = telling.notices.shortened(meeting_notices.held(title(row), told.day, decided))
    about = about_meeting(id)
    telling.tell(connection, to, prompt, by.now, key=f"{about}:0:decided", about=about)
    return "accepted"
