"""The command line of issues: list and read them, look at words, write recordings down, route, merge, reject.

The staff's console uses the same use cases. A number of who is behind an issue is nowhere among it but in `who`, which
needs a reason and is logged.
"""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable, Sequence
from typing import Any

import click
from sqlalchemy import Connection, Row, select

from bot.db import reading as looking
from bot.db import table, writing
from bot.issues import visibility
from bot.issues.models import EntryKind, Issue, IssueEntry, IssueState, Office
from bot.issues.notifications import IssueDeps
from bot.issues.staff import listing
from bot.issues.staff import service as staff_service
from bot.issues.staff import who as staff_who
from bot.issues.staff.review_log import WHO
from bot.issues.staff.service import Staff
from bot.messages.command_deps import CommandDeps, pass_deps
from bot.messages.inbound.recordings import Links
from bot.terminal import one_line
from flows import codes

ID = click.IntRange(1, 2**62)  # what the databases take
SIZE = click.option("--size", type=click.IntRange(1, 200), default=20)
AFTER = click.option("--after", type=click.IntRange(0, 2**62), default=0, help="only behind this id: the next page")
BY = click.option("--by", "name", default="", help="who you are, for the log; else the name you are logged in with")
SAID = {
    "gone": "there is no such entry or issue",
    "closed": "its state does not allow that; see: flask issues show",
    "empty": "words are needed: a recording is first written down (flask issues write), a rejection says why",
    "same": "that is so already; nothing was changed",
    "too_long": "that is too long",
    "held": "the office may not read these words yet: first flask issues clear --office-only, or hide them",
    "later": "something was done with it since; take that back first, the newest line of flask issues log",
}
_office, _entry, _issue = table(Office), table(IssueEntry), table(Issue)


def _issue_deps(deps: CommandDeps) -> IssueDeps:
    return IssueDeps(deps.notices(), deps.settings.timezone)


def _line(deps: CommandDeps, row: Row[*tuple[Any, ...]]) -> str:
    held = "" if row.office_at else " (held)"
    over = f" overdue {row.overdue}" if row.overdue else ""
    where = f"{row.category} {row.place}, {row.office or 'no office'}, people: {row.voices}"
    return f"{row.id:7} {codes.shown(row.code)} {deps.local(row.created_at)} {row.state}{held}{over}  {where}"


def _issue_of(connection: Connection, code: str) -> int:
    digits = "".join(letter for letter in code if letter.isdigit())
    found = connection.execute(select(_issue.c.id).where(_issue.c.code == digits)).scalar_one_or_none()
    if found is None:
        raise click.ClickException(f"{code!r} is no problem's number; see: flask issues list")
    return int(found)


def _staff(deps: CommandDeps, name: str) -> Staff:
    try:
        return Staff(name or getpass.getuser(), deps.now())
    except (KeyError, OSError) as error:  # a machine that has no name for who is logged in
        raise click.ClickException("say who you are, for the log: --by NAME") from error


def _acts(deps: CommandDeps, do: Callable[[Connection, Staff], str], name: str) -> None:
    by = _staff(deps, name)
    with writing(deps.engine()) as connection:
        said = do(connection, by)
    if said != "done":
        raise click.ClickException(SAID.get(said, said))
    click.echo("done")


def _foot(rows: Sequence[Any], size: int, nothing: str) -> None:
    if len(rows) == size:
        click.echo(f"more: add --after {rows[-1].id}")
    elif not rows:
        click.echo(nothing)


@click.command("list")
@click.option("--state", default="", help="open, or one of: " + ", ".join(IssueState))
@click.option("--office", default="", help="an office's id in lists")
@click.option("--category", default="")
@click.option("--place", default="", help="an official code of 2, 4 or 6 digits")
@click.option("--before", type=click.IntRange(0, 2**62), default=0, help="only older than this id: the next page")
@SIZE
@pass_deps
def list_issues(deps: CommandDeps, /, size: int, **wanted: Any) -> None:
    """A line an issue, the newest first: id, number, when, state, what, where, whose, how many people."""
    if wanted["state"] not in ("", "open", *IssueState):
        raise click.BadParameter("use open or one of: " + ", ".join(IssueState), param_hint="--state")
    with looking(deps.engine()) as connection:
        rows = listing.page(connection, size=size, **wanted)
    for row in rows:
        click.echo(_line(deps, row))
    if len(rows) == size:
        click.echo(f"more: add --before {rows[-1].id}")
    elif not rows:
        click.echo("none")


