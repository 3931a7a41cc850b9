"""The pages of officials: `/o/<token>`, their office's problems, and what they do about each.

Owns their addresses and what each holds, without script. The open side: nothing here reads who is behind an issue;
telling them is the business of issues.handling.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from flask import Blueprint, Response, render_template, request, url_for
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.db import writing
from bot.issues import handling, routing
from bot.issues.history import MOST_WORDS
from bot.issues.notifications import IssueDeps
from bot.issues.office import queue
from bot.issues.office import words as office_words
from bot.issues.office.access import (
    OfficePageDeps,
    Visit,
    address,
    elsewhere,
    end,
    frame,
    mail_page,
    private,
    send_link,
    visited,
)
from bot.issues.office.links import Links
from bot.issues.office.queue import Task
from bot.issues.office.words import FAULTS, Told
from bot.issues.steps import OPEN
from bot.language.saying.catalogue import load_catalogue
from bot.language.text.characters import legible
from bot.language.words.lexicon import Lexicon
from bot.web.languages import LANGUAGES, load_words
from bot.web.layout import page
from flows import codes

ACTIONS = ("acknowledge", "answer", "resolve", "ask", "transfer")
STAFF = "0"  # the choice of those who find the right office
_AFTER = re.compile(r"([0-9]{1,2})-([1-9][0-9]{0,17})", re.ASCII)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Typed:
    """What was sent and could not be taken: it is shown again with its fault."""

    action: str
    words: str
    to: str
    fault: str


def office_pages(
    engine: Engine,
    telling: IssueDeps,
    lexicon: Lexicon,
    links: Links,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Blueprint:
    """The blueprint of officials' pages."""
    pages = Blueprint("office", __name__, template_folder="../templates")
    terms = {language: load_catalogue(language) for language in LANGUAGES}
    deps = OfficePageDeps(engine, telling, lexicon, links, load_words(), terms, clock)

    @pages.get("/o/<token>")
    def show_office(token: str) -> Response:
        return visited(deps, token, lambda connection, visit: _office(connection, visit, deps), writes=False)

    @pages.post("/o/<token>/link")
    def ask_link(token: str) -> Response:
        return send_link(deps, token)

    @pages.get("/o/<token>/link")
    def show_office_again(token: str) -> Response:
        # As below: somebody reloads, or changes the language.
        return elsewhere("office.show_office", token)

    @pages.get("/o/<token>/<code>")
    def show_issue(token: str, code: str) -> Response:
        return visited(deps, token, lambda connection, visit: _issue(connection, visit, deps, code), writes=False)

    @pages.post("/o/<token>/<code>/<action>")
    def act(token: str, code: str, action: str) -> Response:
        return visited(deps, token, lambda connection, visit: _act(connection, visit, deps, code, action), writes=True)

    @pages.get("/o/<token>/<code>/<action>")
    def show_again(token: str, code: str, action: str) -> Response:
        # Where a form was shown again, the address is one that only takes what is sent.
        return elsewhere("office.show_issue", token, code)

    @pages.get("/o/mail/<token>")
    def ask_mail(token: str) -> Response:
        return mail_page(deps, token, confirms=False)

    @pages.post("/o/mail/<token>")
    def confirm_mail(token: str) -> Response:
        return mail_page(deps, token, confirms=True)

    return pages


def _office(connection: Connection, visit: Visit, deps: OfficePageDeps) -> Response:
    group, given = request.args.get("show", ""), request.args.get("after", "")
    found = _AFTER.fullmatch(given)
    if group not in queue.GROUPS or bool(given) != bool(found):
        return _nowhere(visit, deps)
    after = (int(found[1]), int(found[2])) if found else None
    writer, desk = visit.writer, visit.desk
    tasks, more = queue.read_page(connection, deps.telling.vault, desk.id, group, after, writer.now)
    counts = queue.counts(connection, desk.id, writer.now)
    html = render_template(
        "issues/office.html",
        **_frame(visit, deps, url_for("office.show_office", token=visit.token), show=group, after=given),
        tasks=tasks,
        group=group,
        groups={
            name: text
            for name, text in office_words.GROUP_NAMES.items()
            if counts.get(name, 1) or name in (group, queue.TO_DO)
        },
        counts=counts,
        nothing=office_words.EMPTY[group],
        first=after is None,
        more=address("office.show_office", visit.token, show=group, after=more) if more else "",
    )
    return private(page(html, writer.words, keep=0))


