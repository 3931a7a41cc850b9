"""The command line of offices: which there are, who is of one and has said so, asking those who have not."""

from __future__ import annotations

import click
from sqlalchemy import func, select

from bot.db import reading, table, writing
from bot.issues.models import Issue, Office, OfficeCategory, Official
from bot.issues.notifications import IssueDeps
from bot.issues.office import officials
from bot.issues.office.links import Links
from bot.issues.steps import OPEN
from bot.messages.command_deps import CommandDeps, pass_deps

_office, _official, _issue, _answers_for = table(Office), table(Official), table(Issue), table(OfficeCategory)


@click.command("list")
@click.option("--after", default="", help="only behind this id: the next page")
@click.option("--size", type=click.IntRange(1, 200), default=50)
@pass_deps
def list_offices(deps: CommandDeps, after: str, size: int) -> None:
    """A line an office, by its id: level, place, name, officials that have confirmed."""
    confirmed = (
        select(func.count())
        .where(_official.c.office_id == _office.c.id, _official.c.removed_at.is_(None))
        .where((_official.c.phone == "confirmed") | (_official.c.mail == "confirmed"))
        .scalar_subquery()
    )
    columns = (_office.c.code, _office.c.level, _office.c.place, _office.c.name_en, _office.c.name_km)
    wanted = select(*columns, confirmed.label("confirmed")).where(_office.c.code > after)
    with reading(deps.engine()) as connection:
        rows = connection.execute(wanted.order_by(_office.c.code).limit(size)).all()
    for row in rows:
        name = row.name_en or row.name_km
        click.echo(f"{row.code}  {row.level} {row.place or '-'}  {name}, confirmed officials: {row.confirmed}")
    if len(rows) == size:
        click.echo(f"more: flask offices list --after {rows[-1].code}")
    elif not rows:
        click.echo("none")


def _office_of(deps: CommandDeps, code: str) -> int:
    with reading(deps.engine()) as connection:
        found = connection.execute(select(_office.c.id).where(_office.c.code == code)).scalar_one_or_none()
    if found is None:
        raise click.ClickException(f"there is no office {code!r}; see: flask offices list")
    return int(found)


@click.command("show")
@click.argument("code")
@pass_deps
def show_office(deps: CommandDeps, code: str) -> None:
    """One office: its place, what it answers for, who is above it, its officials by id, open issues."""
    id = _office_of(deps, code)
    with reading(deps.engine()) as connection:
        row = connection.execute(select(_office).where(_office.c.id == id)).one()
        above = connection.execute(select(_office.c.code).where(_office.c.id == row.parent_id)).scalar_one_or_none()
        named = select(_answers_for.c.category).where(_answers_for.c.office_id == id)
        categories = sorted(connection.execute(named).scalars())
        of_it = select(_official).where(_official.c.office_id == id).order_by(_official.c.id)
        people = connection.execute(of_it).all()
        counted = select(func.count()).where(_issue.c.office_id == id, _issue.c.state.in_(OPEN))
        count = connection.execute(counted).scalar_one()
    click.echo(f"{row.code}: {row.name_km} / {row.name_en}, {row.level} {row.place}".rstrip())
    click.echo(f"answers for: {', '.join(categories) or 'everything'}; above it: {above or 'staff'}; open: {count}")
    for one in people:
        gone = ", removed" if one.removed_at else ""
        click.echo(f"official {one.id}: telephone {one.phone or 'none'}, e-mail {one.mail or 'none'}{gone}")


@click.command("invite")
@click.argument("code", required=False)
@pass_deps
def invite(deps: CommandDeps, code: str | None) -> None:
    """Ask those on the list, of one office or of all, whether they are of it: by SMS and by e-mail."""
    office = None if code is None else _office_of(deps, code)
    if not deps.settings.smtp_url:
        click.echo("note: SMTP_URL is not set; e-mails wait until it is", err=True)
    links = Links(deps.settings.secret_key, deps.settings.public_url)
    with writing(deps.engine()) as connection:
        phones, mails = officials.invite(
            connection, IssueDeps(deps.notices(), deps.settings.timezone), links, office, deps.now()
        )
    click.echo(f"asked by SMS: {phones}, by e-mail: {mails}")


@click.command("remove")
@click.argument("official", type=click.IntRange(1, 2**62))
@pass_deps
def remove(deps: CommandDeps, official: int) -> None:
    """Somebody is no longer of an office: their links end and nothing more is sent to them for it."""
    with writing(deps.engine()) as connection:
        if officials.find(connection, official) is None:
            raise click.ClickException(f"there is no official {official}; see: flask offices show")
        officials.remove(connection, official, deps.now())
    click.echo("removed")


office_commands = click.Group(
    "offices",
    help="Offices and their officials: list, show, ask to confirm, remove.",
    commands=(list_offices, show_office, invite, remove),
)
