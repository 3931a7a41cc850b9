"""The simulator's small parts: messaging documents, typed numbers, what is this machine, its settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.simulator.messages.twiml import AnswerError, Reply, read_answer
from bot.simulator.phones import read_number
from bot.simulator.settings import SettingsError, is_loopback, read_settings

FARMER = "+85512000001"
ROOT = Path(__file__).parents[2]


def test_messaging_documents() -> None:
    assert read_answer(b"<Response/>") == []
    assert read_answer("<Response><Message> ក ខ </Message></Response>".encode()) == [Reply("ក ខ")]
    with pytest.raises(AnswerError, match="document type"):
        read_answer(b'<!DOCTYPE x [<!ENTITY a "b">]><Response><Message>&a;</Message></Response>')


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("012 000 001", FARMER),
        ("+855 12-000-001", FARMER),
        ("00855 12 000 001", FARMER),
        ("០១២០០០០០១", FARMER),
        ("1294", "1294"),
        ("ANONYMOUS", "ANONYMOUS"),
        ("", None),
        ("+", None),
        ("12000001x", None),
        ("9" * 40, None),
    ],
)
def test_typed_numbers(typed: str, number: str | None) -> None:
    assert read_number(typed) == number


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://localhost/sms", True),
        ("http://[::1]:8000/", True),
        ("http://127.1.2.3", True),
        ("http://0.0.0.0:8000", False),
        ("http://127.0.0.1.example.org", False),
        ("http://127.0.0.1@example.org", False),
        ("http://127.0.0.1:99999", False),
        ("ftp://127.0.0.1", False),
        ("//127.0.0.1", False),
        ("", False),
    ],
)
def test_only_this_machine_is_loopback(url: str, here: bool) -> None:
    assert is_loopback(url) is here


def test_each_missing_or_faulty_setting_has_its_line() -> None:
    with pytest.raises(SettingsError) as faults:
        read_settings({"PUBLIC_URL": "https://phsar.example", "TWILIO_API_URL": "https://127.0.0.1:1/x"})
    lines = [str(line) for line in faults.value.args]
    assert len(lines) == 5
    for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "SMS_FROM", "PUBLIC_URL", "TWILIO_API_URL"):
        assert sum(line.startswith(name) for line in lines) == 1
