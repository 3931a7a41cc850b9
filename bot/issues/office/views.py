"""The pages of officials: `/o/<token>`, their office's problems, and what they do about each.

Owns their addresses and what each holds, without script. The open side: nothing here reads who is behind an issue;
telling them is the business of issues.handling.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, Response, render_template, request, url_for
from sqlalchemy import Connection, Engine

from bot.issues import handling, routing, visibility
from bot.issues.board import words as words_of
from bot.issues.history import MOST_WORDS
from bot.issues.models import IssueState
from bot.issues.notifications import IssueDeps
from bot.issues.office import pending, queue
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
from bot.issues.office.pending import Act
from bot.issues.office.queue import Task
from bot.issues.office.words import FAULTS, Notice
from bot.issues.steps import OPEN
from bot.language.saying.catalogue import load_catalogue
from bot.language.text.characters import legible
from bot.language.words.lexicon import Lexicon
from bot.web.languages import LANGUAGES, load_words
from bot.web.layout import page
from flows import codes

ACTIONS = ("acknowledge", "answer", "resolve", "ask", "transfer")
WAITING = ("send", "undo")  # what can be done with what waits to go out
NAMES = {"answer": "answer", "resolve": "done", "ask": "ask", "transfer": "transfer"}  # as conversations have them
MOST_DIGITS = 18  # of an id
STAFF = "0"  # the choice of those who find the right office
_AFTER = re.compile(r"([0-9]{1,2})-([1-9][0-9]{0,17})", re.ASCII)


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
    waiting = pending.of_issue(connection, vault, task.id, visit.desk.id) if task.mine else []
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
        targets=routing.transfer_targets(connection, visit.desk.id, task.place),
        added=queue.added(lines) if task.state == IssueState.REOPENED else "",
        waiting=[_waits(connection, visit, one) for one in waiting],
        staff=STAFF,
        most=MOST_WORDS,
    )
    return private(page(html, writer.words, 422 if typed else 200, keep=0))


def _waits(connection: Connection, visit: Visit, act: Act) -> dict[str, object]:
    """What waits to go out, as the page says it: what, when, to which office, in which words."""
    to = visibility.offices(connection, [act.to]).get(act.to or 0)
    office = visit.writer.office(to) if to is not None else str(visit.writer.words(words_of.STAFF))
    local = act.due_at.astimezone(visit.writer.zone)
    said = visit.writer.words(office_words.GOING_OUT[act.action], time=f"{local:%H:%M}", office=office)
    return {"id": act.id, "said": said, "words": act.words}


def _act(connection: Connection, visit: Visit, deps: OfficePageDeps, code: str, action: str) -> Response:
    bare = codes.in_address(code) or ""
    if not bare or action not in (*ACTIONS, *WAITING, "read"):
        return _nowhere(visit, deps)
    task = queue.find(connection, deps.telling.vault, visit.desk.id, bare, visit.writer.now)
    if task is None or not task.mine:
        since = visit.writer.now - handling.TWICE_WITHIN
        # The second press of a button that passes an issue on finds it gone.
        if action == "transfer" and queue.was_passed_on(connection, visit.desk.id, bare, since):
            return elsewhere("office.show_office", visit.token, said="twice")
        return _not_taken(visit, deps, "", "gone")
    if action == "read":
        handling.see(connection, task.id, visit.actor)
        return elsewhere("office.show_issue", visit.token, task.code)
    said = (
        _waited(connection, visit, deps, action) if action in WAITING else _done(connection, visit, deps, task, action)
    )
    if said in ("gone", "closed"):
        return _not_taken(visit, deps, task.code if said == "closed" else "", said)
    if said in FAULTS:
        typed = Typed(action, request.form.get("words", ""), request.form.get("to", ""), said)
        return _issue(connection, visit, deps, task.code, typed)
    if said != "accepted":
        return elsewhere("office.show_issue", visit.token, task.code, said=said)
    here = queue.find(connection, deps.telling.vault, visit.desk.id, bare, visit.writer.now)
    if here is None or not here.mine:  # it has been passed on
        return elsewhere("office.show_office", visit.token, said=action)
    said = action if action in (*WAITING, "acknowledge") else "waits"
    return elsewhere("office.show_issue", visit.token, task.code, said=said)


def _not_taken(visit: Visit, deps: OfficePageDeps, code: str, said: str) -> Response:
    """Nothing came of what was sent; words that came with it are shown, to be used elsewhere."""
    if request.form.get("words", "").strip():
        told = Notice(office_words.NOTHING_SENT, office_words.SAID[said])
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
        case "transfer":
            offered = {str(row.id) for row in routing.transfer_targets(connection, visit.desk.id, task.place)}
            if to != STAFF and to not in offered:
                return "office"
    office = int(to) if action == "transfer" and to != STAFF else None
    return pending.propose(*by, NAMES[action], words, office)


def _waited(connection: Connection, visit: Visit, deps: OfficePageDeps, action: str) -> str:
    """Let go what waits, or take it back."""
    given = request.form.get("pending", "")
    if not (given.isascii() and given.isdecimal() and len(given) <= MOST_DIGITS):
        return "gone"
    if action == "undo":
        return "accepted" if pending.undo(connection, int(given), visit.desk.id) == "accepted" else "twice"
    return pending.let_go(connection, deps.telling, int(given), visit.writer.now, visit.desk.id)


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
