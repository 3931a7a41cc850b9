"""The settings: one typed, validated object, read once from the environment.

Every value that can be wrong is checked here, and every fault is named in one line; nothing else reads the
environment. With CARRIER=simulator (the default, for one machine) what is missing is taken from var/.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.carrier_rules import refusals
from bot.strength import is_guessable, is_here, parts_of

ROOT = Path(__file__).resolve().parent.parent
# The carriers and where their REST interface lives; the simulator's is beside the web process.
CARRIERS = {"simulator": "", "twilio": "https://api.twilio.com", "somleng": "https://api.somleng.org"}
# A number with its country, a short code, or a name of at most eleven letters and digits.
SENDER = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,8}|(?=[0-9 ]*[A-Za-z])[A-Za-z0-9 ]{1,11}")
SIMULATED_VOICE = "Simulator.km-KH"  # of the simulator: it says in writing what nobody has recorded yet
MAIL = re.compile(r"[^@\s,<>]+@[^@\s,<>]+")
KEPT = "settings"  # beside the data of `make run`, while it is up
INSECURE = ("redis", "http")
EXAMPLE = "a web address such as https://phsar.example.org"


class ConfigError(Exception):
    """The settings are unusable. `problems`: a line a fault, with setting and remedy."""

    def __init__(self, problems: list[str]):
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When nobody is written to unasked: from a time of day to another, usually over midnight."""

    begin: time
    end: time

    def end_after(self, local: datetime) -> datetime | None:
        """When the quiet hours end that this local moment lies in; None when it lies in none."""
        now, over_midnight = local.time(), self.begin > self.end
        inside = now >= self.begin or now < self.end if over_midnight else self.begin <= now < self.end
        if not inside:
            return None
        day = local.date() + timedelta(days=1 if over_midnight and now >= self.begin else 0)
        return datetime.combine(day, self.end, local.tzinfo)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the processes are told. URLs have no trailing slash; `sms_per_second` counts messages.

    `sms_part_cost` is what a part of an SMS costs, in the currency of the carrier's bill; `call_spend_day` is begun
    minutes of calls we place in a day, `call_back_day` those of rings we return, of which `call_back_hour`
    are taken in an hour, `unasked_sms_day` the messages that people may cause to others in a day,
    `say_voice` the carrier's Khmer voice or empty; `audio_dir` holds a folder of
    clips for each spoken language, `spool_dir` what came while neither the database nor Redis was there,
    `quiet_hours` are local. `alert_to` are the numbers and e-mail addresses of those who are told of trouble;
    `smtp_url` is the mail server, or empty; mail comes from `mail_from` (empty: phsar at the host of `public_url`).
    """

    database_url: str
    redis_url: str
    public_url: str
    secret_key: str
    data_key: str
    carrier: str
    account_sid: str
    auth_token: str
    api_url: str
    sms_from: str
    sms_per_second: int
    sms_part_cost: Decimal | None
    quiet_hours: QuietHours | None
    alert_to: tuple[str, ...]
    smtp_url: str
    voice_from: str
    call_back: bool
    call_spend_day: int
    unasked_sms_day: int
    call_back_day: int
    call_back_hour: int
    calls_per_second: int
    say_voice: str
    speech: bool
    audio_dir: Path
    spool_dir: Path
    timezone: ZoneInfo
    mail_from: str = ""
    mail_reply_to: str = ""
    mail_unsubscribe: str = ""
    metrics_token: str = ""
    allow_insecure: frozenset[str] = frozenset()
    warnings: tuple[str, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)  # what the environment said, by name

    def allows(self, what: str) -> bool:
        """Whether something goes unprotected at the operator's own word: redis, http."""
        return what in self.allow_insecure or self.carrier == "simulator"


