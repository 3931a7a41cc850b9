"""What a carrier's words and codes mean for a message, and how long to wait before it is tried again."""

from __future__ import annotations

from datetime import timedelta

from bot.messages.models import OutState

# The carriers' words for the states that matter; what is still on its way is no news.
STATES = {
    "sent": OutState.SENT,
    "delivered": OutState.DELIVERED,
    "read": OutState.DELIVERED,
    "undelivered": OutState.UNDELIVERED,
    "failed": OutState.FAILED,
    "canceled": OutState.FAILED,
}
OPTED_OUT = "21610"  # a phone that refuses us: a STOP that did not pass through here
# Ours to put right: the region is not allowed, a trial account, a sender that cannot reach them, filtered.
CONFIGURATION = frozenset({"21408", "21608", "21612", "30007", "30450"})
# The phone is off, out of reach, or the network stumbled: it may come through later.
DELIVERY = frozenset({"30001", "30003", "30008", "30036"})
# Never processed, whoever it was for: too many at once, or the account's credentials are refused.
THROTTLED = frozenset({"20429", "21611"})
CREDENTIALS = frozenset({"20003", "20005"})

REST_LADDER = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600))  # the last one repeats
DELIVERY_LADDER = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3))  # then it is final


def rest_wait(faults: int, asked: float = 0.0) -> timedelta:
    """How long to wait after so many faults (1 or more); at least the seconds the carrier asked for."""
    return max(REST_LADDER[min(faults, len(REST_LADDER)) - 1], timedelta(seconds=asked))


def delivery_wait(rounds: int) -> timedelta | None:
    """How long to wait after so many delivery errors (1 or more); None: that was the last try."""
    return DELIVERY_LADDER[rounds - 1] if rounds <= len(DELIVERY_LADDER) else None
