"""What a turn takes and gives: a message, its answer, and the moment in which handlers write down what was decided.

Holds values only; the turn itself is taken in bot.conversation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from bot.contacts.phone import Address
from bot.prices.facts import PriceFacts
from flows.prompts import Prompt


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message as a channel received it. `sid` is the carrier's, unique for ever.

    `spooled_at` is when it came, if nobody could take it then: it counts as of that moment, and since the carrier no
    longer waits for it, its answer goes by the outbox, in the same transaction.
    """

    sid: str
    channel: str
    sender: Address
    text: str
    spooled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say back; empty when nothing is said on purpose. `repeated`: it had been said before."""

    text: str
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """What a handler needs besides the event: the transaction, who decided, when, and by which message."""

    connection: Connection
    contact: int | None  # empty for a withheld number
    now: datetime
    today: date
    sid: str
    channel: str
    prices: PriceFacts
    written: Callable[[Sequence[Prompt]], str]  # the words of an SMS to this person
    recording: str = ""  # where the carrier keeps what was just spoken

    @property
    def known_contact(self) -> int:
        """The contact; an event that needs one is never handled for a withheld number."""
        assert self.contact is not None
        return self.contact


Handler = Callable[[Any, Moment], str | None]
