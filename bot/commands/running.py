"""Running the line: flask release, demo, clock, call. Each connects when it runs, never before."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable
from types import FrameType

import click
from flask import Flask
from redis import Redis

from bot import migrations
from bot.db import writing
from bot.due_tasks import DueTaskDeps, due_tasks
from bot.issues.demo import load_issues
from bot.issues.lists import reference as issue_reference
from bot.issues.staff.hiding import hide_old
from bot.meetings.demo import load_groups
from bot.messages.command_deps import CommandDeps, pass_deps
from bot.prices.demo import load_demo
from bot.prices.reference import load_markets, load_reference
from bot.radio.demo import load_radio


@click.command("release")
@pass_deps
def release(deps: CommandDeps) -> None:
    """Migrate the database and load reference data. Repeat freely."""
    database = deps.engine()
    migrations.upgrade(database)
    with writing(database) as connection:
        load_reference(connection)
        load_markets(connection)
        issue_reference.load_reference(connection)
        hide_old(connection, deps.vault)
    click.echo(f"database at {migrations.newest()}, reference data loaded")


@click.command("demo")
@click.option("--yes", is_flag=True, help="do it on a real line: there is no way back")
@pass_deps
def demo(deps: CommandDeps, yes: bool) -> None:
    """Load invented sample data: markets, prices of two weeks, a few people. Repeat freely."""
    if deps.settings.carrier != "simulator" and not yes:
        raise click.ClickException(
            f"this is a real line (CARRIER={deps.settings.carrier}): farmers would be told invented prices, and "
            "numbers that may be somebody's could report; if you mean it: flask demo --yes"
        )
    local = deps.now().astimezone(deps.settings.timezone)
    database = deps.engine()
    load_demo(database, deps.vault, local.date(), local)
    load_groups(database, deps.vault, local)
    load_radio(database, deps.vault, deps.settings.timezone, local)
    load_issues(database, deps.notices(), deps.settings.timezone, local)
    click.echo("sample data loaded")


def clock_command(redis: Callable[[], Redis], tasks: Callable[[], DueTaskDeps]) -> click.Command:
    """flask clock."""

    @click.command("clock")
    @pass_deps
    def clock(deps: CommandDeps) -> None:
        """Run the clock until stopped: what is due is done."""
        from bot.clock import Clock, Lead  # imports the queue, which the web process does not need
        from bot.messages.alerts import Herald
        from bot.messages.inbound.spool import Spool
        from bot.messages.mail.sending import MailHeaders

        settings = deps.settings
        name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        herald = Herald(deps.engine(), deps.vault, settings.alert_to, settings.smtp_url, MailHeaders.of(settings))
        server = redis()
        spool = Spool(server, deps.vault, settings.spool_dir)
        ticking = Clock(deps.engine(), Lead(server, name), deps.vault, herald, deps.now, spool, due_tasks(tasks()))
        ticking.run(_stop_on_signal())

    return clock


def ring_command(telephone: Callable[[], Flask]) -> click.Command:
    """flask call."""

    @click.command("call", context_settings={"ignore_unknown_options": True}, add_help_option=False)
    @click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
    @pass_deps
    def call(deps: CommandDeps, arguments: tuple[str, ...]) -> None:
        """Ring the line in the terminal, as a carrier would."""
        from bot.simulator.calls.terminal import call_command

        line = telephone()
        click.get_current_context().call_on_close(line.extensions["phsar"].engine.dispose)
        call_command(line, deps.settings).main(list(arguments), prog_name="flask call")

    return call


def _stop_on_signal() -> threading.Event:
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    return stop
