"""Which check-in finished a measure is kept, also once its goal is closed; filled in from what is known. Which due day a check-in meets
is another rule since: what active goals owe is worked out anew with the next day that is settled."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("measures", schema=None) as batch_op:
        batch_op.add_column(sa.Column("finished_on", sa.Date(), nullable=True))
    # Of active goals what owes nothing has done all that was asked; of closed ones only those are known that were done as a whole.
    op.execute("""
        UPDATE measures SET finished_on = last_on
        WHERE fed_by_id IS NULL AND goal_id IN
              (SELECT id FROM goals WHERE status = 'done' OR (state = 'active' AND measures.due_from IS NULL))
    """)
    op.execute("UPDATE goals SET turns_on = starts_on WHERE state = 'active'")


def downgrade() -> None:
    with op.batch_alter_table("measures", schema=None) as batch_op:
        batch_op.drop_column("finished_on")
