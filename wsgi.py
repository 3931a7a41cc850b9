"""The web entry: `app` for the server, and what Flask's command line finds."""

from __future__ import annotations

import os
import sys

from flask import Flask

from bot.app import create_app
from bot.config import ConfigError, load_settings


def make_app() -> Flask:
    """The application of this environment. Unusable settings end the process with a line each."""
    try:
        settings = load_settings(os.environ)
    except ConfigError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)  # noqa: T201
        sys.exit(1)
    for warning in settings.warnings:
        print(f"warning: {warning}", file=sys.stderr)  # noqa: T201
    return create_app(settings)


app = make_app()
