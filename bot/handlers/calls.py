"""What follows from what people want of the telephone."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from bot.contacts import service as contacts
from bot.issues.facts import midnight
from bot.messages.calls import callbacks
from bot.turn import Handler, Moment
from bot.vault import Vault
from flows import events


def handlers(vault: Vault, zone: ZoneInfo, budget: callbacks.Budget) -> Mapping[type[events.Event], Handler]:
    """The handlers of these events. `budget` is that of ringing people back."""

    def call_back_asked(event: events.CallBackAsked, at: Moment) -> str:
        address = contacts.address_of(at.connection, vault, at.known_contact)
        day_began = midnight(at.now, zone)
        begins = callbacks.Begins(event.opens, {"code": event.code} if event.code else {})
        return callbacks.ask(at.connection, at.known_contact, address, begins, at.now, day_began, budget)

    return {events.CallBackAsked: call_back_asked}
