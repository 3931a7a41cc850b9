"""The line's answer to a text: which messages a TwiML document asks the carrier to send.

Reads documents, sends nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree


class AnswerError(ValueError):
    """A document that a carrier would refuse: `fault` is bad_xml or verb, `detail` says where."""

    def __init__(self, fault: str, detail: str) -> None:
        super().__init__(fault, detail)
        self.fault = fault
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to send; `to` and `callback` are None unless the document names them."""

    body: str
    to: str | None = None
    callback: str | None = None


def read_answer(document: bytes) -> list[Reply]:
    """The messages in a messaging document, none for an empty one; raises AnswerError."""
    if b"<!DOCTYPE" in document.upper():
        raise AnswerError("bad_xml", "a document type is not allowed")
    try:
        root = ElementTree.fromstring(document)  # noqa: S314  (no document type, so no entities)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise AnswerError("bad_xml", str(error)) from None
    if root.tag != "Response":
        raise AnswerError("bad_xml", f"<{root.tag}> stands where <Response> should")
    return [_reply(verb) for verb in root]


def _reply(verb: ElementTree.Element) -> Reply:
    if verb.tag != "Message":
        raise AnswerError("verb", f"<{verb.tag}>")
    bodies = verb.findall("Body")
    text = "".join(body.text or "" for body in bodies) if bodies else (verb.text or "")
    return Reply(text.strip(), verb.get("to"), verb.get("action") or verb.get("statusCallback"))
