"""What is kept between two messages: runs that expire or cannot be read, machines that answer machines, rights."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.config import load_settings
from bot.db import make_engine, writing
from bot.language.intents.listening import listen
from bot.language.text.sms_parts import parts
from bot.vault import Vault
from flows.engine import Run
from tests.conftest import ENVIRON
from tests.fakes.deployment import Deployment, deployed, together


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


def answered(line: Deployment, number: str, words: str, times: int, seconds: float) -> int:
    """How many of so many messages, that many seconds apart, were answered."""
    count = 0
    for _ in range(times):
        line.time.passes(seconds=seconds)
        count += len(line.sms(number, words).messages)
    return count


@pytest.mark.parametrize("seconds", [0, 15.5, 61, 600, 3600])
@pytest.mark.parametrize(
    "words",
    [
        "This number cannot receive messages. Dear customer, please top up.",
        "xxyy zzqq",
        "Thank you",
        "ប្រព័ន្ធឆ្លើយតបស្វ័យប្រវត្តិ៖ យើងនឹងទាក់ទងវិញ",
    ],
)
def test_a_machine_ends_whatever_its_pace(line: Deployment, words: str, seconds: float) -> None:
    number, before = line.phone(), line.time.now
    assert answered(line, number, words, 40, seconds) <= 3
    assert line.one("SELECT count(*) FROM inbox_item WHERE contact_id = :id", id=line.contact(number)) <= 1
    assert "9,500" in line.sms(number, "តម្លៃជ្រូក កំពង់ចាម").text  # the person's next sensible message
    line.time.now = before


def test_a_notice_with_another_number_each_time_is_the_same_one(line: Deployment) -> None:
    number = line.phone()
    words = (f"qwrtz pfghk lkjhg {day} mnbvc xzsdf {day * 7} hgfds" for day in range(30))
    assert sum(len(line.sms(number, one).messages) for one in words) <= 3


def test_machines_that_take_turns_end_too(line: Deployment) -> None:
    number = line.phone()
    count = sum(len(line.sms(number, f"zzqq {'abcdefghij'[n % 7] * 5} xxyy").messages) for n in range(40))
    assert count <= 8
    assert line.one("SELECT count(*) FROM inbox_item WHERE contact_id = :id", id=line.contact(number)) == 1
    assert "9,500" in line.sms(number, "តម្លៃជ្រូក កំពង់ចាម").text
    assert line.sms(number, "zzqq").messages  # and is misunderstood again like anybody


def test_what_is_understood_may_be_asked_many_times_but_not_for_ever(line: Deployment) -> None:
    number, before = line.phone(), line.time.now
    assert answered(line, number, "តម្លៃជ្រូក កំពង់ចាម", 30, 30) == 20
    assert line.sms(number, "តម្លៃជ្រូក ភ្នំពេញ").messages  # other words are answered
    assert line.sms(number, "តម្លៃជ្រូក កំពង់ចាម").messages
    line.time.now = before


def test_the_same_question_every_morning_is_answered_every_morning(line: Deployment) -> None:
    number, before = line.phone(), line.time.now
    assert answered(line, number, "hello", 30, 86_400) == 30
    line.time.now = before


def test_a_flood_in_somebodys_name_silences_nobody(line: Deployment) -> None:
    number = line.phone()
    for count in range(70):
        line.sms(number, f"help {count}", f"SMflood{count}")
    assert line.sms(number, "PROBLEM").messages
    line.sms(number, "0")
    assert line.sms(number, "STOP").messages
    ledger = line.rows("SELECT given FROM consent WHERE contact_id = :id", id=line.contact(number))
    assert [bool(row.given) for row in ledger] == [False]


def test_a_flood_that_never_ends_is_not_answered_and_a_stop_in_it_is_heard(line: Deployment) -> None:
    number = line.phone()
    for count in range(201):
        line.sms(number, f"help {count}", f"SMmore{count}")
    assert line.sms(number, "តម្លៃជ្រូក").messages == []
    assert line.sms(number, "STOP").messages == []
    ledger = line.rows("SELECT given FROM consent WHERE contact_id = :id", id=line.contact(number))
    assert [bool(row.given) for row in ledger] == [False]  # not answered, but heard
    line.time.passes(minutes=5, seconds=1)
    assert "9,500" in line.sms(number, "តម្លៃជ្រូក កំពង់ចាម").text


def test_a_message_is_understood_before_anybody_waits_for_the_lock(
    sqlite_url: str, redis_url: str, tmp_path: Path
) -> None:
    environ = {**ENVIRON, "DATABASE_URL": sqlite_url, "REDIS_URL": redis_url}
    with deployed(load_settings(environ, tmp_path)) as line:
        number = line.phone()
        line.sms(number, "help")
        before = listen.cache_info().misses
        engine = make_engine(sqlite_url)
        with writing(engine):
            assert line.sms(number, "what would a pig cost?").text.startswith("Sorry")
        engine.dispose()
        assert listen.cache_info().misses == before + 1


# --- Twice ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [0, 1, 3])
def test_what_is_delivered_twice_under_two_ids_is_one_message(line: Deployment, seconds: float) -> None:
    number = line.phone(language="en", place="0305")
    for place, words in enumerate(("PROBLEM", "8", "1", "The ferry sank on the river and there is no boat", "1")):
        first = line.sms(number, words, f"SMtwice{seconds}{place}a").messages
        line.time.passes(seconds=seconds)
        assert line.sms(number, words, f"SMtwice{seconds}{place}b").messages == first
        assert line.sms(number, words, f"SMtwice{seconds}{place}b").messages == first  # sent again too
        line.time.passes(seconds=10)
    issues = "SELECT count(*) FROM issue_voice WHERE contact_id = :id"
    assert line.one(issues, id=line.contact(number)) == 1


def test_at_once_under_two_ids_is_one_message_too(line: Deployment) -> None:
    number = line.phone(may_report=True, place="0305")
    line.sms(number, "help")
    words = "ជ្រូក 9500 កំពង់ចាម"
    one, other = together(lambda: line.sms(number, words, "SMcopy1"), lambda: line.sms(number, words, "SMcopy2"))
    assert one.messages == other.messages
    assert line.one("SELECT count(*) FROM price_report WHERE contact_id = :id", id=line.contact(number)) == 1


def test_the_same_answer_to_the_next_question_is_an_answer(line: Deployment) -> None:
    number = line.phone(language="en")
    asked = [line.sms(number, words, f"SMnext{place}").text for place, words in enumerate(("LANGUAGE", "0"))]
    assert len(set(asked)) == 2
    line.sms(number, "PROBLEM", "SMnext3")
    line.time.passes(seconds=6)
    first = line.sms(number, "1", "SMnext4")
    line.time.passes(seconds=6)
    assert line.sms(number, "1", "SMnext5") != first


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
    line.confirmed(number, "មិនមែនខ្ញុំទេ លេខនេះទើបទិញ")
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
