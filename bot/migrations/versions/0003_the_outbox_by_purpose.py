"""The outbox by purpose"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

import bot.db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

QUEUED, LEASED = sa.text("state = 'queued'"), sa.text("leased_until IS NOT NULL")
KEYED = sa.text("unique_key IS NOT NULL")


def _time(name: str) -> sa.Column[datetime]:
    return sa.Column(name, bot.db.UtcTime(timezone=True), nullable=True)


def upgrade() -> None:
    op.drop_index("ix_outbox_state_due_at", table_name="outbox")
    with op.batch_alter_table("outbox") as outbox:
        # What waits already was asked for, and may take its time as before.
        outbox.add_column(sa.Column("purpose", sa.String(length=12), nullable=False, server_default="own"))
        outbox.add_column(sa.Column("unique_key", sa.String(length=100), nullable=True))
        outbox.add_column(_time("asked_at"))
        outbox.add_column(sa.Column("rounds", sa.SmallInteger(), nullable=False, server_default="0"))
        outbox.add_column(_time("tried_at"))
    op.execute("UPDATE outbox SET asked_at = created_at")
    # What was under way when this release came: when it was tried is the last that is known of it.
    op.execute("UPDATE outbox SET tried_at = changed_at WHERE attempts > 0")
    op.create_index(
        "ix_outbox_queued", "outbox", ["purpose", "due_at", "id"], postgresql_where=QUEUED, sqlite_where=QUEUED
    )
    op.create_index("ix_outbox_expires_at", "outbox", ["expires_at"], postgresql_where=QUEUED, sqlite_where=QUEUED)
    op.create_index("ix_outbox_leased_until", "outbox", ["leased_until"], postgresql_where=LEASED, sqlite_where=LEASED)
    op.create_index("ix_outbox_state_id", "outbox", ["state", "id"])
    op.create_index(
        "ix_outbox_unique_key", "outbox", ["unique_key"], unique=True, postgresql_where=KEYED, sqlite_where=KEYED
    )
    op.create_table(
        "breaker",
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        _time("opened_at"),
        _time("probe_at"),
        sa.Column("probes", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_breaker")),
    )
    op.create_table(
        "alarm",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        _time("raised_at"),
        _time("told_at"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_alarm")),
    )


def downgrade() -> None:
    op.drop_table("alarm")
    op.drop_table("breaker")
    for name in ("unique_key", "state_id", "leased_until", "expires_at", "queued"):
        op.drop_index(f"ix_outbox_{name}", table_name="outbox")
    with op.batch_alter_table("outbox") as outbox:
        for name in ("tried_at", "rounds", "asked_at", "unique_key", "purpose"):
            outbox.drop_column(name)
    op.create_index("ix_outbox_state_due_at", "outbox", ["state", "due_at"])
