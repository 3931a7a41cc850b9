"""Groups and meetings as a conversation asks for them. Owns who sees what; writes nothing.

Everything is looked up when it is asked for, and once: a price question costs no query here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, or_, select

from bot.contacts.models import Contact
from bot.contacts.phone import is_mobile_number
from bot.db import table
from bot.meetings.models import Attendance, Group, Meeting, MeetingState, Member, Membership, Role
from bot.messages.models import OpenQuestion
from bot.once import Once
from bot.vault import Vault
from flows.meetings import known
from flows.prompts import Titled
from flows.questions import Question

RSVP, INVITATION, LEADING = "rsvp", "invitation", "leading"  # kinds of open questions
MOST_GROUPS, MOST_MEETINGS, MOST_QUESTIONS = 20, 10, 9
MOST_MEMBERS = 60  # shown to a leader
MEETINGS_A_DAY, WRITINGS_A_DAY = 10, 2  # of one group
FARTHEST = timedelta(days=366)
SAME = timedelta(minutes=30)  # as far apart two meetings of a group must be
REPORTABLE = timedelta(days=14)
LEADS = (Role.LEADER, Role.DEPUTY)
_group, _member, _meeting = table(Group), table(Member), table(Meeting)
_attendance, _question, _contact = table(Attendance), table(OpenQuestion), table(Contact)


def title(row: Row[*tuple[Any, ...]]) -> Titled:
    """The name of a group's row."""
    return Titled(row.name_km, row.name_en)


def midnight(now: datetime, zone: ZoneInfo) -> datetime:
    """When the local day began."""
    return datetime.combine(now.astimezone(zone).date(), time(), zone)


