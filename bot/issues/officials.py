"""Officials: who answers for an office, and that each has said so before anything is sent to them.

Owns the states of their telephone and e-mail. What their office does with an issue is issues.handling's.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, update

from bot.db import table
from bot.issues.models import Official, Reached
from bot.issues.telling import OFFICIAL
from bot.messages.models import OpenQuestion

_official, _question = table(Official), table(OpenQuestion)


def answer(connection: Connection, official: int, contact: int, yes: bool, now: datetime) -> str:
    """Somebody on a list says whether they are of that office. Outcomes: accepted, gone."""
    state = Reached.CONFIRMED if yes else Reached.DECLINED
    mine = (_official.c.id == official, _official.c.contact_id == contact, _official.c.removed_at.is_(None))
    if not connection.execute(update(_official).where(*mine).values(phone=state, phone_at=now)).rowcount:
        return "gone"
    asked = (_question.c.kind == OFFICIAL, _question.c.subject == official, _question.c.contact_id == contact)
    connection.execute(update(_question).where(*asked).values(answer="yes" if yes else "no"))
    return "accepted"


def disown(connection: Connection, contact: int, now: datetime) -> None:
    """The number changed hands: it is no official's any more, and their links end."""
    mine = (_official.c.contact_id == contact, _official.c.removed_at.is_(None))
    gone = {"phone": Reached.DECLINED, "phone_at": now, "serial": _official.c.serial + 1}
    connection.execute(update(_official).where(*mine).values(gone))
