"""Telling members: notices to a group's people, the questions that stay open, and taking both back.

Owns who is told what about a meeting and until when an answer counts. What is queued may still be held back when it
is sent: a STOP, the night.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, exists, func, select, update

from bot.config import QuietHours
from bot.contacts.models import Consent
from bot.db import table
from bot.meetings.facts import INVITATION, LEADS, RSVP, title
from bot.meetings.models import Attendance, Group, Meeting, Member, Membership, Role
from bot.messages.calls.models import Call, CallState
from bot.messages.models import OpenQuestion, Outbound, OutState, Purpose
from bot.messages.notices import Notice, Notices, Recipient, recipients
from bot.messages.questions import open_questions
from flows.prompts import Prompt, Titled

ANSWERABLE_AFTER = timedelta(minutes=30)  # the start of a meeting
_group, _member, _meeting = table(Group), table(Member), table(Meeting)
_attendance, _question, _consent = table(Attendance), table(OpenQuestion), table(Consent)
_out, _call = table(Outbound), table(Call)
# What still waits when the rest was called off is in a worker's hands: it leaves.
NEVER_LEFT = (OutState.CANCELLED, OutState.SKIPPED, OutState.EXPIRED, OutState.FAILED)
REACHED = (CallState.QUEUED, CallState.HELD, CallState.DIALLING, CallState.OPEN, CallState.ENDED, CallState.UNKNOWN)
MEMBERS = (
    select(_member.c.contact_id, _member.c.role, _member.c.since)
    .where(_member.c.state == Membership.CONFIRMED)
    .order_by(_member.c.contact_id)
)

MeetingRow = Row[*tuple[Any, ...]]


def about_meeting(id: int) -> str:
    """The name under which everything about a meeting is moved and called off."""
    return f"meeting:{id}"


def about_group(id: int | str) -> str:
    """The same of a group; also what its members agreed to, in the ledger."""
    return f"group:{id}"


@dataclass(frozen=True, slots=True)
class Gathering:
    """A meeting as it is told: its row, the group's name, and when and where it is."""

    row: MeetingRow
    group: Titled
    starts: datetime  # local, naive
    where: str

    @property
    def about(self) -> str:
        """See about_meeting."""
        return about_meeting(self.row.id)

    def key(self, phase: str) -> str:
        """The key of a phase at this time of the meeting: moved, it is told again."""
        return f"{self.about}:{self.row.moves}:{phase}"


