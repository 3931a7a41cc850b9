"""`flask try`: what to try with the sample people of a local run. Reads; sends nothing.

Only where the carrier is the simulator: it shows the link of an official's page, which on a real line is its owner's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import click
from sqlalchemy import Engine, select

from bot.config import Settings
from bot.db import reading, table
from bot.issues.models import Office, Official, Reached
from bot.issues.office.links import Links

_office, _official = table(Office), table(Official)


def cheat_sheet(engine: Callable[[], Engine], settings: Settings, now: Callable[[], datetime]) -> click.Command:
    """The command; the words of the messages lie with the simulator's phones."""

    @click.command("try")
    def show() -> None:
        """Who the sample people are, what each may text, an official's page, a digest."""
        from bot.simulator.phones import PEOPLE, tries  # the web process does not know the simulator

        if settings.carrier != "simulator":
            raise click.ClickException("this is a real line: an official asks for the page by texting LINK")
        for person in PEOPLE:
            click.echo(f"{person.number}  {person.name_en}")
            for one in tries().get(person.number, ()):
                click.echo(f"    {one.text}   ({one.en})")
        office = _with_a_page(engine())
        if office is not None:
            code, official, serial = office
            link = Links(settings.secret_key, settings.public_url).to(official, serial, now())
            click.echo(f"an official's page  {link}")
            click.echo(f"what they are told each morning: .venv/bin/flask digest show {code}")
        click.echo("another terminal reads the settings of this run; all commands: .venv/bin/flask --help")

    return show


def _with_a_page(engine: Engine) -> tuple[str, int, int] | None:
    """Code of a sample office, and the id and serial of its official who has confirmed a telephone."""
    first = (
        select(_office.c.code, _official.c.id, _official.c.serial)
        .join_from(_official, _office, _office.c.id == _official.c.office_id)
        .where(_official.c.phone == Reached.CONFIRMED, _official.c.removed_at.is_(None))
        .order_by(_office.c.code.desc())
        .limit(1)
    )
    with reading(engine) as connection:
        row = connection.execute(first).one_or_none()
    return None if row is None else (row.code, row.id, row.serial)
