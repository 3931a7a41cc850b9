"""How prompts become text: amounts, days, and what is dropped first when a part would be full."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from bot.language.saying.catalogue import VOICES, load_catalogue
from bot.language.saying.wording import Wording, digits
from bot.language.text.sms_parts import parts
from flows.facts import Found, Quote
from flows.prices.quoting import quoted
from flows.prompts import Choice, Money, Prompt, When, say


class Names:
    """Calls everything by an id of the length a test wants; with a zero-width space inside, as lists have."""

    def __init__(self, length: int):
        self._length = length

    def name(self, what: str, id: str, voice: str) -> str:
        letters = "កខគឃងចឆជឈញ" if voice == "km" else "abcdefghij"
        return f"{letters[0]}\u200b{(letters * 20)[1 : self._length]}"


def quote(market: str, usual: int) -> Quote:
    low, high = Decimal(usual - 100), Decimal(usual + 100)
    amounts = {"low": low, "high": high, "usual": Decimal(usual)}
    day = date(2026, 11, 22)
    return Quote("pig_live", "", market, "wholesale", "kg", "khr", **amounts, reporters=3, day=day, age=0, trend="up")


FOUND = Found(quote("one", 9500), others=(quote("two", 9811), quote("three", 9422)))


@pytest.mark.parametrize("voice", VOICES)
def test_what_is_dropped_first_and_what_never(voice: str) -> None:
    kept: list[tuple[bool, ...]] = []
    catalogue = load_catalogue(voice)
    for length in range(2, 50):
        names = Names(length)
        said = Wording(voice, catalogue, names).text((quoted("pig_live", FOUND),))
        level = catalogue["wholesale"]
        for needed in ("9,500", catalogue["kg"], level, "22/11"):
            assert needed in said
        assert said.lower().count(names.name("", "", voice).replace("\u200b", "")) >= 2  # the commodity and the market
        assert "\u200b" not in said
        size = parts(said).parts
        assert size <= 3
        if size == 1:
            kept.append(("9,422" in said, "9,811" in said, "9,400" in said))
    # With longer names ever less is said, and what went does not come back while one part is enough.
    assert len(kept) > 3
    second, first, span = ([step[column] for step in kept] for column in range(3))
    for column in (second, first, span):
        assert column == sorted(column, reverse=True)
    assert sum(second) <= sum(first) <= sum(span)


@pytest.mark.parametrize(
    ("money", "said"),
    [
        (Money(Decimal(9500)), "9,500"),
        (Money(Decimal("9500.5")), "9,501"),
        (Money(Decimal(1250000)), "1,250,000"),
        (Money(Decimal(0)), "0"),
        (Money(Decimal("1.3"), "usd"), "1.30"),
        (Money(Decimal("1.005"), "usd"), "1.01"),
        (Money(Decimal("115.5"), "thb"), "115.50"),
        (Money(Decimal("25000"), "vnd"), "25,000"),
    ],
)
def test_amounts_are_full_digits(money: Money, said: str) -> None:
    assert digits(money) == said


@pytest.mark.parametrize("voice", VOICES)
def test_a_sentence_nobody_translated_is_said_in_english(voice: str) -> None:
    assert Wording(voice, {}, Names(5)).text((say("Not in any catalogue."),)) == "Not in any catalogue."


def test_an_outcome_is_said_instead() -> None:
    prompt = Prompt("Accepted.", by_outcome={"held": Prompt("Held.")})
    wording = Wording("en", {}, Names(5))
    assert [wording.text((prompt,), outcome) for outcome in ("", "held", "released")] == [
        "Accepted.",
        "Held.",
        "Accepted.",
    ]


def test_choices_that_are_numbers_stand_apart_from_theirs() -> None:
    wording = Wording("km", load_catalogue("km"), Names(5))
    asked = Prompt("{choices}", choices=(Choice("yes", "Right"), Choice("other", Money(Decimal(9500)))))
    assert wording.text((asked,)) == "1) Right 2) 9,500៛"
    assert wording.text((Prompt("{choices}", choices=(Choice("yes", "Right"), Choice("no", "Other"))),)) == (
        "1 Right 2 Other"
    )


@pytest.mark.parametrize(
    ("voice", "full", "brief"),
    [
        ("km", "ថ្ងៃចន្ទ 23/11 ម៉ោង 2 រសៀល", "23/11 2រសៀល"),
        ("km_Latn", "Thngai chan 23/11 maong 2 rosiel", "23/11 2 rosiel"),
        ("en", "Monday 23/11 2 pm", "23/11 2pm"),
    ],
)
def test_an_hour_has_one_clock_also_in_brief(voice: str, full: str, brief: str) -> None:
    wording = Wording(voice, load_catalogue(voice), Names(5))
    at = datetime(2026, 11, 23, 14)
    assert wording.text((say("{when}", when=When(at)),)) == full
    assert wording.text((say("{when}", when=When(at, brief=True)),)) == brief


@pytest.mark.parametrize("voice", ["en", "km_Latn"])
def test_signs_that_a_phone_puts_in_do_not_make_a_message_dearer(voice: str) -> None:
    wording = Wording(voice, load_catalogue(voice), Names(5))
    words = "“We can’t cross – the bridge is broken…”\u00a0••• " + "it stays so " * 8
    said = wording.text((say("{words}", words=words),))
    assert said.startswith('"We can\'t cross - the bridge is broken..." ***')
    assert (parts(said).encoding, parts(said).parts) == ("GSM-7", 1)
    assert wording.text((say("{words}", words="ដឹក “ជ្រូក”"),)) == "ដឹក “ជ្រូក”"
    assert Wording("km", {}, Names(5)).text((say("{words}", words="“ជ្រូក”"),)) == "“ជ្រូក”"
