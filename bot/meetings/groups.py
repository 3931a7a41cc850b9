"""Working groups: founding one, inviting to it, joining, leaving, and a leader's words to all.

Owns who belongs and who leads. Whoever changes a group locks its row first, so that two leaders decide in turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, String, and_, cast, exists, func, insert, literal, select, update

from bot.contacts import service as contacts
from bot.contacts.models import Consent, Contact
from bot.contacts.phone import Address, AddressKind, read_number
from bot.contacts.service import Decision
from bot.db import table
from bot.language.masking import masked
from bot.meetings import limits
from bot.meetings.facts import INVITATION, LEADING, LEADS, RSVP, WRITINGS_A_DAY, midnight, title
from bot.meetings.models import Attendance, Group, Meeting, MeetingState, Member, Membership, Role
from bot.meetings.telling import (
    MeetingRow,
    Telling,
    about_group,
    about_meeting,
    invitation_key,
)
from bot.messages.models import OpenQuestion
from bot.messages.notices import call_off
from bot.messages.questions import close_questions, open_questions
from flows.meetings import notices as meeting_notices

FOUNDED_BY_ONE = 3
INVITED_A_DAY = 50  # by one person, in all their groups
INVITATION_LASTS = timedelta(days=14)
INVITATION_DELIVERED = timedelta(days=3)
LET_ALONE = timedelta(days=30)  # after they declined or left
LONGEST_NAME = 40
LONGEST_INVITER = 30  # letters of the name of who invites
_contact, _consent = table(Contact), table(Consent)
_group, _member = table(Group), table(Member)
_meeting, _attendance, _question = table(Meeting), table(Attendance), table(OpenQuestion)


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody said, for the ledger: who, when, by which channel and message, in which words."""

    contact: int
    now: datetime
    channel: str
    sid: str
    words: str = ""


def lock(connection: Connection, group: int) -> MeetingRow | None:
    """A group's row; nobody else changes the group until the end. None when there is no such group."""
    return connection.execute(select(_group).where(_group.c.id == group).with_for_update(key_share=True)).one_or_none()


def leads(connection: Connection, group: int, contact: int) -> bool:
    """Whether somebody may arrange, invite and write to all."""
    which = (_member.c.group_id == group, _member.c.contact_id == contact, _member.c.role.in_(LEADS))
    return bool(
        connection.execute(select(exists().where(*which, _member.c.state == Membership.CONFIRMED))).scalar_one()
    )


def confirmed(connection: Connection, group: int) -> tuple[int, ...]:
    """Who belongs to a group."""
    rows = select(_member.c.contact_id).where(_member.c.group_id == group, _member.c.state == Membership.CONFIRMED)
    return tuple(connection.execute(rows.order_by(_member.c.contact_id)).scalars())


def make(connection: Connection, telling: Telling, name: str, by: Statement) -> str:
    """Found a group, led by whoever asks."""
    # The person is locked: two groups founded at once are counted one after the other.
    if _founded(connection, by.contact) >= FOUNDED_BY_ONE:
        return "full"
    if not limits.may_found(connection, by.contact, by.now):
        return "new"
    # Everybody who is invited reads it: it lures nobody to a number or an address.
    name = masked(" ".join(name.split()))[:LONGEST_NAME]
    values = {"name_km": name, "name_en": "", "kind": "", "place": "", "written": 0, "created_at": by.now}
    group = connection.execute(insert(_group).values(values).returning(_group.c.id)).scalar_one()
    member = {"group_id": group, "contact_id": by.contact, "role": Role.LEADER, "state": Membership.CONFIRMED}
    connection.execute(insert(_member).values(**member, since=by.now))
    _note(connection, telling, group, by, given=True)
    return "accepted"


def _founded(connection: Connection, contact: int) -> int:
    """How many groups somebody founded, those they left as well: they agreed to belong when the group began."""
    of_group = and_(
        _consent.c.what == literal(about_group("")).concat(cast(_group.c.id, String)),
        _group.c.code.is_(None),
        _consent.c.at == _group.c.created_at,
    )
    theirs = select(func.count()).select_from(_consent.join(_group, of_group))
    return int(connection.execute(theirs.where(_consent.c.contact_id == contact, _consent.c.given)).scalar_one())


