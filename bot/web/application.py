"""The web application as Flask makes it, but for its log: a failure is told by its place in the code alone.

Addresses can be private links, and what an error says can be somebody's words: neither is written down.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog
from flask import Flask, request

from bot.terminal import Commands

MOST_PLACES = 12  # of a traceback, the innermost


class Application(Flask):
    """Flask, which would log the address of a request that failed, and what the error says."""

    def __init__(self, *args: Any, **named: Any):
        super().__init__(*args, **named)
        self.cli = Commands(name=self.name)

    def log_exception(self, exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]) -> None:
        """Write down what kind of error it was, and where."""
        kind, _, at = exc_info
        places = traceback.extract_tb(at)
        structlog.get_logger(__name__).error(
            "request_failed",
            endpoint=request.endpoint,
            method=request.method,
            error=kind.__name__ if kind else "",
            where=[f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in places[-MOST_PLACES:]],
        )
