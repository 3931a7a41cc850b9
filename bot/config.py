"""The settings: one typed, validated object, read once from the environment.

Every value that can be wrong is checked here, and every fault is named in one line; nothing else reads the
environment. With CARRIER=simulator (the default, for one machine) what is missing is taken from var/.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.environment.carriers import refusals
from bot.environment.reader import EXAMPLE, EnvironmentReader
from bot.environment.strength import is_guessable

ROOT = Path(__file__).resolve().parent.parent
# The carriers and where their REST interface lives; the simulator's is beside the web process.
CARRIERS = {"simulator": "", "twilio": "https://api.twilio.com", "somleng": "https://api.somleng.org"}
SIMULATED_VOICE = "Simulator.km-KH"  # of the simulator: it says in writing what nobody has recorded yet
KEPT = "settings"  # beside the data of `make run`, while it is up


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
    read = EnvironmentReader({**(kept_settings(var) if running and _is_local(environ) else {}), **environ})
    carrier = read.given.get("CARRIER", "simulator")
    if carrier not in CARRIERS:
        read.problems.append(f"CARRIER is {carrier!r}: use one of {', '.join(CARRIERS)}")
    read.local = carrier == "simulator"
    read.allowed()
    settings = _read_settings(read, carrier, var)
    read.problems += refusals(carrier, settings.sms_from, settings.public_url, settings.say_voice)
    if read.problems:
        raise ConfigError(read.problems)
    return settings


def _read_settings(read: EnvironmentReader, carrier: str, var: Path) -> Settings:
    """Every setting; what is wrong with one is noted, and the next is read."""
    secret, data_key = _keys(read, var)
    port = read.whole("PORT", 8000, most=65_534)  # the simulator's port is the next one
    beside = f"http://127.0.0.1:{port + 1}"
    speech = read.switch("SPEECH")
    quiet = read.quiet_hours("20:00-07:00")
    return Settings(
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
        quiet_hours=QuietHours(*quiet) if quiet else None,
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
        speech=speech and carrier != "somleng",
        audio_dir=Path(read.given.get("AUDIO_DIR") or ROOT / "locales"),
        spool_dir=Path(read.given.get("SPOOL_DIR") or var / "spool"),
        timezone=read.zone("Asia/Phnom_Penh"),
        metrics_token=read.given.get("METRICS_TOKEN", ""),
        allow_insecure=read.allow,
        warnings=_warnings(read, carrier, speech=speech),
        given=read.given.used(),
    )


def _keys(read: EnvironmentReader, var: Path) -> tuple[str, str]:
    """SECRET_KEY and DATA_KEY, which may be empty."""
    secret = read.needed("SECRET_KEY", "a long random text, and keep it", _kept_secret(var) if read.local else "")
    data_key = read.given.get("DATA_KEY", "")
    for name, key in (("SECRET_KEY", secret), ("DATA_KEY", data_key)):
        if key and not read.local and is_guessable(key):
            read.problems.append(
                f"{name} can be guessed: use 32 random characters or more, e.g. of openssl rand -hex 32"
            )
    return secret, data_key


def _warnings(read: EnvironmentReader, carrier: str, *, speech: bool) -> tuple[str, ...]:
    """What runs, and not as an operator may think; a line each."""
    warnings = []
    if not read.given.get("DATA_KEY") and not read.local:
        warnings.append("DATA_KEY is not set: personal data is encrypted with a key made from SECRET_KEY")
    if speech and carrier == "somleng":
        warnings.append("SPEECH is on, but Somleng hears keys only: spoken words are not asked for")
    return tuple(warnings)


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
