"""Trouble on the carrier, as somebody asked for it: what goes wrong, for whom, how often.

Owns which troubles are on and when one strikes. Does nothing wrong itself: whoever asks here does. Forgotten when
the process ends.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import secrets
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from bot.simulator.phones import read_number


class TroubleKind(StrEnum):
    """What goes wrong."""

    # An order by REST is not taken.
    REFUSE = "refuse"  # with a code
    THROTTLE = "throttle"  # 429 and Retry-After
    ERROR = "error"  # 500
    DROP = "drop"  # the connection ends without an answer
    # An order is taken.
    SILENCE = "silence"  # and never answered
    SLOW = "slow"  # and answered late
    # What becomes of it.
    UNDELIVERED = "undelivered"  # the phone never gets it
    SHUFFLE_MESSAGES = "shuffle-messages"  # the phone gets a later message first
    # What the line is told.
    LATE_REPORTS = "late-reports"
    DOUBLE_REPORTS = "double-reports"
    SHUFFLE_REPORTS = "shuffle-reports"  # the end first, then what was before it
    LOSE_REPORTS = "lose-reports"
    DOUBLE_WEBHOOKS = "double-webhooks"  # twice at once


class Channel(StrEnum):
    """What a trouble is about; `ALL` is messages and calls."""

    ALL = "all"
    SMS = "sms"
    CALLS = "calls"
    ASKING = "asking"  # lists, look-ups and recordings by REST, which are about no phone


_AT_THE_DOOR = (TroubleKind.THROTTLE, TroubleKind.ERROR, TroubleKind.DROP, TroubleKind.SILENCE, TroubleKind.SLOW)
# The codes that can be chosen; what the line makes of them is the line's affair.
CODES: Mapping[TroubleKind, Mapping[int, str]] = {
    TroubleKind.REFUSE: {
        21211: "The 'To' number is not a valid phone number.",
        21408: "Permission to send to this region has not been enabled.",
        21608: "The number is unverified. Trial accounts cannot send to unverified numbers.",
        21610: "Attempt to send to unsubscribed recipient",
        21611: "This 'From' number has exceeded the maximum number of queued messages.",
        21612: "The 'To' phone number is not currently reachable.",
        21614: "'To' number is not a valid mobile number.",
        21635: "'To' number cannot be a landline.",
    },
    TroubleKind.UNDELIVERED: {
        30003: "Unreachable destination handset",
        30001: "Queue overflow",
        30005: "Unknown destination handset",
        30006: "Landline or unreachable carrier",
        30007: "Message filtered",
        30008: "Unknown error",
        30036: "Validity period expired",
        30450: "Message delivery blocked",
    },
}
# Kinds that wait, with the seconds they wait when nothing is said and the most they may.
WAITS: Mapping[TroubleKind, tuple[float, float]] = {
    TroubleKind.THROTTLE: (1, 3600),  # told in Retry-After, in whole seconds
    TroubleKind.SILENCE: (120, 120),  # then the connection ends; most clients have left by then
    TroubleKind.SLOW: (5, 120),
    TroubleKind.SHUFFLE_MESSAGES: (10, 3600),  # for a later message to overtake
    TroubleKind.LATE_REPORTS: (5, 3600),
}
_MOST = 50  # troubles at a time
_MOST_NEXT = 1_000_000
_FIELDS = ("trouble", "channel", "phone", "chance", "next", "code", "seconds", "seed")


class TroubleError(ValueError):
    """A trouble that cannot be: `field` is the one at fault, `line` says what it should be."""

    def __init__(self, field: str, line: str) -> None:
        super().__init__(line)
        self.field = field
        self.line = line


@dataclass(frozen=True, slots=True)
class Trouble:
    """One trouble as asked for: either by chance (percent) or for the `next` so many.

    The same seed gives each phone the same fate again, whatever happens to others meanwhile.
    """

    kind: TroubleKind
    channel: Channel
    phone: str | None  # all when None
    chance: float | None
    next: int | None
    code: int | None
    seconds: float | None
    seed: int

    def concerns(self, kind: TroubleKind, channel: Channel, number: str) -> bool:
        about = self.channel is channel or (self.channel is Channel.ALL and channel is not Channel.ASKING)
        return self.kind is kind and about and self.phone in (None, number)


@dataclass(frozen=True, slots=True)
class Standing:
    """A trouble and how it went: cases it could have struck, cases it did. `left` counts down from `next`."""

    id: int
    trouble: Trouble
    met: int = 0
    struck: int = 0

    @property
    def left(self) -> int | None:
        return None if self.trouble.next is None else self.trouble.next - self.struck

    @property
    def on(self) -> bool:
        return self.left != 0

    def as_json(self) -> dict[str, Any]:
        told = asdict(self.trouble)
        kind = told.pop("kind")
        return {
            "id": self.id,
            "trouble": kind,
            **told,
            "left": self.left,
            "on": self.on,
            "met": self.met,
            "struck": self.struck,
        }


class Troubles:
    """The troubles that are on, oldest first. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._standing: dict[int, Standing] = {}
        self._met: dict[int, Counter[str]] = {}

    def begin(self, trouble: Trouble) -> Standing:
        """Let this go wrong from now on; raises TroubleError when too much does already."""
        with self._lock:
            if len(self._standing) >= _MOST:
                raise TroubleError("many", f"There are {_MOST} troubles already: end some first.")
            standing = Standing(next(self._ids), trouble)
            self._standing[standing.id] = standing
            self._met[standing.id] = Counter()
            return standing

    def end(self, id: int | None = None) -> bool:
        """End one trouble, or all; whether there was one."""
        with self._lock:
            ended = list(self._standing) if id is None else [id] if id in self._standing else []
            for one in ended:
                del self._standing[one], self._met[one]
            return bool(ended)

    def now(self) -> list[Standing]:
        """All that were begun and not ended, those that are used up included."""
        with self._lock:
            return list(self._standing.values())

    def strikes(self, kind: TroubleKind, channel: Channel, number: str = "") -> Trouble | None:
        """The trouble that strikes in this case, and counts it; None when all goes well."""
        with self._lock:
            for id, standing in self._standing.items():
                trouble = standing.trouble
                if not standing.on or not trouble.concerns(kind, channel, number):
                    continue
                turn = self._met[id][number]
                self._met[id][number] += 1
                hit = trouble.chance is None or _draw(trouble, number, turn) * 100 < trouble.chance
                self._standing[id] = replace(standing, met=standing.met + 1, struck=standing.struck + hit)
                if hit:
                    return trouble
            return None


