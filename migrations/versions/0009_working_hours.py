"""working hours."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_OFFICE = [["09:00", "18:00"]]
OFF = {"is_on": False, "week": [_OFFICE] * 5 + [[], []], "holidays": [], "specials": []}


def upgrade() -> None:
    for name in ("settings", "departments"):
        with op.batch_alter_table(name) as table:
            table.add_column(
                sa.Column("working_hours", sa.JSON(), nullable=False, server_default=json.dumps(OFF))
            )
        # Rows that stand are told theirs; new ones are told by the models.
        with op.batch_alter_table(name) as table:
            table.alter_column("working_hours", existing_type=sa.JSON(), server_default=None)


def downgrade() -> None:
    for name in ("departments", "settings"):
        with op.batch_alter_table(name) as table:
            table.drop_column("working_hours")
