"""A goal that was handed over goes on as another one, which names it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("goals", schema=None) as batch_op:
        batch_op.add_column(sa.Column("continues_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_goals_continues_id"), ["continues_id"], unique=False)
        batch_op.create_foreign_key(op.f("fk_goals_continues_id"), "goals", ["continues_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("goals", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_goals_continues_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_goals_continues_id"))
        batch_op.drop_column("continues_id")
