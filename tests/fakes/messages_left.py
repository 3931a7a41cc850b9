"""Messages left by phone: told of, fetched, and what became of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

from flask import Response

from bot.audio.studio import OnlySilenceError, re_encode
from bot.channels.carrier import Carrier
from bot.db import writing
from bot.messages.calls import sending as call_sending
from bot.messages.inbound import inbox, recordings
from tests.fakes.carrier import FakeCarrier
from tests.fakes.deployment import Deployment
from tests.fakes.recordings import encoded, tone

NAMES = (f"RE{number}" for number in itertools.count(1))
SPEECH = encoded(tone(8000, 2.0), "wav", 8000, 1)


def sound(data: bytes) -> tuple[bytes, float]:
    try:
        prepared = re_encode(data, call_sending.MOST_SECONDS)
    except OnlySilenceError:
        return b"", 0.0
    return prepared.bytes, prepared.seconds


def fetch(
    line: Deployment, url: str, kind: str = "somleng", made: Callable[[bytes], tuple[bytes, float]] = sound
) -> None:
    """Do a worker's job."""
    carrier = Carrier(replace(line.settings, api_url=url, carrier=kind))
    call_sending.fetch_due(line.engine, line.vault, carrier, made, line.time)


def left(line: Deployment, url: str) -> tuple[int, int]:
    """Somebody leaves a message; the ids of the inbox item and of the recording."""
    number = line.phone(language="km")
    with writing(line.engine) as connection:
        contact = line.contact(number)
        item = inbox.add(connection, line.vault, contact, "message", "", line.time.now)
        assert item is not None
        recordings.add(connection, line.vault, url, contact, item, line.time())
    return item, int(line.one("SELECT id FROM recording WHERE item_id = :id", id=item))


def state(line: Deployment, id: int) -> tuple[str, str, int]:
    ((state, error, seconds),) = line.rows("SELECT state, error, seconds FROM recording WHERE id = :id", id=id)
    return state, error, seconds


def source(line: Deployment, id: int) -> str:
    return line.vault.open(bytes(line.one("SELECT source FROM recording WHERE id = :id", id=id)))


def has(data: bytes) -> Callable[[str, str], Response]:
    """A carrier that has a recording and deletes it."""
    return lambda method, name: Response(data) if method == "GET" else Response(status=204)


def run(line: Deployment, *words: str) -> str:
    done = line.app.test_cli_runner().invoke(args=list(words))
    assert done.exit_code == 0, done.output
    return done.output


def stored(line: Deployment, carrier: FakeCarrier) -> tuple[int, int]:
    carrier.hears = has(SPEECH)
    item, id = left(line, carrier.recording(next(NAMES)))
    fetch(line, carrier.url)
    return item, id