def invite(connection: Connection, telling: Telling, group: int, numbers: Sequence[str], by: Statement) -> str:
    """Invite people to a group. Who is in, asked already, or declined or left lately is let alone."""
    row = lock(connection, group)
    if row is None or not leads(connection, group, by.contact):
        return "gone"
    addresses = [read_number(number) for number in numbers]
    mobiles = list(dict.fromkeys(one for one in addresses if one is not None and one.kind is AddressKind.MOBILE))
    if not mobiles:
        return "none"
    people = _people(connection, telling, mobiles, group)
    new = [address for address in mobiles if address.value not in people]
    alone = limits.let_alone(connection, [person.id for person in people.values()], by.now)
    near = [person for person in people.values() if person.id not in alone]
    outside = [person.id for person in near if person.state is None]
    again = [person.id for person in near if _may_be_asked_again(person, by.now)]
    if _invited_today(connection, telling, by) + len(new) + len(outside) + len(again) > INVITED_A_DAY:
        return "full"
    if limits.is_spent(connection, telling, len(new) + len(outside) + len(again), by.now):
        return "full"
    for address in new:
        contacts.add(connection, telling.notices.vault, address, by.now)
    found = _people(connection, telling, new, group)
    values = {"role": Role.MEMBER, "state": Membership.INVITED, "invited_by": by.contact, "since": by.now}
    members = [{"group_id": group, "contact_id": id} for id in (*outside, *(one.id for one in found.values()))]
    if members:
        connection.execute(insert(_member), [{**one, **values} for one in members])
    if again:
        these = (_member.c.group_id == group, _member.c.contact_id.in_(again))
        connection.execute(update(_member).where(*these).values(values))
        asked = (_question.c.kind == INVITATION, _question.c.subject == group, _question.c.contact_id.in_(again))
        connection.execute(_question.delete().where(*asked))
    names = select(func.coalesce(_contact.c.shown_name, _contact.c.name)).where(_contact.c.id == by.contact)
    sealed = connection.execute(names).scalar_one_or_none()
    who = telling.notices.vault.open(sealed)[:LONGEST_INVITER] if sealed else ""
    ask_invited(connection, telling, row, by.now, who)
    return "some_bad" if len(mobiles) < len(set(addresses)) else "accepted"


def _people(
    connection: Connection, telling: Telling, addresses: Sequence[Address], group: int
) -> dict[str, MeetingRow]:
    """Those of these addresses we know, with their state in a group: id, state, since."""
    hashes = {telling.notices.vault.look_up(address.value): address.value for address in addresses}
    rows = connection.execute(
        select(_contact.c.id, _contact.c.address_hash, _member.c.state, _member.c.since)
        .outerjoin(_member, and_(_member.c.contact_id == _contact.c.id, _member.c.group_id == group))
        .where(_contact.c.address_hash.in_(hashes))
    )
    return {hashes[row.address_hash]: row for row in rows}


def _invited_today(connection: Connection, telling: Telling, by: Statement) -> int:
    """How many were asked at somebody's wish, for whichever group, also one they left since."""
    own = _member.alias()
    groups = select(own.c.group_id).where(own.c.contact_id == by.contact)
    at_their_wish = and_(
        _member.c.contact_id == _question.c.contact_id,
        _member.c.group_id == _question.c.subject,
        _member.c.invited_by == by.contact,
    )
    asked = (
        select(func.count())
        .select_from(_question.join(_member, at_their_wish))
        .where(_question.c.kind == INVITATION, _question.c.subject.in_(groups))
        .where(_question.c.asked_at >= midnight(by.now, telling.zone))
    )
    return int(connection.execute(asked).scalar_one())


def _may_be_asked_again(member: MeetingRow, now: datetime) -> bool:
    """Who declined or left long ago, and who never answered within the time they had."""
    if member.state is None:
        return False
    if member.state == Membership.INVITED:
        return bool(member.since <= now - INVITATION_LASTS)
    return bool(member.state != Membership.CONFIRMED and member.since <= now - LET_ALONE)


