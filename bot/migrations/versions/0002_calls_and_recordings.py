"""Calls and recordings"""

import sqlalchemy as sa
from alembic import op

import bot.db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sid", sa.String(length=64), nullable=True),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("direction", sa.String(length=4), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("saved_at", bot.db.UtcTime(timezone=True), nullable=True),
        sa.Column("due_at", bot.db.UtcTime(timezone=True), nullable=True),
        sa.Column("expires_at", bot.db.UtcTime(timezone=True), nullable=True),
        sa.Column("placed_at", bot.db.UtcTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=True),
        sa.Column("leased_until", bot.db.UtcTime(timezone=True), nullable=True),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("error", sa.String(length=16), nullable=False),
        sa.Column("created_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.Column("changed_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_call_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("sid", name=op.f("uq_call_sid")),
    )
    op.create_index("ix_call_contact_id_id", "call", ["contact_id", "id"], unique=False)
    op.create_index("ix_call_direction_created_at", "call", ["direction", "created_at"], unique=False)
    op.create_index("ix_call_state_due_at", "call", ["state", "due_at"], unique=False)
    op.create_table(
        "recording",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source_hash", sa.String(length=32), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=True),
        sa.Column("leased_until", bot.db.UtcTime(timezone=True), nullable=True),
        sa.Column("audio", sa.LargeBinary(), nullable=True),
        sa.Column("seconds", sa.SmallInteger(), nullable=False),
        sa.Column("error", sa.String(length=16), nullable=False),
        sa.Column("created_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.Column("changed_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_recording_contact_id")),
        sa.ForeignKeyConstraint(["item_id"], ["inbox_item.id"], name=op.f("fk_recording_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
        sa.UniqueConstraint("source_hash", name=op.f("uq_recording_source_hash")),
    )
    op.create_index(op.f("ix_recording_contact_id"), "recording", ["contact_id"], unique=False)
    op.create_index(op.f("ix_recording_item_id"), "recording", ["item_id"], unique=False)
    op.create_index("ix_recording_state_due_at", "recording", ["state", "due_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_recording_state_due_at", table_name="recording")
    op.drop_index(op.f("ix_recording_item_id"), table_name="recording")
    op.drop_index(op.f("ix_recording_contact_id"), table_name="recording")
    op.drop_table("recording")
    op.drop_index("ix_call_state_due_at", table_name="call")
    op.drop_index("ix_call_direction_created_at", table_name="call")
    op.drop_index("ix_call_contact_id_id", table_name="call")
    op.drop_table("call")
