"""The command line of the digests: what offices were told on a day, and what one would be told now. Sends nothing."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import click
from sqlalchemy import Connection, select

from bot.db import reading as looking
from bot.db import table
from bot.issues import visibility
from bot.issues.digest import figures as digest_figures
from bot.issues.digest import mail as digest_mail
from bot.issues.digest import service as digest_service
from bot.issues.digest.mail import DigestMail
from bot.issues.models import Digest, Office
from bot.issues.office.links import LETTERS
from bot.language.saying.catalogue import VOICES
from bot.language.text.sms_parts import parts
from bot.language.words.lexicon import Lexicon
from bot.messages.command_deps import CommandDeps, pass_deps
from bot.web.languages import LANGUAGES
from flows import codes

DAY = click.DateTime(["%Y-%m-%d"])
_digest, _office = table(Digest), table(Office)


def _today(deps: CommandDeps) -> date:
    return deps.now().astimezone(deps.settings.timezone).date()


@click.command("list")
@click.option("--day", type=DAY, help="by default today")
@click.option("--after", default="", help="only behind this office's id: the next page")
@click.option("--size", type=click.IntRange(1, 200), default=50)
@pass_deps
def list_digests(deps: CommandDeps, day: datetime | None, after: str, size: int) -> None:
    """A line an office that was told on a day, by its id: when, and the counts that are not zero."""
    wanted = day.date() if day else _today(deps)
    told = select(_office.c.code, _digest.c.created_at, _digest.c.figures)
    told = told.join(_digest, _digest.c.office_id == _office.c.id)
    with looking(deps.engine()) as connection:
        rows = connection.execute(
            told.where(_digest.c.day == wanted, _digest.c.figures != "{}", _office.c.code > after)
            .order_by(_office.c.code)
            .limit(size)
        ).all()
    for row in rows:
        click.echo(f"{row.created_at.astimezone(deps.settings.timezone):%H:%M}  {row.code}  {_counts(row.figures)}")
    if len(rows) == size:
        click.echo(f"more: flask digest list --day {wanted} --after {rows[-1].code}")
    elif not rows and not after:
        click.echo(f"no office was told of anything on {wanted}")


@click.command("show")
@click.argument("code")
@click.option("--day", type=DAY, help="what it was told on that day, instead of what it would be told now")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", help="of the e-mail")
@pass_deps
def show_digest(deps: CommandDeps, code: str, day: datetime | None, language: str) -> None:
    """What an office would be told now, by SMS and by e-mail as plain text; or the counts it was told on a day."""
    with looking(deps.engine()) as connection:
        office = _office_of(connection, code)
        if day:
            mine = (_digest.c.office_id == office, _digest.c.day == day.date())
            told = connection.execute(select(_digest.c.figures).where(*mine)).scalar_one_or_none() or "{}"
            click.echo(_counts(told) or f"it was told nothing on {day.date()}")
            return
        _preview(deps, connection, office, language)


def _preview(deps: CommandDeps, connection: Connection, office: int, language: str) -> None:
    telling, at = deps.notices(), deps.now()
    last = digest_service.before(connection, office, _today(deps) + timedelta(days=1))
    since = None if last is None else last.created_at
    figures = digest_figures.count(connection, visibility.offices(connection, [office])[office], since, at)
    content = digest_mail.gather(connection, telling.vault, office, figures, since, at)
    link = f"{deps.settings.public_url.rstrip('/')}/o/{'.' * LETTERS}"  # as long as an official's, and leads nowhere
    if not figures.tells:
        click.echo("nothing to report: this is told on Mondays only")
    for voice in VOICES:
        text = telling.text(digest_service.sms(telling, figures, content.desk.name, link, voice), voice)
        click.echo(f"SMS {voice}, {parts(text).parts} part(s):\n{text}\n")
    letter = DigestMail(Lexicon.load, deps.settings.timezone).write(content, language, link)
    click.echo(f"E-mail: {letter.subject}\n\n{letter.text}")


digest_commands = click.Group(
    "digest",
    help="The daily digests of offices: list those of a day, show what one says.",
    commands=(list_digests, show_digest),
)


def _office_of(connection: Connection, code: str) -> int:
    found = connection.execute(select(_office.c.id).where(_office.c.code == code)).scalar_one_or_none()
    if found is None:
        raise click.ClickException(f"there is no office {code!r}; see: flask offices list")
    return int(found)


def _counts(kept: str) -> str:
    """Which counts are not zero, as they were told; codes as people write them. Of provinces how many there are."""
    figures: dict[str, Any] = json.loads(kept)
    figures |= {name: codes.shown(figures[name]) for name in ("longest", "joined") if name in figures}
    if "provinces" in figures:
        figures["provinces"] = len(figures["provinces"])
    return ", ".join(f"{name} {value}" for name, value in figures.items())
