"""geography of departments."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("departments") as table:
        table.add_column(sa.Column("geo_targets", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("geo_places", sa.JSON(), nullable=False, server_default="[]"))
    # Rows that stand have no geography; new ones are told theirs by the models.
    with op.batch_alter_table("departments") as table:
        table.alter_column("geo_targets", existing_type=sa.String(), server_default=None)
        table.alter_column("geo_places", existing_type=sa.JSON(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("departments") as table:
        table.drop_column("geo_places")
        table.drop_column("geo_targets")
