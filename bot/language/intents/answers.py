"""Answers that need no weighing: bare numbers, the choices' own words, codes, telephone numbers, hours of the day.

Owns what is certain while a question is open. Everything else is for the scorer, which knows what was asked.
"""

from __future__ import annotations

from bot.language.intents import options
from bot.language.intents.found import Found
from bot.language.slots import codes, groups, meetings
from bot.language.slots.dates import LAST_HOUR
from bot.language.text.tables import keys
from bot.language.words.reading import Reading
from flows.heard import Asked, Heard, Intent, Kind, Slots

_CLEAR = 0.98
_PARTS = frozenset(("morning", "noon", "afternoon", "evening", "night"))
_FIGURES = (Kind.AMOUNT, Kind.WHEN, Kind.COUNT)
_RSVP = {1: Intent.YES, 2: Intent.NO, 3: Intent.LATE}
_AGREED = {1: Intent.YES, 2: Intent.NO}
_NO_CODE = ("no", "not", "not_yes", "unsure", "cancel")
_CONSENT = ("yes", "ban", "come", "go", "join_in", "join_group", "want", "thanks", "no_problem", "no_worry")


def certain(found: Found, asked: Asked) -> Heard | None:
    """An answer that can be nothing else; None where words have to be weighed."""
    reading = found.reading
    if asked.kind is Kind.PHONES:
        numbers = groups.phones(reading.cleaned)
        return found.heard(Intent.GROUP_INVITE, slots=Slots(numbers=numbers)) if numbers else None
    about = codes.told(reading, bare=asked.kind not in _FIGURES)
    if about is None and asked.kind is Kind.CODE:
        about = codes.asked(reading) or _no_code(found)
    if about is not None:
        return about
    number = options.number(reading)
    if number == 0 and reading.items[0].digits and asked.kind is not Kind.COUNT:
        return found.heard(Intent.HOME)
    answer = _numbered(found, asked, number)
    return answer or options.bare_price(found, asked) or (options.by_words(found, asked) if asked.options else None)


def _numbered(found: Found, asked: Asked, number: int | None) -> Heard | None:
    """A message that is a number and nothing else."""
    kind = asked.kind
    if number is None or number == -1:
        return _part_of_day(found, asked) if kind is Kind.WHEN else None
    if kind is Kind.RSVP and not asked.options:
        return _one_of(found, _RSVP, number)
    if kind in (Kind.CONFIRM, Kind.RESOLVED) and number <= 9:
        return _one_of(found, _AGREED, number)
    if kind is Kind.COUNT:
        fits = 0 <= number <= groups.MOST_PEOPLE
        return found.heard(Intent.MEETING_REPORT, slots=Slots(count=number)) if fits else None
    if asked.options or kind in (Kind.CHOOSE, Kind.POLL):
        count = len(asked.options) or (3 if kind is Kind.CHOOSE else 5)
        if 1 <= number <= count:
            return found.heard(Intent.CHOICE, _CLEAR, Slots(choice=number))
        if kind in (Kind.CHOOSE, Kind.POLL) and number < 50:
            return found.heard(Intent.UNCLEAR, 0.7)
    if kind is Kind.WHEN and 1 <= number <= 31:
        if asked.codes == "day" or number > LAST_HOUR:
            return found.heard(Intent.WHEN, slots=Slots(day=str(number)))
        return found.heard(Intent.WHEN, slots=meetings.slots(found, placed=True, answering=True))
    return None


def _one_of(found: Found, intents: dict[int, Intent], number: int) -> Heard:
    intent = intents.get(number, Intent.UNCLEAR)
    return found.heard(intent, 0.7 if intent is Intent.UNCLEAR else _CLEAR)


def _part_of_day(found: Found, asked: Asked) -> Heard | None:
    """One of the offered hours by the part of the day alone."""
    parts = {id for item in found.reading.items for id in item.ids("time")} & _PARTS
    if not parts or found.reading.numbers:
        return None
    fits = [which for which, option in enumerate(asked.options, 1) if _in_part(option.value, parts)]
    return found.heard(Intent.CHOICE, 0.9, Slots(choice=fits[0])) if len(fits) == 1 else None


def _in_part(value: str, parts: set[str]) -> bool:
    """Whether an hour lies in a part of the day."""
    hour = value.partition(":")[0]
    return hour.isdigit() and (int(hour) < 12) == (parts == {"morning"})


def _no_code(found: Found) -> Heard | None:
    """No, I do not know: no code comes."""
    reading = found.reading
    if reading.kw & set(_NO_CODE) and reading.only(*_NO_CODE, "code_word", "know"):
        return found.heard(Intent.NO)
    return None


def wonders(reading: Reading) -> bool:
    """ "And is it really free?": a yes at the end of a question agrees to nothing."""
    return bool(reading.items) and (reading.key(0) in keys("wondering") or "free" in reading.kw)


def consents(reading: Reading) -> bool:
    """A number, or a yes that asks nothing and says nothing else."""
    if options.number(reading) is not None or not reading.kw:
        return True
    asking = any(atom.key == "?" for atom in reading.atoms)
    return not asking and not wonders(reading) and reading.only(*_CONSENT)


def polite(reading: Reading) -> bool:
    """A yes out of good manners and nothing else: a bare "ok", the polite word."""
    return options.number(reading) is None and (reading.only("yes", "thanks") or not reading.kw)


def joining(reading: Reading) -> Intent | None:
    """The invitation's own word is a yes to it, and "I do not want" a no: elsewhere START and STOP."""
    said = [frozenset(reading.keywords(k)) for k in range(len(reading.items))]
    typed = [reading.key(k) for k in range(len(reading.items))]
    joins = [
        key in keys("joining") or bool(ids & {"join_in", "join_group"}) for key, ids in zip(typed, said, strict=True)
    ]
    for k, ids in enumerate(said):
        known = joins[k] or typed[k] in ("to", "group") or ids & {"yes", "want", "not", "no", "dont"}
        if not (known or reading.is_filler(k) or reading.is_sign(k)) or typed[k] in ("?", "\uff1f"):
            return None
    every = frozenset().union(*said)
    if any(joins) and not every & {"not", "no", "dont"}:
        return Intent.YES
    unwanted = ("not" in every and ("want" in every or any(joins))) or "dontwant" in typed
    return Intent.NO if unwanted else None


def excuses(reading: Reading) -> bool:
    """Who begins by not coming gives a reason: the road is flooded, but no problem is told of."""
    spoken = [k for k in range(len(reading.items)) if not (reading.is_filler(k) or reading.is_sign(k))][:2]
    said = {id for k in spoken for id in reading.keywords(k)}
    refusing = bool(said & {"not_come", "late"}) or ("not" in said and bool(said & {"come", "go", "join_in"}))
    return refusing and not reading.kw & {"problem", "complain"}
