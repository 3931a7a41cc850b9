"""What is counted aloud is right: numbers against ICU's spelling and a reader, money, days and times by their laws.

The files spelled*.* in data/ are ICU's answers (72.1, PyICU 2.17), written by spell_out.py in this folder, which says
how they are normalised: only the joints between words are changed, to stand where one clip ends and the next begins.
ICU's words and their order, in Khmer and in English, are those of the line (no "and", no zero within, one before a
scale). spelled.csv has a few hundred numbers to read; of all others, 0 to 1,000,000 and a million drawn above, a
digest for each thousand is kept.
"""

import csv
import re
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.saying import counting
from flows.prompts import Money
from tests.unit.language import spell_out

VOICES = ("km", "en")
SCALES = {"n.thousand": 10**3, "n.ten_thousand": 10**4, "n.hundred_thousand": 10**5, "n.million": 10**6}
WORTH = {f"n.{n}": n for n in (*range(100), *range(100, 1000, 100))}

voices = st.sampled_from(VOICES)
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
amounts = st.decimals(0, counting.MOST, places=2)


def heard(clips: Iterable[str]) -> int:
    """The number a listener adds up: what stands before a scale that many times, the rest once."""
    total = group = 0
    for clip in clips:
        if clip in SCALES:
            total += group * SCALES[clip]
            group = 0
        else:
            group += WORTH[clip]
    return total + group


def said(clips: Iterable[str], voice: str) -> str:
    words = counting.texts(voice)
    return " ".join(words[clip][0] for clip in clips)


@pytest.mark.parametrize("voice", VOICES)
def test_every_number_is_spelled_as_icu_spells_it_and_adds_up(voice: str) -> None:
    words = {clip: text for clip, (text, _) in counting.texts(voice).items()}
    word, join = words.__getitem__, " ".join
    digests = spell_out.DIGESTS[voice].read_text(encoding="utf-8").split()
    for block, kept in zip(spell_out.blocks(), digests, strict=True):
        clips = [counting.count(number, voice) for number in block]
        spelled = spell_out.digest(join(map(word, number)) for number in clips)
        assert spelled == kept, f"one of {block[0]} … {block[-1]} is not spelled as ICU spells it"
        assert list(map(heard, clips)) == list(block)


@pytest.mark.parametrize("voice", VOICES)
def test_the_sample_reads_as_it_stands(voice: str) -> None:
    with spell_out.SAMPLE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["number"]) for row in rows] == spell_out.sampled()
    for row in rows:
        assert said(counting.count(int(row["number"]), voice), voice) == row[voice]


@pytest.mark.parametrize(
    ("number", "km", "en"),
    [
        (0, "សូន្យ", "zero"),
        (8_500, "ប្រាំបី ពាន់ ប្រាំរយ", "eight thousand five hundred"),
        (9_500, "ប្រាំបួន ពាន់ ប្រាំរយ", "nine thousand five hundred"),
        (11_000, "មួយ ម៉ឺន មួយ ពាន់", "eleven thousand"),
        (1_000_000, "មួយ លាន", "one million"),
        (25_300_007, "ម្ភៃប្រាំ លាន បី សែន ប្រាំពីរ", "twenty-five million three hundred thousand seven"),
    ],
)
def test_numbers_as_they_are_heard(number: int, km: str, en: str) -> None:
    assert said(counting.count(number, "km"), "km") == km
    assert said(counting.count(number, "en"), "en") == en


@pytest.mark.parametrize("number", [-1, 100_000_000])
@pytest.mark.parametrize("voice", VOICES)
def test_what_is_too_small_or_large_is_not_counted(number: int, voice: str) -> None:
    with pytest.raises(ValueError, match="not counted"):
        counting.count(number, voice)
    with pytest.raises(ValueError, match="not counted"):
        counting.decimal(Decimal(number), voice)
    with pytest.raises(ValueError, match="not counted"):
        counting.money(Money(Decimal(number)), voice)


