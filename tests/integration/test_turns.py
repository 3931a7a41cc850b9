"""What is kept between two messages: runs that expire or cannot be read, machines that answer machines, rights."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import event

from bot.language.text.sms_parts import parts
from bot.vault import Vault
from flows.engine import Run
from tests.fakes.deployment import Deployment


@pytest.fixture(scope="module")
def line(line: Deployment) -> Deployment:
    """A line with prices."""
    line.price(9500)
    line.price(9800, market="phnom_penh")
    return line


def leave_run(line: Deployment, number: str, body: str | bytes) -> None:
    """What an older release may have left behind, or a broken disk."""
    line.sms(number, "តម្លៃជ្រូក")
    left = body.encode() if isinstance(body, str) else body
    with line.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE run SET body = " + ("%s" if line.engine.dialect.name == "postgresql" else "?"), (left,)
        )


def run_with(**fields: object) -> str:
    return json.dumps({**json.loads(Run().dump()), **fields})


# --- What is kept ---------------------------------------------------------------------------------------


def test_a_saved_run_is_sealed_and_one_of_a_release_before_goes_on(line: Deployment) -> None:
    number = line.phone()
    assert "1" in line.sms(number, "តម្លៃត្រី").text
    ((body, hint),) = line.rows("SELECT body, hint FROM run WHERE contact_id = :c", c=line.contact(number))
    assert bytes(body).startswith(b"\x01")
    assert b"price" not in bytes(body)
    assert hint == "km"
    plain = line.vault.open(bytes(body))
    with line.engine.begin() as connection:
        mark = "%s" if line.engine.dialect.name == "postgresql" else "?"
        which = f"WHERE contact_id = {line.contact(number)}"
        connection.exec_driver_sql(f"UPDATE run SET body = {mark} {which}", (plain.encode(),))
    assert "សុំទោស" not in line.sms(number, "1").text
    assert bytes(line.one("SELECT body FROM run WHERE contact_id = :c", c=line.contact(number))).startswith(b"\x01")


def test_nobody_reads_in_sql_what_somebody_began_to_tell(line: Deployment) -> None:
    number = line.phone(place="0305", language="en")
    for words in ("problem", "2", "1", "the pigs of Sokha and ជ្រូក have died"):
        said = line.sms(number, words).text
    assert "the pigs of Sokha and ជ្រូក have died" in said
    body = bytes(line.one("SELECT body FROM run WHERE contact_id = :c", c=line.contact(number)))
    for words in ("pigs", "Sokha", "ជ្រូក", "\\u1787", "issue", "memory"):
        assert words.encode() not in body
    assert "the pigs of Sokha and ជ្រូក have died" in line.vault.open(body)


@pytest.mark.parametrize(
    "body",
    [b"", b"\x01", b"\x01 damaged", b"\xff{}", Vault("the key of another line").seal(Run().dump())],
    ids=["empty", "only a mark", "damaged", "of no kind", "of another key"],
)
def test_a_run_that_does_not_open_restarts_with_an_apology(line: Deployment, body: bytes) -> None:
    number = line.phone(language="km")
    leave_run(line, number, body)
    assert line.sms(number, "1").text.startswith("សុំទោស")
    leave_run(line, number, body)
    assert "9,500" in line.sms(number, "តម្លៃជ្រូក កំពង់ចាម").text
    assert not line.sms(number, "តម្លៃជ្រូក ភ្នំពេញ").text.startswith("សុំទោស")


# --- Loops ---------------------------------------------------------------------------------------------


def test_the_21st_identical_text_is_kept_and_not_answered(line: Deployment) -> None:
    number = line.phone()
    for _ in range(20):
        assert line.sms(number, "I am in a meeting").messages
    silent = line.sms(number, "I am in a meeting", "SMloop")
    assert (silent.status, silent.messages) == (200, [])
    assert line.sms(number, "I am in a meeting", "SMloop") == silent
    assert line.sms(number, "តម្លៃជ្រូក").messages  # other words are answered
    assert line.sms(number, "I am in a meeting").messages
    assert line.one("SELECT count(*) FROM message WHERE contact_id = :id", id=line.contact(number)) == 23


def test_the_61st_message_in_five_minutes_is_kept_and_not_answered(line: Deployment) -> None:
    number = line.phone()
    for count in range(60):
        assert line.sms(number, f"help {count}").messages, count
    assert line.sms(number, "តម្លៃជ្រូក").messages == []
    assert line.sms(number, "STOP").messages == []
    ledger = line.rows("SELECT given FROM consent WHERE contact_id = :id", id=line.contact(number))
    assert [bool(row.given) for row in ledger] == [False]  # not answered, but heard
    line.time.passes(minutes=5, seconds=1)
    assert "9,500" in line.sms(number, "តម្លៃជ្រូក កំពង់ចាម").text
    assert line.one("SELECT count(*) FROM message WHERE contact_id = :id", id=line.contact(number)) == 63


# --- Runs ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no json",
        "null",
        "5",
        "[]",
        "{}",
        '{"v":1}',
        run_with(v=0),
        run_with(v=99),
        run_with(at="price.no_such_state"),
        run_with(at="price.answer"),  # a state that waits for nobody
        run_with(at=""),
        run_with(at=None),
        run_with(at={"a": 1}),
        run_with(at="price.which", options=5),
        run_with(at="price.which", options=[[1]]),
        run_with(at="price.which", data=[]),
        run_with(at="report.is_it", options=[["right", "1"], ["meant", "2"]], data={"usual": "x"}),
        run_with(at="report.is_it", options=[["right", "1"]]),
        run_with(at="report.sent", data={"unit": 5}),
        run_with(at="report.where"),
        run_with(at="home.is_place", options=[["yes", "1"]]),
        run_with(memory={"asked": 5, "commodity": 7, "script": [1]}),
        run_with(memory=[1]),
        run_with(misses="many"),
    ],
)
def test_a_run_that_cannot_be_used_restarts(line: Deployment, body: str) -> None:
    number = line.phone(place="0305", may_report=True)
    for words in ("1", "តម្លៃ", "ភ្នំពេញ", "ខុស 9300", "តម្លៃជ្រូក កំពង់ចាម"):
        leave_run(line, number, body)
        said = line.sms(number, words).text
        assert "មិនដំណើរការ" not in said, "the apology of a failed turn"
        assert parts(said).parts <= 3
        line.time.passes(minutes=6)
    leave_run(line, number, body)
    line.sms(number, "0")
    assert "9,500" in line.sms(number, "តម្លៃជ្រូក កំពង់ចាម").text


def test_a_restart_says_so(line: Deployment) -> None:
    number = line.phone()
    leave_run(line, number, run_with(at="radio.of_yesterday"))
    said = line.sms(number, "តម្លៃជ្រូក កំពង់ចាម").text
    assert said.startswith("សុំទោស")
    assert "9,500" in said
    assert not line.sms(number, "តម្លៃជ្រូក កំពង់ចាម").text.startswith("សុំទោស")


def test_an_open_question_is_forgotten_after_a_day(line: Deployment) -> None:
    number = line.phone()
    assert "1 " in line.sms(number, "តម្លៃ").text
    line.time.passes(hours=23)
    assert "៛" in line.sms(number, "1").text
    line.sms(number, "តម្លៃ")
    line.time.passes(hours=25)
    assert "៛" not in line.sms(number, "1").text
    line.time.passes(hours=-48)


# --- Consent and rights --------------------------------------------------------------------------------


def ledger(line: Deployment, number: str) -> list[tuple[bool, str, str]]:
    statement = "SELECT given, what, channel FROM consent WHERE contact_id = :id ORDER BY id"
    return [(bool(given), what, channel) for given, what, channel in line.rows(statement, id=line.contact(number))]


def test_stop_and_start_are_lines_in_the_ledger(line: Deployment) -> None:
    number = line.phone()
    line.sms(number, "STOP", "SMstop")
    line.sms(number, "STOP", "SMstop")
    line.sms(number, "ចាប់ផ្ដើម")
    line.sms(number, "ឈប់")
    assert ledger(line, number) == [(False, "all", "sms"), (True, "all", "sms"), (False, "all", "sms")]
    (words, proof), *_ = line.rows(
        "SELECT words, proof FROM consent WHERE contact_id = :id ORDER BY id", id=line.contact(number)
    )
    assert line.vault.open(bytes(words)) == "STOP"
    assert proof == "SMstop"
    assert line.sms(number, "តម្លៃជ្រូក").messages  # a direct answer is never silenced


def test_who_is_not_me_has_no_rights_any_more(line: Deployment) -> None:
    number = line.phone(may_report=True, place="0305", language="km", script="latn")
    line.sms(number, "chrouk 9600 kg cham")
    line.sms(number, "មិនមែនខ្ញុំទេ លេខនេះទើបទិញ")
    assert ledger(line, number) == [(False, "all", "sms")]
    contact = line.contact(number)
    (kept,) = line.rows("SELECT language, script, place, may_report, name FROM contact WHERE id = :id", id=contact)
    assert [bool(value) for value in kept] == [False] * 5
    assert line.one("SELECT count(*) FROM inbox_item WHERE contact_id = :id AND reason = 'not_me'", id=contact) == 1
    for words in ("ជ្រូក 9700 កំពង់ចាម", "ខុស 9700", "9700"):
        line.sms(number, words)
    reports = line.rows("SELECT usual, state FROM price_report WHERE contact_id = :id", id=contact)
    assert [tuple(row) for row in reports] == [(9600, "accepted")]


def test_a_right_taken_away_ends_an_open_report(line: Deployment) -> None:
    number = line.phone(may_report=True)
    line.sms(number, "report pig 9600")
    with line.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE contact SET may_report = false")
    for words in ("1", "កំពង់ចាម", "9600"):
        line.sms(number, words)
    contact = line.contact(number)
    assert line.one("SELECT count(*) FROM price_report WHERE contact_id = :id", id=contact) == 0


def test_a_connection_the_database_dropped_costs_nobody_an_answer(line: Deployment) -> None:
    number = line.phone()
    assert "9,500" in line.sms(number, "តម្លៃជ្រូក កំពង់ចាម").text
    pool = line.app.extensions["phsar"].engine.pool
    held = [pool.connect() for _ in range(pool.checkedin())]
    for connection in held:
        connection.dbapi_connection.close()  # as a restart of the server leaves them
    for connection in held:
        connection.close()
    assert "9,500" in line.sms(number, "តម្លៃជ្រូក កំពង់ចាម").text


# --- What they write in ----------------------------------------------------------------------------------


def test_a_word_everybody_knows_changes_no_language(line: Deployment) -> None:
    number = line.phone()
    assert "៛" in line.sms(number, "តម្លៃជ្រូក កំពង់ចាម").text
    assert "បានហើយ" in line.sms(number, "STOP").text
    assert "Live pig" in line.sms(number, "what is the price of pigs in Kampong Cham").text
    assert "Live pig" in line.sms(number, "kg cham").text
    assert "Chrouk" in line.sms(number, "tlai chrouk kg cham").text


def test_a_price_that_is_asked_for_looks_for_no_problem(line: Deployment) -> None:
    number = line.phone(language="en")
    asked: list[str] = []
    line.sms(number, "hello")
    engine = line.app.extensions["phsar"].engine

    def heard(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", heard)
    assert line.sms(number, "pig price kampong cham").text
    event.remove(engine, "before_cursor_execute", heard)
    assert asked
    assert [one for one in asked if re.search(r"\b(issue\w*|office\w*|official)\b", one)] == []
