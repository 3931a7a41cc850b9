"""Out of the blue: what a message wants when nothing was asked (or it did not answer).

Owns the order in which intents are tried and what each needs. First rule that holds wins; a reading that is
not sure says so by its confidence and its candidates.
"""

from __future__ import annotations

from dataclasses import replace

from bot.language import commands, following, gatherings, held, likewise, rallying, refusals, stops, troubles, wishes
from bot.language.sight import Sight, asks, heard, price_slots, see
from bot.language.slots import codes, prices
from bot.language.slots.goods import Named
from bot.language.words.reading import Reading
from flows.heard import SURE, Heard, Intent, Maybe, Slots

_PRICE_WORDS = frozenset(("price", "how_much", "or_not"))
_EXTRA_PRICE = frozenset(("up", "down", "sell", "buy", "markets"))


def blue(reading: Reading) -> Heard:
    """The intent of a message that answers nothing; what may be a refusal and nothing else is STOP.

    A code at the beginning beats all: the words behind it are about that problem, whatever they sound like.
    """
    found = likewise.also(reading) or codes.told(reading)
    if found is not None:
        return found
    said = held.with_report(reading, _blue(reading))
    return following.weekly(reading) or following.about(reading, refusals.safer(reading, said))


def _blue(reading: Reading) -> Heard:
    if commands.only_question_marks(reading):
        return heard(reading, Intent.HELP)
    if commands.nothing_said(reading):
        return heard(reading, Intent.UNCLEAR, 0.9 if not reading.atoms else 0.5)
    number = _bare_number(reading)
    if number is not None:
        return number
    if len(reading.items) == 1 and (choice := numbered(reading, 0)) is not None:
        return heard(reading, Intent.CHOICE, 0.6, Slots(choice=choice))
    stop = stops.stop(reading)
    if stop is not None:
        return heard(reading, stop)
    wish = rallying.command(reading) or wishes.wish(reading)
    if wish is not None:
        return wish
    small = commands.small(reading) or _not_me(reading) or commands.script(reading)
    if small is not None:
        return heard(reading, small)
    sight = see(reading)
    for rule in (
        _status,
        _radio,
        gatherings.meeting,
        gatherings.group,
        _alert,
        troubles.issue,
        _correct,
        _only_wrong,
        _report,
        _price,
        _place,
    ):
        found = rule(sight)
        if found is not None:
            return found
    return _rest(sight)


def _bare_number(reading: Reading) -> Heard | None:
    if any(a.kind in "kl" for a in reading.atoms):
        return None
    words = [k for k in range(len(reading.items)) if not reading.is_sign(k)]
    code = codes.within(reading)
    if code:
        return heard(reading, Intent.ISSUE_STATUS, 0.95, Slots(code=code))
    text = "".join(reading.items[k].digits for k in words)
    if text in ("0", "00"):
        return heard(reading, Intent.HOME)
    if len(text) == 1:
        return heard(reading, Intent.CHOICE, 0.6, Slots(choice=int(text)))
    return heard(reading, Intent.UNCLEAR, 0.6)


def numbered(reading: Reading, k: int) -> int | None:
    """លេខ ១ is a number before it is the Sangkat of that name."""
    item = reading.items[k]
    pieces = reading.atoms[item.i : item.j]
    if len(pieces) < 2 or not item.ids("place") or pieces[-1].kind != "d" or not pieces[-1].key.isdigit():
        return None
    word = reading.lexicon.find("".join(a.key for a in pieces[:-1]))
    return int(pieces[-1].key[:6]) if any(s.id == "code_word" for s in word) else None


_OWN = frozenset(("ខ្ញុំ", "លេខ", "ម្ចាស់", "សមាជិក", "របស់", "khnhom", "knhom", "khnom", "lek", "roboh", "mine", "my", "me"))


def _not_me(reading: Reading) -> Intent | None:
    kw = reading.kw
    own = any(reading.key(k) in _OWN or "member" in reading.keywords(k) for k in range(len(reading.items)))
    said = "not_me" in kw or ("not_yes" in kw and own) or ("wrong" in kw and "code_word" in kw)
    if not said or reading.numbers or (kw & {"price", "report", "meeting"} and len(reading.items) > 6):
        return None
    return Intent.NOT_ME


def _status(sight: Sight) -> Heard | None:
    reading = sight.reading
    code = codes.within(reading) if reading.numbers else None
    if code is None or ((sight.named.commodity or sight.named.currency) and codes.anywhere(reading) is None):
        return None
    return heard(reading, Intent.ISSUE_STATUS, 0.95, Slots(code=code))


