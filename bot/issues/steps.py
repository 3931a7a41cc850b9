"""What may become of an issue: from which states each state is reached. Enforced in SQL by whoever takes a step.

sent ─► acknowledged ─► answered ─► resolved ─► confirmed | unconfirmed
  └────────────┴───────────┴───────►   │  ▲
                                       ▼  │
                                    reopened
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.issues.models import IssueState

OPEN = (IssueState.SENT, IssueState.ACKNOWLEDGED, IssueState.ANSWERED, IssueState.REOPENED)  # the office's to act on
CLOSED = (
    *(IssueState.CONFIRMED, IssueState.UNCONFIRMED, IssueState.MERGED, IssueState.REJECTED),
    IssueState.WITHDRAWN,
)
LIVE = (*OPEN, IssueState.RESOLVED)  # of these the clock, digests and "me too" know

FROM: Mapping[IssueState, tuple[IssueState, ...]] = {
    IssueState.ACKNOWLEDGED: (IssueState.SENT, IssueState.REOPENED),
    IssueState.ANSWERED: OPEN,
    IssueState.RESOLVED: OPEN,
    # A mind may change until the time to say so is over; silence ends it.
    IssueState.CONFIRMED: (IssueState.RESOLVED, IssueState.REOPENED),
    IssueState.REOPENED: (IssueState.RESOLVED, IssueState.CONFIRMED),
    IssueState.UNCONFIRMED: (IssueState.RESOLVED,),
    IssueState.MERGED: LIVE,
    IssueState.REJECTED: LIVE,
    IssueState.WITHDRAWN: LIVE,
}
