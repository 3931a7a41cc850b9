"""People whom the line rings unasked: who they are, what they are to be told, and what they hear when they answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, update

from bot.contacts import service as contacts
from bot.contacts.models import Contact
from bot.contacts.service import Decision
from bot.db import table, writing
from bot.messages.calls.models import Call, CallState, Direction
from bot.messages.models import Broadcast, Purpose
from bot.messages.notices import Notice, recipients
from flows.line.home import THANKS
from flows.prompts import say
from tests.fakes.carrier import FakeCarrier
from tests.fakes.deployment import Deployment
from tests.fakes.ringing import Document, read

WORDS = "Thank you too. Ask for prices at any time."
BEGINS = "consent.messages"  # a state that asks something: it stands for what a subject has to tell


def listener(line: Deployment, *said: bool, language: str = "en") -> str:
    """Somebody who wants calls, and said yes or no to what is sent unasked."""
    number = line.phone(language=language)
    with writing(line.engine) as connection:
        mine = Contact.id == line.contact(number)
        connection.execute(update(table(Contact)).where(mine).values(reach="voice"))
    for given in said:
        agrees(line, number, given)
    return number


def agrees(line: Deployment, number: str, given: bool) -> None:
    """They say START or STOP."""
    with writing(line.engine) as connection:
        told = {"given": given, "channel": "sms", "words": "", "proof": ""}
        contacts.record_consent(connection, line.vault, line.contact(number), line.time.now, Decision(**told))


def to_ring(
    line: Deployment, number: str, purpose: Purpose = Purpose.REMINDER, key: str = "", about: str = "", **more: Any
) -> int:
    """Have somebody told by a call; the call's id."""
    key = key or f"test:{line.time()}"
    notice = Notice((say(THANKS),), purpose, key, about, **{"opens": BEGINS, **more})
    contact = line.contact(number)
    with writing(line.engine) as connection:
        line.app.extensions["phsar"].notices.tell(connection, recipients(connection, [contact]), notice, line.time.now)
    return int(line.one("SELECT id FROM call WHERE unique_key = :key", key=f"{key}:{contact}"))


def broadcast(line: Deployment, state: str = "sending", **audio: str) -> int:
    """A broadcast by voice; `audio` names its clips."""
    now = line.time.now
    row = {"segment": "tag:all", "channel": "voice", "text_km": "", "text_latn": "", "text_en": ""}
    row |= {"audio_km": "", "audio_en": "", **audio, "state": state, "resumes": "", "planned_to": 0, "planned": 0}
    times = {"due_at": now, "expires_at": now + timedelta(days=1), "created_at": now, "changed_at": now}
    with writing(line.engine) as connection:
        statement = insert(table(Broadcast)).values(**row, **times)
        return int(connection.execute(statement.returning(table(Broadcast).c.id)).scalar_one())


def to_announce(line: Deployment, number: str, id: int, expires: datetime | None = None) -> int:
    """Have a broadcast played to somebody, as the planner does; the call's id."""
    now = line.time.now
    row = {"contact_id": line.contact(number), "direction": Direction.OUT, "purpose": Purpose.BROADCAST}
    row |= {"unique_key": f"broadcast:{id}:{line.contact(number)}", "about": f"broadcast:{id}"}
    row |= {"opens": "announcement.play", "data": json.dumps({"broadcast": id}), "state": CallState.QUEUED}
    row |= {"step": 0, "attempts": 0, "minutes": 0, "error": "", "due_at": now, "created_at": now, "changed_at": now}
    with writing(line.engine) as connection:
        statement = insert(table(Call)).values(**row, expires_at=expires or now + timedelta(days=1))
        return int(connection.execute(statement.returning(table(Call).c.id)).scalar_one())


class Picked:
    """A call of ours that somebody has picked up: documents are fetched as the carrier does."""

    def __init__(self, line: Deployment, form: Mapping[str, str], sid: str):
        self._line = line
        self._about = {"CallSid": sid, "To": form["To"], "From": form["From"], "Direction": "outbound-api"}
        self.now = self._fetch(form["Url"].removeprefix(line.settings.public_url))

    def _fetch(self, path: str, **form: str) -> Document:
        return read(self._line.post(path, {**self._about, **form}), self._line.settings.public_url)

    def press(self, *keys: str) -> Document:
        """Press keys, one answer after the other; an empty one lets the time pass."""
        for key in keys:
            self.send(**({"Digits": key} if key else {}))
        return self.now

    def send(self, **form: str) -> Document:
        """Answer a step with something else than keys."""
        self.now = self._fetch(self.now.goes, **form)
        return self.now


def picks_up(line: Deployment, carrier: FakeCarrier, dial: int = 0) -> Picked:
    """Somebody answers one of the calls the carrier was given."""
    return Picked(line, carrier.dialled[dial], f"CA{dial + 1:032d}")
