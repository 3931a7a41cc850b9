"""Whom staff know may found a group at once; everybody who is there already may"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody of before is a stranger."""
    op.add_column("contact", sa.Column("may_found", sa.Boolean(), nullable=False, server_default=sa.true()))
    # On SQLite the default stays: taking it away rebuilds the table, and what refers to it would go with the old one.
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("contact", "may_found", server_default=None)


def downgrade() -> None:
    """Whom staff know is forgotten."""
    op.drop_column("contact", "may_found")
