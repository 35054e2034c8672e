"""KPI sets hold bounds, for metrics that are kept within them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("kpi_set_items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("low", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("high", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("kpi_set_items", schema=None) as batch_op:
        batch_op.drop_column("high")
        batch_op.drop_column("low")
