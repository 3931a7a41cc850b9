"""What officials write waits for a while before it goes out"""

import sqlalchemy as sa
from alembic import op

import bot.db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

PENDING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_table(
        "issue_pending",
        sa.Column("id", bot.db.Id, nullable=False),
        sa.Column("issue_id", bot.db.Id, nullable=False),
        sa.Column("office_id", bot.db.Id, nullable=False),
        sa.Column("official_id", bot.db.Id, nullable=False),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("to_id", bot.db.Id, nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("due_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.Column("created_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_issue_pending_issue_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_issue_pending_office_id")),
        sa.ForeignKeyConstraint(["official_id"], ["official.id"], name=op.f("fk_issue_pending_official_id")),
        sa.ForeignKeyConstraint(["to_id"], ["office.id"], name=op.f("fk_issue_pending_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_pending")),
    )
    op.create_index("ix_issue_pending_issue_id", "issue_pending", ["issue_id", "id"])
    op.create_index("ix_issue_pending_official_id", "issue_pending", ["official_id", "id"])
    op.create_index(
        "ix_issue_pending_due_at", "issue_pending", ["due_at"], postgresql_where=PENDING, sqlite_where=PENDING
    )


def downgrade() -> None:
    """What waits has not gone out, and does not any more."""
    op.drop_index("ix_issue_pending_due_at", table_name="issue_pending", postgresql_where=PENDING, sqlite_where=PENDING)
    op.drop_index("ix_issue_pending_official_id", table_name="issue_pending")
    op.drop_index("ix_issue_pending_issue_id", table_name="issue_pending")
    op.drop_table("issue_pending")
