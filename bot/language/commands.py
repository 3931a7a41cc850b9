"""Commands: a whole STOP, help, start, home, language and script, greetings.

Owns when a word is a command and when it is only a word in a sentence; inside free words only a whole message
counts. A stop said in a sentence is the stops' business.
"""

from __future__ import annotations

from bot.language import farewell, stops
from bot.language.words.reading import Reading
from flows.heard import Intent

# What may stand beside a whole-message command, in the folded form.
# fmt: off
_POLITE = frozenset((
    "បង", "សូម", "លោក", "ផង", "ទៅ", "ហើយ", "សិន", "អោយ", "ខ្ញុំ", "បងៗ", "ណា", "please", "pls", "plz",
    "ណាស់", "now", "me", "sir", "nas", "bong", "som", "phong", "haey", "hery", "oy", "nov", "ban",
))
# fmt: on
_STOP_COMPANY = frozenset(("stop", "send", "message", "again", "done", "receive", "dont", "phone", "ban", "come"))


def nothing_said(reading: Reading) -> bool:
    """True when there is not one letter or digit."""
    return not any(a.kind in "kld" for a in reading.atoms)


def only_question_marks(reading: Reading) -> bool:
    """`?`, `??`: asking for help."""
    return (
        bool(reading.atoms)
        and all(a.key in "?？៖!" for a in reading.atoms)
        and any(a.key in "?？" for a in reading.atoms)
    )


def whole(reading: Reading) -> Intent | None:
    """STOP, HELP or 0 as the whole message: the only commands inside free words."""
    if only_question_marks(reading):
        return Intent.HELP
    words = [k for k in range(len(reading.items)) if not reading.is_sign(k)]
    if len(words) == 1 and reading.items[words[0]].digits in ("0", "00"):
        return Intent.HOME
    if farewell.only(reading.atoms):
        return Intent.STOP
    if not words or len(words) > 7:
        return None
    stop = help_ = 0
    for k in words:
        ids = reading.keywords(k)
        sure = reading.items[k].score >= 0.7
        if "stop" in ids and sure:
            stop += 1
        elif "help" in ids and sure:
            help_ += 1
        elif not (_STOP_COMPANY.intersection(ids) or reading.key(k) in _POLITE):
            return None
    if stop and not help_:
        return None if stops.denied(reading) else Intent.STOP
    return Intent.HELP if help_ and not stop and len(words) <= 3 else None


def small(reading: Reading) -> Intent | None:
    """Commands that must be (nearly) the whole message."""
    kw = reading.kw
    if "home" in kw and reading.only("home"):
        return Intent.HOME
    if "help" in kw and reading.only("help", "hello"):
        return Intent.HELP
    if "hello" in kw and reading.only("hello"):
        return Intent.HELLO
    if "start" in kw and reading.only("start", "hello", "message", "receive", "again", "send"):
        return Intent.START
    if "thanks" in kw and reading.only("thanks", "hello", "done", "ban", "yes", "send", "message", "help"):
        return Intent.THANKS
    if "thanks" in kw and ({"ban", "done"} <= kw and reading.only("thanks", "price", "ban", "done", "receive")):
        return Intent.THANKS  # the price has come, thank you
    if "thanks" in kw and stops.denied(reading):
        return Intent.THANKS
    return None


_ABOUT_SCRIPT = frozenset(
    ("unreadable", "khmer_script", "khmer_language", "latin_script", "english_language", "language")
)


def script(reading: Reading) -> Intent | None:
    """Language and script wishes."""
    kw = reading.kw
    if kw.isdisjoint(_ABOUT_SCRIPT):
        return None
    if "unreadable" in kw and (
        kw & {"khmer_script", "khmer_language", "phone", "message", "latin_script"}
        or reading.only("unreadable", "not", "ban")
        or _says_khmer(reading)
    ):
        return Intent.SCRIPT_LATN
    if kw & {"khmer_script", "khmer_language"} and "not" in kw and kw & {"phone", "receive", "ban"}:
        return Intent.SCRIPT_LATN
    busy = {"commodity", "place"} & reading.kinds or kw & {"meeting", "price", "report", "problem"}
    if busy:
        return None
    if "latin_script" in kw:
        return Intent.SCRIPT_LATN
    if "khmer_script" in kw and ("not" in kw or "stop" in kw):
        return Intent.SCRIPT_LATN
    few = len(reading.unknown()) <= 1 and len(reading.items) <= 12
    if "english_language" in kw and few:
        return Intent.LANGUAGE_EN
    if "khmer_script" in kw and few:
        return Intent.SCRIPT_KM
    if (
        "khmer_language" in kw
        and few
        and reading.only(
            "khmer_language",
            "language",
            "want",
            "send",
            "message",
            "move",
            "ban",
            "sell",
            "help",
            "come",
            "start",
            "use",
        )
    ):
        return Intent.LANGUAGE_KM
    if "language" in kw and few and reading.only("language", "move", "want", "help", "fix", "other"):
        return Intent.SETTINGS
    return None


def _says_khmer(reading: Reading) -> bool:
    return any("khmer" in a.key for a in reading.atoms if a.kind == "l")
