"""flask user: add, list, disable, reset. Owns what an operator types and reads; names are shown to whoever runs it."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click
from sqlalchemy import Connection

from bot.db import reading, writing
from bot.messages.command_deps import CommandDeps, pass_deps
from bot.users import audit, passwords, service
from bot.users.rights import Role
from bot.users.service import NewUser, User

FAULTS = {
    "short": f"the password is too short: {passwords.SHORTEST} letters at least",
    "long": f"the password is too long: {passwords.LONGEST} letters at most",
    "plain": "the password can be guessed: use more different letters, and not the name",
}
StationKnown = Callable[[Connection, str], bool]


def user_commands(station_known: StationKnown) -> click.Group:
    """flask user. `station_known` tells whether a station has this id."""
    group = click.Group("user", help="Staff who may sign in at /console: add, list, disable, reset; check the log.")
    for command in (_add(station_known), list_users, disable, reset, check_log):
        group.add_command(command)
    return group


def _add(station_known: StationKnown) -> click.Command:
    @click.command("add")
    @click.argument("login", metavar="EMAIL")
    @click.option("--role", type=click.Choice([str(role) for role in Role]), required=True)
    @click.option("--station", default="", help="the id of a producer's station")
    @click.option("--password-stdin", is_flag=True, help="read the password from the standard input")
    @pass_deps
    def add(deps: CommandDeps, login: str, role: str, station: str, password_stdin: bool) -> None:
        """Add a user by e-mail address or telephone number; without a password, prints the invitation link."""
        name = _read(login)
        if (role == Role.PRODUCER) != bool(station):
            raise click.UsageError("a producer needs --station ID" if role == Role.PRODUCER else "only producers have")
        password = sys.stdin.readline().rstrip("\r\n") if password_stdin else ""
        if password_stdin and (fault := passwords.fault(password, name)):
            raise click.ClickException(FAULTS[fault])
        with writing(deps.engine()) as connection:
            if station and not station_known(connection, station):
                raise click.ClickException(f"there is no station {station!r}; see: flask import stations")
            id = service.add(connection, deps.vault, NewUser(name, Role(role), station, password), deps.now())
            if id is None:
                raise click.ClickException(f"{name} is a user already; a new link: flask user reset {name}")
            token = "" if password else service.new_link(connection, deps.vault, id, deps.now())
        click.echo(_link(deps, token) if token else f"{name} may sign in at {deps.settings.public_url}/console")

    return add


@click.command("list")
@click.option("--after", type=click.IntRange(0, 2**62), default=0, help="only behind this id: the next page")
@click.option("--size", type=click.IntRange(1, 200), default=50)
@pass_deps
def list_users(deps: CommandDeps, after: int, size: int) -> None:
    """A line a user: id, name, role, and how they stand."""
    with reading(deps.engine()) as connection:
        users = service.listed(connection, deps.vault, after, size)
    for user in users:
        state = "disabled" if user.disabled else "invited" if user.invited else "active"
        factor = "second factor" if user.second_factor else ""
        click.echo(f"{user.id:5}  {user.login}  {user.role}  {user.station}  {state}  {factor}".rstrip())
    if not users:
        click.echo("no user" + (f" behind {after}" if after else "; add one: flask user add EMAIL --role ROLE"))
    elif len(users) == size:
        click.echo(f"more: flask user list --after {users[-1].id}")


@click.command("disable")
@click.argument("login", metavar="EMAIL")
@pass_deps
def disable(deps: CommandDeps, login: str) -> None:
    """Let a user in no more, and end their sessions at once."""
    with writing(deps.engine()) as connection:
        user = _load(connection, deps, login)
        service.disable(connection, deps.vault, user.id, deps.now())
    click.echo(f"{user.login} may not sign in any more")


@click.command("reset")
@click.argument("login", metavar="EMAIL")
@pass_deps
def reset(deps: CommandDeps, login: str) -> None:
    """Take password and second factor away, end the sessions, and print a link for a new password."""
    with writing(deps.engine()) as connection:
        token = service.reset(connection, deps.vault, _load(connection, deps, login).id, deps.now())
    click.echo(_link(deps, token))


@click.command("check-log")
@pass_deps
def check_log(deps: CommandDeps) -> None:
    """Whether the audit log is whole: no line changed, missing or out of its place."""
    with reading(deps.engine()) as connection:
        broken = audit.first_broken(connection, deps.vault)
    if broken is not None:
        raise click.ClickException(f"line {broken} of the audit log is not as it was written")
    click.echo("the audit log is whole")


def _link(deps: CommandDeps, token: str) -> str:
    return f"{deps.settings.public_url}/console/welcome/{token}"


def _load(connection: Connection, deps: CommandDeps, login: str) -> User:
    user = service.find(connection, deps.vault, _read(login))
    if user is None:
        raise click.ClickException(f"there is no user {login!r}; see: flask user list")
    return user


def _read(login: str) -> str:
    name = service.read_login(login)
    if not name:
        raise click.ClickException(f"{login!r} is neither an e-mail address nor a telephone number")
    return name
