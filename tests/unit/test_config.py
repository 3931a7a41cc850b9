"""Settings: every missing or senseless value is one clear line with its remedy, and nothing starts."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import time
from pathlib import Path

import pytest

from bot.config import KEPT, ROOT, ConfigError, QuietHours, keep_settings, load_settings
from tests.conftest import ENVIRON

WHOLE = {**ENVIRON, "DATABASE_URL": "postgresql://u:p@db/phsar", "REDIS_URL": "rediss://:p@cache:6379/0"}


def problems(environ: dict[str, str], var: Path) -> list[str]:
    with pytest.raises(ConfigError) as wrong:
        load_settings(environ, var)
    return wrong.value.problems


@pytest.mark.parametrize(
    "name", ["SECRET_KEY", "PUBLIC_URL", "REDIS_URL", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "SMS_FROM"]
)
@pytest.mark.parametrize("value", [None, "", "   "])
def test_what_is_missing_is_named(name: str, value: str | None, tmp_path: Path) -> None:
    environ = {key: text for key, text in WHOLE.items() if key != name}
    if value is not None:
        environ[name] = value
    (line,) = problems(environ, tmp_path)
    assert line.startswith(f"{name} is missing: set it to ")
    assert "\n" not in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CARRIER", "nobody"),
        ("CARRIER", "Twilio"),
        ("SECRET_KEY", "short"),
        ("DATA_KEY", "1"),
        ("DATA_KEY", "1234567"),
        ("SMS_FROM", "not a number at all"),
        ("SMS_FROM", "012345678"),
        ("SMS_FROM", "+012345678"),
        ("SMS_FROM", "+855 10 000 000"),
        ("SMS_FROM", "12"),
        ("SMS_FROM", "ផ្សារ"),
        ("SMS_FROM", "a\nb"),
        ("PUBLIC_URL", "phsar.example.org"),
        ("PUBLIC_URL", "ftp://phsar.example.org"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://x:port"),
        ("PUBLIC_URL", "https://x:0"),
        ("PUBLIC_URL", "https://x?a=1"),
        ("PUBLIC_URL", "https://[::1"),
        ("PUBLIC_URL", "https://phsar example.org"),
        ("TWILIO_API_URL", "api.somleng.org"),
        ("DATABASE_URL", "mysql://u@h/d"),
        ("DATABASE_URL", "phsar.sqlite"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "postgresql://"),
        ("DATABASE_URL", "postgresql://u:p@db:port/phsar"),
        ("DATABASE_URL", "postgresql://u:p@db:99999/phsar"),
        ("DATABASE_URL", "postgresql://[::1/phsar"),
        ("REDIS_URL", "cache:6379"),
        ("REDIS_URL", "http://cache"),
        ("REDIS_URL", "redis://cache:port/0"),
        ("REDIS_URL", "redis://cache:6379/zero"),
        ("REDIS_URL", "unix://"),
        ("SMS_PER_SECOND", "0"),
        ("SMS_PER_SECOND", "-1"),
        ("SMS_PER_SECOND", "many"),
        ("SMS_PER_SECOND", "1.5"),
        ("SMS_PER_SECOND", "១០"),
        ("SMS_PER_SECOND", "9" * 5000),
        ("QUIET_HOURS", "on"),
        ("QUIET_HOURS", "20:00"),
        ("QUIET_HOURS", "8pm-7am"),
        ("QUIET_HOURS", "24:00-07:00"),
        ("QUIET_HOURS", "07:00-07:00"),
        ("ALERT_TO", "the office"),
        ("ALERT_TO", "+85512345678; office@example.org"),
        ("SMTP_URL", "mail.example.org"),
        ("SMTP_URL", "http://mail.example.org"),
        ("VOICE_FROM", "PHSAR"),
        ("CALL_BACK", "yes"),
        ("CALL_SPEND_DAY", "0"),
        ("CALLS_PER_SECOND", "0.5"),
        ("SAY_VOICE", "a voice"),
        ("SAY_VOICE", "Polly.Joanna"),
        ("SAY_VOICE", "Azure.km-KH Piseth"),
        ("SAY_VOICE", "Azure.km-KH-PisethNeural"),  # so it is named elsewhere: the carrier would read English
        ("SAY_VOICE", "Simulator.km-KH"),
        ("MAIL_FROM", "the office"),
        ("MAIL_REPLY_TO", "office@"),
        ("MAIL_UNSUBSCRIBE", "http://example.org"),
        ("SMS_FROM", "PHSAR"),
        ("PUBLIC_URL", "http://localhost:8000"),
        ("PUBLIC_URL", "https://127.0.0.1"),
        ("PUBLIC_URL", "http://[::1]:8000"),
        ("SPEECH", "1"),
        ("PORT", "http"),
        ("PORT", "70000"),
        ("PORT", "65535"),
        ("TIMEZONE", "Phnom Penh"),
        ("TIMEZONE", "Asia"),
        ("TIMEZONE", "../../etc/passwd"),
        ("TIMEZONE", "/etc/localtime"),
    ],
)
def test_what_is_senseless_is_named_with_its_remedy(name: str, value: str, tmp_path: Path) -> None:
    found = problems({**WHOLE, name: value}, tmp_path)
    (line,) = (line for line in found if line.startswith(name))
    assert "use " in line or "set it to " in line or "starts with " in line
    assert "\n" not in line
    assert len(line) < 200


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    found = problems({"CARRIER": "twilio", "DATABASE_URL": "x", "TIMEZONE": "y"}, tmp_path)
    assert len(found) == 8


def test_secrets_are_not_told(tmp_path: Path) -> None:
    wrong = {
        **WHOLE,
        "DATABASE_URL": "mysql://u:hidden@h/d",
        "REDIS_URL": "x://:hidden@h",
        "SECRET_KEY": "hidden",
        "DATA_KEY": "hidden",
    }
    assert "hidden" not in "\n".join(problems(wrong, tmp_path))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("postgres://u:p@db/phsar", "postgresql+psycopg://u:p@db/phsar"),
        ("postgresql://u:p@db:5432/phsar?sslmode=require", "postgresql+psycopg://u:p@db:5432/phsar?sslmode=require"),
        ("postgresql:///phsar?host=/tmp/x", "postgresql+psycopg:///phsar?host=/tmp/x"),
        ("sqlite:///phsar.sqlite", "sqlite:///phsar.sqlite"),
        ("sqlite:////var/lib/phsar.sqlite", "sqlite:////var/lib/phsar.sqlite"),
    ],
)
def test_every_way_to_write_a_database(given: str, kept: str, tmp_path: Path) -> None:
    assert load_settings({**WHOLE, "DATABASE_URL": given}, tmp_path).database_url == kept


def test_a_url_has_no_slash_at_its_end(tmp_path: Path) -> None:
    settings = load_settings({**WHOLE, "PUBLIC_URL": " https://x.example.org/line/ "}, tmp_path)
    assert settings.public_url == "https://x.example.org/line"


@pytest.mark.parametrize("sender", ["+85510000000", "+15005550006", "1234", "855123", "PHSAR", "Phsar 2026", "4U"])
def test_who_messages_may_come_from(sender: str, tmp_path: Path) -> None:
    assert load_settings({**WHOLE, "CARRIER": "twilio", "SMS_FROM": f" {sender} "}, tmp_path).sms_from == sender


def test_the_last_port_leaves_one_for_the_simulator(tmp_path: Path) -> None:
    assert load_settings({"PORT": "65534"}, tmp_path).api_url == "http://127.0.0.1:65535"


def test_one_machine_needs_no_settings_and_keeps_its_secret(tmp_path: Path) -> None:
    first, second = load_settings({}, tmp_path), load_settings({"PORT": "9000"}, tmp_path)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) > 30
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert (second.public_url, second.api_url) == ("http://127.0.0.1:9000", "http://127.0.0.1:9001")
    assert first.carrier == "simulator"
    assert first.warnings == ()


def test_a_data_key_made_from_the_secret_is_warned_of(tmp_path: Path) -> None:
    environ = {name: value for name, value in WHOLE.items() if name != "DATA_KEY"}
    (warning,) = load_settings(environ, tmp_path).warnings
    assert warning.startswith("DATA_KEY is not set")
    assert load_settings(WHOLE, tmp_path).warnings == ()


def test_calls_come_from_the_number_of_the_messages_unless_that_is_a_name(tmp_path: Path) -> None:
    assert load_settings(WHOLE, tmp_path).voice_from == WHOLE["SMS_FROM"]
    assert load_settings({**WHOLE, "CARRIER": "twilio", "SMS_FROM": "PHSAR"}, tmp_path).voice_from == ""
    (problem,) = problems({**WHOLE, "CARRIER": "twilio", "SMS_FROM": "PHSAR", "CALL_BACK": "on"}, tmp_path)
    assert problem.startswith("VOICE_FROM is missing")


def test_who_is_told_of_trouble_and_when_it_is_night(tmp_path: Path) -> None:
    told = {"ALERT_TO": "+85512345678, office@example.org,", "SMTP_URL": "smtp://mail.example.org"}
    settings = load_settings({**WHOLE, **told}, tmp_path)
    assert settings.alert_to == ("+85512345678", "office@example.org")
    assert settings.quiet_hours == QuietHours(time(20), time(7))
    assert load_settings({**WHOLE, "QUIET_HOURS": "off"}, tmp_path).quiet_hours is None
    (problem,) = problems({**WHOLE, "ALERT_TO": "office@example.org"}, tmp_path)
    assert problem.startswith("SMTP_URL is missing")


def test_somleng_is_never_asked_to_listen(tmp_path: Path) -> None:
    settings = load_settings({**WHOLE, "CARRIER": "somleng", "SPEECH": "on"}, tmp_path)
    assert not settings.speech
    assert "SPEECH" in settings.warnings[0]
    assert load_settings({**WHOLE, "CARRIER": "twilio", "SPEECH": "on"}, tmp_path).speech


@pytest.mark.parametrize("command", [["-c", "import wsgi"], ["worker.py"], ["-m", "flask", "--app", "wsgi", "inbox"]])
def test_nothing_starts_and_no_traceback_is_shown(command: list[str]) -> None:
    environ = {"PATH": os.environ["PATH"], "CARRIER": "twilio", "DATABASE_URL": "mysql://x"}
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line]
    assert len(lines) == 7
    assert {line.split()[0] for line in lines} >= {"SECRET_KEY", "PUBLIC_URL", "DATABASE_URL", "SMS_FROM"}


def test_other_terminals_read_what_make_run_was_given(tmp_path: Path) -> None:
    environ = {"PORT": "19000", "SMTP_URL": "smtp://127.0.0.1:2525", "QUIET_HOURS": "off", "SHELL": "/bin/sh"}
    run = load_settings(environ, tmp_path, running=False)
    keep_settings(tmp_path, run.given)
    assert (tmp_path / KEPT).stat().st_mode & 0o077 == 0
    other = load_settings({}, tmp_path)
    assert (other.public_url, other.smtp_url, other.quiet_hours) == (
        "http://127.0.0.1:19000",
        environ["SMTP_URL"],
        None,
    )
    assert "SHELL" not in run.given
    # What a terminal says itself counts more, and a real line never looks at a trial beside it.
    assert load_settings({"PORT": "19500"}, tmp_path).public_url == "http://127.0.0.1:19500"
    assert load_settings(WHOLE, tmp_path).smtp_url == ""
    (tmp_path / KEPT).unlink()
    assert load_settings({}, tmp_path).public_url == "http://127.0.0.1:8000"


def test_a_name_may_send_where_the_carrier_takes_one(tmp_path: Path) -> None:
    assert load_settings({**WHOLE, "CARRIER": "twilio", "SMS_FROM": "PHSAR", "VOICE_FROM": "+85510000000"}, tmp_path)


def test_a_certificate_of_ones_own_goes_to_redis_with_its_address(tmp_path: Path) -> None:
    encrypted = {**WHOLE, "REDIS_URL": "rediss://:p@cache:6380/0"}
    authority = tmp_path / "authority.pem"
    authority.write_text("")
    assert load_settings(encrypted, tmp_path).redis_url == "rediss://:p@cache:6380/0"
    trusting = load_settings({**encrypted, "REDIS_CERTIFICATE": "any"}, tmp_path)
    assert trusting.redis_url == "rediss://:p@cache:6380/0?ssl_cert_reqs=none"
    named = load_settings({**encrypted, "REDIS_CERTIFICATE": str(authority)}, tmp_path)
    assert named.redis_url == f"rediss://:p@cache:6380/0?ssl_ca_certs={authority}"
    assert problems({**encrypted, "REDIS_CERTIFICATE": "/nowhere.pem"}, tmp_path) == [
        "REDIS_CERTIFICATE is no file: use the file of its authority, or any"
    ]


def test_who_wants_no_more_mail_turns_to_whoever_is_answered(tmp_path: Path) -> None:
    assert load_settings(WHOLE, tmp_path).mail_unsubscribe == ""
    given = {"MAIL_FROM": "Phsar <phsar@example.org>", "MAIL_REPLY_TO": "office@example.org"}
    settings = load_settings({**WHOLE, **given}, tmp_path)
    assert (settings.mail_from, settings.mail_unsubscribe) == (
        "Phsar <phsar@example.org>",
        "mailto:office@example.org?subject=STOP",
    )


GUESSED = (
    "password",
    "password1234",
    "changeme-changeme",
    "secretsecretsecret",
    "a" * 64,
    "12341234",
    "phsar-secret-key",
)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        *(("SECRET_KEY", key, "") for key in GUESSED),
        *(("DATA_KEY", key, "") for key in GUESSED),
        ("REDIS_URL", "redis://cache:6379/0", "redis"),
        ("REDIS_URL", "redis://:p@10.0.0.5:6379/0", "redis"),
        ("REDIS_URL", "rediss://cache:6379/0", "redis"),
        ("PUBLIC_URL", "http://phsar.example.org", "http"),
        ("ALLOW_INSECURE", "everything", ""),
    ],
)
def test_what_is_unprotected_or_guessable_does_not_start(name: str, value: str, allowed: str, tmp_path: Path) -> None:
    (line,) = problems({**WHOLE, name: value}, tmp_path)
    assert line.startswith(name)
    assert value not in line or name == "ALLOW_INSECURE"
    if allowed:
        assert f"ALLOW_INSECURE={allowed}" in line
        load_settings({**WHOLE, name: value, "ALLOW_INSECURE": f"{allowed}, "}, tmp_path)


@pytest.mark.parametrize("url", ["redis://127.0.0.1:6379/0", "redis://localhost/1", "unix:///run/redis.sock"])
def test_a_redis_on_this_machine_needs_no_password(url: str, tmp_path: Path) -> None:
    load_settings({**WHOLE, "REDIS_URL": url}, tmp_path)


@pytest.mark.parametrize(
    "key", ["0f3c9a7b5d1e8f2a6c4b0d9e7f1a3c5b", "correct horse battery staple", "Zk8-4qWv_Lp2xTn7Rj5yBc1m"]
)
def test_keys_that_nobody_guesses_are_taken(key: str, tmp_path: Path) -> None:
    assert load_settings({**WHOLE, "SECRET_KEY": key}, tmp_path).secret_key == key
