"""Exports: what the line holds, as CSV for a spreadsheet, streamed row by row. Nobody's number, name or words.

Owns which columns leave the line, and that no cell acts as a formula where it is opened.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable
from typing import Any

import click
from sqlalchemy import Engine, Select, func, select

from bot.contacts.models import Contact
from bot.csvfile import defused
from bot.db import table
from bot.issues.models import Issue
from bot.messages.models import Message, Outbound
from bot.prices.models import PriceReport

AT_ONCE = 500  # rows held in memory


def _contacts() -> Select[Any]:
    known = table(Contact)
    columns = (known.c.language, known.c.script, known.c.sex, known.c.place, known.c.may_report, known.c.reach)
    return select(*columns, func.date(known.c.created_at).label("since")).order_by(known.c.id)


def _prices() -> Select[Any]:
    said = table(PriceReport)
    names = ("observed_on", "commodity", "grade", "market", "level", "unit", "currency", "low", "high", "usual")
    columns = [said.c[name] for name in (*names, "state", "reason", "source")]
    return select(*columns).order_by(said.c.id)


def _problems() -> Select[Any]:
    told = table(Issue)
    columns = (told.c.category, told.c.commodity, told.c.province, told.c.state, told.c.overdue)
    raised = func.date(told.c.created_at).label("raised_on")
    return select(raised, *columns).where(~told.c.hidden).order_by(told.c.created_at, told.c.id)


def _messages() -> Select[Any]:
    heard = table(Message)
    day = func.date(heard.c.at).label("day")
    counted = (func.count().label("messages"), func.sum(heard.c.parts).label("parts_answered"))
    return select(day, heard.c.channel, heard.c.intent, *counted).group_by(day, heard.c.channel, heard.c.intent)


def _sent() -> Select[Any]:
    out = table(Outbound)
    day = func.date(out.c.created_at).label("day")
    return select(day, out.c.purpose, out.c.state, out.c.error, func.count().label("messages")).group_by(
        day, out.c.purpose, out.c.state, out.c.error
    )


EXPORTS: dict[str, Callable[[], Select[Any]]] = {
    "contacts": _contacts,
    "prices": _prices,
    "problems": _problems,
    "messages": _messages,
    "sent": _sent,
}


def lines(engine: Engine, what: str) -> Iterable[list[str]]:
    """The header and the rows of an export, read from the database a few hundred at a time."""
    with engine.connect() as connection, connection.begin():  # a cursor on the server needs a transaction
        rows = connection.execution_options(yield_per=AT_ONCE).execute(EXPORTS[what]())
        yield list(rows.keys())
        for row in rows:
            yield [defused(value) for value in row]


def export_command(engine: Callable[[], Engine]) -> click.Command:
    """flask export WHAT."""

    @click.command("export")
    @click.argument("what", type=click.Choice(sorted(EXPORTS)))
    def export(what: str) -> None:
        """Write CSV to the standard output: contacts, prices, problems, messages (a day) or sent (a day)."""
        writer = csv.writer(sys.stdout, lineterminator="\n")
        for line in lines(engine(), what):
            writer.writerow(line)

    return export
