"""What a conversation says: whole sentences by message id, with typed arguments.

A prompt knows no channel, language or script: the bot words it (SMS) or speaks it (voice). The message id is
the English sentence; its translations live in locales/. Nothing here joins fragments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency: riel, or dollars (not cents)."""

    amount: Decimal
    currency: str = "khr"


@dataclass(frozen=True, slots=True)
class Rate:
    """A price for one unit. Low and high are worded only where they are given and differ."""

    usual: Money
    unit: str
    low: Money | None = None
    high: Money | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A thing the vocabulary, the gazetteer or the markets name. `what`: commodity, unit, place,
    market, level, trend."""

    what: str
    id: str
    also: str = ""  # a grade, shown beside a commodity


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The usual price at another market, in the same unit and level as the sentence around it."""

    market: str
    usual: Money


@dataclass(frozen=True, slots=True)
class Titled:
    """A name people gave (a group's, an episode's), in Khmer, English, and Khmer in Latin letters; all but the first
    may be empty."""

    km: str
    en: str = ""
    latn: str = ""


@dataclass(frozen=True, slots=True)
class When:
    """A day and an hour in local time, said with the weekday: Monday 25/11 2 pm; in brief 25/11 2pm."""

    at: datetime
    brief: bool = False  # in writing, where the weekday would cost a part


FEW = 10  # people or problems; fewer are not counted out


def in_steps(count: int) -> int:
    """A count as others may know it: 0 for fewer than FEW, else at least 10, 20, 50, 100, 200 …"""
    step, found = FEW, 0
    while step <= count:
        for times in (1, 2, 5):
            found = step * times if step * times <= count else found
        step *= 10
    return found


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many people raise a problem, in steps: fewer than ten, at least 10, 20, 50 …"""

    count: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """What somebody recorded for this one occasion: the names of its clips in Khmer and English, of which one may be
    empty. It can only be heard."""

    km: str
    en: str = ""


Arg: TypeAlias = (
    Money | Rate | Named | Titled | When | Crowd | Recorded | date | time | int | str | tuple[Elsewhere, ...]
)


_COENG = "\u17d2"  # joins what stands before it with what follows
_JOINED = frozenset((*map(chr, range(0x17B4, 0x17D4)), "\u17dd", "\u200b"))  # Khmer vowels and signs

NEXT_PAGE = "…"  # the value of the choice that leads to further choices


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several numbered answers: the value the flow gets back, and what the person reads or hears.

    `key` is the number it is chosen by; 0 for its place in the row.
    """

    value: str
    label: Prompt | Arg
    key: int = 0


@dataclass(frozen=True, slots=True)
class Prompt:
    """A sentence. `shorter` is said instead where this one would cost a further part."""

    id: str
    args: Mapping[str, Arg] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()  # rendered into {choices}, numbered from 1
    shorter: Prompt | None = None
    by_outcome: Mapping[str, Prompt] = field(default_factory=dict)  # said instead when an event ended so


def numbered(choices: Sequence[Choice]) -> list[tuple[int, Choice]]:
    """Choices with the number each is chosen by."""
    return [(choice.key or place, choice) for place, choice in enumerate(choices, 1)]


def say(id: str, shorter: Prompt | None = None, **args: Arg) -> Prompt:
    """A prompt from a marked message id and its arguments."""
    return Prompt(id, args, shorter=shorter)


def cut(words: str, most: int) -> str:
    """Words of at most so many letters, with a sign where some are left out; never within a Khmer syllable."""
    if len(words) <= most:
        return words
    end = most
    while end and (words[end] in _JOINED or words[end - 1] == _COENG):
        end -= 1
    return words[:end].rstrip() + "…"


def N_(text: str) -> str:  # noqa: N802
    """Mark a message id for the catalogues, written and spoken; the text is returned as it is."""
    return text


def T_(text: str) -> str:  # noqa: N802
    """Mark a message id that is only ever written."""
    return text


def S_(text: str) -> str:  # noqa: N802
    """Mark a message id that is only ever spoken."""
    return text
