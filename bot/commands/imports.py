"""flask import …: a CSV file, checked row by row, all or nothing, safe to repeat.

What a row means its subject knows; here a command only reports what came of it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bot.contacts.imports import import_contacts
from bot.csvfile import ImportOutcome
from bot.issues.lists.categories import import_categories, import_holidays
from bot.issues.lists.offices import import_offices
from bot.meetings.imports import import_groups
from bot.messages.command_deps import CommandDeps, pass_deps
from bot.prices.imports import import_markets, import_prices
from bot.radio.imports import import_episodes, import_stations

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.command("markets")
@FILE
@pass_deps
def markets(deps: CommandDeps, file: Path) -> None:
    """Markets: id,name_km,name_en,place,reference."""
    _report(import_markets(deps.engine(), file), file)


@click.command("prices")
@FILE
@pass_deps
def prices(deps: CommandDeps, file: Path) -> None:
    """Prices: observed_on,commodity,grade,market,level,unit,currency,low,high,usual,source."""
    _report(import_prices(deps.engine(), file, deps.now().astimezone(deps.settings.timezone).date(), deps.now()), file)


@click.command("contacts")
@FILE
@pass_deps
def contacts(deps: CommandDeps, file: Path) -> None:
    """Contacts: phone,name,language,script,sex,place,consent_on,consent_proof,tags."""
    _report(import_contacts(deps.engine(), deps.vault, file, deps.now().astimezone(deps.settings.timezone)), file)


@click.command("groups")
@FILE
@pass_deps
def groups(deps: CommandDeps, file: Path) -> None:
    """Groups, a line a member: id,name_km,name_en,kind,place,phone,role."""
    _report(import_groups(deps.engine(), deps.vault, file, deps.now()), file)


@click.command("offices")
@FILE
@pass_deps
def offices(deps: CommandDeps, file: Path) -> None:
    """Offices, a line an official: id,name_km,name_en,level,place,categories,parent,official,phone,email."""
    _report(import_offices(deps.engine(), deps.vault, file, deps.now()), file)


@click.command("categories")
@FILE
@pass_deps
def categories(deps: CommandDeps, file: Path) -> None:
    """What issues may be about: id,name_km,name_latn,name_en,sensitive,above,goods,days,rank."""
    _report(import_categories(deps.engine(), file), file)


@click.command("holidays")
@FILE
@pass_deps
def holidays(deps: CommandDeps, file: Path) -> None:
    """Days on which offices are closed: day,name_km,name_en; they replace those of the same years."""
    _report(import_holidays(deps.engine(), file), file)


@click.command("stations")
@FILE
@pass_deps
def stations(deps: CommandDeps, file: Path) -> None:
    """Radio stations: id,name_km,name_en,places,studio_number."""
    _report(import_stations(deps.engine(), deps.vault, file, deps.now()), file)


@click.command("episodes")
@FILE
@pass_deps
def episodes(deps: CommandDeps, file: Path) -> None:
    """Radio episodes, a line an airing, in local time: number,title_km,title_en,station,airs_at,minutes and
    reminder_km,reminder_en,summary_km,summary_en."""
    _report(import_episodes(deps.engine(), file, deps.settings.timezone, deps.now()), file)


import_commands = click.Group(
    "import",
    help="Import a CSV file: checked row by row, all or nothing, safe to repeat.",
    commands=(markets, prices, contacts, groups, offices, categories, holidays, stations, episodes),
)


def _report(outcome: ImportOutcome, file: Path) -> None:
    for note in outcome.notes:
        click.echo(f"note: {note}")
    for fault in outcome.faults:
        click.echo(str(fault), err=True)
    if outcome.faults:
        faults = "1 fault" if len(outcome.faults) == 1 else f"{len(outcome.faults)} faults"
        click.echo(f"{file.name}: {faults}; nothing was imported", err=True)
        sys.exit(1)
    click.echo(f"{file.name}: {outcome.added} added, {outcome.changed} changed, {outcome.unchanged} unchanged")
