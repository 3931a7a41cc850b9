"""The daily digest of an office as an SMS: a few short sentences, the counts that are not zero, and a link.

Owns the words, and what is left out first where they would cost too much. The counts come in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows import codes
from flows.prompts import T_, Crowd, Prompt, Titled, say

HEAD = T_("{office}, problems today:")
NEW = T_("{count} new.")
UNREAD = T_("{count} unread.")
OVERDUE = T_("{count} overdue.")
OVERDUE_ONE = T_("{count} overdue ({code}).")
OVERDUE_LONGEST = T_("{count} overdue, longest {code}.")
REOPENED = T_("{count} reopened.")
BELOW = T_("{count} overdue at offices below.")
PROVINCES = T_("In the provinces {new} new, {overdue} overdue.")
JOINED = T_("{code}: {count} people.")
CONFIRMED = T_("{count} solved, say the people.")
NOTHING = T_("Phsar: nothing new about problems of {office}.")
SEE = T_("See: {link}")

# What is told, in its order; and what is left out, the first thing first, where it is too much.
_TOLD = ("new", "unread", "overdue", "reopened", "below", "provinces", "joined", "confirmed")
_LEFT_OUT = ("confirmed", "joined", "code", "unread", "reopened", "below", "provinces", "new", "link")


@dataclass(frozen=True, slots=True)
class Counted:
    """What a digest may tell; zero and empty: nothing of it. `code` is the longest overdue one's, `joined` the one's
    that most people (`voices`) raise. `provinces`: new and overdue at all offices below a ministry."""

    new: int = 0
    unread: int = 0
    overdue: int = 0
    code: str = ""
    reopened: int = 0
    below: int = 0
    provinces: tuple[int, int] = (0, 0)
    joined: str = ""
    voices: int = 0
    confirmed: int = 0


def told(counted: Counted, office: Titled, link: str) -> Iterator[tuple[Prompt, ...]]:
    """The digest, whole at first, then always shorter."""
    for number in range(len(_LEFT_OUT) + 1):
        without = _LEFT_OUT[:number]
        said = [prompt for name in _TOLD if name not in without and (prompt := _sentence(name, counted, without))]
        head = [say(HEAD if said else NOTHING, office=office)]
        yield (*head, *said, *(() if "link" in without else (say(SEE, link=link),)))


def _sentence(name: str, counted: Counted, without: Sequence[str]) -> Prompt | None:
    match name:
        case "new" if counted.new:
            return say(NEW, count=counted.new)
        case "unread" if counted.unread:
            return say(UNREAD, count=counted.unread)
        case "overdue" if counted.overdue:
            return _overdue(counted, "code" in without)
        case "reopened" if counted.reopened:
            return say(REOPENED, count=counted.reopened)
        case "below" if counted.below:
            return say(BELOW, count=counted.below)
        case "provinces" if any(counted.provinces):
            return say(PROVINCES, new=counted.provinces[0], overdue=counted.provinces[1])
        case "joined" if counted.joined:
            return say(JOINED, code=codes.shown(counted.joined), count=Crowd(counted.voices))
        case "confirmed" if counted.confirmed:
            return say(CONFIRMED, count=counted.confirmed)
    return None


def _overdue(counted: Counted, bare: bool) -> Prompt:
    if bare or not counted.code:
        return say(OVERDUE, count=counted.overdue)
    id = OVERDUE_ONE if counted.overdue == 1 else OVERDUE_LONGEST
    return say(id, count=counted.overdue, code=codes.shown(counted.code))
