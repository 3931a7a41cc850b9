"""What each role may do: one table. Pages name the right they need, never a role."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What somebody is on the staff."""

    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
    PRICE_EDITOR = "price_editor"
    MODERATOR = "moderator"
    PRODUCER = "producer"
    AUDITOR = "auditor"


class Right(StrEnum):
    """One thing that may be done. Writing words and sending them are two."""

    ENTER = "enter"  # the page of today, one's own account
    SEE_PRICES = "see_prices"
    CHANGE_PRICES = "change_prices"
    READ_INBOX = "read_inbox"  # the words of people
    WRITE = "write"  # drafts of what is to be sent, notes
    SEND = "send"  # to people
    SEE_AUDIT = "see_audit"


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.ADMINISTRATOR: frozenset(Right),
    Role.OPERATOR: frozenset(Right) - {Right.SEE_AUDIT},
    Role.PRICE_EDITOR: frozenset({Right.ENTER, Right.SEE_PRICES, Right.CHANGE_PRICES}),
    Role.MODERATOR: frozenset({Right.ENTER, Right.READ_INBOX, Right.WRITE}),
    Role.PRODUCER: frozenset({Right.ENTER, Right.SEE_PRICES}),
    Role.AUDITOR: frozenset({Right.ENTER, Right.SEE_PRICES, Right.SEE_AUDIT}),
}


def may(role: str, right: Right) -> bool:
    """Whether a role has a right."""
    return right in RIGHTS[Role(role)]
