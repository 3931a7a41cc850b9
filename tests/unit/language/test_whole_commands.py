"""Commands that are a whole message are heard whatever was asked, and never inside a longer one."""

from __future__ import annotations

import pytest

from bot.language.intents.understand import understand
from bot.language.words.lexicon import Lexicon
from flows.heard import Asked, Intent, Kind


@pytest.mark.parametrize("asked", [None, Kind.WORDS, Kind.RSVP, Kind.PLACE, Kind.AMOUNT])
@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("DELETE MY DATA", Intent.FORGET),
        ("please delete my data!", Intent.FORGET),
        ("លុបទិន្នន័យរបស់ខ្ញុំ", Intent.FORGET),
        ("លុប ទិន្នន័យ របស់ខ្ញុំ។", Intent.FORGET),
        ("lub tinnonei robos knhom", Intent.FORGET),
        ("lup tinnoney robos khnhom", Intent.FORGET),
        ("MY ALERTS", Intent.ALERT_LIST),
        ("ខ្ញុំបានចុះឈ្មោះអ្វីខ្លះ", Intent.ALERT_LIST),
        ("my subscriptions?", Intent.ALERT_LIST),
        ("how is my problem?", Intent.ISSUE_STATUS),
        ("បញ្ហាខ្ញុំដល់ណាហើយ", Intent.ISSUE_STATUS),
        ("panha khnhom yang na haey", Intent.ISSUE_STATUS),
        ("MY GROUPS", Intent.GROUP_LIST),
        ("ក្រុមរបស់ខ្ញុំ", Intent.GROUP_LIST),
    ],
)
def test_a_whole_message_commands(lexicon: Lexicon, text: str, intent: Intent, asked: Kind | None) -> None:
    assert understand(text, Asked(asked), lexicon).intent is intent


@pytest.mark.parametrize(
    "text", ["they delete my data at the commune hall and ask for money", "my alerts were wrong about pigs", "STOP"]
)
def test_what_says_more_is_no_such_command(lexicon: Lexicon, text: str) -> None:
    assert understand(text, Asked(), lexicon).intent not in (Intent.FORGET, Intent.ALERT_LIST, Intent.GROUP_LIST)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("ប្ដូរកន្លែងប្រជុំ ទៅផ្ទះមេភូមិ", "ផ្ទះមេភូមិ"),
        ("MOVE MEETING TO village hall", "village hall"),
        ("pdo konlaeng prachum tov wat svay", "wat svay"),
        ("ប្ដូរទីកន្លែងប្រជុំនៅសាលាឃុំ", "សាលាឃុំ"),
        ("ប្ដូរកន្លែងប្រជុំ", None),
    ],
)
def test_only_the_place_of_a_meeting_is_another(lexicon: Lexicon, text: str, where: str | None) -> None:
    heard = understand(text, Asked(), lexicon)
    assert heard.intent is Intent.MEETING_MOVE
    assert (heard.slots.where, heard.slots.action) == (where, "place")


@pytest.mark.parametrize("text", ["move meeting to monday 2 pm", "ប្ដូរប្រជុំទៅថ្ងៃចន្ទ ម៉ោង ២", "move meeting"])
def test_another_time_is_no_other_place(lexicon: Lexicon, text: str) -> None:
    heard = understand(text, Asked(), lexicon)
    assert heard.intent is Intent.MEETING_MOVE
    assert heard.slots.action is None
