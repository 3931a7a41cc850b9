"""Who is asked whether messages are to end gets nothing unasked until they answer, or until this time"""

import sqlalchemy as sa
from alembic import op

from bot.db import UtcTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contact", sa.Column("held_until", UtcTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("contact", "held_until")
