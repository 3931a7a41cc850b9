"""The states of an SMS that goes out: which may follow which."""

from __future__ import annotations

from bot.messages.models import OutState

# From each state the states it may go to; a state outside the table is final.
STEPS = {
    OutState.QUEUED: (
        OutState.SENDING,
        OutState.EXPIRED,
        OutState.CANCELLED,
        OutState.HELD,
        # The carrier had taken what it seemed to have refused, and says so before it is sent again.
        OutState.SENT,
        OutState.DELIVERED,
        OutState.UNDELIVERED,
        OutState.FAILED,
    ),
    OutState.HELD: (OutState.QUEUED, OutState.EXPIRED, OutState.CANCELLED),
    OutState.SENDING: (
        OutState.QUEUED,
        OutState.SKIPPED,
        OutState.EXPIRED,
        OutState.SENT,
        OutState.FAILED,
        OutState.UNKNOWN,
        OutState.DELIVERED,
        OutState.UNDELIVERED,  # a callback may be quicker than the carrier's answer
    ),
    # A delivery error that may pass puts it back.
    OutState.SENT: (OutState.QUEUED, OutState.DELIVERED, OutState.UNDELIVERED, OutState.FAILED),
    OutState.UNKNOWN: (OutState.SENT, OutState.DELIVERED, OutState.UNDELIVERED, OutState.FAILED),
}
