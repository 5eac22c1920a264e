"""first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SETTINGS = {
    "id": 1,
    "company_name": "",
    "time_zone": "Europe/Moscow",
    "language": "RU",
    "reply_templates": "",
    "auto_assignment": False,
    "max_chats_per_operator": 5,
    "shows_typing_preview": True,
    "operator_gone_after_seconds": 60,
    "visitor_remembered_days": 30,
    "operator_idle_hours": 12,
    "allowed_sites": "",
    "version": 1,
}
DEFAULT_PLACEMENT = {
    "key": "default",
    "shows_offline_button": True,
    "button_position": "BOTTOM_END",
    "button_offset_inline": 24,
    "button_offset_block": 24,
    "button_label": "",
    "window_color": "#0f766e",
    "window_second_color": "#115e59",
    "window_background": "#ffffff",
    "button_color": "#0f766e",
    "button_second_color": "#115e59",
    "offers_department_choice": "OPTIONAL",
    "department_order": "SORT_ORDER",
    "offers_operator_choice": "OFF",
    "operator_order": "SORT_ORDER",
    "requires_prechat_form": False,
    "asks_name": "OPTIONAL",
    "asks_email": "OPTIONAL",
    "asks_phone": "OFF",
    "greeting": "",
    "window_title": "",
    "allowed_sites": "",
    "version": 1,
}


def upgrade() -> None:
    op.create_table(
        "departments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("sort_order", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.Column("reply_templates", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departments")),
        sa.UniqueConstraint("key", name=op.f("uq_departments_key")),
    )
    op.create_table(
        "operators",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("internal_name", sa.String(length=64), nullable=False),
        sa.Column("public_name", sa.String(length=30), nullable=False),
        sa.Column(
            "interface_language",
            sa.Enum("RU", "EN", "UK", "HE", "TR", name="language", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("photo", sa.String(length=64), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("sort_order", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("max_chats", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reply_templates", sa.String(), nullable=False),
        sa.Column("theme", sa.String(length=8), nullable=False),
        sa.Column("hides_offline", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operators")),
        sa.UniqueConstraint("email", name=op.f("uq_operators_email")),
        sa.UniqueConstraint("public_id", name=op.f("uq_operators_public_id")),
    )
    op.create_table(
        "settings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_name", sa.String(length=200), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column(
            "language",
            sa.Enum("RU", "EN", "UK", "HE", "TR", name="language", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("reply_templates", sa.String(), nullable=False),
        sa.Column("auto_assignment", sa.Boolean(), nullable=False),
        sa.Column(
            "max_chats_per_operator", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("shows_typing_preview", sa.Boolean(), nullable=False),
        sa.Column(
            "operator_gone_after_seconds",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "visitor_remembered_days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "operator_idle_hours", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("allowed_sites", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_settings_single")),
        sa.CheckConstraint(
            "max_chats_per_operator BETWEEN 1 AND 100", name=op.f("ck_settings_max_chats_per_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settings")),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_attempts_address_at", ["address", "at"], unique=False)
        batch_op.create_index("ix_sign_in_attempts_email_at", ["email", "at"], unique=False)

    op.create_table(
        "visitors",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("user_agent", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visitors")),
        sa.UniqueConstraint("public_id", name=op.f("uq_visitors_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_visitors_token_hash")),
    )
    op.create_table(
        "operator_departments",
        sa.Column("operator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.id"],
            name=op.f("fk_operator_departments_department_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"],
            ["operators.id"],
            name=op.f("fk_operator_departments_operator_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("operator_id", "department_id", name=op.f("pk_operator_departments")),
    )
    with op.batch_alter_table("operator_departments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_operator_departments_department_id"), ["department_id"], unique=False
        )

    op.create_table(
        "operator_presence",
        sa.Column("operator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "ONLINE",
                "INVISIBLE",
                "BEFORE_LUNCH",
                "LUNCH",
                "BREAK",
                "OFFLINE",
                name="operatorstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("status_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["operator_id"],
            ["operators.id"],
            name=op.f("fk_operator_presence_operator_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("operator_id", name=op.f("pk_operator_presence")),
    )
    with op.batch_alter_table("operator_presence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_operator_presence_status"), ["status"], unique=False)

    op.create_table(
        "operator_sessions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("operator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("user_agent", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"],
            ["operators.id"],
            name=op.f("fk_operator_sessions_operator_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_operator_sessions_token_hash")),
    )
    with op.batch_alter_table("operator_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_operator_sessions_operator_id"), ["operator_id"], unique=False)

    op.create_table(
        "operator_subordinates",
        sa.Column("leader_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subordinate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["leader_id"],
            ["operators.id"],
            name=op.f("fk_operator_subordinates_leader_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["subordinate_id"],
            ["operators.id"],
            name=op.f("fk_operator_subordinates_subordinate_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("leader_id", "subordinate_id", name=op.f("pk_operator_subordinates")),
    )
    with op.batch_alter_table("operator_subordinates", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_operator_subordinates_subordinate_id"), ["subordinate_id"], unique=False
        )

    op.create_table(
        "operator_supervised_departments",
        sa.Column("operator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.id"],
            name=op.f("fk_operator_supervised_departments_department_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"],
            ["operators.id"],
            name=op.f("fk_operator_supervised_departments_operator_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "operator_id", "department_id", name=op.f("pk_operator_supervised_departments")
        ),
    )
    with op.batch_alter_table("operator_supervised_departments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_operator_supervised_departments_department_id"), ["department_id"], unique=False
        )

    op.create_table(
        "placements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column(
            "language",
            sa.Enum("RU", "EN", "UK", "HE", "TR", name="language", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("shows_offline_button", sa.Boolean(), nullable=False),
        sa.Column(
            "button_position",
            sa.Enum(
                "INLINE", "BOTTOM_END", "BOTTOM_START", name="buttonposition", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column(
            "button_offset_inline", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "button_offset_block", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("button_label", sa.String(length=60), nullable=False),
        sa.Column("window_color", sa.String(length=7), nullable=False),
        sa.Column("window_second_color", sa.String(length=7), nullable=False),
        sa.Column("window_background", sa.String(length=7), nullable=False),
        sa.Column("button_color", sa.String(length=7), nullable=False),
        sa.Column("button_second_color", sa.String(length=7), nullable=False),
        sa.Column(
            "offers_department_choice",
            sa.Enum("OFF", "OPTIONAL", "REQUIRED", name="choice", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "department_order",
            sa.Enum("SORT_ORDER", "NAME", "LOAD", name="listorder", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "offers_operator_choice",
            sa.Enum("OFF", "OPTIONAL", "REQUIRED", name="choice", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "operator_order",
            sa.Enum("SORT_ORDER", "NAME", "LOAD", name="listorder", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("requires_prechat_form", sa.Boolean(), nullable=False),
        sa.Column(
            "asks_name",
            sa.Enum("OFF", "OPTIONAL", "REQUIRED", name="choice", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "asks_email",
            sa.Enum("OFF", "OPTIONAL", "REQUIRED", name="choice", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "asks_phone",
            sa.Enum("OFF", "OPTIONAL", "REQUIRED", name="choice", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("greeting", sa.String(length=300), nullable=False),
        sa.Column("window_title", sa.String(length=80), nullable=False),
        sa.Column("allowed_sites", sa.String(), nullable=False),
        sa.Column("last_seen_site", sa.String(length=255), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.id"],
            name=op.f("fk_placements_department_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placements")),
        sa.UniqueConstraint("key", name=op.f("uq_placements_key")),
    )
    with op.batch_alter_table("placements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_placements_department_id"), ["department_id"], unique=False)

    op.create_table(
        "status_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("operator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "ONLINE",
                "INVISIBLE",
                "BEFORE_LUNCH",
                "LUNCH",
                "BREAK",
                "OFFLINE",
                name="operatorstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_operator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_operator_id"],
            ["operators.id"],
            name=op.f("fk_status_changes_by_operator_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operators.id"], name=op.f("fk_status_changes_operator_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_changes")),
    )
    with op.batch_alter_table("status_changes", schema=None) as batch_op:
        batch_op.create_index("ix_status_changes_operator_id_at", ["operator_id", "at"], unique=False)

    op.create_table(
        "chats",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("visitor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("placement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "language",
            sa.Enum("RU", "EN", "UK", "HE", "TR", name="language", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "INVITATION",
                "QUEUE",
                "CHATTING",
                "CLOSED_BY_VISITOR",
                "CLOSED_BY_OPERATOR",
                "CLOSED",
                name="chatstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("operator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "requested_operator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_reply_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "first_reply_operator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("visitor_read_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("operator_read_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unread", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "last_author",
            sa.Enum("VISITOR", "OPERATOR", "SYSTEM", name="authorkind", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("last_body", sa.String(length=140), nullable=True),
        sa.Column("last_message_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.id"], name=op.f("fk_chats_department_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["first_reply_operator_id"],
            ["operators.id"],
            name=op.f("fk_chats_first_reply_operator_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operators.id"], name=op.f("fk_chats_operator_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_chats_placement_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["requested_operator_id"],
            ["operators.id"],
            name=op.f("fk_chats_requested_operator_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["visitor_id"], ["visitors.id"], name=op.f("fk_chats_visitor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chats")),
        sa.UniqueConstraint("public_id", name=op.f("uq_chats_public_id")),
        sa.UniqueConstraint("visitor_id", "client_id", name=op.f("uq_chats_visitor_id_client_id")),
    )
    with op.batch_alter_table("chats", schema=None) as batch_op:
        batch_op.create_index("ix_chats_closed_at", ["closed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_chats_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_chats_first_reply_at"), ["first_reply_at"], unique=False)
        batch_op.create_index(
            "ix_chats_open_operator",
            ["operator_id", "queued_at", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('QUEUE', 'CHATTING')"),
            postgresql_where=sa.text("state IN ('QUEUE', 'CHATTING')"),
        )
        batch_op.create_index(
            "ix_chats_open_queued_at",
            ["queued_at", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('QUEUE', 'CHATTING')"),
            postgresql_where=sa.text("state IN ('QUEUE', 'CHATTING')"),
        )
        batch_op.create_index(batch_op.f("ix_chats_placement_id"), ["placement_id"], unique=False)
        batch_op.create_index("ix_chats_started_at", ["started_at"], unique=False)

    op.create_table(
        "page_views",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("placement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("referrer", sa.String(length=2000), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_page_views_placement_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_views")),
    )
    with op.batch_alter_table("page_views", schema=None) as batch_op:
        batch_op.create_index("ix_page_views_last_beat_at", ["last_beat_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_page_views_placement_id"), ["placement_id"], unique=False)

    op.create_table(
        "chat_steps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "START",
                "INVITE",
                "ACCEPT_INVITATION",
                "ASSIGN",
                "TAKE",
                "TAKE_OVER",
                "REDIRECT",
                "RETURN_TO_QUEUE",
                "FIRST_REPLY",
                "CLOSE_BY_VISITOR",
                "CLOSE_BY_OPERATOR",
                "CLOSE_BY_TIME",
                "REOPEN",
                name="step",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "INVITATION",
                "QUEUE",
                "CHATTING",
                "CLOSED_BY_VISITOR",
                "CLOSED_BY_OPERATOR",
                "CLOSED",
                name="chatstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "by",
            sa.Enum("VISITOR", "OPERATOR", "SYSTEM", name="authorkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("by_operator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("operator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_operator_id"],
            ["operators.id"],
            name=op.f("fk_chat_steps_by_operator_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.id"], name=op.f("fk_chat_steps_chat_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.id"],
            name=op.f("fk_chat_steps_department_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operators.id"], name=op.f("fk_chat_steps_operator_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_steps")),
    )
    with op.batch_alter_table("chat_steps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chat_steps_chat_id"), ["chat_id"], unique=False)

    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "author",
            sa.Enum("VISITOR", "OPERATOR", "SYSTEM", name="authorkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("operator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("client_id", sa.String(length=36), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.id"], name=op.f("fk_messages_chat_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operators.id"], name=op.f("fk_messages_operator_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("chat_id", "client_id", name=op.f("uq_messages_chat_id_client_id")),
        sa.UniqueConstraint("chat_id", "seq", name=op.f("uq_messages_chat_id_seq")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index("ix_messages_chat_id_revision", ["chat_id", "revision"], unique=False)

    _insert_first_rows()


def _insert_first_rows() -> None:
    """The company's settings and the placement `default` exist from the start."""
    settings = sa.table("settings", *(sa.column(name) for name in SETTINGS))
    placements = sa.table("placements", *(sa.column(name) for name in DEFAULT_PLACEMENT))
    op.bulk_insert(settings, [SETTINGS])
    op.bulk_insert(placements, [DEFAULT_PLACEMENT])


