"""Answers: choices however they are numbered, reassurance, polite noes, a bare "wrong"."""

import pytest

from bot.language.intents.understand import understand
from bot.language.words.lexicon import Lexicon
from flows.heard import SURE, Asked, Intent, Kind, Option
from tests.unit.language.meant import is_heard

FOUR = tuple(Option(str(n), "") for n in range(1, 5))
CHOICES = [
    ("លេខ ៤", 4), ("លេខ១", 1), ("យកលេខ ៣", 3), ("ចុច ៤", 4), ("no 3", 3), ("number 4", 4), ("lek 3", 3), ("ទី ៤", 4),
    ("ខ្ញុំជ្រើសគ", 3), ("ជ្រើស ឃ", 4), ("press 1", 1), ("the third one", 3), ("ខ្ញុំបោះឆ្នោត ខ", 2), ("#4", 4),
]  # fmt: skip


@pytest.mark.parametrize("kind", [Kind.CHOOSE, Kind.POLL])
@pytest.mark.parametrize(("text", "choice"), CHOICES)
def test_a_numbered_choice(text: str, choice: int, kind: Kind, lexicon: Lexicon) -> None:
    heard = understand(text, Asked(kind, FOUR), lexicon)
    assert (heard.intent, heard.slots.choice) == (Intent.CHOICE, choice)


@pytest.mark.parametrize(
    ("text", "intent"), [("បាត់ដំបង", Intent.PLACE), ("siem reap", Intent.PLACE), ("ល្ង", Intent.PRICE)]
)
def test_what_is_no_option_is_still_what_it_says(text: str, intent: Intent, lexicon: Lexicon) -> None:
    assert understand(text, Asked(Kind.CHOOSE, FOUR), lexicon).intent is intent


def test_a_number_alone_is_no_sangkat(lexicon: Lexicon) -> None:
    assert understand("លេខ២", Asked(), lexicon).intent is Intent.CHOICE
    assert understand("ស្រូវ សង្កាត់លេខ២", Asked(), lexicon).slots.commodity == "rice_paddy"


@pytest.mark.parametrize("kind", [None, Kind.AMOUNT])
@pytest.mark.parametrize("text", ["ខុស", "ខុសហើយ", "khos haey", "that's wrong", "មិនត្រូវទេ", "តម្លៃខុស", "mistake"])
def test_a_bare_wrong_corrects(text: str, kind: Kind | None, lexicon: Lexicon) -> None:
    heard = understand(text, Asked(kind), lexicon)
    assert (heard.intent, heard.slots.usual) == (Intent.CORRECT, None)


COMING = [
    ("មិនអីទេបង ខ្ញុំទៅ", Intent.YES), ("min ei te tov ban", Intent.YES), ("កុំបារម្ភ ខ្ញុំមកដែរ", Intent.YES),
    ("អត់ខានទេ", Intent.YES),
    ("មិនអាចមិនមកទេ", Intent.YES), ("no problem, i will come", Intent.YES), ("tov tae yeut", Intent.LATE),
    ("ទៅដល់ក្រោយគេ", Intent.LATE),
    ("អត់ទាន់ដឹងទេ", Intent.UNCLEAR), ("min toan doeng te", Intent.UNCLEAR), ("អត់ច្បាស់ទេ", Intent.UNCLEAR),
    ("បើទំនេរទៅ", Intent.UNCLEAR),
    ("ចាស ទេ", Intent.NO), ("ទេបាទ", Intent.NO), ("គ្មាននរណានៅផ្ទះ ខ្ញុំមិនមកទេ", Intent.NO),
]  # fmt: skip


@pytest.mark.parametrize(("text", "intent"), COMING)
def test_coming_or_not(text: str, intent: Intent, lexicon: Lexicon) -> None:
    assert is_heard(understand(text, Asked(Kind.RSVP), lexicon), intent)