def load_settings(environ: Mapping[str, str], var: Path = ROOT / "var", *, running: bool = True) -> Settings:
    """Read the settings. Raises ConfigError with a line for each missing or senseless value.

    `running`: where `make run` is up on this machine, take what it was given and the environment does not say.
    """
    read = _Reader({**(kept_settings(var) if running and _is_local(environ) else {}), **environ})
    carrier = read.given.get("CARRIER", "simulator")
    if carrier not in CARRIERS:
        read.problems.append(f"CARRIER is {carrier!r}: use one of {', '.join(CARRIERS)}")
    local = read.local = carrier == "simulator"
    read.allowed()
    secret = read.needed("SECRET_KEY", "a long random text, and keep it", _kept_secret(var) if local else "")
    data_key = read.given.get("DATA_KEY", "")
    for name, key in (("SECRET_KEY", secret), ("DATA_KEY", data_key)):
        if key and not local and is_guessable(key):
            read.problems.append(
                f"{name} can be guessed: use 32 random characters or more, e.g. of openssl rand -hex 32"
            )
    warnings = []
    if not data_key and not local:
        warnings.append("DATA_KEY is not set: personal data is encrypted with a key made from SECRET_KEY")
    speech = read.switch("SPEECH")
    if speech and carrier == "somleng":
        warnings.append("SPEECH is on, but Somleng hears keys only: spoken words are not asked for")
        speech = False
    port = read.whole("PORT", 8000, most=65_534)  # the simulator's port is the next one
    beside = f"http://127.0.0.1:{port + 1}"
    settings = Settings(
        database_url=read.database(f"sqlite:///{var / 'phsar.sqlite'}"),
        redis_url=read.redis(f"unix://{var / 'redis' / 'valkey.sock'}"),
        public_url=read.public(read.needed("PUBLIC_URL", EXAMPLE, f"http://127.0.0.1:{port}")),
        secret_key=secret,
        data_key=data_key or "data:" + secret,
        carrier=carrier,
        account_sid=read.needed("TWILIO_ACCOUNT_SID", "the account's sid at the carrier", "AC" + "0" * 32),
        auth_token=read.needed("TWILIO_AUTH_TOKEN", "the account's token", "local-" + secret[:24]),
        api_url=read.web_address("TWILIO_API_URL", read.given.get("TWILIO_API_URL") or CARRIERS.get(carrier) or beside),
        sms_from=(sms_from := read.sender("+85510000000")),
        sms_per_second=read.whole("SMS_PER_SECOND", 30, most=10_000),
        sms_part_cost=read.amount("SMS_PART_COST"),
        quiet_hours=read.quiet_hours("20:00-07:00"),
        alert_to=read.told(),
        smtp_url=read.mail_server(),
        mail_from=read.mail_address("MAIL_FROM"),
        mail_reply_to=read.mail_address("MAIL_REPLY_TO"),
        mail_unsubscribe=read.unsubscribe(),
        voice_from=read.caller(sms_from),
        call_back=read.switch("CALL_BACK"),
        call_spend_day=read.whole("CALL_SPEND_DAY", 600, most=100_000),
        call_back_day=read.whole("CALL_BACK_DAY", 300, most=100_000),
        call_back_hour=read.whole("CALL_BACK_HOUR", 120, most=100_000),
        unasked_sms_day=read.whole("UNASKED_SMS_DAY", 10_000, most=1_000_000),
        calls_per_second=read.whole("CALLS_PER_SECOND", 1, most=100),
        say_voice=read.given.get("SAY_VOICE"),
        speech=speech,
        audio_dir=Path(read.given.get("AUDIO_DIR") or ROOT / "locales"),
        spool_dir=Path(read.given.get("SPOOL_DIR") or var / "spool"),
        timezone=read.zone("Asia/Phnom_Penh"),
        metrics_token=read.given.get("METRICS_TOKEN", ""),
        allow_insecure=read.allow,
        warnings=tuple(warnings),
        given=read.given.used(),
    )
    read.problems += refusals(carrier, sms_from, settings.public_url, settings.say_voice)
    if read.problems:
        raise ConfigError(read.problems)
    return settings


def kept_settings(var: Path) -> dict[str, str]:
    """What `make run` keeps of its settings while it is up, a NAME=value a line; nothing where it is not."""
    try:
        lines = (var / KEPT).read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return {name: value for name, _, value in (line.partition("=") for line in lines) if name.isupper()}


def keep_settings(var: Path, given: Mapping[str, str]) -> None:
    """Keep settings for the other terminals, readable by their owner only."""
    with os.fdopen(os.open(var / KEPT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in given.items() if "\n" not in value)


def _is_local(environ: Mapping[str, str]) -> bool:
    return (environ.get("CARRIER", "").strip() or "simulator") == "simulator"


class _Given:
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


class _Reader:
    """Takes values from the environment, notes what is wrong with them and goes on."""

    def __init__(self, environ: Mapping[str, str]):
        self.given = _Given(environ)
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

    def quiet_hours(self, default: str) -> QuietHours | None:
        text = self.given.get("QUIET_HOURS", default)
        if text == "off":
            return None
        found = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])", text)
        hours = [int(part) for part in found.groups()] if found else [0, 0, 0, 0]
        begin, end = time(hours[0], hours[1]), time(hours[2], hours[3])
        if begin == end:
            self.problems.append(f"QUIET_HOURS is {text[:20]!r}: use two times such as {default}, or off")
        return QuietHours(begin, end)

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
        if url and (parts is None or parts.scheme not in ("smtp", "smtps") or not parts.hostname):
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


def _kept_secret(var: Path) -> str:
    """The secret of a local run, made once and readable by its owner only; empty where none can be kept."""
    path = var / "secret"
    try:
        var.mkdir(parents=True, exist_ok=True)
        with (
            contextlib.suppress(FileExistsError),
            os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file,
        ):
            file.write(secrets.token_urlsafe(48))
        return path.read_text().strip()
    except OSError:
        return ""
