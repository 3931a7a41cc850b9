"""The carrier's REST interface through Twilio's own client: Twilio, Somleng and the simulator alike.

Owns the HTTP session and what the carrier's errors mean. Imports twilio.rest, which costs 28 MB: the worker
does, the web process does not.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from bot.config import Settings
from bot.messages.dialling import LONGEST

TIMEOUT = 10.0  # seconds; the lease of a row is three times as long
THREADS = 8
RINGS = 30  # seconds, where the carrier lets us say
GRACE = 60  # seconds for the goodbye, before the carrier cuts off a call that has lasted too long
TWILIO = "https://api.twilio.com"
MOST_BYTES = 5_000_000  # of a recording
FETCH_LASTS = 30.0  # seconds
MOST_REDIRECTS = 3
# What the client raises over an answer that is no JSON, or not the carrier's.
NO_ANSWER = (ValueError, TypeError, LookupError, AttributeError)


class Result(StrEnum):
    """What became of a message that was handed over."""

    TAKEN = "taken"
    REFUSED = "refused"  # for good
    LATER = "later"  # never processed, safe to repeat
    AMBIGUOUS = "ambiguous"  # it may have been taken


@dataclass(frozen=True, slots=True)
class Handed:
    """The carrier's word on a message: its sid when taken, its error code otherwise."""

    result: Result
    sid: str | None = None
    error: str = ""


class Found(StrEnum):
    """What became of asking for a recording."""

    HERE = "here"
    NOT_YET = "not yet"  # it may come
    TOO_LARGE = "too large"
    ELSEWHERE = "elsewhere"  # not at the carrier's: nobody is asked


@dataclass(frozen=True, slots=True)
class Fetched:
    """A recording as the carrier has it, or why not; `error` is the HTTP status or the fault's name."""

    found: Found
    data: bytes = b""
    error: str = ""


class _Session(TwilioHttpClient):  # type: ignore[misc]  # the library ships no types
    """Twilio's HTTP client with our base address, kept-alive connections and no proxies from the environment."""

    def __init__(self, api_url: str):
        super().__init__(timeout=TIMEOUT)
        self._base = urlsplit(api_url)
        self.session.trust_env = False
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, HTTPAdapter(pool_maxsize=THREADS))

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        """Send the request to our carrier's host, whatever region the client would choose."""
        path = urlsplit(url)
        ours = urlunsplit((self._base.scheme, self._base.netloc, self._base.path + path.path, path.query, ""))
        return super().request(method, ours, *args, **kwargs)


