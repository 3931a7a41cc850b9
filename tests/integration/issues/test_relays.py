"""An office's own words reach people without what could lure them out, and end by saying that nobody need be named."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.db import table
from bot.issues.models import IssueEntry
from bot.issues.staff import service as staff_service
from bot.issues.staff.service import Staff
from bot.language.saying.catalogue import VOICES
from bot.language.text.sms_parts import parts
from flows.issues import notices as issue_notices
from flows.prompts import Titled, say
from tests.fakes.issues import Village

LURES = (
    ("please ring me 012 345 678 today", "345"),
    ("ring 012*345*678 about your money", "345"),
    ("look at www.evil.example/t/1234566 for your money", "evil"),
    ("open https://bit.ly/3xYz now", "bit.ly"),
    ("write to chief@office.example", "chief@"),
    ("my telegram is @chief_kc, write there", "chief_kc"),
    ("សូមទូរស័ព្ទមក ០១២ ៣៤៥ ៦៧៨", "៣៤៥"),
)
ENDING = "(You need not say who you are.)"


@pytest.mark.parametrize(("words", "lure"), LURES)
@pytest.mark.parametrize("action", ["answer", "resolve", "ask"])
def test_what_would_lure_people_out_is_taken_out(place: Village, action: str, words: str, lure: str) -> None:
    reporter = place.person()
    _, issue = place.tell(reporter)
    assert place.does("commune", action, issue, words) == "accepted"
    (text,) = place.sent()[reporter]
    assert lure not in text
    assert "***" in text or "•••" in text  # plain signs where no letter needs more
    assert text.endswith(ENDING)
    known = place.known_to(reporter).with_code(place.issue(issue).code)
    assert known is not None
    assert lure not in known.words


def test_who_joined_reads_the_same_ending(place: Village) -> None:
    joined = place.person()
    _, issue = place.tell(place.person())
    place.join(joined, issue)
    place.does("commune", "answer", issue, "we come on friday")
    with place.turn() as connection:
        entry = connection.execute(
            select(table(IssueEntry).c.id).order_by(table(IssueEntry).c.id.desc()).limit(1)
        ).scalar_one()
        staff_service.clear(connection, place.deps, entry, Staff("tester", place.now))
    (text,) = place.sent()[joined]
    assert "we come on friday" in text
    assert text.endswith(ENDING)


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("sentence", issue_notices.RELAYS)
def test_the_longest_words_fit_three_parts_with_it(place: Village, voice: str, sentence: str) -> None:
    notices = place.telling.notices
    office = Titled("សាលាខេត្តកំពង់ចាម", "Kampong Cham provincial hall")
    prompt = issue_notices.told(sentence, "1234566", office, words="យើងនឹងទៅមើលកន្លែងនោះ " * 8)
    ending = say(issue_notices.NO_NAME)
    text = notices.text([notices.shortened(prompt, ending), ending], voice)
    assert parts(text).parts <= 3
