"""A line with markets, prices and people on it, served over real HTTP, and phones to write to it from.

Requests are signed as the carrier signs them. The clock moves only when a test says so.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import requests
from flask import Flask
from sqlalchemy import Engine, Row, insert, text, update
from twilio.request_validator import RequestValidator
from werkzeug.serving import make_server

from bot.app import connect_redis, create_app
from bot.channels.carrier import Carrier
from bot.clock import Clock, Lead
from bot.config import Settings
from bot.contacts import service as contacts
from bot.contacts.models import Contact
from bot.contacts.phone import read_address
from bot.db import make_engine, table, writing
from bot.due_tasks import due_tasks
from bot.issues.lists import reference as issue_reference
from bot.messages.alerts import Herald
from bot.messages.breaker import SMS
from bot.messages.bucket import Bucket
from bot.messages.inbound.received import TWICE
from bot.messages.inbound.spool import Spool
from bot.messages.mail.sending import MailHeaders
from bot.messages.models import Purpose
from bot.messages.sms import outbox as sms_outbox
from bot.messages.sms.admission import Rules
from bot.messages.sms.outbox import Outgoing
from bot.messages.sms.reconciling import settle_due
from bot.messages.sms.sending import Sending
from bot.prices.daily import Key
from bot.prices.imports import Listed, store_prices
from bot.prices.models import Change, Market
from bot.prices.reference import load_reference
from bot.upsert import upsert
from bot.vault import Vault
from tests.fakes.digits import digits_in

START = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # Sunday, 10:00 in Phnom Penh
TODAY = START.date()
# id, Khmer name, English name, place, reference
MARKETS = (
    ("kg_cham", "កំពង់ចាម", "Kg Cham", "0305", False),
    ("phnom_penh", "ភ្នំពេញ", "P.Penh", "1202", True),
    ("prey_veng", "ព្រៃវែង", "P.Veng", "1408", False),
)
EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response />'


@dataclass(frozen=True)
class Said:
    """An answer of the webhook: its status and body, and the messages its TwiML holds."""

    status: int
    body: str

    @property
    def messages(self) -> list[str]:
        """The texts, read from the XML; fails when it is none."""
        root = ElementTree.fromstring(self.body)
        assert root.tag == "Response"
        return [(message.text or "") for message in root.findall("Message")]

    @property
    def text(self) -> str:
        """The one message."""
        assert self.status == 200
        (only,) = self.messages
        return only


@dataclass
class Deployment:
    """The line as it is served, its database, and its clock."""

    settings: Settings
    url: str
    app: Flask
    engine: Engine
    vault: Vault
    time: Time
    _last: dict[str, str] = field(default_factory=dict)
    _sids: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(855_12_100_000))

    def post(self, path: str, form: Mapping[str, str] | Sequence[tuple[str, str]], signed_over: str = "") -> Said:
        """Post a form as the carrier does, signed over the public address and this path."""
        url = self.settings.public_url + (signed_over or path)
        body = urlencode(form, errors="surrogatepass")
        seen = {name: value.encode("utf-8", "replace").decode() for name, value in dict(form).items()}
        signature = RequestValidator(self.settings.auth_token).compute_signature(url, seen)
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        answer = requests.post(self.url + path, body, headers=headers, timeout=15)
        return Said(answer.status_code, answer.content.decode())

    def sms(self, number: str, words: str, sid: str = "", **more: str) -> Said:
        """A message from a phone. Nobody types the same words twice within some seconds: time passes before they do."""
        if not sid and self._last.get(number) == words:
            self.time.passes(seconds=TWICE.total_seconds() + 1)
        self._last[number] = words
        sid = sid or f"SM{next(self._sids):032x}"
        return self.post("/sms", {"MessageSid": sid, "From": number, "Body": words, **more})

    def confirmed(self, number: str, words: str) -> Said:
        """A message from a phone, and the digits that its answer asks for."""
        return self.sms(number, digits_in(self.sms(number, words).text))

    def phone(self, *, may_report: bool = False, place: str = "", language: str = "", script: str = "") -> str:
        """A number nobody has used yet; known to the line when something is said of it."""
        number = f"+{next(self._numbers)}"
        if may_report or place or language:
            with writing(self.engine) as connection:
                contacts.add(connection, self.vault, read_address(number), self.time.now)
                values = {"may_report": may_report, "place": place, "language": language, "script": script}
                values["may_found"] = True
                new = Contact.address_hash == self.vault.look_up(number)
                connection.execute(update(table(Contact)).where(new).values(values))
        return number

    def rows(self, statement: str, **values: Any) -> Sequence[Row[Any]]:
        """What the database holds."""
        with self.engine.connect() as connection:
            return connection.execute(text(statement), values).all()

    def one(self, statement: str, **values: Any) -> Any:
        """The only value of the only row."""
        ((value,),) = self.rows(statement, **values)
        return value

    def contact(self, number: str) -> int:
        """The id of a number's contact."""
        return int(self.one("SELECT id FROM contact WHERE address_hash = :h", h=self.vault.look_up(number)))

    def price(
        self, usual: int, days_ago: int = 0, *, commodity: str = "pig_live", market: str = "kg_cham", **more: Any
    ) -> None:
        """A price from a list, as an import would store it."""
        level, unit = more.get("level", "wholesale"), more.get("unit", "kg")
        key = Key(commodity, market, level, more.get("grade", ""), unit, more.get("currency", "khr"))
        day = self.time.now.date() - timedelta(days_ago)
        low, high = more.get("low", usual), more.get("high", usual)
        with writing(self.engine) as connection:
            store_prices(connection, [Listed(key, day, more.get("source", "list"), low, high, usual)], self.time.now)

    def clock(self, redis: Any, name: str = "one") -> Clock:
        """A clock process of this line."""
        herald = Herald(
            self.engine, self.vault, self.settings.alert_to, self.settings.smtp_url, MailHeaders("phsar.example.org")
        )
        due = due_tasks(self.app.extensions["phsar"].deps)
        spool = Spool(redis, self.vault, self.settings.spool_dir)
        return Clock(self.engine, Lead(redis, name), self.vault, herald, lambda: self.time.now, spool, due)

    def queue(self, number: str = "", words: str = "hello", purpose: Purpose = Purpose.OWN, **more: Any) -> int:
        """Put a message into the outbox; for somebody new unless a number is given."""
        contact = self.contact(number or self.phone(language="en"))
        with writing(self.engine) as connection:
            return sms_outbox.queue(connection, self.vault, Outgoing(contact, words, purpose, **more), self.time.now)

    def sending(self, carrier_url: str, per_second: float = 10_000, **changed: Any) -> Sending:
        """A worker's way to send, through a carrier at this address; `changed` are settings."""
        settings = replace(self.settings, api_url=carrier_url, **changed)
        bucket = Bucket(connect_redis(settings.redis_url), SMS, per_second)
        rules = Rules(settings.quiet_hours, settings.timezone)
        return Sending(self.engine, self.vault, Carrier(settings), bucket, rules, self.time)

    def settle(self, carrier_url: str) -> None:
        """Do a worker's job of asking after what nobody told."""
        carrier = Carrier(replace(self.settings, api_url=carrier_url))
        while settle_due(self.engine, self.vault, carrier, self.time):
            pass


