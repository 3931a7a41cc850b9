"""Who leads a group and what it is called: handing it over to a member who agrees, and naming it anew.

Owns that a group keeps its leader until another one has agreed. Whoever changes a group locks its row first.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, select, update

from bot.db import table
from bot.language.masking import masked
from bot.meetings import groups, limits
from bot.meetings.facts import LEADING, WRITINGS_A_DAY, title
from bot.meetings.groups import INVITATION_DELIVERED, INVITATION_LASTS, LONGEST_NAME, Statement
from bot.meetings.models import Group, Member, Membership, Role
from bot.meetings.telling import Telling, about_group
from bot.messages.models import OpenQuestion
from bot.messages.questions import close_questions, open_questions
from flows.meetings import notices as meeting_notices
from flows.prompts import Prompt, Titled

LASTS: timedelta = INVITATION_LASTS
_group, _member, _question = table(Group), table(Member), table(OpenQuestion)


def offer(connection: Connection, telling: Telling, group: int, contact: int, by: Statement) -> str:
    """Ask a member to lead. Whoever was asked before is asked no more."""
    row = groups.lock(connection, group)
    if row is None or _role(connection, group, by.contact) is not Role.LEADER or contact == by.contact:
        return "gone"
    if _role(connection, group, contact) is None or limits.is_spent(connection, telling, 1, by.now):
        return "gone"
    asked = (_question.c.kind == LEADING, _question.c.subject == group)
    connection.execute(_question.delete().where(*asked))
    _tell(connection, telling, group, contact, meeting_notices.asked_to_lead(title(row)), by)
    open_questions(connection, LEADING, group, [contact], by.now, by.now + LASTS)
    return "accepted"


def answer(connection: Connection, telling: Telling, group: int, by: Statement, *, takes: bool) -> str:
    """Take the answer of who was asked. Who led becomes a member, and hears of it."""
    row = groups.lock(connection, group)
    mine = (_question.c.kind == LEADING, _question.c.subject == group, _question.c.contact_id == by.contact)
    waits = select(_question.c.id).where(*mine, _question.c.until > by.now, _question.c.answer == "")
    if row is None or connection.execute(waits).one_or_none() is None:
        return "gone"
    if _role(connection, group, by.contact) in (None, Role.LEADER):
        return "gone"
    close_questions(connection, LEADING, [group], by.now)
    leaders = (_member.c.group_id == group, _member.c.role == Role.LEADER)
    before = connection.execute(select(_member.c.contact_id).where(*leaders)).scalars().all()
    if takes:
        connection.execute(update(_member).where(*leaders).values(role=Role.MEMBER))
        heir = (_member.c.group_id == group, _member.c.contact_id == by.contact)
        connection.execute(update(_member).where(*heir).values(role=Role.LEADER))
    told = meeting_notices.leads_no_more(title(row)) if takes else meeting_notices.leads_still(title(row))
    for one in before:
        _tell(connection, telling, group, one, told, by)
    return "accepted"


def rename(connection: Connection, telling: Telling, group: int, name: str, by: Statement) -> str:
    """Name a group anew. It counts as one of the messages its members get in a day."""
    row = groups.lock(connection, group)
    name = masked(" ".join(name.split()))[:LONGEST_NAME]
    if row is None or not name or not groups.leads(connection, group, by.contact):
        return "gone"
    today = by.now.astimezone(telling.zone).date()
    written = row.written if row.written_on == today else 0
    to = telling.members(connection, group, but=by.contact)
    if written >= WRITINGS_A_DAY or limits.is_spent(connection, telling, len(to), by.now):
        return "full"
    values = {"name_km": name, "name_en": "", "written_on": today, "written": written + 1}
    connection.execute(update(_group).where(_group.c.id == group).values(values))
    prompt = meeting_notices.renamed(title(row), Titled(name))
    key = f"{about_group(group)}:written:{today}:{written}"
    telling.tell(connection, to, prompt, by.now, key=key, about=about_group(group))
    return "accepted"


def _role(connection: Connection, group: int, contact: int) -> Role | None:
    """What somebody who belongs to a group may do there; None for anybody else."""
    which = (_member.c.group_id == group, _member.c.contact_id == contact, _member.c.state == Membership.CONFIRMED)
    found = connection.execute(select(_member.c.role).where(*which)).scalar_one_or_none()
    return None if found is None else Role(found)


def _tell(connection: Connection, telling: Telling, group: int, contact: int, prompt: Prompt, by: Statement) -> None:
    to = telling.recipients(connection, group, [contact])
    key = f"{about_group(group)}:leading:{by.now:%y%m%d%H%M%S}"
    more = {"key": key, "about": about_group(group), "expires": by.now + INVITATION_DELIVERED}
    telling.tell(connection, to, prompt, by.now, **more)
