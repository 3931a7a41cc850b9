"""The command line of whoever runs it: release, sample data, imports, the clock, talking to the line.

Rooms with commands of their own add them here. Output is for operators, in plain English.
"""

from __future__ import annotations

import csv
import json
import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import click
from flask import Flask
from redis import Redis
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError, ProgrammingError

from bot import migrations
from bot.audio.commands import prompt_commands
from bot.broadcasts.commands import broadcast_commands
from bot.broadcasts.segments import Segments
from bot.cheat_sheet import cheat_sheet
from bot.config import Settings
from bot.contacts.commands import contact_commands
from bot.contacts.imports import import_contacts
from bot.contacts.phone import Kind as AddressKind
from bot.contacts.phone import read_address
from bot.conversation import Conversation, Inbound
from bot.csvfile import Outcome
from bot.db import make_engine, writing
from bot.due_tasks import DueTaskDeps, due_tasks
from bot.exports import export_command
from bot.handlers import forgetting
from bot.issues import reference as issue_reference
from bot.issues.demo import load_issues
from bot.issues.digest.commands import digest_commands
from bot.issues.lists.categories import import_categories, import_holidays
from bot.issues.lists.offices import import_offices
from bot.issues.office.commands import office_commands
from bot.issues.staff.commands import issue_commands
from bot.issues.staff.hiding import hide_old
from bot.language.intents.understand import to_row, understand
from bot.language.saying.catalogue import load_catalogue
from bot.language.saying.clips import Clip
from bot.language.saying.speaking import clips
from bot.language.text.sms_parts import parts
from bot.language.words.lexicon import Lexicon
from bot.language.words.places import Places
from bot.logs import silence
from bot.meetings import groups
from bot.meetings.commands import group_commands
from bot.meetings.demo import load_groups
from bot.meetings.imports import import_groups
from bot.meetings.telling import Telling
from bot.messages.commands import call_commands, inbox_commands, outbox_commands
from bot.messages.notices import Notices
from bot.prices.commands import price_commands
from bot.prices.demo import load_demo
from bot.prices.imports import import_markets, import_prices
from bot.prices.knowledge import Knowledge
from bot.prices.reference import load_markets, load_reference
from bot.radio.commands import episode_commands
from bot.radio.demo import load_radio
from bot.radio.imports import import_episodes, import_stations
from bot.vault import Vault, VaultError
from flows.heard import Asked, Kind, Option

PATIENCE = 600.0  # seconds a command's statement may take: an import is large and an index slow
AWAY = "the database is away or not migrated ({why}): check DATABASE_URL, then: flask release"
CSV = click.Path(exists=True, dir_okay=False, path_type=Path)


def now() -> datetime:
    """The time of a command."""
    return datetime.now(UTC)


