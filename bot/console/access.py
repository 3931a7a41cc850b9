"""The door of the console: who is signed in, what they may open, and that nothing somebody wrote is lost there.

Every page goes through `Door.page`, which keeps the right it needs; a test walks them all. Refuses what comes from
another site. Logs no address and no words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

import structlog
from flask import Blueprint, Response, redirect, render_template, request, url_for
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.config import Settings
from bot.db import reading, writing
from bot.environment.strength import is_here
from bot.language.words.lexicon import Lexicon
from bot.messages.notices import Notices
from bot.users import audit, signing_in
from bot.users.rights import Right
from bot.users.signing_in import Session
from bot.vault import Vault, VaultError
from bot.web.languages import COOKIE, IN_THIS_LANGUAGE, KEPT_FOR, LANGUAGES, Words, asked_language, choose_language
from bot.web.layout import HEADERS
from bot.web.origin import refuse_strangers
from flows.prompts import N_

SIGNED_IN = "phsar_staff"  # the cookie
PATH = "/console"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; media-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECRET_FIELDS = ("password", "old", "code")  # never shown again
SAID = {"password": N_("Your new password is kept. Please sign in with it.")}
AWAY = N_("The line's data cannot be reached right now"), N_("Nothing was changed. Please try again in a minute.")
ENDED = N_("You are signed out"), N_("Sign in on another page, then come back and send this again: it is not lost.")
FORBIDDEN = N_("This is not yours to open"), N_("Your role does not include it. An administrator can change that.")
MISSING = N_("There is nothing under this address"), N_("It may have been settled or taken away.")
Told = tuple[str, str]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ConsoleDeps:
    """What the pages work with."""

    engine: Engine
    vault: Vault
    lexicon: Lexicon
    notices: Notices
    settings: Settings
    words: Mapping[str, Words]
    terms: Mapping[str, Mapping[str, str]]
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody signed in, on a page, in one transaction."""

    connection: Connection
    session: Session
    words: Words
    now: datetime
    deps: ConsoleDeps

    def wrote(self, action: str, subject: str = "", reason: str = "") -> None:
        """Put what they did into the audit log, in the same transaction."""
        audit.write(self.connection, self.deps.vault, self.now, self.session.user, action, subject, reason=reason)

    def local(self, at: datetime) -> datetime:
        """A moment by the clock of the line's country."""
        return at.astimezone(self.deps.settings.timezone)

    def show(self, template: str, status: int = 200, **named: Any) -> Response:
        """A page of the console."""
        return show(self.deps, self.words, template, status, session=self.session, visit=self, **named)


View = Callable[..., Response]


@dataclass(frozen=True, slots=True)
class Door:
    """Adds pages to the blueprint, each with the right it needs."""

    pages: Blueprint
    deps: ConsoleDeps
    rights: dict[str, Right | None]  # by endpoint; None: open to whoever is not signed in

    def page(self, rule: str, right: Right, *, method: str = "GET", writes: bool = False) -> Callable[[View], View]:
        """A page for who is signed in and has a right. `writes`: its transaction will; every POST does."""

        def add(view: View) -> View:
            @wraps(view)
            def guarded(**named: Any) -> Response:
                return self._let_in(view, right, named, writes=writes or method == "POST")

            self._add(rule, view.__name__, guarded, method, right)
            return view

        return add

    def open(self, rule: str, *, method: str = "GET") -> Callable[[View], View]:
        """A page for anybody: signing in, and what a link leads to."""

        def add(view: View) -> View:
            @wraps(view)
            def guarded(**named: Any) -> Response:
                words = self.deps.words[choose_language(request)]
                try:
                    return view(words, **named)
                except (SQLAlchemyError, VaultError) as error:
                    return away(self.deps, words, error)

            self._add(rule, view.__name__, guarded, method, None)
            return view

        return add

    def _add(self, rule: str, name: str, guarded: View, method: str, right: Right | None) -> None:
        self.pages.add_url_rule(PATH + rule, name, guarded, methods=[method])
        self.rights[f"{self.pages.name}.{name}"] = right

    def _let_in(self, view: View, right: Right, named: Mapping[str, Any], *, writes: bool) -> Response:
        deps, words, now = self.deps, self.deps.words[choose_language(request)], self.deps.clock()
        token = request.cookies.get(SIGNED_IN, "")
        try:
            with (writing if writes else reading)(deps.engine) as connection:
                session = signing_in.find(connection, deps.vault, token, now)
                if session is None or not session.complete:
                    return self._outside(words)
                if not session.may(right):
                    return end(deps, words, 403, FORBIDDEN, session=session)
                answer = view(Visit(connection, session, words, now, deps), **named)
                if writes and session.stale:
                    signing_in.seen(connection, deps.vault, token, now)
            if not writes and session.stale:
                with writing(deps.engine) as connection:
                    signing_in.seen(connection, deps.vault, token, now)
            return answer
        except (SQLAlchemyError, VaultError) as error:
            return away(deps, words, error)

    def _outside(self, words: Words) -> Response:
        if request.method == "POST":
            return end(self.deps, words, 401, ENDED)
        return elsewhere("console.show_sign_in", to=request.full_path.rstrip("?"))