@click.command("stuck")
@AFTER
@SIZE
@pass_deps
def list_stuck(deps: CommandDeps, after: int, size: int) -> None:
    """What does not go on by itself: held by staff for two working days, without an office, or answered by
    nobody though all above were told."""
    with looking(deps.engine()) as connection:
        rows = listing.stuck(connection, deps.settings.timezone, deps.now(), after, size)
    for row in rows:
        click.echo(f"{_line(deps, row)}: {listing.why_stuck(row)}")
    _foot(rows, size, "nothing is stuck")


@click.command("show")
@click.argument("code")
@pass_deps
def show_issue(deps: CommandDeps, code: str) -> None:
    """One issue with its history; each entry by its id, with who may read its words."""
    with looking(deps.engine()) as connection:
        issue = _issue_of(connection, code)
        row = listing.page(connection, before=issue + 1, size=1)[0]
        entries = connection.execute(select(_entry).where(_entry.c.issue_id == issue).order_by(_entry.c.id)).all()
        named = visibility.offices(connection, [entry.office_id for entry in entries])
    click.echo(_line(deps, row))
    for entry in entries:
        _show_entry(deps, entry, named)


def _show_entry(deps: CommandDeps, entry: Row[Any], named: dict[int, visibility.OfficeName]) -> None:
    office = named[entry.office_id].code if entry.office_id in named else ""
    may = "" if entry.office_may else " (not yet for the office)"
    public = f" (public: {entry.public})" if entry.public else ""
    other = f" {codes.shown(entry.detail)}" if entry.kind == EntryKind.MERGED and entry.detail else ""
    click.echo(f"{entry.id:7} {deps.local(entry.at)} {entry.kind}{other} by {entry.by} {office}{may}{public}".rstrip())
    for sealed, whose in ((entry.text, ""), (entry.public_text, "the public reads: ")):
        if sealed:
            click.echo(f"        {whose}{one_line(deps.vault.open(sealed))}")
    if entry.recording_id is not None:
        click.echo(f"        ♪ spoken: flask issues listen {entry.id}")


@click.command("waiting")
@AFTER
@SIZE
@pass_deps
def list_waiting(deps: CommandDeps, after: int, size: int) -> None:
    """Words that an office or the public waits for, oldest first."""
    with looking(deps.engine()) as connection:
        found = staff_service.waiting(connection, _issue_deps(deps), after, size)
    for one in found:
        who = "the public" if one.office_may else "the office"
        words = one_line(one.words) or ("♪ spoken" if one.spoken else "")
        hidden = " (abuse?)" if one.hidden else ""
        click.echo(
            f"{one.id:7} {codes.shown(one.code)} {deps.local(one.at)} {one.category}, for {who}{hidden}: {words}"
        )
    _foot(found, size, "nothing waits")


@click.command("clear")
@click.argument("entry", type=ID)
@click.option("--office-only", is_flag=True, help="only the office may read it, not the public")
@BY
@pass_deps
def clear(deps: CommandDeps, entry: int, office_only: bool, name: str) -> None:
    """The office and the public may read these words."""
    _acts(
        deps,
        lambda c, by: staff_service.clear(c, _issue_deps(deps), entry, by, office=True, public=not office_only),
        name,
    )


@click.command("reword")
@click.argument("entry", type=ID)
@click.argument("words")
@BY
@pass_deps
def reword(deps: CommandDeps, entry: int, words: str, name: str) -> None:
    """What the public reads instead of these words, from now on; the office reads them as they are."""
    _acts(deps, lambda c, by: staff_service.reword(c, _issue_deps(deps), entry, words, by), name)


@click.command("write")
@click.argument("entry", type=ID)
@click.argument("words")
@BY
@pass_deps
def write(deps: CommandDeps, entry: int, words: str, name: str) -> None:
    """What was said in a recording, without names; the office may read it then."""
    _acts(deps, lambda c, by: staff_service.write_down(c, _issue_deps(deps), entry, words, by), name)


@click.command("hide")
@click.argument("entry", type=ID)
@BY
@pass_deps
def hide(deps: CommandDeps, entry: int, name: str) -> None:
    """The public does not read these words; an office that may not read them yet does not either."""
    _acts(deps, lambda c, by: staff_service.hide(c, _issue_deps(deps), entry, by), name)


