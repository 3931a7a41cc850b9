"""Every night, where something was taught: the training begins, in a process of its own; and weights that are missing
are told to staff.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, datetime
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Engine

from bot.db import writing
from bot.language.intents.learned.released import fault
from bot.messages import alarms
from bot.teaching.retraining import is_due

log = structlog.get_logger()

HOUR = 2  # local: the line is quiet
COMMAND = (sys.executable, "-m", "flask", "--app", "wsgi", "teach", "now")
_NICER = 10  # by so much the training gives way to the line
ALARM = "weights"


class Nightly:
    """The due task of training. The clock has one leader; a training that is being made is not begun again."""

    def __init__(self, engine: Engine, zone: ZoneInfo):
        self._engine = engine
        self._zone = zone
        self._looked: date | None = None
        self._training: subprocess.Popen[bytes] | None = None

    def __call__(self, now: datetime) -> None:
        """Begin to train, where the night has come and something was taught."""
        local = now.astimezone(self._zone)
        if self._training is not None and self._training.poll() is not None:
            log.info("training ended", code=self._training.returncode)
            self._training = None
        if self._looked == local.date() or (local.hour != HOUR and self._looked is not None):
            return
        if self._looked is None and (said := fault()):
            with writing(self._engine) as connection:
                alarms.sound(connection, ALARM, said, now)
        if local.hour == HOUR:
            self._looked = local.date()
            if is_due(self._engine, now):
                self._training = subprocess.Popen(COMMAND, preexec_fn=_give_way)
        elif self._looked is None:
            self._looked = date.min


def _give_way() -> None:
    os.nice(_NICER)
