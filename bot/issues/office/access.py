"""The door of officials' pages: who may come in by which link, how a page is kept private, what stands where none is.

Who has a link that lasts is the official; nobody signs in. No log says a link, and no page whose it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import structlog
from flask import Response, redirect, render_template, request, url_for
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.db import reading as looking
from bot.db import writing
from bot.issues import visibility
from bot.issues.board.words import IssueWriter
from bot.issues.handling import Actor
from bot.issues.models import By, Reached
from bot.issues.notifications import IssueDeps
from bot.issues.office import officials
from bot.issues.office import words as office_words
from bot.issues.office.links import LinkError, Links
from bot.issues.office.officials import Person
from bot.issues.office.words import Notice
from bot.issues.visibility import OfficeName
from bot.language.words.lexicon import Lexicon
from bot.vault import VaultError
from bot.web.languages import IN_THIS_LANGUAGE, LANGUAGES, Words, asked_language, choose_language
from bot.web.layout import page

# Nobody keeps it, finds it, or learns its address from the next page.
HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class OfficePageDeps:
    """What the pages need."""

    engine: Engine
    telling: IssueDeps
    lexicon: Lexicon
    links: Links
    words: Mapping[str, Words]
    terms: Mapping[str, Mapping[str, str]]
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Visit:
    """An official on their office's page."""

    token: str
    official: int
    desk: OfficeName
    writer: IssueWriter

    @property
    def actor(self) -> Actor:
        """The same, as somebody who acts."""
        return Actor(By.OFFICE, self.desk.id, self.official, self.writer.now)


def visited(
    deps: OfficePageDeps, token: str, answer: Callable[[Connection, Visit], Response], *, writes: bool
) -> Response:
    """The answer to an official who may come in; a page that says why to everybody else."""

    def let_in(connection: Connection, words: Words) -> Response:
        person = _whose(connection, deps, token)
        deps.links.check(token, person.serial, deps.clock())
        return answer(connection, _visit(connection, deps, person, token, words))

    return _guarded(deps, let_in, token, writes=writes)


def _whose(connection: Connection, deps: OfficePageDeps, token: str) -> Person:
    """The official a link says it is of, if they still are one."""
    person = officials.find(connection, deps.links.official(token))
    if person is None:
        raise LinkError(expired=False)
    return person


def _visit(connection: Connection, deps: OfficePageDeps, person: Person, token: str, words: Words) -> Visit:
    if Reached.CONFIRMED not in (person.phone, person.mail):
        raise LinkError(expired=False)
    desk = visibility.offices(connection, [person.office_id])[person.office_id]
    named, terms = visibility.categories(connection), deps.terms[words.language]
    writer = IssueWriter(words, terms, deps.lexicon, named, deps.telling.zone, deps.clock())
    return Visit(token, person.id, desk, writer)


def _guarded(
    deps: OfficePageDeps, answer: Callable[[Connection, Words], Response], renew: str = "", *, writes: bool
) -> Response:
    words = deps.words[choose_language(request)]
    try:
        with (writing if writes else looking)(deps.engine) as connection:
            return answer(connection, words)
    except LinkError as error:
        if not error.expired:
            return end(deps, words, 404, office_words.NO_PAGE)
        return end(deps, words, 410, office_words.ENDED if renew else office_words.MAIL_ENDED, renew=renew)
    except (SQLAlchemyError, VaultError) as error:
        log.warning("office_page_without_database", error=type(error).__name__)
        return end(deps, words, 503, office_words.NOT_SENT if writes else office_words.AWAY)


def send_link(deps: OfficePageDeps, token: str) -> Response:
    """Send a new link to where the official is known to be; the page says neither number nor address."""

    def send(connection: Connection, _: Words) -> Response:
        person, now = _whose(connection, deps, token), deps.clock()
        try:
            deps.links.check(token, person.serial, now)
        except LinkError as error:
            if not error.expired:
                raise
        sent = officials.new_link(connection, deps.telling, deps.links, person.id, now)
        return elsewhere("office.show_office", token, said="link" if sent else "limited")

    return _guarded(deps, send, token, writes=True)


def mail_page(deps: OfficePageDeps, token: str, *, confirms: bool) -> Response:
    """Whether an e-mail address is an official's: a button, since programs open links too; and thanks."""

    def show(connection: Connection, words: Words) -> Response:
        person = _whose(connection, deps, token)
        deps.links.check_mail(token, person.serial, person.mail_hash, deps.clock())
        if confirms and officials.confirm_mail(connection, person.id, deps.clock()) == "accepted":
            return end(deps, words, 200, office_words.MAIL_CONFIRMED)
        desk = visibility.offices(connection, [person.office_id])[person.office_id]
        return end(deps, words, 200, office_words.MAIL_ASKED, desk=desk)

    return _guarded(deps, show, writes=confirms)


def end(
    deps: OfficePageDeps,
    words: Words,
    status: int,
    told: Notice,
    *,
    renew: str = "",
    back: str = "",
    desk: OfficeName | None = None,
) -> Response:
    """A page without problems: why there is no other, or a question, with the one thing that can be done.

    What somebody had written is shown: it is not lost with a link that ended meanwhile. Of somebody whose link leads
    nowhere no form is read.
    """
    typed = request.form if status != 404 or back else {}
    office = "" if desk is None else desk.name.km if words.language == "km" or not desk.name.en else desk.name.en
    html = render_template(
        "issues/office_end.html",
        **frame(deps, words, request.path),
        heading=words(told.heading, office=office),
        text=words(told.text, office=office),
        renew=address("office.ask_link", renew) if renew else "",
        back=back,
        confirms=desk is not None,
        again=request.path if status == 503 and request.method == "POST" else "",
        typed=typed.get("words", ""),
        to=typed.get("to", ""),
    )
    return private(page(html, words, status, keep=0))


def frame(deps: OfficePageDeps, words: Words, path: str, **chosen: str) -> dict[str, object]:
    """What every page of officials is given; `path` and what is chosen there, for the same in other languages."""
    kept = {name: value for name, value in chosen.items() if value}
    said = request.args.get("said", "")
    return {
        "_": words,
        "words": deps.words,
        "in_this_language": IN_THIS_LANGUAGE,
        "in_language": {one: f"{path}?{urlencode({**kept, 'lang': one})}" for one in LANGUAGES},
        "said": words(office_words.SAID[said]) if said in office_words.SAID else "",
    }


def address(endpoint: str, token: str, code: str = "", action: str = "", **chosen: str) -> str:
    """The address of a page under a link; a language that the reader's address names is kept."""
    named: dict[str, Any] = {
        "token": token,
        **({"code": code} if code else {}),
        **({"action": action} if action else {}),
    }
    path = url_for(endpoint, **named)
    wanted = {name: value for name, value in {**chosen, "lang": asked_language(request)}.items() if value}
    return f"{path}?{urlencode(wanted)}" if wanted else path


def elsewhere(endpoint: str, token: str, code: str = "", **chosen: str) -> Response:
    """The way to another page, after something was sent."""
    found = redirect(address(endpoint, token, code, **chosen), 303)
    assert isinstance(found, Response)
    return private(found)


def private(response: Response) -> Response:
    """A page that only its reader sees, now."""
    response.headers.update(HEADERS)
    response.headers.pop("ETag", None)
    return response
