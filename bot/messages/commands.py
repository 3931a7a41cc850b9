"""The command line of the inbox, the outbox and the calls. Shows words to staff, a number only when asked."""

from __future__ import annotations

import sys
from datetime import datetime, time, timedelta
from typing import Any

import click
from sqlalchemy import Row

from bot.config import Settings
from bot.contacts.phone import Address, AddressKind
from bot.db import reading, writing
from bot.language.text.characters import legible
from bot.language.text.sms_parts import lean, parts, plain
from bot.messages import carrier_errors
from bot.messages.calls import minutes
from bot.messages.calls import outbox as call_outbox
from bot.messages.calls.models import CallState, Direction
from bot.messages.command_deps import CommandDeps, pass_deps
from bot.messages.inbound import inbox, received, recordings
from bot.messages.inbound.inbox import StaffItem
from bot.messages.inbound.recordings import LINK_LASTS, Links
from bot.messages.models import ItemState, OutState, Purpose, RecordingState
from bot.messages.sms import outbox as sms_outbox
from bot.terminal import one_line

ID = click.IntRange(1, 2**62)  # what the databases take
MOST_PARTS = 3
SHOWN_BEFORE = 3  # messages that led to an item
LOST = {
    "no sound": "what the carrier had is no sound that can be heard",
    "too large": "it is larger than anybody speaks",
    "given up": "every try to read it failed",
    "silence": "nothing was said",
    "elsewhere": "its address is not the carrier's",
    "unreadable": "its address does not open: DATA_KEY was another",
}


@click.command("list")
@click.option("--state", type=click.Choice([str(state) for state in ItemState]), default="open")
@click.option("--after", type=click.IntRange(0, 2**62), default=0, help="only items behind this id: the next page")
@click.option("--size", type=click.IntRange(1, 200), default=20)
@pass_deps
def list_items(deps: CommandDeps, state: str, after: int, size: int) -> None:
    """A line an item, oldest first."""
    with reading(deps.engine()) as connection:
        items = inbox.page(connection, deps.vault, state, after, size)
    for item in items:
        line = ("♪ " if item.recorded else "") + _line(item.words)
        click.echo(f"{item.id:6}  {_time(item.created_at, deps.settings)}  {item.reason:8}  {line}".rstrip())
    if not items:
        click.echo(f"nothing {state}" + (f" behind {after}" if after else ""))
    elif len(items) == size:
        click.echo(f"more: flask inbox list --state {state} --after {items[-1].id}")


@click.command("show")
@click.argument("id", type=ID)
@click.option("--number", is_flag=True, help="with the number of whoever left it, to ring it")
@pass_deps
def show_item(deps: CommandDeps, id: int, number: bool) -> None:
    """One item, whole."""
    with reading(deps.engine()) as connection:
        item = inbox.show(connection, deps.vault, id)
        if item is None:
            raise click.ClickException(f"there is no item {id}; see: flask inbox list")
        spoken = recordings.of_item(connection, id)
        sender = inbox.sender(connection, deps.vault, id)
        lately = []
        if item.contact is not None:
            lately = received.lately(connection, deps.vault, item.contact, item.created_at, SHOWN_BEFORE)
    click.echo(f"item {item.id}, {item.state}, {item.reason}, {_time(item.created_at, deps.settings)}")
    click.echo(_who(item, sender, number))
    click.echo(one_line(item.words))
    for row in spoken:
        click.echo(f"recording {row.id}: {_heard(row, _links(deps))}")
    if item.note:
        click.echo(f"note: {one_line(item.note)}")
    if lately:
        click.echo("their last messages:")
    for words, said in lately:
        click.echo(f"  > {one_line(words)}")
        click.echo(f"  < {one_line(said) or '(no answer)'}")


