"""Retraining: new weights of the release's examples and what was taught, kept only where no check gets worse.

Owns the checks. Only here, and only when it runs, is the trainer loaded: it takes a minute and half a gigabyte, in a
process of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import ModuleType

from sqlalchemy import Engine, insert, select, update

from bot.db import reading, table, writing
from bot.language.intents.learned.examples import Example, read_examples
from bot.language.intents.learned.features import VERSION
from bot.language.intents.learned.referee import Report, check
from bot.language.intents.learned.scorer import Scorer
from bot.language.intents.learned.sources import source_hash
from bot.language.words.lexicon import Lexicon
from bot.teaching import service
from bot.teaching.models import Weights

JUDGES = frozenset(("T10", "T11", "T12"))  # authors that no check may have seen
SLACK = 0.003  # of their messages, that may be read worse by chance
BEING_MADE = timedelta(minutes=30)
KEPT = 5  # trainings whose files are kept
_weights = table(Weights)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a training: whether its weights are used, and what the checks said."""

    adopted: bool
    why: str


def is_due(engine: Engine, now: datetime) -> bool:
    """Whether something was taught or taken back since the last training, and none is being made."""
    with reading(engine) as connection:
        newest = connection.execute(select(_weights).order_by(_weights.c.id.desc()).limit(1)).one_or_none()
        rows = service.page(connection, None, 1)
        taught = len(service.examples(connection)) if rows else 0
    if newest is None:
        return taught > 0
    if not newest.why:
        return bool(newest.begun_at < now - BEING_MADE)
    with reading(engine) as connection:
        return bool(newest.source != _source(service.examples(connection)))


def _source(taught: Sequence[Example]) -> str:
    return source_hash([*read_examples(), *taught])


def retrain(engine: Engine, lexicon: Lexicon, now: datetime, own: Sequence[Example] = ()) -> Outcome:
    """Train, check, and keep the weights where nothing gets worse. One at a time is the caller's business.

    `own`: the examples of the release, read where none are given.
    """
    from bot.language.intents.learned import training

    with writing(engine) as connection:
        taught = service.examples(connection)
        lexicon = lexicon.with_markets((), service.spellings(connection))
        values = {"begun_at": now, "source": _source(taught), "adopted": False, "why": ""}
        id = int(connection.execute(insert(_weights).values(values).returning(_weights.c.id)).scalar_one())
    try:
        own = own or read_examples()
        before, after = (_judged(training, lexicon, own, more) for more in ((), taught))
        if fault := worse(before, after):
            outcome, file = Outcome(adopted=False, why=f"refused: {fault}"), None
        else:
            outcome = Outcome(adopted=True, why=f"adopted: {_summary(before)} → {_summary(after)}")
            file = training.built([*own, *taught], lexicon)
    except Exception as error:
        _close(engine, id, Outcome(adopted=False, why=f"failed: {type(error).__name__}"), None)
        raise
    _close(engine, id, outcome, file)
    return outcome


def worse(before: Report, after: Report) -> str:
    """What got worse; empty where nothing did."""
    if after.count.accuracy < before.count.accuracy - SLACK:
        return f"{after.count.accuracy:.1%} of the checks are read right, {before.count.accuracy:.1%} were"
    if sum(after.stops[1:]) < sum(before.stops[1:]):
        heard, was = sum(after.stops[1:]), sum(before.stops[1:])
        return f"of {before.stops[0]} messages that mean STOP {heard} are heard, {was} were"
    if after.false_stops[1] > before.false_stops[1]:
        return f"{after.false_stops[1]} messages that do not mean STOP are taken for it, {before.false_stops[1]} were"
    return ""


def _judged(training: ModuleType, lexicon: Lexicon, own: Sequence[Example], taught: Sequence[Example]) -> Report:
    """How a model that never saw the judges reads their messages."""
    seen = [*(example for example in own if example.author not in JUDGES), *taught]
    rows = training.looked_at(seen, lexicon)
    model = training.learned(rows, [example.label for example in seen])
    scorer = Scorer.load(training.packed(model, training.calibrated(seen, rows), ""), VERSION)
    return check([example for example in own if example.author in JUDGES], lexicon, scorer)


def _summary(report: Report) -> str:
    return f"{report.count.accuracy:.1%} right"


def _close(engine: Engine, id: int, outcome: Outcome, file: bytes | None) -> None:
    with writing(engine) as connection:
        values = {"adopted": outcome.adopted, "why": outcome.why, "file": file}
        connection.execute(update(_weights).where(_weights.c.id == id).values(values))
        connection.execute(update(_weights).where(_weights.c.id <= id - KEPT).values(file=None, adopted=False))
