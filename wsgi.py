"""The web entry: `app` for the server, and what Flask's command line finds."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from flask import Flask

from bot.config import ConfigError, load_settings


def shared_counters() -> str:
    """The folder where the counters of one server's workers add up; named before they are made. Empty: none."""
    if "FLASK_RUN_FROM_CLI" in os.environ:
        return ""  # a command serves nobody
    folder = Path(tempfile.gettempdir()) / f"phsar-counters-{os.getuid()}-{os.getppid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        return ""  # somebody else laid it there
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    return str(folder)


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
    counters = shared_counters()
    from bot.app import create_app

    return create_app(settings, counters=counters)


app = make_app()