def _radio(sight: Sight) -> Heard | None:
    kw = sight.reading.kw
    if "radio" not in kw:
        return None
    if "problem" in kw or (sight.named.commodity and "price" in kw):
        return None
    refusing = "cancel" in kw or ("not" in kw and kw & {"want", "listen", "send"}) or "dont" in kw
    refusing = refusing or "leave_group" in kw or sight.reading.key(0) == "leave"
    refusing = refusing or bool({"no", "not"} & set(sight.reading.keywords(0)))
    if refusing and not stops.denied(sight.reading):
        return heard(sight.reading, Intent.RADIO_STOP)
    # "The radio does not work" is no wish to be told of it.
    sure = 0.6 if "not" in kw else 0.95
    return heard(sight.reading, Intent.RADIO, sure, Slots(place=sight.named.place))


def _alert(sight: Sight) -> Heard | None:
    kw = sight.reading.kw
    telling = "notify" in kw or ("tell" in kw and "when_if" in kw) or ("daily" in kw and kw & {"send", "tell", "want"})
    about = sight.named.commodity or sight.named.general or kw & {"price", "up", "down"}
    if not telling or not about or kw & {"problem", "complain"}:
        return None
    slots = Slots(commodity=sight.named.commodity, place=sight.named.place, market=sight.named.market)
    return heard(sight.reading, Intent.ALERT, 0.9, slots)


def _correct(sight: Sight) -> Heard | None:
    kw = sight.reading.kw
    if not kw & {"wrong", "fix"} or not sight.reading.numbers:
        return None
    price = sight.price or prices.price(sight.reading, sight.day, sight.named, any_size=True)
    if not price:
        return heard(sight.reading, Intent.CORRECT, 0.8) if price.doubt else None
    return heard(sight.reading, Intent.CORRECT, slots=price_slots(sight, price))


_TRUE = ("ត្រូវ", "trov", "trouv", "correct", "right", "true", "ខុស")


def _only_wrong(sight: Sight) -> Heard | None:
    """ខុស, kos haey, that is wrong: the last report is to be corrected, the amount comes next."""
    reading, kw = sight.reading, sight.reading.kw
    if not kw & {"wrong", "not_yes"} or kw & {"not", "not_me", "how_much", "yes"}:
        return None
    if "wrong" not in kw:
        said = "".join(reading.key(k) for k in range(len(reading.items)) if "not_yes" in reading.keywords(k))
        if not any(word in said for word in _TRUE):
            return None
    if not reading.only("wrong", "not_yes", "no", "done", "fix", "price", "report", "ban", "send", "message"):
        return None
    return heard(reading, Intent.CORRECT, 0.85)


def _report(sight: Sight) -> Heard | None:
    reading, named, kw = sight.reading, sight.named, sight.reading.kw
    asking = "how_much" in kw or "or_not" in kw
    if asking and "report" not in kw:
        return None
    price = sight.price
    if not price and "report" in kw:
        price = prices.price(reading, sight.day, named, any_size=True)
    if not price:
        if "report" not in kw and not (price.doubt and named.commodity):
            return None
        if not price.doubt and "price" in kw and kw & {"know", "tell"}:
            return None  # writing a report and asking for a price
        sure = 0.6 if price.doubt or not named.commodity else 0.7
        return heard(reading, Intent.REPORT, sure, price_slots(sight, price), tuple(named.maybe))
    if named.commodity is None:
        if named.maybe:
            return heard(reading, Intent.REPORT, 0.5, price_slots(sight, price), tuple(named.maybe))
        if named.general:
            child = Slots(commodity=named.general) if reading.lexicon.commodity(named.general) else Slots()
            slots = price_slots(sight, price)
            maybe = tuple(Maybe("commodity", c, 0.5) for c in reading.lexicon.children(named.general))
            return heard(reading, Intent.REPORT, 0.6, slots, maybe) if not child.commodity else None
        if "report" in kw or named.place or named.market or kw & {"price"}:
            return heard(reading, Intent.REPORT, 0.5, price_slots(sight, price))
        return None
    sure = min(named.commodity_sure, named.place_sure, 0.95)
    if asks(reading) or "question" in kw:
        sure = min(sure, 0.7)
    slots = price_slots(sight, price)
    if children := reading.lexicon.children(named.commodity):
        maybe = tuple(Maybe("commodity", c, 0.5) for c in children)
        return heard(reading, Intent.REPORT, min(sure, 0.6), replace(slots, commodity=None), maybe)
    if named.commodity_sure < SURE:
        return heard(reading, Intent.REPORT, sure, replace(slots, commodity=None), _candidates(named))
    return heard(reading, Intent.REPORT, sure, slots, tuple(named.maybe))


