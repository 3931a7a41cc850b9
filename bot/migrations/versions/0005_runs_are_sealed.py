"""What saved runs hold is sealed from now on; how somebody writes has a column of its own"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ON_POSTGRESQL = "ALTER TABLE {} ALTER COLUMN body TYPE BYTEA USING convert_to(body, 'UTF8')"
BACK_ON_POSTGRESQL = "ALTER TABLE {} ALTER COLUMN body TYPE TEXT USING convert_from(body, 'UTF8')"

WRITES = '"script": ?"(km|latn|en)"'  # how somebody writes; in their own words the quotes would be escaped


def upgrade() -> None:
    """Runs from before stay plain until the next message of their person: here is no key to seal them with."""
    op.add_column("run", sa.Column("hint", sa.String(length=4), nullable=False, server_default=""))
    if op.get_bind().dialect.name == "postgresql":
        # Not read as JSON: one body that PostgreSQL does not take for JSON would stop the release.
        op.execute(f"UPDATE run SET hint = coalesce(substring(body from '{WRITES}'), '')")  # noqa: S608
        op.execute(ON_POSTGRESQL.format("run"))
        op.execute(ON_POSTGRESQL.format("call"))
        op.alter_column("run", "hint", server_default=None)
        return
    memory = "json_extract(CASE WHEN json_valid(body) THEN body END, '$.memory.script')"
    op.execute(f"UPDATE run SET hint = substr(coalesce({memory}, ''), 1, 4)")  # noqa: S608
    with op.batch_alter_table("run") as run:
        run.alter_column("body", type_=sa.LargeBinary(), existing_nullable=False)
        run.alter_column("hint", server_default=None)
    with op.batch_alter_table("call") as call:
        call.alter_column("body", type_=sa.LargeBinary(), existing_nullable=True)
    for table in ("run", "call"):
        op.execute(f"UPDATE {table} SET body = CAST(body AS BLOB) WHERE body IS NOT NULL")  # noqa: S608


def downgrade() -> None:
    """Sealed runs cannot be read by the release before: their people begin anew at home."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DELETE FROM run WHERE substr(body, 1, 1) <> convert_to('{', 'UTF8')")
        op.execute("UPDATE call SET body = NULL WHERE substr(body, 1, 1) <> convert_to('{', 'UTF8')")
        op.execute(BACK_ON_POSTGRESQL.format("run"))
        op.execute(BACK_ON_POSTGRESQL.format("call"))
        op.drop_column("run", "hint")
        return
    op.execute("DELETE FROM run WHERE hex(substr(body, 1, 1)) <> '7B'")
    op.execute("UPDATE call SET body = NULL WHERE hex(substr(body, 1, 1)) <> '7B'")
    with op.batch_alter_table("run") as run:
        run.alter_column("body", type_=sa.Text(), existing_nullable=False)
        run.drop_column("hint")
    with op.batch_alter_table("call") as call:
        call.alter_column("body", type_=sa.Text(), existing_nullable=True)
    for table in ("run", "call"):
        op.execute(f"UPDATE {table} SET body = CAST(body AS TEXT) WHERE body IS NOT NULL")  # noqa: S608
