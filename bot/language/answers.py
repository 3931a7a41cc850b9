"""Answers: what a message means while a question is open.

Owns choices (digits, letters, ordinals, the option's own words), yes and no, coming and not coming, amounts.
What is no answer falls through to the reading out of the blue.
"""

from __future__ import annotations

from dataclasses import replace

from bot.language import arranging, commands, figures, following, likewise, options, refusals, stops, troubles
from bot.language.blue import blue, numbered
from bot.language.sight import asks, heard, see
from bot.language.slots import codes
from bot.language.words.reading import Reading
from bot.language.words.segment import segment
from flows.heard import Asked, Heard, Intent, Kind, Maybe, Slots

_LETTERS = {"ក": 1, "ខ": 2, "គ": 3, "ឃ": 4, "ង": 5, "a": 1, "b": 2, "c": 3, "d": 4, "e": 5}
_ORDINALS = {
    "ពី": 2,
    "firstone": 1,
    "secondone": 2,
    "thirdone": 3,
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "1st": 1,
    "2nd": 2,
    "3rd": 3,
    "4th": 4,
}
_NUMBERED = (Kind.CHOOSE, Kind.POLL)
_SERIOUS = frozenset(("price", "how_much", "problem", "complain", "meeting", "radio", "report", "wrong", "group"))


def answer(reading: Reading, asked: Asked) -> Heard:
    """Read a message as the answer to what was asked, else as anything else."""
    if asked.kind is Kind.WORDS:
        code = codes.first(reading)
        if code is not None and code.apart and code.valid and (about := codes.told(reading)) is not None:
            return about  # these words are for that problem, not for what was asked
        whole = commands.whole(reading) or (Intent.STOP if refusals.whole(reading) else None)
        return heard(reading, whole, 1.0) if whole else heard(reading, Intent.WORDS, 1.0, troubles.hints(reading))
    if not reading.atoms or (commands.nothing_said(reading) and not commands.only_question_marks(reading)):
        if any(a.key == "👍" for a in reading.atoms) and asked.kind in (Kind.CONFIRM, Kind.RESOLVED, Kind.RSVP):
            return heard(reading, Intent.YES, 0.8)
        return heard(reading, Intent.UNCLEAR, 0.5)
    if commands.only_question_marks(reading):
        return heard(reading, Intent.HELP)
    if (about := _coded(reading, asked)) is not None:
        return about
    number = _number(reading)
    if number == 0 and reading.items[0].digits:
        return heard(reading, Intent.HOME)
    stop = stops.stop(reading)
    if stop is not None and not (asked.kind is Kind.RSVP and stop is not Intent.STOP):
        return following.weekly(reading) or following.about(reading, refusals.safer(reading, heard(reading, stop)))
    if asked.kind in _NUMBERED:
        found = _choice(reading, asked, number)
    elif asked.kind is Kind.RSVP:
        found = _coming(reading, number)
    elif asked.kind in (Kind.CONFIRM, Kind.RESOLVED):
        found = _yes_no(reading, asked, number)
    elif asked.kind is Kind.CODE:
        found = _no_code(reading)
    elif asked.kind is Kind.AMOUNT:
        found = figures.amount(reading)
    elif asked.kind in (Kind.WHEN, Kind.COUNT, Kind.PHONES):
        found = arranging.answer(reading, asked, number) or _agreeing(reading, asked)
    else:
        found = _named(reading, asked, number)
    return refusals.safer(reading, found, asked=True) if found is not None else blue(reading)


_FIGURES = (Kind.AMOUNT, Kind.WHEN, Kind.COUNT)
_JOINED_AT = (Kind.CHOOSE, Kind.CONFIRM, Kind.CODE)


def _coded(reading: Reading, asked: Asked) -> Heard | None:
    """A problem's code beats what is asked, but where digits are what is asked for."""
    if asked.kind is Kind.PHONES:
        return None
    also = likewise.also(reading)
    if also is not None and (also.slots.code or asked.kind in _JOINED_AT):
        return also
    told = codes.told(reading, bare=asked.kind not in _FIGURES)
    if told is None and asked.kind is Kind.CODE:
        told = codes.asked(reading)
    if told is None and asked.kind not in _FIGURES and stops.stop(reading) is None and codes.anywhere(reading):
        return blue(reading)
    return told


