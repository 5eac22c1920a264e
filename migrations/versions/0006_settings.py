"""settings."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EMAILS = ("offline_emails", "missed_emails", "transcript_emails", "finance_emails", "system_emails")
TEXTS = (
    "first_reply_texts",
    "reply_texts",
    "greeting_texts",
    "queue_position_texts",
    "offline_prompt_texts",
    "chat_closed_texts",
)
NUMBERS = {
    "first_reply_timeout_seconds": "60",
    "reply_timeout_seconds": "120",
    "answer_seconds": "60",
    "misses_before_break": "3",
    "kept_after_disconnect_minutes": "3",
    "file_maximum_megabytes": "10",
    "silence_closes_after_minutes": "30",
    "reopens_within_hours": "24",
    "visitor_left_after_minutes": "2",
    "message_editable_minutes": "5",
}
SWITCHES = {
    "prefers_last_operator": sa.false(),
    "silent_chats_leave_limit": sa.false(),
    "asks_category": sa.false(),
    "tracks_visitors": sa.true(),
}
IS_CLASSIFIED = sa.text("category_id IS NOT NULL")


def upgrade() -> None:
    _settings()
    _chats()


def _settings() -> None:
    # What stands gets the defaults here; new rows are told theirs by the models.
    added = (
        [(name, sa.String(), "") for name in EMAILS]
        + [("categories", sa.String(), "")]
        + [(name, sa.JSON(), "{}") for name in TEXTS]
        + [(name, NUMBER, value) for name, value in NUMBERS.items()]
        + [(name, sa.Boolean(), value) for name, value in SWITCHES.items()]
    )
    with op.batch_alter_table("settings") as table:
        for name, kind, value in added:
            table.add_column(sa.Column(name, kind, nullable=False, server_default=value))
    with op.batch_alter_table("settings") as table:
        for name, kind, _value in added:
            table.alter_column(name, existing_type=kind, server_default=None)


def _chats() -> None:
    op.create_table(
        "categories",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("parent_id", NUMBER, nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("sort_order", NUMBER, nullable=False),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["categories.id"], name=op.f("fk_categories_parent_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
    )
    op.create_index(op.f("ix_categories_parent_id"), "categories", ["parent_id"])
    with op.batch_alter_table("chats") as table:
        table.add_column(sa.Column("category_id", NUMBER, nullable=True))
        table.add_column(sa.Column("told_busy_at", sa.DateTime(timezone=True), nullable=True))
        table.create_foreign_key(
            op.f("fk_chats_category_id"), "categories", ["category_id"], ["id"], ondelete="SET NULL"
        )
    op.create_index(
        "ix_chats_category_id",
        "chats",
        ["category_id"],
        sqlite_where=IS_CLASSIFIED,
        postgresql_where=IS_CLASSIFIED,
    )


def downgrade() -> None:
    op.drop_index("ix_chats_category_id", table_name="chats")
    with op.batch_alter_table("chats") as table:
        table.drop_constraint(op.f("fk_chats_category_id"), type_="foreignkey")
        table.drop_column("told_busy_at")
        table.drop_column("category_id")
    op.drop_table("categories")
    with op.batch_alter_table("settings") as table:
        for name in (*EMAILS, "categories", *TEXTS, *NUMBERS, *SWITCHES):
            table.drop_column(name)
