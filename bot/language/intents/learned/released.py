"""The weights of the release: data/weights.bin, loaded once in a process.

Owns what happens where the file is missing or damaged: there is no scorer, and why is known.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from bot.language.intents.learned.features import VERSION
from bot.language.intents.learned.scorer import DamagedError, Scorer


def released() -> Scorer | None:
    """The scorer of the release; None where its weights cannot be used."""
    return _loaded()[0]


def fault() -> str:
    """Why there is no scorer; empty where there is one."""
    return _loaded()[1]


@cache
def _loaded() -> tuple[Scorer | None, str]:
    path = resources.files("bot.language").joinpath("data/weights.bin")
    try:
        return Scorer.load(path.read_bytes(), VERSION), ""
    except FileNotFoundError:
        return None, "data/weights.bin is missing; run: make model"
    except (DamagedError, OSError) as error:
        return None, f"data/weights.bin: {error}; run: make model"
