"""Prices as a conversation asks for them, from a small world: every good, one market a province, one price each."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from flows.events import Draft
from flows.facts import Found, LastReport, Quote, Verdict

GOODS = tuple(f"good{number}" for number in range(1, 12))
PROVINCES = tuple(f"{number:02}" for number in range(1, 26))


class FewPrices:
    """The answers; `verdict` is what every report meets, `last` the report that may be corrected."""

    def __init__(self, today: date, verdict: Verdict, last: LastReport | None) -> None:
        self.today = today
        self.verdict = verdict
        self.last = last

    def find(self, commodity: str, place: str, market: str, level: str, unit: str) -> Found:
        if commodity == "good2":
            return Found()
        best = self._quote(commodity, market or f"market{place[:2] or '12'}", level)
        if commodity == "good3":
            return Found(last=best)
        return Found(best, here=commodity != "good4", others=(self._quote(commodity, "market01", level),))

    def _quote(self, commodity: str, market: str, level: str) -> Quote:
        usual = Decimal(9500)
        wanted = level or "wholesale"
        return Quote(commodity, "", market, wanted, "kg", "khr", usual, usual, usual, 2, self.today, 0, trend="up")

    def asked_most(self, commodities: tuple[str, ...], place: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*commodities, *GOODS)))

    def provinces(self) -> tuple[str, ...]:
        return PROVINCES

    def markets_in(self, place: str) -> tuple[str, ...]:
        return (f"market{place[:2]}",) if place else tuple(f"market{code}" for code in PROVINCES)

    def market_place(self, market: str) -> str:
        return market.removeprefix("market")

    def usual_unit(self, commodity: str) -> str:
        return "kg"

    def standard(self, draft: Draft) -> Draft:
        return draft

    def check(self, draft: Draft) -> Verdict:
        return self.verdict

    def last_report(self) -> LastReport | None:
        return self.last

    def own_market(self) -> str:
        return ""

    def alike(self, commodity: str) -> tuple[str, ...]:
        return ("good1",) if commodity == "good2" else ()

    def groups(self) -> tuple[str, ...]:
        return ("animals", "crops", "produce", "food")

    def of_group(self, group: str) -> tuple[str, ...]:
        return GOODS[5:]
