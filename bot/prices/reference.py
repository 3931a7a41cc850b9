"""The reference data of prices: what the rules need of each commodity, and which provinces adjoin.

Reads data/commodities.csv, data/neighbours.csv and data/markets.csv (the markets that the World Food Programme
watches). No prices here: those are imported; so are further markets.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, select

from bot.prices.changes import raise_change
from bot.prices.models import Commodity, Market
from bot.upsert import upsert

_DATA = Path(__file__).parent / "data"


class Rule(NamedTuple):
    """What holds for a commodity: its usual unit and the plausible range in riel for one of that unit."""

    id: str
    unit: str
    low: int
    high: int
    perishable: bool
    rank: int  # 1 is offered first


@lru_cache(maxsize=1)
def commodities() -> tuple[Rule, ...]:
    """Every commodity of the vocabulary, the first to offer first."""
    rules = [
        Rule(
            id=row["id"],
            unit=row["unit"],
            low=int(row["low"]),
            high=int(row["high"]),
            perishable=row["perishable"] == "1",
            rank=int(row["rank"]),
        )
        for row in _rows("commodities.csv")
    ]
    return tuple(sorted(rules, key=lambda rule: rule.rank))


@lru_cache(maxsize=1)
def groups() -> dict[str, str]:
    """The group of the board each commodity stands in, by its short name."""
    return {row["id"]: row["group"] for row in _rows("commodities.csv")}


@lru_cache(maxsize=1)
def neighbours() -> dict[str, tuple[str, ...]]:
    """For each province's code the codes of those that adjoin it, nearest by road first."""
    return {row["province"]: tuple(row["neighbours"].split("|")) for row in _rows("neighbours.csv")}


def load_reference(connection: Connection) -> None:
    """Bring the table of commodities to this release's data, and tell running processes. Can be repeated.

    A commodity that a release no longer knows stays: reports point to it.
    """
    known = {tuple(row) for row in connection.execute(select(*Commodity.__table__.columns))}
    fresh = [rule._asdict() for rule in commodities() if tuple(rule) not in known]
    if fresh:
        connection.execute(upsert(connection, Commodity), fresh)
        raise_change(connection, "markets")  # markets and commodities are read anew together


def load_markets(connection: Connection) -> None:
    """Add the markets of this release that are not there yet; what an operator imported stays as it is."""
    there = connection.execute(select(Market.id, Market.name_km, Market.place)).all()
    ids, names = {row.id for row in there}, {(row.name_km, row.place[:2]) for row in there}
    fresh = [
        {**row, "reference": False}
        for row in _rows("markets.csv")
        if row["id"] not in ids and (row["name_km"], row["place"][:2]) not in names
    ]
    if fresh:
        connection.execute(upsert(connection, Market), fresh)
        raise_change(connection, "markets")


def _rows(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
