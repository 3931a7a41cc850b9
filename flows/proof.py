"""How sure it is that whoever is at hand holds the number. What each is good for is trust.py's."""

from __future__ import annotations

from enum import IntEnum


class Proof(IntEnum):
    """How sure it is that the person at hand holds the number; each is worth more than those before it."""

    SHOWN = 1  # a call that came in shows the number: anybody can make it do so, and hears what we say
    WRITTEN = 2  # a message came from it: anybody can send one, but only the holder reads our answer
    HELD = 3  # we rang the number, or digits that we sent to it came back
