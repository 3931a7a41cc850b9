"""Saved runs as they lie in SQL: sealed, since they hold what people have told so far.

Owns how a run is kept and read again; what it means is the flows' business.
"""

from __future__ import annotations

from bot.vault import Vault, VaultError
from flows.engine import Run

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
