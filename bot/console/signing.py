"""The pages of signing in and of one's own account: password, second factor, recovery codes, what a link leads to.

Owns no rule of them: those are users.signing_in's and users.service's.
"""

from __future__ import annotations

from flask import Response, request, url_for

from bot.console.access import MISSING, PATH, SIGNED_IN, Door, Visit, elsewhere, end, network_address, private, show
from bot.db import reading, writing
from bot.users import passwords, service, signing_in
from bot.users.rights import Right, Role
from bot.web.languages import Words
from flows.prompts import N_

ROLES = {
    Role.ADMINISTRATOR: N_("Administrator"),
    Role.OPERATOR: N_("Operator"),
    Role.PRICE_EDITOR: N_("Price editor"),
    Role.MODERATOR: N_("Moderator"),
    Role.PRODUCER: N_("Radio producer"),
    Role.AUDITOR: N_("Auditor"),
}
FAULTS = {
    "wrong": N_("This does not fit. Please look at it once more."),
    "locked": N_("Too many tries. Please wait for a quarter of an hour."),
    "short": N_("The password is too short: 12 letters at least. Several words are easy to remember."),
    "long": N_("The password is too long: 200 letters at most."),
    "plain": N_("The password can be guessed: use more different letters, and not your name."),
    "code": N_("This code does not fit. Please type the one that the telephone shows now."),
}
LINK_ENDED = N_("This link has ended"), N_("It leads here once, for three days. Ask an administrator for a new one.")


def add_signing(door: Door) -> None:
    """Add the pages to the blueprint."""
    _add_in_and_out(door)
    _add_welcome(door)
    _add_account(door)


def _add_in_and_out(door: Door) -> None:
    deps = door.deps

    @door.open("/sign-in")
    def show_sign_in(words: Words) -> Response:
        return show(deps, words, "sign_in", to=_inside(request.args.get("to", "")), fault="", login="")

    @door.open("/sign-in", method="POST")
    def sign_in(words: Words) -> Response:
        login, to = request.form.get("login", "")[:300], _inside(request.form.get("to", ""))
        with writing(deps.engine) as connection:
            tried = (login, request.form.get("password", ""), network_address(), deps.clock())
            outcome, token = signing_in.sign_in(connection, deps.vault, *tried)
        if outcome == "factor":
            return _with_cookie(door, elsewhere("console.show_factor", to=to), token)
        if outcome == "done":
            return _with_cookie(door, _to(to), token)
        fault = words(FAULTS[outcome])
        return show(deps, words, "sign_in", 429 if outcome == "locked" else 422, to=to, fault=fault, login=login)

    @door.open("/code")
    def show_factor(words: Words) -> Response:
        return show(deps, words, "factor", to=_inside(request.args.get("to", "")), fault="")

    @door.open("/code", method="POST")
    def give_factor(words: Words) -> Response:
        to, now, token = _inside(request.form.get("to", "")), deps.clock(), request.cookies.get(SIGNED_IN, "")
        with writing(deps.engine) as connection:
            session = signing_in.find(connection, deps.vault, token, now)
            if session is None or session.complete:
                return elsewhere("console.show_sign_in", to=to)
            tried = (session, request.form.get("code", "")[:40], network_address(), now)
            outcome, token = signing_in.second_factor(connection, deps.vault, *tried)
        if outcome == "done":
            return _with_cookie(door, _to(to), token)
        fault = words(FAULTS["code" if outcome == "wrong" else outcome])
        return show(deps, words, "factor", 429 if outcome == "locked" else 422, to=to, fault=fault)

    @door.page("/sign-out", Right.ENTER, method="POST")
    def sign_out(visit: Visit) -> Response:
        signing_in.sign_out(visit.connection, deps.vault, visit.session.token)
        visit.wrote("sign.out", f"user:{visit.session.user}")
        return _with_cookie(door, elsewhere("console.show_sign_in"), "")


