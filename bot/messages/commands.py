"""The command line of the inbox and the outbox. Shows words to staff, never a number."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime

import click
from sqlalchemy import Engine

from bot.config import Settings
from bot.db import reading, writing
from bot.language.sms_parts import lean, parts
from bot.messages import inbox, outbox, received
from bot.messages.models import ItemState, OutState
from bot.vault import Vault

ID = click.IntRange(1, 2**62)  # what the databases take
MOST_PARTS = 3
SHOWN_BEFORE = 3  # messages that led to an item


def inbox_commands(
    engine: Callable[[], Engine], vault: Vault, settings: Settings, now: Callable[[], datetime]
) -> click.Group:
    """flask inbox list|show|answer|close."""
    group = click.Group("inbox", help="What a person should read: list, show, answer, close.")

    @group.command("list")
    @click.option("--state", type=click.Choice([str(state) for state in ItemState]), default="open")
    @click.option("--after", type=click.IntRange(0, 2**62), default=0, help="only items behind this id: the next page")
    @click.option("--size", type=click.IntRange(1, 200), default=20)
    def show_list(state: str, after: int, size: int) -> None:
        """A line an item, oldest first."""
        with reading(engine()) as connection:
            items = inbox.page(connection, vault, state, after, size)
        for item in items:
            click.echo(f"{item.id:6}  {_time(item.created_at, settings)}  {item.reason:8}  {_line(item.words)}")
        if not items:
            click.echo(f"nothing {state}" + (f" behind {after}" if after else ""))
        elif len(items) == size:
            click.echo(f"more: flask inbox list --state {state} --after {items[-1].id}")

    @group.command("show")
    @click.argument("id", type=ID)
    def show(id: int) -> None:
        """One item, whole."""
        with reading(engine()) as connection:
            item = inbox.show(connection, vault, id)
            if item is None:
                raise click.ClickException(f"there is no item {id}; see: flask inbox list")
            lately = []
            if item.contact is not None:
                lately = received.lately(connection, vault, item.contact, item.created_at, SHOWN_BEFORE)
        click.echo(f"item {item.id}, {item.state}, {item.reason}, {_time(item.created_at, settings)}")
        click.echo(f"contact {item.contact}" if item.contact else "from a withheld number: cannot be answered")
        click.echo(item.words)
        if item.note:
            click.echo(f"note: {item.note}")
        if lately:
            click.echo("their last messages:")
        for words, said in lately:
            click.echo(f"  > {words}")
            click.echo(f"  < {said or '(no answer)'}")

    @group.command("answer")
    @click.argument("id", type=ID)
    @click.argument("text")
    def answer(id: int, text: str) -> None:
        """Answer an open item by SMS."""
        text = " ".join(lean(text).split())
        size = parts(text)
        if not 0 < size.parts <= MOST_PARTS:
            raise click.ClickException(f"the answer takes {size.parts} SMS parts; use 1 to {MOST_PARTS}")
        with writing(engine()) as connection:
            done = inbox.answer(connection, vault, id, text, now())
        if not done:
            raise click.ClickException(f"item {id} is not open, or its number is withheld")
        _wake(settings)
        click.echo(f"item {id} answered, {size.parts} part(s); the message is in the outbox")

    @group.command("close")
    @click.argument("id", type=ID)
    @click.option("--note", default="", help="why")
    def close(id: int, note: str) -> None:
        """Close an open item without an answer."""
        with writing(engine()) as connection:
            done = inbox.close(connection, vault, id, note, now())
        if not done:
            raise click.ClickException(f"item {id} is not open")
        click.echo(f"item {id} closed")

    return group


def outbox_commands(engine: Callable[[], Engine], settings: Settings) -> click.Group:
    """flask outbox show|list|wake."""
    group = click.Group("outbox", help="What is on its way out.")

    @group.command("show")
    def show() -> None:
        """How many messages are in each state that is not final."""
        with reading(engine()) as connection:
            for state, count in outbox.counts(connection).items():
                click.echo(f"{state:10} {count}")

    @group.command("list")
    @click.option("--state", type=click.Choice([str(state) for state in OutState]), default="failed")
    @click.option("--before", type=ID, help="only messages before this id: the next page")
    @click.option("--size", type=click.IntRange(1, 200), default=20)
    def show_list(state: str, before: int | None, size: int) -> None:
        """A line a message in a state, newest first: ids, tries and the carrier's code."""
        with reading(engine()) as connection:
            rows = outbox.page(connection, state, before, size)
        for row in rows:
            tries = f"{row.attempts} tries" if row.attempts != 1 else "1 try"
            when, code = _time(row.changed_at, settings), row.error or "-"
            click.echo(f"{row.id:6}  {when}  contact {row.contact_id}  {tries}  {code}  {row.sid or ''}".rstrip())
        if not rows:
            click.echo(f"nothing {state}" + (f" before {before}" if before else ""))
        elif len(rows) == size:
            click.echo(f"more: flask outbox list --state {state} --before {rows[-1].id}")

    @group.command("wake")
    def wake() -> None:
        """Ask a worker to look now instead of at the clock's next tick."""
        if not _wake(settings):
            sys.exit(1)
        click.echo("asked")

    return group


def _wake(settings: Settings) -> bool:
    from redis import Redis

    from bot.messages.jobs import wake

    done = wake(Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=2))
    if not done:
        click.echo("Redis is away; the clock will see to it", err=True)
    return done


def _time(at: datetime, settings: Settings) -> str:
    return f"{at.astimezone(settings.timezone):%d/%m %H:%M}"


def _line(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= 60 else line[:59] + "…"
