"""Prices that were asked for and that nobody has"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "price_wanted",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("commodity", sa.String(length=32), nullable=False),
        sa.Column("province", sa.String(length=2), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "commodity", "province", name=op.f("pk_price_wanted")),
    )


def downgrade() -> None:
    op.drop_table("price_wanted")
