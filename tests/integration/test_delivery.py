"""How answers travel: encrypted once the line is, public pages compressed, nothing private."""

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


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_public_pages_are_compressed_and_nothing_else(
    app_of: Callable[[Settings], Flask], settings: Settings, encoding: str
) -> None:
    client, asks = app_of(settings).test_client(), {"Accept-Encoding": encoding}
    plain, small = client.get("/issues"), client.get("/issues", headers=asks)
    assert (small.headers["Content-Encoding"], "Accept-Encoding" in small.headers["Vary"]) == (encoding, True)
    assert len(small.data) < len(plain.data) / 2
    again = client.get("/issues", headers={**asks, "If-None-Match": small.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    for path in ("/issues?lang=en", "/metrics", "/readyz"):
        assert "Content-Encoding" not in client.get(path, headers=asks).headers
