"""Talking to the line in the terminal: flask chat, flask understand. What is said goes the way of an SMS."""

from __future__ import annotations

import csv
import json
import secrets
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import click
from sqlalchemy import Engine

from bot.contacts.phone import AddressKind, read_address
from bot.conversation import Conversation
from bot.language.intents.learned import referee
from bot.language.intents.learned.examples import UnusableError, read_file
from bot.language.intents.learned.rows import to_row
from bot.language.intents.understand import understand
from bot.language.text.sms_parts import parts
from bot.language.words.lexicon import Lexicon
from bot.logs import silence
from bot.prices.knowledge import Knowledge, Known
from bot.turn import Inbound
from flows.heard import Asked, Kind, Option

CSV = click.Path(exists=True, dir_okay=False, path_type=Path)


def chat_command(conversation: Callable[[], Conversation]) -> click.Command:
    """flask chat."""

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


def understand_command(engine: Callable[[], Engine]) -> click.Command:
    """flask understand."""

    @click.command("understand")
    @click.option("--asked", default="", help="the question it answers: choose3, rsvp, confirm, words …")
    @click.option("--file", "file", type=CSV, help="a CSV with the columns text and asked")
    @click.option("--json", "as_json", is_flag=True, help="a JSON line a message")
    @click.option("--check", type=CSV, help="a CSV with text, asked and intent: how much is read right")
    @click.option("--why", is_flag=True, help="what a message is made of, and what decided")
    @click.argument("text", required=False)
    def read(asked: str, file: Path | None, as_json: bool, check: Path | None, why: bool, text: str | None) -> None:
        """How a message, or a file of them, is read and how surely."""
        if [text is None, file is None, check is None].count(False) != 1 or (why and text is None):
            raise click.UsageError("give one TEXT, or --file FILE, or --check FILE; --why needs a TEXT")
        known = Knowledge(engine(), Lexicon.load()).known_or_bare()
        if check is not None:
            _checked(check, known)
            return
        rows = [(text or "", asked)] if file is None else _messages(file)
        for number, (words, kind) in enumerate(rows, 2):
            try:
                question = asked_as(kind)
            except ValueError as error:
                where = f"line {number}: " if file else ""
                raise click.UsageError(f"{where}asked: {error}") from error
            if why:
                click.echo("\n".join(referee.why(words, question, known.lexicon, known.scorer)))
                continue
            heard = understand(words, question, known.lexicon, known.scorer)
            click.echo(_row(words, kind, to_row(heard, known.lexicon, question.kind), as_json=as_json))

    return read


def _row(words: str, kind: str, row: dict[str, object], *, as_json: bool) -> str:
    if as_json:
        return json.dumps({"text": words, "asked": kind, **row}, ensure_ascii=False)
    slots = json.dumps(row["slots"], ensure_ascii=False)
    return f"{row['confidence']:.2f} {row['intent']:20} {slots:60} {words}"


def _checked(file: Path, known: Known) -> None:
    """How much of a labelled file is read right."""
    try:
        examples = read_file(file)
    except UnusableError as error:
        raise click.UsageError(str(error)) from error
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{file.name} is no UTF-8 CSV: {error}") from error
    click.echo("\n".join(referee.check(examples, known.lexicon, known.scorer).lines()))


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
