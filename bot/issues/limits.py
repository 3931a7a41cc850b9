"""What one person may do in a day: raise problems, add words, look for similar ones, try codes.

Owns the counts. What is said to who has had enough is up to the conversation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select

from bot.db import table
from bot.issues.people import Tally, Via, Voice
from bot.messages.models import Message
from bot.upsert import upsert
from flows.heard import Intent

MOST_A_DAY = 5  # issues one person raises
MOST_SEEKS_A_DAY = 8  # looks of one person for problems like theirs
MOST_WORDS_A_DAY = 20  # additions of one person, to all issues
_tallies, _message, _voice = table(Tally), table(Message), table(Voice)


@dataclass(frozen=True, slots=True)
class Author:
    """Who says something, and when; `midnight` is when their local day began."""

    contact: int
    now: datetime
    midnight: datetime


def raised_today(connection: Connection, by: Author) -> int:
    """How many issues somebody has raised today."""
    mine = (_voice.c.contact_id == by.contact, _voice.c.via == Via.REPORTER, _voice.c.at >= by.midnight)
    return int(connection.execute(select(func.count()).where(*mine)).scalar_one())


def wrong_code(connection: Connection, by: Author) -> None:
    """Somebody named a code that is none."""
    connection.execute(upsert(connection, Tally), _counts_of(connection, by, wrong=1))


def tries_left(connection: Connection, by: Author, most: int) -> int:
    """How many wrong codes somebody may still try today."""
    tally = connection.execute(select(_tallies).where(_tallies.c.contact_id == by.contact)).one_or_none()
    return most if tally is None or tally.since < by.midnight else max(0, most - tally.wrong)


def guests_tries_left(connection: Connection, midnight: datetime, most: int) -> int:
    """How many codes callers without a number may still name today, all of them together."""
    named = (_message.c.contact_id.is_(None), _message.c.at >= midnight, _message.c.intent == str(Intent.ISSUE_STATUS))
    some = select(_message.c.id).where(*named).limit(most).subquery()
    return most - int(connection.execute(select(func.count()).select_from(some)).scalar_one())


def sought(connection: Connection, by: Author) -> None:
    """Somebody had us look for problems like theirs."""
    connection.execute(upsert(connection, Tally), _counts_of(connection, by, sought=1))


def seeks_left(connection: Connection, by: Author) -> int:
    """How often somebody may still have us look today."""
    tally = connection.execute(select(_tallies).where(_tallies.c.contact_id == by.contact)).one_or_none()
    return MOST_SEEKS_A_DAY if tally is None or tally.since < by.midnight else max(0, MOST_SEEKS_A_DAY - tally.sought)


def added_today(connection: Connection, by: Author) -> int:
    """How often somebody has added words today, to any issue."""
    tally = connection.execute(select(_tallies).where(_tallies.c.contact_id == by.contact)).one_or_none()
    return 0 if tally is None or tally.since < by.midnight else int(tally.said)


def _counts_of(connection: Connection, by: Author, **more: int) -> dict[str, Any]:
    """Today's counts of somebody with one more."""
    tally = connection.execute(select(_tallies).where(_tallies.c.contact_id == by.contact)).one_or_none()
    names = ("wrong", "said", "sought")
    if tally is None or tally.since < by.midnight:
        return {"contact_id": by.contact, "since": by.midnight, **{name: more.get(name, 0) for name in names}}
    counts = {name: getattr(tally, name) + more.get(name, 0) for name in names}
    return {"contact_id": by.contact, "since": tally.since, **counts}


def forget(connection: Connection, contact: int) -> None:
    """The number changed hands: whoever has it now begins anew."""
    connection.execute(delete(_tallies).where(_tallies.c.contact_id == contact))


def note_words(connection: Connection, by: Author) -> None:
    """Somebody added words to an issue."""
    connection.execute(upsert(connection, Tally), _counts_of(connection, by, said=1))
