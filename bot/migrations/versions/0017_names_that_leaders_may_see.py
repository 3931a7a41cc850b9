"""A name that the leaders of somebody's groups may see, once they have agreed to it"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contact", sa.Column("shown_name", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("contact", "shown_name")
