"""How the carrier's lists are paged, and how its interface writes numbers and dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from flask import request

from bot.simulator.carrier.door import RefusalError


@dataclass(frozen=True, slots=True)
class Page:
    """Which page of a list a request asks for: its number from 0, its size, and the id that it ends before."""

    number: int
    size: int
    before: int | None

    @classmethod
    def asked(cls, largest: int) -> Page:
        """The page that the request under way asks for; raises RefusalError."""
        return cls(
            number=max(whole(request.args, "Page", 0), 0),
            size=min(max(whole(request.args, "PageSize", 50), 1), largest),
            before=whole(request.args, "PageToken", 0) or None,
        )

    def answer(
        self, name: str, base: str, filters: Mapping[str, str], found: Sequence[tuple[int, dict[str, Any]]]
    ) -> dict[str, Any]:
        """The list under its name, with the addresses of the first and the next page.

        `found`: id and JSON of each entry, one more than the page holds where there is a next one.
        """
        shown = found[: self.size]

        def address(number: int, last: int | None = None) -> str:
            query = {**filters, "PageSize": str(self.size), "Page": str(number)}
            return f"{base}?{urlencode(query | ({'PageToken': str(last)} if last else {}))}"

        return {
            name: [entry for _, entry in shown],
            "page": self.number,
            "page_size": self.size,
            "start": self.number * self.size,
            "end": self.number * self.size + max(len(shown) - 1, 0),
            "uri": request.full_path.rstrip("?"),
            "first_page_uri": address(0),
            "next_page_uri": address(self.number + 1, shown[-1][0]) if len(found) > self.size else None,
            "previous_page_uri": None,
        }


def whole(given: Mapping[str, str], name: str, default: int) -> int:
    """The number given under a name; raises RefusalError."""
    try:
        return int(given.get(name) or default)
    except ValueError:
        raise RefusalError(20001, f"{name} must be a number.") from None


def as_date(seconds: float) -> str:
    """A moment as the carrier writes it."""
    return format_datetime(datetime.fromtimestamp(seconds, UTC))
