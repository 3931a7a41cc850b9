"""A whole turn over HTTP against the floor: same server, same database, same requests, one after the other.

Line and floor take turns in short rounds, so that what else the machine does falls on both.
"""

from __future__ import annotations

import csv
import statistics
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from urllib.parse import urlencode

from sqlalchemy import Engine
from twilio.request_validator import RequestValidator

from bench.environment import HOST, Databases, environ_for, serving, settings_for
from bench.load import Client
from bench.result import Measured
from bench.sizes import Sizes
from bot.config import Settings
from bot.contacts import service as contacts
from bot.contacts.phone import read_address
from bot.db import make_engine, writing
from bot.prices.demo import load_demo
from bot.vault import Vault

MESSAGES = Path(__file__).parent / "messages.csv"
NUMBERS = 600  # people who write; most of them wrote before
KNOWN = 500
AT_LEAST = 0.6


def messages(about: str = "") -> list[str]:
    """The built-in messages, all or those about one thing."""
    with MESSAGES.open(encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file) if about in ("", row["about"])]


def number(which: int) -> str:
    """An invented number."""
    return f"+85512{700_000 + which}"


def populate(settings: Settings) -> None:
    """The sample data, and the people who wrote before."""
    engine, vault, now = make_engine(settings.database_url), Vault(settings.data_key), datetime.now(UTC)
    local = now.astimezone(settings.timezone)
    load_demo(engine, vault, local.date(), local)
    acquaint(engine, vault, now)
    engine.dispose()


def acquaint(engine: Engine, vault: Vault, now: datetime) -> None:
    """Add the people who wrote before."""
    with writing(engine) as connection:
        for which in range(KNOWN):
            contacts.add(connection, vault, read_address(number(which)), now)


def requests(settings: Settings, count: int, seed: int) -> list[bytes]:
    """Signed requests as the carrier sends them, ready for the wire: price questions of many people, mixed."""
    chance, texts = Random(seed), messages("price")
    validator = RequestValidator(settings.auth_token)
    made = []
    for which in range(count):
        form = {
            "ToCountry": "KH",
            "ToState": "",
            "SmsMessageSid": (sid := f"SM{seed:08x}{which:024x}"),
            "NumMedia": "0",
            "ToCity": "",
            "FromZip": "",
            "SmsSid": sid,
            "FromState": "",
            "SmsStatus": "received",
            "FromCity": "",
            "Body": chance.choice(texts),
            "FromCountry": "KH",
            "To": settings.sms_from,
            "ToZip": "",
            "NumSegments": "1",
            "MessageSid": sid,
            "AccountSid": settings.account_sid,
            "From": number(chance.randrange(NUMBERS)),
            "ApiVersion": "2010-04-01",
        }
        made.append(signed(settings, validator, "/sms", form))
    return made


def signed(settings: Settings, validator: RequestValidator, path: str, form: dict[str, str]) -> bytes:
    """A request as the carrier sends it, ready for the wire."""
    body = urlencode(form).encode()
    signature = validator.compute_signature(settings.public_url + path, form)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"
        f"X-Twilio-Signature: {signature}\r\nContent-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def measure(databases: Databases, client: Client, folder: Path, sizes: Sizes) -> Measured:
    """Throughput of the line as a share of the floor's: the median of many pairs of rounds."""
    ours, floors = (settings_for(databases.fresh(), folder) for _ in range(2))
    populate(ours)
    populate(floors)
    with (
        serving("wsgi:door", environ_for(ours.database_url, folder), folder) as line,
        serving("bench.floor:serve", environ_for(floors.database_url, folder), folder) as floor,
    ):
        warm = requests(ours, sizes.turn_warm, 1)
        client.play(line.port, warm)
        client.play(floor.port, warm)
        ratios, ours_took, failed = [], 0.0, 0
        for turn in range(sizes.turn_rounds):
            batch = requests(ours, sizes.turn_round, 2 + turn)
            order = (line, floor) if turn % 2 else (floor, line)
            took = {}
            for server in order:
                played = client.play(server.port, batch)
                took[server.port] = played.seconds
                failed += played.failed
            ratios.append(took[floor.port] / took[line.port])
            ours_took += took[line.port]
    if failed:
        raise SystemExit(f"{failed} requests were not answered: what was measured is not the service")
    per_second = sizes.turn_rounds * sizes.turn_round / ours_took
    return Measured(
        f"turn over HTTP, {databases.kind}: {per_second:.0f}/s, throughput against the floor",
        statistics.median(ratios),
        AT_LEAST,
        "x",
        least=True,
    )
