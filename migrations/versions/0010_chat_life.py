"""chat life."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IS_BY_OPERATOR = sa.text("by_operator_id IS NOT NULL")


def upgrade() -> None:
    with op.batch_alter_table("chats") as table:
        table.add_column(sa.Column("tried_operator_ids", sa.JSON(), nullable=True))
        table.add_column(sa.Column("answer_paused_until", TIME, nullable=True))
        table.add_column(sa.Column("answer_paused_ms", NUMBER, nullable=False, server_default="0"))
        table.add_column(sa.Column("silent_since", TIME, nullable=True))
        table.add_column(sa.Column("visitor_left_at", TIME, nullable=True))
    with op.batch_alter_table("chats") as table:
        table.alter_column("answer_paused_ms", existing_type=NUMBER, server_default=None)
    op.create_index(
        "ix_chat_steps_by_operator_id_at",
        "chat_steps",
        ["by_operator_id", "at"],
        sqlite_where=IS_BY_OPERATOR,
        postgresql_where=IS_BY_OPERATOR,
    )
    with op.batch_alter_table("operator_presence") as table:
        table.add_column(sa.Column("status_reason", sa.String(length=32), nullable=True))
        table.add_column(sa.Column("misses", NUMBER, nullable=False, server_default="0"))
        table.add_column(sa.Column("missed_at", TIME, nullable=True))
    with op.batch_alter_table("operator_presence") as table:
        table.alter_column("misses", existing_type=NUMBER, server_default=None)
    with op.batch_alter_table("status_changes") as table:
        table.add_column(sa.Column("reason", sa.String(length=32), nullable=True))
    op.create_table(
        "visitor_presence",
        sa.Column("visitor_id", NUMBER, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["visitor_id"], ["visitors.id"], name=op.f("fk_visitor_presence_visitor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("visitor_id", name=op.f("pk_visitor_presence")),
    )


def downgrade() -> None:
    op.drop_table("visitor_presence")
    with op.batch_alter_table("status_changes") as table:
        table.drop_column("reason")
    with op.batch_alter_table("operator_presence") as table:
        for name in ("status_reason", "misses", "missed_at"):
            table.drop_column(name)
    op.drop_index("ix_chat_steps_by_operator_id_at", table_name="chat_steps")
    with op.batch_alter_table("chats") as table:
        for name in (
            "tried_operator_ids",
            "answer_paused_until",
            "answer_paused_ms",
            "silent_since",
            "visitor_left_at",
        ):
            table.drop_column(name)
