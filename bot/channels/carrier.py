"""The carrier's REST interface through Twilio's own client: Twilio, Somleng and the simulator alike.

Owns the HTTP session and what the carrier's errors mean. Imports twilio.rest, which costs 28 MB: the worker
does, the web process does not.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
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

from bot.channels.sent_list import Listed, SentList, SentPage
from bot.config import Settings
from bot.messages.calls.minutes import LONGEST
from bot.messages.carrier_errors import LATER

TIMEOUT = 10.0  # seconds to connect, and again to be answered; the lease of a row is longer than both
THREADS = 64  # that may share the connections
PAGE = 500  # messages of the carrier's list, where it gives as many as are asked for
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
class SendResult:
    """The carrier's word on a message: its sid when taken, its error code otherwise."""

    result: Result
    sid: str | None = None
    error: str = ""
    retry_after: float = 0.0  # seconds


class FetchState(StrEnum):
    """What became of asking for a recording."""

    HERE = "here"
    NOT_YET = "not yet"  # it may come
    TOO_LARGE = "too large"
    ELSEWHERE = "elsewhere"  # not at the carrier's: nobody is asked


@dataclass(frozen=True, slots=True)
class Fetched:
    """A recording as the carrier has it, or why not; `error` is the HTTP status or the fault's name."""

    found: FetchState
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
        self._of_this_thread = threading.local()

    def retry_after(self) -> float:
        """Seconds for which this thread's last answer asked to be left alone."""
        text = getattr(self._of_this_thread, "retry_after", "")
        return float(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0.0

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        """Send the request to our carrier's host, whatever region the client would choose."""
        path = urlsplit(url)
        ours = urlunsplit((self._base.scheme, self._base.netloc, self._base.path + path.path, path.query, ""))
        self._of_this_thread.retry_after = ""
        answer: Response = super().request(method, ours, *args, **kwargs)
        if answer.status_code in (429, 503):
            self._of_this_thread.retry_after = (answer.headers or {}).get("Retry-After", "")
        return answer


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
        self._session = session
        self._http = session.session
        self._sent = SentList(self._first_page)
        # Where recordings may be asked for: nobody else ever sees the account's credentials.
        bases = [settings.api_url, *([TWILIO] if settings.carrier == "twilio" else [])]
        self._bases = [urlsplit(base) for base in bases]

    def send(self, to: str, text: str, outbox_id: int, attempt: int) -> SendResult:
        """Hand one SMS over. Never raises for what the carrier or the network does."""
        return self._handed(
            lambda: self._client.messages.create(
                to=to,
                from_=self._from,
                body=text,
                status_callback=f"{self._public_url}/sms/status/{outbox_id}?attempt={attempt}",
            )
        )

    def sent_since(self, since: datetime) -> list[Listed] | None:
        """Every message we sent since a time, oldest first; None when the list cannot be read to its end (yet).

        One carrier takes filters and ignores them, and has 100 a page: it is paged through, newest first, and gone on
        with at the next asking where the time did not suffice.
        """
        try:
            return self._sent.since(since)
        except (RequestException, TwilioException, *NO_ANSWER):
            return None

    def _first_page(self) -> SentPage:
        return self._page(self._client.messages.page(page_size=PAGE))

    def _page(self, page: Any) -> SentPage:
        messages = list(page)
        ours = [_listed(message) for message in messages if _bare(message.from_) == _bare(self._from)]
        has_more = bool(messages) and page.next_page_url
        turn = (lambda: self._page(page.next_page())) if has_more else None
        return SentPage(ours, [message.date_created for message in messages], turn)

    def message(self, sid: str) -> Listed | None:
        """One message; None when the carrier does not say. Never raises, like `send`."""
        try:
            return _listed(self._client.messages(sid).fetch())
        except (RequestException, TwilioException, *NO_ANSWER):
            return None

    def call(self, to: str, url: str, status_callback: str) -> SendResult:
        """Have somebody rung; who answers hears the documents from `url` on. Never raises, like `send`."""
        return self._handed(
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
            return Fetched(FetchState.ELSEWHERE, error="elsewhere")
        try:
            return self._follow(ours, time.monotonic() + FETCH_LASTS)
        except (RequestException, ValueError) as error:  # a redirect may lead to what is no address
            return Fetched(FetchState.NOT_YET, error=type(error).__name__[:16])

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

    def _handed(self, create: Callable[[], Any]) -> SendResult:
        try:
            made = create()
        except TwilioRestException as error:
            return _failed(error.status, str(error.code or error.status)[:16], self._session.retry_after())
        except (RequestException, TwilioException, *NO_ANSWER) as error:
            # A connection that was never made sent nothing; anything later is ambiguous.
            refused = "NewConnectionError" in str(error) or "ConnectTimeout" in type(error).__name__
            return SendResult(Result.LATER if refused else Result.AMBIGUOUS, error=type(error).__name__[:16])
        return SendResult(Result.TAKEN, sid=made.sid)

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
                        return Fetched(FetchState.NOT_YET, error="redirect")
                    continue
                if answer.status_code != 200:
                    return Fetched(FetchState.NOT_YET, error=str(answer.status_code))
                return _read(answer, until)
        return Fetched(FetchState.NOT_YET, error="redirects")


def _bare(number: object) -> str:
    """A number as both carriers can be compared by: one lists some without their plus."""
    return str(number or "").strip().removeprefix("+")


def _listed(message: Any) -> Listed:
    error = "" if message.error_code is None else str(message.error_code)[:16]
    words = (str(message.sid), str(message.to or ""), str(message.body or ""), str(message.status or ""))
    return Listed(*words, error, message.date_created)


def _failed(status: int, code: str, retry_after: float) -> SendResult:
    # Neither of these was processed, whoever it was for.
    if status in (401, 402, 429) or code in LATER:
        return SendResult(Result.LATER, error=code, retry_after=retry_after)
    if status >= 500:
        return SendResult(Result.AMBIGUOUS, error=code)
    return SendResult(Result.REFUSED, error=code)


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
            return Fetched(FetchState.TOO_LARGE, error="too large")
        if time.monotonic() > until:
            return Fetched(FetchState.NOT_YET, error="slow")
    return Fetched(FetchState.HERE, bytes(data))
