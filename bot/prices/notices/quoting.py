"""The newest prices read once and quoted for many places, by the rule of an answer. For what is told unasked."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Connection

from bot.prices.facts import PriceFacts
from bot.prices.knowledge import Known
from bot.prices.queries import ALL_PRICES, Latest
from flows.facts import Quote


class Quoting:
    """The quotes of a day. Reads no more than the newest prices of these goods, of all where none are named."""

    def __init__(
        self, connection: Connection, known: Known, today: date, now: datetime, goods: Collection[str] | None = None
    ):
        self._facts = PriceFacts(connection, known, None, today, now)
        self._rows: dict[str, list[Latest]] = {}
        self._quotes: dict[tuple[str, str], Quote | None] = {}
        which = ALL_PRICES if goods is None else ALL_PRICES.where(ALL_PRICES.selected_columns.commodity.in_(goods))
        for row in connection.execute(which):
            self._rows.setdefault(row.commodity, []).append(Latest(*row))

    def best(self, commodity: str, place: str) -> Quote | None:
        """What is quoted of a commodity near a place; None where there is nothing to quote."""
        asked = commodity, place
        if asked not in self._quotes:
            self._quotes[asked] = self._facts.among(self._rows.get(commodity, ()), commodity, place).best
        return self._quotes[asked]
