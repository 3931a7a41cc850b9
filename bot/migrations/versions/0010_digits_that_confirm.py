"""Digits that are sent to a number and expected back, and what waits for them"""

import sqlalchemy as sa
from alembic import op

import bot.db

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table of its own: most people never confirm anything."""
    op.create_table(
        "confirmation",
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("held", sa.LargeBinary(), nullable=True),
        sa.Column("digits", sa.String(length=32), nullable=False),
        sa.Column("until", bot.db.UtcTime(timezone=True), nullable=True),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("wrong", sa.SmallInteger(), nullable=False),
        sa.Column("since", bot.db.UtcTime(timezone=True), nullable=False),
        sa.Column("proven_at", bot.db.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_confirmation_contact_id_contact"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_confirmation")),
    )


def downgrade() -> None:
    """What waits for digits is dropped."""
    op.drop_table("confirmation")
