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
# Ours to put right, for everybody or for many: nothing is thrown away meanwhile. Credit, an account or carrier that is
# suspended, a service or region that is off; a sender that is missing, not ours, not registered or sends no SMS.
ACCOUNT = frozenset(
    (
        "S1004",
        "S1005",
        "S1006",
        "S1008",
        "10001",
        "10002",
        "20005",
        "20006",
        "30002",
        "30037",
        "21408",
        "21608",
    )
)
SENDER = frozenset(
    ("21210", "21212", "21213", "21603", "21606", "21607", "21659", "21660", "21701", "21703", "21704", "30034")
)
OURS = ACCOUNT | SENDER
# Staff are told of these too, but another try would not help: this sender cannot reach that number, or was filtered.
FILTERED = frozenset({"21612", "30007", "30450"})
# Of that number alone: one carrier takes only numbers that its own numbering plan knows.
IMPLAUSIBLE = frozenset({"20422", "13224"})
# The phone is off, out of reach, or the network stumbled: it may come through later.
DELIVERY = frozenset({"30001", "30003", "30008", "30036", "S1001", "S1002"})
# Never processed, whoever it was for: too many at once, or the account's credentials are refused.
THROTTLED = frozenset({"20429", "21611"})
CREDENTIALS = frozenset({"20003"})
LATER = THROTTLED | CREDENTIALS | OURS
ALARMING = CREDENTIALS | OURS | FILTERED
# What staff are told of a code; of the others the code alone.
MEANINGS = {
    "S1001": "the carrier did not send it in time",
    "S1002": "the carrier's SMS gateway is not connected",
    "S1004": "the carrier is suspended",
    "S1005": "the account has no credit: top it up",
    "S1006": "the service is not subscribed to",
    "S1007": "the carrier blocks this number",
    "S1008": "the account may not send to this region",
    "13224": "the carrier finds this number implausible or does not serve it",
    "20003": "the account's sid or token is refused",
    "20422": "the carrier finds this number implausible and takes nothing for it; ask the carrier to allow it",
    "21210": "the sender is not of this account",
    "21211": "there is no such number",
    "21215": "the account may not call this region",
    "21408": "the account may not send to this region",
    "21606": "the sender cannot send SMS to this destination",
    "21608": "a trial account writes only to numbers it has verified",
    "21610": "they have blocked us at the carrier",
    "21612": "this sender cannot reach that number",
    "21614": "no mobile number",
    "21635": "a landline",
    "21701": "the messaging service does not exist",
    "21703": "the messaging service has no sender free",
    "21704": "the messaging service has no sender",
    "30001": "too many waited at the carrier",
    "30002": "the account is suspended",
    "30003": "the phone is off or out of reach",
    "30005": "nobody has this number",
    "30006": "a landline, or its network is out of reach",
    "30007": "filtered as unwanted",
    "30008": "not delivered; the network did not say why",
    "30034": "the sender is not registered",
    "30036": "not delivered in time",
    "30037": "messaging is switched off at the account",
    "30450": "blocked for its content",
}

REST_LADDER = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600))  # the last one repeats
DELIVERY_LADDER = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3))  # then it is final


OURS_WAIT = timedelta(minutes=10)  # between tries of what the carrier first took and then did not send, by our fault


def explained(code: str) -> str:
    """A code with what it means, for staff."""
    return f"{code} ({MEANINGS[code]})" if code in MEANINGS else code


def rest_wait(faults: int, asked: float = 0.0) -> timedelta:
    """How long to wait after so many faults (1 or more); at least the seconds the carrier asked for."""
    return max(REST_LADDER[min(faults, len(REST_LADDER)) - 1], timedelta(seconds=asked))


def delivery_wait(rounds: int) -> timedelta | None:
    """How long to wait after so many delivery errors (1 or more); None: that was the last try."""
    return DELIVERY_LADDER[rounds - 1] if rounds <= len(DELIVERY_LADDER) else None
