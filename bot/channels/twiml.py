"""The carrier's documents as an answer: always XML 1.0 that is well-formed, whatever the words in it.

Knows neither texts nor calls.
"""

from __future__ import annotations

from flask import Response
from twilio.twiml.messaging_response import MessagingResponse

from bot.language.text.characters import legible


def message(text: str, told: str = "") -> Response:
    """One SMS to answer with; with an empty text nothing is said.

    `told` is where the carrier says what became of it: one calls that action, the other statusCallback.
    """
    document = MessagingResponse()
    if text and told:
        document.message(legible(text), action=told, method="POST", status_callback=told)
    elif text:
        document.message(legible(text))
    return answered(document.to_xml())


def answered(document: str) -> Response:
    """A document, ready to be sent."""
    return Response(legible(document), content_type="text/xml; charset=utf-8")