def ask_invited(connection: Connection, telling: Telling, group: MeetingRow, now: datetime, who: str = "") -> None:
    """Ask everybody invited who has not been asked: by their leader just now, or by a list of staff's before.

    `who`: the name of the leader who invites, where it is known.
    """
    asked = exists().where(
        _question.c.kind == INVITATION,
        _question.c.subject == group.id,
        _question.c.contact_id == _member.c.contact_id,
    )
    waiting = select(_member.c.contact_id).where(
        _member.c.group_id == group.id, _member.c.state == Membership.INVITED, ~asked
    )
    to = telling.recipients(connection, group.id, connection.execute(waiting).scalars())
    until = now + INVITATION_DELIVERED
    more = {"key": invitation_key(group.id, now), "about": about_group(group.id), "expires": until}
    prompt = meeting_notices.invited(title(group), who)
    telling.tell(connection, to, prompt, now, **more, opens="reply.invitation", data={"group": group.id})
    open_questions(connection, INVITATION, group.id, [one.id for one in to], now, now + INVITATION_LASTS)


def answer(connection: Connection, telling: Telling, group: int, by: Statement, *, joins: bool) -> str:
    """Take an answer to an invitation. The answer may be changed while the invitation stands."""
    row = lock(connection, group)
    mine = (_question.c.kind == INVITATION, _question.c.subject == group, _question.c.contact_id == by.contact)
    question = connection.execute(select(_question.c.id).where(*mine, _question.c.until > by.now)).one_or_none()
    member = _member_of(connection, group, by.contact)
    if row is None or question is None or member is None:
        return "gone"
    said = "yes" if joins else "no"
    if member.state != Membership.CONFIRMED:
        call_off(connection, about_group(group), by.now, by.contact)  # the invitation, if it still waits
    connection.execute(update(_question).where(_question.c.id == question.id).values(answer=said))
    if joins and member.state != Membership.CONFIRMED:
        _set(connection, group, by.contact, Membership.CONFIRMED, by.now)
        _note(connection, telling, group, by, given=True)
        see_to_a_leader(connection, telling, row, by.now)
    elif not joins and member.state == Membership.CONFIRMED:
        leave(connection, telling, group, by)
    elif not joins:
        _set(connection, group, by.contact, Membership.DECLINED, by.now)
    return "accepted"


def leave(connection: Connection, telling: Telling, group: int, by: Statement) -> None:
    """Let somebody leave a group. Nothing more about the group is sent to them."""
    row = lock(connection, group)
    member = _member_of(connection, group, by.contact)
    if row is None or member is None or member.state not in (Membership.CONFIRMED, Membership.INVITED):
        return
    _set(connection, group, by.contact, Membership.LEFT, by.now)
    _note(connection, telling, group, by, given=False)
    _silence(connection, group, by.contact, by.now)
    see_to_a_leader(connection, telling, row, by.now)


def remove(connection: Connection, telling: Telling, group: int, contact: int, by: Statement) -> str:
    """Take a member out. A leader or deputy is removed by nobody; an invitation may come again later."""
    row, member = lock(connection, group), _member_of(connection, group, contact)
    if row is None or not leads(connection, group, by.contact) or member is None:
        return "gone"
    if member.state != Membership.CONFIRMED or member.role != Role.MEMBER:
        return "gone"
    _set(connection, group, contact, Membership.LEFT, by.now)
    _silence(connection, group, contact, by.now)
    to, key = telling.recipients(connection, group, [contact]), f"{about_group(group)}:removed:{by.now:%y%m%d%H%M%S}"
    telling.tell(connection, to, meeting_notices.removed(title(row)), by.now, key=key, about=about_group(group))
    _note(connection, telling, group, Statement(contact, by.now, by.channel, by.sid), given=False)
    return "accepted"


