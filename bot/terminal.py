"""What commands print, made harmless: nobody's words drive the terminal of whoever reads them.

Owns the one place where control and format characters are escaped. Colours nothing and lays nothing out.
"""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from typing import Any, TextIO

import click
from flask.cli import AppGroup

from bot.language.text.characters import escaped


def one_line(words: str) -> str:
    """Somebody's words on one line: what they wrote cannot look like a line of ours."""
    return " ⏎ ".join(line.strip() for line in words.splitlines() if line.strip())


class HarmlessText:
    """A text stream that escapes what would act on a terminal; in all else the stream it stands on."""

    def __init__(self, stream: TextIO):
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text as it may be shown."""
        self._stream.write(escaped(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Commands(AppGroup):
    """The commands of an application; whatever one of them prints is escaped."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command about to run."""
        if not isinstance(sys.stdout, HarmlessText):
            ctx.with_resource(redirect_stdout(HarmlessText(sys.stdout)))
        return super().get_command(ctx, cmd_name)
