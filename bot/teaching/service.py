"""What staff teach: an example or a spelling, checked and masked, logged, and taken back by its number.

Owns what may be taught and what is used of it. Training is `retraining`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from bot.db import table
from bot.language.intents.learned.examples import Example, faults
from bot.language.intents.learned.features import VERSION
from bot.language.intents.learned.scorer import DamagedError, Scorer
from bot.language.masking import masked
from bot.language.words.lexicon import Lexicon
from bot.language.words.vocabulary import Sense
from bot.teaching.models import Taught, Weights

EXAMPLE, SPELLING = "example", "spelling"
AUTHOR = "taught"
MEANINGS = ("commodity", "group", "unit", "keyword", "province", "district", "currency", "level", "time", "filler")
_SHORTEST = 2  # letters of a spelling
_taught, _weights = table(Taught), table(Weights)


class UnteachableError(ValueError):
    """What cannot be taught, and why."""


@dataclass(frozen=True, slots=True)
class Version:
    """What a process looks at to know whether it is behind: newer weights or another spelling."""

    weights: int = 0
    spellings: tuple[int, int] = (0, 0)


NOTHING = Version()


def teach_example(connection: Connection, text: str, asked: str, label: str, by: str, now: datetime) -> int:
    """Keep a message as an example, masked. Returns its number. Raises UnteachableError."""
    example = Example(AUTHOR, masked(text).strip(), asked, label)
    if said := list(faults(example)):
        raise UnteachableError("; ".join(said))
    return _keep(connection, EXAMPLE, example.text, asked, label, by, now)


def teach_spelling(connection: Connection, lexicon: Lexicon, form: str, meaning: str, by: str, now: datetime) -> int:
    """Keep a spelling of a word of the vocabulary. Returns its number. Raises UnteachableError."""
    kind, _, id = meaning.partition(":")
    form = form.strip()
    if kind not in MEANINGS or lexicon.entry(kind, id) is None:
        raise UnteachableError(f"“{meaning}” is no word of the vocabulary; write type:id, e.g. commodity:pig_live")
    if len(form) < _SHORTEST or masked(form) != form:
        raise UnteachableError(f"“{form}” is no spelling of a word")
    others = {f"{sense.kind}:{sense.id}" for sense in lexicon.find(form) if not sense.weak} - {meaning}
    if others:
        raise UnteachableError(f"“{form}” means {', '.join(sorted(others))} already")
    return _keep(connection, SPELLING, form, "", meaning, by, now)


def _keep(connection: Connection, kind: str, text: str, asked: str, label: str, by: str, now: datetime) -> int:
    values = {"kind": kind, "text": text, "asked": asked, "label": label, "taught_by": by[:80], "at": now}
    return int(connection.execute(insert(_taught).values(values).returning(_taught.c.id)).scalar_one())


def undo(connection: Connection, ids: Sequence[int], now: datetime) -> int:
    """Take back what was taught, by number. Returns how much was."""
    standing = _taught.c.id.in_(ids), _taught.c.undone_at.is_(None)
    return connection.execute(update(_taught).where(*standing).values(undone_at=now)).rowcount


def page(connection: Connection, before: int | None, size: int) -> Sequence[Row[Any]]:
    """What was taught, newest first, before a number."""
    statement = select(_taught).order_by(_taught.c.id.desc()).limit(size)
    return connection.execute(statement if before is None else statement.where(_taught.c.id < before)).all()


def examples(connection: Connection) -> list[Example]:
    """The examples that count."""
    rows = connection.execute(_standing(EXAMPLE)).all()
    return [Example(AUTHOR, row.text, row.asked, row.label) for row in rows]


def spellings(connection: Connection) -> list[tuple[str, Sense]]:
    """The spellings that count, with what they mean."""
    found = []
    for row in connection.execute(_standing(SPELLING)):
        kind, _, id = row.label.partition(":")
        kind = "place" if kind in ("province", "district") else kind
        khmer = any("\u1780" <= letter <= "\u17ff" for letter in row.text)
        found.append((row.text, Sense(kind, id, "km" if khmer else "latn")))
    return found


def _standing(kind: str) -> Select[Any]:
    return select(_taught).where(_taught.c.kind == kind, _taught.c.undone_at.is_(None)).order_by(_taught.c.id)


def version(connection: Connection) -> Version:
    """What is used now: the newest adopted weights, and the spellings."""
    newest = select(func.max(_weights.c.id)).where(_weights.c.adopted)
    said = select(func.count(), func.coalesce(func.sum(_taught.c.id), 0)).where(
        _taught.c.kind == SPELLING, _taught.c.undone_at.is_(None)
    )
    row = connection.execute(said).one()
    return Version(connection.execute(newest).scalar() or 0, (int(row[0]), int(row[1])))


def scorer(connection: Connection, id: int) -> Scorer | None:
    """The weights of a training; None where they cannot be used (of another release's features)."""
    file = connection.execute(select(_weights.c.file).where(_weights.c.id == id)).scalar_one_or_none()
    try:
        return Scorer.load(file, VERSION) if file else None
    except DamagedError:
        return None
