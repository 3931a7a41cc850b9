"""The line's answer during a call: a voice document, read as the chosen carrier reads it.

Owns which verbs and attributes a carrier takes. Reads documents; plays, fetches and sends nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

from bot.simulator.carrier.profile import Profile

LARGEST = 64 * 1024  # bytes; the carriers' own limit
KEYS = "0123456789*#"
_LONGEST = 14_400  # seconds any pause, time-out or recording may last
_FINISH = re.compile(r"[0-9*#]*")


class DocumentError(ValueError):
    """What a carrier ends the call over: `fault` names the kind, `detail` says where."""

    def __init__(self, fault: str, detail: str) -> None:
        super().__init__(fault, detail)
        self.fault = fault
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Play:
    """A sound file at an absolute address."""

    url: str


@dataclass(frozen=True, slots=True)
class Say:
    """Words that the carrier's own voice reads."""

    text: str
    language: str
    voice: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence, in seconds. Twilio only."""

    seconds: int


Prompt = Play | Say | Pause


@dataclass(frozen=True, slots=True)
class Gather:
    """Waits for keys or speech; `most` is the number of keys that end it, None without a limit."""

    action: str
    prompts: tuple[Prompt, ...]
    keys: bool
    speech: bool
    most: int | None
    finish: str
    timeout: int
    even_empty: bool
    hints: str


@dataclass(frozen=True, slots=True)
class Record:
    """Records what the person says; lengths in seconds."""

    action: str
    longest: int
    timeout: int
    finish: str
    beep: bool


@dataclass(frozen=True, slots=True)
class Dial:
    """Connects the caller with somebody else; without an action the document goes on afterwards."""

    targets: tuple[str, ...]
    action: str | None


@dataclass(frozen=True, slots=True)
class Redirect:
    """Goes on with another document."""

    url: str


@dataclass(frozen=True, slots=True)
class Reject:
    """Does not pick up; `busy` sounds the busy tone."""

    busy: bool


@dataclass(frozen=True, slots=True)
class Hangup:
    """Ends the call."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Here the carrier gives up: whatever stood before it was still done."""

    fault: str
    detail: str


Verb = Prompt | Gather | Record | Dial | Redirect | Reject | Hangup | Refused


def read_document(document: bytes, url: str, profile: Profile) -> list[Verb]:
    """The verbs of a document that was fetched from `url`; raises DocumentError when it is none at all."""
    if len(document) > LARGEST:
        raise DocumentError("too_large", f"{LARGEST // 1024} kB")
    if b"<!DOCTYPE" in document.upper():
        raise DocumentError("bad_xml", "a document type is not allowed")
    try:
        root = ElementTree.fromstring(document)  # noqa: S314  (no document type, so no entities)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise DocumentError("bad_xml", str(error)) from None
    if root.tag != "Response":
        raise DocumentError("bad_xml", f"<{root.tag}> stands where <Response> should")
    reader = _Reader(url, profile)
    return [reader.verb(element) for element in root]


