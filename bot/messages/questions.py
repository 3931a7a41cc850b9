"""Questions we sent that may be answered hours or days later: opened for many, closed, and answered once or anew.

What follows from an answer is the subject's (see messages.models.OpenQuestion).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, update

from bot.db import table
from bot.messages.models import OpenQuestion
from bot.messages.notices import MOST_AT_ONCE
from bot.upsert import insert_new

_question = table(OpenQuestion)


def open_questions(
    connection: Connection, kind: str, subject: int, people: Sequence[int], now: datetime, until: datetime
) -> None:
    """Let these people answer a question until a time. One that stands already keeps its answer."""
    same = {"kind": kind, "subject": subject, "answer": "", "asked_at": now, "until": until}
    closed = (_question.c.kind == kind, _question.c.subject == subject, _question.c.until <= now)
    for begin in range(0, len(people), MOST_AT_ONCE):
        some = people[begin : begin + MOST_AT_ONCE]
        # Who left and came back is asked anew.
        again = update(_question).where(*closed, _question.c.contact_id.in_(some))
        connection.execute(again.values(answer="", asked_at=now, until=until))
        open_ones = (_question.c.kind == kind, _question.c.subject == subject, _question.c.answer == "")
        connection.execute(update(_question).where(*open_ones, _question.c.contact_id.in_(some)).values(asked_at=now))
        connection.execute(insert_new(connection, OpenQuestion), [{**same, "contact_id": id} for id in some])


def close_questions(
    connection: Connection, kind: str, subjects: Sequence[int], now: datetime, contact: int | None = None
) -> None:
    """Take no more answers to these questions, from anybody or from one person."""
    which = [_question.c.kind == kind, _question.c.subject.in_(subjects), _question.c.until > now]
    if contact is not None:
        which.append(_question.c.contact_id == contact)
    connection.execute(update(_question).where(*which).values(until=now))
