"""Adds every command to Flask's command line and hands each what it works with.

Rooms keep their own commands. Output is for operators, in plain English; nothing connects before a command runs.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import partial, wraps
from typing import Any

import click
from flask import Flask
from redis import Redis
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError, ProgrammingError

from bot.audio.commands import prompt_commands
from bot.broadcasts.commands import broadcast_commands
from bot.broadcasts.segments import Segments
from bot.commands.cheat_sheet import cheat_sheet
from bot.commands.exports import export_command
from bot.commands.imports import import_commands
from bot.commands.running import clock_command, demo, release, ring_command
from bot.commands.talking import chat_command, understand_command
from bot.config import Settings
from bot.contacts.commands import contact_commands
from bot.contacts.sealed import ANOTHER_KEY, is_of_another_key
from bot.conversation import Conversation
from bot.db import make_engine
from bot.due_tasks import DueTaskDeps
from bot.handlers import forgetting
from bot.issues.digest.commands import digest_commands
from bot.issues.office.commands import office_commands
from bot.issues.staff.commands import issue_commands
from bot.language.saying.catalogue import load_catalogue
from bot.language.saying.clips import Clip
from bot.language.saying.speaking import clips
from bot.language.words.lexicon import Lexicon
from bot.language.words.places import Places
from bot.meetings import groups
from bot.meetings.commands import group_commands
from bot.meetings.telling import Telling
from bot.messages.command_deps import CommandDeps
from bot.messages.commands import call_commands, inbox_commands, outbox_commands
from bot.messages.notices import Notices
from bot.prices.commands import price_commands
from bot.prices.knowledge import Knowledge
from bot.radio.commands import episode_commands
from bot.radio.segments import stations_known
from bot.teaching.commands import teach_commands
from bot.users.commands import user_commands
from bot.vault import Vault, VaultError

MOST_STATIONS = 10_000
PATIENCE = 600.0  # seconds a command's statement may take: an import is large and an index slow
AWAY = "the database is away or not migrated ({why}): check DATABASE_URL, then: flask release"


@dataclass(frozen=True, slots=True)
class Makers:
    """What makes what the commands stand on, once one runs.

    `tasks` is what the clock's due_tasks need; `telephone` makes the web application that `flask call` rings;
    `segments` reads whom a broadcast is for; `now` is the time of a command.
    """

    conversation: Callable[[], Conversation]
    tasks: Callable[[], DueTaskDeps]
    redis: Callable[[], Redis]
    telephone: Callable[[], Flask]
    segments: Callable[[], Segments]
    now: Callable[[], datetime]


def register(app: Flask, settings: Settings, make: Makers) -> None:
    """Add all commands to Flask's command line. Nothing is connected before one runs."""
    now, vault = make.now, Vault(settings.data_key)

    def engine() -> Engine:
        made = make_engine(settings.database_url, PATIENCE)
        click.get_current_context().call_on_close(made.dispose)
        if is_of_another_key(made, vault):
            raise click.ClickException(ANOTHER_KEY)
        return made

    def notices() -> Notices:
        """What tells people; it looks up names in a connection of its own."""
        made = make.tasks()
        click.get_current_context().call_on_close(made.engine.dispose)
        return made.notices

    def forget(connection: Connection, contact: int, at: datetime) -> None:
        """As DELETE MY DATA does."""
        telling = Telling(notices(), settings.timezone, settings.quiet_hours, settings.unasked_sms_day)
        forgetting.forget(connection, telling, groups.Statement(contact, at, "staff", "", ""))

    handed = CommandDeps(engine, vault, notices, settings, now)
    for command in (
        release,
        demo,
        clock_command(make.redis, make.tasks),
        ring_command(make.telephone),
        import_commands,
        episode_commands(engine, settings, now),
        cheat_sheet(engine, settings, now),
        chat_command(make.conversation),
        understand_command(engine),
        teach_commands(),
        inbox_commands,
        outbox_commands,
        call_commands,
        broadcast_commands(engine, vault, make.segments, settings, now),
        price_commands,
        contact_commands(engine, vault, lambda code: Places().known(code), now, forget),
        export_command(engine),
        group_commands(engine, vault, settings, now),
        issue_commands,
        office_commands,
        digest_commands,
        user_commands(lambda connection, id: id in stations_known(connection, MOST_STATIONS)),
        prompt_commands(partial(_clips_of, engine), settings.audio_dir),
    ):
        plain = told_plainly(command)
        plain.context_settings = {**command.context_settings, "obj": handed}
        app.cli.add_command(plain)


def _clips_of(engine: Callable[[], Engine], voice: str) -> list[Clip]:
    """What a voice has to record, with the names of goods and places as they are now."""
    return clips(voice, load_catalogue(voice, "voice"), Knowledge(engine(), Lexicon.load()).now().lexicon)


def told_plainly(command: click.Command) -> click.Command:
    """A copy that tells an operator what they can mend in one line; a traceback is for faults of ours."""
    plain = copy(command)
    if isinstance(command, click.Group) and isinstance(plain, click.Group):
        plain.commands = {name: told_plainly(inner) for name, inner in command.commands.items()}
    run = command.callback
    if run is None:  # a group that only holds commands
        return plain

    @wraps(run)
    def told(*args: Any, **named: Any) -> Any:
        try:
            return run(*args, **named)
        except (OperationalError, ProgrammingError) as error:
            raise click.ClickException(AWAY.format(why=type(error.orig).__name__)) from error
        except VaultError as error:
            raise click.ClickException(str(error)) from error

    plain.callback = told
    return plain
