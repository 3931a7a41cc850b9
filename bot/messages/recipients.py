"""In which language and script people are written to unasked: as they chose, else as they write."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from bot.contacts.models import Contact
from bot.db import table
from bot.language.saying.wording import voice_of
from bot.messages.models import SavedRun

MOST_AT_ONCE = 500  # people of one statement
_contact, _run = table(Contact), table(SavedRun)
# What tells it; a contact has at most one run by SMS.
READS_AS = (_contact.c.language, _contact.c.script, _run.c.hint)
WITH_RUN = _contact.outerjoin(_run, (_run.c.contact_id == _contact.c.id) & (_run.c.channel == "sms"))


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to be told: how they read, and whether they are rung or written to.

    `asked`: when they asked for what they are told; only a STOP after that holds it back. Empty: any STOP does.
    """

    id: int
    voice: str  # a folder of locales/
    reach: str  # sms, voice
    asked: datetime | None = None


def recipients(connection: Connection, people: Iterable[int]) -> list[Recipient]:
    """These contacts as recipients, by id. Who never chose is written to as they write."""
    wanted = sorted(set(people))
    found = []
    for begin in range(0, len(wanted), MOST_AT_ONCE):
        rows = connection.execute(
            select(_contact.c.id, _contact.c.reach, *READS_AS)
            .select_from(WITH_RUN)
            .where(_contact.c.id.in_(wanted[begin : begin + MOST_AT_ONCE]))
            .order_by(_contact.c.id)
        )
        found += [Recipient(row.id, voice_of(row.language, row.script, row.hint or ""), row.reach) for row in rows]
    return found
