"""The SMS webhook: checks who calls, reads the form, has the turn taken, answers in TwiML.

Twilio and Somleng alike: what is needed is read, what is unknown is ignored. Never a 500: whatever fails, the
person gets a polite line and the log an error without words or numbers.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping

import structlog
from flask import Blueprint, Response, request
from sqlalchemy.exc import DBAPIError
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

from bot.contacts.phone import read_address
from bot.conversation import Answer, Inbound
from flows.prompts import N_

log = structlog.get_logger()

SORRY = N_("Sorry, the line is not working for a moment. Please send it again a little later.")
MOST_CHARACTERS = 1600
KHMER = range(0x1780, 0x1800)


class Signature:
    """Whether a request comes from the carrier: its signature over the configured public address."""

    def __init__(self, public_url: str, auth_token: str):
        self._public_url = public_url
        self._validator = RequestValidator(auth_token)

    def is_right(self) -> bool:
        """Check the request at hand. The raw query is signed; Flask's own URL decodes it."""
        signature = request.headers.get("X-Twilio-Signature", "")
        if not signature:
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

    def _signs(self, url: str, signature: str) -> bool:
        ours = self._validator.compute_signature(url, request.form)
        return hmac.compare_digest(ours.encode(), signature.encode("utf-8", "replace"))


def sms_webhook(
    turn: Callable[[Inbound], Answer],
    signature: Signature,
    catalogues: Mapping[str, Mapping[str, str]],
    counted: Callable[[str], None],
) -> Blueprint:
    """The blueprint of POST /sms. `counted` is told how each request ended, for the metrics."""
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
        text = form.get("Body", "")[:MOST_CHARACTERS]
        try:
            answer = turn(Inbound(sid, "sms", read_address(form.get("From", "")), text))
        except Exception as error:
            counted("failed")
            log.error("turn failed", error=type(error).__name__, database=isinstance(error, DBAPIError))
            return _twiml(sorry(text, catalogues))
        counted("repeated" if answer.repeated else "answered" if answer.text else "silent")
        return _twiml(answer.text)

    return pages


def sorry(text: str, catalogues: Mapping[str, Mapping[str, str]]) -> str:
    """The apology, in the letters the message was written in: nothing is known of its sender right now."""
    khmer = not text.strip() or any(ord(char) in KHMER for char in text)
    return catalogues["km" if khmer else "km_Latn"].get(SORRY, SORRY)


def _twiml(text: str) -> Response:
    document = MessagingResponse()
    if text:
        document.message(text)
    return Response(document.to_xml(), content_type="text/xml; charset=utf-8")
