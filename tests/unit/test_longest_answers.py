"""The longest names a list may hold still make an answer of two parts: what a farmer pays for has an end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.language.saying.catalogue import VOICES, load_catalogue
from bot.language.saying.wording import WORDS, Wording
from bot.language.text.sms_parts import parts
from bot.language.words.lexicon import Lexicon, MarketName
from bot.prices.imports import LONGEST_GRADE, LONGEST_NAME
from bot.prices.reference import commodities
from flows.facts import Found, Quote
from flows.prices import alert, weekly
from flows.prices.price import TELL_ME
from flows.prices.quoting import UNKNOWN, quoted
from flows.prompts import Money, Named, Prompt

DAY = date(2026, 12, 22)
MARKETS = [MarketName(id, ("កខគឃងចឆជឈញ" * 4)[:LONGEST_NAME], "W" * LONGEST_NAME, "0305") for id in ("here", "there")]
AMOUNTS = {"low": Decimal(1_250_000), "high": Decimal(1_350_000), "usual": Decimal(1_300_000)}


@pytest.mark.parametrize("voice", VOICES)
def test_an_answer_never_takes_more_than_two_parts(voice: str) -> None:
    lexicon = Lexicon.load().with_markets(MARKETS)
    wording = Wording(voice, load_catalogue(voice), lexicon)
    goods = [rule.id for rule in commodities()]
    longest = sorted(goods, key=lambda id: len(lexicon.name("commodity", id, voice)))[-3:]
    units = [id for what, id in WORDS if what == "unit"]
    grade = "កខគឃងចឆជឈញ" * 2 if voice == "km" else "W" * LONGEST_GRADE
    assert len(grade) == LONGEST_GRADE
    for commodity in longest:
        for unit in units:
            quote = Quote(
                commodity, grade, "here", "wholesale", unit, "khr", **AMOUNTS, reporters=12, day=DAY, age=0, trend="up"
            )
            old = replace(quote, trend="", old=True, age=6)
            for found in (
                Found(quote, others=(replace(quote, market="there"),) * 2),
                Found(replace(quote, level="farmgate")),
                Found(old, others=(replace(old, market="there"),)),
                Found(None, last=quote),
            ):
                said = wording.text((quoted(commodity, found),))
                assert parts(said).parts <= 2, said


@pytest.mark.parametrize("voice", VOICES)
def test_what_is_told_unasked_takes_two_parts_at_most_and_one_where_names_are_ordinary(voice: str) -> None:
    market = MarketName("ordinary", "ផ្សារកំពង់ចាម", "Kampong Cham", "0305")
    lexicon = Lexicon.load().with_markets([*MARKETS, market])
    wording = Wording(voice, load_catalogue(voice), lexicon)
    before = Money(Decimal(1_250_000))
    for rule in commodities():
        quote = Quote(rule.id, "", "ordinary", "wholesale", rule.unit, "khr", **AMOUNTS, reporters=1, day=DAY, age=0)
        assert parts(wording.text([alert.moved(replace(quote, usual=Decimal(9500)), before)])).parts == 1
        assert parts(wording.text([alert.moved(replace(quote, market="here"), before)])).parts <= 2
        assert parts(wording.text([alert.arrived(replace(quote, usual=Decimal(9500)))])).parts == 1
        args = {"commodity": Named("commodity", rule.id)}
        assert parts(wording.text([Prompt(alert.BEGUN_AWAITED, args)])).parts == 1
        none = (Prompt(UNKNOWN, args), quoted(rule.id, Found(replace(quote, trend="up"))), Prompt(TELL_ME, args))
        assert parts(wording.text([none[0], none[2]])).parts <= 2
        assert parts(wording.text(none)).parts <= 3
        alone = weekly.told([weekly.Priced(replace(quote, market="here"), "up")], how_to_end=False)
        assert parts(wording.text(alone)).parts <= 2
        args = {"commodity": Named("commodity", rule.id), "place": Named("place", "03")}
        begun = Prompt(alert.BEGUN, args, shorter=Prompt(alert.BEGUN_SHORT, args))
        assert parts(wording.text([begun])).parts == 1