def _draw(trouble: Trouble, number: str, turn: int) -> float:
    """A number from 0 to below 1 that depends on nothing but the seed and this phone's own past."""
    words = f"{trouble.seed} {trouble.kind} {number} {turn}".encode()
    return int.from_bytes(hashlib.blake2b(words, digest_size=6).digest()) / 2**48


def read_trouble(given: Mapping[str, Any]) -> Trouble:
    """A trouble from a form or a JSON object, where an empty value is none; raises TroubleError."""
    values = {name: value for name, value in given.items() if value not in ("", None)}
    strange = [name for name in values if name not in _FIELDS]
    if strange:
        raise TroubleError("fields", f"{strange[0]} is unknown; there are {', '.join(_FIELDS)}.")
    kind = TroubleKind(_one_of(values, "trouble", list(TroubleKind), None))
    channel = Channel(_one_of(values, "channel", list(Channel), Channel.ALL))
    if channel is Channel.ASKING and kind not in _AT_THE_DOOR:
        raise TroubleError("channel", f"{kind} cannot happen to asking; {_listed(_AT_THE_DOOR)} can.")
    if channel is Channel.CALLS and kind is TroubleKind.SHUFFLE_MESSAGES:
        raise TroubleError("channel", f"{kind} cannot happen to calls.")
    phone = _phone(values.get("phone"))
    if phone is not None and channel is Channel.ASKING:
        raise TroubleError("phone", "Asking is about no phone: leave the phone out.")
    if "chance" in values and "next" in values:
        raise TroubleError("next", "Give chance or next, not both.")
    chance = _number(values, "chance", 0, 100, "percent")
    count = _whole(values, "next", 1, _MOST_NEXT)
    seed = _whole(values, "seed", 0, 2**63)
    return Trouble(
        kind=kind,
        channel=channel,
        phone=phone,
        chance=100.0 if chance is None and count is None else chance,
        next=count,
        code=_code(values, kind),
        seconds=_seconds(values, kind),
        seed=secrets.randbelow(1_000_000) if seed is None else seed,
    )


def _one_of(values: Mapping[str, Any], name: str, among: list[str], default: str | None) -> str:
    value = values.get(name, default)
    if value not in among:
        raise TroubleError(name, f"{name} must be one of: {_listed(among)}.")
    return str(value)


def _phone(typed: object) -> str | None:
    if typed is None:
        return None
    number = read_number(str(typed)[:40])
    if number is None:
        raise TroubleError("phone", "phone must be a number such as +85512000001, or be left out for all phones.")
    return number


def _code(values: Mapping[str, Any], kind: TroubleKind) -> int | None:
    codes = CODES.get(kind)
    if codes is None:
        if "code" in values:
            raise TroubleError("code", f"{kind} has no code; {_listed(CODES)} do.")
        return None
    code = _whole(values, "code", 0, 99_999)
    if code is None and kind is TroubleKind.UNDELIVERED:
        return next(iter(codes))
    if code not in codes:
        raise TroubleError("code", f"code must be one of: {_listed(sorted(codes))}.")
    return code


def _seconds(values: Mapping[str, Any], kind: TroubleKind) -> float | None:
    if kind not in WAITS:
        if "seconds" in values:
            raise TroubleError("seconds", f"{kind} waits for nothing; {_listed(WAITS)} take seconds.")
        return None
    usual, most = WAITS[kind]
    given = _number(values, "seconds", 0, most, "seconds")
    return usual if given is None else given


def _number(values: Mapping[str, Any], name: str, least: float, most: float, unit: str) -> float | None:
    if name not in values:
        return None
    try:
        number = math.nan if isinstance(values[name], bool) else float(values[name])
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not least <= number <= most:
        raise TroubleError(name, f"{name} must be a number from {least:g} to {most:g} ({unit}).")
    return number


def _whole(values: Mapping[str, Any], name: str, least: int, most: int) -> int | None:
    if name not in values:
        return None
    text = str(values[name]).strip()
    if not (text.isascii() and text.isdigit() and len(text) < 20 and least <= int(text) <= most):
        raise TroubleError(name, f"{name} must be a whole number from {least} to {most}.")
    return int(text)


def _listed(names: Any) -> str:
    return ", ".join(str(name) for name in names)
