"""The clock's due tasks: what each subject has to do when its time has come. Wired here, done in the rooms.

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
from bot.issues.board.figures import FiguresTeller
from bot.issues.digest.mail import DigestMail
from bot.issues.digest.service import Digests
from bot.issues.due import Terms
from bot.issues.notifications import IssueDeps
from bot.issues.office.links import Links
from bot.issues.office.pending import LettingGo
from bot.meetings.reminders import Reminders
from bot.meetings.telling import Telling
from bot.messages.notices import Notices
from bot.prices.interest import Interests
from bot.prices.knowledge import Knowledge
from bot.prices.notices.moves import Moves
from bot.prices.notices.weekly import Weekly
from bot.radio.phases import Phases
from bot.teaching.nightly import Nightly

DueTask = Callable[[datetime], None]


@dataclass(frozen=True, slots=True)
class DueTaskDeps:
    """What the due tasks need."""

    engine: Engine
    notices: Notices
    knowledge: Knowledge
    settings: Settings


def due_tasks(deps: DueTaskDeps) -> Sequence[DueTask]:
    """All of them, in the order in which they are done."""
    settings = deps.settings
    telling = Telling(deps.notices, settings.timezone, settings.quiet_hours, settings.unasked_sms_day)
    links = Links(settings.secret_key, settings.public_url)
    letters = DigestMail(lambda: deps.knowledge.now().lexicon, settings.timezone)
    return (
        Interests(deps.engine, settings.timezone),  # first: the weekly prices ask for it
        Reminders(deps.engine, telling),
        Phases(deps.engine, deps.notices, settings.timezone, settings.quiet_hours),
        Moves(deps.engine, deps.notices, deps.knowledge, settings),
        Weekly(deps.engine, deps.notices, deps.knowledge, settings.timezone),
        LettingGo(deps.engine, IssueDeps(deps.notices, settings.timezone)),
        Terms(deps.engine, IssueDeps(deps.notices, settings.timezone)),
        Digests(deps.engine, deps.notices, settings.timezone, links.to, letters, bool(settings.smtp_url)),
        partial(broadcasts.tend, deps.engine),
        FiguresTeller(deps.engine, settings.timezone),
        Nightly(deps.engine, settings.timezone),
    )
