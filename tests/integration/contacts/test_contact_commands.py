"""flask contacts and flask export: people are found, shown hidden, corrected and forgotten; no cell is a formula."""

from __future__ import annotations

import csv
import io

import pytest

from bot.commands.exports import EXPORTS
from bot.csvfile import defused
from tests.fakes.deployment import Deployment


def run(phones: Deployment, *words: str) -> tuple[int, str]:
    done = phones.app.test_cli_runner().invoke(args=list(words))
    return done.exit_code, done.output


def test_somebody_is_found_by_number_and_shown_hidden(phones: Deployment) -> None:
    number = phones.phone(place="0305", language="en")
    contact = str(phones.contact(number))
    code, said = run(phones, "contacts", "find", number)
    assert (code, said.split()[0]) == (0, contact)
    assert number[-6:] not in said
    assert number[-6:] not in run(phones, "contacts", "show", contact)[1]
    assert number in run(phones, "contacts", "show", contact, "--reason", "they asked to be rung")[1]
    assert contact in run(phones, "contacts", "find", "--place", "03")[1]
    assert run(phones, "contacts", "find")[0] == 2
    assert "no telephone number" in run(phones, "contacts", "find", "12")[1]


def test_what_is_known_is_corrected(phones: Deployment) -> None:
    contact = str(phones.contact(phones.phone(language="km")))
    said = ("--name", "Sok Test", "--place", "0305", "--script", "latn", "--tag", "enumerator", "--tag", "pilot")
    assert run(phones, "contacts", "edit", contact, *said)[0] == 0
    shown = run(phones, "contacts", "show", contact, "--reason", "test")[1]
    assert "name: Sok Test" in shown
    assert "tags: enumerator, pilot" in shown
    assert "may report prices: yes" in shown
    assert run(phones, "contacts", "edit", contact, "--untag", "enumerator")[0] == 0
    assert "may report prices: no" in run(phones, "contacts", "show", contact)[1]
    assert "no official place" in run(phones, "contacts", "edit", contact, "--place", "9999")[1]
    assert run(phones, "contacts", "edit", contact)[0] == 2
    assert "no contact 999" in run(phones, "contacts", "edit", "999", "--sex", "f")[1]


def test_forgetting_asks_first_and_then_leaves_nobody(phones: Deployment) -> None:
    number = phones.phone(place="0305", language="en")
    phones.sms(number, "price of pig in Takeo")
    contact = phones.contact(number)
    code, said = run(phones, "contacts", "forget", number)
    assert code == 1
    assert "--yes" in said
    assert phones.contact(number) == contact
    assert run(phones, "contacts", "forget", str(contact), "--yes")[0] == 0
    assert "nobody" in run(phones, "contacts", "find", number)[1]
    assert phones.one("SELECT count(*) FROM message WHERE contact_id = :c AND answer IS NOT NULL", c=contact) == 0


@pytest.mark.parametrize("what", sorted(EXPORTS))
def test_an_export_is_csv_without_anybodys_number(phones: Deployment, what: str) -> None:
    number = phones.phone(place="0305", language="en")
    phones.sms(number, "price of pig in Takeo")
    code, said = run(phones, "export", what)
    assert code == 0
    header, *rows = list(csv.reader(io.StringIO(said)))
    assert all(len(row) == len(header) for row in rows)
    assert number[1:] not in said
    if what in ("contacts", "messages", "prices"):
        assert rows


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("@sum", "'@sum"),
        ("-cmd", "'-cmd"),
        ("+85512", "'+85512"),
        (-12, "-12"),
        ("-1.5", "-1.5"),
        (None, ""),
        ("\tx", "'\tx"),
        ("rice", "rice"),
    ],
)
def test_no_cell_acts_as_a_formula(value: object, cell: str) -> None:
    assert defused(value) == cell


def test_what_waits_says_when_it_goes_out(phones: Deployment) -> None:
    phones.queue(phones.phone(language="en"))
    assert " due 20" in run(phones, "outbox", "list", "--state", "queued")[1]