@pytest.mark.parametrize("number", ["NaN", "sNaN", "Infinity", "-Infinity", "-0.1", "-0.001", "1e40"])
@pytest.mark.parametrize("currency", ["khr", "usd"])
def test_no_amount_is_not_said(number: str, currency: str) -> None:
    with pytest.raises(ValueError, match="not counted"):
        counting.decimal(Decimal(number), "km")
    with pytest.raises(ValueError, match="not counted"):
        counting.money(Money(Decimal(number), currency), "km")


def test_what_rounds_out_of_bounds_is_not_said() -> None:
    assert counting.money(Money(Decimal("99999999.4")), "km") == [*counting.count(99_999_999, "km"), "cur.khr"]
    with pytest.raises(ValueError, match="not counted"):
        counting.money(Money(Decimal("99999999.5")), "km")


def test_only_voices_that_speak() -> None:
    for voice in ("km_Latn", "", "th"):
        for call in (
            lambda voice: counting.texts(voice),
            lambda voice: counting.count(1, voice),
            lambda voice: counting.digit_by_digit("1", voice),
            lambda voice: counting.decimal(Decimal(1), voice),
            lambda voice: counting.money(Money(Decimal(1)), voice),
            lambda voice: counting.clock(1, 0, voice),
            lambda voice: counting.day(date(2026, 11, 22), date(2026, 11, 22), voice),
        ):
            with pytest.raises(ValueError, match="no voice"):
                call(voice)


@given(st.text("0123456789០១២៣៤៥៦៧៨៩", min_size=1, max_size=12), voices)
def test_a_code_is_read_digit_by_digit(code: str, voice: str) -> None:
    assert [WORTH[clip] for clip in counting.digit_by_digit(code, voice)] == [int(digit) for digit in code]


@pytest.mark.parametrize("code", ["", "12 3", "1-2", "½", "12a", "#"])
def test_what_is_no_code_is_not_read(code: str) -> None:
    with pytest.raises(ValueError, match=r"digit|decimal"):
        counting.digit_by_digit(code, "km")


def value(clips: list[str]) -> Decimal:
    """What a listener takes a number with a fraction for."""
    if clips[-1] == "n.half":
        return heard(clips[:-1]) + Decimal("0.5")
    if "n.point" not in clips:
        return Decimal(heard(clips))
    point = clips.index("n.point")
    return Decimal(f"{heard(clips[:point])}." + "".join(str(WORTH[clip]) for clip in clips[point + 1 :]))


@given(st.decimals(0, counting.MOST, places=4), voices)
def test_a_fraction_is_heard_as_it_is(amount: Decimal, voice: str) -> None:
    assert value(counting.decimal(amount, voice)) == amount


@pytest.mark.parametrize(
    ("amount", "km", "en"),
    [
        ("2.5", "ពីរ កន្លះ", "two and a half"),
        ("2.50", "ពីរ កន្លះ", "two and a half"),
        ("0.5", "កន្លះ", "zero point five"),
        ("1.25", "មួយ ចុច ពីរ ប្រាំ", "one point two five"),
        ("0.05", "សូន្យ ចុច សូន្យ ប្រាំ", "zero point zero five"),
        ("3.00", "បី", "three"),
        ("1E+2", "មួយរយ", "one hundred"),
    ],
)
def test_fractions_as_they_are_heard(amount: str, km: str, en: str) -> None:
    assert said(counting.decimal(Decimal(amount), "km"), "km") == km
    assert said(counting.decimal(Decimal(amount), "en"), "en") == en