def guard(pages: Blueprint) -> None:
    """Refuse what another site's page sends, before anything else is looked at."""
    pages.before_request(refuse_strangers)


def away(deps: ConsoleDeps, words: Words, error: Exception) -> Response:
    """The database cannot be reached: what was written stands there to be sent again."""
    log.warning("console_without_database", error=type(error).__name__)
    return end(deps, words, 503, AWAY)


def end(deps: ConsoleDeps, words: Words, status: int, told: Told, session: Session | None = None) -> Response:
    """A page that says why there is no other. What somebody had written is on it, to be sent again."""
    kept = request.form if status in (401, 503) else {}
    typed = [(name, value) for name, value in kept.items() if name not in SECRET_FIELDS]
    heading, text = (words(sentence) for sentence in told)
    return show(deps, words, "end", status, session=session, heading=heading, text=text, typed=typed)


def show(deps: ConsoleDeps, words: Words, template: str, status: int = 200, **named: Any) -> Response:
    """A page, kept by nobody."""
    said = request.args.get("said", "")
    kept = {name: value for name, value in request.args.items() if name not in ("lang", "said")}
    path = request.path if request.method == "GET" else url_for("console.show_today")
    session = named.pop("session", None)
    html = render_template(
        f"console/{template}.html",
        _=words,
        words=deps.words,
        in_this_language=IN_THIS_LANGUAGE,
        in_language={one: f"{path}?{urlencode({**kept, 'lang': one})}" for one in LANGUAGES},
        said=words(SAID[said]) if said in SAID else "",
        session=session,
        may=(lambda right: session is not None and session.may(Right(right))),
        **named,
    )
    response = Response(html, status, mimetype="text/html")
    return private(remember_language(deps, response, words))


def remember_language(deps: ConsoleDeps, response: Response, words: Words) -> Response:
    """Keep the language that the address names, as the public pages do."""
    response.headers["Content-Language"] = words.language
    if asked_language(request):
        secure = deps.settings.public_url.startswith("https://")
        response.set_cookie(COOKIE, words.language, max_age=KEPT_FOR, samesite="Lax", httponly=True, secure=secure)
    return response


def elsewhere(endpoint: str, **chosen: Any) -> Response:
    """The way to another page, after something was sent."""
    wanted = {name: value for name, value in chosen.items() if value not in ("", None)}
    found = redirect(url_for(endpoint, **wanted), 303)
    assert isinstance(found, Response)
    return private(found)


def private(response: Response) -> Response:
    """Only its reader sees it, now."""
    response.headers.update({**HEADERS, "Content-Security-Policy": POLICY, "Cache-Control": "no-store"})
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def network_address() -> str:
    """Where a request comes from: behind a proxy on this machine, what the proxy says."""
    peer = request.remote_addr or ""
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return forwarded if forwarded and (not peer or is_here(peer)) else peer


def number_of(written: str) -> int:
    """An id from an address; 0 where it is none."""
    return int(written) if written.isascii() and written.isdecimal() and len(written) <= 18 else 0
