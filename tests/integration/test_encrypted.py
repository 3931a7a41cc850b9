"""A line that is reached encrypted tells browsers to stay so; one that is not says nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from bot.config import Settings


@pytest.mark.parametrize(("url", "safe"), [("https://phsar.example.org", True), ("http://phsar.example.org", False)])
def test_browsers_come_encrypted_where_the_line_does(
    app_of: Callable[[Settings], Flask], settings: Settings, url: str, safe: bool
) -> None:
    client = app_of(replace(settings, public_url=url)).test_client()
    for path in ("/?lang=en", "/nothing-there", "/healthz"):
        answer = client.get(path)
        assert ("Strict-Transport-Security" in answer.headers) is safe
    cookie = client.get("/?lang=en").headers["Set-Cookie"]
    assert ("Secure" in cookie) is safe
    assert "HttpOnly" in cookie
