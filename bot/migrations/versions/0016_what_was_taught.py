"""What staff taught the line, and the weights that were made of it"""

import sqlalchemy as sa
from alembic import op

import bot.db

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "taught",
        sa.Column("id", bot.db.Id, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked", sa.String(length=12), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column("taught_by", sa.String(length=80), nullable=False),
        sa.Column("at", bot.db.UtcTime(), nullable=False),
        sa.Column("undone_at", bot.db.UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taught")),
    )
    op.create_index("ix_taught_kind_id", "taught", ["kind", "id"])
    op.create_table(
        "weights",
        sa.Column("id", bot.db.Id, nullable=False),
        sa.Column("begun_at", bot.db.UtcTime(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("adopted", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weights")),
    )
    op.create_index("ix_weights_adopted_id", "weights", ["adopted", "id"])


def downgrade() -> None:
    op.drop_table("weights")
    op.drop_table("taught")
