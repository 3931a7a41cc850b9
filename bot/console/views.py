"""The blueprint of `/console`: puts the pages of the staff together. Owns none of them."""

from __future__ import annotations

from flask import Blueprint

from bot.console.access import ConsoleDeps, Door, guard
from bot.console.log import add_log
from bot.console.signing import add_signing
from bot.console.today import add_today
from bot.users.rights import Right


class ConsolePages(Blueprint):
    """The blueprint, with the right that each endpoint needs; None: open to whoever is not signed in."""

    rights: dict[str, Right | None]


def console_pages(deps: ConsoleDeps) -> ConsolePages:
    """All pages of the console."""
    pages = ConsolePages("console", __name__, template_folder="templates")
    pages.rights = {}
    door = Door(pages, deps, pages.rights)
    guard(pages)
    for add in (add_today, add_signing, add_log):
        add(door)
    return pages