@click.command("answer")
@click.argument("id", type=ID)
@click.argument("text")
@pass_deps
def answer(deps: CommandDeps, id: int, text: str) -> None:
    """Answer an open item by SMS."""
    text = plain(" ".join(lean(legible(text)).split()))
    size = parts(text)
    if not 0 < size.parts <= MOST_PARTS:
        raise click.ClickException(f"the answer takes {size.parts} SMS parts; use 1 to {MOST_PARTS}")
    with writing(deps.engine()) as connection:
        done = inbox.answer(connection, deps.vault, id, text, deps.now())
        sender = inbox.sender(connection, deps.vault, id)
    if not done and sender.kind in (AddressKind.LANDLINE, AddressKind.SHORT):
        raise click.ClickException(f"who left item {id} cannot be texted; ring: flask inbox show {id} --number")
    if not done:
        raise click.ClickException(f"item {id} is not open, or its number is withheld")
    wake_workers(deps.settings)
    quiet, at = deps.settings.quiet_hours, deps.now().astimezone(deps.settings.timezone)
    night = quiet.end_after(at) if quiet else None
    goes = f" and goes out at {night:%H:%M}: it is night, QUIET_HOURS" if night else ""
    click.echo(f"item {id} answered, {size.parts} part(s); the message is in the outbox{goes}")


@click.command("close")
@click.argument("id", type=ID)
@click.option("--note", default="", help="why")
@pass_deps
def close(deps: CommandDeps, id: int, note: str) -> None:
    """Close an open item without an answer."""
    with writing(deps.engine()) as connection:
        done = inbox.close(connection, deps.vault, id, note, deps.now())
    if not done:
        raise click.ClickException(f"item {id} is not open")
    click.echo(f"item {id} closed")


def _links(deps: CommandDeps) -> Links:
    return Links(deps.settings.secret_key, deps.settings.public_url)


inbox_commands = click.Group(
    "inbox",
    help="What a person should read: list, show, answer, close.",
    commands=(list_items, show_item, answer, close),
)


def _tell(deps: CommandDeps) -> None:
    with reading(deps.engine()) as connection:
        states, waiting = sms_outbox.counts(connection), sms_outbox.waiting(connection)
    for state, count in states.items():
        of = ", ".join(f"{purpose} {many}" for (one, purpose), many in waiting.items() if one == state)
        click.echo(f"{state:10} {count}" + (f"  ({of})" if of else ""))


@click.pass_context
def _look(context: click.Context) -> None:
    if context.invoked_subcommand is None:
        _tell(context.obj)


@click.command("show")
@pass_deps
def show_outbox(deps: CommandDeps) -> None:
    """How many messages are in each state that is not final; of those that wait, what they are for."""
    _tell(deps)


@click.command("list")
@click.option("--state", type=click.Choice([str(state) for state in OutState]), default="failed")
@click.option("--before", type=ID, help="only messages before this id: the next page")
@click.option("--size", type=click.IntRange(1, 200), default=20)
@pass_deps
def list_messages(deps: CommandDeps, state: str, before: int | None, size: int) -> None:
    """A line a message in a state, newest first: ids, purpose, tries, the carrier's code or why it was skipped."""
    with reading(deps.engine()) as connection:
        rows = sms_outbox.page(connection, state, before, size)
    for row in rows:
        tries = _tries(row.attempts)
        when, code = _time(row.changed_at, deps.settings), carrier_errors.explained(row.error) or "-"
        whom = f"contact {row.contact_id}  {row.purpose}" + (f" {row.about}" if row.about else "")
        due = f"  due {_due(row, deps.settings)}" if state in (OutState.QUEUED, OutState.HELD) else ""
        click.echo(f"{row.id:6}  {when}  {whom}  {tries}  {code}  {row.sid or ''}".rstrip() + due)
    if not rows:
        click.echo(f"nothing {state}" + (f" before {before}" if before else ""))
    elif len(rows) == size:
        click.echo(f"more: flask outbox list --state {state} --before {rows[-1].id}")


@click.command("wake")
@pass_deps
def wake_outbox(deps: CommandDeps) -> None:
    """Ask a worker to look now instead of at the clock's next tick."""
    if not wake_workers(deps.settings):
        sys.exit(1)
    click.echo("asked")


outbox_commands = click.Group(
    "outbox",
    help="What is on its way out.",
    commands=(show_outbox, list_messages, wake_outbox),
    callback=_look,
    invoke_without_command=True,
)


