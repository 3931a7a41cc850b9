"""The environment, read one value at a time: what a value must look like, and a line with the remedy for each fault.

Knows nothing of what the values are for: see bot.config.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.environment.strength import is_here, parts_of

# A number with its country, a short code, or a name of at most eleven letters and digits.
SENDER = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,8}|(?=[0-9 ]*[A-Za-z])[A-Za-z0-9 ]{1,11}")
MAIL = re.compile(r"[^@\s,<>]+@[^@\s,<>]+")
INSECURE = ("redis", "http")
EXAMPLE = "a web address such as https://phsar.example.org"


class Given:
    """The values of the environment; remembers which names were asked for."""

    def __init__(self, environ: Mapping[str, str]):
        self._values = {name: value.strip() for name, value in environ.items() if value.strip()}
        self._asked: set[str] = set()

    def get(self, name: str, default: str = "") -> str:
        """A value, or what stands in for a missing one."""
        self._asked.add(name)
        return self._values.get(name, default)

    def used(self) -> dict[str, str]:
        """What was asked for and given."""
        return {name: self._values[name] for name in sorted(self._asked & self._values.keys())}


class EnvironmentReader:
    """Takes values from the environment, notes what is wrong with them and goes on."""

    def __init__(self, environ: Mapping[str, str]):
        self.given = Given(environ)
        self.problems: list[str] = []
        self.local = False
        self.allow: frozenset[str] = frozenset()

    def needed(self, name: str, meaning: str, on_one_machine: str) -> str:
        value = self.given.get(name) or (on_one_machine if self.local else "")
        if not value:
            self.problems.append(f"{name} is missing: set it to {meaning}")
        return value

    def allowed(self) -> None:
        """What may go unprotected, by name."""
        self.allow = frozenset(self.given.get("ALLOW_INSECURE", "").replace(" ", "").split(",")) - {""}
        if unknown := self.allow - set(INSECURE):
            self.problems.append(f"ALLOW_INSECURE has {min(unknown)[:20]!r}: use some of {', '.join(INSECURE)}")

    def protected(self, what: str, problem: str) -> None:
        """Note that something goes unprotected, unless that is allowed."""
        if not self.local and what not in self.allow:
            self.problems.append(f"{problem}, or allow it by ALLOW_INSECURE={what}")

    def public(self, value: str) -> str:
        address = self.web_address("PUBLIC_URL", value)
        parts = parts_of(address)
        if parts is not None and parts.scheme == "http" and not is_here(parts.hostname or ""):
            self.protected(
                "http", "PUBLIC_URL is http: anybody on the way reads and changes what is said; use https://"
            )
        return address

    def web_address(self, name: str, value: str) -> str:
        if not value:
            return ""
        parts = parts_of(value)
        fine = parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in value
        if parts is None or not fine or parts.query or parts.fragment:
            self.problems.append(f"{name} is not usable: set it to {EXAMPLE}")
        return value.rstrip("/")

    def sender(self, on_one_machine: str) -> str:
        value = self.needed("SMS_FROM", "the number or short code messages come from", on_one_machine)
        if value and not SENDER.fullmatch(value):
            self.problems.append(
                "SMS_FROM is no sender: use a number such as +85510000000, a short code such as 1234, or a name of "
                "at most 11 letters and digits"
            )
        return value

    def caller(self, sms_from: str) -> str:
        """The number calls come from; that of the messages when it can ring."""
        value = self.given.get("VOICE_FROM") or (sms_from if re.fullmatch(r"\+?[0-9]+", sms_from) else "")
        if value and not re.fullmatch(r"\+[1-9][0-9]{6,14}|[0-9]{3,8}", value):
            self.problems.append("VOICE_FROM is no number: use one such as +85510000000 or a short code such as 1234")
        elif not value and self.given.get("CALL_BACK") == "on":
            self.problems.append("VOICE_FROM is missing: calling back needs a number to call from")
        return value

    def switch(self, name: str) -> bool:
        text = self.given.get(name, "off")
        if text not in ("on", "off"):
            self.problems.append(f"{name} is {text[:20]!r}: use on or off")
        return text == "on"

    def quiet_hours(self, default: str) -> tuple[time, time] | None:
        """Two local times of day; None: there are no quiet hours."""
        text = self.given.get("QUIET_HOURS", default)
        if text == "off":
            return None
        found = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])", text)
        hours = [int(part) for part in found.groups()] if found else [0, 0, 0, 0]
        begin, end = time(hours[0], hours[1]), time(hours[2], hours[3])
        if begin == end:
            self.problems.append(f"QUIET_HOURS is {text[:20]!r}: use two times such as {default}, or off")
        return begin, end

    def told(self) -> tuple[str, ...]:
        """Who is told of trouble."""
        found = tuple(part.strip() for part in self.given.get("ALERT_TO", "").split(",") if part.strip())
        wrong = [part for part in found if not (MAIL.fullmatch(part) or re.fullmatch(r"\+?[0-9]{3,15}", part))]
        if wrong:
            self.problems.append("ALERT_TO is not usable: use numbers and e-mail addresses with commas between them")
        elif any("@" in part for part in found) and not self.given.get("SMTP_URL"):
            self.problems.append("SMTP_URL is missing: ALERT_TO has an e-mail address")
        return found

    def mail_server(self) -> str:
        url = self.given.get("SMTP_URL", "")
        parts = parts_of(url)
        if url and (parts is None or parts.scheme not in ("smtp", "smtps", "smtp+plain") or not parts.hostname):
            self.problems.append("SMTP_URL is not usable: use smtp://user:password@host:587 or smtps://…")
        return url

    def mail_address(self, name: str) -> str:
        """An address mail comes from or goes back to: plain, or a name with it in <>."""
        value = self.given.get(name)
        if value and not (MAIL.fullmatch(parseaddr(value)[1]) and value.isprintable()):
            self.problems.append(f"{name} is no e-mail address: use one such as phsar@example.org")
        return value

    def unsubscribe(self) -> str:
        """Where who wants no more mail turns to; by mail to whoever is answered where nothing else is said."""
        value = self.given.get("MAIL_UNSUBSCRIBE")
        if value and not re.fullmatch(r"(mailto:[^@\s<>]+@|https://)[^\s<>]+", value):
            self.problems.append("MAIL_UNSUBSCRIBE is no way out: use mailto:office@example.org or https://…")
        answered = parseaddr(self.given.get("MAIL_REPLY_TO") or self.given.get("MAIL_FROM"))[1]
        return value or (f"mailto:{answered}?subject=STOP" if answered else "")

    def database(self, default: str) -> str:
        url = self.given.get("DATABASE_URL", default)
        scheme, _, rest = url.partition("://")
        if scheme.split("+")[0] in ("postgres", "postgresql") and rest and parts_of(url):
            return f"postgresql+psycopg://{rest}"
        if scheme == "sqlite" and len(rest) > 1 and rest.startswith("/"):
            return url
        self.problems.append("DATABASE_URL is not usable: use postgresql://user:password@host/name or sqlite:///file")
        return url

    def redis(self, default: str) -> str:
        url = self.needed("REDIS_URL", "redis://host:6379/0", default)
        parts = parts_of(url)
        scheme, path = (parts.scheme, parts.path.strip("/")) if parts else ("", "")
        if url and not (
            (scheme == "unix" and path) or (scheme in ("redis", "rediss") and (not path or path.isdigit()))
        ):
            self.problems.append("REDIS_URL is not usable: use redis://host:6379/0, rediss://… or unix:///path")
        far = parts is not None and scheme != "unix" and not is_here(parts.hostname or "localhost")
        usable = scheme in ("redis", "rediss") and (not path or path.isdigit())
        if far and usable and parts is not None and (scheme == "redis" or not parts.password):
            self.protected("redis", "REDIS_URL leads to another machine: use rediss:// with a password")
        trusted = self.given.get("REDIS_CERTIFICATE")
        if not trusted or scheme != "rediss":
            return url
        if trusted != "any" and not Path(trusted).is_file():
            self.problems.append("REDIS_CERTIFICATE is no file: use the file of its authority, or any")
        asked = "ssl_cert_reqs=none" if trusted == "any" else f"ssl_ca_certs={quote(trusted)}"
        return f"{url}{'&' if parts and parts.query else '?'}{asked}"

    def whole(self, name: str, default: int, most: int) -> int:
        text = self.given.get(name, str(default))
        if text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= most:
            return int(text)
        self.problems.append(f"{name} is {text[:20]!r}: use a whole number from 1 to {most}")
        return default

    def amount(self, name: str) -> Decimal | None:
        """An amount of money in whatever currency the carrier asks for; None when it is not given."""
        text = self.given.get(name, "")
        if not text:
            return None
        if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text):
            return Decimal(text)
        self.problems.append(f"{name} is {text[:20]!r}: use an amount such as 0.045")
        return None

    def zone(self, default: str) -> ZoneInfo:
        name = self.given.get("TIMEZONE", default)
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.problems.append(f"TIMEZONE is {name!r}: use a name such as {default}")
            return ZoneInfo("UTC")
