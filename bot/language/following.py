"""What is followed: the alerts of a price that moves, and the prices of the week.

Owns which words begin and end the weekly prices, and what an alert is about. Whether anything is to stop is the
business of `stops`; here a stop is only the weekly prices' where the whole message is about them.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.language import stops
from bot.language.parts import parts
from bot.language.sight import heard, see
from bot.language.words.reading import Reading, read
from flows.heard import SURE, Heard, Intent, Maybe, Slots

_SAPDA = r"s[aoe]?[pb]a?da+h?\w*"
_WEEK = r"(?:សប្ដាហ៍|សប្តាហ៍|សប្ដាហ៏|សប្តាហ៏|សប្ដាហ|សប្តាហ|អាទិត្យ)"
# What nobody says but of something that comes each week; the others may be about anything that does.
_WEEKLY = re.compile(
    rf"\bweekly\b|ប្រចាំ\s*{_WEEK}|\b(?:pra?ch(?:a+m|om|um)|proch(?:a+m))\s*(?:{_SAPDA}|ath?it\w*)", re.IGNORECASE
)
_EVERY_WEEK = re.compile(
    rf"\b(?:every|each|per|once a)\s+week\b|(?:រៀង)?\s*រាល់\s*{_WEEK}|"
    rf"\b(?:reang\s*)?r(?:oa|ou?a|o|a)l\s+(?:{_SAPDA}|ath?it\w*)",
    re.IGNORECASE,
)
# fmt: off
_ALONG = frozenset((
    "price", "send", "message", "tell", "notify", "receive", "want", "know", "service", "start", "come", "ban", "yes",
    "how_much", "report", "markets", "up", "down", "thanks", "hello",
))
_STOPPING = frozenset(("stop", "dont", "not", "no", "again", "cancel", "off", "done"))
# fmt: on
_LIKELY = 0.6  # strange words beside a name that is certain leave this much
_NAMES = frozenset(("commodity", "group", "place", "market", "market_name"))


def weekly(reading: Reading) -> Heard | None:
    """The prices of every week, wanted or wanted no more; None where a message is about anything else as well."""
    text = reading.cleaned
    by_name = _WEEKLY.search(text) is not None
    if not by_name and _EVERY_WEEK.search(text) is None:
        return None
    rest = read(_EVERY_WEEK.sub(" ", _WEEKLY.sub(" ", text)), reading.lexicon)
    if rest.numbers or not all(_goes_along(rest, k) for k in range(len(rest.items))):
        return None
    named = see(rest).named
    if rest.kw & {"stop", "cancel", "off", "dont", "not", "no"}:
        more = stops.denied(reading) or any("all" in part.roles for part in parts(rest))
        return None if more else heard(reading, Intent.WEEKLY_STOP, 0.9)
    if not by_name and rest.kw.isdisjoint(("price", "report")) and not named.commodity:
        return None
    return heard(reading, Intent.WEEKLY, 0.9, Slots(commodity=named.commodity))


def _goes_along(reading: Reading, k: int) -> bool:
    if reading.is_sign(k) or reading.is_filler(k) or set(reading.keywords(k)) & (_ALONG | _STOPPING):
        return True
    return any(sense.kind in _NAMES for sense in reading.items[k].senses) and reading.items[k].score >= SURE


def about(reading: Reading, found: Heard) -> Heard:
    """An alert, or its end, with what it is about: one thing for certain, else what may be meant."""
    if found.intent not in (Intent.ALERT, Intent.ALERT_STOP):
        return found
    named = see(reading).named
    commodity = named.commodity
    if commodity is None and named.general and reading.lexicon.commodity(named.general):
        commodity = named.general
    children = reading.lexicon.children(commodity or named.general or "")
    if found.intent is Intent.ALERT_STOP:
        return replace(found, slots=Slots(commodity=commodity))
    if children:
        maybe = tuple(Maybe("commodity", child, 0.5) for child in children)
        return replace(found, slots=replace(found.slots, commodity=None), maybe=maybe)
    if named.several or (commodity and named.commodity_sure < _LIKELY):
        return replace(found, slots=replace(found.slots, commodity=None), maybe=tuple(named.maybe))
    return replace(found, slots=replace(found.slots, commodity=commodity))
