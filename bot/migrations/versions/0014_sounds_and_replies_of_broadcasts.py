"""Recordings of broadcasts are kept in the database; replies to one are found by it"""

import sqlalchemy as sa
from alembic import op

import bot.db

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sound",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sound")),
    )
    op.create_index(op.f("ix_inbox_item_reason_id"), "inbox_item", ["reason", "id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_inbox_item_reason_id"), table_name="inbox_item")
    op.drop_table("sound")
