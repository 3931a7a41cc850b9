"""People to broadcast to, and a worker and a planner that do one thing at a time."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from bot.broadcasts import planning
from bot.broadcasts import service as broadcasts
from bot.broadcasts.forecasts import Forecast, forecast
from bot.broadcasts.segments import Segments
from bot.broadcasts.service import Draft
from bot.contacts import service as contacts
from bot.contacts.models import ContactTag
from bot.contacts.phone import read_address
from bot.contacts.service import Decision
from bot.db import reading, table, writing
from bot.messages.sms.admission import Rules
from bot.messages.sms.broadcast_text import Texts
from tests.fakes.deployment import Deployment

KM, LATN, EN = "ជ្រូកឡើងថ្លៃ", "chrouk laeng thlai", "Pigs cost more"


def segments(line: Deployment) -> Segments:
    """The line's own."""
    found = line.app.extensions["phsar"].segments
    assert isinstance(found, Segments)
    return found


def person(line: Deployment, *said: bool, tag: str = "t", **chosen: str) -> str:
    """Somebody with a tag who said yes or no, one after the other."""
    number = line.phone(place=chosen.pop("place", "03"), **chosen)
    tagged(line, number, tag)
    for given in said:
        agrees(line, number, given)
    return number


def tagged(line: Deployment, number: str, tag: str) -> None:
    """Put a tag on a number."""
    with writing(line.engine) as connection:
        connection.execute(insert(table(ContactTag)).values(contact_id=line.contact(number), tag=tag))


def agrees(line: Deployment, number: str, given: bool) -> None:
    """A line in the ledger."""
    with writing(line.engine) as connection:
        told = {"given": given, "channel": "sms", "words": "", "proof": ""}
        contacts.record_consent(connection, line.vault, line.contact(number), line.time.now, Decision(**told))


def landline(line: Deployment, tag: str) -> str:
    """Somebody who agreed and has no mobile phone."""
    number = "+85523219876"
    with writing(line.engine) as connection:
        contacts.add(connection, line.vault, read_address(number), line.time.now)
    tagged(line, number, tag)
    agrees(line, number, True)
    return number


def draft(line: Deployment, segment: str = "tag:t", hours: float = 24, **more: Any) -> Draft:
    """A broadcast of now."""
    now = line.time.now
    given: dict[str, Any] = {"texts": Texts(KM, LATN, EN), "due": now, "starts": True, **more}
    return Draft(segment, expires=given["due"] + timedelta(hours=hours), **given)


def create(line: Deployment, segment: str = "tag:t", **more: Any) -> int:
    """Make one; its id."""
    with writing(line.engine) as connection:
        return broadcasts.create(connection, draft(line, segment, **more), line.time.now)


def plan(line: Deployment, size: int = 1000, most: int = 1000) -> int:
    """Plan what is due in slices; how many slices it took."""
    for count in range(most):
        with writing(line.engine) as connection:
            if planning.plan_slice(connection, segments(line), line.time.now, size) is None:
                return count
    return most


def foretell(line: Deployment, what: Draft, quiet: Any = None, per_second: float = 100.0) -> Forecast:
    """The forecast of a broadcast."""
    rules = Rules(quiet, line.settings.timezone)
    with reading(line.engine) as connection:
        return forecast(connection, line.vault, segments(line), what, rules, per_second, line.time.now)


def state(line: Deployment, id: int) -> str:
    """The state of a broadcast."""
    return str(line.one("SELECT state FROM broadcast WHERE id = :id", id=id))


def fates(line: Deployment, id: int) -> Counter[str]:
    """What became of its messages: the error of those that have one, the state of the others."""
    rows = line.rows("SELECT state, error FROM outbox WHERE about = :about", about=f"broadcast:{id}")
    return Counter(error or state for state, error in rows)
