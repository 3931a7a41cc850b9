"""Issues as offices and the public read them: where they are said to be, what of their history may be read.

The open side: nothing here knows who is behind an issue. Places with few people are widened in public, and an office
whose name would tell more than the place may is not named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, select

from bot.db import table
from bot.issues.models import Category, EntryKind, IssueEntry, Office, PlaceCount, Public
from bot.language.saying.wording import WORDS
from bot.vault import Vault
from flows.prompts import Arg, Named, Titled

FEWEST = 5  # people a district or commune needs to be named in public
_category, _entry, _office, _counted = table(Category), table(IssueEntry), table(Office), table(PlaceCount)


def shown_places(connection: Connection, places: Iterable[str]) -> dict[str, str]:
    """For each of these places the one that is said in public: itself, else its district, else its province."""
    wanted = set(places)
    finer = {place[:length] for place in wanted for length in (4, 6) if len(place) >= length}
    rows = connection.execute(
        select(_counted.c.place).where(_counted.c.place.in_(sorted(finer)), _counted.c.told >= FEWEST)
    )
    many = set(rows.scalars()) if finer else set()
    return {place: _widest(place, many) for place in wanted}


def _widest(place: str, many: Collection[str]) -> str:
    return next((place[:length] for length in (6, 4) if len(place) >= length and place[:length] in many), place[:2])


def may_be_named(office_place: str, shown: str) -> bool:
    """Whether an office tells no more of a place than what is shown of it."""
    return shown.startswith(office_place)


def named_there(connection: Connection, office: Titled, shown: str) -> bool:
    """Whether an office of this name tells no more of a place than what is shown of it."""
    places = connection.execute(select(_office.c.place).where(_office.c.name_km == office.km)).scalars()
    return all(may_be_named(place, shown) for place in places)


@dataclass(frozen=True, slots=True)
class OfficeName:
    """An office as it is named."""

    id: int
    code: str
    name: Titled
    level: str
    place: str
    parent: int | None


def offices(connection: Connection, ids: Iterable[int | None]) -> dict[int, OfficeName]:
    """These offices, by id."""
    wanted = sorted({id for id in ids if id is not None})
    columns = (_office.c[name] for name in ("id", "code", "name_km", "name_en", "level", "place", "parent_id"))
    rows = connection.execute(select(*columns).where(_office.c.id.in_(wanted))) if wanted else ()
    return {
        row.id: OfficeName(row.id, row.code, Titled(row.name_km, row.name_en), row.level, row.place, row.parent_id)
        for row in rows
    }


def categories(connection: Connection) -> Mapping[str, Row[*tuple[Any, ...]]]:
    """All categories by id, in the order in which they are offered; those no longer offered at the end."""
    rows = connection.execute(select(_category).order_by(_category.c.rank == 0, _category.c.rank, _category.c.id))
    return {row.id: row for row in rows}


def label(category: Row[*tuple[Any, ...]]) -> Named | Titled:
    """What a category is called in a prompt: by the catalogue, unless staff named it."""
    if not category.name_km and ("category", category.id) in WORDS:
        return Named("category", category.id)
    return Titled(category.name_km or category.id, category.name_en, category.name_latn)


def category_name(category: Row[*tuple[Any, ...]], language: str, terms: Mapping[str, str]) -> str:
    """The same on a page in km or en. `terms` is the catalogue of messages in that language."""
    named: Arg = label(category)
    if isinstance(named, Titled):
        return named.km if language == "km" or not named.en else named.en
    word = WORDS["category", category.id]
    return terms.get(word, word)


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """An entry of a history as somebody may read it; no words: there are none, or not for this reader.

    `held`: there are words, and staff still have to look at them.
    """

    id: int
    at: datetime
    kind: str
    by: str
    office: int | None
    words: str
    held: bool
    detail: str


def history(
    connection: Connection, vault: Vault, issue: int, *, public: bool, most: int | None = None
) -> Sequence[HistoryRow]:
    """What the public, or else the office in charge, may read of an issue, oldest first; the newest `most` only."""
    parted = and_(_entry.c.kind == EntryKind.MERGED, _entry.c.detail == "")  # staff took it back
    newest = select(_entry).where(_entry.c.issue_id == issue, ~parted).order_by(_entry.c.id.desc()).limit(most)
    rows = connection.execute(newest).all()
    return [_line(row, vault, public=public) for row in reversed(rows)]


def _line(row: Row[*tuple[Any, ...]], vault: Vault, *, public: bool) -> HistoryRow:
    spoken = row.text is None and row.recording_id is not None
    may = row.public == Public.SHOWN if public else row.office_may
    held = spoken or (row.text is not None and (row.public == Public.WAITING if public else not row.office_may))
    sealed = (row.public_text or row.text) if public else row.text
    words = vault.open(sealed) if may and sealed else ""
    return HistoryRow(row.id, row.at, row.kind, row.by, row.office_id, words, held, row.detail)


def first_words(connection: Connection, vault: Vault, issues: Sequence[int], *, public: bool) -> dict[int, str]:
    """The words of the report of each of these issues, where this reader may read them."""
    rows = connection.execute(
        select(_entry).where(_entry.c.issue_id.in_(issues), _entry.c.kind == "report").order_by(_entry.c.id)
    ).all()
    found: dict[int, str] = {}
    for row in rows:
        if words := _line(row, vault, public=public).words:
            found.setdefault(row.issue_id, words)
    return found
