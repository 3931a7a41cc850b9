"""The handlers of all events together.

A handler may return an outcome that a prompt names. None of them sends anything or opens a transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from bot.config import QuietHours
from bot.handlers import alerts, calls, issues, meetings, people, prices, subscriptions
from bot.issues.office.links import Links
from bot.meetings.telling import Telling
from bot.messages.calls.callbacks import Budget
from bot.messages.notices import Notices
from bot.turn import Handler
from bot.vault import Vault
from flows.events import Event

NO_CALLS = Budget(0)


def handlers(
    vault: Vault,
    notices: Notices,
    zone: ZoneInfo,
    links: Links,
    quiet: QuietHours | None = None,
    budget: Budget = NO_CALLS,
    most_unasked: int = 10_000,
) -> Mapping[type[Event], Handler]:
    """The handler of each event type. The test of the map proves that none is missing.

    `budget` is that of ringing people back, `most_unasked` what they may cause to be sent to others in a day.
    """
    telling = Telling(notices, zone, quiet, most_unasked)
    return {
        **people.handlers(vault, telling),
        **calls.handlers(vault, zone, budget),
        **prices.handlers(),
        **meetings.handlers(telling),
        **subscriptions.handlers(vault),
        **alerts.handlers(vault),
        **issues.handlers(notices, zone, links),
    }
