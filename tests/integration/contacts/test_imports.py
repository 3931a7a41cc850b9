"""Contacts from lists: one person however the number is written, sealed, and STOP is never taken back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from bot.contacts.imports import import_contacts
from bot.contacts.models import Consent, Contact, ContactTag
from bot.contacts.service import Decision, consents, record_consent
from bot.csvfile import ImportOutcome
from bot.db import make_engine, reading, table, writing
from bot.vault import Vault

BUSY = 20  # seconds on a busy machine
NOW = datetime(2026, 11, 20, 10, tzinfo=timezone(timedelta(hours=7)))
HEADER = "phone,name,language,script,sex,place,consent_on,consent_proof,tags\n"
SOK = "012 345 678,សុខ គំរូ,km,latn,m,0305,2026-01-05,paper 12,farmer|Enumerator\n"

Import = Callable[[str], ImportOutcome]


@pytest.fixture
def vault() -> Vault:
    return Vault("a key for tests only")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def contacts(engine: Engine, vault: Vault, tmp_path: Path) -> Import:
    def run(content: str) -> ImportOutcome:
        path = tmp_path / "contacts.csv"
        path.write_text(content, encoding="utf-8")
        return import_contacts(engine, vault, path, NOW)

    return run


def one(engine: Engine) -> Any:
    with reading(engine) as connection:
        return connection.execute(select(table(Contact))).one()


def all_of(engine: Engine, *columns: Any) -> list[Any]:
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(select(*columns))]


def test_a_person_of_a_list(engine: Engine, vault: Vault, contacts: Import) -> None:
    assert contacts(HEADER + SOK) == ImportOutcome(added=1)
    person = one(engine)
    assert (person.language, person.script, person.sex, person.place) == ("km", "latn", "m", "0305")
    assert person.may_report
    assert person.address_hash == vault.look_up("+85512345678")
    assert vault.open(person.address) == "+85512345678"
    assert vault.open(person.name) == "សុខ គំរូ"
    assert sorted(all_of(engine, ContactTag.tag)) == [("enumerator",), ("farmer",)]
    ledger = all_of(engine, Consent.given, Consent.what, Consent.channel, Consent.proof, Consent.given_on)
    assert ledger == [(True, "all", "import", "paper 12", NOW.date().replace(month=1, day=5))]


def test_nothing_personal_can_be_read_in_the_database(engine: Engine, contacts: Import) -> None:
    contacts(HEADER + SOK)
    with reading(engine) as connection:
        for name in ("contact", "contact_tag", "consent"):
            for row in connection.execute(text(f"SELECT * FROM {name}")):
                assert not any("12345678" in str(value) or "សុខ" in str(value) for value in row)


def test_the_same_list_again_changes_nothing(engine: Engine, contacts: Import) -> None:
    contacts(HEADER + SOK)
    before = one(engine)
    assert contacts(HEADER + SOK) == ImportOutcome(unchanged=1)
    assert one(engine) == before
    assert len(all_of(engine, Consent.id)) == 1


@pytest.mark.parametrize(
    "phone", ["+855 12 345 678", "00855-12-345-678", "០១២៣៤៥៦៧៨", "855 12345678", "012.345.678", "12345678"]
)
def test_one_phone_written_in_many_ways(engine: Engine, contacts: Import, phone: str) -> None:
    contacts(HEADER + SOK)
    same = SOK.replace("012 345 678", phone)
    assert contacts(HEADER + SOK + same) == ImportOutcome(unchanged=1)
    assert len(all_of(engine, Contact.id)) == 1


def test_what_a_list_does_not_say_stays(engine: Engine, vault: Vault, contacts: Import) -> None:
    contacts(HEADER + SOK)
    assert contacts("phone,place,name\n012345678,,\n") == ImportOutcome(unchanged=1)
    assert contacts("phone,place,name,language\n012345678,0301,សុខា គំរូ,EN\n") == ImportOutcome(changed=1)
    person = one(engine)
    assert (person.place, person.language, person.script, person.may_report) == ("0301", "en", "latn", True)
    assert vault.open(person.name) == "សុខា គំរូ"


def test_the_right_to_report_follows_the_column_tags(engine: Engine, contacts: Import) -> None:
    contacts(HEADER + SOK)
    assert contacts("phone\n012345678\n") == ImportOutcome(unchanged=1)
    assert one(engine).may_report
    assert contacts("phone,tags\n012345678,farmer; trader\n") == ImportOutcome(changed=1)
    assert not one(engine).may_report
    assert sorted(all_of(engine, ContactTag.tag)) == [("farmer",), ("trader",)]
    assert contacts("phone,tags\n012345678,-\n") == ImportOutcome(changed=1)
    assert all_of(engine, ContactTag.tag) == []
    assert contacts("phone,tags\n012345678,enumerator\n") == ImportOutcome(changed=1)
    assert one(engine).may_report


def test_an_empty_cell_of_tags_takes_no_right_away(engine: Engine, contacts: Import) -> None:
    contacts(HEADER + SOK)
    assert contacts("phone,tags\n012345678,\n") == ImportOutcome(unchanged=1)
    assert one(engine).may_report
    assert len(all_of(engine, ContactTag.tag)) == 2


@pytest.mark.parametrize("between", ["\n", "\0", "\x1b", "\u2028"])
def test_a_control_character_is_a_fault(engine: Engine, contacts: Import, between: str) -> None:
    row = SOK.replace("សុខ គំរូ", f'"a{between}b"').replace("paper 12", f'"p{between}q"')
    outcome = contacts(HEADER + row.replace("farmer", f"far{between}mer" if between == "\0" else "farmer"))
    told = [(fault.field, "control character" in fault.message) for fault in outcome.faults]
    assert {("name", True), ("consent_proof", True)} <= set(told)
    assert (("tags", False) in told) == (between == "\0")
    assert all_of(engine, Contact.id) == []


def stop(engine: Engine, vault: Vault, at: datetime) -> int:
    with writing(engine) as connection:
        contact = int(connection.execute(select(Contact.id)).scalar_one())
        record_consent(connection, vault, contact, at, Decision(given=False, channel="sms", words="ឈប់", proof="SM1"))
    return contact


def test_a_list_never_takes_back_a_later_stop(engine: Engine, vault: Vault, contacts: Import) -> None:
    contacts("phone\n012345678\n")
    contact = stop(engine, vault, NOW - timedelta(days=30))
    for day in ("2026-01-05", "2026-10-21"):  # on the same day STOP wins
        outcome = contacts(HEADER + SOK.replace("2026-01-05", day))
        assert [note.line for note in outcome.notes] == [2]
        with reading(engine) as connection:
            assert not consents(connection, contact)
    assert contacts(HEADER + SOK.replace("2026-01-05", "2026-10-22")) == ImportOutcome(changed=1)
    with reading(engine) as connection:
        assert consents(connection, contact)


def test_stop_after_a_list_outlives_the_same_list(engine: Engine, vault: Vault, contacts: Import) -> None:
    contacts(HEADER + SOK)
    contact = stop(engine, vault, NOW)
    assert contacts(HEADER + SOK) == ImportOutcome(unchanged=1)
    with reading(engine) as connection:
        assert not consents(connection, contact)


def test_every_fault_is_named_and_none_tells_who(engine: Engine, contacts: Import) -> None:
    outcome = contacts(
        HEADER
        + SOK
        + "12o45678,x,km,km,m,0305,,,\n"
        + "1234,x,khmer,latin,male,Kampong Cham,,,\n"
        + "012345679,x,,,,012345679,2026-11-21,paper,two words\n"
        + "012345670,x,,,,,2026-01-05,,\n"
        + "012345671,x,,,,,,paper 12,\n"
        + SOK.replace("012 345 678", "+85512345678").replace("latn", "km")
    )
    lines = [str(fault) for fault in outcome.faults]
    assert [" ".join(line.split()[:3]) for line in lines] == [
        "line 3, phone:",
        "line 4, language:",
        "line 4, phone:",
        "line 4, place:",
        "line 4, script:",
        "line 4, sex:",
        "line 5, consent_on:",
        "line 5, place:",
        "line 5, tags:",
        "line 6, consent_proof:",
        "line 7, consent_on:",
        "line 8, phone:",
    ]
    assert "contradicts line 2" in lines[-1]
    assert not any(digits in line for line in lines for digits in ("345678", "345679", "12o45", "345670"))
    assert all_of(engine, Contact.id) == []


def test_a_list_without_its_first_line_tells_nobodys_number(contacts: Import) -> None:
    lines = [str(fault) for fault in contacts(SOK + SOK).faults]
    assert len(lines) == 1
    assert "012" not in lines[0]


def test_a_long_list_takes_seconds(contacts: Import) -> None:
    lines = [f"012{number:06},ឈ្មោះ គំរូ,km,km,f,0305,2026-01-05,paper,farmer\n" for number in range(2000)]
    start = time.monotonic()
    assert contacts(HEADER + "".join(lines)) == ImportOutcome(added=2000)
    assert time.monotonic() - start < BUSY
    assert contacts(HEADER + "".join(lines)) == ImportOutcome(unchanged=2000)


def test_what_a_spreadsheet_left_of_a_number_gives_nobody_a_strangers_consent(engine: Engine, contacts: Import) -> None:
    written = ("12345678.0", '"85512345679,0"', "012 345 68", "012345686/87", "097 123 4567 8")
    rows = "".join(f"{phone},Test,km,2026-11-01,paper\n" for phone in written)
    faults = contacts(f"phone,name,language,consent_on,consent_proof\n{rows}").faults
    assert [(fault.line, fault.field) for fault in faults] == [(line, "phone") for line in range(2, 7)]
    assert all_of(engine, Contact.id) == []


def test_lost_letters_replace_no_name_and_a_landline_is_noted(engine: Engine, vault: Vault, contacts: Import) -> None:
    contacts("phone,name\n012594003,សុខ\n")
    assert [fault.field for fault in contacts("phone,name\n012594003,???? ?????\n").faults] == ["name"]
    (name,) = all_of(engine, Contact.name)
    assert vault.open(name[0]) == "សុខ"
    assert [note.line for note in contacts("phone\n012594003\n023 430 000\n").notes] == [3]


@pytest.mark.parametrize("day", ["0001-01-01", "1900-01-01", "2009-12-31", "2199-01-01"])
def test_nobody_agreed_on_a_day_that_cannot_be(contacts: Import, day: str) -> None:
    (fault,) = contacts(f"phone,consent_on,consent_proof\n012594006,{day},p\n").faults
    assert (fault.line, fault.field) == (2, "consent_on")