def register(
    app: Flask,
    settings: Settings,
    conversation: Callable[[], Conversation],
    deps: Callable[[], DueTaskDeps],
    redis: Callable[[], Redis],
    telephone: Callable[[], Flask],
    segments: Callable[[], Segments],
) -> None:
    """Add all commands to Flask's command line. Nothing is connected before one runs.

    `deps` is what the clock's due_tasks need; `telephone` makes the web application that `flask call` rings;
    `segments` reads whom a broadcast is for.
    """

    def engine() -> Engine:
        made = make_engine(settings.database_url, PATIENCE)
        click.get_current_context().call_on_close(made.dispose)
        return made

    vault = Vault(settings.data_key)

    def notices() -> Notices:
        """What tells people; it looks up names in a connection of its own."""
        made = deps()
        click.get_current_context().call_on_close(made.engine.dispose)
        return made.notices

    @app.cli.command("release")
    def release() -> None:
        """Migrate the database and load reference data. Repeat freely."""
        database = engine()
        migrations.upgrade(database)
        with writing(database) as connection:
            load_reference(connection)
            load_markets(connection)
            issue_reference.load_reference(connection)
            hide_old(connection, vault)
        click.echo(f"database at {migrations.newest()}, reference data loaded")

    @app.cli.command("demo")
    @click.option("--yes", is_flag=True, help="do it on a real line: there is no way back")
    def demo(yes: bool) -> None:
        """Load invented sample data: markets, prices of two weeks, a few people. Repeat freely."""
        if settings.carrier != "simulator" and not yes:
            raise click.ClickException(
                f"this is a real line (CARRIER={settings.carrier}): farmers would be told invented prices, and "
                "numbers that may be somebody's could report; if you mean it: flask demo --yes"
            )
        local = now().astimezone(settings.timezone)
        database = engine()
        load_demo(database, vault, local.date(), local)
        load_groups(database, vault, local)
        load_radio(database, vault, settings.timezone, local)
        load_issues(database, notices(), settings.timezone, local)
        click.echo("sample data loaded")

    @app.cli.command("clock")
    def clock() -> None:
        """Run the clock until stopped: what is due is done."""
        from bot.clock import Clock  # imports the queue, which the web process does not need
        from bot.messages.alerts import Herald
        from bot.messages.inbound.spool import Spool

        name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        host = urlsplit(settings.public_url).hostname or "localhost"
        herald = Herald(engine(), vault, settings.alert_to, settings.smtp_url, host)
        server = redis()
        spool = Spool(server, vault, settings.spool_dir)
        ticking = Clock(engine(), server, vault, herald, now, name, spool, due_tasks(deps()))
        ticking.run(_stop_on_signal())

    def clips_of(voice: str) -> list[Clip]:
        lexicon = Knowledge(engine(), Lexicon.load()).now().lexicon
        return clips(voice, load_catalogue(voice, "voice"), lexicon)

    @app.cli.command("call", context_settings={"ignore_unknown_options": True}, add_help_option=False)
    @click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
    def call(arguments: tuple[str, ...]) -> None:
        """Ring the line in the terminal, as a carrier would."""
        from bot.simulator.terminal import call_command  # the web process does not know the simulator

        line = telephone()
        click.get_current_context().call_on_close(line.extensions["phsar"].engine.dispose)
        call_command(line, settings).main(list(arguments), prog_name="flask call")

    def forget(connection: Connection, contact: int, at: datetime) -> None:
        """As DELETE MY DATA does."""
        telling = Telling(notices(), settings.timezone, settings.quiet_hours)
        forgetting.forget(connection, telling, groups.Word(contact, at, "staff", "", ""))

    app.cli.add_command(_imports(settings, engine, vault))
    app.cli.add_command(episode_commands(engine, settings, now))
    app.cli.add_command(cheat_sheet(engine, settings, now))
    app.cli.add_command(_chat(conversation))
    app.cli.add_command(_understand(engine))
    app.cli.add_command(inbox_commands(engine, vault, settings, now))
    app.cli.add_command(outbox_commands(engine, settings))
    app.cli.add_command(call_commands(engine, settings, now))
    app.cli.add_command(broadcast_commands(engine, vault, segments, settings, now))
    app.cli.add_command(price_commands(engine, now))
    app.cli.add_command(contact_commands(engine, vault, lambda code: Places().known(code), now, forget))
    app.cli.add_command(export_command(engine))
    app.cli.add_command(group_commands(engine, vault, settings, now))
    app.cli.add_command(issue_commands(engine, notices, settings, now))
    app.cli.add_command(office_commands(engine, notices, settings, now))
    app.cli.add_command(digest_commands(engine, notices, settings, now))
    app.cli.add_command(prompt_commands(clips_of, settings.audio_dir))
    _tell_plainly(app.cli)


def _tell_plainly(command: click.Command) -> None:
    """What an operator can mend is one line; a traceback is for faults of ours."""
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            _tell_plainly(inner)
        return
    run = command.callback
    assert run is not None

    @wraps(run)
    def told(*args: Any, **named: Any) -> Any:
        try:
            return run(*args, **named)
        except (OperationalError, ProgrammingError) as error:
            raise click.ClickException(AWAY.format(why=type(error.orig).__name__)) from error
        except VaultError as error:
            raise click.ClickException(str(error)) from error

    command.callback = told


def _stop_on_signal() -> threading.Event:
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    return stop


def _imports(settings: Settings, engine: Callable[[], Engine], vault: Vault) -> click.Group:
    group = click.Group("import", help="Import a CSV file: checked row by row, all or nothing, safe to repeat.")

    @group.command("markets")
    @click.argument("file", type=CSV)
    def markets(file: Path) -> None:
        """Markets: id,name_km,name_en,place,reference."""
        _report(import_markets(engine(), file), file)

    @group.command("prices")
    @click.argument("file", type=CSV)
    def prices(file: Path) -> None:
        """Prices: observed_on,commodity,grade,market,level,unit,currency,low,high,usual,source."""
        _report(import_prices(engine(), file, now().astimezone(settings.timezone).date(), now()), file)

    @group.command("contacts")
    @click.argument("file", type=CSV)
    def contacts(file: Path) -> None:
        """Contacts: phone,name,language,script,sex,place,consent_on,consent_proof,tags."""
        _report(import_contacts(engine(), vault, file, now().astimezone(settings.timezone)), file)

    @group.command("groups")
    @click.argument("file", type=CSV)
    def groups(file: Path) -> None:
        """Groups, a line a member: id,name_km,name_en,kind,place,phone,role."""
        _report(import_groups(engine(), vault, file, now()), file)

    @group.command("offices")
    @click.argument("file", type=CSV)
    def offices(file: Path) -> None:
        """Offices, a line an official: id,name_km,name_en,level,place,categories,parent,official,phone,email."""
        _report(import_offices(engine(), vault, file, now()), file)

    @group.command("categories")
    @click.argument("file", type=CSV)
    def categories(file: Path) -> None:
        """What issues may be about: id,name_km,name_latn,name_en,sensitive,above,goods,days,rank."""
        _report(import_categories(engine(), file), file)

    @group.command("holidays")
    @click.argument("file", type=CSV)
    def holidays(file: Path) -> None:
        """Days on which offices are closed: day,name_km,name_en; they replace those of the same years."""
        _report(import_holidays(engine(), file), file)

    @group.command("stations")
    @click.argument("file", type=CSV)
    def stations(file: Path) -> None:
        """Radio stations: id,name_km,name_en,places,studio_number."""
        _report(import_stations(engine(), vault, file, now()), file)

    @group.command("episodes")
    @click.argument("file", type=CSV)
    def episodes(file: Path) -> None:
        """Radio episodes, a line an airing, in local time: number,title_km,title_en,station,airs_at,minutes and
        reminder_km,reminder_en,summary_km,summary_en."""
        _report(import_episodes(engine(), file, settings.timezone, now()), file)

    return group


