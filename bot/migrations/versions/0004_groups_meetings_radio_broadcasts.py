"""Groups, meetings, radio and broadcasts"""

import sqlalchemy as sa
from alembic import op

import bot.db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

IN_SERIES = sa.text("repeats <> ''")
KEYED, ABOUT = sa.text("unique_key IS NOT NULL"), sa.text("about <> ''")
QUEUED = sa.text("state = 'queued'")
WORDED = sa.text("length(text) > 29")


def upgrade() -> None:
    op.create_table(
        "broadcast",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("text_km", sa.Text(), nullable=False),
        sa.Column("text_latn", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("audio_km", sa.String(length=64), nullable=False),
        sa.Column("audio_en", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("resumes", sa.String(length=12), nullable=False),
        sa.Column("due_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.Column("expires_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.Column("planned_to", sa.BigInteger(), nullable=False),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.Column("created_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.Column("changed_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast")),
    )
    op.create_index("ix_broadcast_state_due_at", "broadcast", ["state", "due_at"], unique=False)
    op.create_table(
        "episode",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title_km", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("reminder_km", sa.Text(), nullable=False),
        sa.Column("reminder_en", sa.Text(), nullable=False),
        sa.Column("summary_km", sa.Text(), nullable=False),
        sa.Column("summary_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_episode")),
    )
    op.create_table(
        "station",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name_km", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("places", sa.Text(), nullable=False),
        sa.Column("studio_number", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station")),
    )
    op.create_table(
        "working_group",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("name_km", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=8), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=True),
        sa.Column("written", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_group")),
        sa.UniqueConstraint("code", name=op.f("uq_working_group_code")),
    )
    op.create_table(
        "airing",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.String(length=40), nullable=False),
        sa.Column("airs_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("changed_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["episode"], ["episode.number"], name=op.f("fk_airing_episode")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_airing_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_airing")),
        sa.UniqueConstraint("episode", "station_id", name=op.f("uq_airing_episode_station_id")),
    )
    op.create_index("ix_airing_state_airs_at", "airing", ["state", "airs_at"], unique=False)
    op.create_table(
        "meeting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.Column("place", sa.LargeBinary(), nullable=False),
        sa.Column("repeats", sa.String(length=12), nullable=False),
        sa.Column("series_at", bot.db.UtcTime(timezone=True), nullable=True),
        sa.Column("turn", sa.SmallInteger(), nullable=False),
        sa.Column("follows", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("moves", sa.SmallInteger(), nullable=False),
        sa.Column("reminded", sa.String(length=8), nullable=False),
        sa.Column("answered_at", bot.db.UtcTime(timezone=True), nullable=True),
        sa.Column("told", sa.String(length=40), nullable=False),
        sa.Column("told_at", bot.db.UtcTime(timezone=True), nullable=True),
        sa.Column("came", sa.Integer(), nullable=True),
        sa.Column("decided", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.Column("changed_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["follows"], ["meeting.id"], name=op.f("fk_meeting_follows")),
        sa.ForeignKeyConstraint(["group_id"], ["working_group.id"], name=op.f("fk_meeting_group_id")),
        sa.ForeignKeyConstraint(["made_by"], ["contact.id"], name=op.f("fk_meeting_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("follows", name=op.f("uq_meeting_follows")),
    )
    op.create_index("ix_meeting_group_id_starts_at", "meeting", ["group_id", "starts_at"], unique=False)
    op.create_index("ix_meeting_state_starts_at", "meeting", ["state", "starts_at"], unique=False)
    op.create_index(
        *("ix_meeting_series", "meeting", ["starts_at"]),
        unique=False,
        postgresql_where=IN_SERIES,
        sqlite_where=IN_SERIES,
    )
    op.create_table(
        "member",
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("invited_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("since", bot.db.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_member_contact_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["group_id"], ["working_group.id"], name=op.f("fk_member_group_id")),
        sa.ForeignKeyConstraint(["invited_by"], ["contact.id"], name=op.f("fk_member_invited_by")),
        sa.PrimaryKeyConstraint("group_id", "contact_id", name=op.f("pk_member")),
    )
    op.create_index("ix_member_contact_id_state", "member", ["contact_id", "state"], unique=False)
    op.create_table(
        "open_question",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.String(length=12), nullable=False),
        sa.Column("asked_at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.Column("until", bot.db.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_open_question_contact_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_question")),
        sa.UniqueConstraint("contact_id", "kind", "subject", name=op.f("uq_open_question_contact_id_kind_subject")),
    )
    op.create_index("ix_open_question_contact_id_until", "open_question", ["contact_id", "until"], unique=False)
    op.create_index("ix_open_question_kind_subject", "open_question", ["kind", "subject"], unique=False)
    op.create_table(
        "price_alert",
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("commodity", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=8), nullable=False),
        sa.Column("told", sa.BigInteger(), nullable=True),
        sa.Column("told_as", sa.String(length=120), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("since", bot.db.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_price_alert_contact_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contact_id", "commodity", name=op.f("pk_price_alert")),
    )
    op.create_index("ix_price_alert_commodity_contact_id", "price_alert", ["commodity", "contact_id"], unique=False)
    op.create_table(
        "subscription",
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=12), nullable=False),
        sa.Column("since", bot.db.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_subscription_contact_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contact_id", "name", name=op.f("pk_subscription")),
    )
    op.create_index("ix_subscription_name_contact_id", "subscription", ["name", "contact_id"], unique=False)
    op.create_table(
        "attendance",
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("answer", sa.String(length=4), nullable=False),
        sa.Column("at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_attendance_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_attendance_meeting_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("meeting_id", "contact_id", name=op.f("pk_attendance")),
    )
    op.create_table(
        "called_off",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("anew", sa.Boolean(), nullable=False),
        sa.Column("at", bot.db.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_called_off")),
    )
    op.create_index("ix_called_off_row_id_kind", "called_off", ["row_id", "kind"], unique=False)
    op.add_column("call", sa.Column("purpose", sa.String(length=12), nullable=False, server_default="answer"))
    op.add_column("call", sa.Column("rings_as", sa.String(length=12), nullable=False, server_default=""))
    op.add_column("call", sa.Column("unique_key", sa.String(length=100), nullable=True))
    op.add_column("call", sa.Column("about", sa.String(length=40), nullable=False, server_default=""))
    op.add_column("call", sa.Column("asked_at", bot.db.UtcTime(timezone=True), nullable=True))
    op.add_column("call", sa.Column("opens", sa.String(length=40), nullable=False, server_default=""))
    op.add_column("call", sa.Column("data", sa.Text(), nullable=False, server_default=""))
    op.add_column("call", sa.Column("text", sa.LargeBinary(), nullable=True))
    op.create_index("ix_call_placed_at", "call", ["placed_at"], unique=False)
    op.create_index(
        *("ix_call_queued", "call", ["purpose", "due_at", "id"]),
        unique=False,
        postgresql_where=QUEUED,
        sqlite_where=QUEUED,
    )
    op.create_index(
        "ix_call_about_state", "call", ["about", "state"], unique=False, postgresql_where=ABOUT, sqlite_where=ABOUT
    )
    op.create_index(
        "ix_call_unique_key", "call", ["unique_key"], unique=True, postgresql_where=KEYED, sqlite_where=KEYED
    )
    op.add_column("contact", sa.Column("reach", sa.String(length=5), nullable=False, server_default="sms"))
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("about", sa.String(length=40), nullable=False, server_default=""))
        outbox.alter_column("text", existing_type=sa.LargeBinary(), nullable=True)
    op.create_index(
        "ix_outbox_about_state", "outbox", ["about", "state"], unique=False, postgresql_where=ABOUT, sqlite_where=ABOUT
    )
    op.create_index(
        "ix_outbox_created_at", "outbox", ["created_at"], unique=False, postgresql_where=WORDED, sqlite_where=WORDED
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_created_at", table_name="outbox", postgresql_where=WORDED, sqlite_where=WORDED)
    op.drop_index("ix_outbox_about_state", table_name="outbox", postgresql_where=ABOUT, sqlite_where=ABOUT)
    op.execute("DELETE FROM outbox WHERE text IS NULL")
    with op.batch_alter_table("outbox") as outbox:
        outbox.alter_column("text", existing_type=sa.LargeBinary(), nullable=False)
        outbox.drop_column("about")
    op.drop_column("contact", "reach")
    op.drop_index("ix_call_unique_key", table_name="call", postgresql_where=KEYED, sqlite_where=KEYED)
    op.drop_index("ix_call_about_state", table_name="call", postgresql_where=ABOUT, sqlite_where=ABOUT)
    op.drop_index("ix_call_queued", table_name="call", postgresql_where=QUEUED, sqlite_where=QUEUED)
    op.drop_index("ix_call_placed_at", table_name="call")
    op.drop_column("call", "text")
    op.drop_column("call", "data")
    op.drop_column("call", "opens")
    op.drop_column("call", "asked_at")
    op.drop_column("call", "about")
    op.drop_column("call", "unique_key")
    op.drop_column("call", "rings_as")
    op.drop_column("call", "purpose")
    op.drop_index("ix_called_off_row_id_kind", table_name="called_off")
    op.drop_table("called_off")
    op.drop_table("attendance")
    op.drop_index("ix_subscription_name_contact_id", table_name="subscription")
    op.drop_table("subscription")
    op.drop_index("ix_price_alert_commodity_contact_id", table_name="price_alert")
    op.drop_table("price_alert")
    op.drop_index("ix_open_question_kind_subject", table_name="open_question")
    op.drop_index("ix_open_question_contact_id_until", table_name="open_question")
    op.drop_table("open_question")
    op.drop_index("ix_member_contact_id_state", table_name="member")
    op.drop_table("member")
    op.drop_index("ix_meeting_series", table_name="meeting", postgresql_where=IN_SERIES, sqlite_where=IN_SERIES)
    op.drop_index("ix_meeting_state_starts_at", table_name="meeting")
    op.drop_index("ix_meeting_group_id_starts_at", table_name="meeting")
    op.drop_table("meeting")
    op.drop_index("ix_airing_state_airs_at", table_name="airing")
    op.drop_table("airing")
    op.drop_table("working_group")
    op.drop_table("station")
    op.drop_table("episode")
    op.drop_index("ix_broadcast_state_due_at", table_name="broadcast")
    op.drop_table("broadcast")
