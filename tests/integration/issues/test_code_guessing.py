"""Guessing codes in somebody's name, or in nobody's: it silences nobody, and ends."""

from __future__ import annotations

from sqlalchemy import insert

from bot.db import reading, table, writing
from bot.issues.facts import GUESTS_A_DAY, WRONG_A_DAY, Asker, IssueFacts
from bot.messages.models import Message
from tests.fakes.deployment import Deployment

WRONG = [f"{number}-{1111 + number}" for number in range(100, 100 + 2 * WRONG_A_DAY)]


def test_who_guesses_in_somebodys_name_takes_no_problem_from_them(line: Deployment) -> None:
    number = line.phone(language="en", place="0305")
    for words in ("PROBLEM", "8", "1", "The ferry sank on the river and there is no boat", "1"):
        said = line.sms(number, words).text
    code = said.partition("number ")[2][:8]
    assert code[3] == "-"
    for wrong in WRONG:
        line.sms(number, wrong)
    other = line.phone(language="en", place="0305")
    for wrong in WRONG:
        refused = line.sms(other, wrong).text
    assert line.sms(other, code).text == refused
    assert code in line.sms(number, code).text


def test_all_without_a_number_have_one_limit(line: Deployment) -> None:
    def left() -> int:
        zone, places = line.settings.timezone, line.app.extensions["phsar"].lexicon.places
        with reading(line.engine) as connection:
            return IssueFacts(connection, line.vault, places, Asker(None), line.time.now, zone).tries_left()

    assert left() == GUESTS_A_DAY
    row = {"channel": "voice", "at": line.time.now, "text": b"", "intent": "issue_status"}
    with writing(line.engine) as connection:
        for step in range(GUESTS_A_DAY + 5):
            connection.execute(insert(table(Message)).values(sid=f"CAguess/{step}", **row))
    assert left() == 0
    line.time.passes(hours=24)
    assert left() == GUESTS_A_DAY
