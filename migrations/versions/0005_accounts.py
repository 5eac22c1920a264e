"""second factors, recovery codes, what was guessed."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

GUESSES = sa.Enum(
    "PASSWORD", "CODE", "CURRENT_PASSWORD", "FIRST_RUN", name="guess", native_enum=False, length=32
)
STATUSES = sa.Enum(
    "ONLINE",
    "INVISIBLE",
    "BEFORE_LUNCH",
    "LUNCH",
    "BREAK",
    "OFFLINE",
    name="operatorstatus",
    native_enum=False,
    length=32,
)


def upgrade() -> None:
    op.create_table(
        "second_factors",
        sa.Column("operator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seed", sa.LargeBinary(length=20), nullable=False),
        sa.Column("last_step", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operators.id"], name=op.f("fk_second_factors_operator_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("operator_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("operator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operators.id"], name=op.f("fk_recovery_codes_operator_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_recovery_codes")),
    )
    with op.batch_alter_table("recovery_codes") as table:
        table.create_index(op.f("ix_recovery_codes_operator_id"), ["operator_id"], unique=False)
    with op.batch_alter_table("settings") as table:
        table.add_column(
            sa.Column("second_factor_demanded", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("operator_sessions") as table:
        table.add_column(sa.Column("waiting_status", STATUSES, nullable=True))
    with op.batch_alter_table("outbox") as table:
        table.add_column(sa.Column("useful_until", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("sign_in_attempts") as table:
        table.add_column(sa.Column("guess", GUESSES, nullable=False, server_default="PASSWORD"))
        table.add_column(sa.Column("device", sa.String(length=22), nullable=False, server_default=""))
        table.create_index("ix_sign_in_attempts_device_at", ["device", "at"], unique=False)
    # Rows that stand are told theirs; new ones are told by the models.
    with op.batch_alter_table("settings") as table:
        table.alter_column("second_factor_demanded", existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table("sign_in_attempts") as table:
        table.alter_column("guess", existing_type=GUESSES, server_default=None)
        table.alter_column("device", existing_type=sa.String(length=22), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("sign_in_attempts") as table:
        table.drop_index("ix_sign_in_attempts_device_at")
        table.drop_column("device")
        table.drop_column("guess")
    with op.batch_alter_table("outbox") as table:
        table.drop_column("useful_until")
    with op.batch_alter_table("operator_sessions") as table:
        table.drop_column("waiting_status")
    with op.batch_alter_table("settings") as table:
        table.drop_column("second_factor_demanded")
    with op.batch_alter_table("recovery_codes") as table:
        table.drop_index(op.f("ix_recovery_codes_operator_id"))
    op.drop_table("recovery_codes")
    op.drop_table("second_factors")
