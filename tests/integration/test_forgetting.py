"""Delete my data: explained, confirmed by digits, done in every room; what is counted stays and leads to nobody."""

from __future__ import annotations

import re

from bot.handlers.forgetting import NOBODY
from tests.fakes.deployment import Deployment


def told(phones: Deployment, number: str, words: str) -> str:
    return phones.sms(number, words).text


def test_what_is_deleted_is_said_and_done_once_the_digits_come_back(phones: Deployment) -> None:
    number = phones.phone(place="0305", language="en")
    told(phones, number, "START")
    told(phones, number, "alert paddy")
    told(phones, number, "03")
    told(phones, number, "price of pig in Takeo")
    contact = phones.contact(number)
    said = told(phones, number, "DELETE MY DATA")
    assert "We delete your name, number" in said
    (digits,) = re.findall(r"send (\d{4})\.", said)
    assert "deleted" in told(phones, number, digits)
    row = phones.rows("SELECT address, name, place, language FROM contact WHERE id = :c", c=contact)[0]
    assert phones.app.extensions["phsar"].vault.open(bytes(row.address)) == NOBODY
    assert (row.name, row.place, row.language) == (None, "", "")
    for table in ("consent", "subscription", "price_alert"):
        assert phones.one(f"SELECT count(*) FROM {table} WHERE contact_id = :c", c=contact) == 0
    words = phones.rows("SELECT text, answer FROM message WHERE contact_id = :c ORDER BY id", c=contact)
    vault = phones.app.extensions["phsar"].vault
    assert {vault.open(bytes(row.text)) for row in words[:-1]} == {""}
    assert all(row.answer is None for row in words[:-1])
    told(phones, number, "hello")
    assert phones.contact(number) != contact


def test_other_digits_or_a_change_of_mind_delete_nothing(phones: Deployment) -> None:
    number = phones.phone(place="0305", language="en")
    contact = phones.contact(number)
    told(phones, number, "DELETE MY DATA")
    told(phones, number, "1")
    assert "Nothing was done" in told(phones, number, "0")
    told(phones, number, "delete my data")
    assert "Nothing was done" in told(phones, number, "no")
    assert phones.contact(number) == contact
    assert phones.one("SELECT place FROM contact WHERE id = :c", c=contact) == "0305"


def test_it_never_ends_messages_alone(phones: Deployment) -> None:
    number = phones.phone(language="en")
    told(phones, number, "START")
    told(phones, number, "delete my data")
    assert phones.one("SELECT count(*) FROM consent WHERE NOT given") == 0


def test_all_somebody_is_told_of_is_listed_and_ended(phones: Deployment) -> None:
    number = phones.phone(place="0305", language="en")
    told(phones, number, "START")
    assert "asked for nothing" in told(phones, number, "MY ALERTS")
    told(phones, number, "alert pig takeo")
    told(phones, number, "weekly")
    said = told(phones, number, "my alerts")
    assert "1 live pig" in said
    assert "2 weekly prices" in said
    told(phones, number, "1")
    assert phones.one("SELECT count(*) FROM price_alert") == 0
    assert "weekly prices" in told(phones, number, "my subscriptions")
