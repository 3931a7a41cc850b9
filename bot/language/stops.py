"""STOP: whether a message asks to be left in peace, and from what.

Owns who or what is to stop: the sending, only the prices or the radio, or something that is none of our doing (the
rain, a trader). In doubt it is STOP; a stop that is denied ("do not stop") never is.
"""

from __future__ import annotations

import re

from bot.language import halts
from bot.language.halts import Mark
from bot.language.parts import parts
from bot.language.words.reading import Reading
from flows.heard import Intent

_GOODS = ("commodity", "group")
_LONG = 14
_TAKEN_OFF = re.compile(
    r"(?<!not )(?<!dont )(?<!don't )(?<!never )"
    r"\b(?:take|get|drop|strike|leave|remove|delete) (?:me|my (?:name|number|phone|contact|sim)(?: number)?)"
    r" (?:off|from|out)\b"
)


def stop(reading: Reading) -> Intent | None:
    """STOP, a smaller stop (radio, a group, price alerts), START where a stop is taken back; None for anything else."""
    kw = reading.kw
    marks = halts.marks(reading)
    if halts.taken_back(reading, marks) or _opens(reading, marks):
        return Intent.START
    if _other_manner(reading):
        return None
    refused = {m: n for m in marks if (n := halts.denial(reading, m)) is not None}
    live = [m for m in marks if m not in refused and not halts.idle(reading, m)]
    idle = {k for m in marks if m not in live and m not in refused for k in range(m.start, m.end)}
    refusals = _refusals(reading, idle.union(refused.values()))
    if _TAKEN_OFF.search(reading.cleaned.lower()):
        return Intent.STOP
    sending = bool(kw & halts.SENDING)
    plain = any(m.sending for m in live + refusals)
    cancels = _cancels(reading) if (sending or _me(reading)) and "meeting" not in kw else []
    if not live and not cancels and not plain and not (refusals and (sending or kw & {"again", "radio", "tell"})):
        return None
    heads = live + refusals + cancels
    if "radio" in kw:
        return (
            Intent.STOP
            if plain and not _object(reading, heads, ("radio",)) and not _kept(reading)
            else Intent.RADIO_STOP
        )
    if any(m.sending for m in live):  # no pigs wanted, and no messages: two matters
        heads = [m for m in heads if m.sending or m not in refusals]
    if kw & {"leave_group", "group"} and (
        _of_group(reading, heads) or not (plain or (sending and "leave_group" not in kw))
    ):
        return Intent.GROUP_LEAVE
    if "notify" in kw or _named(reading):
        return _of_prices(reading, live, heads, plain or (bool(cancels or refusals) and sending))
    return Intent.STOP if plain else _bare(reading, live, bool(cancels), sending)


def _bare(reading: Reading, live: list[Mark], cancelling: bool, sending: bool) -> Intent | None:
    """A stop that does not say what of: STOP, where nothing else in the message may be what stops."""
    kw = reading.kw
    if sending:
        return Intent.STOP if "category" not in reading.kinds or len(reading.items) <= 8 else None
    if kw & {"meeting", "problem"} or "category" in reading.kinds:
        return Intent.STOP if "meeting" not in kw and _ends(reading, live) else None
    if not live and not cancelling:
        return Intent.STOP if "again" in kw and not reading.unknown() and "price" not in kw else None
    if "price" in kw and not (_starts(reading, live) or _ends(reading, live)):
        return None
    return Intent.STOP if len(reading.items) <= _LONG and len(reading.unknown()) <= 2 else None


def _opens(reading: Reading, marks: list[Mark]) -> bool:
    """Open the messages again, where nothing is to stop."""
    if marks or "stop" not in reading.kw or reading.kw & {"dont", "not"}:
        return False
    return any(halts.opening(reading, k) and "stop" in reading.keywords(k) for k in range(len(reading.items)))


def denied(reading: Reading) -> bool:
    """True where every stop in the message is denied: កុំឈប់, do not stop."""
    marks = halts.marks(reading)
    return bool(marks) and all(halts.denial(reading, m) is not None for m in marks)


