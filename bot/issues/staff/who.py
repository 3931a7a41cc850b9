"""Who is behind an issue, for staff who have a reason: the only way from a problem to a person, and it is logged.

Reads the voices and the numbers; the line it leaves in the issue's log says who looked and why, and names nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from sqlalchemy import Connection, select

from bot.contacts.models import Contact
from bot.db import table
from bot.issues.notifications import IssueDeps
from bot.issues.people import Via, Voice
from bot.issues.staff.review_log import WHO, Staff, write

log = structlog.get_logger()
_voice, _contact = table(Voice), table(Contact)
SHORTEST = 10  # letters of a reason
MOST = 50  # people of one look


@dataclass(frozen=True, slots=True)
class Supporter:
    """Somebody behind an issue: how they came to it, and their number."""

    contact: int
    via: Via
    number: str


def look(
    connection: Connection, deps: IssueDeps, issue: int, reason: str, by: Staff, after: int = 0
) -> list[Supporter]:
    """Up to MOST people behind an issue, by their ids, behind `after`; that it was looked at is written down first."""
    write(connection, deps, issue, None, by, WHO, {"reason": reason})
    log.warning("who is behind a problem was looked at", by=by.name)
    rows = connection.execute(
        select(_voice.c.contact_id, _voice.c.via, _contact.c.address)
        .join(_contact, _contact.c.id == _voice.c.contact_id)
        .where(_voice.c.issue_id == issue, _voice.c.contact_id > after)
        .order_by(_voice.c.contact_id)
        .limit(MOST)
    )
    return [Supporter(row.contact_id, Via(row.via), deps.vault.open(row.address)) for row in rows]
