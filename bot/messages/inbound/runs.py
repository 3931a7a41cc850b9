"""Saved runs as they lie in SQL: sealed, since they hold what people have told so far.

Owns how a run is kept and read again; what it means is the flows' business.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from bot.vault import Vault, VaultError
from flows.engine import Run

RUN_LASTS = timedelta(hours=24)
_PLAIN = b"{"  # of a run that a release before kept as plain JSON; it is sealed with the next message


def sealed(vault: Vault, run: Run) -> bytes:
    """A run to keep."""
    return vault.seal(run.dump())


def opened(vault: Vault, body: bytes) -> Run:
    """A run that was kept. Raises ValueError for one this release, or this key, cannot read."""
    try:
        return Run.load(body.decode() if body.startswith(_PLAIN) else vault.open(body))
    except VaultError as error:
        raise ValueError("a run that does not open") from error


def saved(vault: Vault, row: Row[*tuple[Any, ...]], now: datetime) -> Run:
    """Where this contact stood. After RUN_LASTS only what they ask most and how they write is remembered."""
    if row.body is None:
        return Run()
    try:
        run = opened(vault, row.body)
    except ValueError:
        return Run(at="")  # no state of this release, or damaged: restarts from home
    if now - row.saved_at <= RUN_LASTS:
        return run
    return Run(memory={name: run.memory[name] for name in ("asked", "script", "market", "draft") if name in run.memory})