def _of_prices(reading: Reading, live: list[Mark], heads: list[Mark], plain: bool) -> Intent | None:
    """A commodity or an alert is named: what is to stop, or the reason why everything is?"""
    if live and not plain and _shouted(reading):
        return Intent.STOP
    found = _object(reading, heads, _GOODS)
    if plain:
        return Intent.ALERT_STOP if found else Intent.STOP
    told = "tell" in reading.kw or _starts(reading, live) or (not live and {"again", "price"} <= reading.kw)
    if found and told:
        return Intent.ALERT_STOP
    return Intent.STOP if _starts(reading, live) or _ends(reading, live) else None


def _other_manner(reading: Reading) -> bool:
    """Do not forget to send, do not send in Khmer: how to send, not whether."""
    said = parts(reading)
    for n, part in enumerate(said[:-1]):
        if "refuse" not in part.roles or "stop" in part.roles or "again" in reading.kw:
            continue
        sent = "contact" in said[n + 1].roles
        after = said[n + 2 : n + 3] if sent else said[n + 1 : n + 2]
        before = said[n + 1].j if sent else part.j
        if any("excuse" in p.roles and p.i - before <= 2 for p in after):
            return True
        spoken = [k for k, item in enumerate(reading.items) if item.i == before and reading.key(k).startswith("ជា")]
        if any(id.endswith("_language") for k in spoken for id in reading.keywords(k)):
            return True
    return False


def _kept(reading: Reading) -> bool:
    """Only the radio; the prices I still take."""
    keeping = any("keep" in part.roles for part in parts(reading))
    return keeping and bool(reading.kw & {"receive", "want"} or "radio" in reading.keywords(len(reading.items) - 1))


def _named(reading: Reading) -> bool:
    sure = [k for k, item in enumerate(reading.items) if item.score >= 0.75]
    return any(_is_goods(reading, k, _GOODS) and not {"group"} & set(reading.keywords(k)) for k in sure)


def _refusals(reading: Reading, denying: set[int]) -> list[Mark]:
    """What is not wanted, or no longer: every "do not", and a "want" with a "not" in the message."""
    found = [k for k in range(len(reading.items)) if k not in denying and "dont" in reading.keywords(k)]
    found = [k for k in found if k + 1 == len(reading.items) or not reading.key(k + 1).startswith(halts.SEEN)]
    nots = [k for k in range(len(reading.items)) if k not in denying and "not" in reading.keywords(k)]
    if "dont" not in reading.kw:
        found = []
    nots += [k for k in range(len(reading.items) - 1) if reading.key(k) == "no" and reading.key(k + 1) == "need"]
    needless = [k for k in nots if _no_need(reading, k)]
    if nots and {"not", "want"} <= reading.kw:
        found += [k for k in range(len(reading.items)) if "want" in reading.keywords(k) and k > nots[0]] or nots[:1]
    if nots and "again" in reading.kw:
        found += [k for k in range(nots[0], len(reading.items)) if reading.key(k).startswith("ចង់ដឹង")]
    return [Mark(k, k + 1, _no_messages(reading, k)) for k in found] + [Mark(k, k + 1, True) for k in needless]


def _no_messages(reading: Reading, k: int) -> bool:
    """I do not want (to receive) messages any more: what is not wanted is being written to."""
    if "want" not in reading.keywords(k) and not reading.key(k).endswith(("want", "need", "ចង់", "ត្រូវការ")):
        return False
    for n in range(k, min(k + 5, len(reading.items))):
        if "message" in reading.keywords(n) or reading.key(n).endswith(("សារ", "sar")):
            return True
        if n > k and not (reading.is_filler(n) or {"receive", "again", "ban"} & set(reading.keywords(n))):
            return False
    return False


def _no_need(reading: Reading, k: int) -> bool:
    """មិនបាច់ផ្ញើ, no need to send; "not send me any more"."""
    n = k + 1
    while n < len(reading.items) and (reading.key(n) in halts.ASIDE or reading.key(n) in ("need", "អោយ")):
        n += 1
    if n >= len(reading.items) or not ({"send", "message"} & set(reading.keywords(n)) or halts.reports(reading, n)):
        return False
    idle = any(reading.key(m) in halts.NEEDLESS or reading.key(m) == "need" for m in range(k + 1, n))
    return idle or (reading.key(k) == "not" and "again" in reading.kw and not halts.asks_why(reading, k))