@pytest.mark.parametrize(
    ("text", "intent"),
    [("ទេចាស", Intent.NO), ("អត់ខុសទេ", Intent.YES), ("មិនអីទេ បាទ", Intent.YES), ("មិនប្រាកដទេ", Intent.UNCLEAR)],
)
def test_confirmed_or_not(text: str, intent: Intent, lexicon: Lexicon) -> None:
    assert is_heard(understand(text, Asked(Kind.CONFIRM), lexicon), intent)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("next meeting?", Intent.MEETING_WHEN), ("លេខនេះដូរម្ចាស់ហើយ", Intent.NOT_ME), ("ទាមានលក់ទេបង", Intent.UNCLEAR),
        ("ខ្ញុំចិញ្ចឹមមាន់", Intent.UNCLEAR), ("ស្រូវឆ្នាំនេះល្អណាស់", Intent.UNCLEAR),
        ("ទារត់ចូលព្រៃ", Intent.UNCLEAR), ("the buffalo ran away", Intent.UNCLEAR), ("មានក្របីលក់ទេ", Intent.UNCLEAR),
    ],
)  # fmt: skip
def test_out_of_the_blue(text: str, intent: Intent, lexicon: Lexicon) -> None:
    assert is_heard(understand(text, Asked(), lexicon), intent)


TROUBLES = [
    ("panhha tuk andaung ot saat", "water", None), ("no drinking water, dirty water", "water", None),
    ("tea luy pel doek ko", "unofficial_fee", "cattle"), ("ពោតមានជំងឺ", "plant_disease", "maize"),
    ("ជំងឺស្រូវ", "plant_disease", "rice_paddy"), ("ជំងឺជ្រូក", "animal_disease", "pig_live"),
    ("ផ្លូវដាច់ ដឹកឥដ្ឋមិនបាន", "road", "brick"),
    ("មានទំនាស់ដីធ្លី", "other", None), ("dach pleung", "other", None), ("our land dispute", "other", None),
    ("fake fertilizer", "inputs", "fertiliser"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "category", "commodity"), TROUBLES)
def test_troubles(text: str, category: str, commodity: str | None, lexicon: Lexicon) -> None:
    heard = understand(text, Asked(), lexicon)
    assert (heard.intent, heard.slots.category, heard.slots.commodity) == (Intent.ISSUE_NEW, category, commodity)


@pytest.mark.parametrize(
    ("text", "goods"),
    [
        ("ទា ឬ ក្របី កំពត", ("duck", "buffalo")),
        ("តម្លៃទា និងក្របី កំពត", ("duck", "buffalo")),
        ("moan, krabei kampot", ("chicken", "buffalo")),
        ("price of duck and buffalo in kampot", ("duck", "buffalo")),
        ("tlai tea krabei moan kampot", ("duck", "buffalo", "chicken")),
    ],
)
def test_goods_side_by_side_are_all_asked_for(text: str, goods: tuple[str, ...], lexicon: Lexicon) -> None:
    heard = understand(text, Asked(), lexicon)
    assert (heard.intent, heard.slots.place, heard.slots.goods) == (Intent.PRICE, "07", goods)
    assert heard.confidence >= SURE
    assert heard.maybe == ()


def test_a_word_for_many_goods_beside_another_is_asked_about(lexicon: Lexicon) -> None:
    heard = understand("price of pig and rice in kampot", Asked(), lexicon)
    assert (heard.slots.goods, heard.slots.place) == (("pig_live",), "07")
    assert {"rice_paddy", "rice_milled"} <= {maybe.value for maybe in heard.maybe}


@pytest.mark.parametrize(
    ("text", "one"), [("chicken egg price", "egg_chicken"), ("feed for pigs", "feed"), ("sach chrouk", "pork")]
)
def test_two_words_of_one_good_are_one(text: str, one: str, lexicon: Lexicon) -> None:
    heard = understand(text, Asked(), lexicon)
    assert (heard.slots.commodity, heard.slots.goods) == (one, ())


@pytest.mark.parametrize(
    "text", ["ពោត កំពត ឬ តាកែវ", "pot kampot, takeo", "ពោត នៅកំពត និងនៅតាកែវ", "maize kampot or takeo"]
)
def test_two_places_are_a_doubt(text: str, lexicon: Lexicon) -> None:
    heard = understand(text, Asked(), lexicon)
    assert heard.confidence < SURE
    assert {"07", "21"} <= {m.value for m in heard.maybe}


def test_where_the_writer_is_and_what_is_asked(lexicon: Lexicon) -> None:
    assert understand("ខ្ញុំនៅកំពត ចង់ដឹងតម្លៃអំបិលនៅតាកែវ", Asked(), lexicon).slots.place == "21"
    assert understand("ខ្ញុំនៅកំពត អំបិលប៉ុន្មាន", Asked(), lexicon).slots.place == "07"
    assert understand("ត្រីរៀលធ្វើប្រហុក ប៉ុន្មាន", Asked(), lexicon).slots.commodity == "fish_riel"
