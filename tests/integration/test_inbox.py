"""What staff read and answer: three misses, wishes not served yet, numbers that changed hands."""

from __future__ import annotations

import re

import pytest

from bot.db import writing
from bot.messages.inbound import inbox
from tests.fakes.deployment import Deployment

MISSES = ("asdf qwer", "zzz", "xxx yyy")


def run(line: Deployment, *words: str) -> tuple[int, str]:
    done = line.app.test_cli_runner().invoke(args=list(words))
    return done.exit_code, done.output


def newest(line: Deployment, number: str) -> str:
    return str(line.one("SELECT max(id) FROM inbox_item WHERE contact_id = :id", id=line.contact(number)))


def leaves(line: Deployment, number: str) -> None:
    """Somebody is not understood three times, so that a person reads it."""
    for words in MISSES:
        line.sms(number, words)


def items(line: Deployment, number: str) -> list[str]:
    statement = "SELECT reason FROM inbox_item WHERE contact_id = :id ORDER BY id"
    return [row[0] for row in line.rows(statement, id=line.contact(number))]


def test_the_third_miss_in_a_row_is_read_by_a_person(line: Deployment) -> None:
    number = line.phone()
    first, second, third = (line.sms(number, words).text for words in MISSES)
    assert len({first, second, third}) == 3
    assert items(line, number) == ["missed"]


def test_an_understood_message_begins_the_count_anew(line: Deployment) -> None:
    number = line.phone()
    for words in (*MISSES[:2], "help", *MISSES[:2], "help"):
        line.sms(number, words)
    assert items(line, number) == []


def test_whoever_is_not_understood_for_long_costs_staff_one_item(line: Deployment) -> None:
    number = line.phone()
    for words in (*MISSES, "help", *(f"{words} again" for words in MISSES), "help", *MISSES):
        line.sms(number, words)
    assert items(line, number) == ["missed"]
    id = newest(line, number)
    _, shown = run(line, "inbox", "show", id)
    assert f"{MISSES[2]} ⏎ {MISSES[2]} again\n" in shown  # all of their words
    run(line, "inbox", "close", id)
    for words in ("help", *MISSES):
        line.sms(number, words)
    assert items(line, number) == ["missed", "missed"]


def test_list_show_answer_close(line: Deployment) -> None:
    number = line.phone()
    for words in MISSES:
        line.sms(number, words)
    id = newest(line, number)
    code, listed = run(line, "inbox", "list", "--size", "200")
    assert code == 0
    assert re.search(rf"^ +{id}  .*missed +xxx yyy", listed, re.MULTILINE)
    code, shown = run(line, "inbox", "show", id)
    assert all(f"  > {words}\n" in shown for words in MISSES)  # what led to it, and what was said
    assert shown.count("  < ") == len(MISSES)
    assert number.removeprefix("+") not in listed + shown

    code, done = run(line, "inbox", "answer", id, "សូមផ្ញើ:  តម្លៃជ្រូក\u200b")
    assert code == 0, done
    text = line.one("SELECT text FROM outbox WHERE contact_id = :id", id=line.contact(number))
    assert line.vault.open(bytes(text)) == "សូមផ្ញើ: តម្លៃជ្រូក"  # no zero-width spaces are paid for
    assert run(line, "inbox", "answer", id, "again")[0] != 0
    assert run(line, "inbox", "close", id)[0] != 0
    assert line.one("SELECT count(*) FROM outbox WHERE contact_id = :id", id=line.contact(number)) == 1
    assert "answered" in run(line, "inbox", "show", id)[1]


def test_closing_sends_nothing(line: Deployment) -> None:
    number = line.phone()
    leaves(line, number)
    id = newest(line, number)
    assert run(line, "inbox", "close", id, "--note", "seen")[0] == 0
    assert line.one("SELECT count(*) FROM outbox WHERE contact_id = :id", id=line.contact(number)) == 0
    assert "note: seen" in run(line, "inbox", "show", id)[1]


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "ក" * 300])
def test_an_answer_is_one_to_three_parts(line: Deployment, text: str) -> None:
    number = line.phone()
    leaves(line, number)
    code, said = run(line, "inbox", "answer", newest(line, number), text)
    assert code != 0
    assert "1 to 3" in said


def test_a_withheld_number_cannot_be_answered(line: Deployment) -> None:
    with writing(line.engine) as connection:
        inbox.add(connection, line.vault, None, "message", "", line.time.now)
    id = str(line.one("SELECT max(id) FROM inbox_item WHERE contact_id IS NULL"))
    assert "cannot be answered" in run(line, "inbox", "show", id)[1]
    assert run(line, "inbox", "answer", id, "hello")[0] != 0
    assert run(line, "inbox", "close", id)[0] == 0


@pytest.mark.parametrize(("sender", "kind"), [("+85523430010", "landline")])
def test_who_cannot_be_texted_is_rung(line: Deployment, sender: str, kind: str) -> None:
    leaves(line, sender)
    id = newest(line, sender)
    code, said = run(line, "inbox", "answer", id, "hello")
    assert code == 1
    assert f"flask inbox show {id} --number" in said
    _, shown = run(line, "inbox", "show", id)
    assert f"cannot be texted ({kind})" in shown
    assert f"item {id}, open" in shown
    assert sender not in shown
    assert sender in run(line, "inbox", "show", id, "--number")[1]
    assert line.one("SELECT count(*) FROM outbox WHERE contact_id = :id", id=line.contact(sender)) == 0


def test_what_is_not_there(line: Deployment) -> None:
    for words in (["show", "999999"], ["answer", "999999", "x"], ["close", "999999"]):
        code, said = run(line, "inbox", *words)
        assert code == 1
        assert "Traceback" not in said


def test_pages_of_the_list(line: Deployment) -> None:
    for _ in range(3):
        leaves(line, line.phone())
    _, said = run(line, "inbox", "list", "--size", "1")
    more = re.search(r"--after (\d+)", said)
    assert more
    _, following = run(line, "inbox", "list", "--size", "1", "--after", more[1])
    assert following.split()[0] != said.split()[0]


def test_what_did_not_go_out_is_listed_by_ids(line: Deployment) -> None:
    number = line.phone(language="en")
    id = line.queue(number)
    with line.engine.begin() as connection:
        values = "state = 'failed', error = '30005', attempts = 1"
        connection.exec_driver_sql(f"UPDATE outbox SET {values} WHERE id = {id}")
    code, listed = run(line, "outbox", "list")
    assert code == 0
    assert re.search(
        rf"^ +{id} .* contact {line.contact(number)}  own  1 try  30005 \(nobody has this number\)$",
        listed,
        re.MULTILINE,
    )
    assert "hello" not in listed
    assert run(line, "outbox", "list", "--state", "expired") == (0, "nothing expired\n")