def moment_of(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment of a local time as flows have it."""
    return (local if local.tzinfo else local.replace(tzinfo=zone)).astimezone(UTC)


def fault(connection: Connection, group: int, starts_at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Why a meeting of a group cannot be arranged: see flows.facts.Gatherings.fault."""
    if starts_at <= now:
        return "past"
    if starts_at > now + FARTHEST:
        return "too_far"
    arranged = select(func.count()).where(
        _meeting.c.group_id == group, _meeting.c.created_at >= midnight(now, zone), _meeting.c.follows.is_(None)
    )
    return "full" if connection.execute(arranged).scalar_one() >= MEETINGS_A_DAY else ""


def is_taken(connection: Connection, group: int, starts_at: datetime, but: int | None = None) -> bool:
    """Whether a group has a meeting at that time already, another than `but`."""
    which = [
        _meeting.c.group_id == group,
        _meeting.c.state == MeetingState.PLANNED,
        _meeting.c.starts_at.between(starts_at - SAME, starts_at + SAME),
    ]
    if but is not None:
        which.append(_meeting.c.id != but)
    return bool(connection.execute(select(exists().where(*which))).scalar_one())


def counts(connection: Connection, meetings: Iterable[int]) -> Mapping[int, Mapping[str, int]]:
    """For each meeting how many members answered yes, no, late, and how many did not ("").

    Who arranged it was never asked, and counts only with an answer. Meetings without any member are left out.
    """
    rows = connection.execute(
        select(_meeting.c.id, _attendance.c.answer, func.count().label("people"))
        .join(_member, and_(_member.c.group_id == _meeting.c.group_id, _member.c.state == Membership.CONFIRMED))
        .outerjoin(
            _attendance,
            and_(_attendance.c.meeting_id == _meeting.c.id, _attendance.c.contact_id == _member.c.contact_id),
        )
        .where(
            _meeting.c.id.in_(list(meetings)),
            or_(
                _attendance.c.answer.is_not(None),
                _meeting.c.made_by.is_(None),
                _meeting.c.made_by != _member.c.contact_id,
            ),
        )
        .group_by(_meeting.c.id, _attendance.c.answer)
    ).all()
    found: dict[int, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row.id, {})[row.answer or ""] = row.people
    return found


class MeetingFacts:
    """What a flow may ask about the groups and meetings of one contact, within one turn and its transaction.

    `asked`: whether any question to them is open; where it is known that none is, none is looked for. Times are
    given as naive local ones.
    """

    def __init__(
        self, connection: Connection, vault: Vault, contact: int, now: datetime, zone: ZoneInfo, *, asked: bool = True
    ):
        self._connection = connection
        self._vault = vault
        self._contact = contact
        self._now = now
        self._zone = zone
        self._asked = asked
        self._once = Once()

    def groups(self) -> tuple[known.Group, ...]:
        return self._once("groups", lambda: tuple(self._groups()))

    def upcoming(self) -> tuple[known.Meeting, ...]:
        return self._once("upcoming", lambda: tuple(self._upcoming()))

    def to_report(self) -> tuple[known.Meeting, ...]:
        return self._once("to_report", lambda: tuple(self._to_report()))

    def questions(self) -> tuple[Question, ...]:
        return self._once("questions", lambda: tuple(self._questions())) if self._asked else ()

    def fault(self, group: int, starts: datetime) -> str:
        return fault(self._connection, group, moment_of(starts, self._zone), self._now, self._zone)

    def writes_left(self, group: int) -> int:
        today = self._now.astimezone(self._zone).date()
        row = self._connection.execute(
            select(_group.c.written_on, _group.c.written).where(_group.c.id == group)
        ).one_or_none()
        written = row.written if row is not None and row.written_on == today else 0
        return max(0, WRITINGS_A_DAY - int(written))

    def members(self, group: int, *, deputies: bool = False) -> tuple[known.Member, ...]:
        """See flows.facts.Gatherings."""
        if not any(one.id == group and one.leads for one in self.groups()):
            return ()
        theirs = (
            _member.c.group_id == group,
            _member.c.state == Membership.CONFIRMED,
            _member.c.role.in_((Role.MEMBER, Role.DEPUTY) if deputies else (Role.MEMBER,)),
        )
        rows = self._connection.execute(
            select(_contact.c.id, _contact.c.address, _contact.c.shown_name)
            .join(_member, _member.c.contact_id == _contact.c.id)
            .where(*theirs, _contact.c.id != self._contact)
            .order_by(_member.c.since, _contact.c.id)
            .limit(MOST_MEMBERS)
        )
        opened = self._vault.open
        return tuple(
            known.Member(row.id, opened(row.address)[-3:], opened(row.shown_name) if row.shown_name else "")
            for row in rows
        )

    def named(self, meeting: int) -> tuple[tuple[str, str], ...]:
        led = [group.id for group in self.groups() if group.leads]
        rows = self._connection.execute(
            select(_attendance.c.answer, _contact.c.shown_name)
            .join(_meeting, _meeting.c.id == _attendance.c.meeting_id)
            .join(
                _member,
                and_(_member.c.group_id == _meeting.c.group_id, _member.c.contact_id == _attendance.c.contact_id),
            )
            .join(_contact, _contact.c.id == _attendance.c.contact_id)
            .where(_meeting.c.id == meeting, _meeting.c.group_id.in_(led), _contact.c.shown_name.is_not(None))
            .where(_member.c.state == Membership.CONFIRMED)
            .order_by(_attendance.c.at, _contact.c.id)
            .limit(MOST_MEMBERS)
        )
        return tuple((row.answer, self._vault.open(row.shown_name)) for row in rows)

    def reachable(self, numbers: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(number for number in numbers if is_mobile_number(number))

    def _groups(self) -> Sequence[known.Group]:
        found = self._groups_where(_member.c.state == Membership.CONFIRMED)
        return sorted(found.values(), key=lambda group: (not group.leads, -group.id))[:MOST_GROUPS]

    def _groups_where(self, *which: ColumnElement[bool]) -> dict[int, known.Group]:
        """Groups of this contact, by id, each with its members counted."""
        mine = select(_member.c.group_id).where(_member.c.contact_id == self._contact, *which)
        rows = self._connection.execute(
            select(_group.c.id, _group.c.name_km, _group.c.name_en, _member.c.role, _member.c.state)
            .join(_member, _member.c.group_id == _group.c.id)
            .where(_member.c.contact_id == self._contact, *which)
        ).all()
        counted: dict[tuple[int, str], int] = {}
        if rows:
            people = (
                select(_member.c.group_id, _member.c.state, func.count())
                .where(_member.c.group_id.in_(mine))
                .group_by(_member.c.group_id, _member.c.state)
            )
            counted = {(row[0], row[1]): int(row[2]) for row in self._connection.execute(people)}
        return {
            row.id: known.Group(
                row.id,
                title(row),
                row.role if row.state == Membership.CONFIRMED else Role.MEMBER,
                counted.get((row.id, Membership.CONFIRMED), 0),
                counted.get((row.id, Membership.INVITED), 0),
            )
            for row in rows
        }

    def _upcoming(self) -> Sequence[known.Meeting]:
        groups = {group.id: group for group in self.groups()}
        which = (_meeting.c.group_id.in_(groups), _meeting.c.starts_at > self._now)
        return self._meetings(groups, which, _meeting.c.starts_at) if groups else ()

    def _to_report(self) -> Sequence[known.Meeting]:
        groups = {group.id: group for group in self.groups() if group.leads}
        began = _meeting.c.starts_at.between(self._now - REPORTABLE, self._now)
        which = (_meeting.c.group_id.in_(groups), began)
        return self._meetings(groups, which, _meeting.c.starts_at.desc()) if groups else ()

    def _questions(self) -> Sequence[Question]:
        rows = self._connection.execute(
            select(_question.c.kind, _question.c.subject, _question.c.answer, _question.c.asked_at)
            .where(_question.c.contact_id == self._contact, _question.c.until > self._now)
            .order_by(_question.c.answer != "", _question.c.asked_at.desc(), _question.c.id.desc())
            .limit(MOST_QUESTIONS)
        ).all()
        meetings = {meeting.id: meeting for meeting in self._asked_of([r.subject for r in rows if r.kind == RSVP])}
        inviting = [row.subject for row in rows if row.kind in (INVITATION, LEADING)]
        groups = self._groups_where(_member.c.group_id.in_(inviting)) if inviting else {}
        found = []
        for row in rows:
            if row.kind == RSVP and (meeting := meetings.get(row.subject)) is not None:
                found.append(Question(row.kind, meeting.group, meeting, meeting.mine, row.asked_at))
            elif row.kind in (INVITATION, LEADING) and (group := groups.get(row.subject)) is not None:
                found.append(Question(row.kind, group, None, row.answer, row.asked_at))
        return found

    def _asked_of(self, meetings: Sequence[int]) -> Sequence[known.Meeting]:
        if not meetings:
            return ()
        groups = self._groups_where(_member.c.state == Membership.CONFIRMED)
        return self._meetings(groups, (_meeting.c.id.in_(meetings),), _meeting.c.id)

    def _meetings(
        self, groups: Mapping[int, known.Group], which: Sequence[ColumnElement[bool]], order: ColumnElement[Any]
    ) -> list[known.Meeting]:
        """Meetings that are planned, as this contact sees them."""
        mine = and_(_attendance.c.meeting_id == _meeting.c.id, _attendance.c.contact_id == self._contact)
        rows = self._connection.execute(
            select(
                *(_meeting.c[name] for name in ("id", "group_id", "starts_at", "place", "repeats")),
                _attendance.c.answer,
            )
            .outerjoin(_attendance, mine)
            .where(_meeting.c.state == MeetingState.PLANNED, *which)
            .order_by(order)
            .limit(MOST_MEETINGS)
        ).all()
        answers = counts(self._connection, [row.id for row in rows]) if rows else {}
        found = []
        for row in (row for row in rows if row.group_id in groups):
            starts = row.starts_at.astimezone(self._zone).replace(tzinfo=None)
            said = answers.get(row.id, {})
            sums = (said.get("yes", 0), said.get("no", 0), said.get("late", 0), said.get("", 0))
            where = self._vault.open(row.place)
            found.append(
                known.Meeting(row.id, groups[row.group_id], starts, where, row.repeats, *sums, row.answer or "")
            )
        return found
