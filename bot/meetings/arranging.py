"""Meetings: arranging, moving and cancelling one, answering whether one comes, and telling what was decided.

Owns what a leader may do with a meeting. The group's row is locked first, so that two leaders decide in turn.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, func, insert, or_, select, update

from bot.db import table
from bot.meetings import groups, limits
from bot.meetings.facts import REPORTABLE, RSVP, fault, is_taken, moment_of
from bot.meetings.models import Attendance, Meeting, MeetingState, Member, Membership, Reminded, Repeats
from bot.meetings.series import overtakes, plan_next
from bot.meetings.telling import (
    ANSWERABLE_AFTER,
    Gathering,
    Telling,
    have_heard,
    reopen_questions,
)
from bot.messages.inbound.received import SEALED_NOTHING
from bot.messages.models import OpenQuestion
from bot.messages.notices import call_off
from bot.messages.questions import close_questions
from bot.upsert import upsert
from bot.vault import Vault
from flows.meetings import notices as meeting_notices

LONGEST_PLACE = 60
MOST_MOVES = 5  # of one meeting: each is told to everybody
LATE_WORD = timedelta(hours=1)  # after the night, that something will not be which was to have begun
_meeting, _member = table(Meeting), table(Member)
_question = table(OpenQuestion)


def arrange(
    connection: Connection,
    telling: Telling,
    group: int,
    starts: datetime,
    where: str,
    repeats: str,
    *,
    by: groups.Statement,
) -> str:
    """Arrange a meeting. Its members are told at once; those of a list of staff's are asked to join."""
    row = groups.lock(connection, group)
    if row is None or not groups.leads(connection, group, by.contact):
        return "gone"
    starts_at = moment_of(starts, telling.zone)
    if wrong := fault(connection, group, starts_at, by.now, telling.zone):
        return wrong
    if is_taken(connection, group, starts_at):
        return "same"
    to = telling.members(connection, group, but=by.contact)
    if to and telling.awake(by.now) >= starts_at:
        return "night"
    if limits.is_spent(connection, telling, len(to), by.now):
        return "full"
    values = {
        "group_id": group,
        "starts_at": starts_at,
        "place": telling.notices.vault.seal(_short(where)),
        "repeats": Repeats(repeats) if repeats else "",
        "series_at": starts_at if repeats else None,
        "turn": 0,
        "made_by": by.contact,
        "state": MeetingState.PLANNED,
        "moves": 0,
        "reminded": Reminded.NOTHING,
        "told": "",
        "created_at": by.now,
        "changed_at": by.now,
    }
    id = connection.execute(insert(_meeting).values(values).returning(_meeting.c.id)).scalar_one()
    meeting = telling.gathering(connection, id)
    assert meeting is not None
    prompt = meeting_notices.arranged(meeting.group, meeting.starts, meeting.where, repeats)
    telling.ask(connection, meeting, to, prompt, by.now, phase="first")
    groups.ask_invited(connection, telling, row, by.now)
    return "accepted"


def move(
    connection: Connection, telling: Telling, id: int, starts: datetime, where: str, *, by: groups.Statement
) -> str:
    """Move a meeting. At another time everybody is asked anew; one of a series moves alone."""
    meeting = _to_change(connection, telling, id, by)
    if meeting is None:
        return "gone"
    starts_at = moment_of(starts, telling.zone)
    wrong = fault(connection, meeting.row.group_id, starts_at, by.now, telling.zone)
    if wrong and wrong != "full":
        return wrong
    if is_taken(connection, meeting.row.group_id, starts_at, but=id):
        return "same"
    if meeting.row.moves >= MOST_MOVES:
        return "full"
    to = telling.members(connection, meeting.row.group_id, but=by.contact)
    if to and telling.awake(by.now) >= starts_at:
        return "night"
    values = {"starts_at": starts_at, "moves": meeting.row.moves + 1, "reminded": Reminded.NOTHING}
    values |= {"changed_at": by.now}
    if where:
        values["place"] = telling.notices.vault.seal(_short(where))
    if starts_at != meeting.row.starts_at:
        reopen_questions(connection, id, by.now, starts_at + ANSWERABLE_AFTER)
        values |= {"answered_at": None, "told": "", "told_at": None}
    connection.execute(update(_meeting).where(_meeting.c.id == id).values(values))
    if meeting.row.repeats and overtakes(meeting.row, starts_at, telling.zone):
        plan_next(connection, meeting.row, telling.zone, by.now)
    call_off(connection, meeting.about, by.now)
    moved = telling.gathering(connection, id)
    assert moved is not None
    prompt = meeting_notices.moved(moved.group, moved.starts, moved.where)
    telling.ask(connection, moved, to, prompt, by.now, phase="first")
    return "unheard" if to and telling.awake(by.now) >= meeting.row.starts_at else "accepted"


