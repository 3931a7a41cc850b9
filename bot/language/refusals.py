"""The safer reading: what sounds like a refusal and is nothing else for certain is STOP.

Owns the parts a refusal is made of (data/refusals.csv: a stop word, a "do not" before a sending, annoyance at
messages) and what shows that another thing is meant. It never makes a STOP smaller.
"""

from __future__ import annotations

from dataclasses import replace

from bot.language import demands, halts, residue, slurred, stops
from bot.language.parts import Part, parts
from bot.language.words.reading import Reading
from flows.heard import SURE, Heard, Intent

_SAFE = 0.8
_NEAR = 6  # atoms between the two halves of a refusal
_FEW = 3
_SURELY = 0.9
_GUESSED = 0.8
_GOODS = frozenset(("commodity", "group", "place"))
_ENDS = frozenset(".!?;។៕")

_DOUBTFUL = frozenset((Intent.UNCLEAR, Intent.HELP, Intent.PRICE_ASK))
_LIGHT = _DOUBTFUL | {Intent.NO, Intent.HELLO, Intent.THANKS, Intent.PLACE}
_YIELDING = _LIGHT | {Intent.PRICE, Intent.ALERT, Intent.NOT_ME, Intent.SETTINGS, Intent.RADIO}
_MISREAD = _DOUBTFUL | {Intent.SETTINGS, Intent.PLACE, Intent.PRICE, Intent.ALERT_STOP}
_SMALLER = frozenset((Intent.ALERT_STOP, Intent.RADIO_STOP))
_UNCERTAIN = _LIGHT | {Intent.SETTINGS, Intent.YES}
_REFUSALS = _SMALLER | {Intent.GROUP_LEAVE}
_TOLD = frozenset((Intent.START, Intent.RADIO_STOP, Intent.ALERT_STOP, Intent.GROUP_LEAVE))  # demanded in part
_OTHER_MATTERS = frozenset(("meeting", "problem", "complain", "how_much", "report", "radio", "group"))
_WATCHED = ("price", "up", "down")


def safer(reading: Reading, found: Heard, asked: bool = False) -> Heard:
    """What was found, or STOP where that is the safer reading; `asked`: the message may answer a question."""
    if found.intent is Intent.STOP or halts.missed(reading):
        return found
    if found.intent not in _TOLD and demands.made(reading):
        return _stopped(found)
    if _slurred(reading, found, asked):
        return _stopped(found)
    said = parts(reading)
    if found.intent in _SMALLER:
        return _stopped(found) if _everything(reading, said, found.intent) or _news(reading, found) else found
    if asked and found.intent is Intent.YES and any(m.sending for m in halts.marks(reading)):
        smaller = stops.stop(reading)  # "do not send" is no yes, though there is a "come" (មក) in it
        return replace(found, intent=smaller) if smaller in _REFUSALS else found
    unsure = (
        found.intent in (Intent.YES, Intent.CHOICE, Intent.REPORT, Intent.PRICE)
        and found.confidence < SURE
        and not asked
    )
    if (found.intent in _YIELDING or unsure) and _refused(reading, said):
        return _stopped(found)
    if found.intent in _YIELDING and _held(reading, said):
        return _stopped(found)
    light = _DOUBTFUL if asked else _LIGHT
    light_enough = found.intent in light or (unsure and found.intent in (Intent.YES, Intent.PRICE))
    if light_enough and _suspected(reading, said):
        return _stopped(found)
    return _stopped(found) if not asked and _left_over(reading, found, said) else found


def _left_over(reading: Reading, found: Heard, said: list[Part]) -> bool:
    """Nothing else is meant for certain, and it is a refusal in the loosest reading."""
    if found.intent is Intent.GROUP_LEAVE:
        return residue.left(reading)
    if found.intent in (Intent.START, Intent.NOT_ME):
        return residue.struck(reading) or residue.needless(reading)
    doubtful = found.intent in _UNCERTAIN
    if not (doubtful or found.intent is Intent.PRICE or found.confidence < SURE):
        return False
    kw = reading.kw
    if kw & _OTHER_MATTERS or "when_ask" in kw or any(part.roles & {"excuse", "seek", "own"} for part in said):
        return False
    if doubtful:
        return residue.refused(reading)
    of_any = found.intent is Intent.PRICE and found.slots.commodity is None
    return not reading.numbers and (of_any or "price" not in kw) and residue.wholly(reading)


