"""The command line of broadcasts. Asks no question; says first what would happen, and then does it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import click
from sqlalchemy import Engine, Row

from bot.broadcasts import service as broadcasts
from bot.broadcasts import trial
from bot.broadcasts.desk import BroadcastDesk, with_options
from bot.broadcasts.segments import Segments
from bot.broadcasts.service import BroadcastError
from bot.config import Settings
from bot.contacts.phone import read_address
from bot.db import reading, writing
from bot.language.text.characters import legible
from bot.messages.commands import ID, wake_workers
from bot.messages.inbound import replies
from bot.messages.models import BroadcastState
from bot.vault import Vault


def broadcast_commands(
    engine: Callable[[], Engine],
    vault: Vault,
    segments: Callable[[], Segments],
    settings: Settings,
    now: Callable[[], datetime],
) -> click.Group:
    """flask broadcast create|forecast|segments|test|list|show|replies|pause|resume|cancel."""
    desk = BroadcastDesk(engine, vault, segments, settings, now)
    group = click.Group("broadcast", help="One message to many: forecast, create, test, show, pause, resume, cancel.")

    @group.command("create")
    @with_options
    def create(**given: Any) -> None:
        """Make a broadcast. Prints the forecast, then its id alone on the last line.

        Without --at or --now it is kept paused: flask broadcast resume ID starts it.
        """
        draft = desk.draft(given)
        desk.tell(draft, desk.forecast(draft))
        with writing(engine()) as connection:
            id = broadcasts.create(connection, draft, now())
        if not draft.starts:
            click.echo(f"kept paused; start it: flask broadcast resume {id}")
        elif given["at_once"]:
            wake_workers(settings)
        click.echo(id)

    @group.command("forecast")
    @with_options
    def show_forecast(**given: Any) -> None:
        """What a broadcast would do: people, who is skipped and why, parts, money, when. Keeps nothing."""
        draft = desk.draft(given)
        desk.tell(draft, desk.forecast(draft))

    @group.command("segments")
    def show_segments() -> None:
        """What --to takes."""
        click.echo("all")
        with reading(engine()) as connection:
            for kind, values in segments().values(connection):
                click.echo(f"{kind + ':…':16}  {values}")
        click.echo("joined with +: who is in all of them")

    _add_looking(group, desk)
    _add_steering(group, desk)
    return group


def _add_looking(group: click.Group, desk: BroadcastDesk) -> None:
    @group.command("list")
    @click.option("--before", type=ID, help="only broadcasts before this id: the next page")
    @click.option("--size", type=click.IntRange(1, 200), default=20)
    def show_list(before: int | None, size: int) -> None:
        """A line a broadcast, newest first: id, when, state, messages, to whom."""
        with reading(desk.engine()) as connection:
            rows = broadcasts.page(connection, before, size)
        for row in rows:
            count = f"{row.planned:,} {'calls' if row.channel == 'voice' else 'SMS'}"
            click.echo(f"{row.id:6}  {desk.time(row.due_at)}  {row.state:9}  {count:>12}  {row.segment}")
        if not rows:
            click.echo("no broadcasts" + (f" before {before}" if before else ""))
        elif len(rows) == size:
            click.echo(f"more: flask broadcast list --before {rows[-1].id}")

    @group.command("show")
    @click.argument("id", type=ID)
    @click.option("--json", "as_json", is_flag=True, help="one JSON object")
    def show(id: int, as_json: bool) -> None:
        """One broadcast: its state, how far it is, what became of its messages."""
        try:
            with reading(desk.engine()) as connection:
                row = broadcasts.find(connection, id)
                told = _summary(row, *broadcasts.counts(connection, row), replies.count(connection, id), desk)
        except BroadcastError as error:
            raise click.ClickException(str(error)) from error
        if as_json:
            click.echo(json.dumps(told, ensure_ascii=False))
            return
        for name, value in told.items():
            if isinstance(value, dict):
                value = ", ".join(f"{one} {count:,}" for one, count in value.items() if count) or "-"
            click.echo(f"{name:10}  {value}")


def _summary(
    row: Row[Any], states: dict[str, int], errors: dict[str, int], answered: int, desk: BroadcastDesk
) -> dict[str, Any]:
    """What `show` says."""
    zone = desk.settings.timezone
    times = {
        name: getattr(row, name).astimezone(zone).isoformat(timespec="seconds") for name in ("due_at", "expires_at")
    }
    waiting = states["queued"] + states["held"] + states.get("sending", 0) + states.get("dialling", 0)
    finished = sum(states.values()) - waiting
    over = row.state in (BroadcastState.SENDING, BroadcastState.DONE, BroadcastState.CANCELLED)
    progress = finished / row.planned if row.planned else float(over)
    return {
        "id": row.id,
        "state": row.state,
        "segment": row.segment,
        "channel": row.channel,
        "people": row.looked_at,
        "no_consent": row.looked_at - row.planned,
        "planned": row.planned,
        "progress": round(progress, 4),
        "counts": states,
        "errors": errors,
        "replies": answered,
        **times,
        "created_at": row.created_at.astimezone(zone).isoformat(timespec="seconds"),
        "changed_at": row.changed_at.astimezone(zone).isoformat(timespec="seconds"),
    }


def _add_steering(group: click.Group, desk: BroadcastDesk) -> None:
    @group.command("test")
    @click.argument("id", type=ID)
    @click.option("--to", "number", required=True, help="your own number")
    def test(id: int, number: str) -> None:
        """Send it to one number at once, marked [test]; counts nowhere."""
        address = read_address(number)
        try:
            with writing(desk.engine()) as connection:
                row = broadcasts.find(connection, id)
                trial.send(connection, desk.vault, row, address, desk.now())
        except BroadcastError as error:
            raise click.ClickException(str(error)) from error
        wake_workers(desk.settings, calls=row.channel == "voice")
        click.echo(f"a test of broadcast {id} is in the outbox")

    @group.command("replies")
    @click.argument("id", type=ID)
    @click.option("--after", type=click.IntRange(0, 2**62), default=0, help="only items behind this id: the next page")
    @click.option("--size", type=click.IntRange(1, 200), default=20)
    def show_replies(id: int, after: int, size: int) -> None:
        """What people answered to it, oldest first; to answer one: flask inbox answer ITEM TEXT."""
        with reading(desk.engine()) as connection:
            items = replies.page(connection, desk.vault, id, after, size)
        for item in items:
            click.echo(
                legible(f"{item.id:6}  {desk.time(item.created_at)}  {item.state:8}  {' '.join(item.words.split())}")
            )
        if not items:
            click.echo("no replies" + (f" behind {after}" if after else ""))
        elif len(items) == size:
            click.echo(f"more: flask broadcast replies {id} --after {items[-1].id}")

    steps = {
        "pause": (broadcasts.pause, "Stop it at once; what a worker has in hand still goes."),
        "resume": (broadcasts.resume, "Go on where it stopped, or start what was kept."),
        "cancel": (broadcasts.cancel, "Send nothing of it any more. There is no way back."),
    }
    for name, (step, meaning) in steps.items():
        _add_step(group, desk, name, step, meaning)


def _add_step(
    group: click.Group, desk: BroadcastDesk, name: str, step: Callable[[Engine, int, datetime], None], meaning: str
) -> None:
    @group.command(name, help=meaning)
    @click.argument("id", type=ID)
    def run(id: int) -> None:
        engine = desk.engine()
        try:
            step(engine, id, desk.now())
        except BroadcastError as error:
            raise click.ClickException(str(error)) from error
        if step is broadcasts.resume:
            wake_workers(desk.settings)
        with reading(engine) as connection:
            row = broadcasts.find(connection, id)
        click.echo(f"broadcast {id} is {row.state}")
