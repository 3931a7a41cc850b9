"""A market that was imported answers to its bare name, and markets of one name are told apart by where they are."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from bot.language.intents.understand import understand
from bot.language.words.lexicon import Lexicon, MarketName
from flows.heard import SURE, Asked

with Path("bot/prices/data/markets.csv").open(encoding="utf-8", newline="") as lines:
    MARKETS = [MarketName(r["id"], r["name_km"], r["name_en"], r["place"]) for r in csv.DictReader(lines)]
LEXICON = Lexicon.load().with_markets([*MARKETS, MarketName("skun", "ផ្សារស្គន់", "Skun Market", "030303")])


@pytest.mark.parametrize(
    ("text", "commodity", "place", "market"),
    [
        ("តម្លៃជ្រូក ស្គន់", "pig_live", None, "skun"),
        ("tlai chrouk skun", "pig_live", None, "skun"),
        ("ជ្រូក បឹងឈូក", "pig_live", None, "boeung_chhouk"),
        ("srov boeung kuk", "rice_paddy", None, "boeung_kuk"),
        ("ដំឡូងមី ជីភូ", "cassava", None, "chi_phou"),
        ("តម្លៃស្រូវ ក្រគរ", "rice_paddy", "1503", None),  # the district's name: its market lies in it
        ("ជ្រូក ផ្សារលើ សៀមរាប", "pig_live", "17", "phsar_leu_siem_reap"),
    ],
)
def test_a_bare_name_finds_the_market(text: str, commodity: str, place: str | None, market: str | None) -> None:
    heard = understand(text, Asked(), LEXICON)
    assert (heard.slots.commodity, heard.slots.place, heard.slots.market) == (commodity, place, market)
    assert heard.confidence >= SURE


@pytest.mark.parametrize("text", ["ជ្រូក ផ្សារលើ", "chrouk phsar leu"])
def test_of_markets_with_one_name_it_is_asked_which(text: str) -> None:
    heard = understand(text, Asked(), LEXICON)
    assert heard.slots.market is None
    assert {maybe.value for maybe in heard.maybe if maybe.slot == "place"} == {"1801", "1710"}


def test_a_name_that_is_an_everyday_word_is_no_market() -> None:
    plain = Lexicon.load().with_markets([MarketName("new", "ផ្សារថ្មី", "Phsar Thmei", "12")])
    assert understand("ស្រូវថ្មី ប៉ុន្មាន", Asked(), plain).slots.market is None
