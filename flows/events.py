"""What a conversation can decide: past-tense facts, handed to the bot, which writes them down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flows.prompts import Prompt


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """The person chose how to be spoken and written to. language: km or en; script: km or latn, None: as it is."""

    language: str
    script: str | None


@dataclass(frozen=True, slots=True)
class PlaceChosen:
    """The person said where they are; an official code."""

    place: str


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """The person agreed to be sent messages; `words` are what they wrote."""

    words: str


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """The person wants nothing sent to them any more."""

    words: str


@dataclass(frozen=True, slots=True)
class NumberDisowned:
    """The number has a new owner: rights and memory of the old one end."""

    words: str


@dataclass(frozen=True, slots=True)
class HelpNeeded:
    """A person should read this. reason: missed, not_yet, not_me."""

    reason: str
    words: str


@dataclass(frozen=True, slots=True)
class MessageLeft:
    """The person spoke a message for staff; the turn knows its recording."""


@dataclass(frozen=True, slots=True)
class AnswerTexted:
    """The person wants this answer as an SMS."""

    prompts: tuple[Prompt, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A price as reported: amounts in `currency` (riel, dollars) for one `unit`, seen on `day`."""

    commodity: str
    market: str
    level: str
    unit: str
    currency: str
    low: Decimal
    high: Decimal
    usual: Decimal
    day: date


@dataclass(frozen=True, slots=True)
class PriceReported:
    """An enumerator reported a price. Outcomes: accepted, held, released (it agrees with a held one)."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class PriceCorrected:
    """An enumerator corrected their report `report` (an id). Outcomes as for PriceReported, and too_late."""

    report: int
    draft: Draft


Event = (
    LanguageChosen
    | PlaceChosen
    | ConsentGiven
    | ConsentWithdrawn
    | NumberDisowned
    | HelpNeeded
    | MessageLeft
    | AnswerTexted
    | PriceReported
    | PriceCorrected
)
