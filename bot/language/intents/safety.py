"""What is certain without weighing: commands that are a whole message, codes, free words, nothing said.

Owns what comes before the scorer, and what is left where there is none. Reads its words from data.
"""

from __future__ import annotations

from bot.language.intents import options, problems
from bot.language.intents.commands import command
from bot.language.intents.found import Found
from bot.language.slots import codes
from bot.language.text.tables import keys
from bot.language.words.reading import Reading
from flows.heard import Asked, Heard, Intent, Kind, Slots

_AGREEING = (Kind.CONFIRM, Kind.RESOLVED, Kind.RSVP)
_THUMB = "\U0001f44d"
_UNWEIGHED = 0.5
_MOST_CHOICES = 9


def certain(found: Found, asked: Asked) -> Heard | None:
    """What a message is whatever else it may sound like; None where it has to be weighed."""
    reading = found.reading
    if (whole := command(reading.atoms)) is not None and not (whole is Intent.ISSUE_JOIN and asked.kind is Kind.WORDS):
        return found.heard(whole)
    if (code := codes.plus_one(reading)) is not None and asked.kind is not Kind.PHONES:
        told = codes.behind(reading, code) or None
        return found.heard(Intent.ISSUE_JOIN, slots=Slots(code=code.digits, words=told))
    if only_question_marks(reading):
        return found.heard(Intent.HELP)
    spoken = [item for k, item in enumerate(reading.items) if not reading.is_sign(k)]
    if len(spoken) == 1 and spoken[0].digits in ("0", "00") and asked.kind is not Kind.COUNT:
        return found.heard(Intent.HOME)
    if asked.kind is Kind.WORDS:
        code = codes.first(reading)
        return codes.told(reading) if code is not None and code.apart and code.valid else None
    if not any(atom.kind in "kld" for atom in reading.atoms):
        return _signs(found, asked)
    return _blue(found) if asked.kind is None else None


def only_question_marks(reading: Reading) -> bool:
    """`?`, `??`: asking for help."""
    return (
        bool(reading.atoms)
        and all(atom.key in "?\uff1f\u17d6!" for atom in reading.atoms)
        and any(atom.key in "?\uff1f" for atom in reading.atoms)
    )


def _signs(found: Found, asked: Asked) -> Heard:
    """Not one letter or digit: a thumb may agree."""
    if asked.kind in _AGREEING and any(atom.key == _THUMB for atom in found.reading.atoms):
        return found.heard(Intent.YES, 0.8)
    return found.heard(Intent.UNCLEAR, 0.5 if found.reading.atoms else 0.9)


def _blue(found: Found) -> Heard | None:
    """Out of the blue: a code in front beats all; a bare number is a choice nobody offered."""
    reading = found.reading
    if (told := codes.told(reading)) is not None:
        return told
    if "".join(atom.key for atom in reading.atoms if atom.kind != "s") in keys("stop_where_nothing_is_asked"):
        return found.heard(Intent.STOP)
    if (choice := options.number(reading)) is not None and 0 < choice <= _MOST_CHOICES:
        return found.heard(Intent.CHOICE, 0.6, Slots(choice=choice))
    if any(atom.kind in "kl" for atom in reading.atoms):
        return None
    if (code := codes.within(reading)) is not None:
        return found.heard(Intent.ISSUE_STATUS, slots=Slots(code=code))
    return found.heard(Intent.UNCLEAR, 0.6)


def words(found: Found) -> Heard:
    """Free words, with what they name for certain."""
    return found.heard(Intent.WORDS, 1.0, problems.hints(found))


def unweighed(found: Found, asked: Asked) -> Heard:
    """What is left where there are no weights: a good is a price to be asked about, anything else is unclear."""
    if asked.kind is Kind.WORDS:
        return words(found)
    named = found.named
    slots = Slots(commodity=named.commodity, place=named.place, market=named.market)
    if named.commodity or named.maybe:
        return found.heard(Intent.PRICE, _UNWEIGHED, slots, tuple(named.maybe))
    if asked.kind is Kind.PLACE and named.place:
        return found.heard(Intent.PLACE, named.place_sure, slots)
    return found.heard(Intent.UNCLEAR, _UNWEIGHED)