def _add_welcome(door: Door) -> None:
    deps = door.deps

    @door.open("/welcome/<token>")
    def show_welcome(words: Words, token: str) -> Response:
        with reading(deps.engine) as connection:
            user = service.of_link(connection, deps.vault, token, deps.clock())
        if user is None:
            return end(deps, words, 410, LINK_ENDED)
        return show(deps, words, "welcome", login=user.login, fault="")

    @door.open("/welcome/<token>", method="POST")
    def choose_password(words: Words, token: str) -> Response:
        with writing(deps.engine) as connection:
            user = service.of_link(connection, deps.vault, token, deps.clock())
            chosen = request.form.get("password", "")
            outcome = service.use_link(connection, deps.vault, token, chosen, deps.clock())
        if outcome == "gone" or user is None:
            return end(deps, words, 410, LINK_ENDED)
        if outcome != "done":
            return show(deps, words, "welcome", 422, login=user.login, fault=words(FAULTS[outcome]))
        return elsewhere("console.show_sign_in", said="password")


def _add_account(door: Door) -> None:
    deps = door.deps

    @door.page("/account", Right.ENTER)
    def show_account(visit: Visit) -> Response:
        return _account(visit)

    @door.page("/account/password", Right.ENTER, method="POST")
    def change_password(visit: Visit) -> Response:
        given = (request.form.get("old", ""), request.form.get("password", ""), visit.now)
        outcome = service.change_password(visit.connection, deps.vault, visit.session.user, *given)
        if outcome != "done":
            return _account(visit, fault=outcome)
        return _with_cookie(door, elsewhere("console.show_sign_in", said="password"), "")

    @door.page("/account/factor", Right.ENTER, writes=True)
    def set_up_factor(visit: Visit) -> Response:
        return _factor(visit, "")

    @door.page("/account/factor", Right.ENTER, method="POST")
    def confirm_factor(visit: Visit) -> Response:
        secret = signing_in.begin_factor(visit.connection, deps.vault, visit.session.token)
        code, user = request.form.get("code", "")[:40], visit.session.user
        codes = service.confirm_factor(visit.connection, deps.vault, user, secret, code, visit.now)
        if not codes:
            return _factor(visit, "code")
        signing_in.end_factor(visit.connection, deps.vault, visit.session.token)
        return visit.show("codes", codes=codes)


def _account(visit: Visit, fault: str = "") -> Response:
    user = service.show(visit.connection, visit.deps.vault, visit.session.user)
    if user is None:
        return end(visit.deps, visit.words, 404, MISSING, visit.session)
    said = visit.words(FAULTS[fault]) if fault else ""
    return visit.show("account", 422 if fault else 200, user=user, role=ROLES[user.role], fault=said)


def _factor(visit: Visit, fault: str) -> Response:
    secret = signing_in.begin_factor(visit.connection, visit.deps.vault, visit.session.token)
    return visit.show(
        "set_up_factor",
        422 if fault else 200,
        picture=passwords.picture(secret, visit.session.login),
        secret=" ".join(secret[begin : begin + 4] for begin in range(0, len(secret), 4)),
        fault=visit.words(FAULTS[fault]) if fault else "",
    )


def _inside(to: str) -> str:
    """An address of the console, or nothing: a link may not lead elsewhere."""
    plain = to.startswith(PATH) and not to.startswith(f"{PATH}/sign") and "\\" not in to and to.isprintable()
    return to if plain and to[len(PATH) : len(PATH) + 1] in ("", "/", "?") and len(to) < 400 else ""


def _to(to: str) -> Response:
    found = elsewhere("console.show_today")
    found.headers["Location"] = to or url_for("console.show_today")
    return found


def _with_cookie(door: Door, response: Response, token: str) -> Response:
    """Keep who is signed in; with no token, forget it."""
    secure = door.deps.settings.public_url.startswith("https://")
    if token:
        response.set_cookie(SIGNED_IN, token, path=PATH, httponly=True, samesite="Lax", secure=secure)
    else:
        response.delete_cookie(SIGNED_IN, path=PATH, httponly=True, samesite="Lax", secure=secure)
    return private(response)
