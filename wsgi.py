"""The web entry: `door` for the server, and `app`, which Flask's command line finds."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from flask import Flask

from bot.config import ConfigError, load_settings
from bot.web.door import Door

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # what the library reads when counters are made


def shared_counters() -> str:
    """The folder where the counters of one server's workers add up; named before they are made. Empty: none.

    The folder an operator names is used as it is and never cleared; else each server has one of its own.
    """
    if "FLASK_RUN_FROM_CLI" in os.environ:
        os.environ.pop(FOLDER, None)
        return ""  # a command serves nobody
    if given := os.environ.get(FOLDER, ""):
        Path(given).mkdir(parents=True, exist_ok=True)
        return given
    ours = Path(tempfile.gettempdir()) / f"phsar-counters-{os.getuid()}-"
    _clear_ended(ours)
    folder = ours.with_name(f"{ours.name}{os.getppid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        return ""  # somebody else laid it there
    os.environ[FOLDER] = str(folder)
    return str(folder)


def _clear_ended(ours: Path) -> None:
    """Take away the folders of servers that are no more: the end of a name is the server's process."""
    for folder in ours.parent.glob(f"{ours.name}*"):
        process = folder.name.removeprefix(ours.name)
        if not process.isdecimal() or folder.is_symlink():
            continue
        try:
            os.kill(int(process), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except (PermissionError, OverflowError):
            continue  # it lives, or is no process of ours


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

    made = create_app(settings, counters=counters)
    if "FLASK_RUN_FROM_CLI" not in os.environ:
        refuse_another_key(made)
    return made


def refuse_another_key(app: Flask) -> None:
    """End the process where DATA_KEY is not the one of the data; a database that is away is waited for."""
    from sqlalchemy.exc import SQLAlchemyError

    from bot.contacts.sealed import ANOTHER_KEY, is_of_another_key

    phsar = app.extensions["phsar"]
    try:
        if is_of_another_key(phsar.engine, phsar.vault):
            print(ANOTHER_KEY, file=sys.stderr)  # noqa: T201
            sys.exit(1)
    except SQLAlchemyError:
        pass
    finally:
        phsar.engine.dispose()


app = make_app()
door = Door(app.wsgi_app, signed=("/sms", "/voice"))
