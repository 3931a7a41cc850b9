"""Messages of groups and meetings: what they name, out of the blue and as answers, on keys too."""

from __future__ import annotations

import pytest

from bot.language.intents.keypad import pressed
from bot.language.intents.understand import answering, understand
from bot.language.slots.groups import phones
from bot.language.words.lexicon import Lexicon
from flows.heard import SURE, Asked, Intent, Kind, Option, Slots

LEXICON = Lexicon.load()
PARTS = (Option("07:00", "ម៉ោង 7 ព្រឹក"), Option("19:00", "ម៉ោង 7 យប់"))
YES_NO = (Option("yes", "មែន"), Option("no", "ទេ"))


@pytest.mark.parametrize(
    ("text", "intent", "slots"),
    [
        ("ប្រជុំ ស្អែក 7 វត្ត", Intent.MEETING_NEW_ASK_TIME, Slots(day="tomorrow", hour="07:00", where="វត្ត")),
        (
            "ប្រជុំរៀងរាល់ថ្ងៃចន្ទ 8 ព្រឹក វត្ត",
            Intent.MEETING_NEW,
            Slots(day="mon", time="08:00", repeats="weekly", where="វត្ត"),
        ),
        (
            "meeting each month on the 5th 8 am pagoda",
            Intent.MEETING_NEW,
            Slots(day="5", time="08:00", repeats="by_date", where="pagoda"),
        ),
        (
            "ប្រជុំរៀងរាល់ថ្ងៃទី១ ម៉ោង ២ រសៀល សាលាឃុំ",
            Intent.MEETING_NEW,
            Slots(day="1", time="14:00", repeats="by_date", where="សាលាឃុំ"),
        ),
        (
            "prachum roal thngai ti 15 maong 2 rosiel",
            Intent.MEETING_NEW,
            Slots(day="15", time="14:00", repeats="by_date"),
        ),
        (
            "meeting first monday of each month 8 am pagoda",
            Intent.MEETING_NEW,
            Slots(day="1mon", time="08:00", repeats="by_weekday", where="pagoda"),
        ),
        (
            "ប្រជុំថ្ងៃចន្ទទី១ រៀងរាល់ខែ ម៉ោង ៨ ព្រឹក សាលា",
            Intent.MEETING_NEW,
            Slots(day="1mon", time="08:00", repeats="by_weekday", where="សាលា"),
        ),
        (
            "prachum roal thngai chan 8 proek wat",
            Intent.MEETING_NEW,
            Slots(day="mon", time="08:00", repeats="weekly", where="wat"),
        ),
        ("ប្រជុំ អាទិត្យក្រោយ ថ្ងៃចន្ទ 2 រសៀល", Intent.MEETING_NEW, Slots(day="next_mon", time="14:00")),
        ("meeting 25/12/2099 8 am", Intent.MEETING_NEW, Slots(day="25/12/2099", time="08:00")),
        ("meeting 2026-12-05 14:30", Intent.MEETING_NEW, Slots(day="5/12/2026", time="14:30")),
        ("ប្រជុំល្ងាចនេះ ម៉ោង 5", Intent.MEETING_NEW, Slots(day="today", time="17:00")),
        ("ប្រជុំស្អែកព្រឹក 7:30", Intent.MEETING_NEW, Slots(day="tomorrow", time="07:30")),
        ("ប្រជុំ 25.11 8 ព្រឹក", Intent.MEETING_NEW, Slots(day="25/11", time="08:00")),
        ("ប្រជុំ 25-11 8 ព្រឹក", Intent.MEETING_NEW, Slots(day="25/11", time="08:00")),
        ("meeting 25 nov 2026 8am", Intent.MEETING_NEW, Slots(day="25/11/2026", time="08:00")),
        ("prachum saek 8 proek nov sala", Intent.MEETING_NEW, Slots(day="tomorrow", time="08:00", where="sala")),
        ("meeting on monday at noon in the hall", Intent.MEETING_NEW, Slots(day="mon", time="12:00", where="the hall")),
        ("មានអ្នកមកប៉ុន្មាន", Intent.MEETING_COUNT, Slots()),
        ("ប្ដូរប្រជុំទៅថ្ងៃពុធម៉ោង៩ព្រឹក", Intent.MEETING_MOVE, Slots(day="wed", time="09:00")),
        ("12 came, decided to sell together", Intent.MEETING_REPORT, Slots(count=12, words="to sell together")),
        ("មក 12 នាក់ សម្រេចលក់រួមគ្នា", Intent.MEETING_REPORT, Slots(count=12, words="លក់រួមគ្នា")),
        ("mok 12 neak somrech luok ruom knea", Intent.MEETING_REPORT, Slots(count=12, words="luok ruom knea")),
        ("បង្កើតក្រុម ចិញ្ចឹមជ្រូក", Intent.GROUP_NEW, Slots(group="ចិញ្ចឹមជ្រូក")),
        ("new group Pig raisers", Intent.GROUP_NEW, Slots(group="Pig raisers")),
        ("bangkaet krom chrouk", Intent.GROUP_NEW, Slots(group="chrouk")),
        ("អញ្ជើញ ០១២ ៣៤៥ ៦៧៨", Intent.GROUP_INVITE, Slots(numbers=("012345678",))),
        ("tell group price of pigs is up", Intent.GROUP_WRITE, Slots(words="price of pigs is up")),
        ("prab krom saek yok thang mok", Intent.GROUP_WRITE, Slots(words="saek yok thang mok")),
        ("ក្រុមខ្ញុំ", Intent.GROUP_LIST, Slots()),
        ("ចាកចេញពីក្រុម", Intent.GROUP_LEAVE, Slots()),
        ("ហៅប្រាប់", Intent.REACH_CALL, Slots()),
        ("reminders by call", Intent.REACH_CALL, Slots()),
        ("prab tam sar", Intent.REACH_SMS, Slots()),
    ],
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
    [
        ("1", Intent.YES),
        ("៣", Intent.LATE),
        ("មកមិនបានទេ កូនឈឺ", Intent.NO),
        ("ot mok te", Intent.NO),
        ("មិនទៅប្រជុំទេ", Intent.NO),
        ("STOP", Intent.STOP),
        ("តម្លៃជ្រូក", Intent.PRICE),
        ("ជ្រូក 9500 កំពង់ចាម", Intent.REPORT),
        ("ប្រជុំ ស្អែក 2 រសៀល", Intent.MEETING_NEW),
        ("មក 12 នាក់ សម្រេចលក់រួមគ្នា", Intent.MEETING_REPORT),
        ("ប្រជុំមាន 12 នាក់មក សម្រេចលក់រួមគ្នា", Intent.MEETING_REPORT),
    ],
)
def test_beside_an_open_question(text: str, intent: Intent) -> None:
    assert answering(text, LEXICON).intent is intent
    assert answering(text, LEXICON, ("rsvp", "invitation")).intent is intent


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("ចូល", Intent.YES),
        ("សូមទូរសព្ទមកខ្ញុំ", Intent.REACH_CALL),
        ("សូមទូរសព្ទមកខ្ញុំ ខ្ញុំអានមិនចេញ", Intent.REACH_CALL),
        ("call me instead", Intent.REACH_CALL),
        ("hao mok knhom", Intent.REACH_CALL),
        ("ម៉ោងប៉ុន្មាន?", Intent.MEETING_WHEN),
        ("នៅឯណា", Intent.MEETING_WHEN),
        ("chol", Intent.YES),
        ("join", Intent.YES),
        ("yes i join", Intent.YES),
        ("ចូលក្រុម", Intent.YES),
        ("អត់ចង់ទេ", Intent.NO),
        ("ot chong te", Intent.NO),
        ("don't join", Intent.NO),
        ("START", Intent.START),
        ("ឈប់", Intent.STOP),
        ("not interested", Intent.STOP),
        ("ទេ អរគុណ", Intent.NO),
        ("no thanks", Intent.NO),
        ("បាទ អរគុណ", Intent.YES),
        ("អរគុណ", Intent.THANKS),
    ],
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
