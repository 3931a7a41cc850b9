"""Hours of use in small: what the line keeps in memory and how many connections it holds after many turns.

Everything is done in this process, over and over by the same people; only what is never given back grows.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

from bench.environment import Databases, memory_of, settings_for
from bench.result import Measured
from bench.sizes import Sizes
from bench.turns import KNOWN, messages, number
from bot.app import Phsar, build
from bot.contacts.phone import read_address
from bot.logs import silence
from bot.turn import Inbound

GROWN = 6.0  # MB that a pass may keep more than the one before, once all is warm


def measure(databases: Databases, folder: Path, sizes: Sizes) -> Iterator[Measured]:
    """Memory of the second half of all turns against the first, and the connections held at the end."""
    silence()
    phsar = build(settings_for(databases.fresh(), folder))
    try:
        _turns(phsar, sizes.soak_turns, "warm")
        before = _kept()
        _turns(phsar, sizes.soak_turns, "first")
        _turns(phsar, sizes.soak_turns, "second")
        grown = _kept() - before
        held = phsar.engine.pool.checkedout()  # type: ignore[attr-defined]  # the pools in use count
    finally:
        phsar.engine.dispose()
    done = 2 * sizes.soak_turns
    yield Measured(f"memory kept after {done:,} more turns, {databases.kind}", max(0.0, grown), GROWN, " MB")
    yield Measured(f"connections that nobody gave back, {databases.kind}", held, 0)


def _turns(phsar: Phsar, count: int, name: str) -> None:
    chance, texts = Random(7), messages("price")
    for which in range(count):
        sender = read_address(number(chance.randrange(KNOWN)))
        phsar.conversation.turn(Inbound(f"soak-{name}-{which}", "sms", sender, chance.choice(texts)))


def _kept() -> float:
    gc.collect()
    return memory_of(os.getpid())
