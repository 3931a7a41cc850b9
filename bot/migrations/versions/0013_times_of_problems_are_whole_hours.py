"""Times of problems are kept in whole hours: an exact one led to the message that came just then"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TIMES = {
    "issue": (
        *("office_at", "seen_at", "acknowledged_at", "answered_at", "resolved_at", "reopened_at", "closed_at"),
        *("confirm_until", "created_at", "changed_at"),
    ),
    "issue_entry": ("at",),
}
HOUR = {
    "postgresql": "date_trunc('hour', {0} AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'",
    "sqlite": "strftime('%Y-%m-%d %H:00:00.000000', {0})",
}


def upgrade() -> None:
    hour = HOUR[op.get_bind().dialect.name]
    for table, columns in TIMES.items():
        values = ", ".join(f"{column} = {hour.format(column)}" for column in columns)
        op.execute(f"UPDATE {table} SET {values}")  # noqa: S608


def downgrade() -> None:
    """The minutes are gone; whole hours serve as well."""
