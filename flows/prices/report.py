"""The price report: an enumerator sends a price in one message, sees it read back, and may correct it.

Owns who may report and what is asked when something is missing. A report is written down as soon as it is
whole, held or not: nothing is lost when no answer to a question ever comes.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from flows.engine import HOME, Ask, Do, Flow, Next, Turn
from flows.events import Draft, PriceCorrected, PriceReported
from flows.facts import Verdict
from flows.heard import SURE, Intent, Kind, Maybe, Slots
from flows.keyed import keyed
from flows.line.home import THANKS, WHAT_NEXT
from flows.prices.draft import (
    ReportData,
    amounts_in,
    amounts_of,
    data_in,
    data_of,
    draft_from,
    named_in,
    past_day,
    read_back,
    whole_data_of,
)
from flows.prices.goods import leafed, offered
from flows.prompts import N_, S_, Arg, Choice, Money, Named, Prompt, say

NOT_A_REPORTER = N_("Thank you. Only registered reporters can send prices. To ask, send: PIG PRICE")
ASK_COMMODITY = N_("Which product do you report? {choices}. Send the number.")
ASK_MARKET = N_("At which market? {choices}. Send the number.")
ASK_AMOUNT = N_("How much is {commodity} for one {unit}? Send the price.")
RECEIVED = N_("Received: {commodity} {price} {level} {market} {day}. Wrong? Send: WRONG and the price")
RECEIVED_SHORT = N_("Received: {commodity} {price} {level} {market} {day}. Wrong? Send WRONG")
RELEASED = N_("Received: {commodity} {price} {level} {market} {day}. It confirms another report.")
CORRECTED = N_("Corrected: {price}. Thank you.")
CORRECTED_HELD = N_("Corrected: {price}. Staff will check it first.")
TOO_LATE = N_("There is no report of the last 30 minutes to correct. Please send the whole report again.")
IS_IT = N_("{price}, is that right? It is not as usual. {choices}")
IS_IT_ORDER = N_("{price}: is that right? Low and high do not fit. {choices}")
NOT_A_PRICE = N_("Your report is kept. To change it, send WRONG and the price.")
WRONG_DAY = N_("Only prices of the last 7 days can be reported. Please send it again with its day.")
RIGHT = N_("Right")
OTHER = N_("Another price")
WRONG = S_("The price is wrong")
ONE_MORE = S_("Report another price")
HELD = N_("Thank you. Staff will check {price} before it is quoted.")


def _start(turn: Turn) -> Next:
    """Keep what was said and go on to what is missing."""
    slots, unsure = turn.heard.slots, turn.heard.confidence < SURE
    if not turn.facts.person.may_report:
        if unsure and slots.commodity:
            return Next("price.start")  # "may I sell at 9000?" asks rather than reports
        return Next(HOME, tell=(say(NOT_A_REPORTER),))
    if unsure and slots.commodity and (turn.heard.maybe or amounts_of(slots)):
        first = Maybe("commodity", slots.commodity, turn.heard.confidence)
        return _with(turn, replace(slots, commodity=None), {}, (first, *turn.heard.maybe))
    return _with(turn, slots, {}, turn.heard.maybe)


def _with(turn: Turn, slots: Slots, known: ReportData, maybe: tuple[Maybe, ...] = ()) -> Next:
    """Add what was heard to what is known. Data is JSON: amounts are texts."""
    prices = turn.facts.prices
    data: ReportData = {"day": turn.facts.today.isoformat(), **known}
    if slots.day:
        day = past_day(slots.day, turn.facts.today)
        if day is None:
            return Next(HOME, tell=(say(WRONG_DAY),))
        data["day"] = day.isoformat()
    data |= named_in(slots)
    data |= amounts_of(slots)
    if data.get("market") and not prices.market_place(data["market"]):
        del data["market"]  # a name nobody imported: ask rather than guess
        data["strange"] = not data.get("place")
    if not data.get("commodity"):
        data["maybe"] = list(dict.fromkeys(m.value for m in maybe if m.slot == "commodity"))[:4]
    return Next("report.next", data=data)


def _next(turn: Turn) -> Next:
    """Ask for what is missing, in this order; with everything there, write it down."""
    data, prices = data_in(turn).copy(), turn.facts.prices
    if not data.get("commodity"):
        return Next("report.which", data=data)
    data["unit"] = data.get("unit") or prices.usual_unit(data["commodity"])
    if not any(data.get(name) for name in ("low", "high", "usual")):
        return Next("report.amount", data=data)
    if not data.get("market"):
        place = data.get("place") or turn.facts.person.place
        markets = prices.markets_in(place)
        last = turn.run.memory.get("market", "")
        if len(markets) != 1 and (own := prices.own_market()) and (own in markets or not data.get("place")):
            markets = (own,)  # who always reports one market is not asked which
        elif not data.get("place") and last and (last in markets or not markets):
            markets = (last,)
        if data.pop("strange", False):
            near = dict.fromkeys((*prices.markets_in(turn.facts.person.place), *prices.markets_in("")))
            return Next("report.where", data={**data, "markets": list(near)[:4]})
        if len(markets) != 1:
            return Next("report.where", data={**data, "markets": list(markets or prices.markets_in(""))[:4]})
        data["market"] = markets[0]
    return Next("report.write", data=data)


def _ask_which(turn: Turn) -> Prompt:
    choices = offered(turn, tuple(data_in(turn).get("maybe", ())), tuple(turn.run.memory.get("reported", ())))
    return Prompt(ASK_COMMODITY, choices=choices)


def _take_which(turn: Turn) -> Next | None:
    if (more := leafed(turn)) is not None:
        return more
    if (value := turn.chosen) is not None:
        return Next("report.next", data={**data_in(turn), "commodity": value})
    if turn.heard.slots.commodity and turn.heard.confidence >= SURE:
        return _with(turn, turn.heard.slots, data_in(turn))
    return Next("home.fine") if turn.heard.intent is Intent.NO else None


def _ask_where(turn: Turn) -> Prompt:
    return Prompt(ASK_MARKET, choices=tuple(Choice(id, Named("market", id)) for id in data_in(turn)["markets"]))


def _take_where(turn: Turn) -> Next | None:
    if (value := turn.chosen) is not None:
        return Next("report.next", data={**data_in(turn), "market": value})
    slots = turn.heard.slots
    if (slots.market or slots.place) and turn.heard.confidence >= SURE and slots.usual is None:
        kept = data_in(turn).copy()
        kept.pop("market", None)
        kept.pop("markets", None)
        kept.pop("place", None)
        return _with(turn, replace(Slots(), market=slots.market, place=slots.place), kept)
    return Next("home.fine") if turn.heard.intent is Intent.NO else None


def _ask_amount(turn: Turn) -> Prompt:
    return say(
        ASK_AMOUNT,
        commodity=Named("commodity", data_in(turn)["commodity"]),
        unit=Named("unit", data_in(turn)["unit"]),
    )


def _take_amount(turn: Turn) -> Next | None:
    slots = turn.heard.slots
    if turn.heard.intent is Intent.NO:
        return Next("home.fine")
    if slots.usual is None and (slots.low is None or slots.high is None):
        return None
    if turn.heard.intent is Intent.REPORT and slots.commodity:
        return None  # a whole new report
    if turn.heard.confidence < SURE:
        return Next("report.amount", data=data_in(turn))  # a question is no answer: ask once more
    return _with(turn, replace(slots, commodity=None), data_in(turn))


def _write(turn: Turn) -> Next:
    """Write the report down. One that looks wrong is held by the rules, and its reporter asked at once."""
    if not turn.facts.person.may_report:  # the right may end while a question is open
        return Next(HOME, tell=(say(NOT_A_REPORTER),))
    draft = turn.facts.prices.standard(draft_from(data_in(turn)))
    reported = dict.fromkeys((draft.commodity, *turn.run.memory.get("reported", ())))
    memory = {"market": draft.market, "commodity": draft.commodity, "reported": list(reported)[:4]}
    verdict = turn.facts.prices.check(draft)
    if verdict.fault and not verdict.agreed:
        return Next("report.is_it", events=(PriceReported(draft),), data=_held(draft, verdict), memory=memory)
    args = read_back(draft)
    short = Prompt(RECEIVED_SHORT, args)
    told = Prompt(RECEIVED, args, shorter=short, by_outcome={"released": Prompt(RELEASED, args)})
    return Next("report.sent", tell=(told,), events=(PriceReported(draft),), data=data_of(draft), memory=memory)


def _held(draft: Draft, verdict: Verdict) -> ReportData:
    return {**whole_data_of(draft), "fault": verdict.fault, "meant": str(verdict.meant or "")}


def _ask_is_it(turn: Turn) -> Prompt:
    draft = draft_from(data_in(turn))
    choices = [Choice("right", say(RIGHT))]
    if data_in(turn).get("meant"):
        choices.append(Choice("meant", Money(Decimal(data_in(turn)["meant"]), draft.currency)))
    choices.append(Choice("other", say(OTHER)))
    args = read_back(draft)
    sentence = IS_IT_ORDER if data_in(turn).get("fault") == "inconsistent" else IS_IT
    return Prompt(sentence, {"price": args["price"]}, tuple(choices))


def _take_is_it(turn: Turn) -> Next | None:
    value, heard = turn.chosen, turn.heard
    if value == "right" or heard.intent is Intent.YES:
        args = read_back(draft_from(data_in(turn)))
        return Next(HOME, tell=(say(HELD, price=args["price"]),))
    if value == "meant":
        return Next("report.correct", data={"usual": data_in(turn)["meant"], **_of(turn)})
    if value == "other" or heard.intent is Intent.NO:
        return Next("report.again", data=dict(data_in(turn)))
    corrects = heard.intent is Intent.REPORT and not heard.slots.commodity and amounts_of(heard.slots)
    if heard.intent is Intent.CORRECT or corrects:
        return Next("report.correct", data={**amounts_of(heard.slots), **_of(turn)})
    return None


def _of(turn: Turn) -> ReportData:
    """Which report a correction is of: another may have been sent meanwhile, from elsewhere."""
    data = data_in(turn)
    return {"of": [data.get("commodity", ""), data.get("market", ""), data.get("day", "")]}


def _take_again(turn: Turn) -> Next | None:
    slots = turn.heard.slots
    if turn.heard.intent is Intent.NO:
        return Next("home.fine")
    if slots.commodity or (slots.usual is None and slots.low is None):
        return None
    return Next("report.correct", data={**amounts_of(slots), **_of(turn)})


def _correct(turn: Turn) -> Next:
    """Change the last report of this person; what is not said stays. Another good at another price is a new report."""
    last = turn.facts.prices.last_report() if turn.facts.person.may_report else None
    if last is None:
        return Next(HOME, tell=(say(TOO_LATE),))
    slots, data = turn.heard.slots, data_in(turn).copy() or amounts_of(turn.heard.slots)
    if data.pop("of", None) not in (None, [last.draft.commodity, last.draft.market, last.draft.day.isoformat()]):
        return Next(HOME, tell=(say(TOO_LATE),))
    amounts = amounts_in(data)
    said = _said_besides(turn, last.draft)
    other = said.get("commodity", last.draft.commodity) != last.draft.commodity
    if other and amounts and draft_from({**data_of(last.draft), **amounts}).usual != last.draft.usual:
        return _with(turn, slots, {})
    if not amounts and not said:
        return Next("report.again", data=data_of(last.draft))
    draft = turn.facts.prices.standard(
        draft_from({**(data_of(last.draft) if amounts else whole_data_of(last.draft)), **said, **amounts})
    )
    args = read_back(draft)
    # Where more than the amount changed, the price alone would not say what was written down.
    moved = other or not turn.facts.can.type or (draft.market, draft.level) != (last.draft.market, last.draft.level)
    shown: dict[str, Arg] = args if moved else {"price": args["price"]}
    outcomes = {"held": Prompt(CORRECTED_HELD, {"price": args["price"]}), "too_late": Prompt(TOO_LATE)}
    told = Prompt(RECEIVED_SHORT if moved else CORRECTED, shown, by_outcome=outcomes)
    return Next("report.sent", tell=(told,), events=(PriceCorrected(last.id, draft),), data=data_of(draft))


def _said_besides(turn: Turn, last: Draft) -> ReportData:
    """What a correction says besides amounts: the commodity, its unit, the level, the market."""
    slots, prices = turn.heard.slots, turn.facts.prices
    said = named_in(replace(slots, market=None, place=None))
    if (commodity := said.get("commodity", last.commodity)) != last.commodity:
        said.setdefault("unit", prices.usual_unit(commodity))
    if slots.market and prices.market_place(slots.market):
        said["market"] = slots.market
    elif slots.place and (inside := prices.markets_in(slots.place)):
        said["market"] = last.market if last.market in inside else inside[0]
    return said


def _take_sent(turn: Turn) -> Next | None:
    """A bare price right after a report corrects it; a lone digit is no price but an answer to something else.

    "ok" and "thank you" leave it open to correction, "no" asks for the right price.
    """
    slots, intent = turn.heard.slots, turn.heard.intent
    if not turn.facts.can.type:
        return _take_key(turn)
    if intent in (Intent.YES, Intent.THANKS):
        told = say(NOT_A_PRICE) if intent is Intent.YES else say(THANKS)
        return Next("report.sent", tell=(told,), data=data_in(turn))
    if intent is Intent.NO:
        return Next("report.correct")
    if intent not in (Intent.REPORT, Intent.CORRECT) or slots.commodity or not amounts_of(slots):
        return None
    too_small = (
        max(amount for amount in (slots.low, slots.high, slots.usual) if amount is not None) < 10 and not slots.currency
    )
    if too_small or turn.heard.confidence < SURE:
        return Next("report.sent", tell=(say(NOT_A_PRICE),), data=data_in(turn))
    return Next("report.correct", data=amounts_of(slots))


def _ask_sent(_: Turn) -> Prompt:
    return Prompt(WHAT_NEXT, choices=(Choice("wrong", say(WRONG)), Choice("more", say(ONE_MORE))))


def _take_key(turn: Turn) -> Next | None:
    if turn.chosen == "wrong":
        return Next("report.again", data=data_in(turn))
    return Next("report.start") if turn.chosen == "more" else None


FLOW = Flow(
    "report",
    (
        Do("start", _start, (HOME, "report.next", "price.start")),
        Do("next", _next, ("report.which", "report.amount", "report.where", "report.write")),
        *keyed(
            "report",
            Ask(
                "which",
                Kind.CHOOSE,
                _ask_which,
                _take_which,
                (HOME, "report.next", "report.which", "home.fine"),
                codes="commodity",
            ),
        ),
        *keyed(
            "report",
            Ask("where", Kind.CHOOSE, _ask_where, _take_where, (HOME, "report.next", "home.fine"), codes="province"),
        ),
        Ask("amount", Kind.AMOUNT, _ask_amount, _take_amount, (HOME, "report.next", "report.amount", "home.fine")),
        Do("write", _write, (HOME, "report.is_it", "report.sent")),
        Ask("is_it", Kind.CHOOSE, _ask_is_it, _take_is_it, (HOME, "report.correct", "report.again")),
        Ask("again", Kind.AMOUNT, _ask_amount, _take_again, ("report.correct", "home.fine")),
        Ask(
            "sent",
            Kind.AMOUNT,
            _ask_sent,
            _take_sent,
            ("report.correct", "report.sent", "report.again", "report.start"),
            silent=True,
            resumes=HOME,
        ),
        Do("correct", _correct, (HOME, "report.next", "report.again", "report.sent")),
    ),
    {Intent.REPORT: "start", Intent.CORRECT: "correct"},
)