def _price(sight: Sight) -> Heard | None:
    reading, named, kw = sight.reading, sight.named, sight.reading.kw
    asked = bool(kw & _PRICE_WORDS)
    slots = Slots(
        commodity=named.commodity,
        place=named.place,
        market=named.market,
        unit=named.unit,
        level=named.level,
        currency=named.currency,
        day=sight.day.day,
    )
    if _tells(sight) and not asked and (named.commodity or named.general):
        maybe = tuple(Maybe("commodity", c, 0.5) for c in (named.commodity,) if c)
        return heard(reading, Intent.UNCLEAR, 0.5, maybe=maybe)
    if named.commodity is None:
        return _price_of_what(sight, slots, asked)
    if not asked and not named.several and named.commodity_sure < 0.65:
        return heard(reading, Intent.UNCLEAR, 0.5, maybe=_candidates(named))
    children = reading.lexicon.children(named.commodity)
    if children:
        maybe = tuple(Maybe("commodity", c, 0.5) for c in children)
        return heard(reading, Intent.PRICE_ASK, 0.9, slots, maybe)
    if named.several and not asked and len(reading.unknown()) > 1:
        return heard(reading, Intent.UNCLEAR, 0.5, maybe=tuple(named.maybe))
    if named.several:
        return heard(reading, Intent.PRICE_ASK, 0.7, slots, tuple(named.maybe))
    sure = named.commodity_sure
    if not asked and _about_life(reading, named):
        return heard(reading, Intent.UNCLEAR, 0.5, maybe=_candidates(named))
    if named.place is None and _strange(reading):
        sure = min(sure, 0.7)  # perhaps a place nobody could read: better asked than answered for another
    if sure < 0.6 or named.commodity_sure < SURE:
        return heard(reading, Intent.PRICE_ASK, sure, slots, _candidates(named))
    if named.place_sure < 0.75:
        return heard(reading, Intent.PRICE, min(sure, named.place_sure), slots, tuple(named.maybe))
    return heard(reading, Intent.PRICE, min(sure, 0.97), slots, tuple(named.maybe))


def _about_life(reading: Reading, named: Named) -> bool:
    """Everyday words and no word of price, place or unit: the pig ran into the house."""
    words = sum(1 for item in reading.items if item.senses and all(s.kind == "word" for s in item.senses))
    odd = words + len(reading.unknown())
    priced = named.place or named.market or named.unit or named.currency or named.level
    return (words > 0 and not priced) or (odd > 1 and len(reading.items) > 4)


def _strange(reading: Reading) -> bool:
    """A whole unknown word, not a stray letter."""
    for k in reading.unknown():
        item = reading.items[k]
        if item.j - item.i >= 2 or (len(reading.atoms[item.i].key) >= 3 and reading.atoms[item.i].kind == "l"):
            return True
    return False


def _candidates(named: Named) -> tuple[Maybe, ...]:
    if named.maybe or named.commodity is None:
        return tuple(named.maybe)
    return (Maybe("commodity", named.commodity, named.commodity_sure),)


_TELLING = frozenset(("មាន", "ដាំ", "ចិញ្ចឹម", "mean", "have", "has", "grow", "raise"))
_VERY = frozenset(("ណាស់", "nas", "very"))


def _told(reading: Reading) -> bool:
    """We raise pigs, this year's rice is very good: nothing is asked."""
    for k, item in enumerate(reading.items):
        if reading.key(k) in _TELLING:
            return True
        if item.ids("commodity") or item.ids("group"):
            break
    return any(reading.key(k) in _VERY for k in range(len(reading.items)))


def _do_you(reading: Reading) -> bool:
    """Do you sell pigs: the line trades in nothing, and no price is asked."""
    keys = [a.key for a in reading.atoms]
    return any(keys[n] in ("do", "does", "did") and keys[n + 1] in ("you", "u", "ya") for n in range(len(keys) - 1))