def _news(reading: Reading, found: Heard) -> bool:
    """សុំកុំផ្ញើដំណឹងមកលេខនេះ: news, but no price and nothing that has one, are to come to this number no more."""
    return (
        found.intent is Intent.ALERT_STOP
        and reading.kw.isdisjoint(("price", "up", "down", "daily"))
        and not reading.kinds & _GOODS
        and residue.refused(reading)
    )


def whole(reading: Reading) -> bool:
    """True where every word belongs to a refusal: it is one even inside free words."""
    said = parts(reading)
    covered = {n for part in said for n in range(part.i, part.j) if not part.roles <= {"subject", "thing", "doing"}}
    light = {n for k, item in enumerate(reading.items) if reading.is_filler(k) for n in range(item.i, item.j)}
    every = all(n in covered or n in light or a.kind == "s" for n, a in enumerate(reading.atoms))
    return every and _refused(reading, said)


def _stopped(found: Heard) -> Heard:
    return replace(found, intent=Intent.STOP, confidence=_SAFE, slots=type(found.slots)(), maybe=())


def _refused(reading: Reading, said: list[Part]) -> bool:
    """A refusal of being written to or called, plainly said."""
    if any(part.roles & {"excuse", "seek"} for part in said):
        return any("strike" in part.roles for part in said)
    return any(
        ("strike" in part.roles and not _spared(said, n))
        or ("refuse" in part.roles and _forbids(reading, said, n))
        or ("not" in part.roles and _unwanted(reading, said, n, ("message", "contact", "all")))
        or ("bother" in part.roles and _bothered(reading, said, n, ("message", "contact")))
        for n, part in enumerate(said)
    )


def _slurred(reading: Reading, found: Heard, asked: bool) -> bool:
    """Misspelt word by word; what answers a question, is a smaller stop or takes one back stands against a clause."""
    if asked:
        return found.intent in _MISREAD and slurred.whole(reading)
    if found.intent in _REFUSALS or found.intent is Intent.START:
        return slurred.whole(reading)
    return slurred.whole_clause(reading)


def _held(reading: Reading, said: list[Part]) -> bool:
    """Misspelt, and more is said beside it; in which script or language to send is another wish."""
    return slurred.held(reading) and not any(part.roles & {"excuse", "seek", "own"} for part in said)


def _spared(said: list[Part], n: int) -> bool:
    """កុំលុបលេខខ្ញុំ: do not strike me off."""
    before = said[n - 1].roles if n and said[n - 1].j == said[n].i else frozenset[str]()
    return "refuse" in before and "stop" not in before


def _suspected(reading: Reading, said: list[Part]) -> bool:
    """A stop word, an "I do not want", an annoyance that is nobody else's and about nothing else."""
    trouble = any(item.ids("category") and item.score > _GUESSED for item in reading.items)
    if reading.kw & _OTHER_MATTERS or trouble or any("seek" in p.roles for p in said):
        return False
    for n, part in enumerate(said):
        if "stop" in part.roles and not stops.denied(reading) and not _anothers(reading, said, n):
            return True
        named = any(item.score > _SURELY and _GOODS & {s.kind for s in item.senses} for item in reading.items)
        if named or any("excuse" in p.roles for p in said):
            continue
        if "over" in part.roles and not _anothers(reading, said, n):
            return True
        if "not" in part.roles and _unwanted(reading, said, n, ("this", "again"), bare=True):
            return True
        if "bother" in part.roles and _bothered(reading, said, n, ("this", "again", "self"), bare=True):
            return True
    return False


def _after(reading: Reading, said: list[Part], n: int, reach: int = _NEAR) -> list[Part]:
    """The parts that follow in the same clause."""
    out = []
    for part in said[n + 1 :]:
        between = reading.atoms[said[n].j : part.i]
        if part.i - said[n].j > reach or any(a.key in _ENDS for a in between):
            break
        out.append(part)
    return out


def _before(reading: Reading, said: list[Part], n: int, reach: int) -> list[Part]:
    out = []
    for part in reversed(said[:n]):
        between = reading.atoms[part.j : said[n].i]
        if said[n].i - part.j > reach or any(a.key in _ENDS or a.key == "," for a in between):
            break
        out.append(part)
    return out


