"""What a message says of a group: its name, words for it, telephone numbers, how many came and what was decided.

Owns what stands behind the opening of such a message (data/patterns.csv); a name or a message keeps its writer's words.
"""

from __future__ import annotations

import re

from bot.language.text.tables import pattern, patterns
from bot.language.words.reading import Reading
from flows.heard import Slots

SHORTEST = 4  # digits that are taken for a number, be it a wrong one
MOST_PEOPLE = 10_000
_GROUP = frozenset(("join_group", "leave_group", "group"))
_HARD = re.compile(r"[^0-9+\s().\-–]+")
_WORD = re.compile(r"\S+")
_MOST_BEFORE = 8  # words before the count: the meeting, its day, the group
_GROUPED = re.compile(r"\+?[0-9]+")
_COUNTED = re.compile(r"(?<![^\s,;])[0-9]{1,2}[.)]\s+(?=[+0])")  # 1. 012 345 678 2. 097 …
_DIGITS = {0x17E0 + digit: str(digit) for digit in range(10)}


def behind(reading: Reading, opening: str) -> str | None:
    """What stands behind the opening of this name; None where a message does not begin so."""
    text = _text(reading)
    found = pattern(opening).match(text)
    return text[found.end() :].strip(" :,\u17d6\n") or None if found else None


def named(reading: Reading) -> str | None:
    """The name behind the last word that says "group"."""
    for k in range(len(reading.items) - 1, -1, -1):
        if _GROUP & set(reading.keywords(k)):
            if k + 1 >= len(reading.items):
                return None
            return reading.cleaned[reading.atoms[reading.items[k + 1].i].start :].strip() or None
    return None


def came(reading: Reading) -> Slots:
    """12 came, decided to sell together: how many, and what was decided."""
    return reported(_text(reading)) or Slots(count=counted(reading))


def reported(text: str) -> Slots | None:
    """How many came and what was decided, by a text that says nothing else; None where it says none."""
    for way in patterns("came"):
        found = way.fullmatch(text.translate(_DIGITS))
        if found is None:
            continue
        begin, end = found.span("words")
        words = pattern("decided").sub("", text[begin:end], count=1).strip()
        return Slots(count=int(found["count"]), words=words or None)
    return None


def held(reading: Reading) -> Slots | None:
    """The same of a meeting that was, behind its day and its group."""
    text = reading.cleaned.strip()
    for word in list(_WORD.finditer(text))[: _MOST_BEFORE + 1]:
        if (told := reported(text[word.start() :])) is not None:
            return told
    return None


def counted(reading: Reading) -> int | None:
    """The only number of a message, if that many people can come."""
    values = [amount.value for amount in reading.numbers]
    if len(values) != 1 or values[0] != values[0].to_integral_value() or not 0 <= values[0] <= MOST_PEOPLE:
        return None
    return int(values[0])


def _text(reading: Reading) -> str:
    return reading.cleaned.strip().strip("!.\u17d4 ")


def phones(text: str) -> tuple[str, ...]:
    """The telephone numbers of a text, however they are grouped: digits, a plus kept. Whether they exist is not asked.

    Numbers one after the other fall apart where one is whole and the next begins with 0 or a plus. What stands close to
    a number and is none itself (12345678.0, 012345686/87, 097 123 4567 8) stays with it, as written: nobody is invited
    by a part of what was written.
    """
    found: list[str] = []
    number, closed, ended = "", False, 0
    text = _COUNTED.sub(";", text.translate(_DIGITS))
    for match in _GROUPED.finditer(text):
        group, between = match[0], text[ended : match.start()]
        ended = match.end()
        if number and _is_tail(number, between, group):
            number, closed = number + between.strip()[:1] + ("" if between.strip() else " ") + group, True
            continue
        if closed or _HARD.search(between) or _is_whole(number, group) or group.startswith("+"):
            found.append(number)
            number, closed = "", False
        number += group
    found.append(number)
    return tuple(dict.fromkeys(number for number in found if len(number) >= SHORTEST))


def _is_tail(number: str, between: str, group: str) -> bool:
    """Whether a group of a few digits hangs on what may be a whole number, and is no beginning of another."""
    digits = re.match(r"\+?[0-9]*", number)
    count = len(digits[0].lstrip("+")) if digits else 0
    if len(group) >= SHORTEST or group.startswith("+") or (group.startswith("0") and group.strip("0")):
        return False
    if between in ("/", ",", "."):
        return count >= 7
    if _HARD.search(between):
        return False
    return (len(group) == 1 and count >= (9 if number.startswith("0") else 8)) or _is_whole(number, group)


def _is_whole(number: str, group: str) -> bool:
    """Whether a number ends before this group: nine digits or more with the first 0, and no room for the group."""
    abroad = 2 if number.startswith(("855", "+855")) else 4 if number.startswith("00855") else 0
    count = len(number.lstrip("+")) - abroad
    return count >= 9 and (group.startswith(("0", "855")) or count + len(group) > 10)