@click.command("route")
@click.argument("code")
@click.argument("office")
@BY
@pass_deps
def route(deps: CommandDeps, code: str, office: str, name: str) -> None:
    """Give an issue to an office (its id in lists)."""

    def do(connection: Connection, by: Staff) -> str:
        found = connection.execute(select(_office.c.id).where(_office.c.code == office)).scalar_one_or_none()
        if found is None:
            raise click.ClickException(f"there is no office {office!r}; see: flask offices list")
        return staff_service.route(connection, _issue_deps(deps), _issue_of(connection, code), found, by)

    _acts(deps, do, name)


@click.command("reject")
@click.argument("code")
@click.argument("why")
@BY
@pass_deps
def reject(deps: CommandDeps, code: str, why: str, name: str) -> None:
    """It is no issue; those behind it hear WHY."""
    _acts(deps, lambda c, by: staff_service.reject(c, _issue_deps(deps), _issue_of(c, code), why, by), name)


@click.command("merge")
@click.argument("code")
@click.argument("into")
@BY
@pass_deps
def merge(deps: CommandDeps, code: str, into: str, name: str) -> None:
    """An issue goes on as another; both numbers work."""
    _acts(
        deps, lambda c, by: staff_service.merge(c, _issue_deps(deps), _issue_of(c, code), _issue_of(c, into), by), name
    )


@click.command("log")
@click.argument("code")
@pass_deps
def show_log(deps: CommandDeps, code: str) -> None:
    """What staff did with an issue, each line by the id that `revert` takes."""
    with looking(deps.engine()) as connection:
        rows: Sequence[Row[Any]] = staff_service.log(connection, _issue_of(connection, code))
    for row in rows:
        entry = f" of entry {row.entry_id}" if row.entry_id else ""
        back = " (reverted)" if row.reverted_at else ""
        why = one_line(json.loads(deps.vault.open(row.before))["reason"]) if row.action == WHO else ""
        click.echo(f"{row.id:7} {deps.local(row.at)} {row.action}{entry} by {row.by}{back}{why and ': '}{why}")
    if not rows:
        click.echo("nothing")


@click.command("revert")
@click.argument("id", type=ID)
@BY
@pass_deps
def revert(deps: CommandDeps, id: int, name: str) -> None:
    """Take back what a line of the log did; what was told to people stays told."""
    _acts(deps, lambda c, by: staff_service.revert(c, _issue_deps(deps), id, by), name)


@click.command("who")
@click.argument("code")
@click.option("--reason", required=True, help="why it has to be known; it stands in the log of the problem")
@AFTER
@BY
@pass_deps
def who(deps: CommandDeps, code: str, reason: str, after: int, name: str) -> None:
    """Who is behind an issue, with their numbers. That you looked is written down, with the reason."""
    reason = " ".join(reason.split())
    if len(reason) < staff_who.SHORTEST:
        raise click.BadParameter("say why in a few words: it is kept", param_hint="--reason")
    with writing(deps.engine()) as connection:
        found = (connection, _issue_deps(deps), _issue_of(connection, code))
        people = staff_who.look(*found, reason, _staff(deps, name), after)
    for one in people:
        click.echo(f"contact {one.contact}  {one.via}  {one.number}")
    if len(people) == staff_who.MOST:
        click.echo(f"more: add --after {people[-1].contact}")
    elif not people:
        click.echo("nobody")


@click.command("listen")
@click.argument("entry", type=ID)
@pass_deps
def listen(deps: CommandDeps, entry: int) -> None:
    """A private link to a recording, for a day."""
    with looking(deps.engine()) as connection:
        wanted = select(_entry.c.recording_id).where(_entry.c.id == entry)
        recording = connection.execute(wanted).scalar_one_or_none()
    if recording is None:
        raise click.ClickException(f"entry {entry} was not spoken; see: flask issues waiting")
    click.echo(Links(deps.settings.secret_key, deps.settings.public_url).to(recording))


issue_commands = click.Group(
    "issues",
    help="Problems told to offices: list, read, clear, route, merge, reject, revert.",
    commands=(
        list_issues,
        list_stuck,
        show_issue,
        list_waiting,
        clear,
        reword,
        write,
        hide,
        route,
        reject,
        merge,
        show_log,
        revert,
        who,
        listen,
    ),
)
