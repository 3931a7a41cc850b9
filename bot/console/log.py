"""The page of the audit log: search, and all that was found as a CSV file that streams."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from flask import Response, request, url_for

from bot.console.access import ConsoleDeps, Door, Visit, number_of, private
from bot.csvfile import defused
from bot.db import reading
from bot.users import audit, service
from bot.users.audit import Wanted
from bot.users.rights import Right

SIZE = 50
COLUMNS = ("id", "at", "user", "action", "subject", "reason")
ACTIONS = (
    *("sign.in", "sign.out", "sign.locked", "sign.recovery"),
    *("user.add", "user.disable", "user.factor", "user.password", "user.reset", "log.export"),
)


def add_log(door: Door) -> None:
    """Add the pages to the blueprint."""

    @door.page("/log", Right.SEE_AUDIT)
    def show_log(visit: Visit) -> Response:
        wanted, before = _wanted(), number_of(request.args.get("before", ""))
        lines = audit.page(visit.connection, visit.deps.vault, wanted, before, SIZE)
        chosen = {name: value for name, value in vars_of(wanted).items() if value}
        names = {line.user: _name(visit, line.user) for line in lines if line.user is not None}
        more = url_for("console.show_log", **chosen, before=lines[-1].id) if len(lines) == SIZE else ""
        return visit.show(
            "log",
            wanted=wanted,
            lines=lines,
            names=names,
            more=more,
            actions=ACTIONS,
            export=url_for("console.export_log", **chosen),
        )

    @door.page("/log.csv", Right.SEE_AUDIT, writes=True)
    def export_log(visit: Visit) -> Response:
        visit.wrote(
            "log.export", " ".join(f"{name}={value}" for name, value in vars_of(_wanted()).items() if value)[:48]
        )
        response = Response(_rows(visit.deps, _wanted()), mimetype="text/csv")
        response.headers["Content-Disposition"] = "attachment; filename=phsar-log.csv"
        return private(response)


def vars_of(wanted: Wanted) -> dict[str, Any]:
    """What is looked for, as an address names it."""
    return {"action": wanted.action, "subject": wanted.subject, "user": str(wanted.user or "")}


def _wanted() -> Wanted:
    user = number_of(request.args.get("user", ""))
    return Wanted(request.args.get("action", "")[:32], request.args.get("subject", "")[:48], user or None)


def _name(visit: Visit, id: int) -> str:
    user = service.show(visit.connection, visit.deps.vault, id)
    return f"{id} {user.login}" if user is not None else str(id)


def _rows(deps: ConsoleDeps, wanted: Wanted) -> Iterator[str]:
    """The file, line by line; no cell is a formula."""
    with reading(deps.engine) as connection:
        yield _row(COLUMNS)
        for line in audit.export(connection, deps.vault, wanted):
            told = (line.id, line.at.isoformat(), line.user or "", line.action, line.subject, line.reason)
            yield _row(tuple(defused(str(value)) for value in told))


def _row(cells: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()