class _Reader:
    """Reads verbs of one document; each method raises DocumentError for what the carrier refuses."""

    def __init__(self, url: str, profile: Profile) -> None:
        self._url = url
        self._profile = profile
        prompts: dict[str, Callable[[ElementTree.Element], Prompt]] = {"Play": self._play, "Say": _say}
        if profile is Profile.TWILIO:
            prompts["Pause"] = _pause
        self._prompts: Mapping[str, Callable[[ElementTree.Element], Prompt]] = prompts
        self._verbs: Mapping[str, Callable[[ElementTree.Element], Verb]] = {
            **prompts,
            "Gather": self._gather,
            "Record": self._record,
            "Dial": self._dial,
            "Redirect": self._redirect,
            "Reject": lambda element: Reject(element.get("reason") == "busy"),
            "Hangup": lambda element: Hangup(),
        }

    def verb(self, element: ElementTree.Element) -> Verb:
        read = self._verbs.get(element.tag)
        if read is None:
            return Refused("call_verb", f"<{element.tag}>")
        try:
            return read(element)
        except DocumentError as error:
            return Refused(error.fault, error.detail)

    def _address(self, relative: str | None) -> str:
        """An address as the carrier would resolve it; of nothing, that of the document itself."""
        try:
            url = urljoin(self._url, (relative or "").strip())
            urlsplit(url).port  # noqa: B018  (raises for what is no port)
        except ValueError:
            raise DocumentError("attribute", f"{relative!r} is no address") from None
        return url

    def _action(self, element: ElementTree.Element, name: str = "action") -> str:
        if element.get("method", "POST").upper() != "POST":
            raise DocumentError("attribute", f'<{element.tag} method="{element.get("method")}">, where POST is played')
        return self._address(element.get(name))

    def _play(self, element: ElementTree.Element) -> Prompt:
        address = (element.text or "").strip()
        if not address:
            raise DocumentError("attribute", "<Play> without an address")
        return Play(self._address(address))

    def _gather(self, element: ElementTree.Element) -> Verb:
        wanted = element.get("input", "dtmf").split()
        if not wanted or not set(wanted) <= {"dtmf", "speech"}:
            raise DocumentError("attribute", f'<Gather input="{element.get("input")}">')
        if "speech" in wanted and self._profile is Profile.SOMLENG:
            raise DocumentError("speech", '<Gather input="speech">')
        for child in element:
            if child.tag not in self._prompts:
                raise DocumentError("nested", f"<{child.tag}>")
        return Gather(
            action=self._action(element),
            prompts=tuple(self._prompts[child.tag](child) for child in element),
            keys="dtmf" in wanted,
            speech="speech" in wanted,
            most=_whole(element, "numDigits", 0, least=1) or None,
            finish=_finish(element, "#"),
            timeout=_whole(element, "timeout", 5),
            even_empty=element.get("actionOnEmptyResult", "false") == "true",
            hints=element.get("hints", ""),
        )

    def _record(self, element: ElementTree.Element) -> Verb:
        told = element.get("recordingStatusCallback")
        if told is not None and self._profile is Profile.SOMLENG and not urlsplit(told).scheme:
            raise DocumentError("attribute", "<Record recordingStatusCallback> that is not absolute")
        return Record(
            action=self._action(element),
            longest=_whole(element, "maxLength", 3600, least=1),
            timeout=_whole(element, "timeout", 5, least=1),
            finish=_finish(element, "1234567890*#"),
            beep=element.get("playBeep", "true") == "true",
        )

    def _dial(self, element: ElementTree.Element) -> Verb:
        for child in element:
            if child.tag not in ("Number", "Sip"):
                raise DocumentError("nested", f"<{child.tag}>")
        targets = [(child.text or "").strip() for child in element] or [(element.text or "").strip()]
        if not all(targets):
            raise DocumentError("attribute", "<Dial> without a number")
        return Dial(tuple(targets), self._action(element) if element.get("action") else None)

    def _redirect(self, element: ElementTree.Element) -> Verb:
        address = (element.text or "").strip()
        if not address and self._profile is Profile.SOMLENG:
            raise DocumentError("attribute", "<Redirect> without an address")
        self._action(element)
        return Redirect(self._address(address))


def _say(element: ElementTree.Element) -> Prompt:
    text = " ".join("".join(element.itertext()).split())
    return Say(text, element.get("language", ""), element.get("voice", ""))


def _pause(element: ElementTree.Element) -> Prompt:
    return Pause(_whole(element, "length", 1))


def _whole(element: ElementTree.Element, name: str, default: int, least: int = 0) -> int:
    text = element.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 7 and least <= int(text) <= _LONGEST):
        raise DocumentError("attribute", f'<{element.tag} {name}="{text}">')
    return int(text)


def _finish(element: ElementTree.Element, default: str) -> str:
    keys = element.get("finishOnKey", default)
    if not _FINISH.fullmatch(keys):
        raise DocumentError("attribute", f'<{element.tag} finishOnKey="{keys}">')
    return keys
