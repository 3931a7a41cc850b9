"""What follows from what enumerators report."""

from __future__ import annotations

from collections.abc import Mapping

from bot.prices import service as price_service
from bot.prices import wanted
from bot.turn import Handler, Moment
from flows import events


def handlers() -> Mapping[type[events.Event], Handler]:
    """The handlers of these events."""

    def reported(event: events.PriceReported, at: Moment) -> str:
        fault = at.prices.check(event.draft).fault
        return price_service.report(at.connection, event.draft, fault, at.known_contact, at.now)

    def corrected(event: events.PriceCorrected, at: Moment) -> str:
        fault = at.prices.check(event.draft).fault
        return price_service.correct(at.connection, event.report, event.draft, fault, at.known_contact, at.now)

    def missed(event: events.PriceMissed, at: Moment) -> None:
        wanted.count(at.connection, event.commodity, event.place, at.now.date())

    return {events.PriceReported: reported, events.PriceCorrected: corrected, events.PriceMissed: missed}
