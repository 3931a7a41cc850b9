"""The clock's chores: what each subject has to do when its time has come. Wired here, done in the rooms.

Each is done again at every tick: it asks SQL what is due, and every due thing has a unique key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Engine

from bot.broadcasts import service as broadcasts
from bot.config import Settings
from bot.issues.digest_mail import DigestMail
from bot.issues.digests import Digests
from bot.issues.due import Terms
from bot.issues.figures import Figures
from bot.issues.links import Links
from bot.issues.telling import Means as IssueMeans
from bot.meetings.reminders import Reminders
from bot.meetings.telling import Telling
from bot.messages.notices import Notices
from bot.prices.knowledge import Knowledge
from bot.prices.moves import Moves
from bot.prices.weekly import Weekly
from bot.radio.phases import Phases

Chore = Callable[[datetime], None]


@dataclass(frozen=True, slots=True)
class Means:
    """What the chores need."""

    engine: Engine
    notices: Notices
    knowledge: Knowledge
    settings: Settings


def chores(means: Means) -> Sequence[Chore]:
    """All of them, in the order in which they are done."""
    settings = means.settings
    telling = Telling(means.notices, settings.timezone, settings.quiet_hours)
    links = Links(settings.secret_key, settings.public_url)
    letters = DigestMail(lambda: means.knowledge.now().lexicon, settings.timezone)
    return (
        Reminders(means.engine, telling),
        Phases(means.engine, means.notices, settings.timezone, settings.quiet_hours),
        Moves(means.engine, means.notices, means.knowledge, settings),
        Weekly(means.engine, means.notices, means.knowledge, settings.timezone),
        Terms(means.engine, IssueMeans(means.notices, settings.timezone)),
        Digests(means.engine, means.notices, settings.timezone, links.to, letters, bool(settings.smtp_url)),
        partial(broadcasts.tend, means.engine),
        Figures(means.engine),
    )
