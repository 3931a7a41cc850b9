"""STOP is never missed, and no command is heard inside free words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.intents.understand import understand
from bot.language.words.lexicon import Lexicon
from flows.heard import Asked, Intent, Kind

STOPS = [
    "ឈប់", "ឈប់!", "STOP", "stop.", "Stop please", "chhob", "chob", "ឈប់ផ្ញើមកទៀត", "កុំផ្ញើមកទៀត", "សូមឈប់ផ្ញើសារ",
    "អត់ចង់បានសារទៀតទេ", "ខ្ញុំមិនចង់ទទួលសារទៀតទេ", "chhob pnher mok tiet", "kom pnher mok tiet", "unsubscribe",
    "stop sending me messages", "please stop texting me", "no more sms", "i dont want messages", "លុបលេខខ្ញុំ",
    "ឈប់ទទួលសារ", "ឈ​ប់", "ឈប់ ឈប់", "STOP ឈប់", "remove me",
]  # fmt: skip
NOT_STOPS = ["តម្លៃជ្រូកឈប់ឡើង", "ប្រជុំឈប់ហើយ", "ឈប់វិទ្យុ", "ឈ្មួញឈប់ទិញស្រូវ តម្លៃប៉ុន្មាន", "pig price stopped rising"]
OPEN = [None, Kind.RSVP, Kind.CHOOSE, Kind.POLL, Kind.PLACE, Kind.CONFIRM, Kind.RESOLVED, Kind.COMMODITY, Kind.AMOUNT]


@pytest.mark.parametrize("kind", OPEN)
@pytest.mark.parametrize("text", STOPS)
def test_stop_is_never_missed(text: str, kind: Kind | None, lexicon: Lexicon) -> None:
    assert understand(text, Asked(kind), lexicon).intent is Intent.STOP


@pytest.mark.parametrize("text", NOT_STOPS)
def test_what_stops_is_something_else(text: str, lexicon: Lexicon) -> None:
    assert understand(text, Asked(), lexicon).intent is not Intent.STOP


@pytest.mark.parametrize("text", ["ឈប់", "Stop.", "chhob", "ឈប់ផ្ញើមកទៀត", "STOP please"])
def test_a_whole_stop_ends_free_words(text: str, lexicon: Lexicon) -> None:
    assert understand(text, Asked(Kind.WORDS), lexicon).intent is Intent.STOP


@pytest.mark.parametrize(
    ("text", "intent"), [("0", Intent.HOME), ("០", Intent.HOME), ("help", Intent.HELP), ("ជួយ", Intent.HELP)]
)
def test_a_whole_help_or_0_ends_free_words(text: str, intent: Intent, lexicon: Lexicon) -> None:
    assert understand(text, Asked(Kind.WORDS), lexicon).intent is intent


@pytest.mark.parametrize(
    "text",
    [
        "តម្លៃជ្រូក", "1", "២", "ជួយយើងផង ទឹកលិចស្រែ", "ឈ្មួញឈប់ទិញស្រូវយើង", "stop the traders from cheating us",
        "please help the village", "វិទ្យុ", "123-4567", "បាទ", "ជ្រូក 9500", "គេថាឈប់", "the price must stop falling",
    ],
)  # fmt: skip
def test_no_command_inside_free_words(text: str, lexicon: Lexicon) -> None:
    assert understand(text, Asked(Kind.WORDS), lexicon).intent is Intent.WORDS


_PLAIN = ("ភូមិ", "ទឹក", "លិច", "ស្រូវ", "ផ្លូវ", "ខូច", "គេ")
_COMMANDS = ("ឈប់", "ជួយ", "តម្លៃ", "stop", "help", "price", "វិទ្យុ", "ប្រជុំ", "0", "1")
_STORY = st.lists(st.sampled_from(_PLAIN + _COMMANDS), min_size=3, max_size=12).filter(
    lambda words: sum(word in _PLAIN for word in words) * 2 > len(words)
)


@settings(max_examples=200, deadline=None)
@given(_STORY)
def test_a_story_is_a_story(lexicon: Lexicon, words: list[str]) -> None:
    assert understand(" ".join(words), Asked(Kind.WORDS), lexicon).intent is Intent.WORDS


_NOISE = st.sampled_from(["", " ", ".", "!", "!!", "\u200b", " 🙏", "\u202e", "។", "\n"])


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["ឈប់", "stop", "STOP", "chhob", "Stop"]), _NOISE, _NOISE, st.sampled_from(OPEN))
def test_noise_does_not_hide_a_stop(lexicon: Lexicon, word: str, before: str, after: str, kind: Kind | None) -> None:
    assert understand(before + word + after, Asked(kind), lexicon).intent is Intent.STOP
