"""Write a row whether it is there or not: one statement that both databases know."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite

from bot.db import Base


def upsert(connection: Connection, model: type[Base]) -> Insert:
    """Insert the whole row, or change every other column of the row with the same primary key."""
    return _statement(connection.dialect.name, model)


@lru_cache
def _statement(dialect: str, model: type[Base]) -> Insert:
    table = model.__table__
    assert isinstance(table, Table)
    insert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
    rest = [column.name for column in table.columns if not column.primary_key]
    return insert.on_conflict_do_update(
        index_elements=list(table.primary_key), set_={name: insert.excluded[name] for name in rest}
    )