def _report(outcome: Outcome, file: Path) -> None:
    for note in outcome.notes:
        click.echo(f"note: {note}")
    for fault in outcome.faults:
        click.echo(str(fault), err=True)
    if outcome.faults:
        faults = "1 fault" if len(outcome.faults) == 1 else f"{len(outcome.faults)} faults"
        click.echo(f"{file.name}: {faults}; nothing was imported", err=True)
        sys.exit(1)
    click.echo(f"{file.name}: {outcome.added} added, {outcome.changed} changed, {outcome.unchanged} unchanged")


def _chat(conversation: Callable[[], Conversation]) -> click.Command:
    @click.command("chat")
    @click.option("--as", "number", default="+85512000001", show_default=True, help="the number you write from")
    @click.argument("text", nargs=-1)
    def chat(number: str, text: tuple[str, ...]) -> None:
        """Talk to the line in the terminal: TEXT is one message; without it, a message a line until end of file."""
        sender = read_address(number)
        if sender.kind is AddressKind.WITHHELD:
            raise click.BadParameter(f"{number!r} is no phone number; try +85512000001", param_hint="--as")
        silence()
        line = conversation()
        click.get_current_context().call_on_close(line.engine.dispose)
        lines: Iterable[str] = [" ".join(text)] if text else sys.stdin
        for message in lines:
            inbound = Inbound(f"chat-{secrets.token_hex(12)}", "sms", sender, message.rstrip("\n"))
            said = line.turn(inbound).text
            size = parts(said)
            click.echo(f"< {said}" if said else "< (no answer)")
            click.echo(f"  {size.units} {size.encoding}, {size.parts} part(s)")

    return chat


def _understand(engine: Callable[[], Engine]) -> click.Command:
    @click.command("understand")
    @click.option("--asked", default="", help="the question it answers: choose3, rsvp, confirm, words …")
    @click.option("--file", "file", type=CSV, help="a CSV with the columns text and asked")
    @click.option("--json", "as_json", is_flag=True, help="a JSON line a message")
    @click.argument("text", required=False)
    def understand_command(asked: str, file: Path | None, as_json: bool, text: str | None) -> None:
        """How a message, or a file of them, is read and how surely."""
        if (text is None) == (file is None):
            raise click.UsageError("give one TEXT, or --file FILE")
        lexicon = Knowledge(engine(), Lexicon.load()).lexicon_or_bare()
        rows = [(text or "", asked)] if file is None else _messages(file)
        for number, (words, kind) in enumerate(rows, 2):
            try:
                question = asked_as(kind)
            except ValueError as error:
                where = f"line {number}: " if file else ""
                raise click.UsageError(f"{where}asked: {error}") from error
            row = to_row(understand(words, question, lexicon), lexicon)
            if as_json:
                click.echo(json.dumps({"text": words, "asked": kind, **row}, ensure_ascii=False))
            else:
                slots = json.dumps(row["slots"], ensure_ascii=False)
                click.echo(f"{row['confidence']:.2f} {row['intent']:20} {slots:60} {words}")

    return understand_command


def asked_as(name: str) -> Asked:
    """The open question a name stands for: empty, a Kind, or choose2 … choose9. Raises ValueError."""
    if not name:
        return Asked()
    kind, count = (name[:-1], int(name[-1])) if name[-1].isdigit() else (name, 4)
    if kind not in [str(known) for known in Kind]:
        known = ", ".join(Kind)
        raise ValueError(f"{name!r} is no kind of question; use one of {known}, choose3, or leave it empty")
    options = [Option(str(number), "") for number in range(1, count + 1)] if kind in ("choose", "poll") else []
    return Asked(Kind(kind), tuple(options))


def _messages(file: Path) -> list[tuple[str, str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            if "text" not in (reader.fieldnames or ()):
                raise click.UsageError(f"{file.name}: line 1: the column text is missing")
            return [(row["text"] or "", row.get("asked") or "") for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise click.UsageError(f"{file.name} is no UTF-8 CSV: {error}") from error