def pocketed(clips: list[str]) -> tuple[Decimal, str]:
    """The amount and the currency a listener takes away, whatever the order they are named in."""
    coins = [clip.removesuffix("_many") for clip in clips if clip.startswith("cur.")]
    total, numbers = Decimal(0), list[str]()
    for clip in clips:
        if clip.startswith("cur.cent"):
            total += Decimal(heard(numbers)) / 100
            numbers = []
        elif clip.startswith("cur."):
            total += value(numbers)
            numbers = []
        elif clip != "w.and":
            numbers.append(clip)
    if numbers == ["n.half"]:
        total += Decimal("0.5")
        numbers = []
    assert not numbers, "a number without its currency"
    return total, "usd" if coins[0] == "cur.cent" else coins[0].removeprefix("cur.")


@given(amounts, st.sampled_from(["khr", "usd", "thb", "vnd"]), voices)
def test_money_is_heard_as_it_is(amount: Decimal, currency: str, voice: str) -> None:
    whole = amount.quantize(Decimal(1), ROUND_HALF_UP)
    expected = whole if currency in ("khr", "vnd") else amount
    assert pocketed(counting.money(Money(amount, currency), voice)) == (expected, currency)


@pytest.mark.parametrize(
    ("amount", "currency", "km", "en"),
    [
        ("9500", "khr", "ប្រាំបួន ពាន់ ប្រាំរយ រៀល", "nine thousand five hundred riel"),
        ("1", "usd", "មួយ ដុល្លារ", "one dollar"),
        ("2.5", "usd", "ពីរ ដុល្លារ កន្លះ", "two dollars and fifty cents"),
        ("0.50", "usd", "កន្លះ ដុល្លារ", "fifty cents"),
        ("1.01", "usd", "មួយ ដុល្លារ មួយ សេន", "one dollar and one cent"),
        ("12.25", "usd", "ដប់ពីរ ដុល្លារ ម្ភៃប្រាំ សេន", "twelve dollars and twenty-five cents"),
        ("0", "usd", "សូន្យ ដុល្លារ", "zero dollars"),
        ("40", "thb", "សែសិប បាត", "forty baht"),
        ("12.5", "thb", "ដប់ពីរ បាត កន្លះ", "twelve and a half baht"),
        ("12.25", "thb", "ដប់ពីរ ចុច ពីរ ប្រាំ បាត", "twelve point two five baht"),
        ("60000", "vnd", "ប្រាំមួយ ម៉ឺន ដុង", "sixty thousand dong"),
    ],
)
def test_money_as_it_is_heard(amount: str, currency: str, km: str, en: str) -> None:
    assert said(counting.money(Money(Decimal(amount), currency), "km"), "km") == km
    assert said(counting.money(Money(Decimal(amount), currency), "en"), "en") == en


def test_a_currency_nobody_pays_in_is_not_said() -> None:
    with pytest.raises(ValueError, match="eur"):
        counting.money(Money(Decimal(1), "eur"), "km")


@pytest.mark.parametrize("voice", VOICES)
def test_no_two_times_of_the_day_sound_the_same(voice: str) -> None:
    times = [(hour, minute) for hour in range(24) for minute in range(60)]
    assert len({said(counting.clock(*time, voice), voice) for time in times}) == len(times)


@pytest.mark.parametrize(
    ("hour", "minute", "km", "en"),
    [
        (0, 0, "ម៉ោង ដប់ពីរ យប់", "twelve midnight"),
        (0, 30, "ម៉ោង ដប់ពីរ កន្លះ យប់", "twelve thirty at night"),
        (5, 0, "ម៉ោង ប្រាំ ព្រឹក", "five o'clock in the morning"),
        (7, 15, "ម៉ោង ប្រាំពីរ និង ដប់ប្រាំ នាទី ព្រឹក", "seven fifteen in the morning"),
        (12, 0, "ម៉ោង ដប់ពីរ ថ្ងៃត្រង់", "twelve noon"),
        (14, 30, "ម៉ោង ពីរ កន្លះ រសៀល", "two thirty in the afternoon"),
        (17, 5, "ម៉ោង ប្រាំ និង ប្រាំ នាទី ល្ងាច", "five oh five in the afternoon"),
        (19, 0, "ម៉ោង ប្រាំពីរ យប់", "seven o'clock in the evening"),
        (23, 59, "ម៉ោង ដប់មួយ និង ហាសិបប្រាំបួន នាទី យប់", "eleven fifty-nine at night"),
    ],
)
def test_times_as_they_are_heard(hour: int, minute: int, km: str, en: str) -> None:
    assert said(counting.clock(hour, minute, "km"), "km") == km
    assert said(counting.clock(hour, minute, "en"), "en") == en