def _issue(
    connection: Connection, visit: Visit, deps: OfficePageDeps, code: str, typed: Typed | None = None
) -> Response:
    bare, writer, vault = codes.in_address(code) or "", visit.writer, deps.telling.vault
    task = queue.find(connection, vault, visit.desk.id, bare, writer.now) if bare else None
    if task is None:
        back = address("office.show_office", visit.token)
        return end(deps, writer.words, 404, office_words.NOT_YOURS, back=back)
    if task.unread and task.mine and typed is None:
        _see(deps, task, visit)
    lines, more = queue.read_history(connection, vault, task, whole=request.args.get("history") == "all")
    holder = writer.office(task.office)
    html = render_template(
        "issues/office_issue.html",
        **_frame(visit, deps, url_for("office.show_issue", token=visit.token, code=task.code)),
        task=task,
        moved=bare if bare != task.code else "",
        held=queue.held(lines),
        events=[writer.event(line, desk) for line, desk in lines],
        more=address("office.show_issue", visit.token, task.code, history="all") if more else "",
        holder=holder,
        holder_tongue=writer.tongue(holder),
        actions=office_words.may(task),
        do=office_words.DO,
        typed=typed,
        fault=writer.words(FAULTS[typed.fault], most=MOST_WORDS) if typed else "",
        send_to=lambda action: address("office.act", visit.token, task.code, action=action),
        targets=routing.transfer_targets(connection, visit.desk.id),
        staff=STAFF,
        most=MOST_WORDS,
    )
    return private(page(html, writer.words, 422 if typed else 200, keep=0))


def _see(deps: OfficePageDeps, task: Task, visit: Visit) -> None:
    """It was read. Where that cannot be written down now, the page is shown all the same."""
    try:
        with writing(deps.engine) as connection:
            handling.see(connection, task.id, visit.actor)
    except SQLAlchemyError as error:
        log.warning("issue_not_marked_as_read", issue=task.id, error=type(error).__name__)


def _act(connection: Connection, visit: Visit, deps: OfficePageDeps, code: str, action: str) -> Response:
    bare = codes.in_address(code) or ""
    if not bare or action not in ACTIONS:
        return _nowhere(visit, deps)
    task = queue.find(connection, deps.telling.vault, visit.desk.id, bare, visit.writer.now)
    if task is None or not task.mine:
        since = visit.writer.now - handling.TWICE_WITHIN
        # The second press of a button that passes an issue on finds it gone.
        if action == "transfer" and queue.was_passed_on(connection, visit.desk.id, bare, since):
            return elsewhere("office.show_office", visit.token, said="twice")
        return _not_taken(visit, deps, "", "gone")
    said = _done(connection, visit, deps, task, action)
    if said in ("gone", "closed"):
        return _not_taken(visit, deps, task.code if said == "closed" else "", said)
    if said in FAULTS:
        typed = Typed(action, request.form.get("words", ""), request.form.get("to", ""), said)
        return _issue(connection, visit, deps, task.code, typed)
    if said != "accepted":
        return elsewhere("office.show_issue", visit.token, task.code, said=said)
    if action == "transfer":
        return elsewhere("office.show_office", visit.token, said=action)
    return elsewhere("office.show_issue", visit.token, task.code, said=action)


def _not_taken(visit: Visit, deps: OfficePageDeps, code: str, said: str) -> Response:
    """Nothing came of what was sent; words that came with it are shown, to be used elsewhere."""
    if request.form.get("words", "").strip():
        told = Told(office_words.NOTHING_SENT, office_words.SAID[said])
        return end(deps, visit.writer.words, 409, told, back=address("office.show_office", visit.token))
    return elsewhere("office.show_issue" if code else "office.show_office", visit.token, code, said=said)


def _done(connection: Connection, visit: Visit, deps: OfficePageDeps, task: Task, action: str) -> str:
    words, to = legible(request.form.get("words", "")), request.form.get("to", "")
    by = (connection, deps.telling, task.id, visit.actor)
    match action:
        case "acknowledge":
            said = handling.acknowledge(*by)
            # Somebody else of the office was faster, and has answered already.
            return "twice" if said == "closed" and task.state in OPEN else said
        case "answer":
            return handling.answer(*by, words)
        case "resolve":
            return handling.resolve(*by, words)
        case "ask":
            return handling.ask(*by, words)
    offered = {str(row.id) for row in routing.transfer_targets(connection, visit.desk.id)}
    if to != STAFF and to not in offered:
        return "office"
    return handling.transfer(*by, None if to == STAFF else int(to), words)


def _nowhere(visit: Visit, deps: OfficePageDeps) -> Response:
    back = address("office.show_office", visit.token)
    return end(deps, visit.writer.words, 404, office_words.NO_PAGE, back=back)


def _frame(visit: Visit, deps: OfficePageDeps, path: str, **chosen: str) -> dict[str, object]:
    return {
        **frame(deps, visit.writer.words, path, **chosen),
        "writer": visit.writer,
        "office": visit.writer.office(visit.desk),
        "state": lambda task: office_words.state(visit.writer, task),
        "due": lambda task: office_words.due(visit.writer, task),
        "list_link": lambda group="": address("office.show_office", visit.token, show=group),
        "issue_link": lambda code: address("office.show_issue", visit.token, code),
        "shown_code": codes.shown,
    }
