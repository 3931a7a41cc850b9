"""The tables of all conversations: nothing leads nowhere, nobody is stuck, every sentence has its words."""

from __future__ import annotations

import string
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from bot.handlers.every import handlers
from bot.issues.office.links import Links
from bot.language.intents.understand import understand
from bot.language.saying.catalogue import VOICES, load_catalogue
from bot.language.saying.wording import AMOUNTS, WORDS, Wording
from bot.language.text.sms_parts import parts
from bot.language.words.lexicon import Lexicon
from bot.messages.notices import Notices
from bot.vault import Vault
from flows import events
from flows.engine import HOME, OFFER, Ask, Do
from flows.heard import Asked, Intent, Kind, Option
from flows.issues import desk, ending, follow, issue, joining, standing
from flows.issues import notices as issue_notices
from flows.issues import place as issue_place
from flows.line import announcement, consent, forget, home, proving, settings, unsure
from flows.meetings import coming, gathered, group, leading, meeting, members, planned, reply
from flows.prices import alert, answering, price, quoting, report, weekly
from flows.prompts import Arg, Elsewhere, Money, Named, Prompt, Rate, Titled, When
from flows.radio import programme as radio
from flows.registry import REGISTRY
from tests.unit.test_catalogues import sentences as marked

# Intents that answer a question and open nothing when nothing was asked.
ANSWERS = {
    Intent.CHOICE,
    Intent.YES,
    Intent.NO,
    Intent.LATE,
    Intent.WORDS,
    Intent.UNCLEAR,
    Intent.OTHER,
    Intent.GUIDE,
    Intent.AGAIN,
    Intent.KEY_CODE,
    Intent.SILENCE,
    Intent.RECORDED,
    Intent.WHEN,
}
# Where what is not understood for certain leads (flows.unsure).
UNSURE = ("unsure.meant", "unsure.other")
FLOWS = (
    home,
    price,
    answering,
    report,
    consent,
    forget,
    settings,
    unsure,
    unsure,
    announcement,
    gathered,
    coming,
    meeting,
    planned,
    group,
    members,
    leading,
    reply,
    radio,
    alert,
    weekly,
    issue,
    issue_place,
    issue_notices,
    joining,
    follow,
    standing,
    ending,
    desk,
    proving,
)
# Where calls of ours begin.
CALLED = (announcement.BEGINS, alert.BEGINS, weekly.BEGINS, "reply.rsvp", "reply.invitation")
CATALOGUES = {voice: load_catalogue(voice) for voice in VOICES}


def sentences() -> Iterator[str]:
    """Every message id that a flow's module names."""
    for module in FLOWS:
        for name, value in vars(module).items():
            if name.isupper() and isinstance(value, str) and name not in ("HOME", "NEXT_PAGE", "BEGINS", "NAME"):
                yield value
    yield from quoting.SENTENCES.values()


SENTENCES = sorted(set(sentences()))
WRITTEN = [sentence for sentence in SENTENCES if sentence in marked("messages")]
SPOKEN = [sentence for sentence in SENTENCES if sentence in marked("voice")]


def ways(name: str) -> set[str]:
    state = REGISTRY.states[name]
    # What nobody understands leads to staff, home, a message left or goodbye, or stays where it is.
    missed = {"home.to_staff", "home.message", "home.bye", "follow.loose", HOME}
    return {*state.to, *(missed if isinstance(state, Ask) else ())}


def reached(*start: str) -> set[str]:
    seen: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += ways(name)
    return seen


def test_every_way_leads_somewhere() -> None:
    assert {to for name in REGISTRY.states for to in ways(name)} <= set(REGISTRY.states)
    assert set(REGISTRY.opens.values()) <= set(REGISTRY.states)


def test_every_conversation_is_opened_at_a_step_that_waits_for_nobody() -> None:
    assert all(isinstance(REGISTRY.states[name], Do) for name in REGISTRY.opens.values())
    assert isinstance(REGISTRY.states[HOME], Ask)


def test_every_state_is_reached_from_home_from_a_word_or_by_a_call_of_ours() -> None:
    assert (
        set(REGISTRY.states) - reached(HOME, *REGISTRY.opens.values(), *CALLED, *reply.ASIDES, *UNSURE, OFFER) == set()
    )


def test_every_state_is_left_for_home() -> None:
    assert [name for name in REGISTRY.states if HOME not in reached(name)] == []


