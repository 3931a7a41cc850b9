"""The command line of contacts: find, show, edit, forget. A number and a name are hidden unless a reason is given.

Owns what an operator sees of a person. A reason is logged with the contact's id, never the number or the name.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import click
import structlog
from sqlalchemy import Connection, Engine, Row, delete, func, select, update

from bot.contacts.models import Consent, Contact, ContactTag, Subscription
from bot.contacts.phone import read_number
from bot.db import reading, table, writing
from bot.terminal import one_line
from bot.upsert import insert_new
from bot.vault import Vault

log = structlog.get_logger()
ID = click.IntRange(1, 2**62)
SHOWN = 3  # digits of a number that are always shown, its last
_contact, _tag, _consent = table(Contact), table(ContactTag), table(Consent)
_subscription = table(Subscription)
ContactRow = Row[*tuple[Any, ...]]
Forget = Callable[[Connection, int, datetime], None]
REASON = click.option("--reason", default="", help="why the number and the name are needed; it is logged")


def contact_commands(
    engine: Callable[[], Engine],
    vault: Vault,
    known_place: Callable[[str], bool],
    now: Callable[[], datetime],
    forget: Forget,
) -> click.Group:
    """flask contacts find|show|edit|forget."""
    group = click.Group("contacts", help="People: find, show, edit, forget. Numbers are hidden without a reason.")
    group.add_command(_find(engine, vault))
    group.add_command(_show(engine, vault))
    group.add_command(_edit(engine, vault, known_place))
    group.add_command(_forget(engine, vault, now, forget))
    return group


def hidden(number: str) -> str:
    """A number of which only the end is shown."""
    return "•" * max(0, len(number) - SHOWN) + number[-SHOWN:]


def _find(engine: Callable[[], Engine], vault: Vault) -> click.Command:
    @click.command("find")
    @click.argument("number", default="")
    @click.option("--tag", default="", help="who has this tag")
    @click.option("--place", default="", help="who is in this place: the beginning of an official code")
    @click.option("--after", type=click.IntRange(0, 2**62), default=0, help="only behind this id: the next page")
    @click.option("--size", type=click.IntRange(1, 200), default=20)
    def find(number: str, tag: str, place: str, after: int, size: int) -> None:
        """A line a contact: by telephone number, by tag or by place."""
        if not (number or tag or place):
            raise click.UsageError("say whom: a number, --tag NAME or --place CODE")
        statement = select(_contact).where(_contact.c.id > after).order_by(_contact.c.id).limit(size)
        if number:
            statement = statement.where(_contact.c.address_hash == vault.look_up(_read(number)))
        if tag:
            tagged = select(_tag.c.contact_id).where(_tag.c.tag == tag)
            statement = statement.where(_contact.c.id.in_(tagged))
        if place:
            statement = statement.where(_contact.c.place.startswith(place, autoescape=True))
        with reading(engine()) as connection:
            rows = connection.execute(statement).all()
        for row in rows:
            spoken = " ".join(filter(None, (row.language, row.script, row.place)))
            click.echo(f"{row.id:6}  {hidden(vault.open(row.address))}  {spoken}".rstrip())
        if not rows:
            click.echo("nobody" + (f" behind {after}" if after else ""))
        elif len(rows) == size:
            click.echo(f"more: the same with --after {rows[-1].id}")

    return find


def _show(engine: Callable[[], Engine], vault: Vault) -> click.Command:
    @click.command("show")
    @click.argument("id", type=ID)
    @REASON
    def show(id: int, reason: str) -> None:
        """What is known of one contact."""
        with reading(engine()) as connection:
            row = _load(connection, id)
            tags = connection.execute(select(_tag.c.tag).where(_tag.c.contact_id == id).order_by(_tag.c.tag)).scalars()
            names = connection.execute(select(_subscription.c.name).where(_subscription.c.contact_id == id)).scalars()
            newest = select(func.max(_consent.c.id)).where(_consent.c.contact_id == id, _consent.c.what == "all")
            said = connection.execute(select(_consent).where(_consent.c.id == newest.scalar_subquery())).one_or_none()
            told = {"tags": ", ".join(tags), "gets": ", ".join(names)}
        if reason.strip():
            log.info("number shown", contact=id, reason=" ".join(reason.split())[:200])
        number, name = vault.open(row.address), vault.open(row.name) if row.name else ""
        click.echo(f"contact {row.id}, known since {row.created_at:%Y-%m-%d}")
        click.echo(f"number: {number if reason.strip() else hidden(number)}")
        shown = (one_line(name) if reason.strip() else "(hidden; give --reason)") if name else "-"
        click.echo(f"name: {shown}")
        for label in ("language", "script", "sex", "place", "reach"):
            click.echo(f"{label}: {getattr(row, label) or '-'}")
        click.echo(f"may report prices: {'yes' if row.may_report else 'no'}")
        for label, value in told.items():
            click.echo(f"{label}: {value or '-'}")
        agreed = "never asked" if said is None else ("agreed" if said.given else "stopped") + f" {said.at:%Y-%m-%d}"
        click.echo(f"messages: {agreed}")

    return show


def _edit(engine: Callable[[], Engine], vault: Vault, known_place: Callable[[str], bool]) -> click.Command:
    @click.command("edit")
    @click.argument("id", type=ID)
    @click.option("--name")
    @click.option("--place", help="an official code")
    @click.option("--language", type=click.Choice(["km", "en"]))
    @click.option("--script", type=click.Choice(["km", "latn"]))
    @click.option("--sex", type=click.Choice(["f", "m", ""]))
    @click.option("--tag", multiple=True, help="add a tag")
    @click.option("--untag", multiple=True, help="take a tag away")
    def edit(id: int, tag: tuple[str, ...], untag: tuple[str, ...], **said: str | None) -> None:
        """Correct what is known of one contact."""
        place = said.get("place")
        if place and not known_place(place):
            raise click.ClickException(f"{place!r} is no official place code: two, four or six digits")
        values: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
        if "name" in values:
            values["name"] = vault.seal(values["name"].strip()) if values["name"].strip() else None
        if "enumerator" in tag or "enumerator" in untag:
            values["may_report"] = "enumerator" in tag
        if not (values or tag or untag):
            raise click.UsageError("nothing to change: see flask contacts edit --help")
        with writing(engine()) as connection:
            _load(connection, id)
            if values:
                connection.execute(update(_contact).where(_contact.c.id == id).values(values))
            for one in tag:
                connection.execute(insert_new(connection, ContactTag), {"contact_id": id, "tag": one.strip()[:40]})
            connection.execute(delete(_tag).where(_tag.c.contact_id == id, _tag.c.tag.in_(untag)))
        click.echo(f"contact {id}: {', '.join((*values, *tag, *untag))} changed")

    return edit


def _forget(engine: Callable[[], Engine], vault: Vault, now: Callable[[], datetime], forget: Forget) -> click.Command:
    @click.command("forget")
    @click.argument("whom")
    @click.option("--yes", is_flag=True, help="do it: there is no way back")
    def forget_one(whom: str, yes: bool) -> None:
        """Delete what is known of a contact, by id or telephone number, as DELETE MY DATA does."""
        with writing(engine()) as connection:
            id = _whom(connection, vault, whom)
            if yes:
                forget(connection, id, now())
        if not yes:
            told = "number, name, words, recordings, consent, groups, alerts and the link to problems are deleted"
            raise click.ClickException(f"contact {id}: {told}; counts and prices stay. To do it: add --yes")
        click.echo(f"contact {id} is forgotten")

    return forget_one


def _read(number: str) -> str:
    found = read_number(number)
    if found is None:
        raise click.ClickException(f"{number!r} is no telephone number")
    return found.value


def _whom(connection: Connection, vault: Vault, whom: str) -> int:
    """The id of a contact by its id (at most seven digits, no zero in front) or its number."""
    if whom.isascii() and whom.isdigit() and not whom.startswith("0") and len(whom) <= 7:
        return int(_load(connection, int(whom)).id)
    known = select(_contact.c.id).where(_contact.c.address_hash == vault.look_up(_read(whom)))
    id = connection.execute(known).scalar_one_or_none()
    if id is None:
        raise click.ClickException("nobody with this number is known")
    return int(id)


def _load(connection: Connection, id: int) -> ContactRow:
    row = connection.execute(select(_contact).where(_contact.c.id == id)).one_or_none()
    if row is None:
        raise click.ClickException(f"there is no contact {id}; see: flask contacts find")
    return row