def cancel(connection: Connection, telling: Telling, id: int, *, series: bool, by: groups.Statement) -> str:
    """Call a meeting off. Who has heard of it is told; of a series everybody has."""
    meeting = _to_change(connection, telling, id, by)
    if meeting is None:
        return "gone"
    row = meeting.row
    known = bool(row.repeats or row.follows)
    values = {"state": MeetingState.CANCELLED, "changed_at": by.now} | ({"repeats": ""} if series else {})
    connection.execute(update(_meeting).where(_meeting.c.id == id).values(values))
    if row.repeats and not series:  # the next one can be cancelled along with all that follow
        plan_next(connection, row, telling.zone, by.now)
    call_off(connection, meeting.about, by.now)
    close_questions(connection, RSVP, [id], by.now)
    heard = have_heard(connection, meeting.about)
    to = [one for one in telling.members(connection, row.group_id, but=by.contact) if known or one.id in heard]
    prompt = meeting_notices.cancelled(meeting.group, meeting.starts, series=series and bool(row.repeats))
    key, heard_at = meeting.key("cancelled"), telling.awake(by.now)
    unheard = heard_at >= row.starts_at
    expires = heard_at + LATE_WORD if unheard else row.starts_at
    telling.tell(connection, to, prompt, by.now, key=key, about=meeting.about, expires=expires)
    return "unheard" if to and unheard else "accepted"


def answer(connection: Connection, telling: Telling, id: int, said: str, *, by: groups.Statement) -> str:
    """Take an answer to a meeting. The newest answer stands; whoever leads hears of it soon."""
    meeting = telling.gathering(connection, id, lock=True)
    if meeting is None or meeting.row.state != MeetingState.PLANNED:
        return "gone"
    if by.now > meeting.row.starts_at + ANSWERABLE_AFTER or not _belongs(connection, meeting, by.contact):
        return "gone"
    attendance = {"meeting_id": id, "contact_id": by.contact, "answer": said, "at": by.now}
    connection.execute(upsert(connection, Attendance), attendance)
    mine = (_question.c.kind == RSVP, _question.c.subject == id, _question.c.contact_id == by.contact)
    connection.execute(update(_question).where(*mine).values(answer=said))
    connection.execute(update(_meeting).where(_meeting.c.id == id).values(answered_at=by.now))
    return "accepted"


def report(connection: Connection, telling: Telling, id: int, came: int, decided: str, *, by: groups.Statement) -> str:
    """Keep what a meeting decided. What was decided goes to all members, once."""
    meeting = telling.gathering(connection, id)
    if meeting is None or groups.lock(connection, meeting.row.group_id) is None:
        return "gone"
    meeting = telling.gathering(connection, id, lock=True)
    if meeting is None or meeting.row.state != MeetingState.PLANNED:
        return "gone"
    row = meeting.row
    began = row.starts_at <= by.now <= row.starts_at + REPORTABLE
    if not began or not groups.leads(connection, row.group_id, by.contact):
        return "gone"
    decided = " ".join(decided.split())
    values = {"state": MeetingState.REPORTED, "came": came, "decided": telling.notices.vault.seal(decided)}
    connection.execute(update(_meeting).where(_meeting.c.id == id).values(**values, changed_at=by.now))
    call_off(connection, meeting.about, by.now)
    close_questions(connection, RSVP, [id], by.now)
    if decided:
        prompt = telling.notices.shortened(meeting_notices.decided(meeting.group, meeting.starts, decided))
        to = telling.members(connection, row.group_id, but=by.contact)
        telling.tell(connection, to, prompt, by.now, key=meeting.key("decided"), about=meeting.about)
    return "accepted"


def forget(connection: Connection, vault: Vault, until: datetime) -> None:
    """Blank where meetings before a time were and what was decided; what is blank already is not touched."""
    told = or_(func.length(_meeting.c.place) > SEALED_NOTHING, _meeting.c.decided.is_not(None))
    old = update(_meeting).where(_meeting.c.starts_at < until, told)
    connection.execute(old.values(place=vault.seal(""), decided=None))


def _to_change(connection: Connection, telling: Telling, id: int, by: groups.Statement) -> Gathering | None:
    """A meeting this person may move or cancel, its group and itself locked; None when it is too late."""
    meeting = telling.gathering(connection, id)
    if meeting is None or groups.lock(connection, meeting.row.group_id) is None:
        return None
    meeting = telling.gathering(connection, id, lock=True)  # as whoever had the group before us left it
    if meeting is None or meeting.row.state != MeetingState.PLANNED or meeting.row.starts_at <= by.now:
        return None
    return meeting if groups.leads(connection, meeting.row.group_id, by.contact) else None


def _belongs(connection: Connection, meeting: Gathering, contact: int) -> bool:
    which = (_member.c.group_id == meeting.row.group_id, _member.c.contact_id == contact)
    return bool(
        connection.execute(select(exists().where(*which, _member.c.state == Membership.CONFIRMED))).scalar_one()
    )


def _short(where: str) -> str:
    return " ".join(where.split())[:LONGEST_PLACE]
