"""Issues that are likely the same: of a category, near a place, lately, in similar words.

Owns how far it looks. What it finds is shown without words, and not where staff keep it back; who is behind it, it
does not know.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.db import table
from bot.issues.models import Issue
from bot.issues.steps import LIVE
from bot.language.text.likeness import folded, likeness
from bot.vault import Vault

LATELY = timedelta(days=90)
LOOKED_AT = 150  # issues, the newest: what it costs does not grow with history
MOST = 3
ALIKE, SAME_COMMUNE = 0.45, 0.15  # how alike words must be; what a common commune adds
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
    """Up to MOST issues, the likeliest first. Where nothing was said, the place has to be the same commune."""
    near = _issue.c.district == place[:4] if len(place) >= 4 else _issue.c.province == place[:2]
    rows = connection.execute(
        select(_issue)
        .where(_issue.c.category == category, near, _issue.c.created_at > now - LATELY)
        .where(_issue.c.state.in_(LIVE), _issue.c.office_at.is_not(None), ~_issue.c.hidden)
        .order_by(_issue.c.id.desc())
        .limit(LOOKED_AT)
    ).all()
    mine = folded(words)
    found = []
    for row in rows:
        here = len(place) == 6 and row.place == place
        score = likeness(mine, vault.open(row.folded)) if mine else 0.0
        score += SAME_COMMUNE if here else 0.0
        if row.id not in without and (score >= ALIKE or (here and not mine)):
            found.append((score, row.voices, row))
    return [row for _, _, row in sorted(found, key=lambda one: one[:2], reverse=True)[:MOST]]
