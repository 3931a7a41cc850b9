"""Speaking: a sentence falls apart into clips that are all on the recording sheet, and reads the same as text."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bot.language.saying.catalogue import load_catalogue
from bot.language.saying.clips import Take
from bot.language.saying.speaking import SPOKEN, Speaking, clips, fragments
from bot.language.words.lexicon import Lexicon, MarketName
from flows.prices.report import IS_IT, RECEIVED
from flows.prompts import Choice, Money, Named, Prompt, Rate, say
from tests.unit.test_flow_tables import SPOKEN as SENTENCES
from tests.unit.test_flow_tables import fields, typical

TODAY = date(2026, 11, 22)
LEXICON = Lexicon.load().with_markets([MarketName("kg_cham", "ផ្សារកំពង់ចាម", "Kampong Cham", "0305")])
CATALOGUES = {voice: load_catalogue(voice, "voice") for voice in SPOKEN}
SHEETS = {voice: {clip.id: clip for clip in clips(voice, CATALOGUES[voice], LEXICON)} for voice in SPOKEN}
LONGEST = 8.0  # seconds of one clip
MARKET = Named("market", "kg_cham")


def speaking(voice: str) -> Speaking:
    return Speaking(voice, CATALOGUES[voice], LEXICON, TODAY)


@pytest.mark.parametrize("voice", SPOKEN)
@pytest.mark.parametrize("id", [id for id in SENTENCES if "recording" not in fields(id)])
def test_whatever_is_said_is_on_the_recording_sheet(id: str, voice: str) -> None:
    spoken = {"market": MARKET, "code": "1234567"}  # a code is said digit by digit
    args = {name: spoken.get(name) or typical(name) for name in fields(id) - {"choices"}}
    choices = (Choice("01", Named("commodity", "mango")), Choice("text", say("Other markets"), 6))
    for sentence in speaking(voice).sentences([Prompt(id, args, choices)]):
        if not sentence.clips:  # what people wrote is only said by a carrier's voice
            assert {"group", "where", "title", "station", "words"} & fields(id)
            continue
        assert sentence.clips[-1][1] is Take.END
        assert all(take is Take.MID for _, take in sentence.clips[:-1])
        for clip, take in sentence.clips:
            assert take in SHEETS[voice][clip].takes, f"{clip} is not recorded as {take}"


@pytest.mark.parametrize("voice", SPOKEN)
def test_a_sheet_names_every_clip_once_and_none_is_long(voice: str) -> None:
    listed = clips(voice, CATALOGUES[voice], LEXICON)
    assert len({clip.id for clip in listed}) == len(listed)
    assert all(clip.text.strip() and clip.english.strip() and clip.takes for clip in listed)
    assert max(clip.seconds for clip in listed) <= LONGEST


def test_a_price_is_said_with_its_number_at_the_end_and_as_text_alike() -> None:
    price = Rate(Money(Decimal(8500)), "kg")
    told = say(
        "{commodity} {price} {level} {market} {day}.",
        commodity=Named("commodity", "pig_live"),
        price=price,
        level=Named("level", "wholesale"),
        market=MARKET,
        day=TODAY,
    )
    (khmer,) = speaking("km").sentences([told])
    assert khmer.text == "ជ្រូករស់ លក់ដុំ ផ្សារកំពង់ចាម ថ្ងៃនេះ មួយគីឡូ ប្រាំបី ពាន់ ប្រាំរយ រៀល"
    assert [clip for clip, _ in khmer.clips][-4:] == ["n.8", "n.thousand", "n.500", "cur.khr"]
    (english,) = speaking("en").sentences([told])
    assert english.text.startswith("live pig")
    assert "eight thousand five hundred riel" in english.text


def test_choices_come_after_the_sentence_with_their_own_keys() -> None:
    args = {"price": Rate(Money(Decimal(95000)), "kg")}
    choices = (Choice("right", say("Right")), Choice("meant", Money(Decimal(9500)), 7))
    said = [one.text for one in speaking("en").sentences([Prompt(IS_IT, args, choices)])]
    assert said[-2:] == ["It is right, press one", "nine thousand five hundred riel, press seven"]


def test_what_an_event_led_to_is_said_instead() -> None:
    prompt = Prompt(RECEIVED, by_outcome={"held": say("What else?")})
    assert speaking("en").sentences([prompt], "held") == speaking("en").sentences([say("What else?")])


def test_words_nobody_could_record_make_a_sentence_without_clips() -> None:
    (sentence,) = speaking("en").sentences([say("{place} has no price now.", place="somewhere else")])
    assert sentence.clips == ()
    assert "somewhere else" in sentence.text


def test_a_wording_falls_apart_at_gaps_and_full_stops_only() -> None:
    pieces = fragments("x", "One, two {a} three. Four? {b}")
    assert [[piece.gap or piece.text for piece in part] for part in pieces] == [
        ["One, two", "a", "three."],
        ["Four?"],
        ["b"],
    ]
    assert fragments("x", "{a}, {b}.") == fragments("y", "{a}, {b}.")  # signs alone are no clip
