"""Issues, offices and e-mail"""

import sqlalchemy as sa
from alembic import op

import bot.db

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DUE = sa.text("next_at IS NOT NULL")
UNREAD = sa.text("public = 'waiting'")
MAIL_WAITS = sa.text("state IN ('queued', 'sending')")
WORDED = sa.text("length(text) > 29")


def upgrade() -> None:
    op.create_table(
        "holiday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name_km", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_holiday")),
    )
    op.create_table(
        "issue_category",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name_km", sa.String(length=80), nullable=False),
        sa.Column("name_latn", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("above", sa.Boolean(), nullable=False),
        sa.Column("goods", sa.Boolean(), nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_category")),
    )
    op.create_table(
        "issue_figure",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("raised", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("solved", sa.Integer(), nullable=False),
        sa.Column("ack_minutes", sa.Integer(), nullable=True),
        sa.Column("solve_minutes", sa.Integer(), nullable=True),
        sa.Column("at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_issue_figure")),
    )
    op.create_table(
        "issue_place",
        sa.Column("place", sa.String(length=6), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_issue_place")),
    )
    op.create_table(
        "mail",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unique_key", sa.String(length=100), nullable=True),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("to", sa.LargeBinary(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("html", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.Column("expires_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=True),
        sa.Column("error", sa.String(length=40), nullable=False),
        sa.Column("created_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.Column("changed_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("unique_key", name=op.f("uq_mail_unique_key")),
    )
    op.create_index(op.f("ix_mail_about"), "mail", ["about"], unique=False)
    op.create_index(
        "ix_mail_due_at", "mail", ["due_at", "id"], unique=False, postgresql_where=MAIL_WAITS, sqlite_where=MAIL_WAITS
    )
    op.create_index(
        "ix_mail_created_at", "mail", ["created_at"], unique=False, postgresql_where=WORDED, sqlite_where=WORDED
    )
    op.create_table(
        "office",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_km", sa.String(length=160), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("place", sa.String(length=8), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["office.id"], name=op.f("fk_office_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office")),
        sa.UniqueConstraint("code", name=op.f("uq_office_code")),
    )
    op.create_index("ix_office_parent_id", "office", ["parent_id"], unique=False)
    op.create_index("ix_office_place", "office", ["place"], unique=False)
    op.create_table(
        "digest",
        sa.Column("office_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("created_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_digest_office_id")),
        sa.PrimaryKeyConstraint("office_id", "day", name=op.f("pk_digest")),
    )
    op.create_table(
        "issue",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=7), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=6), nullable=False),
        sa.Column("district", sa.String(length=4), nullable=False),
        sa.Column("province", sa.String(length=2), nullable=False),
        sa.Column("commodity", sa.String(length=32), nullable=False),
        sa.Column("about_office", sa.Boolean(), nullable=False),
        sa.Column("office_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("voices", sa.Integer(), nullable=False),
        sa.Column("by_group", sa.Boolean(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("folded", sa.LargeBinary(), nullable=False),
        sa.Column("office_at", bot.db.UtcTime(timezone=True), nullable=True),
        sa.Column("seen_at", bot.db.UtcTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", bot.db.UtcTime(timezone=True), nullable=True),
        sa.Column("answered_at", bot.db.UtcTime(timezone=True), nullable=True),
        sa.Column("resolved_at", bot.db.UtcTime(timezone=True), nullable=True),
        sa.Column("reopened_at", bot.db.UtcTime(timezone=True), nullable=True),
        sa.Column("closed_at", bot.db.UtcTime(timezone=True), nullable=True),
        sa.Column("ack_minutes", sa.Integer(), nullable=True),
        sa.Column("solve_minutes", sa.Integer(), nullable=True),
        sa.Column("ack_due_at", bot.db.UtcTime(timezone=True), nullable=True),
        sa.Column("solve_due_at", bot.db.UtcTime(timezone=True), nullable=True),
        sa.Column("overdue", sa.SmallInteger(), nullable=False),
        sa.Column("confirm_until", bot.db.UtcTime(timezone=True), nullable=True),
        sa.Column("next_at", bot.db.UtcTime(timezone=True), nullable=True),
        sa.Column("merged_into", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.Column("changed_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["category"], ["issue_category.id"], name=op.f("fk_issue_category")),
        sa.ForeignKeyConstraint(["merged_into"], ["issue.id"], name=op.f("fk_issue_merged_into")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_issue_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue")),
        sa.UniqueConstraint("code", name=op.f("uq_issue_code")),
    )
    op.create_index("ix_issue_category_district", "issue", ["category", "district", "id"], unique=False)
    op.create_index("ix_issue_category_province", "issue", ["category", "province", "id"], unique=False)
    op.create_index("ix_issue_changed_at", "issue", ["changed_at"], unique=False)
    op.create_index("ix_issue_created_at", "issue", ["created_at", "id"], unique=False)
    op.create_index("ix_issue_next_at", "issue", ["next_at"], unique=False, postgresql_where=DUE, sqlite_where=DUE)
    op.create_index("ix_issue_office_id_ack_minutes", "issue", ["office_id", "ack_minutes"], unique=False)
    op.create_index("ix_issue_office_id_closed_at", "issue", ["office_id", "closed_at"], unique=False)
    op.create_index("ix_issue_office_id_office_at", "issue", ["office_id", "office_at"], unique=False)
    op.create_index("ix_issue_office_id_solve_minutes", "issue", ["office_id", "solve_minutes"], unique=False)
    op.create_index("ix_issue_office_id_state", "issue", ["office_id", "state", "id"], unique=False)
    op.create_index("ix_issue_province_id", "issue", ["province", "id"], unique=False)
    op.create_index("ix_issue_state_id", "issue", ["state", "id"], unique=False)
    op.create_table(
        "issue_place_person",
        sa.Column("place", sa.String(length=6), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_issue_place_person_contact_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("place", "contact_id", name=op.f("pk_issue_place_person")),
    )
    op.create_table(
        "issue_tally",
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", bot.db.UtcTime(timezone=True), nullable=False),
        sa.Column("wrong", sa.SmallInteger(), nullable=False),
        sa.Column("said", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_issue_tally_contact_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_issue_tally")),
    )
    op.create_table(
        "office_category",
        sa.Column("office_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["category"], ["issue_category.id"], name=op.f("fk_office_category_category")),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_office_category_office_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("office_id", "category", name=op.f("pk_office_category")),
    )
    op.create_table(
        "official",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("office_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("phone", sa.String(length=10), nullable=False),
        sa.Column("phone_at", bot.db.UtcTime(timezone=True), nullable=True),
        sa.Column("mail", sa.String(length=10), nullable=False),
        sa.Column("mail_at", bot.db.UtcTime(timezone=True), nullable=True),
        sa.Column("mail_to", sa.LargeBinary(), nullable=True),
        sa.Column("mail_hash", sa.String(length=32), nullable=False),
        sa.Column("serial", sa.SmallInteger(), nullable=False),
        sa.Column("removed_at", bot.db.UtcTime(timezone=True), nullable=True),
        sa.Column("created_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_official_contact_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_official_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official")),
        sa.UniqueConstraint("office_id", "contact_id", name=op.f("uq_official_office_id_contact_id")),
    )
    op.create_index("ix_official_contact_id", "official", ["contact_id"], unique=False)
    op.create_index("ix_official_mail_hash", "official", ["mail_hash"], unique=False)
    op.create_table(
        "issue_voice",
        sa.Column("issue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("via", sa.String(length=8), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=True),
        sa.Column("merged_from", sa.BigInteger(), nullable=True),
        sa.Column("at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_issue_voice_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_issue_voice_issue_id")),
        sa.PrimaryKeyConstraint("issue_id", "contact_id", name=op.f("pk_issue_voice")),
    )
    op.create_index("ix_issue_voice_contact_id", "issue_voice", ["contact_id", "issue_id"], unique=False)
    op.create_table(
        "issue_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("issue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("by", sa.String(length=8), nullable=False),
        sa.Column("office_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("official_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("recording_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("office_may", sa.Boolean(), nullable=False),
        sa.Column("public", sa.String(length=8), nullable=False),
        sa.Column("public_text", sa.LargeBinary(), nullable=True),
        sa.Column("detail", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_issue_entry_issue_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_issue_entry_office_id")),
        sa.ForeignKeyConstraint(["official_id"], ["official.id"], name=op.f("fk_issue_entry_official_id")),
        sa.ForeignKeyConstraint(["recording_id"], ["recording.id"], name=op.f("fk_issue_entry_recording_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_entry")),
    )
    op.create_index("ix_issue_entry_issue_id_id", "issue_entry", ["issue_id", "id"], unique=False)
    op.create_index(
        "ix_issue_entry_unread", "issue_entry", ["id"], unique=False, postgresql_where=UNREAD, sqlite_where=UNREAD
    )
    op.create_table(
        "issue_review",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("issue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("reverted_at", bot.db.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["issue_entry.id"], name=op.f("fk_issue_review_entry_id")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_issue_review_issue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_review")),
    )
    op.create_index("ix_issue_review_issue_id", "issue_review", ["issue_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_issue_review_issue_id", table_name="issue_review")
    op.drop_table("issue_review")
    op.drop_index("ix_issue_entry_unread", table_name="issue_entry", postgresql_where=UNREAD, sqlite_where=UNREAD)
    op.drop_index("ix_issue_entry_issue_id_id", table_name="issue_entry")
    op.drop_table("issue_entry")
    op.drop_index("ix_issue_voice_contact_id", table_name="issue_voice")
    op.drop_table("issue_voice")
    op.drop_index("ix_official_mail_hash", table_name="official")
    op.drop_index("ix_official_contact_id", table_name="official")
    op.drop_table("official")
    op.drop_table("office_category")
    op.drop_table("issue_tally")
    op.drop_table("issue_place_person")
    op.drop_index("ix_issue_state_id", table_name="issue")
    op.drop_index("ix_issue_province_id", table_name="issue")
    op.drop_index("ix_issue_office_id_state", table_name="issue")
    op.drop_index("ix_issue_office_id_solve_minutes", table_name="issue")
    op.drop_index("ix_issue_office_id_office_at", table_name="issue")
    op.drop_index("ix_issue_office_id_closed_at", table_name="issue")
    op.drop_index("ix_issue_office_id_ack_minutes", table_name="issue")
    op.drop_index("ix_issue_next_at", table_name="issue", postgresql_where=DUE, sqlite_where=DUE)
    op.drop_index("ix_issue_created_at", table_name="issue")
    op.drop_index("ix_issue_changed_at", table_name="issue")
    op.drop_index("ix_issue_category_province", table_name="issue")
    op.drop_index("ix_issue_category_district", table_name="issue")
    op.drop_table("issue")
    op.drop_table("digest")
    op.drop_index("ix_office_place", table_name="office")
    op.drop_index("ix_office_parent_id", table_name="office")
    op.drop_table("office")
    op.drop_index("ix_mail_created_at", table_name="mail", postgresql_where=WORDED, sqlite_where=WORDED)
    op.drop_index("ix_mail_due_at", table_name="mail", postgresql_where=MAIL_WAITS, sqlite_where=MAIL_WAITS)
    op.drop_index(op.f("ix_mail_about"), table_name="mail")
    op.drop_table("mail")
    op.drop_table("issue_place")
    op.drop_table("issue_figure")
    op.drop_table("issue_category")
    op.drop_table("holiday")