def _number(reading: Reading) -> int | None:
    """The choice a message makes, when it makes nothing else: 2, ២, ទី២, ពីរ, lek 2, B, ខ."""
    words = [k for k in range(len(reading.items)) if not reading.is_sign(k)]
    rest = [k for k in words if not _choosing(reading, k)]
    if not rest:
        return None
    if len(rest) == 1 and (named := numbered(reading, rest[0])) is not None:
        return named
    key = "".join(reading.key(k) for k in rest)
    if key in _LETTERS and len(rest) <= 2:
        return _LETTERS[key]
    if key in _ORDINALS:
        return _ORDINALS[key]
    inside = [a for a in reading.numbers if a.i >= rest[0] and a.j <= rest[-1] + 1]
    if len(inside) == 1 and inside[0].i == rest[0] and inside[0].j == rest[-1] + 1:
        value = inside[0].value
        return int(value) if value == value.to_integral_value() and value < 10**6 else -1
    return None


def _last_letter(reading: Reading) -> int | None:
    """ខ្ញុំជ្រើសក: the letter touches the word before it."""
    found = [a for a in reading.atoms if a.kind != "s"]
    if len(found) < 2 or found[-1].kind != "k" or found[-1].key not in _LETTERS:
        return None
    before = replace(reading, atoms=found[:-1], items=segment(found[:-1], reading.lexicon), numbers=[])
    alone = all(_choosing(before, k) for k in range(len(before.items)))
    return _LETTERS[found[-1].key] if alone else None


def _choosing(reading: Reading, k: int) -> bool:
    item = reading.items[k]
    if any(s.kind == "number" and s.id not in ("per", "point") for s in item.senses) or item.digits:
        return False
    if reading.key(k) in _LETTERS or reading.key(k) in _ORDINALS:
        return False
    return (
        reading.is_filler(k)
        or bool({"ordinal", "day"} & set(item.ids("time")))
        or bool(
            {"yes", "code_word", "want", "question", "receive"} & set(reading.keywords(k))
            and reading.atoms[item.i].kind != "d"
        )
    )


def _choice(reading: Reading, asked: Asked, number: int | None) -> Heard | None:
    count = len(asked.options) or (3 if asked.kind is Kind.CHOOSE else 5)
    if number is None:
        number = _last_letter(reading)
    if number is not None:
        if 1 <= number <= count:
            return heard(reading, Intent.CHOICE, 0.98, Slots(choice=number))
        if number != -1 and number < (50 if asked.kind is Kind.CHOOSE else 100):
            return heard(reading, Intent.UNCLEAR, 0.7)
    found = options.bare_price(reading, asked) or options.by_words(reading, asked)
    if found is not None:
        return found
    numbers = [a for a in reading.numbers if 1 <= a.value <= count and a.value == a.value.to_integral_value()]
    alone = len(numbers) == 1 and len(reading.numbers) == 1 and len(reading.items) <= 8
    if (
        alone
        and reading.kw.isdisjoint(_SERIOUS | {"not", "not_yes", "dont"})
        and reading.kinds.isdisjoint(("commodity", "unit", "currency"))
    ):
        return heard(reading, Intent.CHOICE, 0.8, Slots(choice=int(numbers[0].value)))
    return None


def _elsewhere(reading: Reading) -> bool:
    """The message plainly speaks of something else."""
    return bool(reading.kw & {"price", "problem", "complain", "radio", "report"}) or (
        "how_much" in reading.kw and "commodity" in reading.kinds
    )


def _coming(reading: Reading, number: int | None) -> Heard | None:
    kw = reading.kw
    if number is not None and number != -1:
        intent = {1: Intent.YES, 2: Intent.NO, 3: Intent.LATE}.get(number, Intent.UNCLEAR)
        return heard(reading, intent, 0.98 if intent is not Intent.UNCLEAR else 0.7)
    if _elsewhere(reading) or kw & {"when_ask", "how_many", "move"} or _asks_who(reading):
        return None
    if kw & {"cancel"} and "meeting" in kw:
        return None
    if "not_me" in kw or kw & {"unreadable", "khmer_script", "english_language", "latin_script"}:
        return None
    if _polite_no(reading):
        return heard(reading, Intent.NO)
    if kw & {"no_worry", "no_problem"} and not kw & {"not_come", "not_yes", "not", "late", "unsure"}:
        sure = kw & {"come", "go", "join_in", "ban", "yes"} or ("no_problem" in kw and "no" not in kw)
        return heard(reading, Intent.YES, 0.9) if sure else heard(reading, Intent.UNCLEAR, 0.6)
    if _cannot_but(reading) or ({"not_yes", "not_come"} <= kw and kw & {"come", "go"}):
        return heard(reading, Intent.YES, 0.8)
    if {"not_yes", "not_come"} <= kw or any(reading.key(k) in _IFS for k in range(len(reading.items))):
        return heard(reading, Intent.UNCLEAR, 0.6)
    if "unsure" in kw:
        if "late" in kw and "unsure" in kw and len(reading.items) <= 4:
            return heard(reading, Intent.LATE, 0.8)
        return heard(reading, Intent.UNCLEAR, 0.8)
    refusing = bool(kw & {"not_come", "not_yes"}) or _negated(reading, ("come", "go", "join_in", "ban"))
    if "late" in kw:
        if _negated(reading, ("late",)):
            return heard(reading, Intent.YES, 0.8)
        if not refusing or (kw & {"come", "go"} and "not_come" not in kw):
            return heard(reading, Intent.LATE)
    if refusing or ("not" in kw and not kw & {"late"}):
        return heard(reading, Intent.NO)
    coming = bool(kw & {"come", "go", "join_in"})
    if "no" in kw and not coming and not _yes_word(reading):
        return heard(reading, Intent.NO)
    if kw & {"busy"} and not coming:
        return heard(reading, Intent.NO, 0.85)
    if "category" in reading.kinds and not coming and not _yes_word(reading):
        return heard(reading, Intent.NO, 0.7)
    if coming or _yes_word(reading) or "ban" in kw:
        if "no" in kw and coming and not _yes_word(reading) and asks(reading):
            return heard(reading, Intent.UNCLEAR, 0.6)
        return heard(reading, Intent.YES)
    return None


