"""Counts are told as of last midnight; looks for similar problems are counted"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was told until now is what is told until the next midnight."""
    with op.batch_alter_table("issue") as issue:
        issue.add_column(sa.Column("voices_told", sa.Integer(), nullable=False, server_default="1"))
    op.execute("UPDATE issue SET voices_told = voices")
    with op.batch_alter_table("issue_place") as place:
        place.add_column(sa.Column("told", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute("UPDATE issue_place SET told = people")
    with op.batch_alter_table("issue_figure") as figure:
        figure.add_column(sa.Column("overdue", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("issue_tally") as tally:
        tally.add_column(sa.Column("sought", sa.SmallInteger(), nullable=False, server_default="0"))
    for table, column in (("issue", "voices_told"), ("issue_place", "told")):
        with op.batch_alter_table(table) as altered:
            altered.alter_column(column, server_default=None)
    for table, column in (("issue_figure", "overdue"), ("issue_tally", "sought")):
        with op.batch_alter_table(table) as altered:
            altered.alter_column(column, server_default=None)


def downgrade() -> None:
    for table, column in (
        ("issue", "voices_told"),
        ("issue_place", "told"),
        ("issue_figure", "overdue"),
        ("issue_tally", "sought"),
    ):
        with op.batch_alter_table(table) as altered:
            altered.drop_column(column)
