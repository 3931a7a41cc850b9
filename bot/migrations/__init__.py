"""Migrations: bring any database to the tables of this release, and say whether it is there.

Alembic is imported only to migrate: the web process asks where the database stands, and needs none of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from bot.db import reading

if TYPE_CHECKING:
    from alembic.config import Config

HERE = Path(__file__).parent


def config_for(engine: Engine) -> Config:
    """Alembic's settings for an engine; there is no ini file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to a revision. Repeating it changes nothing."""
    from alembic import command

    command.upgrade(config_for(engine), revision)


def newest() -> str:
    """The revision this release expects: files are numbered, one behind the other."""
    return max(path.name.partition("_")[0] for path in (HERE / "versions").glob("[0-9]*.py"))


def current(engine: Engine) -> str | None:
    """The revision the database is at; None for an empty one. Raises when the database is away."""
    with reading(engine) as connection:
        connection.execute(text("SELECT 1"))
        try:
            found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
        except (OperationalError, ProgrammingError):
            return None
        return found
