"""What a command of the line works with, handed over by click's context: no command reaches for a global.

Connects to nothing before a command asks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import click
from sqlalchemy import Engine

from bot.config import Settings
from bot.messages.notices import Notices
from bot.vault import Vault


@dataclass(frozen=True, slots=True)
class CommandDeps:
    """Who opens the database, seals, tells people and knows the time. `engine` and `notices` connect when called."""

    engine: Callable[[], Engine]
    vault: Vault
    notices: Callable[[], Notices]
    settings: Settings
    now: Callable[[], datetime]

    def local(self, at: datetime) -> str:
        """A moment as the line's country writes it, to the minute."""
        return f"{at.astimezone(self.settings.timezone):%Y-%m-%d %H:%M}"


pass_deps = click.make_pass_decorator(CommandDeps)
