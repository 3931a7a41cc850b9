"""The command line of prices: list reports, hold, release and reject them; print the codes of the keypad."""

from __future__ import annotations

from collections.abc import Callable

import click
from sqlalchemy import Connection, select

from bot.db import reading, table, writing
from bot.language.intents.keypad import codes
from bot.language.saying.wording import digits
from bot.language.words.lexicon import Lexicon
from bot.messages.command_deps import CommandDeps, pass_deps
from bot.prices import service as price_service
from bot.prices import wanted
from bot.prices.facts import draft_of
from bot.prices.models import PriceReport, ReportState
from flows.prompts import Money

ID = click.IntRange(1, 2**62)  # what the databases take
IDS = click.argument("ids", type=ID, nargs=-1, required=True)
_report = table(PriceReport)


@click.command("codes")
def show_codes() -> None:
    """What a poster needs: the two keys of each product, then of each province, in Khmer and English."""
    lexicon = Lexicon.load()
    provinces = {code: code for code in lexicon.provinces()}
    for what, coded in (("commodity", codes()), ("place", provinces)):
        for code, id in coded.items():
            click.echo("\t".join((code, lexicon.name(what, id, "km"), lexicon.name(what, id, "en"), what)))


@click.command("list")
@click.option("--state", type=click.Choice([str(state) for state in ReportState]), default="held")
@click.option("--before", type=ID, help="only reports before this id: the next page")
@click.option("--size", type=click.IntRange(1, 200), default=20)
@pass_deps
def list_reports(deps: CommandDeps, state: str, before: int | None, size: int) -> None:
    """A line a report, newest first."""
    statement = select(_report).where(_report.c.state == state).order_by(_report.c.id.desc()).limit(size)
    if before is not None:
        statement = statement.where(_report.c.id < before)
    with reading(deps.engine()) as connection:
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


@click.command("wanted")
@click.option("--months", type=click.IntRange(1, 24), default=3, help="this one and those before")
@click.option("--commodity", default="", help="only this good's id")
@click.option("--province", default="", help="only this province's code, such as 03")
@click.option("--after", type=click.IntRange(0, 100_000), default=0, help="pass over so many: the next page")
@click.option("--size", type=click.IntRange(1, 200), default=20)
@pass_deps
def show_wanted(deps: CommandDeps, months: int, commodity: str, province: str, after: int, size: int) -> None:
    """What people asked the price of and nobody reports, most wanted first."""
    lexicon, today = Lexicon.load(), deps.now().date()
    first = today.year * 12 + today.month - months
    since = f"{first // 12:04}-{first % 12 + 1:02}"
    with reading(deps.engine()) as connection:
        rows = wanted.listed(connection, since, commodity=commodity, province=province, after=after, size=size)
    for id, code, asked, month in rows:
        where = f"{code} {lexicon.name('place', code, 'en')}" if code else "no place"
        click.echo(f"{asked:6}  {id:20}  {lexicon.name('commodity', id, 'en'):24}  {where:20}  last {month}")
    if not rows:
        click.echo(f"nothing wanted since {since}" + (f" after {after}" if after else ""))
    elif len(rows) == size:
        click.echo(f"more: flask prices wanted --months {months} --after {after + size}")


def _change(deps: CommandDeps, ids: tuple[int, ...], act: Callable[[Connection, int], bool], at: ReportState) -> None:
    """Do the same with each of these reports, or with none of them."""
    with writing(deps.engine()) as connection:
        for id in ids:
            if not act(connection, id):
                raise click.ClickException(f"there is no {at} report {id}; nothing was changed")


@click.command("release")
@IDS
@pass_deps
def release(deps: CommandDeps, ids: tuple[int, ...]) -> None:
    """Accept held reports."""
    _change(deps, ids, price_service.release, ReportState.HELD)
    click.echo(f"{len(ids)} report(s) released")


@click.command("hold")
@IDS
@pass_deps
def hold(deps: CommandDeps, ids: tuple[int, ...]) -> None:
    """Take accepted reports out of the quotes."""
    _change(deps, ids, price_service.hold, ReportState.ACCEPTED)
    click.echo(f"{len(ids)} report(s) held")


@click.command("reject")
@IDS
@pass_deps
def reject(deps: CommandDeps, ids: tuple[int, ...]) -> None:
    """Refuse held reports for good."""
    _change(deps, ids, price_service.reject, ReportState.HELD)
    click.echo(f"{len(ids)} report(s) rejected")


price_commands = click.Group(
    "prices",
    help="Reports: list, hold, release, reject; codes of the keypad; what is wanted.",
    commands=(show_codes, list_reports, show_wanted, release, hold, reject),
)