class Carrier:
    """Sends messages, places calls, fetches recordings. Safe to share between threads."""

    def __init__(self, settings: Settings):
        self._from = settings.sms_from
        self._public_url = settings.public_url
        session = _Session(settings.api_url)
        self._client = Client(settings.account_sid, settings.auth_token, http_client=session)
        self._voice_from = settings.voice_from
        limits = {"timeout": RINGS, "time_limit": int(LONGEST.total_seconds()) + GRACE}
        self._limits = limits if settings.carrier == "twilio" else {}
        self._auth = (settings.account_sid, settings.auth_token)
        self._http = session.session
        # Where recordings may be asked for: nobody else ever sees the account's credentials.
        bases = [settings.api_url, *([TWILIO] if settings.carrier == "twilio" else [])]
        self._bases = [urlsplit(base) for base in bases]

    def send(self, to: str, text: str, outbox_id: int) -> Handed:
        """Hand one SMS over. Never raises for what the carrier or the network does."""
        return _handed(
            lambda: self._client.messages.create(
                to=to,
                from_=self._from,
                body=text,
                status_callback=f"{self._public_url}/sms/status/{outbox_id}",
            )
        )

    def call(self, to: str, url: str, status_callback: str) -> Handed:
        """Have somebody rung; who answers hears the documents from `url` on. Never raises, like `send`."""
        return _handed(
            lambda: self._client.calls.create(
                to=to,
                from_=self._voice_from,
                url=url,
                method="POST",
                status_callback=status_callback,
                status_callback_method="POST",
                **self._limits,
            )
        )

    def fetch(self, url: str) -> Fetched:
        """Get a recording. Never raises for what the carrier or the network does."""
        ours = self._recording(url)
        if ours is None:
            return Fetched(Found.ELSEWHERE, error="elsewhere")
        try:
            return self._follow(ours, time.monotonic() + FETCH_LASTS)
        except (RequestException, ValueError) as error:  # a redirect may lead to what is no address
            return Fetched(Found.NOT_YET, error=type(error).__name__[:16])

    def delete(self, url: str) -> str:
        """Have the carrier delete its copy of a recording. Returns why not; empty when there is none any more."""
        ours = self._recording(url)
        if ours is None:
            return ""
        path = ours.partition("?")[0].removesuffix(".wav").removesuffix(".mp3")
        try:
            with self._http.delete(
                f"{path}.json", auth=self._auth, timeout=TIMEOUT, allow_redirects=False, stream=True
            ) as answer:
                # One carrier deletes nothing and knows no such request; it answers as for a recording that is gone.
                return "" if answer.ok or answer.status_code in (404, 405, 410, 501) else str(answer.status_code)
        except RequestException as error:
            return type(error).__name__[:16]

    def _at_the_carrier(self, url: str) -> str | None:
        """An address on a host that is the carrier's, put together by us; None for any other."""
        parts = urlsplit(url)
        for base in self._bases:
            if (parts.hostname, _port(parts)) == (base.hostname, _port(base)):
                return urlunsplit((base.scheme, base.netloc, parts.path, parts.query, ""))
        return None

    def _recording(self, url: str) -> str | None:
        try:
            return self._at_the_carrier(url) if "/Recordings/" in urlsplit(url).path else None
        except ValueError:
            return None

    def _follow(self, url: str, until: float) -> Fetched:
        """Ask for a recording, and where it is kept when the carrier says so; there without credentials."""
        for _ in range(MOST_REDIRECTS + 1):
            ours = self._at_the_carrier(url)
            session = self._http if ours else _bare_session()
            with session.get(
                ours or url,
                auth=self._auth if ours else None,
                timeout=TIMEOUT,
                stream=True,
                allow_redirects=False,
                headers={"Accept": "audio/*"},
            ) as answer:
                if answer.is_redirect:
                    url = urljoin(ours or url, answer.headers["Location"])
                    if urlsplit(url).scheme not in ("https", self._bases[0].scheme):
                        return Fetched(Found.NOT_YET, error="redirect")
                    continue
                if answer.status_code != 200:
                    return Fetched(Found.NOT_YET, error=str(answer.status_code))
                return _read(answer, until)
        return Fetched(Found.NOT_YET, error="redirects")


def _handed(create: Callable[[], Any]) -> Handed:
    try:
        made = create()
    except TwilioRestException as error:
        return _failed(error.status, str(error.code or error.status))
    except (RequestException, TwilioException, *NO_ANSWER) as error:
        # A connection that was never made sent nothing; anything later is ambiguous.
        refused = "NewConnectionError" in str(error) or "ConnectTimeout" in type(error).__name__
        return Handed(Result.LATER if refused else Result.AMBIGUOUS, error=type(error).__name__[:16])
    return Handed(Result.TAKEN, sid=made.sid)


def _failed(status: int, code: str) -> Handed:
    if status == 429 or code in ("20429", "21611"):
        return Handed(Result.LATER, error=code)
    if status >= 500:
        return Handed(Result.AMBIGUOUS, error=code)
    return Handed(Result.REFUSED, error=code)


def _port(parts: SplitResult) -> int | None:
    """The port of an address; None for the usual one of its scheme."""
    return None if parts.port == {"http": 80, "https": 443}.get(parts.scheme) else parts.port


def _bare_session() -> requests.Session:
    """A session that knows no password: neither ours nor one of a file or the environment."""
    session = requests.Session()
    session.trust_env = False
    return session


def _read(answer: requests.Response, until: float) -> Fetched:
    """The body, as far as it is not too large and does not take too long."""
    data = bytearray()
    for piece in answer.iter_content(65_536):
        data += piece
        if len(data) > MOST_BYTES:
            return Fetched(Found.TOO_LARGE, error="too large")
        if time.monotonic() > until:
            return Fetched(Found.NOT_YET, error="slow")
    return Fetched(Found.HERE, bytes(data))