@click.command("show")
@pass_deps
def show_calls(deps: CommandDeps) -> None:
    """How many calls are in each state that is not final, and the minutes of today."""
    today = datetime.combine(deps.now().astimezone(deps.settings.timezone), time(), deps.settings.timezone)
    with reading(deps.engine()) as connection:
        for state, count in call_outbox.counts(connection).items():
            click.echo(f"{state:10} {count}")
        spent = minutes.spent(connection, today, deps.now())
    click.echo(f"minutes    {spent} of {deps.settings.call_spend_day} today")


@click.command("list")
@click.option("--state", type=click.Choice([str(state) for state in CallState]), help="only calls in this state")
@click.option("--before", type=ID, help="only calls before this id: the next page")
@click.option("--size", type=click.IntRange(1, 200), default=20)
@pass_deps
def list_calls(deps: CommandDeps, state: str | None, before: int | None, size: int) -> None:
    """A line a call, newest first: ids, age, who rang whom and why, state, tries, minutes, what it is about, and
    the carrier's code or why it was skipped."""
    with reading(deps.engine()) as connection:
        rows = call_outbox.page(connection, state, before, size)
    for row in rows:
        who = f"contact {row.contact_id}" if row.contact_id else "withheld"
        spent = "" if row.direction == Direction.IN else f"{_tries(row.attempts)}, {row.minutes} min"
        why = row.purpose if row.direction == Direction.OUT else ""
        told = "  ".join(filter(None, (f"{row.direction:4} {why:12} {row.state:9}", who, spent, row.about, row.error)))
        click.echo(
            f"{row.id:6}  {_time(row.created_at, deps.settings)}  {_age(deps.now() - row.changed_at):>7}  {told}"
        )
    if not rows:
        click.echo(f"no calls {state or ''}".rstrip() + (f" before {before}" if before else ""))
    elif len(rows) == size:
        only = f" --state {state}" if state else ""
        click.echo(f"more: flask calls list{only} --before {rows[-1].id}")


call_commands = click.Group(
    "calls", help="Who rang, whom we call back, whom we ring. Never a number.", commands=(show_calls, list_calls)
)


def _due(row: Row[Any], settings: Settings) -> str:
    """When what waits goes out: not before its time, and what nobody waits for not at night."""
    due = row.due_at.astimezone(settings.timezone)
    night = settings.quiet_hours.end_after(due) if settings.quiet_hours and row.purpose != Purpose.ANSWER else None
    return f"{night or due:%Y-%m-%d %H:%M}"


def _who(item: StaffItem, sender: Address, number: bool) -> str:
    """Who left an item, and whether an answer reaches them."""
    if item.contact is None:
        return "from a withheld number: cannot be answered"
    told = f"contact {item.contact}" + (f", {sender.value}" if number and sender.value else "")
    return told + (f": cannot be texted ({sender.kind}), ring instead" if sender.kind in inbox.NO_SMS else "")


def _heard(row: Row[Any], links: Links) -> str:
    """What staff are told of a recording; a link where there is something to hear."""
    match RecordingState(row.state):
        case RecordingState.STORED:
            return f"{row.seconds} s, {links.to(row.id)} (for {LINK_LASTS // 3600} hours)"
        case RecordingState.WAITING:
            return f"not here yet, {_tries(row.attempts)}" + (f" ({row.error})" if row.error else "")
        case RecordingState.LOST:
            return f"lost: {LOST.get(row.error, f'the carrier never had it ({row.error})')}"
        case RecordingState.FORGOTTEN:
            return f"{row.seconds} s, forgotten after {recordings.KEPT_FOR.days} days"


def wake_workers(settings: Settings, *, calls: bool = False) -> bool:
    """Ask a worker to look at the outbox, or the calls, now; False when Redis is away, which is said."""
    from redis import Redis

    from bot.messages import jobs
    from bot.messages.calls import sending as call_sending

    redis = Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=2)
    done = call_sending.wake_calls(redis) if calls else jobs.wake(redis)
    if not done:
        click.echo("Redis is away; the clock will see to it", err=True)
    return done


def _tries(attempts: int) -> str:
    return "1 try" if attempts == 1 else f"{attempts} tries"


def _time(at: datetime, settings: Settings) -> str:
    return f"{at.astimezone(settings.timezone):%d/%m %H:%M}"


def _line(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= 60 else line[:59] + "…"


def _age(age: timedelta) -> str:
    """How long ago, in the largest unit that tells."""
    seconds = max(0, int(age.total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