class Time:
    """A clock that a test moves; each look at it is a millisecond later than the last."""

    def __init__(self, begins: datetime = START) -> None:
        self.now = begins
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            self.now += timedelta(milliseconds=1)
            return self.now

    def passes(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


@contextmanager
def deployed(settings: Settings, port: int = 0, *, begins: datetime = START) -> Iterator[Deployment]:
    """The line on a migrated database, with commodities and three markets but no prices, served until the end.

    `begins`: when its clock begins; now, where a process beside it looks at the clock on the wall.
    """
    time = Time(begins)
    engine = make_engine(settings.database_url)
    with writing(engine) as connection:
        load_reference(connection)
        issue_reference.load_reference(connection)
        names = ("id", "name_km", "name_en", "place", "reference")
        connection.execute(insert(table(Market)), [dict(zip(names, row, strict=True)) for row in MARKETS])
        connection.execute(upsert(connection, Change), {"subject": "markets", "version": 1})
    app = create_app(settings, time)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield Deployment(settings, url, app, engine, Vault(settings.data_key), time)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        app.extensions["phsar"].engine.dispose()
        app.extensions["phsar"].redis.close()
        engine.dispose()


def together(*jobs: Any) -> list[Any]:
    """Run these at once, each in a thread of its own; their results in order."""
    gate = threading.Barrier(len(jobs))
    results: list[Any] = [None] * len(jobs)

    def run(number: int, job: Any) -> None:
        gate.wait()
        results[number] = job()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