def _cancels(reading: Reading) -> list[Mark]:
    if reading.kw.isdisjoint(("cancel", "off")):
        return []
    told = halts.others(reading)
    found = [k for k in range(len(reading.items)) if {"cancel", "off"} & set(reading.keywords(k))]
    found = [k for k in found if not halts.no_stop(reading, k, told)]
    return [Mark(k, k + 1, False) for k in found]


_MYSELF = frozenset(("ខ្ញុំ", "លេខ", "ឈ្មោះ", "me", "khnhom", "knhom", "khnom", "number", "name", "lek"))


def _me(reading: Reading) -> bool:
    """The writer, the writer's number or name: what is to be struck off."""
    return any(reading.key(k) in _MYSELF for k in range(len(reading.items)))


# fmt: off
_CARRIED = frozenset((
    "send", "message", "receive", "notify", "service", "again", "come", "price", "report", "daily", "question", "tell",
    "know", "want", "conj", "stop", "dont", "thanks", "yes", "no", "ban", "phone", "go", "help", "hello", "radio",
))
_ABOUT_PRICES = frozenset(("price", "notify", "report", "tell", "know"))
# fmt: on
_ABOUT = frozenset(("រឿង", "អំពី", "reung", "rueng", "ompi", "about", "regarding"))
_KINDS = frozenset(("place", "market", "market_name", "unit", "time", "weekday", "level", "place_word", "currency"))


def _carried(reading: Reading, k: int) -> bool:
    """A word that may stand between the stopping and what is to be stopped."""
    if reading.key(k) in _ABOUT:
        return True
    if reading.key(k) in halts.OTHER_MATTER or (
        "done" in reading.keywords(k) and reading.key(k).startswith(("អស់", "os"))
    ):
        return False
    kinds = {s.kind for s in reading.items[k].senses}
    return (
        reading.is_filler(k) or bool(_CARRIED & set(reading.keywords(k))) or bool(kinds & _KINDS) or _ended(reading, k)
    )


def _ended(reading: Reading, k: int) -> bool:
    return "done" in reading.keywords(k) or ("stop" in reading.keywords(k))


def _object(reading: Reading, heads: list[Mark], wanted: tuple[str, ...]) -> bool:
    """True where what is to be stopped is one of these: it follows the stopping, or is the topic right before it."""
    return any(_follows(reading, m, wanted) or _precedes(reading, m, wanted) for m in heads)


def _of_group(reading: Reading, heads: list[Mark]) -> bool:
    """The group's messages are to stop; a group that was left, or is no more, is a reason to stop them all."""
    groups = [k for k in range(len(reading.items)) if "group" in reading.keywords(k)]
    return any(_groups_messages(reading, m, k) for m in heads for k in groups)


def _groups_messages(reading: Reading, mark: Mark, group: int) -> bool:
    """Between a refusal and the group, and behind the group, nothing but messages and politeness."""
    first, last = sorted((mark.start, group))
    apart = reading.atoms[reading.items[group].i]
    if group > mark.start and ((apart.kind == "k" and apart.space) or _again_said(reading, mark.end, group)):
        return False  # another clause
    between = range(mark.end, group) if group > mark.start else range(group + 1, mark.start)
    end = next((k for k in range(last + 1, len(reading.items)) if _ends_clause(reading, k)), len(reading.items))
    start = next((k + 1 for k in range(first - 1, -1, -1) if _ends_clause(reading, k)), 0)
    rest = range(start, first) if group < mark.start else range(group + 1, end)
    return all(not reading.is_sign(k) and _goes_along(reading, k) for k in (*between, *rest))


def _again_said(reading: Reading, first: int, last: int) -> bool:
    """Khmer ends its clause with ទៀត; in English "any more" may stand before the group."""
    return any("again" in reading.keywords(k) for k in range(first, last)) and reading.script() != "en"


def _ends_clause(reading: Reading, k: int) -> bool:
    return reading.is_sign(k) or reading.key(k) in _SAFE


def _goes_along(reading: Reading, k: int) -> bool:
    told = {"not", "not_yet", "past", "radio", "price"} & set(reading.keywords(k))
    return not told and (reading.key(k) in halts.OURSELVES - {"i", "we"} or _carried(reading, k))


