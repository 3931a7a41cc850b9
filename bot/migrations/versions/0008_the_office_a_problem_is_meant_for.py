"""A problem knows the office it is meant for, where nobody of that office has confirmed"""

import sqlalchemy as sa
from alembic import op

import bot.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("issue") as issue:
        issue.add_column(sa.Column("meant_for_id", bot.db.Id, nullable=True))
        issue.create_foreign_key(op.f("fk_issue_meant_for_id"), "office", ["meant_for_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("issue") as issue:
        issue.drop_constraint(op.f("fk_issue_meant_for_id"), type_="foreignkey")
        issue.drop_column("meant_for_id")
