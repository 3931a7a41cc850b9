"""What follows from what people want to be told of prices."""

from __future__ import annotations

from collections.abc import Mapping

from bot.contacts.subscriptions import Statement
from bot.prices.notices import alerts
from bot.turn import Handler, Moment
from bot.vault import Vault
from flows import events


def handlers(vault: Vault) -> Mapping[type[events.Event], Handler]:
    """The handlers of these events."""

    def alert_wanted(event: events.AlertWanted, at: Moment) -> str:
        by = Statement(at.channel, event.words, at.sid)
        return alerts.want(at.connection, vault, at.known_contact, event, by, at.now)

    def alert_ended(event: events.AlertEnded, at: Moment) -> None:
        by = Statement(at.channel, event.words, at.sid)
        alerts.end(at.connection, vault, at.known_contact, event.commodity, by, at.now)

    return {events.AlertWanted: alert_wanted, events.AlertEnded: alert_ended}
