"""The words for a call's course: who speaks with whom, who has the word, what was heard and done.

Owns the forms that requests about a call begin with. Knows nothing of how a call goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bot.simulator.calls.documents import Say
from bot.simulator.carrier.profile import API_VERSION, Answer, Profile

INBOUND, OUTBOUND = "inbound", "outbound-api"
TERMINAL = ("completed", "busy", "no-answer", "failed", "canceled")


class State(StrEnum):
    """Who has the word."""

    RINGING = "ringing"  # the line rings this phone
    SPEAKING = "speaking"  # nothing is asked; then it goes on by itself
    GATHERING = "gathering"
    RECORDING = "recording"
    DIALLING = "dialling"  # connected with somebody else
    ENDED = "ended"


class Mark(StrEnum):
    """What an entry of a call's course is."""

    SAID = "said"  # by the line
    PLAYED = "played"
    PAUSE = "pause"
    KEYS = "keys"  # by the person
    WORDS = "words"
    NOTHING = "nothing"
    RECORDED = "recorded"
    EVENT = "event"  # what happened otherwise; `text` is a code for the page
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class CourseEntry:
    """One thing heard or done. `step` counts the documents, from 1; `detail` explains events and faults."""

    mark: Mark
    step: int
    text: str
    language: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Ends:
    """Who speaks with whom, as the carrier writes it in every form."""

    sid: str
    account: str
    profile: Profile
    sender: str
    recipient: str
    direction: str


@dataclass(frozen=True, slots=True)
class Fetch:
    """One request to the line and the document that came."""

    url: str
    form: Mapping[str, str]
    answer: Answer = field(default=Answer())


class Posts(Protocol):
    """Whatever brings a signed form to the line."""

    def post(self, url: str, form: Mapping[str, str]) -> Answer: ...


def call_parameters(ends: Ends, status: str) -> dict[str, str]:
    """The form that every request about a call begins with."""
    form = {
        "CallSid": ends.sid,
        "AccountSid": ends.account,
        "From": ends.sender,
        "To": ends.recipient,
        "CallStatus": status,
        "Direction": ends.direction,
        "ApiVersion": API_VERSION,
    }
    if ends.profile is Profile.TWILIO:
        form |= {"Caller": ends.sender, "Called": ends.recipient, "FromCountry": "KH", "ToCountry": "KH"}
    return form


OWN_VOICES = "Simulator."  # voices that are only here: they say in writing what nobody has recorded yet


def mispronounced(say: Say, profile: Profile) -> str:
    """Why a person would not understand what the carrier's voice makes of this; empty when they would."""
    khmer = any("\u1780" <= letter <= "\u17ff" for letter in say.text)
    if khmer and not say.language.startswith("km"):
        return "english_voice"
    if say.language.startswith("km") and profile is Profile.TWILIO and not say.voice.startswith(OWN_VOICES):
        return "no_voice"
    return ""
