"""Issues that are likely the same: of a category, near a place, lately, in similar words.

Owns how far it looks, and that it compares nothing that the public may not read: neither words that staff have not
cleared nor a place finer than the one that is shown. Who is behind an issue, it does not know.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.db import table
from bot.issues import visibility
from bot.issues.board.figures import PUBLIC
from bot.issues.models import Issue
from bot.issues.steps import LIVE
from bot.language.text.likeness import folded, likeness
from bot.vault import Vault

LATELY = timedelta(days=90)
LOOKED_AT = 150  # issues, the newest: what it costs does not grow with history
MOST = 3
ALIKE, SAME_COMMUNE = 0.45, 0.15  # how alike words must be; what a common commune adds
DISTRICT, COMMUNE = 4, 6  # digits of their codes
_issue = table(Issue)


def similar(
    connection: Connection,
    vault: Vault,
    category: str,
    place: str,
    words: str,
    now: datetime,
    without: Collection[int] = (),
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Up to MOST issues, the likeliest first. Where no words can be compared, the same commune has to be shown."""
    rows = connection.execute(
        select(_issue)
        .where(_issue.c.category == category, _issue.c.province == place[:2], _issue.c.created_at > now - LATELY)
        .where(_issue.c.state.in_(LIVE), PUBLIC)
        .order_by(_issue.c.id.desc())
        .limit(LOOKED_AT)
    ).all()
    shown = visibility.shown_places(connection, {row.place for row in rows})
    near = [row for row in rows if row.id not in without and _around(shown[row.place], place)]
    said = visibility.first_words(connection, vault, [row.id for row in near], public=True) if near else {}
    mine = folded(words)
    found = []
    for row in near:
        here = len(place) == COMMUNE and shown[row.place] == place
        cleared = said.get(row.id, "")
        score = likeness(mine, folded(cleared)) if mine and cleared else 0.0
        score += SAME_COMMUNE if here else 0.0
        # Of words that nobody may read yet nothing is known: the place alone speaks, as it does on the board.
        if score >= ALIKE or (here and not (mine and cleared)):
            found.append((score, row.voices_told, row))
    return [row for _, _, row in sorted(found, key=lambda one: one[:2], reverse=True)[:MOST]]


def _around(shown: str, place: str) -> bool:
    """Whether a shown place and the one asked about are of one district, as far as either says."""
    there, here = shown[:DISTRICT], place[:DISTRICT]
    return there.startswith(here) or here.startswith(there)
