"""Rows of releases before this one: their keys named the problem they were about. From now on no key does.

Run by every release; once nothing is left to do it reads two indexes and writes nothing.
"""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from bot.db import table
from bot.issues.notifications import ASKED, QUESTIONS, RESOLVED, question_of
from bot.messages.models import OpenQuestion, Outbound
from bot.messages.notices import hidden
from bot.vault import Vault

AT_ONCE = 1000
OLD = "issue:"
_out, _question = table(Outbound), table(OpenQuestion)


def hide_old(connection: Connection, vault: Vault) -> int:
    """Give old messages and questions about problems keys that lead nowhere. Returns how many."""
    done = 0
    while rows := connection.execute(
        select(_out.c.id, _out.c.contact_id, _out.c.about, _out.c.unique_key)
        .where(_out.c.about >= OLD, _out.c.about < f"{OLD[:-1]};")
        .limit(AT_ONCE)
    ).all():
        for row in rows:
            about = hidden(vault, row.about, row.contact_id)
            key = None if row.unique_key is None else hidden(vault, row.unique_key, row.contact_id)
            connection.execute(update(_out).where(_out.c.id == row.id).values(about=about, unique_key=key))
        done += len(rows)
    old = (_question.c.kind.in_((ASKED, RESOLVED)), _question.c.subject < QUESTIONS)
    questions = connection.execute(select(_question.c.id, _question.c.subject).where(*old)).all()
    for question in questions:
        known = update(_question).where(_question.c.id == question.id)
        connection.execute(known.values(subject=question_of(vault, question.subject)))
    return done + len(questions)
