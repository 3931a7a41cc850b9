"""Messages of groups and meetings: what they name, out of the blue and as answers, on keys too."""

from __future__ import annotations

import pytest

from bot.language.intents.keypad import pressed
from bot.language.intents.understand import answering, understand
from bot.language.slots.groups import phones
from bot.language.words.lexicon import Lexicon
from flows.heard import SURE, Asked, Intent, Kind, Option, Slots
from tests.unit.language.examples import examples

LEXICON = Lexicon.load()
PARTS = (Option("07:00", "ម៉ោង 7 ព្រឹក"), Option("19:00", "ម៉ោង 7 យប់"))
YES_NO = (Option("yes", "មែន"), Option("no", "ទេ"))


@pytest.mark.parametrize(
    ("text", "intent", "slots"),
    examples(__file__, "out_of_the_blue", slots=True),
)
def test_out_of_the_blue(text: str, intent: Intent, slots: Slots) -> None:
    heard = understand(text, Asked(), LEXICON)
    assert (heard.intent, heard.slots) == (intent, slots)
    assert heard.text == text


@pytest.mark.parametrize(
    ("asked", "text", "intent", "slots"),
    [
        (
            Asked(Kind.WHEN),
            "ស្អែក 2 រសៀល វត្តព្រៃឈរ",
            Intent.WHEN,
            Slots(day="tomorrow", time="14:00", where="វត្តព្រៃឈរ"),
        ),
        (Asked(Kind.WHEN), "8", Intent.WHEN, Slots(hour="08:00")),
        (Asked(Kind.WHEN), "25", Intent.WHEN, Slots(day="25")),
        (Asked(Kind.WHEN, codes="day"), "8", Intent.WHEN, Slots(day="8")),
        (Asked(Kind.WHEN, codes="hour"), "2pm", Intent.WHEN, Slots(time="14:00")),
        (Asked(Kind.WHEN), "next monday 2 pm", Intent.WHEN, Slots(day="next_mon", time="14:00")),
        (Asked(Kind.WHEN), "តម្លៃជ្រូក", Intent.PRICE, None),
        (Asked(Kind.WHEN, PARTS), "ព្រឹក", Intent.CHOICE, Slots(choice=1)),
        (Asked(Kind.WHEN, PARTS), "pm", Intent.CHOICE, Slots(choice=2)),
        (Asked(Kind.WHEN, PARTS), "2", Intent.CHOICE, Slots(choice=2)),
        (Asked(Kind.WHEN, YES_NO), "ចាស", Intent.YES, Slots()),
        (Asked(Kind.WHEN, YES_NO), "3 pm", Intent.WHEN, Slots(time="15:00")),
        (Asked(Kind.WHEN, YES_NO), "STOP", Intent.STOP, Slots()),
        (Asked(Kind.COUNT), "១២ នាក់", Intent.MEETING_REPORT, Slots(count=12)),
        (Asked(Kind.COUNT), "ដប់ពីរ", Intent.MEETING_REPORT, Slots(count=12)),
        (Asked(Kind.PHONES), "012 345 678", Intent.GROUP_INVITE, Slots(numbers=("012345678",))),
    ],
)
def test_as_an_answer(asked: Asked, text: str, intent: Intent, slots: Slots | None) -> None:
    heard = understand(text, asked, LEXICON)
    assert heard.intent is intent
    assert slots is None or heard.slots == slots


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (" 012 345 678 011 222 333", ("012345678", "011222333")),
        ("០១២៣៤៥៦៧៨, 097-123-4567; +855 11 222 333", ("012345678", "0971234567", "+85511222333")),
        ("855 12 345 678 0971234567", ("85512345678", "0971234567")),
        ("012345678\n012345678", ("012345678",)),
        ("099 12", ("09912",)),
        ("12 people", ()),
        ("012345678, 0123456", ("012345678", "0123456")),
        ("012345678/097 123 4567", ("012345678", "0971234567")),
        ("1. 012 345 678 2. 097 123 4567", ("012345678", "0971234567")),
        ("012.345.678", ("012345678",)),
        ("12345678.0", ("12345678.0",)),
        ("85512345679,0", ("85512345679,0",)),
        ("012345686/87", ("012345686/87",)),
        ("097 123 4567 8", ("0971234567 8",)),
        ("012345678 2 people", ("012345678 2",)),
    ],
)
def test_numbers_are_found_however_they_are_grouped(text: str, numbers: tuple[str, ...]) -> None:
    assert phones(text) == numbers


@pytest.mark.parametrize(
    ("text", "intent"),
    examples(__file__, "beside_an_open_question"),
)
def test_beside_an_open_question(text: str, intent: Intent) -> None:
    assert answering(text, LEXICON).intent is intent
    assert answering(text, LEXICON, ("rsvp", "invitation")).intent is intent


@pytest.mark.parametrize(
    ("text", "intent"),
    examples(__file__, "beside_an_invitation_that_waits"),
)
def test_beside_an_invitation_that_waits(text: str, intent: Intent) -> None:
    assert answering(text, LEXICON, ("invitation",)).intent is intent


@pytest.mark.parametrize(
    ("text", "intent"), [("START", Intent.START), ("ឈប់", Intent.STOP), ("នៅឯណា", Intent.MEETING_WHEN)]
)
def test_where_nothing_waits_it_is_what_it_says(text: str, intent: Intent) -> None:
    assert answering(text, LEXICON).intent is intent


@pytest.mark.parametrize("text", ["ចុះឥតគិតថ្លៃមែន", "yes is it free?", "សូមទូរសព្ទមកខ្ញុំ"])
def test_a_question_agrees_to_no_invitation(text: str) -> None:
    heard = answering(text, LEXICON, ("invitation",))
    assert heard.intent is not Intent.YES or heard.confidence < SURE
    assert understand(text, Asked(Kind.CONFIRM, YES_NO), LEXICON).intent is not Intent.YES


@pytest.mark.parametrize("text", ["1", "លេខ១", "បាទ", "ok", "yes please", "បាទ មក", "👍", "ចាសចូល", "បាទ បាន"])
def test_a_plain_yes_agrees_to_an_invitation(text: str) -> None:
    heard = answering(text, LEXICON, ("invitation",))
    assert heard.intent is Intent.YES
    assert heard.confidence >= SURE


@pytest.mark.parametrize(
    ("asked", "keys", "slots"),
    [
        (Asked(Kind.WHEN, YES_NO, "day"), "25", Slots(day="25")),
        (Asked(Kind.WHEN, YES_NO, "day"), "05", Slots(day="5")),
        (Asked(Kind.WHEN, YES_NO, "day"), "32", None),
        (Asked(Kind.WHEN, YES_NO, "day"), "2", Slots(choice=2)),
        (Asked(Kind.WHEN, YES_NO, "hour"), "07", Slots(hour="07:00")),
        (Asked(Kind.WHEN, YES_NO, "hour"), "14", Slots(time="14:00")),
        (Asked(Kind.WHEN, YES_NO, "hour"), "24", None),
        (Asked(Kind.COUNT), "9", Slots(count=9)),
        (Asked(Kind.COUNT), "120#", Slots(count=120)),
    ],
)
def test_keys(asked: Asked, keys: str, slots: Slots | None) -> None:
    heard = pressed(keys, asked, LEXICON)
    if slots is None:
        assert heard.intent is Intent.UNCLEAR
    else:
        assert heard.slots == slots
