"""A price report while it is put together: what is known of it, as the run keeps it, and the draft that this makes.

Owns which days may be reported and what one amount says of the others.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TypedDict, cast

from flows.engine import Turn
from flows.events import Draft
from flows.heard import Slots
from flows.prompts import Arg, Money, Named, Rate


class ReportData(TypedDict, total=False):
    """What is known of a report. Amounts are decimal texts, `day` an ISO date; everything else is an id."""

    commodity: str
    market: str
    place: str
    level: str
    unit: str
    currency: str
    low: str
    high: str
    usual: str
    day: str
    maybe: list[str]  # goods that may be meant
    markets: list[str]  # of which one is to be chosen
    strange: bool  # a market was named that nobody knows
    fault: str  # why the draft is held
    meant: str  # the amount that a slip explains
    of: list[str]  # the report a correction is of: its good, market and day


def data_in(turn: Turn) -> ReportData:
    """The data of the run under way."""
    return cast("ReportData", turn.data)


def past_day(token: str, today: date) -> date | None:
    """The day of the last week that a token names; None for any other."""
    for back in range(8):
        day = today - timedelta(days=back)
        names = ("today", "yesterday", "day_before_yesterday")[back : back + 1]
        if token in (*names, day.strftime("%a").lower(), str(day.day), f"{day.day}/{day.month}"):
            return day
    return None


def amounts_of(slots: Slots) -> ReportData:
    """The amounts that were heard."""
    found: ReportData = {}
    if slots.low is not None:
        found["low"] = str(slots.low)
    if slots.high is not None:
        found["high"] = str(slots.high)
    if slots.usual is not None:
        found["usual"] = str(slots.usual)
    return found


def draft_from(data: ReportData) -> Draft:
    """The draft that data describes. One amount stands for all three; a range is quoted by its middle."""
    texts = {"low": data.get("low"), "high": data.get("high"), "usual": data.get("usual")}
    given = {name: Decimal(text) for name, text in texts.items() if text}
    low = given.get("low", given.get("usual", given.get("high")))
    high = given.get("high", given.get("usual", given.get("low")))
    assert low is not None
    assert high is not None
    return Draft(
        commodity=data["commodity"],
        market=data["market"],
        level=data.get("level") or "wholesale",
        unit=data["unit"],
        currency=data.get("currency") or "khr",
        low=low,
        high=high,
        usual=given.get("usual", (low + high) / 2),
        day=date.fromisoformat(data["day"]),
    )


def data_of(draft: Draft) -> ReportData:
    """What a correction begins with: all but the amounts."""
    return {
        "commodity": draft.commodity,
        "market": draft.market,
        "level": draft.level,
        "unit": draft.unit,
        "currency": draft.currency,
        "day": draft.day.isoformat(),
    }


def read_back(draft: Draft) -> dict[str, Arg]:
    """What is read back of a draft: everything that was written down."""
    usual = Money(draft.usual, draft.currency)
    return {
        "commodity": Named("commodity", draft.commodity),
        "price": Rate(usual, draft.unit, Money(draft.low, draft.currency), Money(draft.high, draft.currency)),
        "level": Named("level", draft.level),
        "market": Named("market", draft.market),
        "day": draft.day,
    }


def named_in(slots: Slots) -> ReportData:
    """What was named in a message."""
    found: ReportData = {}
    if slots.commodity:
        found["commodity"] = slots.commodity
    if slots.market:
        found["market"] = slots.market
    if slots.place:
        found["place"] = slots.place
    if slots.level:
        found["level"] = slots.level
    if slots.unit:
        found["unit"] = slots.unit
    if slots.currency:
        found["currency"] = slots.currency
    return found


def whole_data_of(draft: Draft) -> ReportData:
    """All that the draft says."""
    return {**data_of(draft), "low": str(draft.low), "high": str(draft.high), "usual": str(draft.usual)}


def amounts_in(data: ReportData) -> ReportData:
    """The amounts alone."""
    found: ReportData = {}
    if "low" in data:
        found["low"] = data["low"]
    if "high" in data:
        found["high"] = data["high"]
    if "usual" in data:
        found["usual"] = data["usual"]
    return found
