"""How the carrier's REST interface is entered: who may, what a refusal looks like, and what trouble does there.

Owns the paths under /2010-04-01 as a whole. Takes no orders itself.
"""

from __future__ import annotations

import contextlib
import hmac
import math
import select
import socket

from flask import Blueprint, Response, abort, jsonify, request

from bot.simulator.carrier.profile import API_VERSION
from bot.simulator.carrier.trouble import CODES, Channel, TroubleKind, Troubles
from bot.simulator.settings import SimulatorSettings


class RefusalError(Exception):
    """A request the carrier turns down, with its code and the HTTP status; `retry_after` in seconds."""

    def __init__(self, code: int, words: str, status: int = 400, retry_after: float | None = None) -> None:
        super().__init__(words)
        self.code = code
        self.words = words
        self.status = status
        self.retry_after = retry_after


class Door:
    """What trouble does to the request under way. Waits in the thread of that request."""

    def __init__(self, troubles: Troubles) -> None:
        self._troubles = troubles

    def enter(self, channel: Channel, number: str = "") -> None:
        """Before anything is taken; raises RefusalError, or ends the connection without an answer."""
        if self._troubles.strikes(TroubleKind.DROP, channel, number):
            _hang_up()
        if trouble := self._troubles.strikes(TroubleKind.THROTTLE, channel, number):
            raise RefusalError(20429, "Too Many Requests", 429, trouble.seconds)
        if self._troubles.strikes(TroubleKind.ERROR, channel, number):
            raise RefusalError(20500, "An internal server error has occurred", 500)
        trouble = self._troubles.strikes(TroubleKind.REFUSE, channel, number)
        if trouble is not None and trouble.code is not None:
            raise RefusalError(trouble.code, CODES[TroubleKind.REFUSE][trouble.code])

    def leave(self, channel: Channel, number: str = "") -> None:
        """After it was taken, before the answer: late, or never."""
        if trouble := self._troubles.strikes(TroubleKind.SILENCE, channel, number):
            _wait(trouble.seconds or 0.0)
            _hang_up()
        if trouble := self._troubles.strikes(TroubleKind.SLOW, channel, number):
            _wait(trouble.seconds or 0.0)


def guarded(name: str, settings: SimulatorSettings, door: Door) -> Blueprint:
    """A blueprint under the account's path, which asks for its credentials and refuses in the carrier's way."""
    rest = Blueprint(name, __name__, url_prefix=f"/{API_VERSION}/Accounts/<account>")

    @rest.before_request
    def check_account() -> None:
        given = request.authorization
        user = (given.username if given else None) or ""
        password = (given.password if given else None) or ""
        account = (request.view_args or {}).get("account", "")
        right = hmac.compare_digest(user.encode(), settings.account_sid.encode())
        right &= hmac.compare_digest(password.encode(), settings.auth_token.encode())
        if not right or account != settings.account_sid:
            raise RefusalError(20003, "Authenticate", 401)
        if request.method in ("GET", "HEAD"):  # nothing is taken, so both ends of the door are one
            door.enter(Channel.ASKING)
            door.leave(Channel.ASKING)

    @rest.errorhandler(RefusalError)
    def refuse(refusal: RefusalError) -> Response:
        response = jsonify(code=refusal.code, message=refusal.words, status=refusal.status)
        response.status_code = refusal.status
        if refusal.retry_after is not None:
            response.headers["Retry-After"] = str(math.ceil(refusal.retry_after))
        return response

    return rest


def _wait(seconds: float) -> None:
    """Wait so long, or until whoever asked has left."""
    connection = _connection()
    poll = select.poll()
    poll.register(connection, select.POLLIN | select.POLLHUP)
    poll.poll(seconds * 1000)


def _hang_up() -> None:
    """End the connection: nothing more can be written to it, which is no error to the server."""
    with contextlib.suppress(OSError):  # they left first
        _connection().shutdown(socket.SHUT_RDWR)
    abort(503)


def _connection() -> socket.socket:
    connection: socket.socket = request.environ["werkzeug.socket"]
    return connection
