"""What is taken out at the door and escaped on a terminal, for any text; and that every document is well-formed."""

from __future__ import annotations

import io
import unicodedata
from contextlib import redirect_stdout
from xml.etree import ElementTree

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import twiml
from bot.language.intents.understand import understand
from bot.language.text.characters import escaped, legible
from bot.language.text.sms_parts import Dear, dear
from bot.language.words.lexicon import Lexicon
from bot.terminal import Commands, one_line
from flows.heard import Asked

LEXICON = Lexicon.load()

# Any character at all, the odd ones often: halves of pairs, controls, marks of direction, what is no character.
ODD = (
    "\x00\x01\x02\x0b\x0c\x1b\x7f\x85\x9b\u00ad\u200e\u202e"
    "\u2028\u2066\ufeff\ufffe\uffff\ud800\udfff\U000e0041\U0010ffff"
)
ANY = st.text(st.one_of(st.sampled_from(ODD + "<&>\"'\r\n\tកក្ក"), st.characters(codec=None)), max_size=60)


@given(ANY)
def test_an_answer_is_xml_whatever_stands_in_it(text: str) -> None:
    body = twiml.message(text).get_data()
    found = ElementTree.fromstring(body).findtext("Message")
    assert (found or "") == legible(text)


@given(ANY)
def test_a_document_is_xml_even_where_a_word_came_past_the_door(text: str) -> None:
    assert (
        ElementTree.fromstring(
            twiml.answered(f"<Response>{text.translate({60: None, 38: None})}</Response>").get_data()
        )
        is not None
    )


@given(ANY)
def test_what_is_legible_stays_as_it_is(text: str) -> None:
    once = legible(text)
    assert legible(once) == once
    assert not [letter for letter in once if unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t"]


@given(st.text(st.characters(exclude_categories=("C", "Z")), max_size=60))
def test_letters_and_signs_are_never_touched(text: str) -> None:
    assert legible(text) == text
    assert escaped(text) == text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("The bri\x1bdge fell down", "The bridge fell down"),
        ("Pig\uffffFarmers", "PigFarmers"),
        ("582-9183 we\x0bcome", "582-9183 we\ncome"),
        ("\u202eevil\u202c", "evil"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("ខ្មែរ\u200bខ្មែរ", "ខ្មែរ\u200bខ្មែរ"),
        ("👩\u200d🌾", "👩\u200d🌾"),
    ],
)
def test_what_is_kept(given: str, kept: str) -> None:
    assert legible(given) == kept


@given(ANY)
def test_a_terminal_is_given_nothing_that_acts(text: str) -> None:
    shown = escaped(text)
    acting = {letter for letter in shown if unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp")}
    assert acting <= set("\n\t\u200b\u200c\u200d")
    assert "\n" not in one_line(shown)


def test_whatever_a_command_prints_is_escaped() -> None:
    commands = Commands(name="phsar")

    @commands.command("show")
    def show() -> None:
        click.echo("gone\x1b]0;title\x07 \u202etxt")
        print("\x9b31m")

    with redirect_stdout(io.StringIO()) as out:
        commands.main(["show"], standalone_mode=False)
    assert out.getvalue() == "gone\\x1b]0;title\\x07 \\u202etxt\n\\x9b31m\n"


DASHES = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Pd" and 0x2010 <= code < 0x3031]


@pytest.mark.parametrize("dash", [*DASHES, "-", "\u2212", "\u2043", "\ufe58", "\ufe63", "\uff0d"])
def test_every_dash_is_a_hyphen_in_a_code(dash: str) -> None:
    heard = understand(f"582{dash}9183 DONE", Asked(), LEXICON)
    assert (heard.slots.code, heard.slots.action) == ("5829183", "done")


@pytest.mark.parametrize(
    ("text", "hour", "where"),
    [
        ("ប្រជុំ ស្អែក 8h វត្តព្រៃឈរ", "08:00", "វត្តព្រៃឈរ"),
        ("ប្រជុំ ស្អែក ម៉ោង 14.30 វត្តព្រៃឈរ", "14:30", "វត្តព្រៃឈរ"),
        ("ប្រជុំ ស្អែក ម៉ោង ៨៖៣០ព្រឹក វត្តព្រៃឈរ", "08:30", "វត្តព្រៃឈរ"),
        ("MEETING TOMORROW 8:00hrs pagoda", "08:00", "pagoda"),
        ("MEETING TOMORROW 14h00 pagoda", "14:00", "pagoda"),
        ("MEETING TOMORROW 2\u223630 PM pagoda", "14:30", "pagoda"),
    ],
)
def test_the_sign_of_an_hour_is_no_part_of_the_place(text: str, hour: str, where: str) -> None:
    slots = understand(text, Asked(), LEXICON).slots
    assert (slots.time or slots.hour, slots.where) == (hour, where)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Short", None),
        ("a" * 160, None),
        ("a" * 100 + "ł", Dear(("ł",), 0, 1)),
        ("a" * 100 + "👍 łł", Dear(("👍", "ł"), 0, 1)),
        ("a" * 165, Dear((), 5, 1)),
        ("ក" * 72, Dear((), 2, 1)),
        ("ក" * 140, Dear((), 6, 2)),
        ("ក" * 120, None),
    ],
)
def test_what_makes_a_text_dear(text: str, expected: Dear | None) -> None:
    assert dear(text) == expected
