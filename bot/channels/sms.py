"""The SMS webhook: checks who calls, reads the form, has the turn taken, answers in TwiML.

Twilio and Somleng alike: what is needed is read, what is unknown is ignored. Never a 500: whatever fails, the
person gets a polite line and the log an error without words or numbers; while the database is away, the message is
spooled besides and answered later.
"""

from __future__ import annotations

import hmac
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from flask import Blueprint, Response, request
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from twilio.request_validator import RequestValidator

from bot.channels import twiml
from bot.contacts.phone import UNANSWERED, read_address
from bot.db import reading
from bot.language.text.characters import legible
from bot.messages.inbound.spool import FullError, Spool, WebhookKind, is_answered, is_away
from bot.turn import Answer, Inbound
from flows.prompts import T_

log = structlog.get_logger()

SORRY = T_("Sorry, the line is not working for a moment. Please send it again a little later.")
MOST_CHARACTERS = 1600
MOST_OF_A_SENDER = 64
VOICE_OF = {"km": "km", "latn": "km_Latn", "en": "en", "": "km"}


class Signature:
    """Whether a request comes from the carrier: its signature over the configured public address."""

    def __init__(self, public_url: str, auth_token: str, account: str = ""):
        self._public_url = public_url
        self._account = account
        self._validator = RequestValidator(auth_token)

    def is_right(self) -> bool:
        """Check the request at hand. The raw query is signed; Flask's own URL decodes it."""
        signature = request.headers.get("X-Twilio-Signature", "")
        if not signature or not self._is_plain():
            return False
        # WSGI hands bytes over as Latin-1; a query that is no UTF-8 was signed by nobody.
        query = request.environ.get("QUERY_STRING", "").encode("latin-1", "replace").decode("utf-8", "replace")
        url = self._public_url + request.path + (f"?{query}" if query else "")
        if self._signs(url, signature):
            return True
        # The carrier may have signed the standard port; and a bare ? at the end is lost on the way here.
        return bool(self._validator.validate(url, request.form, signature)) or (
            not query and self._signs(f"{url}?", signature)
        )

    def _is_plain(self) -> bool:
        """Each field once, and of our account: the signature joins names and values without a mark between them."""
        accounts = request.form.getlist("AccountSid")
        once = all(len(values) == 1 for _, values in request.form.lists())
        return once and (not self._account or all(one == self._account for one in accounts))

    def _signs(self, url: str, signature: str) -> bool:
        ours = self._validator.compute_signature(url, request.form)
        return hmac.compare_digest(ours.encode(), signature.encode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Late:
    """What is done about messages that come while the database is away."""

    spool: Spool
    engine: Engine
    clock: Callable[[], datetime]
    announce: Callable[[], bool]  # asks a worker to replay; False: it heard nothing

    def keep(self, sid: str, sender: str, text: str) -> None:
        """Spool a message. Raises FullError."""
        values = {"sid": sid, "from": sender[:MOST_OF_A_SENDER], "body": text}
        self.spool.keep(WebhookKind.SMS, sid, values, self.clock())

    def returned(self) -> None:
        """The database has just answered."""
        self.spool.returned(self.announce)

    def is_answered(self, sid: str) -> bool:
        """Whether the answer to a message went by the outbox; asked of those that came twice."""
        try:
            with reading(self.engine) as connection:
                return is_answered(connection, sid)
        except SQLAlchemyError:
            return False


def sms_webhook(
    turn: Callable[[Inbound], Answer],
    signature: Signature,
    catalogues: Mapping[str, Mapping[str, str]],
    script_of: Callable[[str], str],
    counted: Callable[[str], None],
    late: Late,
    told_at: Callable[[str], str] = lambda _sid: "",
) -> Blueprint:
    """The blueprint of POST /sms. `told_at` is where the carrier tells what became of the answer to a message.

    `script_of` tells how a text is written (km, latn, en or ""): the apology has no other sign of whom it is for.
    `counted` is told how each request ended, for the metrics; `late` sees to those that cannot be answered now.
    """
    pages = Blueprint("sms", __name__)

    @pages.post("/sms")
    def sms() -> Response:
        if not signature.is_right():
            counted("forged")
            return Response("forbidden\n", 403, content_type="text/plain")
        form = request.form
        sid = form.get("MessageSid") or form.get("SmsSid") or form.get("SmsMessageSid") or ""
        if not 0 < len(sid) <= 64:
            counted("senseless")
            return Response("MessageSid is missing or too long\n", 400, content_type="text/plain")
        text, sender = legible(form.get("Body", ""))[:MOST_CHARACTERS], form.get("From", "")
        address = read_address(sender)
        try:
            answer = turn(Inbound(sid, "sms", address, text))
        except Exception as error:
            log.error("turn failed", error=type(error).__name__, where=where(error))
            if is_away(error):
                try:
                    late.keep(sid, sender, text)
                except FullError:
                    counted("lost")
                    return Response("try again\n", 503, content_type="text/plain")
                counted("spooled")
            else:
                counted("failed")
            if address.kind in UNANSWERED:
                return twiml.message("")
            return twiml.message(catalogues[VOICE_OF[script_of(text)]].get(SORRY, SORRY))
        late.returned()
        if answer.repeated and answer.text and late.is_answered(sid):
            answer = Answer("", repeated=True)  # it was spooled the first time: its answer went by the outbox
        counted("repeated" if answer.repeated else "answered" if answer.text else "silent")
        return twiml.message(answer.text, told_at(sid))

    return pages


def where(error: Exception) -> str:
    """The file and line a fault came from; never its values."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"
