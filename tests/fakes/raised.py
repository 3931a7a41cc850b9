"""Issues as they lie in the tables, put there directly: for what only reads them. Everybody and everything is invented.

Nobody stands behind these issues: pages never ask who does.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert

from bot.db import table, writing
from bot.issues.models import Category, Issue, IssueEntry, Office, PlaceCount
from bot.upsert import insert_new, upsert
from bot.vault import Vault
from flows.codes import made

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # a Monday, ten in the morning in Phnom Penh
CATEGORIES = ("licence", "unofficial_fee", "market_access", "animal_disease", "water", "road", "other")


class Raised:
    """Adds offices, people's counts, issues and their entries to a database."""

    def __init__(self, engine: Engine, vault: Vault | None = None, now: datetime = NOW):
        self.engine = engine
        self.vault = vault or Vault("a key for tests only")
        self.now = now
        self._numbers: Iterator[int] = itertools.count(1)
        rows = [_category(id, rank) for rank, id in enumerate(CATEGORIES, 1)]
        with writing(engine) as connection:
            connection.execute(insert_new(connection, Category), rows)

    def office(self, name: str, place: str = "", level: str = "", name_km: str = "", parent: int | None = None) -> int:
        """An office; its level follows from its place."""
        levels = {0: "ministry", 2: "province", 4: "district", 6: "commune"}
        row = {
            "code": f"office-{next(self._numbers)}",
            "name_km": name_km or name,
            "name_en": name,
            "level": level or levels.get(len(place), "commune"),
            "place": place,
            "parent_id": parent,
            "created_at": self.now,
        }
        office = table(Office)
        with writing(self.engine) as connection:
            return int(connection.execute(insert(office).values(row).returning(office.c.id)).scalar_one())

    def people(self, **counts: int) -> None:
        """How many people are counted where: people(p0313=7)."""
        rows = [{"place": place.removeprefix("p"), "people": count, "told": count} for place, count in counts.items()]
        with writing(self.engine) as connection:
            connection.execute(upsert(connection, PlaceCount), rows)

    def issue(self, words: str = "", public: str = "", ago: timedelta = timedelta(hours=2), **columns: Any) -> int:
        """An issue that its office sees, with the entry of its report; `ago`: how long ago it was raised."""
        row = self._issue(self.now - ago, **columns)
        issue = table(Issue)
        with writing(self.engine) as connection:
            id = int(connection.execute(insert(issue).values(row).returning(issue.c.id)).scalar_one())
        self.entry(id, "report", "voice", words, public or ("shown" if words else ""), at=row["created_at"])
        return id

    def many(self, count: int, **columns: Any) -> None:
        """So many issues at once, without entries."""
        rows = [self._issue(self.now, **columns) for _ in range(count)]
        with writing(self.engine) as connection:
            connection.execute(insert(table(Issue)), rows)

    def _issue(self, at: datetime, **columns: Any) -> dict[str, Any]:
        place = columns.get("place", "0313")
        return {
            "code": made(next(self._numbers) * 137 % 1_000_000),
            "category": "water",
            "place": place,
            "district": place[:4],
            "province": place[:2],
            "commodity": "",
            "about_office": False,
            "office_id": None,
            "state": "sent",
            "voices": 1,
            "voices_told": columns.get("voices", 1),
            "by_group": False,
            "hidden": False,
            "folded": self.vault.seal(""),
            "office_at": at,
            "overdue": 0,
            "created_at": at,
            "changed_at": at,
            **columns,
        }

    def entry(
        self, issue: int, kind: str, by: str = "office", words: str = "", public: str = "", **columns: Any
    ) -> int:
        """An entry of an issue's history."""
        row = {
            "issue_id": issue,
            "at": self.now,
            "kind": kind,
            "by": by,
            "text": self.vault.seal(words) if words else None,
            "office_may": True,
            "public": public or ("waiting" if words else ""),
            "detail": "",
            **columns,
        }
        entry = table(IssueEntry)
        with writing(self.engine) as connection:
            return int(connection.execute(insert(entry).values(row).returning(entry.c.id)).scalar_one())


def _category(id: str, rank: int) -> dict[str, Any]:
    return {
        "id": id,
        "name_km": "",
        "name_latn": "",
        "name_en": "",
        "sensitive": False,
        "above": id == "unofficial_fee",
        "goods": False,
        "days": 15,
        "rank": rank,
    }
