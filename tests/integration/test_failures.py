"""What is written down of a request that failed in a way nobody foresaw: where in the code, and nothing it held."""

from __future__ import annotations

import pytest
from flask import Flask
from structlog.testing import capture_logs


def test_a_failure_is_logged_without_its_address_and_without_what_it_says(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(token: str) -> str:
        raise ValueError(f"somebody's words under {token}")

    app.add_url_rule("/broken/<token>", "broken", fail)
    with capture_logs() as logged:
        answer = app.test_client().get("/broken/AAAAprivate?words=private")
    assert answer.status_code == 500
    (line,) = [one for one in logged if one["event"] == "request_failed"]
    assert (line["endpoint"], line["method"], line["error"]) == ("broken", "GET", "ValueError")
    assert line["where"][-1].startswith("test_failures.py:")
    for text in (str(logged), caplog.text, answer.text):
        assert "private" not in text
        assert "somebody's" not in text