def _cannot_but(reading: Reading) -> bool:
    """មិនអាចមិនទៅ: a not before the "not coming"."""
    return any(
        "not_come" in reading.keywords(k) and "not" in reading.keywords(k - 1) for k in range(1, len(reading.items))
    )


def _asks_who(reading: Reading) -> bool:
    """អ្នកណាមក, អ្នកណាមិនមក; but not គ្មាននរណាមើលផ្ទះ ខ្ញុំមិនទៅ."""
    if "who" not in reading.kw:
        return False
    if reading.kw.isdisjoint(("not_come", "not")):
        return True
    return any(
        "who" in reading.keywords(k)
        and not {"come", "go", "join_in", "not_come", "not"}.isdisjoint(reading.keywords(k) + reading.keywords(k + 1))
        for k in range(len(reading.items) - 1)
    )


_IFS = frozenset(("បើ", "ប្រសិនបើ", "if", "ber", "baer", "bersen"))
_POLITE_YES = frozenset(
    ("បាទ", "ចាស", "បាទៗ", "ចាសៗ", "ចា", "ចាះ", "bart", "bat", "baat", "bath", "chas", "cha", "jas")
)


def _polite_no(reading: Reading) -> bool:
    """ទេបាទ, ចាស ទេ: the polite word beside a no agrees to nothing."""
    if not {"yes", "no"} <= reading.kw or not reading.only("yes", "no"):
        return False
    agreeing = [reading.key(k) for k in range(len(reading.items)) if "yes" in reading.keywords(k)]
    return all(key in _POLITE_YES for key in agreeing)


def _yes_word(reading: Reading) -> bool:
    return "yes" in reading.kw


def _negated(reading: Reading, ids: tuple[str, ...]) -> bool:
    """A "not" within two words before, or "cannot" after, one of these words."""
    for k in range(len(reading.items)):
        if not set(ids) & set(reading.keywords(k)):
            continue
        for n in range(max(0, k - 2), k):
            if "not" in reading.keywords(n):
                return True
    return False


def _yes_no(reading: Reading, asked: Asked, number: int | None) -> Heard | None:
    kw = reading.kw
    if asked.options:
        by_words = options.by_words(reading, asked)
        if number is None and by_words is not None:
            number = by_words.slots.choice
    if number is not None and number != -1:
        intent = {1: Intent.YES, 2: Intent.NO}.get(number, Intent.UNCLEAR)
        if number <= 9:
            return heard(reading, intent, 0.98 if intent is not Intent.UNCLEAR else 0.7)
    if kw & {"wrong", "fix"} and reading.numbers:
        return None
    if asked.kind is Kind.RESOLVED:
        return _resolved(reading)
    if kw & {"price", "how_much", "meeting", "radio", "report"} or "not_me" in kw:
        return None
    if kw & {"unreadable", "english_language", "latin_script", "help", "home", "thanks"} and "yes" not in kw:
        return None
    if _polite_no(reading):
        return heard(reading, Intent.NO)
    if kw & {"no_worry", "no_problem"} and not kw & {"not_yes", "not", "wrong", "not_yet", "unsure", "cancel"}:
        sure = kw & {"yes", "ban"} or ("no_problem" in kw and "no" not in kw)
        return heard(reading, Intent.YES, 0.9) if sure else heard(reading, Intent.UNCLEAR, 0.6)
    if "unsure" in kw:
        return heard(reading, Intent.UNCLEAR, 0.8)
    if kw & {"not_yes", "not", "wrong", "not_yet", "dont", "not_come", "cancel"} and not _double(reading):
        return heard(reading, Intent.NO)
    if "yes" in kw or "ban" in kw:
        return heard(reading, Intent.UNCLEAR, 0.6) if wonders(reading) else heard(reading, Intent.YES)
    if "no" in kw:
        return heard(reading, Intent.NO)
    if reading.only("done", "send", "come", "go", "start", "message"):
        return heard(reading, Intent.YES, 0.85)
    return None