def _silence(connection: Connection, group: int, contact: int, now: datetime) -> None:
    """Call off what waits for somebody about a group and its meetings; their answers count no more."""
    to_come = (_meeting.c.group_id == group, _meeting.c.starts_at > now - timedelta(days=1))
    # The meetings before their questions, as the clock does that reminds of one.
    locked = select(_meeting.c.id).where(*to_come).order_by(_meeting.c.id).with_for_update(key_share=True)
    meetings = connection.execute(locked).scalars().all()
    for about in (about_group(group), *map(about_meeting, meetings)):
        call_off(connection, about, now, contact)
    close_questions(connection, RSVP, meetings, now, contact)
    for kind in (INVITATION, LEADING):
        close_questions(connection, kind, [group], now, contact)
    told = (_attendance.c.meeting_id.in_(meetings), _attendance.c.contact_id == contact)
    answered = connection.execute(select(_attendance.c.meeting_id).where(*told)).scalars().all()
    if answered:
        connection.execute(_attendance.delete().where(*told))
        still = (_meeting.c.id.in_(answered), _meeting.c.state == MeetingState.PLANNED)
        connection.execute(update(_meeting).where(*still).values(answered_at=now))


def see_to_a_leader(connection: Connection, telling: Telling, group: MeetingRow, now: datetime) -> None:
    """A group without a leader goes to its deputy, else to the member of longest standing, who is told."""
    rows = connection.execute(
        select(_member.c.contact_id, _member.c.role)
        .where(_member.c.group_id == group.id, _member.c.state == Membership.CONFIRMED)
        .order_by(_member.c.role != Role.LEADER, _member.c.role != Role.DEPUTY, _member.c.since, _member.c.contact_id)
        .limit(1)
    ).all()
    if not rows or rows[0].role == Role.LEADER:
        return
    (heir,) = rows
    close_questions(connection, LEADING, [group.id], now)  # whoever asked leads no more
    mine = (_member.c.group_id == group.id, _member.c.contact_id == heir.contact_id)
    connection.execute(update(_member).where(*mine).values(role=Role.LEADER))
    to = telling.recipients(connection, group.id, [heir.contact_id])
    key = f"{about_group(group.id)}:leads:{now:%y%m%d%H%M%S}"
    telling.tell(connection, to, meeting_notices.leads_now(title(group)), now, key=key, about=about_group(group.id))


def disown(connection: Connection, telling: Telling, by: Statement) -> None:
    """The number changed hands: its former owner belongs nowhere and is asked nothing."""
    mine = (_member.c.contact_id == by.contact, _member.c.state.in_((Membership.CONFIRMED, Membership.INVITED)))
    groups = connection.execute(select(_member.c.group_id).where(*mine).order_by(_member.c.group_id)).scalars().all()
    for group in groups:
        leave(connection, telling, group, by)
    connection.execute(_question.delete().where(_question.c.contact_id == by.contact))


def write(connection: Connection, telling: Telling, group: int, words: str, by: Statement) -> str:
    """Write to all members of a group. Longer words than three parts hold are cut."""
    row = lock(connection, group)
    if row is None or not leads(connection, group, by.contact):
        return "gone"
    today = by.now.astimezone(telling.zone).date()
    written = row.written if row.written_on == today else 0
    if written >= WRITINGS_A_DAY:
        return "full"
    to = telling.members(connection, group, but=by.contact)
    if limits.is_spent(connection, telling, len(to), by.now):
        return "full"
    connection.execute(update(_group).where(_group.c.id == group).values(written_on=today, written=written + 1))
    prompt = telling.notices.shortened(meeting_notices.written(title(row), " ".join(words.split())))
    key = f"{about_group(group)}:written:{today}:{written}"
    telling.tell(connection, to, prompt, by.now, key=key, about=about_group(group))
    return "accepted"


def _member_of(connection: Connection, group: int, contact: int) -> MeetingRow | None:
    mine = (_member.c.group_id == group, _member.c.contact_id == contact)
    return connection.execute(select(_member).where(*mine)).one_or_none()


def _set(connection: Connection, group: int, contact: int, state: Membership, now: datetime) -> None:
    mine = (_member.c.group_id == group, _member.c.contact_id == contact)
    values: dict[str, Any] = {"state": state, "since": now}
    if state is not Membership.CONFIRMED:
        values["role"] = Role.MEMBER
    connection.execute(update(_member).where(*mine).values(values))


def _note(connection: Connection, telling: Telling, group: int, by: Statement, *, given: bool) -> None:
    """A line in the ledger: somebody agreed to belong, or no more."""
    contacts.record_consent(
        connection,
        telling.notices.vault,
        by.contact,
        by.now,
        Decision(given=given, channel=by.channel, words=by.words, proof=by.sid, what=about_group(group)),
    )
