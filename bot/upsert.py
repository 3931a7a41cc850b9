"""Writing a row whether it is there or not, in one statement that both databases know."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Connection, Insert
from sqlalchemy.dialects import postgresql, sqlite

from bot.db import Base, table


def upsert(connection: Connection, model: type[Base]) -> Insert:
    """Insert the whole row, or change every other column of the row with the same primary key."""
    return _changing(connection.dialect.name, model)


def insert_new(connection: Connection, model: type[Base]) -> Insert:
    """Insert unless a unique value is taken; on PostgreSQL it waits for whoever is just taking it."""
    return _ignoring(connection.dialect.name, model)


@lru_cache
def _changing(dialect: str, model: type[Base]) -> Insert:
    rows = table(model)
    insert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(rows)
    rest = [column.name for column in rows.columns if not column.primary_key]
    return insert.on_conflict_do_update(
        index_elements=list(rows.primary_key), set_={name: insert.excluded[name] for name in rest}
    )


@lru_cache
def _ignoring(dialect: str, model: type[Base]) -> Insert:
    insert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table(model))
    return insert.on_conflict_do_nothing()
