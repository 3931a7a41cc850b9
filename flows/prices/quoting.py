"""A price in words, from its richest wording to its barest.

Owns the sentences of prices and what is left out of them when room is short. Which price may be quoted is the prices
room's rule.
"""

from __future__ import annotations

from flows.facts import Found, Quote
from flows.prompts import N_, T_, Arg, Elsewhere, Money, Named, Prompt, Rate, say

# By what is in the answer: its age, the number of reporters, the direction, other markets.
SENTENCES = {
    (False, True, True, True): T_("{commodity} {price} {level} {market} {day} {trend}, {reporters} reports. {others}"),
    (False, True, True, False): N_("{commodity} {price} {level} {market} {day} {trend}, {reporters} reports."),
    (False, True, False, True): T_("{commodity} {price} {level} {market} {day}, {reporters} reports. {others}"),
    (False, True, False, False): N_("{commodity} {price} {level} {market} {day}, {reporters} reports."),
    (False, False, True, True): T_("{commodity} {price} {level} {market} {day} {trend}. {others}"),
    (False, False, True, False): N_("{commodity} {price} {level} {market} {day} {trend}."),
    (False, False, False, True): T_("{commodity} {price} {level} {market} {day}. {others}"),
    (False, False, False, False): N_("{commodity} {price} {level} {market} {day}."),
    (True, False, False, True): T_("{commodity} {price} {level} {market} {day}, {age} days old. {others}"),
    (True, False, False, False): N_("{commodity} {price} {level} {market} {day}, {age} days old."),
}
TOO_OLD = N_("No new price of {commodity}. The last one is from {day}, {market}. Please ask again later.")
UNKNOWN = N_("No price of {commodity} yet.")


def quoted(commodity: str, found: Found, *, barely: bool = False) -> Prompt:
    """What was found, from its richest wording to its barest, or barely."""
    best, last = found.best, found.last
    if best is None:
        if last is None:
            return say(UNKNOWN, commodity=Named("commodity", commodity))
        return say(
            TOO_OLD,
            commodity=Named("commodity", commodity, last.grade),
            day=last.day,
            market=Named("market", last.market),
        )
    return _sentence(best, (), 0, None, span=False) if barely else _ladder(best, found.others)


def _ladder(best: Quote, others: tuple[Quote, ...]) -> Prompt:
    """The answer from its richest wording to its barest, in the order in which things may be dropped."""
    count = best.reporters if best.reporters > 1 and not best.old else 0
    steps = [(tuple(others[:number]), count, True) for number in range(min(len(others), 2), 0, -1)]
    steps += [((), count, True), *([((), 0, True)] if count else []), ((), 0, False)]
    prompt = None
    for beside, reporters, span in reversed(steps):
        prompt = _sentence(best, beside, reporters, prompt, span=span)
    assert prompt is not None
    return prompt


def _sentence(quote: Quote, others: tuple[Quote, ...], reporters: int, shorter: Prompt | None, *, span: bool) -> Prompt:
    args: dict[str, Arg] = {
        "commodity": Named("commodity", quote.commodity, quote.grade),
        "price": Rate(Money(quote.usual, quote.currency), quote.unit),
        "level": Named("level", quote.level),
        "market": Named("market", quote.market),
        "day": quote.day,
    }
    if span:
        low, high = Money(quote.low, quote.currency), Money(quote.high, quote.currency)
        args["price"] = Rate(Money(quote.usual, quote.currency), quote.unit, low, high)
    if quote.old:
        args["age"] = quote.age
    elif quote.trend:
        args["trend"] = Named("trend", quote.trend)
    if reporters:
        args["reporters"] = reporters
    if others:
        args["others"] = tuple(Elsewhere(o.market, Money(o.usual, o.currency)) for o in others)
    return Prompt(
        SENTENCES["age" in args, "reporters" in args, "trend" in args, "others" in args], args, shorter=shorter
    )
