"""The states of a call we place: which may follow which, and what changes in the row whenever one is reached."""

from __future__ import annotations

from datetime import datetime

from bot.messages.calls.models import CallState

# From each state of a call we place the states it may go to; a state outside the table is final.
STEPS = {
    CallState.QUEUED: (
        CallState.DIALLING,
        CallState.OPEN,
        CallState.EXPIRED,
        CallState.CANCELLED,
        CallState.HELD,
    ),
    CallState.HELD: (CallState.QUEUED, CallState.EXPIRED, CallState.CANCELLED),
    CallState.DIALLING: (
        CallState.QUEUED,
        CallState.OPEN,
        CallState.UNKNOWN,
        CallState.SKIPPED,
        CallState.EXPIRED,
        CallState.ENDED,
        CallState.NO_ANSWER,
        CallState.BUSY,
        CallState.FAILED,
    ),
    CallState.UNKNOWN: (
        CallState.QUEUED,  # we are told that nobody answered
        CallState.OPEN,  # somebody answered after all
        CallState.ENDED,
        CallState.NO_ANSWER,
        CallState.BUSY,
        CallState.FAILED,
    ),
    CallState.OPEN: (CallState.ENDED,),
}
UNANSWERED = (CallState.NO_ANSWER, CallState.BUSY)
# Nobody was talked to: nothing of the minute that was set aside is spent.
UNSPENT = (*UNANSWERED, CallState.FAILED, CallState.EXPIRED, CallState.CANCELLED, CallState.SKIPPED)
# What was to be written if nobody picked up is not kept longer than it may be needed.
NEVER_WRITTEN = (CallState.EXPIRED, CallState.CANCELLED)


def may_come_from(state: CallState) -> list[CallState]:
    """The states that may lead to this one."""
    return [origin for origin, targets in STEPS.items() if state in targets]


def values_of(state: CallState, now: datetime) -> dict[str, object]:
    """What changes whenever a call goes to a state."""
    more: dict[str, object] = {"minutes": 0} if state in UNSPENT else {}
    more |= {"text": None} if state in NEVER_WRITTEN else {}
    return {"state": state, "changed_at": now, "leased_until": None, **more}