def _forbids(reading: Reading, said: list[Part], n: int) -> bool:
    """ "Do not" before a sending; "I do not write" tells of oneself, the police stop and call."""
    part = said[n]
    if "".join(a.key for a in reading.atoms[part.j : part.j + 2]).startswith(halts.SEEN):
        return False
    following = _after(reading, said, n)
    topic = n > 0 and "message" in said[n - 1].roles and said[n - 1].j == part.i  # sms no need
    if not topic and not any("contact" in p.roles for p in following):
        return False
    if "stop" in part.roles:
        return not stops.denied(reading) and not _anothers(reading, said, n)
    own = n > 0 and said[n - 1].j == part.i and said[n - 1].roles & {"self", "subject"}
    latin = reading.atoms[part.i].key in ("dont", "do", "never", "no", "not", "without")
    return not (own and latin) and not any("stop" in p.roles for p in following[:1])


def _unwanted(reading: Reading, said: list[Part], n: int, what: tuple[str, ...], bare: bool = False) -> bool:
    """I do not want these messages; `bare`: nothing need be named."""
    wanting = [m for m, p in enumerate(said) if m > n and "want" in p.roles and p.i - said[n].j <= 2][:1]
    others = [reading.atoms[p.i : p.j] for p in _before(reading, said, n, 2)] if bare else []
    told = any("".join(a.key for a in words) in halts.THEY for words in others)
    if not wanting or told or stops.denied(reading):
        return False
    rest = _after(reading, said, wanting[0])
    if any(p.roles & {"doing", "subject", "thing", "stop"} and not p.roles & set(what) for p in rest):
        return False
    if any(not p.roles.isdisjoint(what) for p in rest):
        return True
    return bare and len(reading.items) <= 6


def _bothered(reading: Reading, said: list[Part], n: int, what: tuple[str, ...], bare: bool = False) -> bool:
    """Annoyed at messages; `bare`: said alone."""
    if _spared(said, n) and "contact" not in said[n].roles:
        return False  # កុំខឹង: do not be angry
    others = [p for m, p in enumerate(said) if m != n]
    if any("subject" in p.roles for p in _before(reading, said, n, _NEAR) + _after(reading, said, n)):
        return False
    if any(not p.roles.isdisjoint(what) for p in others):
        return True
    return bare and len(reading.items) <= 4


def _anothers(reading: Reading, said: list[Part], n: int) -> bool:
    """What stops is somebody else, or something we do not send; a stop that is denied; a price that settles."""
    part = said[n]
    if reading.kw.intersection(_WATCHED) and reading.kw & {"not_yet", "question", "how_much", "when_ask", "status"}:
        return True
    items = reading.items
    held = [m for m in halts.marks(reading) if items[m.start].i < part.j and part.i < items[m.end - 1].j]
    if held and all(halts.idle(reading, m) or halts.denial(reading, m) is not None for m in held):
        return True
    if n and said[n - 1].j == part.i and said[n - 1].roles & {"not", "refuse"} and "stop" not in said[n - 1].roles:
        return True
    if any(p.roles & {"subject", "thing"} for p in _before(reading, said, n, _NEAR)):
        return True
    after = _after(reading, said, n, 2)[:2]
    return any(p.roles & {"doing", "subject", "thing"} and not p.roles & {"contact", "message"} for p in after)


def _everything(reading: Reading, said: list[Part], found: Intent) -> bool:
    """Prices, radio, all: only where "all" stands before the one thing named is it that thing alone."""
    kept = any("keep" in p.roles for p in said)
    for part in said:
        if part.roles.isdisjoint(("all", "remind")) or kept or _sold(reading, part):
            continue
        later = [k for k, item in enumerate(reading.items) if item.i >= part.j]
        if not any(_named(reading, k) for k in later):
            return True
    return found is Intent.RADIO_STOP and not kept and bool(reading.kw & {"price", "notify", "meeting"})


def _sold(reading: Reading, part: Part) -> bool:
    """I sold them all, ស្លាប់ទាំងអស់: all of something else."""
    near = [k for k, item in enumerate(reading.items) if part.i - _FEW <= item.i < part.i]
    return any({"sell", "buy"} & set(reading.keywords(k)) or reading.items[k].ids("category") for k in near)


def _named(reading: Reading, k: int) -> bool:
    senses = reading.items[k].senses
    return "radio" in reading.keywords(k) or any(s.kind in ("commodity", "group") for s in senses)
