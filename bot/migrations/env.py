"""Alembic's entry: runs the migrations in one transaction on the engine it was handed."""

from alembic import context

import bot.contacts.models
import bot.messages.models
import bot.prices.models  # noqa: F401
from bot.db import Base

engine = context.config.attributes["engine"]
with engine.execution_options(writing=True).begin() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()
