"""What people are subscribed to: by their own word, held back by a STOP, forgotten with the number."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from bot.contacts import service as contacts
from bot.contacts import subscriptions
from bot.contacts.models import Consent, Contact
from bot.contacts.phone import read_address
from bot.contacts.service import Decision
from bot.db import make_engine, table, writing
from bot.prices.notices.alerts import WishFacts
from bot.vault import Vault

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
VAULT = Vault("a key for tests")
BY = subscriptions.Statement("sms", "radio", "SM1")


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """A transaction on a fresh database in which one person is known."""

    @contextmanager
    def known() -> Iterator[Connection]:
        engine = make_engine(database_url)
        with writing(engine) as connection:
            contacts.add(connection, VAULT, read_address("+85512000101"), NOW)
            yield connection
        engine.dispose()

    with known() as connection:
        yield connection


def test_a_stop_holds_a_subscription_back_until_start_or_a_new_one(connection: Connection) -> None:
    who = connection.execute(select(table(Contact).c.id)).scalar_one()

    def later(minutes: int) -> datetime:
        return NOW + timedelta(minutes=minutes)

    def says(minutes: int, *, given: bool) -> None:
        contacts.record_consent(
            connection, VAULT, who, later(minutes), Decision(given=given, channel="sms", words="", proof="")
        )

    def has(name: str) -> bool:
        return name in WishFacts(connection, who).wanted().names

    assert not has("radio")
    subscriptions.subscribe(connection, VAULT, who, "radio", BY, NOW)
    assert has("radio")
    assert not contacts.consents(connection, who), "to want the radio is not to want everything"
    says(1, given=False)
    assert not has("radio")
    subscriptions.subscribe(connection, VAULT, who, "weekly", BY, later(2))
    assert has("weekly")
    assert not has("radio")
    says(3, given=False)
    assert not has("weekly")
    says(4, given=True)
    assert has("radio")
    assert has("weekly")
    subscriptions.unsubscribe(connection, VAULT, who, "radio", BY, later(5))
    assert WishFacts(connection, who).wanted().names == {"weekly"}
    ledger = connection.execute(select(Consent.what, Consent.given).order_by(Consent.id)).all()
    told = [("radio", True), ("all", False), ("weekly", True), ("all", False), ("all", True), ("radio", False)]
    assert [tuple(line) for line in ledger] == told
    subscriptions.forget(connection, who)
    assert not WishFacts(connection, who).wanted().names
