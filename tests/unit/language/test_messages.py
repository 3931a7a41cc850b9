"""The sample messages, row by row: what the notes say they mean is what is heard."""

import csv
from pathlib import Path

import pytest

from bot.language.intents.learned.rows import to_row
from bot.language.intents.understand import understand
from bot.language.words.lexicon import Lexicon
from flows.heard import SURE, Asked, Intent, Kind, Option

THREE = (Option("a", ""), Option("b", ""), Option("c", ""))
ASKED = {
    "": Asked(),
    "choose3": Asked(Kind.CHOOSE, THREE),
    **{kind.value: Asked(kind) for kind in Kind if kind is not Kind.CHOOSE},
}

# What the sample calls otherwise: a label, and the slot that is asked for.
LABELS = {
    "price_ask": ("price", "commodity"),
    "meeting_new_ask_time": ("meeting_new", "time"),
    "unclear": ("other", None),
}
with Path(__file__).with_name("messages.csv").open(encoding="utf-8", newline="") as lines:
    ROWS = [(r["text"], r["asked"], r["intent"], r["slots"]) for r in csv.DictReader(lines)]


def _slots(said: str) -> dict[str, str]:
    if said.isdigit():
        return {"choice": said}
    return dict(part.split("=", 1) for part in said.split(";") if part)


@pytest.mark.parametrize(("text", "asked", "intent", "slots"), ROWS)
def test_sample(text: str, asked: str, intent: str, slots: str, lexicon: Lexicon) -> None:
    heard = understand(text, ASKED[asked], lexicon)
    row = to_row(heard, lexicon)
    label, missing = LABELS.get(intent, (intent, None))
    assert (row["intent"], row["slots"], row.get("asks")) == (label, _slots(slots), missing)
    assert heard.confidence >= SURE or label == "other"


# text, commodity, place: the collisions of the notes and their relatives.
TRAPS = [
    ("ត្រីរៀល ១គីឡូប៉ុន្មានរៀល", "fish_riel", None),
    ("ស្រូវសែនក្រអូប កំពង់ចាម", "rice_senkraob", "03"),
    ("ក្រូចឆ្មារ ត្បូងឃ្មុំ", "lime", "25"),
    ("ស្រូវ ស្រុកក្រូចឆ្មារ", "rice_paddy", "2502"),
    ("អំពៅ ក្រូចឆ្មារ", "sugarcane", "2502"),
    ("ជ្រូក ក្រុងកំពង់ចាម", "pig_live", "0305"),
    ("ជ្រូក ខេត្តកំពង់ចាម", "pig_live", "03"),
    ("ជ្រូក ព្រៃឈរ កំពង់ចាម", "pig_live", "0313"),
    ("ទឹកឃ្មុំត្បូងឃ្មុំ", "honey", "25"),
    ("ស្វាយចន្ទីស្វាយរៀង", "cashew", "20"),
    ("ស្វាយស្វាយរៀង", "mango", "20"),
    ("ឆ្នាំងកំពង់ឆ្នាំង", "pottery", "04"),
    ("អំបិលកំពត", "salt", "07"),
    ("ចេកថ្លៃប៉ុន្មាន", "banana", None),
    ("ទា ប៉ុន្មាន", "duck", None),
    ("pork price in phnom penh", "pork", "12"),
    ("chroukkampongcham", "pig_live", "03"),
    ("tlai jruk kg cham", "pig_live", "03"),
    ("មាន់​បាត់ ដំបង", "chicken", "02"),
    ("តើស្រូវនៅសំរោង តាកែវ ថ្លៃប៉ុន្មាន", "rice_paddy", "2107"),
    ("ចំណីជ្រូកប៉ុន្មាន", "feed_pig", None),
    ("ទឹកត្រី ប៉ុន្មាន", "fish_sauce", None),
    ("chicken egg price", "egg_chicken", None),
]


@pytest.mark.parametrize(("text", "commodity", "place"), TRAPS)
def test_trap(text: str, commodity: str, place: str | None, lexicon: Lexicon) -> None:
    heard = understand(text, Asked(), lexicon)
    assert (heard.intent, heard.slots.commodity, heard.slots.place) == (Intent.PRICE, commodity, place)
    assert heard.confidence >= SURE


NEVER_SURE = [
    "ស្រូវសំរោង",  # two districts have this name
    "sot ponman",
    "តម្លៃ សំបកកង់",
    "rice price",
]


@pytest.mark.parametrize("text", NEVER_SURE)
def test_asked_back_rather_than_guessed(text: str, lexicon: Lexicon) -> None:
    heard = understand(text, Asked(), lexicon)
    assert heard.intent in (Intent.PRICE_ASK, Intent.UNCLEAR) or heard.confidence < SURE


def test_candidates_come_with_a_doubt(lexicon: Lexicon) -> None:
    places = {m.value for m in understand("ស្រូវសំរោង", Asked(), lexicon).maybe if m.slot == "place"}
    assert {"2107", "2204"} <= places
    fish = [m.value for m in understand("ត្រី", Asked(), lexicon).maybe]
    assert fish[0] == "fish_ros"


def test_known_markets_by_name(lexicon: Lexicon) -> None:
    assert understand("ជ្រូក ផ្សារលើ", Asked(), lexicon).slots.market == "leu"
    assert understand("pig psar leu", Asked(), lexicon).slots.market == "leu"
    assert understand("ជ្រូក ផ្សារគីឡូម៉ែត្រលេខ៤", Asked(), lexicon).slots.market == "km"
    both = understand("ជ្រូក ផ្សារកំពង់ចាម", Asked(), lexicon).slots
    assert (both.commodity, both.market) == ("pig_live", "kc")


def test_options_by_their_own_words(lexicon: Lexicon) -> None:
    asked = Asked(
        Kind.CHOOSE,
        (Option("pig_live", "ជ្រូករស់"), Option("piglet", "កូនជ្រូក"), Option("pork", "សាច់ជ្រូក")),
    )
    for text, choice in (("កូនជ្រូក", 2), ("សាច់ជ្រូក", 3), ("kon chrouk", 2), ("ជ្រូករស់", 1), ("២", 2), ("lek 3", 3)):
        heard = understand(text, asked, lexicon)
        assert (heard.intent, heard.slots.choice) == (Intent.CHOICE, choice), text
    assert understand("5", asked, lexicon).intent is Intent.UNCLEAR
    assert understand("តម្លៃមាន់បាត់ដំបង", asked, lexicon).intent is Intent.PRICE


def test_scripts(lexicon: Lexicon) -> None:
    for text, script in (("តម្លៃជ្រូក", "km"), ("tlai chrouk", "latn"), ("pig price please", "en"), ("1", "")):
        assert understand(text, Asked(), lexicon).script == script