@pytest.mark.parametrize(("hour", "minute"), [(24, 0), (-1, 0), (0, 60), (0, -1)])
def test_no_time_of_the_day_is_not_said(hour: int, minute: int) -> None:
    with pytest.raises(ValueError, match="no time"):
        counting.clock(hour, minute, "km")


NAMED = {"d.yesterday": -1, "d.today": 0, "d.tomorrow": 1}
WEEK = ["d.mon", "d.tue", "d.wed", "d.thu", "d.fri", "d.sat", "d.sun"]


@given(days, st.integers(-400, 400), voices)
def test_a_day_is_found_again(today: date, away: int, voice: str) -> None:
    day = today + timedelta(days=away)
    clips = counting.day(day, today, voice)
    if len(clips) == 1:
        assert NAMED[clips[0]] == away if abs(away) < 2 else WEEK.index(clips[0]) == day.weekday()
        assert abs(away) < 7
    else:
        assert abs(away) >= 7
        number, month = (clips[1], clips[2]) if voice == "km" else (clips[1], clips[0])
        assert (int(number.partition(".")[2]), int(month.removeprefix("mo."))) == (day.day, day.month)


@pytest.mark.parametrize(
    ("day", "km", "en"),
    [
        (date(2026, 11, 22), "ថ្ងៃនេះ", "today"),
        (date(2026, 11, 21), "ម្សិលមិញ", "yesterday"),
        (date(2026, 11, 23), "ថ្ងៃស្អែក", "tomorrow"),
        (date(2026, 11, 25), "ថ្ងៃពុធ", "Wednesday"),
        (date(2026, 11, 16), "ថ្ងៃចន្ទ", "Monday"),
        (date(2026, 11, 15), "ថ្ងៃទី ដប់ប្រាំ ខែវិច្ឆិកា", "November fifteenth"),
        (date(2026, 12, 31), "ថ្ងៃទី សាមសិបមួយ ខែធ្នូ", "December thirty-first"),
    ],
)
def test_days_as_they_are_heard(day: date, km: str, en: str) -> None:
    today = date(2026, 11, 22)  # a Sunday
    assert said(counting.day(day, today, "km"), "km") == km
    assert said(counting.day(day, today, "en"), "en") == en


@pytest.mark.parametrize("voice", VOICES)
def test_every_clip_is_used_and_every_clip_used_has_words(voice: str) -> None:
    used = {clip for number in (*range(1000), 10**3, 10**4, 10**5, 10**6) for clip in counting.count(number, voice)}
    for cents in (1, 2, 150, 125, 100, 200):
        for currency in ("khr", "usd", "thb", "vnd"):
            used.update(counting.money(Money(Decimal(cents) / 100, currency), voice))
    used.update(counting.decimal(Decimal("1.5"), voice))
    for hour in range(24):
        for minute in range(60):
            used.update(counting.clock(hour, minute, voice))
    for today in (date(2026, 1, 1), date(2026, 1, 4)):
        for away in range(-1, 366):
            used.update(counting.day(today + timedelta(days=away), today, voice))
    texts = counting.texts(voice)
    assert used == set(texts)
    for clip, (text, meaning) in texts.items():
        assert re.fullmatch(r"[a-z0-9._-]+", clip)
        assert text.strip() == text
        assert meaning
        assert re.search("[\u1780-\u17b3]", text) if voice == "km" else text.isascii()
