"""What the simulator must be told, read once from the environment and checked.

Owns the rule that only this machine is ever contacted. Opens nothing and serves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

API_URL = "http://127.0.0.1:8001"
PUBLIC_URL = "http://127.0.0.1:8000"
DATA = "var/simulator.sqlite"


class SettingsError(ValueError):
    """Settings that cannot work; each argument is one line for the person at the shell."""


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """Addresses have no slash at the end; pauses and time-outs are in seconds."""

    account_sid: str
    auth_token: str
    sms_from: str
    api_url: str = API_URL
    public_url: str = PUBLIC_URL
    data: Path = Path(DATA)
    answer_within: float = 15.0  # what carriers allow a webhook
    status_pause: float = 0.5  # between queued, sent and delivered
    voice_from: str = ""  # the number that is rung; sms_from when empty
    ring_seconds: int = 60  # how long a phone rings when the order says nothing
    recording_pause: float = 1.5  # a recording answers 404 for so long

    @property
    def host(self) -> str:
        return urlsplit(self.api_url).hostname or "127.0.0.1"

    @property
    def port(self) -> int:
        return urlsplit(self.api_url).port or 80

    @property
    def webhook_url(self) -> str:
        """Where the line hears texts; signed exactly as written here."""
        return f"{self.public_url}/sms"

    @property
    def voice_url(self) -> str:
        """Where the line hears that somebody rings."""
        return f"{self.public_url}/voice"

    @property
    def line_number(self) -> str:
        """The number of the line for calls."""
        return self.voice_from or self.sms_from


def is_loopback(url: str) -> bool:
    """Whether a web address leads to this machine and nowhere else."""
    try:
        address = urlsplit(url)
        host, _ = address.hostname or "", address.port
        if address.scheme not in ("http", "https"):
            return False
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:  # no address at all, or a name that only a resolver could judge
        return False


def read_settings(environment: Mapping[str, str]) -> SimulatorSettings:
    """Settings from environment variables; raises SettingsError with a line for each fault."""
    faults = [
        f"{name} is not set: the simulator and the line must share it."
        for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "SMS_FROM")
        if not environment.get(name)
    ]
    api_url = (environment.get("TWILIO_API_URL") or API_URL).rstrip("/")
    public_url = (environment.get("PUBLIC_URL") or PUBLIC_URL).rstrip("/")
    for name, url in (("TWILIO_API_URL", api_url), ("PUBLIC_URL", public_url)):
        if not is_loopback(url):
            faults.append(f"{name} is {url}: the simulator only speaks with this machine (127.0.0.1, localhost).")
    if is_loopback(api_url) and (urlsplit(api_url).scheme != "http" or urlsplit(api_url).path):
        faults.append(f"TWILIO_API_URL is {api_url}: it must look like {API_URL}.")
    if faults:
        raise SettingsError(*faults)
    return SimulatorSettings(
        account_sid=environment["TWILIO_ACCOUNT_SID"],
        auth_token=environment["TWILIO_AUTH_TOKEN"],
        sms_from=environment["SMS_FROM"],
        api_url=api_url,
        public_url=public_url,
        voice_from=environment.get("VOICE_FROM") or "",
        data=Path(environment.get("SIMULATOR_DATA") or DATA),
    )
