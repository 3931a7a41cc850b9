"""The clips of the line by voice: what is to be recorded, and in which takes.

Owns the shape of a clip; which files there are is the audio room's.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Take(StrEnum):
    """How a clip is spoken: going on, or with the fall of a sentence's end."""

    MID = "mid"
    END = "end"


@dataclass(frozen=True, slots=True)
class Clip:
    """One thing to be recorded. `seconds` is the length a speaker should aim at.

    The id is unique within a voice and fit for a file name: [a-z0-9._-]+ such as n.42, u.kg, c.pig_live.
    """

    id: str
    text: str  # what is said, in the voice's language
    english: str  # the same in English, for the studio
    takes: tuple[Take, ...]
    seconds: float