def downgrade() -> None:
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index("ix_messages_chat_id_revision")

    op.drop_table("messages")
    with op.batch_alter_table("chat_steps", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_chat_steps_chat_id"))

    op.drop_table("chat_steps")
    with op.batch_alter_table("page_views", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_page_views_placement_id"))
        batch_op.drop_index("ix_page_views_last_beat_at")

    op.drop_table("page_views")
    with op.batch_alter_table("chats", schema=None) as batch_op:
        batch_op.drop_index("ix_chats_started_at")
        batch_op.drop_index(batch_op.f("ix_chats_placement_id"))
        batch_op.drop_index(
            "ix_chats_open_queued_at",
            sqlite_where=sa.text("state IN ('QUEUE', 'CHATTING')"),
            postgresql_where=sa.text("state IN ('QUEUE', 'CHATTING')"),
        )
        batch_op.drop_index(
            "ix_chats_open_operator",
            sqlite_where=sa.text("state IN ('QUEUE', 'CHATTING')"),
            postgresql_where=sa.text("state IN ('QUEUE', 'CHATTING')"),
        )
        batch_op.drop_index(batch_op.f("ix_chats_first_reply_at"))
        batch_op.drop_index(batch_op.f("ix_chats_department_id"))
        batch_op.drop_index("ix_chats_closed_at")

    op.drop_table("chats")
    with op.batch_alter_table("status_changes", schema=None) as batch_op:
        batch_op.drop_index("ix_status_changes_operator_id_at")

    op.drop_table("status_changes")
    with op.batch_alter_table("placements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_placements_department_id"))

    op.drop_table("placements")
    with op.batch_alter_table("operator_supervised_departments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_operator_supervised_departments_department_id"))

    op.drop_table("operator_supervised_departments")
    with op.batch_alter_table("operator_subordinates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_operator_subordinates_subordinate_id"))

    op.drop_table("operator_subordinates")
    with op.batch_alter_table("operator_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_operator_sessions_operator_id"))

    op.drop_table("operator_sessions")
    with op.batch_alter_table("operator_presence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_operator_presence_status"))

    op.drop_table("operator_presence")
    with op.batch_alter_table("operator_departments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_operator_departments_department_id"))

    op.drop_table("operator_departments")
    op.drop_table("visitors")
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_attempts_email_at")
        batch_op.drop_index("ix_sign_in_attempts_address_at")

    op.drop_table("sign_in_attempts")
    op.drop_table("settings")
    op.drop_table("operators")
    op.drop_table("departments")
