"""A code and what goes with it: the seven digits of a problem, what an official did, and the words behind them.

Owns when digits are a code and not a price, a range or a telephone number, and the list in data/actions.csv. Whether
a code exists is for the issues room to say.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.language.text.fold import Atom, atoms, clean, loose, loose_latin
from bot.language.text.tables import keys
from bot.language.words.reading import Reading
from flows import codes
from flows.heard import Heard, Intent, Slots

_DATA = Path(__file__).parent.parent / "data" / "actions.csv"
_BETWEEN = "-–—−‑/_.·"
_MOST_BEFORE = 4  # items: "problem number", politeness
_BEFORE = frozenset(("code_word", "problem"))
_MAILED = frozenset(("re", "fw", "fwd"))
_SHORTEST = 3  # zeros that are no wish to go home
_WIDEST = 4  # as far apart as the two ends of a price are
_LEADING = " \t\r\n\u200b\u200c\u200d\ufeff:,;.-–—=>\u17d4\u17d6"
_PLUS = re.compile(r"\s*\+\s*[1\u17e1](?!\d)")
_ASKING = ("?", "？")
_ALONE = {"undo": Intent.OFFICE_UNDO, "link": Intent.OFFICE_LINK}  # need no code
_MOST_COMMAND = 10  # items of a command and its politeness
_LONG = 6  # letters: a shorter expression is read as it is spelt


@dataclass(frozen=True, slots=True)
class Code:
    """Seven digits as typed: atoms i to j; whether they stand apart as 3 and 4; whether a word calls them a code."""

    digits: str
    i: int
    j: int
    apart: bool
    called: bool

    @property
    def valid(self) -> bool:
        """Whether its check digit is right."""
        return codes.is_code(self.digits)


def leading(reading: Reading) -> Code | None:
    """The code a message begins with, after a word for it and politeness; None where it may as well be a price."""
    at = next((n for n, atom in enumerate(reading.atoms) if atom.kind == "d"), None)
    if at is None or (shape := _shape(reading.atoms, at)) is None:
        return None
    before = [k for k, item in enumerate(reading.items) if item.i < at]
    if len(before) > _MOST_BEFORE or any(not _may_lead(reading, k) for k in before):
        return None
    digits, end, apart = shape
    code = Code(digits, at, end, apart, any(_BEFORE.intersection(reading.keywords(k)) for k in before))
    return None if _counts(reading, code) or _rings(reading, code) else code


def anywhere(reading: Reading) -> Code | None:
    """A code with the right check digit, typed as 3 and 4, wherever it stands."""
    return next((code for code in _all(reading) if code.apart and code.valid and not _counts(reading, code)), None)


def within(reading: Reading) -> str | None:
    """The digits of the first code a message holds, its check digit right or wrong."""
    return next((code.digits for code in _all(reading)), None)


def plus_one(reading: Reading) -> Code | None:
    """+1 123-4567: one more voice for a problem."""
    begin = _PLUS.match(reading.cleaned)
    if begin is None:
        return None
    return first(reading, next((n for n, atom in enumerate(reading.atoms) if atom.start >= begin.end()), 0))


def first(reading: Reading, begin: int = 0) -> Code | None:
    """The first digits from an atom on, if they are a code; its check digit may be wrong."""
    at = next((n for n in range(begin, len(reading.atoms)) if reading.atoms[n].kind == "d"), None)
    shape = None if at is None else _shape(reading.atoms, at)
    if at is None or shape is None:
        return None
    code = Code(shape[0], at, shape[1], apart=shape[2], called=False)
    return None if _rings(reading, code) else code


def told(reading: Reading, *, bare: bool = True) -> Heard | None:
    """A message that begins with a code, whatever follows; `bare`: a code alone counts too."""
    code = leading(reading)
    if code is None:
        return _after_its_action(reading)
    words = behind(reading, code)
    if not any(letter.isalnum() for letter in words):
        slots = Slots(code=code.digits, action=_said_alone(reading, code.i))
        return reading.heard(Intent.ISSUE_STATUS, 0.95, slots) if bare else None
    action, rest = acted(words)
    if action is None:
        action = _said_alone(reading, code.i)  # ASK 576-9433: a word of manners in other messages
    if not (code.apart or code.valid or code.called or action or "problem" in reading.kw):
        return None
    if not (bare or (code.apart and code.valid)):
        return None
    slots = Slots(code=code.digits, action=action, words=rest or None)
    return reading.heard(Intent.ISSUE_STATUS, 0.95, slots)


def _after_its_action(reading: Reading) -> Heard | None:
    """ASK 576-9433 which road: what an official did stands before the code, the words behind it."""
    at = next((n for n, atom in enumerate(reading.atoms) if atom.kind == "d"), None)
    if at is None or (shape := _shape(reading.atoms, at)) is None:
        return None
    code = Code(shape[0], at, shape[1], apart=shape[2], called=False)
    action = _said_alone(reading, at)
    if action is None or not (code.apart or code.valid) or _counts(reading, code) or _rings(reading, code):
        return None
    return reading.heard(
        Intent.ISSUE_STATUS, 0.95, Slots(code=code.digits, action=action, words=behind(reading, code) or None)
    )


def _said_alone(reading: Reading, at: int) -> str | None:
    """The action that the atoms before a code name, beside politeness and a word for the code; None where they say
    more than that."""
    before = [k for k, item in enumerate(reading.items) if item.j <= at and not reading.is_sign(k)]
    kept = [k for k in before if not _BEFORE.intersection(reading.keywords(k))]
    exact, near = _actions()
    while kept:
        keys = tuple(atom.key for k in kept for atom in reading.atoms[reading.items[k].i : reading.items[k].j])
        if (action := exact.get(keys) or near.get(tuple(map(_near, keys)))) is not None:
            return action
        if not _may_lead(reading, kept[0]):
            return None
        kept = kept[1:]
    return None


def desk_command(reading: Reading) -> Intent | None:
    """UNDO or LINK as the whole message: what an official asks of us without a code."""
    if len(reading.items) > _MOST_COMMAND:
        return None
    exact, near = _commands()
    words = [item for k, item in enumerate(reading.items) if not reading.is_sign(k)]
    bare = [item for k, item in enumerate(reading.items) if not (reading.is_sign(k) or reading.is_filler(k))]
    for kept in (words, bare):
        keys = tuple(atom.key for item in kept for atom in reading.atoms[item.i : item.j])
        if (found := exact.get(keys) or near.get(tuple(map(_near, keys)))) is not None:
            return found
    return None


def behind(reading: Reading, code: Code) -> str:
    """What the writer put behind a code, as it was typed, without the signs between."""
    left = sum(letter.isdecimal() for letter in reading.cleaned[: reading.atoms[code.j - 1].end])
    for n, letter in enumerate(reading.text):
        left -= sum(sign.isdecimal() for sign in clean(letter))
        if left == 0:
            return reading.text[n + 1 :].lstrip(_LEADING).rstrip()
    return reading.cleaned[reading.atoms[code.j - 1].end :].lstrip(_LEADING).rstrip()


def asked(reading: Reading) -> Heard | None:
    """The answer to "which code": seven digits however they are parted, or UNCLEAR for another number of digits."""
    digits = ""
    for k, item in enumerate(reading.items):
        pieces = reading.atoms[item.i : item.j]
        numbers = [number for number in item.ids("number") if len(number) == 1]
        if all(piece.kind in "ds" for piece in pieces):
            digits += "".join(letter for piece in pieces for letter in piece.key if letter.isdigit())
        elif numbers and not _BEFORE.intersection(reading.keywords(k)):
            digits += numbers[0]  # one two three, as it is spoken
        elif not (_may_lead(reading, k) or "yes" in reading.keywords(k)):
            return None
    if not digits.strip("0") and len(digits) < _SHORTEST:
        return None  # nothing, or the way home
    if len(digits) != codes.LENGTH:
        return reading.heard(Intent.UNCLEAR, 0.7)
    return reading.heard(Intent.ISSUE_STATUS, 0.95, Slots(code=digits))


def acted(words: str) -> tuple[str | None, str]:
    """What an official says was done, and the words behind it; all words where it is not certain."""
    found = atoms(clean(words))
    if found and found[0].key in _ASKING:
        return "ask", words.lstrip(_LEADING + "".join(_ASKING))
    exact, near = _actions()
    for length in range(min(len(found), max(map(len, exact))), 0, -1):
        action = exact.get(tuple(atom.key for atom in found[:length]))
        action = action or near.get(tuple(_near(atom.key) for atom in found[:length]))
        if action is not None and _ends(found, length, action):
            return action, _after(words, found, length)
    return None, words


def _shape(found: list[Atom], n: int) -> tuple[str, int, bool] | None:
    """Digits, the atom behind them and whether they are parted, where a code may begin."""
    key = found[n].key
    if len(key) == codes.LENGTH and key.isdigit():
        return key, n + 1, False
    if len(key) == codes.LENGTH + 1 and key[3] in ".," and (key[:3] + key[4:]).isdigit():
        return key[:3] + key[4:], n + 1, True
    if len(key) != 3 or not key.isdigit():
        return None
    n += 1
    if n < len(found) and found[n].kind == "s" and found[n].key in _BETWEEN:
        n += 1
    if n < len(found) and found[n].kind == "d" and len(found[n].key) == 4 and found[n].key.isdigit():
        return key + found[n].key, n + 1, True
    return None


def _all(reading: Reading) -> Iterator[Code]:
    found = reading.atoms
    for n, atom in enumerate(found):
        if atom.kind != "d" or (shape := _shape(found, n)) is None:
            continue
        more = n and (found[n - 1].kind == "d" or (n > 1 and found[n - 1].key in _BETWEEN and found[n - 2].kind == "d"))
        code = Code(shape[0], n, shape[1], apart=shape[2], called=False)
        if not more and not _rings(reading, code):
            yield code


def _may_lead(reading: Reading, k: int) -> bool:
    said = set(reading.keywords(k))
    return bool(said & _BEFORE) or reading.is_filler(k) or reading.is_sign(k) or reading.key(k) in _MAILED


def _counts(reading: Reading, code: Code) -> bool:
    """A currency or a unit stands right behind, or the two parts are round like a price from and to."""
    if code.called:
        return False
    behind = next((item for item in reading.items if item.i == code.j), None)
    if behind is None or not behind.senses:
        return False
    kinds = {sense.kind for sense in behind.senses}
    if kinds <= {"currency"} or (kinds <= {"unit", "currency"} and not code.valid):
        return True
    low, high = int(code.digits[:3]), int(code.digits[3:])
    near = code.apart and low < high <= low * _WIDEST and not low % 10 and not high % 10
    return near and not code.valid and bool(kinds & {"commodity", "group", "unit"})


def _rings(reading: Reading, code: Code) -> bool:
    """More digits follow and it begins with a zero: a telephone number."""
    if not code.digits.startswith("0") or code.j >= len(reading.atoms):
        return False
    behind = reading.atoms[code.j :][:2]
    if behind[0].kind == "s" and behind[0].key in _BETWEEN:
        behind = behind[1:]
    return bool(behind) and behind[0].kind == "d" and len(behind[0].key) <= 4 and not (code.apart and code.valid)


# What goes on with the same sentence when it touches the word: we, by, to; it is the action all the same.
# What makes another sentence of "received" and "done": or not, free from, not received.
_OTHER_WORDS = frozenset(("or", "pi", "yet", "not", "min", "ot", "nov", "nou", "when", "te"))
_EITHER = frozenset(("chob", "chop", "banchob"))  # to end, to stop: with words behind it may be either


def _ends(found: list[Atom], length: int, action: str) -> bool:
    """Whether the words of an action end there: a blank, a sign, or a word that begins what comes next."""
    if length == len(found):
        return True
    behind, plain = found[length], action in ("ask", "transfer")
    if behind.kind == "s":
        return plain or behind.key not in _ASKING
    if behind.kind == "l":
        typed = "".join(atom.key for atom in found[:length])
        return plain or (behind.key not in _OTHER_WORDS and typed not in _EITHER)
    if behind.kind != "k":
        return True
    run = "".join(atom.key for atom in found[length : length + 3])
    if not plain and (run in keys("still_being") or run.startswith(tuple(keys("otherwise")))):
        return False
    touches = found[length - 1].kind == "k" and not behind.space
    return not touches or run.startswith(tuple(keys(f"going_on_{action}")))


def _after(words: str, found: list[Atom], length: int) -> str:
    """The words behind an action as they were typed."""
    if length == len(found):
        return ""
    left = clean(words)[found[length].start :]
    begin = next((n for n in range(len(words)) if clean(words[n:]) == left), None)  # cleaning may drop letters
    return (left if begin is None else words[begin:]).lstrip(_LEADING)


def _near(key: str) -> str:
    return loose_latin(key) if key.isascii() else loose(key)


@cache
def _actions() -> tuple[dict[tuple[str, ...], str], dict[tuple[str, ...], str]]:
    """The expressions of the list by their folded keys, and the long ones by their loose keys as well."""
    rows = [(action, keys) for action, keys in _rows() if action not in _ALONE or action == "undo"]
    near = {tuple(map(_near, keys)): action for action, keys in rows if len("".join(keys)) >= _LONG}
    return {keys: action for action, keys in rows}, near


@cache
def _commands() -> tuple[dict[tuple[str, ...], Intent], dict[tuple[str, ...], Intent]]:
    """The same of what stands alone."""
    rows = [(_ALONE[action], keys) for action, keys in _rows() if action in _ALONE]
    near = {tuple(map(_near, keys)): intent for intent, keys in rows if len("".join(keys)) >= _LONG}
    return {keys: intent for intent, keys in rows}, near


def _rows() -> list[tuple[str, tuple[str, ...]]]:
    with _DATA.open(encoding="utf-8", newline="") as file:
        return [(row["action"], tuple(atom.key for atom in atoms(clean(row["words"])))) for row in csv.DictReader(file)]
