"""What follows from what people subscribe to and leave."""

from __future__ import annotations

from collections.abc import Mapping

from bot.contacts import subscriptions
from bot.contacts.subscriptions import Statement
from bot.messages import notices
from bot.radio import facts as radio
from bot.turn import Handler, Moment
from bot.vault import Vault
from flows import events


def handlers(vault: Vault) -> Mapping[type[events.Event], Handler]:
    """The handlers of these events."""

    def subscribed(event: events.Subscribed, at: Moment) -> None:
        by = Statement(at.channel, event.words, at.sid)
        subscriptions.subscribe(at.connection, vault, at.known_contact, event.name, by, at.now)
        if event.name == subscriptions.RADIO:
            radio.is_told_anew(at.connection, at.known_contact, at.now)

    def unsubscribed(event: events.Unsubscribed, at: Moment) -> None:
        by = Statement(at.channel, event.words, at.sid)
        subscriptions.unsubscribe(at.connection, vault, at.known_contact, event.name, by, at.now)
        notices.call_off(at.connection, event.name, at.now, at.known_contact)
        if event.name == subscriptions.RADIO:
            radio.is_told_anew(at.connection, at.known_contact, at.now)

    return {events.Subscribed: subscribed, events.Unsubscribed: unsubscribed}