def _is_goods(reading: Reading, k: int, wanted: tuple[str, ...]) -> bool:
    item = reading.items[k]
    if reading.key(k) == "os" and not (k and "price" in reading.keywords(k - 1)):
        return False  # firewood has a price; else it is "all", "no more"
    goods = item.score >= 0.7 and any(s.kind in wanted and not s.weak for s in item.senses)
    return goods or bool(set(wanted) & set(reading.keywords(k)))


def _follows(reading: Reading, mark: Mark, wanted: tuple[str, ...]) -> bool:
    priced = False
    for k in range(mark.start, len(reading.items)):
        if k >= mark.end:
            if reading.is_sign(k):
                return priced and "notify" in reading.kw and _alert_between(reading, mark.start, k)
            if _is_goods(reading, k, wanted):
                return _nothing_told(reading, k + 1, priced)
            if not _carried(reading, k):
                return priced and "notify" in reading.kw and _alert_between(reading, mark.start, k)
        priced = priced or bool(_ABOUT_PRICES & set(reading.keywords(k)))
    return _alert_between(reading, mark.start, len(reading.items))


def _alert_between(reading: Reading, first: int, last: int) -> bool:
    return any("notify" in reading.keywords(k) for k in range(first, last))


def _nothing_told(reading: Reading, k: int, priced: bool) -> bool:
    """After the goods: with a word of price only no predicate may follow, without one nothing at all may."""
    last = len(reading.items)
    while k < last and not priced and {"price", "notify", "report"} & set(reading.keywords(k)):
        priced, k = True, k + 1
    while k < last and not reading.is_sign(k) and {s.kind for s in reading.items[k].senses} & _KINDS:
        k += 1
    if k >= last or (priced and reading.is_sign(k)):
        return True
    if priced:
        told = {"up", "down", "wrong", "not_yes", "not"} & set(reading.keywords(k)) or reading.items[k].ids("category")
        return not told and (
            reading.key(k) in halts.OURSELVES or reading.key(k) in _SAFE or reading.key(k) not in halts.OTHER_MATTER
        )
    return all(reading.is_sign(n) or _carried(reading, n) or _is_goods(reading, n, _GOODS) for n in range(k, last))


_SAFE = frozenset(
    ("ព្រោះ", "ពីព្រោះ", "ដោយសារ", "because", "cause", "coz", "since", "as", "but", "prous", "pruos", "prus")
)


def _precedes(reading: Reading, mark: Mark, wanted: tuple[str, ...]) -> bool:
    """តម្លៃជ្រូក ឈប់ផ្ញើមកទៀត: the topic first, and nothing told of it."""
    goods = priced = False
    for k in range(mark.start - 1, -1, -1):
        if reading.is_sign(k):
            if reading.key(k) in ",:-–។":
                continue
            break
        if _is_goods(reading, k, wanted):
            goods = True
        elif not _carried(reading, k) or {"no", "not", "done"} & set(reading.keywords(k)):
            return False
        priced = priced or bool({"price", "notify"} & set(reading.keywords(k)))
    return (goods and (priced or "radio" in wanted)) or _alert_between(reading, 0, mark.start)


def _starts(reading: Reading, live: list[Mark]) -> bool:
    """Nothing but politeness before the stopping."""
    return any(
        all(
            reading.is_filler(k) or reading.is_sign(k) or {"help", "dont", "stop"} & set(reading.keywords(k))
            for k in range(m.start)
        )
        for m in live
    )


def _ends(reading: Reading, live: list[Mark]) -> bool:
    """The stopping ends the message, and what stands before it is another clause."""
    for m in live:
        rest = [k for k in range(m.end, len(reading.items)) if not reading.is_sign(k)]
        if m.start and all((reading.is_filler(k) or _ended(reading, k)) and k < m.end + 4 for k in rest):
            before = m.start - 1
            if reading.is_sign(before) or not _is_goods(reading, before, (*_GOODS, "price", "markets")):
                return True
    return False


def _shouted(reading: Reading) -> bool:
    """STOP in capitals, or stop with a full stop behind it, before other words: the safer reading is STOP."""
    words = [k for k in range(len(reading.items)) if not reading.is_sign(k)]
    if not words or "stop" not in reading.keywords(words[0]):
        return False
    after = words[0] + 1
    ended = after < len(reading.items) and reading.is_sign(after) and reading.key(after)[:1] in ".!,;។"
    return reading.said(words[0]) == "STOP" or ended
