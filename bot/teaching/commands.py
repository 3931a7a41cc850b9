"""The command line of teaching: what was not understood, examples and spellings, the log, training, export."""

from __future__ import annotations

import csv
import getpass
import sys
from pathlib import Path

import click

from bot.db import reading, writing
from bot.language.masking import masked
from bot.language.words.lexicon import Lexicon
from bot.messages.command_deps import CommandDeps, pass_deps
from bot.messages.inbound import inbox
from bot.teaching import retraining, service

ID = click.IntRange(1, 2**62)  # what the databases take
MISSED = "missed"


def teach_commands() -> click.Group:
    """flask teach."""
    group = click.Group("teach", help="Teach the line what it did not understand.")
    for command in (missed, example, spelling, log, undo, train, export):
        group.add_command(command)
    return group


@click.command("list")
@click.option("--after", type=ID, default=None, help="only items behind this id: the next page")
@click.option("--size", type=click.IntRange(1, 200), default=20)
@pass_deps
def missed(deps: CommandDeps, after: int | None, size: int) -> None:
    """What was not understood, masked, oldest first."""
    with reading(deps.engine()) as connection:
        items = inbox.of_reason(connection, deps.vault, MISSED, after or 0, size)
    for item in items:
        click.echo(f"{item.id:7}  {deps.local(item.created_at)}  {masked(item.words)}")
    if not items:
        click.echo("nothing was left behind that was not understood")
    elif len(items) == size:
        click.echo(f"more: flask teach list --after {items[-1].id}")


@click.command("example")
@click.argument("text")
@click.option("--label", required=True, help="what it wants: price, report, issue_new, stop, other …")
@click.option("--asked", default="", help="the question it answers: rsvp, confirm …")
@pass_deps
def example(deps: CommandDeps, text: str, label: str, asked: str) -> None:
    """Keep TEXT as an example of a label. Names and numbers are masked first."""
    try:
        with writing(deps.engine()) as connection:
            id = service.teach_example(connection, text, asked, label, _operator(), deps.now())
    except service.UnteachableError as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"{id}: {masked(text)} is {label}; to take it back: flask teach undo {id}")


@click.command("spelling")
@click.argument("form")
@click.option("--is", "meaning", required=True, help="type:id of the vocabulary, e.g. commodity:pig_live")
@pass_deps
def spelling(deps: CommandDeps, form: str, meaning: str) -> None:
    """Keep FORM as a spelling of a word. It is understood within half a minute."""
    try:
        with writing(deps.engine()) as connection:
            id = service.teach_spelling(connection, Lexicon.load(), form, meaning, _operator(), deps.now())
    except service.UnteachableError as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"{id}: {form} is {meaning}; to take it back: flask teach undo {id}")


@click.command("log")
@click.option("--before", type=ID, default=None, help="only what was taught before this id: the next page")
@click.option("--size", type=click.IntRange(1, 200), default=20)
@pass_deps
def log(deps: CommandDeps, before: int | None, size: int) -> None:
    """What was taught, newest first, by whom, and what was taken back."""
    with reading(deps.engine()) as connection:
        rows = service.page(connection, before, size)
    for row in rows:
        undone = "  undone" if row.undone_at else ""
        asked = f" [{row.asked}]" if row.asked else ""
        click.echo(f"{row.id:7}  {deps.local(row.at)}  {row.taught_by:12}  {row.label:16}  {row.text}{asked}{undone}")
    if not rows:
        click.echo("nothing was taught" + (f" before {before}" if before else ""))
    elif len(rows) == size:
        click.echo(f"more: flask teach log --before {rows[-1].id}")


@click.command("undo")
@click.argument("ids", type=ID, nargs=-1, required=True)
@pass_deps
def undo(deps: CommandDeps, ids: tuple[int, ...]) -> None:
    """Take back what was taught, by its numbers."""
    with writing(deps.engine()) as connection:
        count = service.undo(connection, ids, deps.now())
    click.echo(f"{count} of {len(ids)} taken back; weights that were made with it stay until: flask teach now")


@click.command("now")
@pass_deps
def train(deps: CommandDeps) -> None:
    """Train on all examples now, and use the weights where no check gets worse. Takes some minutes."""
    outcome = retraining.retrain(deps.engine(), Lexicon.load(), deps.now())
    click.echo(outcome.why)
    if not outcome.adopted:
        sys.exit(1)


@click.command("export")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=None, help="a file; else the screen")
@pass_deps
def export(deps: CommandDeps, out: Path | None) -> None:
    """The examples that count, as rows for bot/language/data/examples of the next release."""
    with reading(deps.engine()) as connection:
        rows = service.examples(connection)
    stream = sys.stdout if out is None else out.open("w", encoding="utf-8", newline="")
    try:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("text", "asked", "intent", "goods", "place"))
        writer.writerows((row.text, row.asked, row.label, "", "") for row in rows)
    finally:
        if out is not None:
            stream.close()
    if out is not None:
        click.echo(f"{out.name}: {len(rows)} examples")


def _operator() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "operator"
