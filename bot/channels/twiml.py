"""The carrier's documents as an answer: always XML 1.0 that is well-formed, whatever the words in it.

Knows neither texts nor calls.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from flask import Response

from bot.language.text.characters import legible


def message(text: str, told: str = "") -> Response:
    """One SMS to answer with; with an empty text nothing is said.

    `told` is where the carrier says what became of it: one calls that action, the other statusCallback.
    """
    # Written out: the library builds a tree for one element, which costs six times as much on every message.
    words, address = escape(legible(text)), quoteattr(told)
    asks = f' action={address} method="POST" statusCallback={address}' if told else ""
    said = f"<Response><Message{asks}>{words}</Message></Response>" if text else "<Response />"
    return _sent(f'<?xml version="1.0" encoding="UTF-8"?>{said}')


def answered(document: str) -> Response:
    """A document, ready to be sent."""
    return _sent(legible(document))


def _sent(document: str) -> Response:
    return Response(document, content_type="text/xml; charset=utf-8")