_NO_CODE = ("no", "not", "not_yes", "unsure", "cancel")


def _no_code(reading: Reading) -> Heard | None:
    """No, I do not know: no code comes; other wishes are read as elsewhere, a lone number is too short."""
    if reading.kw & set(_NO_CODE) and reading.only(*_NO_CODE, "code_word", "know"):
        return heard(reading, Intent.NO)
    plain = blue(reading)
    return heard(reading, Intent.UNCLEAR, 0.7) if plain.intent is Intent.CHOICE else plain


def _agreeing(reading: Reading, asked: Asked) -> Heard | None:
    """Yes or no where a day that was read back may be changed as well."""
    if not any(option.value == "yes" for option in asked.options):
        return None
    return _yes_no(reading, Asked(Kind.CONFIRM, asked.options), None)


def wonders(reading: Reading) -> bool:
    """ "And is it really free?": a yes at the end of a question agrees to nothing."""
    return reading.key(0) == "ចុះ" or "free" in reading.kw


_CONSENT = ("yes", "ban", "come", "go", "join_in", "join_group", "want", "thanks", "no_problem", "no_worry")


def consents(reading: Reading) -> bool:
    """A number, or a yes that asks nothing and says nothing else."""
    if _number(reading) is not None or not reading.kw:
        return True
    return not asks(reading) and not wonders(reading) and reading.only(*_CONSENT)


def polite(reading: Reading) -> bool:
    """បាទ, ចាស, ok and nothing else."""
    return _number(reading) is None and (reading.only("yes", "thanks") or not reading.kw)


def _double(reading: Reading) -> bool:
    """ "No problem", "not wrong": two noes are a yes."""
    return "not" in reading.kw and "wrong" in reading.kw


def _resolved(reading: Reading) -> Heard | None:
    kw = reading.kw
    if kw & {"how_much", "meeting", "radio", "report"} or "not_me" in kw:
        return None
    if "unsure" in kw:
        return heard(reading, Intent.UNCLEAR, 0.8)
    if "not_yet" in kw or _polite_no(reading):
        return heard(reading, Intent.NO)
    if "no_problem" in kw and not kw & {"not_yes", "not"}:
        return heard(reading, Intent.YES, 0.85)
    if "no_worry" in kw and not kw & {"yes", "done", "thanks"}:
        return heard(reading, Intent.UNCLEAR, 0.6)
    if kw & {"not_yes", "not", "not_come"} and not ("problem" in kw and "done" in kw):
        return heard(reading, Intent.NO)
    if "no" in kw and not kw & {"yes", "done"}:
        return heard(reading, Intent.NO)
    if kw & {"yes", "done", "ban", "thanks"}:
        if "no" in kw and kw & {"done"} and asks(reading):
            return None
        return heard(reading, Intent.YES)
    if "no" in kw:
        return heard(reading, Intent.NO)
    return None


def _named(reading: Reading, asked: Asked, number: int | None) -> Heard | None:
    """A bare place or commodity, when that was asked; a choice where choices were offered with it."""
    if asked.options and number is not None and 1 <= number <= len(asked.options):
        return heard(reading, Intent.CHOICE, 0.98, Slots(choice=number))
    if _elsewhere(reading) and len(reading.items) > 2:
        return None
    sight = see(reading)
    named = sight.named
    if asked.kind is Kind.PLACE and (named.place or named.maybe) and named.commodity is None:
        slots = Slots(place=named.place, market=named.market)
        return heard(reading, Intent.PLACE, named.place_sure, slots, tuple(named.maybe))
    by_words = options.by_words(reading, asked)
    if by_words is not None:
        return by_words
    return _only_a_place(reading) if asked.kind is Kind.PLACE else None


def _only_a_place(reading: Reading) -> Heard | None:
    """A name that is also another word (ដីឥដ្ឋ is clay and a commune): asked for a place, it is the place."""
    words = [k for k in range(len(reading.items)) if not reading.is_sign(k) and not reading.is_filler(k)]
    codes = reading.items[words[0]].ids("place") if len(words) == 1 else []
    if not codes:
        return None
    nearest = [code for code in codes if len(code) == min(map(len, codes))]
    if len(nearest) == 1:
        return heard(reading, Intent.PLACE, 0.85, Slots(place=nearest[0]))
    return heard(reading, Intent.PLACE, 0.5, maybe=tuple(Maybe("place", code, 0.5) for code in nearest[:6]))
