"""The command line of groups: which there are, who is in one, what it plans. A number only when asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import click
from sqlalchemy import Connection, Engine, Select, func, select, update

from bot.config import Settings
from bot.contacts.models import Contact
from bot.contacts.phone import read_address
from bot.db import reading, table, writing
from bot.meetings.facts import counts
from bot.meetings.models import Group, Meeting, MeetingState, Member, Membership, Role
from bot.vault import Vault

ID = click.IntRange(1, 2**62)  # what the databases take
ANSWERS = {"yes": "come", "late": "late", "no": "not", "": "silent"}
LATELY = 10  # meetings shown of one group
_group, _member, _meeting, _contact = table(Group), table(Member), table(Meeting), table(Contact)


def group_commands(
    engine: Callable[[], Engine], vault: Vault, settings: Settings, now: Callable[[], datetime]
) -> click.Group:
    """flask groups list|show|allow."""
    group = click.Group("groups", help="Working groups: list them, show one with its members and meetings.")

    @group.command("list")
    @click.option("--after", type=click.IntRange(0, 2**62), default=0, help="only groups behind this id: the next page")
    @click.option("--size", type=click.IntRange(1, 200), default=50)
    def show_list(after: int, size: int) -> None:
        """A line a group: id, members, people invited, the next meeting, names."""
        with reading(engine()) as connection:
            rows = connection.execute(_overview(after, size, now())).all()
        for row in rows:
            following = _local(row.following, settings) if row.following else "-"
            click.echo(
                f"{row.id:6}  {row.members:5} members  {row.invited:5} invited  {following:16}  "
                f"{row.name_km}  {row.name_en}  {row.code or ''}".rstrip()
            )
        if not rows:
            click.echo("no group" + (f" behind {after}" if after else "; import some: flask import groups FILE.csv"))
        elif len(rows) == size:
            click.echo(f"more: flask groups list --after {rows[-1].id}")

    @group.command("allow")
    @click.argument("number")
    def allow(number: str) -> None:
        """Let the person of a number found groups at once: staff know them."""
        with writing(engine()) as connection:
            who = _contact.c.address_hash == vault.look_up(read_address(number).value)
            if not connection.execute(update(_contact).where(who).values(may_found=True)).rowcount:
                raise click.ClickException("nobody with this number has written or is on a list; import it first")
        click.echo("may found groups now")

    @group.command("show")
    @click.argument("id", type=ID)
    @click.option("--numbers", is_flag=True, help="with the numbers of its members, to ring them")
    def show(id: int, numbers: bool) -> None:
        """One group: its members by contact, and its newest meetings with the answers."""
        with reading(engine()) as connection:
            row = connection.execute(select(_group).where(_group.c.id == id)).one_or_none()
            if row is None:
                raise click.ClickException(f"there is no group {id}; see: flask groups list")
            click.echo(f"group {row.id} {row.name_km} {row.name_en} {row.code or ''} {row.kind} {row.place}".rstrip())
            _show_members(connection, vault, id, numbers=numbers)
            _show_meetings(connection, vault, id, settings)

    return group


def _overview(after: int, size: int, now: datetime) -> Select[Any]:
    page = select(_group).where(_group.c.id > after).order_by(_group.c.id).limit(size).subquery()

    def in_state(state: Membership) -> Any:
        mine = (_member.c.group_id == page.c.id, _member.c.state == state)
        return select(func.count()).where(*mine).scalar_subquery()

    to_come = (_meeting.c.group_id == page.c.id, _meeting.c.state == MeetingState.PLANNED, _meeting.c.starts_at > now)
    following = select(func.min(_meeting.c.starts_at)).where(*to_come).scalar_subquery()
    return select(
        page,
        in_state(Membership.CONFIRMED).label("members"),
        in_state(Membership.INVITED).label("invited"),
        following.label("following"),
    ).order_by(page.c.id)


def _show_members(connection: Connection, vault: Vault, id: int, *, numbers: bool) -> None:
    rows = connection.execute(
        select(_member, _contact.c.address, _contact.c.reach)
        .join(_contact, _contact.c.id == _member.c.contact_id)
        .where(_member.c.group_id == id)
        .order_by(_member.c.role != Role.LEADER, _member.c.role != Role.DEPUTY, _member.c.contact_id)
    )
    for row in rows:
        number = vault.open(row.address) if numbers else ""
        click.echo(f"  contact {row.contact_id:8}  {row.role:6}  {row.state:9}  {row.reach:5}  {number}".rstrip())


def _show_meetings(connection: Connection, vault: Vault, id: int, settings: Settings) -> None:
    newest = select(_meeting).where(_meeting.c.group_id == id).order_by(_meeting.c.starts_at.desc()).limit(LATELY)
    rows = connection.execute(newest).all()
    answers = counts(connection, [row.id for row in rows])
    for row in rows:
        said = answers.get(row.id, {})
        sums = ", ".join(f"{said.get(name, 0)} {words}" for name, words in ANSWERS.items())
        came = f"; {row.came} came" if row.came is not None else ""
        where = vault.open(row.place)
        click.echo(
            f"  meeting {row.id:8}  {_local(row.starts_at, settings)}  {row.state:9}  {sums}{came}  {where}".rstrip()
        )


def _local(at: datetime, settings: Settings) -> str:
    return f"{at.astimezone(settings.timezone):%Y-%m-%d %H:%M}"
