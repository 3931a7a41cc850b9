"""Folding, numbers, days, and what must hold for any text at all."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.intents.learned.rows import to_row
from bot.language.intents.understand import understand
from bot.language.slots.dates import when
from bot.language.text.fold import fold, loose, loose_latin
from bot.language.words.lexicon import Lexicon
from bot.language.words.numbers import ranges
from bot.language.words.reading import read
from flows.heard import Asked, Heard, Kind

ALIKE = [
    ("តី្រ", "ត្រី"), ("ជូ្រក", "ជ្រូក"), ("សូ្រវ", "ស្រូវ"), ("តមៃ្ល", "តម្លៃ"), ("ថៃ្ង", "ថ្ងៃ"), ("ស្រ្តី", "ស្ត្រី"),
    ("ស្រ្រូវ", "ស្រូវ"), ("ដណ្ដប់", "ដណ្តប់"), ("ពា់ន", "ពាន់"), ("មុឺន", "ម៉ឺន"), ("ឲ្យ", "ឱ្យ"), ("ឲ្យ", "អោយ"), ("អិដ្ឋ", "ឥដ្ឋ"),
    ("ជ្រូ\u200bក", "ជ្រូក"), ("៨", "8"), ("ោ", "ោ"), ("បេា", "បោ"), ("បេី", "បើ"), ("បាំ", "បំា"), ("Kratié", "kratie"),
]  # fmt: skip
ANY_TEXT = st.text(max_size=1600) | st.text(alphabet=[chr(c) for c in range(0x1780, 0x17FA)], max_size=400)
EVERY_QUESTION = [Asked(), *(Asked(kind) for kind in Kind)]


@pytest.mark.parametrize(("typed", "meant"), ALIKE)
def test_one_look_one_key(typed: str, meant: str) -> None:
    assert fold(typed) == fold(meant)


@pytest.mark.parametrize(
    ("one", "other"), [("មាន", "មាន់"), ("ចែក", "ចេក"), ("ដប", "ដប់"), ("មិន", "ម៉ឺន"), ("ក្រាម", "ក្រោម")]
)
def test_the_safe_key_keeps_words_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    loose(once)
    loose_latin(once.lower())


AMOUNTS = [
    ("8500", "8500"), ("8.500", "8500"), ("8,500", "8500"), ("8 500", "8500"), ("៨៥០០៛", "8500"), ("8ពាន់5រយ", "8500"),
    ("8ពាន់5", "8500"), ("៨ពាន់កន្លះ", "8500"), ("8.5k", "8500"), ("ម្ភៃពាន់", "20000"), ("ពីរម៉ឺន", "20000"),
    ("ប្រាំដណ្ដប់ពាន់", "15000"), ("pram bei poan pram roy", "8500"), ("2$", "2"), ("2,5$", "2.5"), ("ពីរដុល្លារកន្លះ", "2"),
    ("ពីរម៉ឺនប្រាំ", "25000"), ("៨ពាន់5រយ", "8500"), ("1mern4poan", "14000"), ("៩ពាន់៣", "9300"), ("1,234.5", "1234.5"),
    ("ប្រាំបី ពាន់ ប្រាំ រយ", "8500"), ("3លាន5", "3500000"), ("0.5", "0.5"), ("១ម៉ឺន ២ពាន់", "12000"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), AMOUNTS)
def test_amount(text: str, value: str, lexicon: Lexicon) -> None:
    assert read(text, lexicon).numbers[0].value == Decimal(value)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("12500-13000៛", 12500, 13000),
        ("9-10ពាន់", 9000, 10000),
        ("9,300 ដល់ 9,700", 9300, 9700),
        ("9300–9700", 9300, 9700),
    ],
)
def test_range(text: str, low: int, high: int, lexicon: Lexicon) -> None:
    reading = read(text, lexicon)
    [(first, second)] = ranges(reading.numbers, reading.items, reading.atoms)
    assert (first.value, second.value) == (low, high)


_ONES = ["សូន្យ", "មួយ", "ពីរ", "បី", "បួន", "ប្រាំ", "ប្រាំមួយ", "ប្រាំពីរ", "ប្រាំបី", "ប្រាំបួន"]
_TENS = ["", "ដប់", "ម្ភៃ", "សាមសិប", "សែសិប", "ហាសិប", "ហុកសិប", "ចិតសិប", "ប៉ែតសិប", "កៅសិប"]
_SCALES = [(10**6, "លាន"), (10**5, "សែន"), (10**4, "ម៉ឺន"), (10**3, "ពាន់"), (10**2, "រយ")]


def _spoken(n: int) -> str:
    """A number as it is spoken, independent of the room's own tables."""
    out = ""
    for scale, word in _SCALES:
        if n >= scale:
            out += (_spoken(n // scale) if scale == 10**6 else _ONES[n // scale]) + word
            n %= scale
    if n >= 10:
        out += _TENS[n // 10]
        n %= 10
    return out + (_ONES[n] if n else "")


@settings(max_examples=300, deadline=None)
@given(
    st.integers(100, 9_999_999).filter(lambda n: n % 100 == 0),
    st.sampled_from(["spoken", "spaced", "plain", "commas", "khmer"]),
)
def test_numbers_come_back(lexicon: Lexicon, n: int, how: str) -> None:
    text = {
        "spoken": _spoken(n),
        "spaced": _spoken(n).replace("ពាន់", " ពាន់ ").replace("ម៉ឺន", " ម៉ឺន "),
        "plain": str(n),
        "commas": f"{n:,}",
        "khmer": str(n).translate({48 + i: 0x17E0 + i for i in range(10)}),
    }[how]
    assert [a.value for a in read(text, lexicon).numbers] == [n]


DAYS = [
    ("ថ្ងៃទី២៥ ម៉ោង ២", "25", "02:00", True), ("25/11 14:00", "25/11", "14:00", False),
    ("ស្អែក 2 រសៀល", "tomorrow", "14:00", False),
    ("ថ្ងៃពុធម៉ោង៩ព្រឹក", "wed", "09:00", False), ("friday 2pm", "fri", "14:00", False),
    ("ម៉ោងពីរកន្លះរសៀល", None, "14:30", False),
    ("ខានស្អែក ម៉ោង ៧ យប់", "day_after_tomorrow", "19:00", False), ("25 november", "25/11", None, False),
    ("ថ្ងៃទី ១៥ ខែ ១២", "15/12", None, False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "day", "time", "unsure"), DAYS)
def test_day_and_hour(text: str, day: str | None, time: str | None, unsure: bool, lexicon: Lexicon) -> None:
    reading = read(text, lexicon)
    found = when(reading.items, reading.atoms, reading.numbers)
    assert (found.day, found.time, found.unsure) == (day, time, unsure)


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT, st.sampled_from(EVERY_QUESTION))
def test_any_text_is_answered(lexicon: Lexicon, text: str, asked: Asked) -> None:
    heard = understand(text, asked, lexicon)
    assert isinstance(heard, Heard)
    assert 0 <= heard.confidence <= 1
    to_row(heard, lexicon)


@pytest.mark.parametrize(
    "text",
    ["", " ", "\u200b" * 1600, "9" * 40, "9 " * 800, "😀" * 800, "\u202e" * 1600, "".join(map(chr, range(32))) * 50,
     "ក" + "្ក" * 799, "ម៉ឺន" * 300, "1/" * 800, "1." * 800, "ថ្ងៃទី25" * 200, "'; DROP TABLE prices; --", "<b>0</b>",
     "\ud800", "\ufdfa" * 1600, "prey " * 320],
)  # fmt: skip
def test_bad_input_is_answered(text: str, lexicon: Lexicon) -> None:
    for asked in EVERY_QUESTION:
        to_row(understand(text, asked, lexicon), lexicon)


def test_names_in_every_voice(plain_lexicon: Lexicon) -> None:
    for voice in ("km", "km_Latn", "en"):
        for id in plain_lexicon.commodities():
            assert plain_lexicon.name("commodity", id, voice) not in ("", id if voice == "km" else "")
        for id in plain_lexicon.units():
            assert plain_lexicon.name("unit", id, voice)
    assert plain_lexicon.name("place", "03", "en") == "Kampong Cham"
    assert plain_lexicon.name("place", "03", "km_Latn", short=True) == "Kg Cham"
    assert plain_lexicon.name("place", "0313", "km") == "ព្រៃឈរ"
    assert plain_lexicon.name("commodity", "unknown", "en") == "unknown"
