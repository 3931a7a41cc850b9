"""flask user: an operator adds, invites, lists, disables and resets staff, and checks the log."""

from __future__ import annotations

import re

import pytest
from flask import Flask


def run(app: Flask, *words: str, typed: str = "") -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=["user", *words], input=typed)
    return done.exit_code, done.output


def test_users_are_added_listed_disabled_and_reset(app: Flask) -> None:
    assert "no user" in run(app, "list")[1]
    code, said = run(app, "add", "Dara@example.org", "--role", "price_editor")
    assert code == 0
    assert re.search(r"https://phsar.example.org/console/welcome/\S{30,}", said)
    code, said = run(app, "add", "012000003", "--role", "administrator", "--password-stdin", typed="seven quiet oxen\n")
    assert (code, "may sign in" in said) == (0, True)
    listed = run(app, "list")[1]
    assert re.search(r"dara@example.org  price_editor    invited\n", listed)
    assert re.search(r"\+85512000003  administrator    active\n", listed)
    assert "more: flask user list --after 1" in run(app, "list", "--size", "1")[1]
    assert run(app, "disable", "dara@example.org")[0] == 0
    assert "disabled" in run(app, "list")[1]
    assert "/console/welcome/" in run(app, "reset", "dara@example.org")[1]
    assert "disabled" not in run(app, "list")[1]
    assert run(app, "check-log") == (0, "the audit log is whole\n")


@pytest.mark.parametrize(
    ("words", "typed", "said"),
    [
        (("add", "nobody", "--role", "operator"), "", "neither an e-mail address nor a telephone number"),
        (("add", "a@example.org", "--role", "king"), "", "'king' is not one of"),
        (("add", "a@example.org", "--role", "producer"), "", "a producer needs --station ID"),
        (("add", "a@example.org", "--role", "producer", "--station", "none"), "", "there is no station 'none'"),
        (("add", "a@example.org", "--role", "operator", "--station", "x"), "", "only producers have"),
        (("add", "a@example.org", "--role", "operator", "--password-stdin"), "1234\n", "12 letters at least"),
        (("disable", "a@example.org"), "", "there is no user"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    app: Flask, words: tuple[str, ...], typed: str, said: str
) -> None:
    code, told = run(app, *words, typed=typed)
    assert code != 0
    assert said in told
    assert "Traceback" not in told
    assert "no user" in run(app, "list")[1]
    assert run(app, "check-log")[0] == 0


def test_nobody_is_added_twice(app: Flask) -> None:
    assert run(app, "add", "a@example.org", "--role", "operator")[0] == 0
    code, said = run(app, "add", "A@example.org", "--role", "auditor")
    assert (code, "flask user reset" in said) == (1, True)