def test_no_circle_of_steps_that_wait_for_nobody() -> None:
    def walk(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, f"{path} turns in circles"
        if isinstance(REGISTRY.states[name], Do):
            for to in REGISTRY.states[name].to:
                walk(to, (*path, name))

    for name in REGISTRY.states:
        walk(name, ())


def test_every_intent_opens_something_or_only_answers() -> None:
    assert set(Intent) - set(REGISTRY.opens) == ANSWERS


def test_every_event_has_its_handler() -> None:
    vault = Vault("a key for tests")
    known = handlers(vault, Notices(vault, {}, Lexicon.load), ZoneInfo("Asia/Phnom_Penh"), Links("a secret", ""))
    assert set(known) == set(get_args(events.Event))


@pytest.mark.parametrize("digits", ["123456789", "១២៣៤៥៦៧៨៩"])
def test_every_choice_is_made_by_one_digit(digits: str) -> None:
    lexicon = Lexicon.load()
    options = tuple(Option(f"value {number}", f"word{number}") for number in range(1, 10))
    for number, digit in enumerate(digits, 1):
        heard = understand(digit, Asked(Kind.CHOOSE, options), lexicon)
        assert (heard.intent, heard.slots.choice) == (Intent.CHOICE, number)
    beyond = understand("7", Asked(Kind.CHOOSE, options[:3]), lexicon)
    assert beyond.intent is not Intent.CHOICE or beyond.slots.choice not in (1, 2, 3)


def test_every_sentence_is_written_or_spoken() -> None:
    assert set(WRITTEN) | set(SPOKEN) == set(SENTENCES)


@pytest.mark.parametrize("voice", ["km", "en"])
def test_every_spoken_sentence_says_what_it_is_about(voice: str) -> None:
    worded = {sentence: load_catalogue(voice, "voice").get(sentence, "") for sentence in SPOKEN}
    assert worded
    assert [sentence for sentence, said in worded.items() if not said] == []
    assert [said for sentence, said in worded.items() if not fields(said) <= fields(sentence) - {"choices"}] == []
    without = {"choices", "reporters", "level", "unit"}
    assert [said for sentence, said in worded.items() if not fields(sentence) - fields(said) <= without] == []


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("voice", VOICES)
def test_every_sentence_is_in_every_catalogue_with_what_it_needs(voice: str) -> None:
    worded = {sentence: CATALOGUES[voice].get(sentence, "") for sentence in WRITTEN}
    assert worded
    assert [sentence for sentence, said in worded.items() if not said] == []
    assert [said for sentence, said in worded.items() if not fields(said) <= fields(sentence)] == []
    # A translation may leave out what goes without saying, never what the answer is about.
    without = {"unit", "level", "day"}
    assert [said for sentence, said in worded.items() if not fields(sentence) - fields(said) <= without] == []
    prices = {sentence: said for sentence, said in worded.items() if sentence in quoting.SENTENCES.values()}
    assert prices
    assert [said for sentence, said in prices.items() if fields(said) != fields(sentence)] == []


@pytest.mark.parametrize("voice", VOICES)
def test_every_word_of_the_wording_is_in_every_catalogue(voice: str) -> None:
    for sentence in (*WORDS.values(), *AMOUNTS.values()):
        assert CATALOGUES[voice].get(sentence)


class _Names:
    """Names of an ordinary length."""

    def name(self, what: str, id: str, voice: str) -> str:
        long = {"commodity": "ស្វាយកែវរមៀត", "place": "កំពង់ឆ្នាំង", "market": "ផ្សារកំពង់ឆ្នាំង"}
        return long[what] if voice == "km" else {"commodity": "svay keo romiet", "place": "Kg Chhnang"}.get(what, id)


def typical(field: str) -> Arg:
    price = Money(Decimal(12500))
    values: dict[str, Arg] = {
        "before": price,
        "price": Rate(price, "kg", Money(Decimal(12000)), Money(Decimal(13000))),
        "commodity": Named("commodity", "mango"),
        "level": Named("level", "wholesale"),
        "market": Named("market", "Kg Chhnang"),
        "place": Named("place", "04"),
        "province": Named("place", "04"),
        "unit": Named("unit", "kg"),
        "trend": Named("trend", "up"),
        "day": date(2026, 12, 31),
        "age": 7,
        "reporters": 12,
        "others": (Elsewhere("Kg Chhnang", price), Elsewhere("Kg Chhnang", price)),
        "group": Titled("ក្រុមចិញ្ចឹមជ្រូកព្រៃឈរ", "Prey Chhor pigs"),
        "name": "ក្រុមចិញ្ចឹមជ្រូកព្រៃឈរ",
        "when": When(datetime(2026, 11, 25, 14)),
        "where": "វត្តព្រៃឈរ",
        "title": Titled("ចិញ្ចឹមជ្រូកឲ្យបានចំណេញ", "Pigs that pay"),
        "station": Titled("វិទ្យុកំពង់ចាម", "Radio Kampong Cham"),
        "hour": time(18),
        "count": 34,
        **{name: number for number, name in enumerate(("yes", "late", "no", "unanswered"), 3)},
        "words": "លក់ជ្រូករួមគ្នា",
        "code": "123-4567",
        "other": "765-4321",
        "category": Named("category", "unofficial_fee"),
        "office": Titled("សាលាខេត្តកំពង់ចាម", "Kampong Cham province hall"),
        "numbers": "12345678.0, 01234568, 0971234567 8, 012345686/87",
        "digits": "4821",
        "who": "សុខ វណ្ណារី",
        "names": "សុខ វណ្ណារី, ដារ៉ា, ចាន់ ធីតា",
        "member": "សុខ វណ្ណារី",
        "link": "https://phsar.example.org/o/" + 22 * "a",
        "choices": "1 ស្វាយកែវរមៀត 2 ស្វាយកែវ 3 ស្វាយ 4 ស្វាយចន្ទី",
    }
    return values[field]


@pytest.mark.parametrize("voice", VOICES)
def test_no_sentence_takes_more_than_two_parts(voice: str) -> None:
    wording = Wording(voice, CATALOGUES[voice], _Names())
    said = [
        wording.sentence(Prompt(sentence, {field: typical(field) for field in fields(sentence)}))
        for sentence in WRITTEN
    ]
    assert [text for text in said if not 1 <= parts(text).parts <= 2] == []
