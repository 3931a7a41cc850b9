"""The first tables"""

import sqlalchemy as sa
from alembic import op

import bot.db

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "change",
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_change")),
    )
    op.create_table(
        "commodity",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=False),
        sa.Column("high", sa.BigInteger(), nullable=False),
        sa.Column("perishable", sa.Boolean(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commodity")),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address_hash", sa.String(length=32), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("script", sa.String(length=4), nullable=False),
        sa.Column("sex", sa.String(length=1), nullable=False),
        sa.Column("place", sa.String(length=8), nullable=False),
        sa.Column("may_report", sa.Boolean(), nullable=False),
        sa.Column("created_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("address_hash", name=op.f("uq_contact_address_hash")),
    )
    op.create_table(
        "interest",
        sa.Column("province", sa.String(length=2), nullable=False),
        sa.Column("commodity", sa.String(length=32), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("province", "commodity", name=op.f("pk_interest")),
    )
    op.create_table(
        "latest_price",
        sa.Column("commodity", sa.String(length=32), nullable=False),
        sa.Column("market", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("grade", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=False),
        sa.Column("high", sa.BigInteger(), nullable=False),
        sa.Column("usual", sa.BigInteger(), nullable=False),
        sa.Column("reporters", sa.SmallInteger(), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint(
            "commodity", "market", "level", "grade", "unit", "currency", name=op.f("pk_latest_price")
        ),
    )
    op.create_table(
        "market",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name_km", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("place", sa.String(length=8), nullable=False),
        sa.Column("reference", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_market")),
    )
    op.create_table(
        "price",
        sa.Column("commodity", sa.String(length=32), nullable=False),
        sa.Column("market", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("grade", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=False),
        sa.Column("high", sa.BigInteger(), nullable=False),
        sa.Column("usual", sa.BigInteger(), nullable=False),
        sa.Column("reporters", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "commodity", "market", "level", "grade", "unit", "currency", "observed_on", name=op.f("pk_price")
        ),
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=True),
        sa.Column("at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_consent_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_contact_id_id", "consent", ["contact_id", "id"], unique=False)
    op.create_table(
        "contact_tag",
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_contact_tag_contact_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contact_id", "tag", name=op.f("pk_contact_tag")),
    )
    op.create_index("ix_contact_tag_tag", "contact_tag", ["tag", "contact_id"], unique=False)
    op.create_table(
        "inbox_item",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.Column("closed_at", bot.db.UtcTime(timezone=True), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_inbox_item_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_item")),
    )
    op.create_index(op.f("ix_inbox_item_contact_id"), "inbox_item", ["contact_id"], unique=False)
    op.create_index("ix_inbox_item_state_id", "inbox_item", ["state", "id"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sid", sa.String(length=64), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("intent", sa.String(length=24), nullable=False),
        sa.Column("commodity", sa.String(length=32), nullable=False),
        sa.Column("parts", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_message_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("sid", name=op.f("uq_message_sid")),
    )
    op.create_index("ix_message_at", "message", ["at"], unique=False)
    op.create_index("ix_message_contact_id_at", "message", ["contact_id", "at"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.Column("expires_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=True),
        sa.Column("leased_until", bot.db.UtcTime(timezone=True), nullable=True),
        sa.Column("sid", sa.String(length=64), nullable=True),
        sa.Column("error", sa.String(length=16), nullable=False),
        sa.Column("created_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.Column("changed_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_outbox_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_contact_id"), "outbox", ["contact_id"], unique=False)
    op.create_index("ix_outbox_state_due_at", "outbox", ["state", "due_at"], unique=False)
    op.create_table(
        "price_report",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("commodity", sa.String(length=32), nullable=False),
        sa.Column("grade", sa.String(length=40), nullable=False),
        sa.Column("market", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=False),
        sa.Column("high", sa.BigInteger(), nullable=False),
        sa.Column("usual", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["commodity"], ["commodity.id"], name=op.f("fk_price_report_commodity")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_price_report_contact_id")),
        sa.ForeignKeyConstraint(["market"], ["market.id"], name=op.f("fk_price_report_market")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_report")),
    )
    op.create_index("ix_price_report_contact_id_id", "price_report", ["contact_id", "id"], unique=False)
    op.create_index(
        "ix_price_report_key",
        "price_report",
        ["commodity", "market", "level", "observed_on", "grade", "unit", "currency"],
        unique=False,
    )
    op.create_index("ix_price_report_state_id", "price_report", ["state", "id"], unique=False)
    op.create_table(
        "run",
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("saved_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.Column("burst_from", bot.db.UtcTime(timezone=True), nullable=False),
        sa.Column("burst_count", sa.Integer(), nullable=False),
        sa.Column("same_hash", sa.String(length=32), nullable=False),
        sa.Column("same_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_run_contact_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("contact_id", "channel", name=op.f("pk_run")),
    )


def downgrade() -> None:
    op.drop_table("run")
    op.drop_index("ix_price_report_state_id", table_name="price_report")
    op.drop_index("ix_price_report_key", table_name="price_report")
    op.drop_index("ix_price_report_contact_id_id", table_name="price_report")
    op.drop_table("price_report")
    op.drop_index("ix_outbox_state_due_at", table_name="outbox")
    op.drop_index(op.f("ix_outbox_contact_id"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_index("ix_message_contact_id_at", table_name="message")
    op.drop_index("ix_message_at", table_name="message")
    op.drop_table("message")
    op.drop_index("ix_inbox_item_state_id", table_name="inbox_item")
    op.drop_index(op.f("ix_inbox_item_contact_id"), table_name="inbox_item")
    op.drop_table("inbox_item")
    op.drop_index("ix_contact_tag_tag", table_name="contact_tag")
    op.drop_table("contact_tag")
    op.drop_index("ix_consent_contact_id_id", table_name="consent")
    op.drop_table("consent")
    op.drop_table("price")
    op.drop_table("market")
    op.drop_table("latest_price")
    op.drop_table("interest")
    op.drop_table("contact")
    op.drop_table("commodity")
    op.drop_table("change")