@dataclass(frozen=True, slots=True)
class Telling:
    """How groups are told. `zone` is where they meet; nobody is told in the `quiet` hours.

    `most_a_day` messages at the wish of people go out in a day, all groups together.
    """

    notices: Notices
    zone: ZoneInfo
    quiet: QuietHours | None = None
    most_a_day: int = 10_000

    def awake(self, at: datetime) -> datetime:
        """When what is queued at a time is sent: at once, or when the night ends."""
        night_ends = self.quiet.end_after(at.astimezone(self.zone)) if self.quiet else None
        return night_ends or at

    def gathering(self, connection: Connection, meeting: int, *, lock: bool = False) -> Gathering | None:
        """A meeting of any state, its row locked when it is about to be changed."""
        statement = (
            select(_meeting, _group.c.name_km, _group.c.name_en)
            .join(_group, _group.c.id == _meeting.c.group_id)
            .where(_meeting.c.id == meeting)
        )
        if lock:
            statement = statement.with_for_update(of=_meeting, key_share=True)
        row = connection.execute(statement).one_or_none()
        if row is None:
            return None
        starts = row.starts_at.astimezone(self.zone).replace(tzinfo=None)
        return Gathering(row, title(row), starts, self.notices.vault.open(row.place))

    def members(self, connection: Connection, group: int, *, but: int | None = None) -> list[Recipient]:
        """The confirmed members of a group as recipients, without one of them."""
        people = [row.contact_id for row in connection.execute(MEMBERS.where(_member.c.group_id == group))]
        return self.recipients(connection, group, (id for id in people if id != but))

    def leaders(self, connection: Connection, group: int) -> list[Recipient]:
        """The leader and the deputies."""
        rows = connection.execute(MEMBERS.where(_member.c.group_id == group, _member.c.role.in_(LEADS)))
        return self.recipients(connection, group, [row.contact_id for row in rows])

    def leader(self, connection: Connection, group: int) -> list[Recipient]:
        """The leader alone."""
        rows = connection.execute(MEMBERS.where(_member.c.group_id == group, _member.c.role == Role.LEADER))
        return self.recipients(connection, group, [row.contact_id for row in rows])

    def recipients(self, connection: Connection, group: int, people: Iterable[int]) -> list[Recipient]:
        """These people, members with when they agreed to belong: only a later STOP holds back what they are sent.

        Who left has agreed to nothing any more: any STOP does.
        """
        agreed = (
            select(_consent.c.contact_id, func.max(_consent.c.at))
            .join(_member, (_member.c.contact_id == _consent.c.contact_id) & (_member.c.group_id == group))
            .where(_consent.c.what == about_group(group), _consent.c.given, _member.c.state == Membership.CONFIRMED)
            .group_by(_consent.c.contact_id)
        )
        asked = {row[0]: row[1] for row in connection.execute(agreed)}
        return [replace(one, asked=asked.get(one.id)) for one in recipients(connection, people)]

    def tell(self, connection: Connection, to: Sequence[Recipient], prompt: Prompt, now: datetime, **more: Any) -> None:
        """Queue a notice for these people; `more` are the other fields of a Notice."""
        if to:
            self.notices.tell(connection, to, Notice((prompt,), Purpose.REMINDER, **more), now)

    def ask(
        self,
        connection: Connection,
        meeting: Gathering,
        to: Sequence[Recipient],
        prompt: Prompt,
        now: datetime,
        *,
        phase: str,
        due: datetime | None = None,
    ) -> None:
        """Tell these people of a meeting, by call who wants calls, and take their answer until it has begun."""
        row = meeting.row
        more = {"key": meeting.key(phase), "about": meeting.about, "due": due, "expires": row.starts_at}
        self.tell(connection, to, prompt, now, **more, opens="reply.rsvp", data={"meeting": row.id})
        open_questions(connection, RSVP, row.id, [one.id for one in to], now, row.starts_at + ANSWERABLE_AFTER)


def reopen_questions(connection: Connection, meeting: int, now: datetime, until: datetime) -> None:
    """The answers to a meeting count no more: everybody is asked anew."""
    mine = (_question.c.kind == RSVP, _question.c.subject == meeting)
    connection.execute(update(_question).where(*mine).values(answer="", asked_at=now, until=until))
    connection.execute(_attendance.delete().where(_attendance.c.meeting_id == meeting))


def have_heard(connection: Connection, about: str) -> frozenset[int]:
    """Who was sent something about a matter, or rung, or may have been; to be asked after it was called off."""
    texts = select(_out.c.contact_id).where(_out.c.about == about, _out.c.state.not_in(NEVER_LEFT))
    calls = select(_call.c.contact_id).where(_call.c.about == about, _call.c.state.in_(REACHED))
    return frozenset(connection.execute(texts).scalars()) | frozenset(connection.execute(calls).scalars())


def is_in_hand(connection: Connection, about: str, now: datetime) -> bool:
    """Whether a message about something is in a worker's hands; what is past its lease leaves no more by itself."""
    sending = exists().where(_out.c.about == about, _out.c.state == OutState.SENDING, _out.c.leased_until > now)
    return bool(connection.execute(select(sending)).scalar_one())


def invitation_key(group: int, now: datetime) -> str:
    """The key of an invitation; another one later is another."""
    return f"{about_group(group)}:{INVITATION}:{now:%y%m%d%H%M%S}"


def counted(answers: Mapping[str, int]) -> str:
    """The answers as a meeting keeps what its leader heard: yes/no/late."""
    return "/".join(str(answers.get(name, 0)) for name in ("yes", "no", "late"))