def _tells(sight: Sight) -> bool:
    """A commodity in a sentence that asks no price: មានមាន់លក់ទេ, I have pigs to sell, ស្រូវល្អណាស់."""
    reading, kw = sight.reading, sight.reading.kw
    if kw.isdisjoint(_PRICE_WORDS) and (_told(reading) or _do_you(reading)):
        return True
    if "exist_sell" in kw and "price" not in kw:
        return True
    if "sell" in kw or "buy" in kw:
        have = any(reading.key(k) in ("មាន", "mean", "have", "has") for k in range(len(reading.items)))
        return have or ("want" in kw and "know" not in kw and "market" not in reading.kinds)
    return False


def _doubtful(reading: Reading) -> tuple[Maybe, ...] | None:
    """Words that may be a commodity after all: មាន typed for មាន់, a romanised word read as a number or a day."""
    for k, item in enumerate(reading.items):
        if reading.key(k) == "មាន" and k and "price" in reading.keywords(k - 1):
            return (Maybe("commodity", "chicken", 0.5),)
        romanised = [s for s in item.senses if s.lang == "latn" and s.kind in ("number", "weekday", "currency")]
        if (
            romanised
            and (len(romanised) == len(item.senses) or reading.tone(k) == "latn")
            and romanised[0].id not in ("1", "per", "half")
        ):
            return ()
    return None


def _price_of_what(sight: Sight, slots: Slots, asked: bool) -> Heard | None:
    reading, named, kw = sight.reading, sight.named, sight.reading.kw
    if named.maybe and any(m.slot == "commodity" for m in named.maybe):
        return heard(reading, Intent.PRICE_ASK, 0.6, slots, tuple(named.maybe))
    if named.general:
        children = reading.lexicon.children(named.general)
        return heard(reading, Intent.PRICE_ASK, 0.8, slots, tuple(Maybe("commodity", c, 0.5) for c in children))
    if not asked:
        if kw & {"or_not"} or ({"up", "down"} & kw and "conj" in kw):
            return heard(reading, Intent.PRICE, 0.8, slots)
        if named.decoy and not kw - {"question", "want", "know"}:
            return heard(reading, Intent.PRICE_ASK, 0.5, slots)
        return None
    if "how_much" not in kw and not named.place and any(reading.key(k) in _VERY for k in range(len(reading.items))):
        return None  # ថ្លៃណាស់: dear, not the price of anything
    doubt = _doubtful(reading)
    if doubt is not None and not named.currency:
        return heard(reading, Intent.PRICE_ASK, 0.6, slots, doubt)
    if named.decoy or reading.unknown():
        return heard(reading, Intent.PRICE_ASK, 0.5, slots, tuple(named.maybe))
    if "price" in kw or "or_not" in kw or named.place or named.market:
        return heard(reading, Intent.PRICE, min(0.95, max(named.place_sure, 0.5)), slots, tuple(named.maybe))
    if named.currency or named.unit:
        return None
    return heard(reading, Intent.PRICE, 0.75, slots)


def _place(sight: Sight) -> Heard | None:
    reading, named = sight.reading, sight.named
    if named.market and not named.place:
        return heard(reading, Intent.PLACE, 0.8, Slots(market=named.market)) if not reading.kw & {"help"} else None
    if named.place is None and not named.maybe:
        return None
    busy = [
        k
        for k in range(len(reading.items))
        if k not in named.used and not reading.is_filler(k) and not reading.is_sign(k)
    ]
    if len(busy) > 1:
        return None
    sure = min(named.place_sure, 0.95) if not busy else 0.6
    slots = Slots(place=named.place, market=named.market)
    return heard(reading, Intent.PLACE, sure, slots, tuple(named.maybe))


def _rest(sight: Sight) -> Heard:
    """Nothing matched as a whole: a greeting or a cry for help still counts, weaker."""
    reading, kw = sight.reading, sight.reading.kw
    odd = len(reading.unknown())
    for word, intent in (
        ("thanks", Intent.THANKS),
        ("help", Intent.HELP),
        ("hello", Intent.HELLO),
        ("start", Intent.START),
        ("language", Intent.SETTINGS),
    ):
        if word in kw and odd <= 2 and len(reading.items) <= 9:
            return heard(reading, intent, 0.8 if odd == 0 else 0.6)
    for word, intent in (("not_yet", Intent.NO), ("no", Intent.NO), ("not_yes", Intent.NO), ("yes", Intent.YES)):
        if reading.only(word, "done", "not"):
            return heard(reading, intent, 0.5)
    if reading.kw & {"up", "down"} and reading.only("up", "down", "conj"):
        return heard(reading, Intent.PRICE, 0.7)
    return heard(reading, Intent.UNCLEAR, 0.5, maybe=tuple(sight.named.maybe))
