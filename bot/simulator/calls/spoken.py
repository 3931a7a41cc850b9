"""A call's course as a page or a terminal shows it: what was said, turn by turn, in words.

Owns how the address of a sound becomes words. Opens no sound.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import unquote, urlsplit

from bot.language.saying.catalogue import load_catalogue
from bot.language.saying.speaking import SPOKEN, clips
from bot.language.words.lexicon import Lexicon
from bot.simulator.calls.course import CourseEntry, Mark

_HEARD = (Mark.SAID, Mark.PLAYED, Mark.PAUSE)
TONE = "♪"


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing the line said; `number` is its place in the call's course, `sound` whether it is a file.

    `last` says that a sentence ends with it.
    """

    number: int
    text: str
    language: str
    sound: bool
    detail: str
    last: bool


@dataclass(slots=True)
class Utterance:
    """What was said in one go, and what came of it."""

    number: int
    step: int
    heard: list[Heard] = field(default_factory=list)
    done: list[CourseEntry] = field(default_factory=list)


def turns(entries: Iterable[CourseEntry]) -> list[Utterance]:
    """The course of a call: a turn begins with a document, or where the line speaks again."""
    found: list[Utterance] = []
    for number, entry in enumerate(entries):
        speaks = entry.mark in _HEARD
        if not found or found[-1].step != entry.step or (speaks and found[-1].done):
            found.append(Utterance(len(found), entry.step))
        if speaks:
            found[-1].heard.append(heard(number, entry))
        else:
            found[-1].done.append(entry)
    return found


def heard(number: int, entry: CourseEntry) -> Heard:
    """An entry in words."""
    if entry.mark is Mark.PLAYED:
        text, language = words_of(entry.text)
        return Heard(number, text, language, True, entry.detail, text == TONE or ".end." in entry.text)
    text = "…" if entry.mark is Mark.PAUSE else entry.text
    return Heard(number, text, entry.language.partition("-")[0], False, entry.detail, last=True)


def words_of(url: str) -> tuple[str, str]:
    """The words of a sound and their language: ♪ for the tone, else what the clip says."""
    folder, _, name = unquote(urlsplit(url).path).rpartition("/")
    voice = folder.rpartition("/")[2]
    if voice == "line":
        return TONE, ""
    if voice not in SPOKEN:
        return name, ""
    id = name.rsplit(".", 3)[0]  # <id>.<take>.<hash>.wav
    return _clips(voice).get(id, id), voice


@cache
def _clips(voice: str) -> Mapping[str, str]:
    """What each clip of a voice says. Those of markets are in the line's database, which a carrier does not know."""
    return {clip.id: clip.text for clip in clips(voice, load_catalogue(voice, "voice"), Lexicon.load())}
