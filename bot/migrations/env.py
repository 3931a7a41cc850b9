"""Alembic's entry: runs the migrations in one transaction on the engine it was handed."""

from alembic import context
from sqlalchemy import text

import bot.contacts.models
import bot.issues.models
import bot.issues.people
import bot.meetings.models
import bot.messages.models
import bot.messages.sounds
import bot.prices.models
import bot.radio.models
import bot.teaching.models
import bot.users.models  # noqa: F401
from bot.db import Base

ONE_AT_A_TIME = 7_467_242  # a number of ours among the server's advisory locks

engine = context.config.attributes["engine"]
with engine.execution_options(writing=True).begin() as connection:
    if connection.dialect.name == "postgresql":  # on SQLite the transaction itself keeps others out
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ONE_AT_A_TIME})
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()
