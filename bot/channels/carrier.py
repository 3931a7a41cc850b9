"""The carrier's REST interface through Twilio's own client: Twilio, Somleng and the simulator alike.

Owns the HTTP session and what the carrier's errors mean. Imports twilio.rest, which costs 28 MB: the worker
does, the web process does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from requests.adapters import HTTPAdapter
from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from bot.config import Settings

TIMEOUT = 10.0  # seconds; the lease of a row is three times as long
THREADS = 8
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
    """Sends messages. Safe to share between threads."""

    def __init__(self, settings: Settings):
        self._from = settings.sms_from
        self._public_url = settings.public_url
        session = _Session(settings.api_url)
        self._client = Client(settings.account_sid, settings.auth_token, http_client=session)

    def send(self, to: str, text: str, outbox_id: int) -> Handed:
        """Hand one SMS over. Never raises for what the carrier or the network does."""
        try:
            message = self._client.messages.create(
                to=to,
                from_=self._from,
                body=text,
                status_callback=f"{self._public_url}/sms/status/{outbox_id}",
            )
        except TwilioRestException as error:
            return _failed(error.status, str(error.code or error.status))
        except (RequestException, TwilioException, *NO_ANSWER) as error:
            # A connection that was never made sent nothing; anything later is ambiguous.
            refused = "NewConnectionError" in str(error) or "ConnectTimeout" in type(error).__name__
            return Handed(Result.LATER if refused else Result.AMBIGUOUS, error=type(error).__name__[:16])
        return Handed(Result.TAKEN, sid=message.sid)


def _failed(status: int, code: str) -> Handed:
    if status == 429 or code in ("20429", "21611"):
        return Handed(Result.LATER, error=code)
    if status >= 500:
        return Handed(Result.AMBIGUOUS, error=code)
    return Handed(Result.REFUSED, error=code)
