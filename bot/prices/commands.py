"""The command line of prices: list reports, hold, release and reject them; print the codes of the keypad."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import click
from sqlalchemy import Connection, Engine, select

from bot.db import reading, table, writing
from bot.language.intents.keypad import codes
from bot.language.saying.wording import digits
from bot.language.words.lexicon import Lexicon
from bot.prices import reporting, wanted
from bot.prices.facts import draft_of
from bot.prices.models import PriceReport, ReportState
from flows.prompts import Money

ID = click.IntRange(1, 2**62)  # what the databases take
_report = table(PriceReport)


def price_commands(engine: Callable[[], Engine], now: Callable[[], datetime]) -> click.Group:
    """flask prices list|hold|release|reject|codes|wanted."""
    group = click.Group("prices", help="Reports: list, hold, release, reject; codes of the keypad; what is wanted.")

    @group.command("codes")
    def show_codes() -> None:
        """What a poster needs: the two keys of each product, then of each province, in Khmer and English."""
        lexicon = Lexicon.load()
        provinces = {code: code for code in lexicon.provinces()}
        for what, coded in (("commodity", codes()), ("place", provinces)):
            for code, id in coded.items():
                click.echo("\t".join((code, lexicon.name(what, id, "km"), lexicon.name(what, id, "en"), what)))

    @group.command("list")
    @click.option("--state", type=click.Choice([str(state) for state in ReportState]), default="held")
    @click.option("--before", type=ID, help="only reports before this id: the next page")
    @click.option("--size", type=click.IntRange(1, 200), default=20)
    def show_list(state: str, before: int | None, size: int) -> None:
        """A line a report, newest first."""
        statement = select(_report).where(_report.c.state == state).order_by(_report.c.id.desc()).limit(size)
        if before is not None:
            statement = statement.where(_report.c.id < before)
        with reading(engine()) as connection:
            rows = connection.execute(statement).all()
        for row in rows:
            draft = draft_of(row)
            low, usual, high = (digits(Money(a, row.currency)) for a in (draft.low, draft.usual, draft.high))
            what = f"{row.commodity} {row.grade}".strip()
            by = row.source or (f"contact {row.contact_id}" if row.contact_id else "")
            click.echo(
                f"{row.id:7}  {row.observed_on}  {what:16}  {usual} ({low}-{high}) {row.currency}/{row.unit}  "
                f"{row.level}  {row.market}  {row.reason:12}  {by}"
            )
        if not rows:
            click.echo(f"no {state} report" + (f" before {before}" if before else ""))
        elif len(rows) == size:
            click.echo(f"more: flask prices list --state {state} --before {rows[-1].id}")

    @group.command("wanted")
    @click.option("--months", type=click.IntRange(1, 24), default=3, help="this one and those before")
    @click.option("--commodity", default="", help="only this good's id")
    @click.option("--province", default="", help="only this province's code, such as 03")
    @click.option("--after", type=click.IntRange(0, 100_000), default=0, help="pass over so many: the next page")
    @click.option("--size", type=click.IntRange(1, 200), default=20)
    def show_wanted(months: int, commodity: str, province: str, after: int, size: int) -> None:
        """What people asked the price of and nobody reports, most wanted first."""
        lexicon, today = Lexicon.load(), now().date()
        first = today.year * 12 + today.month - months
        since = f"{first // 12:04}-{first % 12 + 1:02}"
        with reading(engine()) as connection:
            rows = wanted.listed(connection, since, commodity=commodity, province=province, after=after, size=size)
        for id, code, asked, month in rows:
            where = f"{code} {lexicon.name('place', code, 'en')}" if code else "no place"
            click.echo(f"{asked:6}  {id:20}  {lexicon.name('commodity', id, 'en'):24}  {where:20}  last {month}")
        if not rows:
            click.echo(f"nothing wanted since {since}" + (f" after {after}" if after else ""))
        elif len(rows) == size:
            click.echo(f"more: flask prices wanted --months {months} --after {after + size}")

    def add(name: str, act: Callable[[Connection, int], bool], done: str, at: ReportState, text: str) -> None:
        @group.command(name, help=text)
        @click.argument("ids", type=ID, nargs=-1, required=True)
        def command(ids: tuple[int, ...]) -> None:
            with writing(engine()) as connection:
                for id in ids:
                    if not act(connection, id):
                        raise click.ClickException(f"there is no {at} report {id}; nothing was changed")
            click.echo(f"{len(ids)} report(s) {done}")

    held, accepted = ReportState.HELD, ReportState.ACCEPTED
    add("release", reporting.release, "released", held, "Accept held reports.")
    add("hold", reporting.hold, "held", accepted, "Take accepted reports out of the quotes.")
    add("reject", reporting.reject, "rejected", held, "Refuse held reports for good.")
    return group
