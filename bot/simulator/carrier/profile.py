"""What makes this a carrier: its two profiles, its sids, its signature and its way of posting.

Owns every request that leaves the simulator; none leaves this machine.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import requests
import urllib3
from twilio.request_validator import RequestValidator

from bot.language.text.sms_parts import parts
from bot.simulator.settings import SimulatorSettings, is_loopback
from bot.simulator.store import Message, Store

API_VERSION = "2010-04-01"
_LARGEST_ANSWER = 64 * 1024  # bytes; a TwiML document is a few hundred
_LARGEST_SOUND = 8 * 1024 * 1024


class Profile(StrEnum):
    """The carrier that is played."""

    TWILIO = "twilio"
    SOMLENG = "somleng"


def profile_of(store: Store) -> Profile:
    return Profile(store.choice("profile", Profile.TWILIO))


def new_sid(profile: Profile, kind: str = "SM") -> str:
    """Twilio's 34 characters (SM for a message, CA a call, RE a recording) or Somleng's UUID."""
    return str(uuid.uuid4()) if profile is Profile.SOMLENG else kind + secrets.token_hex(16)


def webhook_parameters(message: Message, account_sid: str, profile: Profile) -> dict[str, str]:
    """The form a carrier posts for a text that came in."""
    form = {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsMessageSid": message.sid,
        "AccountSid": account_sid,
        "From": message.sender,
        "To": message.recipient,
        "Body": message.body,
        "NumMedia": "0",
        "NumSegments": str(max(1, parts(message.body).parts)),
        "SmsStatus": "received",
        "ApiVersion": API_VERSION,
    }
    if profile is Profile.TWILIO:
        form |= {"FromCountry": "KH", "ToCountry": "KH"}
    return form


def status_parameters(message: Message, account_sid: str) -> dict[str, str]:
    """The form a carrier posts when the status of a message it was given changes."""
    form = {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "AccountSid": account_sid,
        "From": message.sender,
        "To": message.recipient,
        "MessageStatus": message.status,
        "SmsStatus": message.status,
        "ApiVersion": API_VERSION,
    }
    if message.error_code is not None:
        form["ErrorCode"] = str(message.error_code)
    if message.service_sid is not None:
        form["MessagingServiceSid"] = message.service_sid
    return form


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a post: a status code and a body, or a fault (timeout, unreachable, elsewhere)."""

    code: int = 0
    body: bytes = b""
    fault: str = ""
    content_type: str = ""


class Poster:
    """Posts signed forms to the line. Safe to share between threads."""

    def __init__(self, settings: SimulatorSettings) -> None:
        self._validator = RequestValidator(settings.auth_token)
        self._within = settings.answer_within
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy may carry what is meant for this machine

    def post(self, url: str, form: Mapping[str, str]) -> Answer:
        """Post once, signed over exactly this address; never follows a redirect."""
        if not is_loopback(url):
            return Answer(fault="elsewhere")
        headers = {
            "X-Twilio-Signature": self._validator.compute_signature(url, dict(form)),
            "User-Agent": "TwilioProxy/1.1",
        }
        return self._ask("POST", url, _LARGEST_ANSWER, data=dict(form), headers=headers)

    def listen(self, url: str) -> Answer:
        """Fetch a sound as a carrier does: without a signature."""
        if not is_loopback(url):
            return Answer(fault="elsewhere")
        return self._ask("GET", url, _LARGEST_SOUND)

    def _ask(self, method: str, url: str, largest: int, **more: Any) -> Answer:
        """One request; the body is cut off one byte beyond the largest that may be."""
        try:
            with self._session.request(
                method, url, timeout=self._within, allow_redirects=False, stream=True, **more
            ) as response:
                body = response.raw.read(largest + 1, decode_content=True)
                kind = response.headers.get("Content-Type", "")
                return Answer(code=response.status_code, body=body, content_type=kind)
        # While the body is read, urllib3 reports under its own names.
        except (requests.Timeout, urllib3.exceptions.TimeoutError):
            return Answer(fault="timeout")
        except (requests.RequestException, urllib3.exceptions.HTTPError):
            return Answer(fault="unreachable")
