"""People who ring, the worker that calls them back, and the carrier's word on those calls."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime, time

from flask import Response

from bot.app import connect_redis
from bot.channels.carrier import Carrier
from bot.config import QuietHours
from bot.contacts.phone import read_address
from bot.db import writing
from bot.messages.breaker import VOICE
from bot.messages.bucket import Bucket
from bot.messages.calls import callbacks
from bot.messages.calls import outbox as call_outbox
from bot.messages.calls.admission import Limits
from bot.messages.calls.callbacks import Budget, RingDecision
from bot.messages.calls.models import CallState
from bot.messages.calls.sending import Calling
from bot.messages.sms.admission import Rules
from tests.fakes.carrier import FakeCarrier
from tests.fakes.deployment import Deployment

SIDS = (f"CAring{number}" for number in itertools.count(1))


def day_began(line: Deployment) -> datetime:
    local = line.time.now.astimezone(line.settings.timezone)
    return datetime.combine(local, time(), line.settings.timezone)


def ring(line: Deployment, number: str, sid: str = "", most_minutes: int = 600) -> RingDecision:
    address = read_address(number)
    with writing(line.engine) as connection:
        contact = line.contact(number) if address.value else None
        now = line.time()
        return callbacks.rung(
            connection, contact, address, sid or next(SIDS), now, day_began(line), Budget(most_minutes)
        )


def known(line: Deployment, number: str = "") -> str:
    """A number the line knows."""
    number = number or line.phone()
    line.sms(number, "help")
    return number


def dial(line: Deployment) -> call_outbox.ClaimedCall:
    """A worker takes the call that is due and the carrier takes it too."""
    with writing(line.engine) as connection:
        claimed = call_outbox.claim(connection, line.vault, line.time())
        assert claimed is not None
        call_outbox.settle(connection, claimed, CallState.DIALLING, line.time(), sid=next(SIDS))
    return claimed


def ends(line: Deployment, id: int, status: str, **more: str) -> None:
    assert line.post(f"/voice/status/{id}", {"CallStatus": status, **more}).status == 204


def answered_by(line: Deployment, id: int, sid: str) -> str | None:
    """The carrier fetches the first document of a call; the call's state, if there is one to go on with."""
    with writing(line.engine) as connection:
        row = callbacks.answered(connection, id, sid, line.time())
    return None if row is None else str(row.state)


def calls_back(line: Deployment, number: str) -> list[tuple[str, int, int]]:
    statement = "SELECT state, attempts, minutes FROM call WHERE contact_id = :id AND direction = 'back' ORDER BY id"
    return [tuple(row) for row in line.rows(statement, id=line.contact(number))]


def place(
    line: Deployment,
    url: str,
    kind: str = "somleng",
    per_second: int = 1000,
    most_minutes: int = 600,
    quiet: QuietHours | None = None,
) -> bool:
    """Do a worker's job."""
    settings = replace(line.settings, api_url=url, carrier=kind)
    limits = Limits(Rules(quiet, settings.timezone), most_minutes, most_minutes)
    bucket = Bucket(connect_redis(settings.redis_url), VOICE, per_second)
    public = line.settings.public_url
    return Calling(line.engine, line.vault, Carrier(settings), bucket, limits, line.time, public).place_due()


def rings(line: Deployment) -> tuple[str, int]:
    """Somebody rings; the number and the id of the call that is queued."""
    number = known(line)
    assert ring(line, number) is RingDecision.CALL_BACK
    return number, int(line.one("SELECT max(id) FROM call WHERE direction = 'back'"))


def told(line: Deployment, carrier: FakeCarrier, status: str, dial: int = 0, **more: str) -> int:
    """The carrier's callback about one of the calls it was given."""
    path = carrier.dialled[dial]["StatusCallback"].removeprefix(line.settings.public_url)
    return line.post(path, {"CallSid": f"CA{dial + 1:032d}", "CallStatus": status, **more}).status


def call(line: Deployment, id: int) -> tuple[str, str, int, int]:
    ((state, error, attempts, spent),) = line.rows(
        "SELECT state, error, attempts, minutes FROM call WHERE id = :id", id=id
    )
    return state, error, attempts, spent


def unknown(line: Deployment, carrier: FakeCarrier) -> tuple[str, int]:
    number, id = rings(line)
    carrier.rings = lambda form, count: Response("oops", 500)
    place(line, carrier.url)
    assert call(line, id)[0] == "unknown"
    return number, id
